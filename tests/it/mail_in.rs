//! M, N10: what a mail that arrives does, and what it never does.

use std::time::Duration;

use deskbell::desk::Policy;
use deskbell::desk::receive::{Arrived, MailState, Reader, SenderCheck};
use deskbell::domain::{
    Category, Channel, EmailAddress, Event, KeptMail, MailStop, Reason, Status, TicketId,
    TicketState,
};
use deskbell::mail::{BounceToken, Key};

use crate::support::bench::{ADA, BOB, Bench, Mail, minutes, seconds};
use crate::support::post::{DESK, Post};
use crate::support::program::Program;

pub fn key() -> Key {
    Key::from_bytes([7; 32])
}

pub fn policy() -> Policy {
    let address = Some(EmailAddress::new(DESK).unwrap());
    Policy {
        address,
        key: Some(key().into()),
        authserv_id: Some("mx.northwind.example".into()),
        ..Policy::default()
    }
}

/// Ada's ticket with a reply of Mara's that was mailed to her, and that mail.
pub fn mailed(bench: &Bench) -> (TicketId, Mail) {
    let id = bench.customer_ticket("Refund");
    bench.mara().replies(id, "Please try again.");
    bench.advance(minutes(3));
    let mails = bench.ada().mails();
    (id, mails.into_iter().next_back().expect("the reply's mail"))
}

fn events(bench: &Bench, id: TicketId) -> Vec<String> {
    bench.ticket(id).parts.iter().map(|p| p.event.code().to_owned()).collect()
}

fn last_body(bench: &Bench, id: TicketId, event: &str) -> String {
    let view = bench.ticket(id);
    let part = view.parts.iter().rev().find(|p| p.event.code() == event).expect("such a part");
    part.body.clone().unwrap_or_default()
}

fn dmarc(post: Post, result: &str) -> Post {
    post.with("Authentication-Results", &format!("mx.northwind.example; dmarc={result}"))
}

fn held(arrived: &Arrived, why: &str) {
    assert_eq!(arrived.state, MailState::Held, "{arrived:?}");
    assert!(arrived.cause.as_deref().unwrap().contains(why), "{arrived:?}");
}

/// All tickets, their parts and ledger: what a mail that may do nothing must leave alone.
fn all(bench: &Bench) -> String {
    let mut all = String::new();
    for n in 1.. {
        match bench.desk.ticket(TicketId(n)).unwrap() {
            Some(view) => all += &format!("{:?}{:?}{:?}", view.ticket, view.parts, view.deliveries),
            None => return all,
        }
    }
    all
}

#[test]
fn n10_a_notification_answered_by_mail_is_the_customers_reply() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    bench.mara().sets(id, TicketState::Resolved);
    bench.advance(minutes(1));
    bench.ada().mails();
    bench.mara().replies(id, "One more thing.");
    bench.advance(minutes(1));
    let landed = bench.ada().answers(&mail, "It works now.\nThank you!");
    assert_eq!((landed.state, landed.ticket), (MailState::Applied, Some(id)));
    assert_eq!(last_body(&bench, id, "customer_reply"), "It works now.\nThank you!");
    // S3, by the desk itself.
    let view = bench.ticket(id);
    assert!(view.ticket.open && view.ticket.state == TicketState::InProgress);
    // N12: what waited counts as seen. N7: nobody is told of their own reply.
    let reply = bench.email_row(id, "reply");
    assert!(matches!(reply.reason, Some(Reason::SeenInMessenger(_))), "{reply:?}");
    assert_eq!(bench.ada().messenger().badge, 0);
    bench.advance(minutes(30));
    assert_eq!(bench.ada().mails(), []);
    // The whole mail stays.
    let raw = bench.desk.raw_mail(deskbell::desk::receive::InboundId(landed.id)).unwrap();
    assert!(String::from_utf8(raw).unwrap().contains("> Please try again."));
}

