//! Signatures are found in every form that mail puts them into, and taken out without a trace of them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::*;
use crate::domain::Category;
use crate::mail::reply_address::{BounceToken, Key, tests};

const DESK: &str = "support@desk.example";

fn key() -> Key {
    Key::from_bytes([7; 32])
}

fn token(ticket: i64, contact: i64) -> ReplyToken {
    let ticket = tests::ticket(ticket, Category::Customer, true);
    ReplyToken::mint(ticket.as_shared().unwrap(), ContactId(contact), 3, &key())
}

fn reply() -> String {
    token(1042, 17).address(DESK, '+').unwrap()
}

fn bounce() -> String {
    BounceToken::mint(DeliveryId(99_041), &key()).address(DESK, '+').unwrap()
}

fn mac_of(address: &str) -> String {
    address.split_once('@').unwrap().0.rsplit_once('.').unwrap().1.to_owned()
}

/// How many tags hold; they are taken out.
fn taken(bytes: &mut [u8]) -> usize {
    let found = find(bytes);
    let holds = |found: &&Found| match &found.tag {
        Tag::Reply(claim) => claim.holds(3, &key()),
        Tag::Bounce(claim) => claim.holds(&key()),
    };
    found.iter().filter(holds).inspect(|found| found.take_out(bytes)).count()
}

/// Puts back what was taken out.
fn back(bytes: &mut [u8]) {
    for found in find(bytes).iter().filter(|found| found.is_taken()) {
        found.put_back(bytes, &key(), 3);
    }
}

/// In lines of 76, as mail programs write it.
fn base64(text: &str) -> String {
    let all = STANDARD.encode(text);
    let lines: Vec<&str> = all.as_bytes().chunks(76).map(|l| str::from_utf8(l).unwrap()).collect();
    lines.join("\r\n")
}

fn from_base64(text: &str) -> String {
    String::from_utf8(STANDARD.decode(text.replace("\r\n", "")).unwrap()).unwrap()
}

#[test]
fn a_signature_is_found_in_every_form_an_address_takes_on_its_way() {
    for address in [reply(), bounce()] {
        let (local, host) = address.split_once('@').unwrap();
        let (at, tag) = (local.len() - 12, local.split_once('+').unwrap().1);
        for written in [
            address.clone(),
            format!("To: \"Northwind\" <{address}>, <b@c.example>"),
            format!("To: <{}>", address.to_uppercase()),
            format!("To: \"{local}\"@{host}"),
            format!("To: <support%2B{tag}@{host}>"),
            format!("To: <support-{tag}@{host}>"),
            format!("To: {}\r\n {}@{host}", &local[..at], &local[at..]),
            format!("Original-Envelope-Id: {tag}\r\n"),
            // Quoted-printable: broken at a line's end, and a point at its beginning.
            format!("On Tuesday wrote {}=\r\n{}@{host}:", &local[..at], &local[at..]),
            format!("On Tuesday wrote support+{}@{host}:", tag.replace('.', "=2E")),
            format!("On Tuesday wrote support+{}@{host}:", tag.replacen('.', "=\r\n=2e", 1)),
            format!("<a href=3D\"mailto:support+{tag}@{host}\">"),
            format!("Gr\u{fc}\u{df}e r1 r1. b1.{address}"),
            format!("rb1.r1.{address}"),
            format!("{tag}{tag}"),
        ] {
            let mut bytes = written.clone().into_bytes();
            let copies = written.matches(tag).count().max(1);
            assert_eq!(taken(&mut bytes), copies, "{written:?}");
            let left = String::from_utf8(bytes.clone()).unwrap();
            assert_eq!(left.len(), written.len());
            assert_eq!(taken(&mut bytes), 0, "{left:?}");
            let changed = written.chars().zip(left.chars()).filter(|(a, b)| a != b).count();
            assert!((20..=26 * copies).contains(&changed), "no more than its letters: {left:?}");
            back(&mut bytes);
            assert_eq!(bytes, written.as_bytes(), "put back, it is what it was");
        }
    }
}

