//! Mails in forms that are rare, old or broken, and what becomes of them: none is taken for another
//! person's, and none says less to the desk than it does to a reader.

use deskbell::desk::receive::{Arrival, Arrived, MailState};
use deskbell::domain::TicketState;

use crate::mail_in::{mailed, policy};
use crate::support::bench::{ADA, Bench, minutes};
use crate::support::post::DESK;

/// A mail of Ada's to this address of the envelope, with these fields and this text.
fn lands(bench: &Bench, recipient: &str, header: &str, body: &str) -> Arrived {
    let id = bench.new_id("lumen.example");
    let arrival = Arrival {
        mailbox: DESK.into(),
        sender: Some(ADA.into()),
        recipient: recipient.into(),
        raw: format!("Message-ID: <{id}>\r\n{header}\r\n\r\n{body}").into_bytes(),
        left_out: 0,
    };
    let id = bench.desk.store_raw(arrival, bench.now()).unwrap();
    bench.desk.apply_mail(id, bench.now()).unwrap()
}

fn text_of(bench: &Bench, arrived: &Arrived) -> String {
    let view = bench.ticket(arrived.ticket.expect("it is in a ticket"));
    let part = view.parts.iter().find(|p| Some(p.id) == arrived.part).expect("its part");
    part.body.clone().unwrap_or_default()
}

#[test]
fn a_sealed_mail_says_that_its_file_is_to_be_opened() {
    let bench = Bench::with(policy());
    let head = format!(
        "From: {ADA}\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; \
         name=smime.p7m\r\nContent-Transfer-Encoding: base64"
    );
    let landed = lands(&bench, DESK, &head, "MIIB\r\n");
    assert!(text_of(&bench, &landed).contains("encrypted"), "{}", text_of(&bench, &landed));
}

#[test]
fn m3_a_read_receipt_is_no_reply_and_reopens_nothing() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    bench.mara().sets(id, TicketState::Resolved);
    bench.advance(minutes(1));
    let to = bench.ada().composes(&mail, "").to;
    let head = format!(
        "From: Ada <{ADA}>\r\nTo: {to}\r\nSubject: Read: Refund\r\n\
         Content-Type: multipart/report; report-type=disposition-notification; boundary=b"
    );
    let landed = lands(
        &bench,
        &to,
        &head,
        "--b\r\nContent-Type: text/plain\r\n\r\nIt was shown.\r\n\
         --b\r\nContent-Type: message/disposition-notification\r\n\r\n\
         Disposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--b--\r\n",
    );
    assert_eq!((landed.state, landed.ticket), (MailState::Applied, Some(id)), "{landed:?}");
    assert_eq!(bench.ticket(id).ticket.state, TicketState::Resolved);
    assert!(!bench.ada().reads(id).join("\n").contains("shown"));
}

#[test]
fn a_name_with_a_comma_is_one_author() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    let to = bench.ada().composes(&mail, "").to;
    for from in [format!("Park, Ada <{ADA}>"), format!("Ada; Park <{ADA}>")] {
        let landed = lands(&bench, &to, &format!("From: {from}\r\nTo: {to}"), &from);
        assert_eq!((landed.state, landed.ticket), (MailState::Applied, Some(id)), "{from}");
    }
    for from in [format!("eve@evil.example, Ada <{ADA}>"), format!("\"eve@evil.example\", <{ADA}>")]
    {
        let landed = lands(&bench, &to, &format!("From: {from}\r\nTo: {to}"), &from);
        assert_eq!(landed.state, MailState::Held, "{from}");
    }
    let new = lands(&bench, DESK, "From: Lund, Nils <nils@lumen.example>", "Hello");
    let contact = bench.ticket(new.ticket.unwrap()).contact.unwrap();
    assert_eq!(contact.name, "Lund, Nils");
}

#[test]
fn what_does_not_belong_into_an_address_makes_nobodys_address() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    let to = bench.ada().composes(&mail, "").to;
    let (local, host) = ADA.split_once('@').unwrap();
    let parts = bench.ticket(id).parts.len();
    for from in [
        format!("Ada <{local} @{host}>"),
        format!("Ada <{local}@ {host}>"),
        format!("Ada Park {ADA}"),
        format!("Ada <{local}@lumen.exam\u{200b}ple>"),
        format!("Ada <{local}\u{202e}@{host}>"),
        format!("Ada <\u{1}{ADA}>"),
        format!("Ada <{local}\u{1b}[31m@{host}>"),
        format!("Ada <{local}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}@{host}>"),
    ] {
        for recipient in [to.as_str(), DESK] {
            let landed = lands(&bench, recipient, &format!("From: {from}"), &from);
            assert_eq!(landed.state, MailState::Held, "{from:?}: {landed:?}");
            let author = landed.author.unwrap();
            assert!(author.contains('\u{fffd}') && !author.contains('_'), "{author:?}");
            assert!(!author.contains(deskbell::domain::text::is_unsafe), "{author:?}");
        }
    }
    assert_eq!(bench.ticket(id).parts.len(), parts);
    // An address may well end with the line.
    let landed = lands(&bench, &to, &format!("From: Ada <{ADA}> \r\n\t"), "Yes");
    assert_eq!(landed.ticket, Some(id), "{landed:?}");
}

#[test]
fn a_reply_address_that_was_folded_or_parted_still_finds_its_ticket() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    let good = bench.ada().composes(&mail, "").to;
    let (local, host) = good.split_once('@').unwrap();
    let (front, back) = local.split_at(local.len() - 9);
    for to in [
        format!("{front}\r\n {back}@{host}"),
        format!("Northwind <{front}\r\n\t{back}@{host}>"),
        format!("{local} @{host}"),
        format!("<{local} @ {host}>"),
        format!("bob@lumen.example, \"Northwind, Support\" <{front} {back}@{host}>"),
    ] {
        for field in ["To", "Cc", "Delivered-To"] {
            let head = format!("From: {ADA}\r\n{field}: {to}");
            let landed = lands(&bench, "", &head, &format!("{field} {to}"));
            assert_eq!(landed.ticket, Some(id), "{head}: {landed:?}");
            bench.advance(minutes(11));
        }
    }
    // With another signature it is nobody's, however it is written.
    let forged = format!("{front} {}@{host}", "a".repeat(back.len()));
    let landed = lands(&bench, "", &format!("From: {ADA}\r\nTo: {forged}"), "forged");
    assert_ne!(landed.ticket, Some(id));
}