#[test]
fn row_1_the_same_address_may_answer_verified_or_not() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    let landed = dmarc(bench.ada().composes(&mail, "One"), "pass").lands(&bench);
    assert_eq!((landed.ticket, landed.sender_check), (Some(id), Some(SenderCheck::Pass)));
    let landed = bench.ada().composes(&mail, "Two").by("ADA@Lumen.example").lands(&bench);
    assert_eq!((landed.ticket, landed.sender_check), (Some(id), Some(SenderCheck::NotChecked)));
    assert_eq!(last_body(&bench, id, "customer_reply"), "Two");
}

#[test]
fn row_2_a_mail_that_its_senders_server_disowns_is_held() {
    let bench = Bench::with(policy());
    let (_, mail) = mailed(&bench);
    let before = all(&bench);
    held(&dmarc(bench.ada().composes(&mail, "Spoof"), "fail").lands(&bench), "DMARC failed");
    assert_eq!(all(&bench), before);
}

#[test]
fn a_report_under_another_servers_name_is_nobodys_word() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    let forged = |text: &str, id: &str| {
        let post = bench.ada().composes(&mail, text);
        post.with("Authentication-Results", &format!("{id}; dmarc=fail")).lands(&bench)
    };
    let landed = forged("One", "mx.evil.example");
    assert_eq!((landed.ticket, landed.sender_check), (Some(id), Some(SenderCheck::NotChecked)));
    // Ours is topmost; what a sender wrote stands below.
    let post = bench.ada().composes(&mail, "Two");
    let landed = dmarc(dmarc(post, "fail"), "pass").lands(&bench);
    held(&landed, "DMARC failed");
}

#[test]
fn row_3_another_sender_is_held_and_a_teammate_decides() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    let before = all(&bench);
    let one = bench.bob().composes(&mail, "I am her colleague.").lands(&bench);
    let two = bench.bob().composes(&mail, "Buy pills.").lands(&bench);
    let three = bench.bob().composes(&mail, "Another matter.").lands(&bench);
    held(&one, "bob@quarry.example answered with the link of ada@lumen.example");
    assert_eq!(all(&bench), before);
    assert_eq!(bench.desk.quarantine().unwrap().len(), 3);
    let inbound = deskbell::desk::receive::InboundId;
    let mara = bench.mara().actor();
    bench.mara().replies(id, "Are you there?");
    let accepted = bench.desk.accept_mail(&mara, inbound(one.id), false, bench.now()).unwrap();
    assert_eq!(accepted, id);
    assert_eq!(last_body(&bench, id, "customer_reply"), "I am her colleague.");
    let view = bench.ticket(id);
    let event = Event::MailKept { why: KeptMail::Accepted, from: BOB.into() };
    let note = view.parts.iter().find(|p| p.event == event).expect("who let it in");
    assert_eq!((note.author.name(), note.visible), ("Mara Holt", false));
    // Ada has seen nothing by that, and is told of what Mara wrote.
    assert_eq!(bench.email_row(id, "reply").status, Status::Due);
    bench.desk.drop_mail(&mara, inbound(two.id), bench.now()).unwrap();
    let new = bench.desk.accept_mail(&mara, inbound(three.id), true, bench.now()).unwrap();
    assert_eq!(bench.ticket(new).contact.unwrap().email.unwrap().as_str(), BOB);
    assert_eq!(bench.desk.quarantine().unwrap(), []);
    let dropped = bench.desk.arrived(inbound(two.id)).unwrap();
    assert_eq!(dropped.state, MailState::Dropped);
    assert!(dropped.cause.unwrap().contains("Dropped by Mara Holt"));
    assert!(bench.desk.accept_mail(&mara, inbound(two.id), false, bench.now()).is_err());
    bench.advance(minutes(5));
    assert!(bench.bob().mails().iter().all(|m| !m.text.contains("Please try again")));
}

