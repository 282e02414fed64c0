//! The fields of a mail's own header, counted and in order: what several parsers read differently
//! is looked at here as it is written. Never reads into the body.

use std::borrow::Cow;

use mail_parser::decoders::charsets::map::charset_decoder;
use sha2::{Digest, Sha256};

use super::mended::mended;
use super::{address, hex, null_or_address, signed};
use crate::domain::text::clean_line;
use crate::mail::inbound::{FIELDS, HEADER_BYTES};

/// Fields that differ from one delivery of a mail to the next.
const OF_DELIVERY: &[&str] = &["received", "delivered-to", "x-original-to", "return-path"];
/// The longest result of an authentication, in characters, and how many are kept.
const RESULT_CHARS: usize = 2_000;
const RESULTS: usize = 20;

/// Names in lower case, values unfolded but not decoded.
pub(in crate::mail) struct Fields {
    list: Vec<(String, String)>,
    /// Where the header ends within the bytes, and whether that is before its true end.
    end: usize,
    cut: bool,
    /// Some of it is not UTF-8.
    guessed: bool,
}

impl Fields {
    pub(super) fn new(raw: &[u8]) -> Self {
        let mut list: Vec<(String, String)> = Vec::new();
        let mut end = 0;
        let mut cut = false;
        for line in raw.split_inclusive(|b| *b == b'\n') {
            let text = line.trim_ascii_end();
            if text.is_empty() {
                break;
            }
            if end + line.len() > HEADER_BYTES || list.len() >= FIELDS {
                cut = true;
                break;
            }
            end += line.len();
            if line.starts_with(b" ") || line.starts_with(b"\t") {
                if let Some((_, value)) = list.last_mut() {
                    value.push(' ');
                    value.push_str(&decode(text.trim_ascii()));
                }
            } else if let Some(colon) = text.iter().position(|b| *b == b':') {
                let (name, value) = text.split_at(colon);
                let value = value.get(1..).unwrap_or_default();
                let name = decode(name.trim_ascii_end()).to_ascii_lowercase();
                list.push((name, decode(value.trim_ascii()).into_owned()));
            }
        }
        let guessed = std::str::from_utf8(raw.get(..end).unwrap_or_default()).is_err();
        Self { list, end, cut, guessed }
    }

    pub(super) fn cut(&self) -> bool {
        self.cut
    }

    /// True when the header is written in bytes that do not say which letters they are.
    pub(super) fn guessed(&self) -> bool {
        self.guessed
    }

    /// The mail with no more of its header than was looked at, and that [`mended`].
    pub(super) fn bounded<'a>(&self, raw: &'a [u8]) -> Cow<'a, [u8]> {
        let (head, rest) = raw.split_at_checked(self.end).unwrap_or((raw, &[]));
        let mended = mended(head);
        if !self.cut && mended.is_none() {
            return Cow::Borrowed(raw);
        }
        let head = mended.as_ref().map_or(head, |text| text.as_bytes());
        if !self.cut {
            return Cow::Owned([head, rest].concat());
        }
        let mut body = 0;
        for line in rest.split_inclusive(|b| *b == b'\n') {
            body += line.len();
            if matches!(line, b"\n" | b"\r\n") {
                break;
            }
        }
        Cow::Owned([head, b"\r\n", rest.get(body..).unwrap_or_default()].concat())
    }

    pub(in crate::mail) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.list.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub(in crate::mail) fn first<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// The first field whose name begins so: its name.
    pub(super) fn named(&self, prefix: &str) -> Option<&str> {
        self.list.iter().map(|(n, _)| n.as_str()).find(|n| n.starts_with(prefix))
    }

    pub(super) fn return_path(&self) -> Option<String> {
        self.first("return-path").map(null_or_address)
    }

    pub(super) fn delivered_to(&self) -> Vec<String> {
        let mut found: Vec<String> = ["x-original-to", "delivered-to"]
            .into_iter()
            .filter_map(|name| self.first(name))
            .map(|v| signed(v).next().unwrap_or_else(|| address(v.trim_matches(['<', '>']))))
            .filter(|a| !a.is_empty())
            .collect();
        found.dedup();
        found
    }

    /// Each with the id of the server that says so (RFC 8601 §2.2), comments left as they are.
    pub(super) fn authentication_results(&self) -> Vec<(String, String)> {
        self.all("authentication-results")
            .take(RESULTS)
            .map(|value| {
                let value: String = clean_line(value).chars().take(RESULT_CHARS).collect();
                let id = value.split(';').next().unwrap_or_default();
                let id = id.split_whitespace().next().unwrap_or_default().to_lowercase();
                (id, value)
            })
            .collect()
    }

    /// What the mail is known by when it names itself by nothing (M4).
    pub(super) fn synthetic_id(&self, raw: &[u8]) -> String {
        let mut hash = Sha256::new();
        let mut skipped = false;
        let (head, body) = raw.split_at(self.end.min(raw.len()));
        for line in head.split_inclusive(|b| *b == b'\n') {
            if !line.starts_with(b" ") && !line.starts_with(b"\t") {
                let name = line.split(|b| *b == b':').next().unwrap_or_default();
                skipped = OF_DELIVERY.iter().any(|f| name.eq_ignore_ascii_case(f.as_bytes()));
            }
            if !skipped {
                hash.update(line);
            }
        }
        hash.update(body);
        hex(&hash.finalize())
    }
}

/// UTF-8 where it is, else what Windows in western Europe writes.
pub(in crate::mail) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(match charset_decoder(b"windows-1252") {
            Some(decode) => decode(bytes),
            None => String::from_utf8_lossy(bytes).into_owned(),
        }),
    }
}
