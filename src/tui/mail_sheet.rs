//! A mail that arrived, as the screens show it: cleaned, and cut to what a screen can hold. Plain
//! data; the whole mail stays with the desk.

use crate::desk::quarantine::HeldMail;
use crate::desk::receive::Arrived;
use crate::domain::text::{clean_body, clean_line};

/// Bytes of a text that are shown; the command line prints all.
pub const SHOWN_BYTES: usize = 64 * 1024;

/// What there is to read of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailSheet {
    pub arrived: Arrived,
    /// Every author it names, the address always beside the name.
    pub from: Vec<String>,
    pub subject: String,
    /// What its author wrote now (M5).
    pub shown: String,
    /// All of its text.
    pub whole: String,
    /// Lines of the whole that are not in the shown.
    pub hidden_lines: usize,
    /// Its files, each in a line: name, type and size.
    pub files: Vec<String>,
    /// Why it counts as a machine's, if it does (M3).
    pub automatic: Option<&'static str>,
    pub remarks: Vec<&'static str>,
    /// The mail as it arrived.
    pub raw: String,
    /// False for one that the program fell over.
    pub readable: bool,
}

impl MailSheet {
    #[must_use]
    pub fn of(held: HeldMail) -> Self {
        let HeldMail { arrived, mail, raw } = held;
        let readable = mail.is_some();
        let mail = mail.unwrap_or_default();
        let from = mail.from.iter().map(|author| {
            let (name, address) = (clean_line(&author.name), clean_line(&author.address));
            if name.is_empty() { address } else { format!("{name} <{address}>") }
        });
        let files = mail.attachments.iter().map(|file| {
            let size = size(file.bytes.len());
            format!("{} ({}, {size})", clean_line(&file.name), clean_line(&file.mime))
        });
        Self {
            from: from.collect(),
            files: files.collect(),
            subject: clean_line(&mail.subject),
            shown: cut(&mail.shown),
            whole: cut(&mail.text),
            hidden_lines: mail.hidden_lines,
            automatic: mail.automatic.map(crate::mail::inbound::Automatic::reason),
            remarks: mail.remarks.iter().map(|r| r.sentence()).collect(),
            raw: cut(&String::from_utf8_lossy(raw.get(..SHOWN_BYTES + 1).unwrap_or(&raw))),
            readable,
            arrived,
        }
    }
}

/// `12 KB`
#[must_use]
pub fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KB", bytes.div_ceil(1024)),
        _ => format!("{} MB", bytes.div_ceil(1_048_576)),
    }
}

fn cut(text: &str) -> String {
    if text.len() <= SHOWN_BYTES {
        return clean_body(text);
    }
    let end = text.floor_char_boundary(SHOWN_BYTES);
    let shown = clean_body(text.get(..end).unwrap_or_default());
    format!("{shown}\n(It is longer than a screen shows. deskbell quarantine show prints all.)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_clean_and_bounded() {
        let long = "Hello \u{1b}[31m\r\n".repeat(20_000);
        let shown = cut(&long);
        assert!(shown.len() < SHOWN_BYTES + 200 && shown.ends_with("prints all.)"));
        assert!(!shown.contains('\u{1b}') && !shown.contains('\r'));
        assert_eq!(cut("short"), "short");
        assert_eq!(size(1023), "1023 bytes");
        assert_eq!(size(1025), "2 KB");
        assert_eq!(size(3 * 1_048_576), "3 MB");
    }
}
