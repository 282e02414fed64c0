//! N10 and N11: what every mail is like, whatever it tells.

use deskbell::desk::Policy;
use deskbell::domain::{Category, TicketState};
use deskbell::mail::Key;

use crate::support::bench::{Bench, Mail, minutes, seconds};

#[test]
fn n10_every_mail_can_be_answered_directly() {
    let address = deskbell::domain::EmailAddress::new("help@northwind.example").unwrap();
    let bench = Bench::with(Policy { address: Some(address), ..Policy::default() });
    let id = bench.mara().submits(Category::Customer, "Refund", Some(&bench.ada()), true);
    bench.advance(minutes(1));
    bench.mara().replies(id, "It is on its way.");
    bench.advance(minutes(3));
    bench.mara().sets(id, TicketState::Resolved);
    bench.advance(seconds(10));
    let other = bench.back_office("VPN certificate");
    bench.mara().shares(other);
    bench.advance(seconds(10));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 4, "submitted, replied, state, shared");
    for mail in mails {
        // RFC 5322 §3.6.2: an answer goes to Reply-To, else to From.
        let answer = mail.header("Reply-To").or_else(|| mail.header("From")).unwrap();
        assert!(answer.contains("help") && answer.contains("@northwind.example"), "{answer}");
        assert!(mail.message_id.ends_with("@northwind.example"), "{}", mail.message_id);
    }
}

#[test]
fn a_mail_stands_below_the_mail_that_it_answers() {
    let bench =
        Bench::with(Policy { key: Some(Key::from_bytes([7; 32]).into()), ..Policy::default() });
    let address = bench.desk.policy().address().to_owned();
    let first = bench.ada().writes("Refund", "Where is it?").to(&address);
    let id = first.lands(&bench).ticket.unwrap();
    bench.advance(minutes(1));
    // N17: Ada is a stranger yet, and her id is her own words.
    let confirmed = bench.ada().mails().pop().unwrap();
    let ticket = format!("<ticket.{id}@", id = id.0);
    assert!(confirmed.header("References").unwrap().starts_with(&ticket));
    assert_eq!(confirmed.header("References"), confirmed.header("In-Reply-To"));
    let second = bench.ada().composes(&confirmed, "Still nothing.");
    assert_eq!(second.lands(&bench).ticket, Some(id));
    bench.mara().replies(id, "It is on its way.");
    bench.advance(minutes(3));
    let told = bench.ada().mails().pop().unwrap();
    let ids = [&first, &second].map(|p| format!("<{}>", p.message_id.as_ref().unwrap()));
    let [first, second] = ids;
    assert_eq!(told.header("In-Reply-To").unwrap(), second);
    let references = told.header("References").unwrap();
    let references: Vec<&str> = references.split(' ').collect();
    assert!(references[0].starts_with(&ticket), "{references:?}");
    let confirmed = format!("<{}>", confirmed.message_id);
    assert_eq!(references[1..], [first.as_str(), confirmed.as_str(), second.as_str()]);
}

/// The inline images of a mail.
fn images(mail: &Mail) -> Vec<Vec<u8>> {
    let parsed = mail_parser::MessageParser::default().parse(&mail.raw).unwrap();
    let image = |p: &&mail_parser::MessagePart<'_>| {
        matches!(&p.body, mail_parser::PartType::Binary(_) | mail_parser::PartType::InlineBinary(_))
    };
    parsed.parts.iter().filter(image).map(|p| p.contents().to_vec()).collect()
}

#[test]
fn n11_the_logo_is_the_messengers_own_and_no_setting_changes_the_template() {
    let bench = Bench::new();
    let mut mails = Vec::new();
    let logo = b"GIF89a\x20\x00\x10\x00\x80\x00\x00\0\0\0\xff\xff\xff;".to_vec();
    for step in 0..3 {
        match step {
            1 => bench.desk.set_messenger_logo(logo.clone()).unwrap(),
            2 => bench.desk.set_messenger_name("Northwind care").unwrap(),
            _ => {}
        }
        bench.mara().submits(Category::Customer, "Refund", Some(&bench.ada()), true);
        bench.advance(seconds(10));
        mails.extend(bench.ada().mails());
    }
    let [before, with_logo, with_name] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!(images(before).len(), 1, "deskbell's own bell");
    assert_ne!(images(before), std::slice::from_ref(&logo));
    assert_eq!(images(with_logo), std::slice::from_ref(&logo));
    assert_eq!(images(with_name), [logo]);
    // But for the number, the moment and what was set, the words and the markup are the same.
    let alike = |mail: &Mail, n: i64| {
        let minute = |at: deskbell::domain::Time| at.format("%H:%M").to_string();
        (mail.text.clone() + &mail.html)
            .replace(&mail.message_id, "ID")
            .replace(&format!("#{n}"), "#N")
            .replace(&minute(mail.at), "TIME")
            .replace("Northwind care", "Support")
    };
    let template = |html: &str| -> String {
        // The logo's own size is part of the logo.
        let sizes = |s: &str| s.contains("width=") || s.contains("height=");
        html.split_inclusive(['<', '>', ' ']).filter(|s| !sizes(s)).collect()
    };
    let [a, b, c] = [alike(before, 1), alike(with_logo, 2), alike(with_name, 3)];
    assert_eq!(template(&a), template(&b));
    assert_eq!(b, c);
}
