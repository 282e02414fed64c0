//! One letter for each line of a mail. Never looks further than a few lines ahead.

use super::{Markup, attribution, head, phrases};
use crate::mail::notification::REPLY_MARKER;

/// Lines beyond these, and longer ones, are told apart by their first character only.
const EXAMINED_LINES: usize = 2_000;
const EXAMINED_BYTES: usize = 1_000;
/// This many lines of what the author seems to have indented are looked at for whose words they are.
const EXAMINED_OWN: usize = 10;

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

pub(super) fn letters(lines: &[&str], markup: &[Markup]) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::with_capacity(lines.len());
    let mut own = None;
    while let Some(line) = lines.get(letters.len()) {
        let i = letters.len();
        let rest = lines.get(i..).unwrap_or_default();
        let line = line.trim();
        let apart = !matches!(letters.last(), Some(Letter::Text | Letter::Quote));
        let markup = markup.get(i).copied().unwrap_or_default();
        own = (markup == Markup::Own).then(|| own.unwrap_or_else(|| !names_who(rest)));
        if markup == Markup::Quotation && !line.is_empty() {
            letters.push(of_quoted(rest));
        } else if own == Some(true) && !line.trim_start_matches(['>', ' ']).is_empty() {
            letters.push(Letter::Text);
        } else if let Some(letter) = simple(line) {
            letters.push(letter);
        } else if i >= EXAMINED_LINES || line.len() > EXAMINED_BYTES {
            letters.push(Letter::Text);
        } else if let Some(span) = attribution::span(rest, apart) {
            letters.extend(std::iter::repeat_n(Letter::Attribution, span));
        } else {
            let above = lines.get(..i).unwrap_or_default();
            letters.push(of(above, rest, apart, is_ruled(above, &letters)));
        }
    }
    letters
}

/// True when what is indented begins with whose words follow: no author's hand did that.
pub(super) fn names_who(rest: &[&str]) -> bool {
    let bare: Vec<&str> = rest
        .iter()
        .take(EXAMINED_OWN)
        .map(|l| l.trim_start_matches(['>', ' ']).trim_end())
        .skip_while(|l| l.is_empty())
        .collect();
    let fits = bare.iter().all(|l| l.len() <= EXAMINED_BYTES);
    fits && (attribution::span(&bare, true).is_some()
        || phrases::is_original(&bare)
        || head::begins(&[], &bare, true))
}

/// What the markup calls a quotation is one, or says whose words are quoted: right above lines
/// that are indented. Gmail calls the head of what it passes on by the same name.
fn of_quoted(rest: &[&str]) -> Letter {
    let is_quote = |l: &&str| l.trim_start().starts_with('>');
    let first = rest.first().map(|l| l.trim()).unwrap_or_default();
    let below = rest.iter().skip(1).take(3).find(|l| !l.trim().is_empty());
    if phrases::is_forward(first) && !is_quote(&first) {
        Letter::Forward
    } else if !is_quote(&first) && below.is_some_and(is_quote) {
        Letter::Attribution
    } else {
        Letter::Quote
    }
}

/// What can be told by the line's first characters.
fn simple(line: &str) -> Option<Letter> {
    if line.is_empty() {
        Some(Letter::Empty)
    } else if line.starts_with('>') {
        // Our own marker among lines that are quoted: an answer may follow below them.
        Some(Letter::Quote)
    } else {
        (line.len() <= EXAMINED_BYTES && is_marker(line)).then_some(Letter::Marker)
    }
}

/// Our own line, whole, whatever a program drew around it. Who speaks of it goes on.
fn is_marker(line: &str) -> bool {
    let frame = |c: char| matches!(c, '*' | '_' | '|' | '<' | '>' | ' ' | '\u{a0}');
    line.trim_matches(frame) == REPLY_MARKER
}

/// True when the last of `letters` that is not empty is a rule as mail programs draw it.
fn is_ruled(above: &[&str], letters: &[Letter]) -> bool {
    let last = letters.iter().rposition(|l| *l != Letter::Empty);
    last.is_some_and(|at| {
        letters.get(at) == Some(&Letter::Rule)
            && above.get(at).is_some_and(|l| phrases::is_programs_rule(l))
    })
}

/// "What is this:" The author shows what follows.
fn is_announced(above: &[&str]) -> bool {
    let last = above.iter().rev().find(|l| !l.trim().is_empty());
    last.is_some_and(|l| l.trim_end().ends_with([':', '：']))
}

fn of(above: &[&str], rest: &[&str], apart: bool, is_ruled: bool) -> Letter {
    let Some(line) = rest.first().map(|l| l.trim()) else { return Letter::Empty };
    if line == "--" || line == "- --" {
        Letter::Dashes
    } else if phrases::is_rule(line) {
        Letter::Rule
    } else if phrases::is_forward(line) {
        Letter::Forward
    } else if phrases::is_original(rest) || phrases::is_processed(line) {
        Letter::Original
    } else if head::begins(above, rest, is_ruled) {
        Letter::Headers
    } else if phrases::is_device(line, apart, above.last().unwrap_or(&"")) && !is_announced(above) {
        Letter::Device
    } else {
        Letter::Text
    }
}