#[test]
fn row_4_a_forged_cut_or_revoked_address_matches_nothing() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    let answer = bench.ada().composes(&mail, "Hello");
    let (local, host) = answer.to.split_once('@').unwrap();
    let last = if local.ends_with('a') { 'b' } else { 'a' };
    let forged = format!("{}{last}@{host}", &local[..local.len() - 1]);
    let cut = format!("{}@{host}", &local[..local.len() - 3]);
    let before = bench.ticket(id);
    let fresh = |to: &str| {
        let mut post = bench.ada().writes("Hello", "Hello").to(to);
        post.text = format!("Hello from {to}");
        post.lands(&bench)
    };
    for to in [forged.as_str(), cut.as_str()] {
        let landed = fresh(to);
        assert_eq!(landed.state, MailState::Applied);
        assert_ne!(landed.ticket, Some(id), "{to}");
    }
    bench.desk.revoke_reply_addresses(id).unwrap();
    assert_ne!(fresh(&answer.to).ticket, Some(id));
    assert_eq!(bench.ticket(id).parts, before.parts);
    // A new mail carries a new address.
    bench.mara().sets(id, TicketState::Resolved);
    bench.advance(minutes(1));
    let mail = bench.ada().mails().into_iter().find(|m| m.subject == format!("Your ticket {id}"));
    assert_eq!(bench.ada().answers(&mail.unwrap(), "Now").ticket, Some(id));
}

/// A mail that answers `mail` but goes to the plain address, as where Reply-To was lost.
fn by_thread(bench: &Bench, mail: &Mail, text: &str) -> Post {
    bench.ada().composes(mail, text).to(DESK)
}

#[test]
fn row_5_a_thread_joins_when_the_sender_is_vouched_for() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    let landed = dmarc(by_thread(&bench, &mail, "By thread"), "pass").lands(&bench);
    assert_eq!(landed.ticket, Some(id));
    assert_eq!(last_body(&bench, id, "customer_reply"), "By thread");
}

#[test]
fn row_6_a_thread_alone_opens_a_new_ticket_with_a_hint() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    let before = bench.ticket(id).parts;
    let posts = [
        by_thread(&bench, &mail, "not checked"),
        dmarc(by_thread(&bench, &mail, "failed"), "fail"),
        dmarc(bench.bob().composes(&mail, "not hers").to(DESK), "pass"),
    ];
    for post in posts {
        let landed = post.lands(&bench);
        let new = landed.ticket.unwrap();
        assert_ne!(new, id);
        let names = |e: &Event| matches!(e, Event::MailKept { why: KeptMail::Names(other), .. } if *other == id);
        let view = bench.ticket(new);
        let hint = view.parts.iter().find(|p| names(&p.event)).expect("a hint");
        assert!(!hint.visible);
    }
    assert_eq!(bench.ticket(id).parts, before);
}

#[test]
fn m1_without_signed_addresses_the_thread_is_the_way() {
    let bench = Bench::with(Policy { key: None, ..policy() });
    let (id, mail) = mailed(&bench);
    assert_eq!(mail.header("Reply-To").unwrap().matches(DESK).count(), 1);
    let landed = bench.ada().answers(&mail, "By thread");
    assert_eq!(landed.ticket, Some(id));
    let stranger = bench.bob().composes(&mail, "By another").lands(&bench);
    assert_ne!(stranger.ticket, Some(id));
}

#[test]
fn row_7_no_hit_opens_a_ticket_and_numbers_in_a_subject_match_nothing() {
    let bench = Bench::with(policy());
    let (id, _) = mailed(&bench);
    let landed = bench.ada().writes("Re: Your ticket #1", "ticket #1\n\n").lands(&bench);
    let new = landed.ticket.unwrap();
    assert_ne!(new, id);
    // M6, N1: a known customer's submission is like every other.
    let view = bench.ticket(new);
    assert_eq!(view.ticket.category, Category::Customer);
    assert_eq!(view.ticket.title, "Re: Your ticket #1");
    bench.advance(minutes(1));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("Re: Your ticket #1"), "{}", mails[0].text);
    let empty = bench.ada().writes("", "").lands(&bench).ticket.unwrap();
    assert_eq!(bench.ticket(empty).ticket.title, "(no subject)");
    assert_eq!(last_body(&bench, empty, "submitted"), "(This mail has no text.)");
}