#[test]
fn a_signature_is_found_in_base64_and_the_rest_of_it_stays() {
    for shift in 0..9 {
        let text = format!(
            "{}On Tuesday Northwind <{}> wrote:\n> {}\n> bounced to {}\n",
            "a".repeat(shift),
            reply(),
            "Ünïcode and much more of it, so that there are several lines. ".repeat(3),
            bounce()
        );
        let head = "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n";
        let written = format!("{head}{}\r\n--b--\r\n", base64(&text));
        let mut bytes = written.clone().into_bytes();
        assert_eq!(taken(&mut bytes), 2, "{shift}");
        assert_eq!(taken(&mut bytes), 0);
        let left = String::from_utf8(bytes.clone()).unwrap();
        back(&mut bytes);
        assert_eq!(bytes, written.as_bytes(), "put back, it is what it was");
        let body = left.strip_prefix(head).unwrap().strip_suffix("\r\n--b--\r\n").unwrap();
        let x = "x".repeat(26);
        let without = text.replace(&mac_of(&reply()), &x).replace(&mac_of(&bounce()), &x);
        assert_eq!(from_base64(body), without);
    }
    // Quoted-printable within base64, as a forwarded mail may be.
    let at = reply().len() - 20;
    let text = format!("On Tuesday wrote {}=\r\n{}:", &reply()[..at], &reply()[at..]);
    assert_eq!(taken(&mut base64(&text).into_bytes()), 1);
}

#[test]
fn what_is_no_signature_stays_as_it_is() {
    let guess = reply().replace(&mac_of(&reply()), &"a".repeat(26));
    let text = format!("{guess} r1.bas.r.abc r1..r.x b1. r1.bas.r.{}", "2".repeat(25));
    let mut bytes = text.clone().into_bytes();
    assert_eq!(taken(&mut bytes), 0);
    assert_eq!(bytes, text.as_bytes());
    // In a server's words whatever has the form goes.
    let words = format!("550 5.1.8 <{}>: Sender address rejected", bounce());
    let x = "x".repeat(26);
    assert_eq!(without_signatures(&words), words.replace(&mac_of(&bounce()), &x));
    assert_eq!(without_signatures("550 Ünknown"), "550 Ünknown");
}

#[test]
fn a_flood_of_tags_is_looked_at_so_far_and_no_further() {
    let flood = format!("{} ", reply()).repeat(5000);
    assert_eq!(find(flood.as_bytes()).len(), TAGS);
    let gaps = format!("r1.{}", "\n".repeat(100_000));
    assert!(find(format!("{gaps}bas.r.{}", mac_of(&reply())).as_bytes()).is_empty());
}

#[test]
fn a_mail_of_ours_gets_back_what_was_taken_from_its_header_alone() {
    let token = token(1042, 17);
    let written = format!("Reply-To: N <{0}>\r\nTo: <ada@lumen.example>\r\n\r\n<{0}>", reply());
    let mut mail = written.clone().into_bytes();
    token.take_out(&mut mail);
    let (header, body) = written.split_once("\r\n\r\n").unwrap();
    let without = header.replace(&mac_of(&reply()), &"x".repeat(26));
    assert_eq!(String::from_utf8(mail.clone()).unwrap(), format!("{without}\r\n\r\n{body}"));
    token.put_back(&mut mail);
    assert_eq!(mail, written.as_bytes());
    token.put_back(&mut mail);
    assert_eq!(mail, written.as_bytes(), "nothing to put back");
}

proptest! {
    #[test]
    fn any_bytes_are_read_and_none_of_them_lost(bytes in any::<Vec<u8>>(), lines in "[rb1.=2Ea-d+/\r\n]{0,300}") {
        for bytes in [bytes, lines.into_bytes()] {
            let mut after = bytes.clone();
            for found in find(&bytes) {
                found.take_out(&mut after);
            }
            prop_assert_eq!(after.len(), bytes.len());
        }
    }
}
