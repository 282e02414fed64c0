//! M2: mail that was not accepted, as an inbox. It says what it would tell before it is let in, and
//! nothing that arrives is invisible.

use deskbell::desk::Policy;
use deskbell::desk::receive::{Arrival, InboundId, MailState};
use deskbell::domain::{EmailAddress, TicketId};
use deskbell::mail::{Key, ReplyToken};
use insta::assert_snapshot;

use super::{Desk, MIDDLE, NARROW, WIDE, desk_of};
use crate::support::runner::{Runner, Story};

pub const DESK: &str = "help@northwind.example";

pub fn key() -> Key {
    Key::from_bytes([7; 32])
}

pub async fn desk() -> Desk {
    let policy = Policy {
        address: Some(EmailAddress::new(DESK).unwrap()),
        key: Some(key().into()),
        authserv_id: Some("mx.northwind.example".into()),
        ..Policy::default()
    };
    desk_of(Story::with(policy)).await
}

/// Takes a mail in; gives its number.
pub fn arrives(story: &Story, from: &str, to: &str, subject: &str, body: &str) -> i64 {
    let address = from.rsplit_once('<').map_or(from, |(_, a)| a.trim_end_matches('>'));
    let raw = format!(
        "From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{}@x.example>\r\n\
         MIME-Version: 1.0\r\n{body}",
        body.len() * 1000 + subject.len()
    );
    let arrival = Arrival {
        mailbox: DESK.into(),
        sender: Some(address.into()),
        recipient: to.into(),
        raw: raw.into_bytes(),
        left_out: 0,
    };
    let id = story.desk.store_raw(arrival, story.now()).unwrap();
    story.desk.apply_mail(id, story.now()).unwrap();
    id.0
}

/// The signed address of a ticket's contact.
pub fn link(story: &Story, id: TicketId) -> String {
    let ticket = story.desk.ticket(id).unwrap().unwrap().ticket;
    let contact = ticket.contact.unwrap();
    ReplyToken::mint(ticket.as_shared().unwrap(), contact, 0, &key()).address(DESK, '+').unwrap()
}

const WITH_FILE: &str = "Content-Type: multipart/mixed; boundary=b\r\n\r\n\
    --b\r\nContent-Type: text/plain\r\n\r\nI am her colleague: the last digits are 4410.\r\n\r\n\
    On Tue, 9 Jun 2026 at 14:02, Northwind support <help@northwind.example> wrote:\r\n> The payout bounced.\r\n> Can you confirm?\r\n\
    --b\r\nContent-Type: application/pdf\r\n\
    Content-Disposition: attachment; filename=\"../../statement\u{1b}[2J.pdf\"\r\n\r\n%PDF-1.4\r\n\
    --b--\r\n";

/// Two mails that wait: a colleague's with Ada's link, and one that names no author.
fn two_held(d: &Desk) -> (i64, i64) {
    let to = link(&d.story, d.refund);
    let bo = "Bo\u{1b}[31m Lind <bo@quarry.example>";
    let one = arrives(&d.story, bo, &to, "Re: Refund not received", WITH_FILE);
    let text = "Content-Type: text/plain\r\n\r\nHello?\r\n";
    let two = arrives(&d.story, "a@x.example, b@x.example", DESK, "Who am I", text);
    (one, two)
}

async fn open(size: (u16, u16)) -> Runner {
    let mut d = desk().await;
    two_held(&d);
    d.story.later(1);
    d.story.open(size).await
}

fn state(r: &Runner, mail: i64) -> MailState {
    r.story.desk.arrived(InboundId(mail)).unwrap().state
}

#[tokio::test(start_paused = true)]
async fn m2_held_mail_is_listed_and_read() {
    let mut r = open(WIDE).await;
    r.shows("2 held mails · g q");
    r.keys("gq").await.shows("Quarantine").shows("2 held").shows("held, to be read or dropped");
    r.keys("j").await.shows("Bo Lind <bo@quarry.example>").shows("bo@quarry.example answered with");
    assert_snapshot!("quarantine_120x36", r.picture());
    r.keys("<enter>").await.shows("hidden (e shows all)").shows("statement");
    r.keys("e").await.shows("> Can you confirm?");
    r.keys("R").await.shows("as it arrived").shows("boundary=b");
    assert_snapshot!("quarantine_raw_120x36", r.screen());
    r.keys("x").await.shows("x does nothing here. ? shows the keys.");
    r.keys("?").await.shows("As new ticket");
    r.keys("<esc>").await.shows("as it arrived");
    r.keys("Rp").await.shows("Who am I");
    r.keys("p").await.shows("no further mail");
    r.keys("<esc><esc>").await.hides("Quarantine").shows("Refund not received");
}

#[tokio::test(start_paused = true)]
async fn the_quarantine_at_smaller_sizes() {
    let mut r = open(MIDDLE).await;
    r.shows("2 held g q");
    r.keys("gqj").await.hides("Because");
    assert_snapshot!("quarantine_80x24", r.picture());
    r.keys("<enter>").await.shows("Because");
    assert_snapshot!("quarantine_mail_80x24", r.screen());
    r.keys("<esc>a").await.shows("ADA WILL SEE IT");
    assert_snapshot!("quarantine_accept_80x24", r.screen());
    let mut r = open(NARROW).await;
    r.shows("2 held");
    r.keys("gqj").await;
    assert_snapshot!("quarantine_60x18", r.picture());
    r.keys("<enter>").await;
    assert_snapshot!("quarantine_mail_60x18", r.screen());
    r.keys("a").await.shows("ADA WILL SEE IT").shows("Accept it as Ada's reply");
    assert_snapshot!("quarantine_accept_60x18", r.screen());
}