#[test]
fn n17_a_stranger_is_confirmed_in_fixed_words_and_a_thousand_submissions_once() {
    let bench = Bench::with(policy());
    let eve = "victim@bank.example";
    for n in 0..1_000 {
        let mut post = bench.bob().writes(&format!("PILLS {n}"), &format!("cheap pills {n}"));
        post.from = format!("CHEAPPILLS <{eve}>");
        assert_eq!(post.lands(&bench).state, MailState::Applied);
    }
    bench.advance(minutes(50));
    let mails = bench.mails_to(eve);
    assert_eq!(mails.len(), 1);
    let raw = String::from_utf8(mails[0].raw.clone()).unwrap().to_lowercase();
    for part in [raw.as_str(), &mails[0].text.to_lowercase(), &mails[0].html.to_lowercase()] {
        assert!(!part.contains("pills"), "{part}");
    }
    // What a screen promised is what the ledger says (L3).
    let view = bench.ticket(TicketId(2));
    let row = view.deliveries.iter().find(|d| d.channel == Channel::Email).unwrap();
    assert_eq!((row.status, row.reason), (Status::Suppressed, Some(Reason::Unverified)));
    assert!(row.verdict().contains("not acknowledged: unverified address, limit"));
    // Five a day.
    let mut more = 0;
    for _ in 0..20 {
        bench.advance(minutes(61));
        bench.bob().writes("x", &format!("{}", bench.now())).by(eve).lands(&bench);
        bench.advance(minutes(1));
        more += bench.mails_to(eve).len();
    }
    assert_eq!(more, 4);
    // Whoever answers the confirmation reads what is sent there, and is confirmed as all are.
    let eves = mails[0].clone();
    let known = bench.bob().composes(&eves, "It was me.").by(eve).lands(&bench);
    assert_eq!(known.state, MailState::Applied);
    bench.bob().writes("Roses", "Red roses").by(eve).lands(&bench);
    bench.advance(minutes(1));
    assert!(bench.mails_to(eve)[0].text.contains("Roses"));
}

#[test]
fn n17_sixty_an_hour_for_all_strangers_and_none_for_a_disowned_mail() {
    let bench = Bench::with(policy());
    for n in 0..70 {
        bench.bob().writes("x", "x").by(&format!("s{n}@bank.example")).lands(&bench);
    }
    bench.advance(minutes(1));
    assert_eq!(bench.all_mails().len(), 60);
    bench.advance(minutes(61));
    let post = bench.bob().writes("x", "y").by("t@bank.example");
    dmarc(post, "fail").lands(&bench);
    bench.advance(minutes(1));
    assert_eq!(bench.all_mails().len(), 60);
}

