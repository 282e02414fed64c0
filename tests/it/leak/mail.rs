//! V7 under mail from all sides: what is held, what machines say, bounces, and the hint that a mail
//! names another's ticket stay with the team, whatever else happens.

use deskbell::desk::Policy;
use deskbell::desk::receive::{Arrival, Arrived, MailState};
use deskbell::domain::{Contact, EmailAddress, Event};
use deskbell::mail::{BounceToken, Key};
use proptest::prelude::*;

use super::{mails, messengers, play_one};
use crate::support::bench::{Bench, Mail};
use crate::support::post::DESK;
use crate::support::steps::steps;
use crate::support::story::{self, MARKER, Story, Told};

/// A mail that arrives between two steps. The number picks a mail that was sent, modulo how many.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Another customer answers with this one's address: held.
    ByAnother,
    /// The sender's server disowns it: held.
    Disowned,
    /// Kept in the ticket as what a machine sent.
    Vacation,
    /// Its text is for the team.
    Bounce,
    /// A new ticket of another customer, with a hint to this one.
    NamesTheThread,
    /// Two authors: held, its cause names both.
    TwoAuthors,
    /// Comes round: dropped.
    OurOwn,
    /// To a ticket that is not shared any more, or theirs.
    Answer,
}

fn kinds() -> impl Strategy<Value = (Kind, usize)> {
    let kind = prop::sample::select(vec![
        Kind::ByAnother,
        Kind::Disowned,
        Kind::Vacation,
        Kind::Bounce,
        Kind::NamesTheThread,
        Kind::TwoAuthors,
        Kind::OurOwn,
        Kind::Answer,
    ]);
    (kind, 0_usize..20)
}

fn key() -> Key {
    Key::from_bytes([7; 32])
}

fn policy() -> Policy {
    Policy {
        address: Some(EmailAddress::new(DESK).unwrap()),
        key: Some(key().into()),
        authserv_id: Some("mx.northwind.example".into()),
        ..Policy::default()
    }
}

proptest! {
    #![proptest_config(story::config(12))]

    #[test]
    fn t01_what_came_by_mail_and_was_not_accepted_reaches_no_customer(
        steps in steps(),
        arrivals in prop::collection::vec(kinds(), 4..24),
    ) {
        let bench = Bench::with(policy());
        let mut story = Story::begin(&bench);
        bench.advance(chrono::Duration::minutes(4));
        let mut arrivals = arrivals.into_iter().cycle();
        for (n, step) in steps.iter().enumerate() {
            play_one(&mut story, step);
            let (kind, pick) = arrivals.next().expect("it goes round");
            arrive(&mut story, n, kind, pick);
        }
        bench.advance(chrono::Duration::days(1));
        messengers(&story)?;
        mails(&story)?;
    }
}

/// A mail of `from`. Its words are theirs to see where they opened or answered a ticket with them;
/// wherever else they ended up, they are the team's.
fn lands(story: &mut Story<'_>, n: usize, fields: &str, from: &str, to: &str) {
    let (text, subject) = (format!("told{n}mail"), format!("told{n}subject"));
    let landed = take(story, &format!("{fields}Subject: {subject}\r\n"), from, to, &text);
    let seen = landed.ticket.zip(landed.part).and_then(|(ticket, part)| {
        let view = story.bench.ticket(ticket);
        let part = view.parts.iter().find(|p| p.id == part)?.clone();
        part.visible.then_some((ticket, part.event, view.ticket.contact?))
    });
    let Some((ticket, event, contact)) = seen.filter(|_| landed.state == MailState::Applied) else {
        story.secrets.extend([text, subject]);
        return;
    };
    let whose = story.customer(contact).email.as_ref().map(ToString::to_string);
    assert_eq!(whose.as_deref(), Some(from), "another's words: {landed:?}");
    story.told.push(Told { text, ticket, contact, title: false });
    if event == Event::Submitted {
        story.tickets.push(ticket);
        story.told.push(Told { text: subject, ticket, contact, title: true });
    } else {
        story.secrets.push(subject);
    }
}

fn take(story: &Story<'_>, fields: &str, from: &str, to: &str, text: &str) -> Arrived {
    let bench = story.bench;
    let id = bench.new_id("lumen.example");
    let raw =
        format!("{fields}From: <{from}>\r\nTo: <{to}>\r\nMessage-ID: <{id}>\r\n\r\n{text}\r\n");
    let arrival = Arrival {
        mailbox: DESK.into(),
        recipient: to.into(),
        raw: raw.into_bytes(),
        ..Arrival::default()
    };
    let id = bench.desk.store_raw(arrival, bench.now()).unwrap();
    bench.desk.apply_mail(id, bench.now()).unwrap()
}

fn arrive(story: &mut Story<'_>, n: usize, kind: Kind, pick: usize) {
    let sent = story.bench.all_mails();
    if sent.is_empty() {
        return;
    }
    let mail = &sent[pick % sent.len()];
    let reply_to = mail.header("Reply-To").unwrap();
    let to = reply_to.rsplit_once('<').unwrap().1.trim_end_matches('>');
    let reader = mail.to.as_str();
    let with_another = |c: &&Contact| c.email.as_ref().is_some_and(|e| e.as_str() != reader);
    let other = story.customers.iter().find(with_another).unwrap().email.clone().unwrap();
    let other = other.as_str();
    match kind {
        Kind::ByAnother => lands(story, n, "", other, to),
        Kind::Disowned => {
            let fields = "Authentication-Results: mx.northwind.example; dmarc=fail\r\n";
            lands(story, n, fields, reader, to);
        }
        Kind::Vacation => lands(story, n, "Auto-Submitted: auto-replied\r\n", reader, to),
        Kind::TwoAuthors => {
            let from = format!("{MARKER}@x.example>, <{reader}");
            lands(story, n, "", &from, to);
        }
        Kind::OurOwn => {
            let fields = format!("X-Deskbell-Loop: {}\r\n", key().installation());
            lands(story, n, &fields, reader, to);
        }
        Kind::NamesTheThread => {
            lands(story, n, &format!("References: <{}>\r\n", mail.message_id), other, DESK);
        }
        Kind::Answer => lands(story, n, "", reader, to),
        Kind::Bounce => bounces(story, n, mail),
    }
}

/// A mail system's report on this mail, in words that are for the team.
fn bounces(story: &Story<'_>, n: usize, mail: &Mail) {
    let mut rows = story.tickets.iter().flat_map(|id| story.bench.ledger(*id));
    let row = rows.find(|d| d.message_id.as_deref() == Some(&mail.message_id));
    let verp = BounceToken::mint(row.expect("its row").id, &key()).address(DESK, '+').unwrap();
    // Neither of them stops the mail to an address, so that the story goes on.
    let (action, status) = [("delayed", "4.4.1"), ("failed", "5.2.2")][n % 2];
    let report = "MIME-Version: 1.0\r\nReturn-Path: <>\r\nSubject: Undelivered\r\n\
                  Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n";
    let body = format!(
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; {}\r\nAction: {action}\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; 451 {MARKER}bounce{n}e\r\n\r\n--b--\r\n",
        mail.to,
    );
    let landed = take(story, report, &format!("{MARKER}daemon@mx.example"), &verp, &body);
    assert_eq!(landed.state, MailState::Applied, "{landed:?}");
}
