//! What every mail of the desk must be like when it has come through a real mail server.

use std::collections::BTreeSet;

use crate::lab::desk::Desk;
use crate::lab::post::Letter;

/// Looks at a mail about an event of a ticket, field by field.
pub fn check(letter: &Letter, desk: &Desk, id: &str, event: &str) {
    let whole = String::from_utf8(letter.raw.clone()).expect("ASCII");
    // One of each and no others. Only what is automatic says so.
    let names = "Received From Reply-To To Subject Date Message-ID In-Reply-To References \
                 X-Auto-Response-Suppress X-Deskbell-Loop MIME-Version Content-Type";
    let mut names: BTreeSet<&str> = names.split_whitespace().collect();
    if event != "reply" {
        names.insert("Auto-Submitted");
    }
    let (head, _) = whole.split_once("\r\n\r\n").unwrap();
    let fields: Vec<&str> = head
        .split("\r\n")
        .filter(|line| !line.starts_with([' ', '\t']))
        .map(|line| line.split_once(':').unwrap().0)
        .collect();
    assert_eq!(fields.len(), names.len(), "{head}");
    assert_eq!(fields.into_iter().collect::<BTreeSet<_>>(), names, "{head}");

    let host = format!("@{}", desk.domain);
    let row = desk.email(id, event);
    // The row's own, and the same in every copy (L2).
    let message_id = letter.header("Message-ID");
    assert_eq!(message_id, format!("<{}>", row["message_id"].as_str().unwrap()));
    assert!(message_id.len() <= 80 && message_id.ends_with(&format!("{host}>")), "{message_id}");
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-@<>".contains(c);
    assert!(message_id.chars().all(plain), "{message_id}");
    // What a mail program threads by, also where a provider has rewritten our ids.
    let references = letter.header("References");
    assert!(references.starts_with(&format!("<ticket.{id}{host}>")), "{references}");
    assert!(references.ends_with(&letter.header("In-Reply-To")), "{references}");
    assert!(references.split(' ').count() <= 10, "{references}");

    // Where answers go, and where a bounce does: each proves what it is about.
    let (local, domain) = letter.reply_to().split_once('@').map(owned).unwrap();
    assert!(local.starts_with("support+r1.") && local.len() <= 64, "{local}");
    assert_eq!(format!("@{domain}"), host);
    let (local, domain) = letter.sender.split_once('@').map(owned).unwrap();
    assert!(local.starts_with("support+b1.") && local.len() <= 64, "{local}");
    assert_eq!(format!("@{domain}"), host);
    assert!(letter.header("From").ends_with(&format!("<support{host}>")));
    assert_eq!(letter.header("Subject"), format!("Your ticket #{id}"));

    // "All" would ask Exchange to keep its bounces to itself.
    assert_eq!(letter.header("X-Auto-Response-Suppress"), "OOF, AutoReply");
    // The moment at which it was planned, whenever it went.
    let date = chrono::DateTime::parse_from_rfc2822(&letter.header("Date")).unwrap();
    let planned = chrono::DateTime::parse_from_rfc3339(row["at"].as_str().unwrap()).unwrap();
    assert_eq!(date.timestamp(), planned.timestamp());
    let kind = letter.header("Content-Type");
    let own: String = message_id.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    assert!(kind.starts_with("multipart/alternative;") && kind.contains(&own), "{kind}");

    // Nothing that a server on the way would have to convert, cut or take for the end of a mail.
    assert!(whole.is_ascii());
    assert!(!whole.contains("8bit"), "{whole}");
    assert!(whole.split("\r\n").all(|line| line.len() <= 200 && !line.contains(['\r', '\n'])));
    // Both versions name it, and say that it can be answered.
    for version in [&letter.text, &letter.html] {
        assert!(version.contains(&format!("Ticket #{id}")), "{version}");
        assert!(version.contains("You can answer this mail directly."), "{version}");
    }
}

fn owned((left, right): (&str, &str)) -> (String, String) {
    (left.to_owned(), right.to_owned())
}