#[test]
fn m3_automatic_mail_is_kept_and_moves_nothing() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    bench.mara().sets(id, TicketState::WaitingOnCustomer);
    bench.advance(minutes(1));
    bench.ada().mails();
    let post = bench.ada().composes(&mail, "I am away.").with("Auto-Submitted", "auto-replied");
    let landed = post.lands(&bench);
    assert_eq!((landed.state, landed.ticket), (MailState::Applied, Some(id)));
    let view = bench.ticket(id);
    assert_eq!(view.ticket.state, TicketState::WaitingOnCustomer);
    let part = view.parts.last().unwrap();
    let event = Event::MailKept { why: KeptMail::Automatic, from: ADA.into() };
    assert_eq!((&part.event, part.visible), (&event, false));
    assert!(!bench.ada().reads(id).join("\n").contains("away"));
    assert!(!events(&bench, id).contains(&"customer_reply".to_owned()));
    // To the envelope's sender, as vacation programs do.
    let verp = BounceToken::mint(bench.email_row(id, "reply").id, &key());
    let verp = verp.address(DESK, '+').unwrap();
    let post = bench.ada().writes("Away", "Gone").to(&verp).with("Auto-Submitted", "auto-replied");
    assert_eq!(post.lands(&bench).ticket, Some(id));
    assert_eq!(bench.ticket(id).ticket.state, TicketState::WaitingOnCustomer);
    // A person who answers there is looked at by a person.
    held(&bench.ada().writes("Hm", "Hello?").to(&verp).lands(&bench), "no bounce");
    // Without a ticket it opens one, and is not answered.
    let post = bench.bob().writes("Report", "All green.").with("Auto-Submitted", "auto-generated");
    let new = post.lands(&bench).ticket.unwrap();
    assert_eq!(bench.email_row(new, "submitted").reason, Some(Reason::Automatic));
    bench.advance(minutes(30));
    assert_eq!(bench.bob().mails(), []);
    assert_eq!(bench.ada().mails(), []);
}

#[test]
fn m4_the_same_mail_twice_is_one_reply_and_another_text_is_another() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    let post = bench.ada().composes(&mail, "Once");
    assert_eq!(post.lands(&bench).state, MailState::Applied);
    let again = post.clone().with("Received", "from elsewhere").lands(&bench);
    assert_eq!(again.state, MailState::Dropped);
    assert!(again.cause.unwrap().contains("arrived before"));
    let mut other = post.clone();
    other.text = "Another text under the same id".into();
    let landed = other.lands(&bench);
    assert_eq!(landed.state, MailState::Applied);
    assert!(landed.cause.unwrap().contains("other content"));
    let replies = events(&bench, id).iter().filter(|e| *e == "customer_reply").count();
    assert_eq!(replies, 2);
    // A held mail and a dropped one do not come back either.
    let post = bench.bob().composes(&mail, "Held");
    let first = post.lands(&bench);
    assert_eq!(post.lands(&bench).state, MailState::Dropped);
    let inbound = deskbell::desk::receive::InboundId(first.id);
    bench.desk.drop_mail(&bench.mara().actor(), inbound, bench.now()).unwrap();
    assert_eq!(post.lands(&bench).state, MailState::Dropped);
    assert_eq!(bench.desk.quarantine().unwrap(), []);
    // Without a Message-ID it is known by its content.
    let mut post = bench.ada().writes("No id", "No id");
    post.message_id = None;
    assert_eq!(post.lands(&bench).state, MailState::Applied);
    assert_eq!(post.lands(&bench).state, MailState::Dropped);
}

#[test]
fn an_answer_to_a_ticket_that_is_not_shared_any_more_stays_inside() {
    let bench = Bench::with(policy());
    let id = bench.shared_back_office("VPN");
    bench.mara().replies(id, "Look.");
    bench.advance(minutes(3));
    let mail = bench.ada().mails().pop().unwrap();
    bench.mara().unshares(id);
    let landed = bench.ada().answers(&mail, "Still here?");
    assert_eq!((landed.state, landed.ticket), (MailState::Applied, Some(id)));
    let view = bench.ticket(id);
    let part = view.parts.last().unwrap();
    let event = Event::MailKept { why: KeptMail::WhileNotShared, from: ADA.into() };
    assert_eq!((&part.event, part.body.as_deref()), (&event, Some("Still here?")));
    bench.advance(minutes(30));
    assert_eq!(bench.ada().mails(), []);
    // V6: nor does it appear when the ticket is shared again.
    bench.mara().shares(id);
    assert!(!bench.ada().reads(id).join("\n").contains("Still here"));
}

