//! A composed mail as a teammate reads it before it goes. Never changes the mail, and knows nothing
//! of the ticket: what it shows is what stands in the bytes.

use chrono::DateTime;
use mail_parser::MessageParser;

use crate::domain::Time;
use crate::domain::text::{clean_body, clean_line};

/// The headers a reader's program shows, and the text part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readable {
    pub from: String,
    pub to: String,
    pub subject: String,
    /// None where the mail has no Date, or none that can be read.
    pub date: Option<Time>,
    /// Decoded; lines as they were written.
    pub text: String,
}

impl Readable {
    /// Reads the bytes of a mail; None when they are no mail.
    #[must_use]
    pub fn of(raw: &[u8]) -> Option<Self> {
        let mail = MessageParser::default().parse(raw)?;
        let person = |list: Option<&mail_parser::Address<'_>>| {
            let Some(person) = list.and_then(|list| list.first()) else { return String::new() };
            let address = person.address().unwrap_or_default();
            clean_line(&match person.name() {
                Some(name) => format!("{name} <{address}>"),
                None => address.to_owned(),
            })
        };
        Some(Self {
            from: person(mail.from()),
            to: person(mail.to()),
            subject: clean_line(mail.subject().unwrap_or_default()),
            date: mail.date().and_then(|d| DateTime::from_timestamp(d.to_timestamp(), 0)),
            text: clean_body(&mail.body_text(0).unwrap_or_default()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_decoded_and_cleaned() {
        let raw = "From: \"Mara (Support)\" <desk@example.org>\r\nTo: ada@lumen.example\r\n\
                   Subject: Your ticket #1\r\nDate: Fri, 12 Jun 2026 14:00:00 +0000\r\n\
                   Content-Type: text/plain; charset=utf-8\r\n\
                   Content-Transfer-Encoding: quoted-printable\r\n\r\n\
                   Gr=C3=BC=C3=9Fe=1B[2J\r\n";
        let mail = Readable::of(raw.as_bytes()).unwrap();
        assert_eq!(mail.from, "Mara (Support) <desk@example.org>");
        assert_eq!(mail.to, "ada@lumen.example");
        assert_eq!(mail.subject, "Your ticket #1");
        assert_eq!(mail.date.unwrap().to_rfc3339(), "2026-06-12T14:00:00+00:00");
        assert!(mail.text.starts_with("Grüße"), "{}", mail.text);
        assert!(!mail.text.contains('\u{1b}'));
    }
}
