//! One letter for each line of a mail. Never looks further than a few lines ahead.

use super::phrases;
use crate::mail::notification::REPLY_MARKER;

/// Lines beyond this are told apart by their first character only.
const EXAMINED_LINES: usize = 2_000;
/// An attribution ("On … wrote:") spans at most this many lines and bytes.
const ATTRIBUTION_LINES: usize = 5;
const ATTRIBUTION_BYTES: usize = 600;
/// A block of mail fields within a text has at least this many.
const FIELDS: usize = 3;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letter {
    Empty,
    Text,
    /// Begins with `>`, or is a quotation by the mail's markup.
    Quote,
    /// "On … wrote:", one of up to five lines.
    Attribution,
    /// The first of several mail fields: "From: …", "Sent: …".
    Headers,
    /// "-----Original Message-----".
    Original,
    /// "Begin forwarded message:".
    Forward,
    /// Our own line above which an answer is written.
    Marker,
    /// "-- ", as signatures begin.
    Dashes,
    /// A line of dashes, underscores and the like.
    Rule,
    /// "Sent from my iPhone".
    Device,
}

pub(super) fn letters(lines: &[&str], quoted: &[bool]) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::with_capacity(lines.len());
    while let Some(line) = lines.get(letters.len()) {
        let i = letters.len();
        let rest = lines.get(i..).unwrap_or_default();
        if quoted.get(i).copied().unwrap_or(false) && !line.trim().is_empty() {
            letters.push(if announces(rest) { Letter::Attribution } else { Letter::Quote });
        } else if i >= EXAMINED_LINES {
            letters.push(simple(line).unwrap_or(Letter::Text));
        } else if let Some(letter) = simple(line) {
            letters.push(letter);
        } else if let Some(span) = attribution(rest) {
            letters.extend(std::iter::repeat_n(Letter::Attribution, span));
        } else {
            letters.push(of(rest));
        }
    }
    letters
}

/// A line that the markup calls a quotation, right above lines that are indented: who wrote them.
fn announces(rest: &[&str]) -> bool {
    let is_quote = |l: &&str| l.trim_start().starts_with('>');
    !rest.first().is_some_and(is_quote)
        && rest.iter().skip(1).take(3).find(|l| !l.trim().is_empty()).is_some_and(is_quote)
}

/// What can be told by the line's first characters.
fn simple(line: &str) -> Option<Letter> {
    let trimmed = line.trim();
    if trimmed.is_empty() {
        Some(Letter::Empty)
    } else if trimmed.contains(REPLY_MARKER) {
        Some(Letter::Marker)
    } else {
        trimmed.starts_with('>').then_some(Letter::Quote)
    }
}

fn of(rest: &[&str]) -> Letter {
    let Some(line) = rest.first().map(|l| l.trim()) else { return Letter::Empty };
    if line == "--" || line == "—" || line == "- --" {
        Letter::Dashes
    } else if phrases::is_rule(line) {
        Letter::Rule
    } else if phrases::is_forward(line) {
        Letter::Forward
    } else if phrases::is_original(line) {
        Letter::Original
    } else if headers(rest) {
        Letter::Headers
    } else if phrases::is_device(line) {
        Letter::Device
    } else {
        Letter::Text
    }
}

/// How many lines an attribution spans that begins with the first of `rest`.
fn attribution(rest: &[&str]) -> Option<usize> {
    let first = rest.first()?.trim();
    if !phrases::may_begin_attribution(first) {
        return None;
    }
    let mut joined = String::new();
    for (i, line) in rest.iter().take(ATTRIBUTION_LINES).enumerate() {
        let line = line.trim();
        let is_next = i > 0 && phrases::begins_attribution_anew(line);
        if line.is_empty() || line.starts_with('>') || is_next || joined.len() > ATTRIBUTION_BYTES {
            return None;
        }
        joined.push_str(line);
        joined.push(' ');
        let below = rest.iter().skip(i + 1).find(|l| !l.trim().is_empty());
        let quoted_below = below.is_some_and(|l| l.trim_start().starts_with('>'));
        if joined.len() <= ATTRIBUTION_BYTES && phrases::is_attribution(joined.trim(), quoted_below)
        {
            return Some(i + 1);
        }
    }
    None
}

/// True when a block of mail fields begins here: who sent it, and when or about what.
fn headers(rest: &[&str]) -> bool {
    let Some(first) = rest.first().and_then(|l| phrases::field(l)) else { return false };
    if first != phrases::Field::From {
        return false;
    }
    let mut seen = vec![first];
    // A long list of recipients is wrapped, and some programs leave every other line empty.
    for line in rest.iter().skip(1).take(12) {
        if let Some(field) = phrases::field(line)
            && !seen.contains(&field)
        {
            seen.push(field);
        }
    }
    seen.len() >= FIELDS
}