#[test]
fn loops_are_stopped_and_ping_pong_is_braked() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    let dropped = |post: Post, why: &str| {
        let landed = post.lands(&bench);
        assert_eq!(landed.state, MailState::Dropped, "{landed:?}");
        assert!(landed.cause.unwrap().contains(why));
    };
    let ada = bench.ada();
    let post = ada.composes(&mail, "a").with("X-Deskbell-Loop", &key().installation());
    dropped(post, "X-Deskbell-Loop");
    let mut post = ada.composes(&mail, "b");
    post.message_id = Some(mail.message_id.clone());
    dropped(post, "Message-ID");
    dropped(ada.composes(&mail, "c").by(DESK), "own address");
    dropped(ada.composes(&mail, "d").by(&ada.composes(&mail, "").to), "own address");
    // Another installation's mark is its own affair.
    let post = ada.composes(&mail, "e").with("X-Deskbell-Loop", "another");
    assert_eq!(post.lands(&bench).state, MailState::Applied);
    let mut round = ada.writes("round", "and round");
    for _ in 0..30 {
        round = round.with("Received", "from a by b");
    }
    held(&round.lands(&bench), "go round");
    for n in 0..4 {
        assert_eq!(ada.answers(&mail, &format!("ping {n}")).state, MailState::Applied);
    }
    for n in 0..3 {
        held(&ada.answers(&mail, &format!("pong {n}")), "in 10 minutes");
    }
    bench.advance(minutes(11));
    assert_eq!(ada.answers(&mail, "later").ticket, Some(id));
}

#[test]
fn n14_a_machine_that_answers_each_confirmation_is_not_confirmed_for_ever() {
    let bench = Bench::with(policy());
    let (_, mail) = mailed(&bench);
    let mut last = None;
    for n in 0..20 {
        // To the plain address, with a thread that nobody vouches for: each opens a ticket.
        let post = by_thread(&bench, &mail, &format!("We have got your mail {n}."));
        last = post.lands(&bench).ticket;
        bench.advance(seconds(10));
    }
    assert_eq!(bench.ada().mails().len(), 2);
    let row = bench.email_row(last.unwrap(), "submitted");
    assert_eq!((row.status, row.reason), (Status::Suppressed, Some(Reason::LoopBudget)));
    assert!(bench.ada().messenger().badge > 2, "the Messenger shows all of them");
    // A person who has much to say is told each time.
    bench.advance(minutes(11));
    for n in 0..10 {
        bench.ada().writes(&format!("Question {n}"), "How?").lands(&bench);
        bench.advance(seconds(10));
    }
    assert_eq!(bench.ada().mails().len(), 10);
    bench.ada().writes("Question 10", "How?").lands(&bench);
    bench.advance(seconds(10));
    assert_eq!(bench.ada().mails(), []);
}

#[test]
fn nobody_and_everybody_are_no_author() {
    let bench = Bench::with(policy());
    let (_, mail) = mailed(&bench);
    let before = all(&bench);
    let two = bench.ada().composes(&mail, "Two").with("From", "Eve <eve@evil.example>");
    held(&two.lands(&bench), "answered with the link");
    let mut list = bench.ada().writes("x", "y");
    list.from = format!("a@evil.example, {ADA}");
    held(&list.lands(&bench), "one author");
    let mut none = bench.ada().writes("x", "z");
    none.from = String::new();
    held(&none.lands(&bench), "one author");
    assert_eq!(all(&bench), before);
}

pub fn bounce(
    bench: &Bench,
    to: &str,
    action: &str,
    status: &str,
    original: Option<&str>,
) -> Arrived {
    let about = format!("Final-Recipient: rfc822; {ADA}\r\n");
    bounce_of(bench, to, &about, action, status, original)
}