#[tokio::test(start_paused = true)]
async fn l3_accepting_says_first_what_ada_will_see() {
    let mut d = desk().await;
    let (one, two) = two_held(&d);
    let id = d.refund;
    d.story.later(1);
    let mut r = d.story.open(WIDE).await;
    r.keys("gqja").await.shows("becomes Ada's own reply").shows("Email   no: own action");
    assert_snapshot!("quarantine_accept_120x36", r.picture());
    r.keys("<enter>").await;
    assert_eq!(state(&r, one), MailState::Held, "the marked row is the safe one");
    r.keys("ay").await.shows(&format!("Mail {one} is in {id}.")).shows("1 held");
    assert_eq!(state(&r, one), MailState::Applied);
    let view = r.story.desk.ticket(id).unwrap().unwrap();
    assert!(view.parts.iter().any(|p| p.body.as_deref().is_some_and(|b| b.contains("4410."))));
    // What names no author can only be dropped, and that asks, too.
    r.shows("held; it can only be read or dropped").hides("a Accept").hides("As new ticket");
    for key in ["a", "N"] {
        r.keys(key).await.shows("it can only be read or dropped.").hides("Accept mail");
    }
    assert_eq!(state(&r, two), MailState::Held);
    r.keys("X").await.shows("lands in no ticket.");
    r.keys("<enter>").await;
    assert_eq!(state(&r, two), MailState::Held);
    r.keys("Xy").await.shows("Nothing is held. f shows all that arrived.").hides("held mail");
    assert_eq!(state(&r, two), MailState::Dropped);
    assert_snapshot!("quarantine_empty_120x36", r.screen());
}

#[tokio::test(start_paused = true)]
async fn a_forged_mail_is_not_called_the_writing_of_whom_it_names() {
    let forged = "Authentication-Results: mx.northwind.example; dmarc=fail\r\n\
        Content-Type: text/plain\r\n\r\nPay it to another account.\r\n";
    for (size, name) in [(WIDE, "120x36"), (NARROW, "60x18")] {
        let mut d = desk().await;
        let to = link(&d.story, d.refund);
        arrives(&d.story, "Ada <ada@lumen.example>", &to, "Re: Refund not received", forged);
        d.story.later(1);
        let mut r = d.story.open(size).await;
        r.keys("gqa").await.shows("The mail does not come from lumen.example (DMARC");
        r.shows("What came in the name of ada@lumen.example becomes").hides("wrote");
        assert_snapshot!(format!("quarantine_accept_forged_{name}"), r.picture());
        r.keys("<esc>N").await.shows("What came in the name of ada@lumen.example opens");
    }
}

#[tokio::test(start_paused = true)]
async fn n1_a_mail_accepted_as_new_tells_its_sender() {
    let mut d = desk().await;
    let (one, _) = two_held(&d);
    d.story.later(1);
    let mut r = d.story.open(WIDE).await;
    r.keys("gqjN").await.shows("BO WILL BE TOLD").shows("in 10 s, to bo@quarry.example");
    r.keys("y").await.shows("✓ badge ✓ recent · email in 0:10");
    let ticket = r.story.desk.arrived(InboundId(one)).unwrap().ticket.unwrap();
    let view = r.story.desk.ticket(ticket).unwrap().unwrap();
    assert_eq!(view.contact.unwrap().email.unwrap().as_str(), "bo@quarry.example");
    // And from all that arrived one gets to its ticket.
    r.keys("fjt").await.hides("All mail").shows(&format!("{ticket} Re: Refund"));
}

#[tokio::test(start_paused = true)]
async fn m2_all_that_arrived_is_there_and_comes_while_one_looks() {
    let mut d = desk().await;
    let (_, two) = two_held(&d);
    d.story.later(1);
    let mut r = d.story.open(WIDE).await;
    r.keys("gq").await.shows("2 held").hides("third@x.example");
    let text = "Content-Type: text/plain\r\n\r\nMe, too.\r\n";
    arrives(&r.story, "third@x.example, c@x.example", DESK, "Another", text);
    r.rest().await.shows("3 held mails").shows("3 held").shows("third@x.example");
    // The mark stays with its mail, and the mail is still the one beside it.
    r.shows("▶ a@x.example").shows("Who am I");
    let once = arrives(&r.story, "ada@lumen.example", DESK, "Hello", text);
    let again = arrives(&r.story, "ada@lumen.example", DESK, "Hello", text);
    r.rest().await.hides("ada@lumen.example  ");
    r.keys("f").await.shows("All mail that arrived").shows("dropped · The same mail arrived");
    assert_eq!((state(&r, once), state(&r, again)), (MailState::Applied, MailState::Dropped));
    assert_snapshot!("quarantine_all_120x36", r.screen());
    r.keys("<home>a").await.shows("This mail is not in quarantine: it was decided about.");
    r.keys("f").await.hides("The same mail arrived");
    // By another hand meanwhile.
    let me = deskbell::domain::Actor::Teammate(r.story.me.clone());
    r.story.desk.drop_mail(&me, InboundId(two), r.story.now()).unwrap();
    r.rest().await.shows("2 held mails").hides("Who am I");
}