/// [`bounce`] with the recipients as `about` says.
pub fn bounce_of(
    bench: &Bench,
    to: &str,
    about: &str,
    action: &str,
    status: &str,
    original: Option<&str>,
) -> Arrived {
    let original = original.map_or(String::new(), |id| {
        format!(
            "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}>\r\nSubject: x\r\n\r\n"
        )
    });
    let raw = format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.lumen.example\r\nTo: {to}\r\n\
         Subject: Undelivered Mail\r\nAuto-Submitted: auto-replied\r\nMessage-ID: <{}>\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.lumen.example\r\n\r\n\
         {about}Action: {action}\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; 550 {status} said the server\r\n\r\n{original}--b--\r\n",
        bench.new_id("mx.lumen.example")
    );
    let arrival = deskbell::desk::receive::Arrival {
        mailbox: DESK.into(),
        sender: Some("MAILER-DAEMON".into()),
        recipient: to.into(),
        raw: raw.into_bytes(),
        left_out: 0,
    };
    let id = bench.desk.store_raw(arrival, bench.now()).unwrap();
    bench.desk.apply_mail(id, bench.now()).unwrap()
}

#[test]
fn m3_a_proven_bounce_of_an_address_that_is_none_stops_mail_and_says_so() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    let row = bench.email_row(id, "reply");
    let verp = BounceToken::mint(row.id, &key()).address(DESK, '+').unwrap();
    let stopped = || bench.ada().contact().mail_stop;
    // Not yet given up.
    bounce(&bench, &verp, "delayed", "4.4.1", None);
    assert_eq!((bench.email_row(id, "reply").status, stopped()), (Status::Sent, None));
    // Forged: by somebody who knows the Message-ID, or makes an address up.
    held(&bounce(&bench, DESK, "failed", "5.1.1", None), "no mail of this desk");
    let forged = BounceToken::mint(row.id, &Key::from_bytes([8; 32])).address(DESK, '+').unwrap();
    held(&bounce(&bench, &forged, "failed", "5.1.1", None), "no mail of this desk");
    bounce(&bench, DESK, "failed", "5.1.1", Some(&mail.message_id));
    assert_eq!((bench.email_row(id, "reply").status, stopped()), (Status::Failed, None));
    // A full mailbox and a policy pass.
    for status in ["5.2.2", "5.7.1", "4.4.7"] {
        bounce(&bench, &verp, "failed", status, None);
        assert_eq!(stopped(), None, "{status}");
    }
    bounce(&bench, &verp, "failed", "5.1.1", None);
    assert_eq!(stopped(), Some(MailStop::HardBounce));
    let row = bench.email_row(id, "reply");
    assert!(row.last_error.unwrap().contains("5.1.1 said the server"));
    let told = last_body(&bench, id, "mail_kept");
    assert!(told.contains("5.1.1") && told.contains("No more mail goes"), "{told}");
    bench.mara().sets(id, TicketState::WaitingOnCustomer);
    assert_eq!(bench.email_row(id, "state").reason, Some(Reason::HardBounce));
    bench.advance(minutes(10));
    assert_eq!(bench.ada().mails(), []);
}

#[test]
fn a_mail_that_is_kept_is_applied_by_the_next_worker() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    bench.ada().composes(&mail, "Killed in between").arrives(&bench);
    assert!(!events(&bench, id).contains(&"customer_reply".to_owned()));
    assert_eq!(bench.desk.next_wake().unwrap(), Some(bench.now()));
    bench.advance(seconds(1));
    assert_eq!(last_body(&bench, id, "customer_reply"), "Killed in between");
}

#[test]
fn a_mail_the_program_falls_over_is_laid_aside_after_three_times() {
    let bench = Bench::with(policy());
    let (_, mail) = mailed(&bench);
    let id = bench.ada().composes(&mail, "Poison").arrives(&bench);
    let crash =
        Reader { read: |_, _| panic!("a fault that this test is about"), ..Reader::default() };
    for n in 1..=3 {
        let state = bench.desk.apply_mail_with(id, crash, bench.now()).unwrap();
        let expected = if n < 3 { MailState::Stored } else { MailState::Poison };
        assert_eq!((state.state, state.tries), (expected, n));
    }
    assert_eq!(bench.desk.quarantine().unwrap().len(), 1);
    // The worker leaves it alone, and a teammate of a mended program lets it in.
    bench.advance(minutes(1));
    let ticket = bench.desk.accept_mail(&bench.mara().actor(), id, false, bench.now()).unwrap();
    assert_eq!(last_body(&bench, ticket, "submitted"), "Poison");
}

#[test]
fn a_mail_that_is_read_without_end_counts_as_a_fault_and_holds_up_no_other() {
    let bench = Bench::with(policy());
    let id = bench.bob().writes("Endless", "…").arrives(&bench);
    let endless = Reader {
        read: |_, _| loop {
            std::thread::park();
        },
        within: Duration::from_millis(1),
    };
    let state = bench.desk.apply_mail_with(id, endless, bench.now()).unwrap();
    assert_eq!((state.state, state.tries), (MailState::Stored, 1));
    assert_eq!(bench.bob().writes("Next", "…").lands(&bench).state, MailState::Applied);
}

#[test]
fn a_mail_that_is_too_large_keeps_its_header_and_is_never_silent() {
    let bench = Bench::with(policy());
    let mut post = bench.bob().writes("Big", "");
    post.text = "x".repeat(26 * 1024 * 1024);
    let landed = post.lands(&bench);
    assert_eq!(landed.size, i64::try_from(post.raw().len()).unwrap());
    let inbound = deskbell::desk::receive::InboundId(landed.id);
    assert!(bench.desk.raw_mail(inbound).unwrap().len() < 1_000);
    assert_eq!(landed.state, MailState::Applied);
    let body = last_body(&bench, landed.ticket.unwrap(), "submitted");
    assert!(body.contains("too large"), "{body}");
}

const CONFIG: &str = "[mail]\naddress = \"help@northwind.example\"\n";

#[test]
fn receive_ends_with_0_when_the_mail_is_kept_and_with_75_otherwise() {
    let p = Program::new();
    p.configure(CONFIG);
    let args = ["receive", "--recipient", DESK, "--sender", BOB];
    let mail = b"From: Bob <bob@quarry.example>\nSubject: By pipe\nMessage-ID: <1@q>\n\nHello\n";
    // No desk: it is never made here.
    assert_eq!(p.feed(&args, mail).code, 75);
    assert!(!p.desk().exists());
    p.adas("Refund");
    assert_eq!(p.feed(&args, mail).code, 0);
    assert_eq!(p.run(&["show", "2", "--json"]).json()["ticket"]["title"], "By pipe");
    // Usage, configuration, a locked desk, a full disk.
    assert_eq!(p.feed(&["receive", "--no-such-thing"], mail).code, 75);
    assert_eq!(p.feed(&["receive"], mail).code, 75);
    p.configure("[mail]\nadress = \"x\"\n");
    assert_eq!(p.feed(&args, mail).code, 75);
    p.configure(CONFIG);
    let desk = rusqlite::Connection::open(p.desk()).unwrap();
    desk.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(p.feed(&args, mail).code, 75);
    desk.execute_batch("ROLLBACK").unwrap();
    let kept = |p: &Program| p.dump().iter().filter(|r| r.starts_with("inbound:")).count();
    assert_eq!(kept(&p), 1);
    assert_eq!(p.run(&["quarantine", "list"]).done().stderr, "The quarantine is empty.\n");
    // One author is too few: kept all the same, and the server may forget it.
    assert_eq!(p.feed(&args, b"not a mail at all").code, 0);
    let list = p.run(&["quarantine", "list"]).done().stdout;
    assert!(list.contains("one author"), "{list}");
    assert_eq!(p.run(&["quarantine", "show", "2", "--raw"]).done().stdout, "not a mail at all");
    p.run(&["quarantine", "drop", "2"]).done();
    assert_eq!(p.run(&["quarantine", "accept", "2"]).code, 1);
    assert!(p.run(&["quarantine", "list", "--all"]).done().stdout.contains("Dropped by Mara"));
}
