//! What a single line is by its words. Hand-written matchers; none looks at a line more often than
//! there are words in its tables, and none at a long one.

use super::words::{
    self, APPS, BELOW, DEVICES, FIELDS, FOOTERS, FORWARDS, Field, ORIGINALS, VERBS,
};

/// What mail programs write is no longer than this, in bytes.
const LINE_BYTES: usize = 200;
/// What makes "Sent from my desk, …" a sentence: a device is a short line without a verb.
const DEVICE_BYTES: usize = 90;
/// A block of mail fields is looked for in this many lines, and holds this many others between
/// them: a long list of recipients is wrapped, and some programs leave every other line empty.
const FIELD_LINES: usize = 14;
const OTHER_LINES: usize = 4;

/// At least two of the characters that lines are drawn with, and no other.
pub(super) fn is_rule(line: &str) -> bool {
    let drawn = |c: char| "-_=+~#*ᐧ—–─━•·. ".contains(c);
    line.chars().filter(|c| !c.is_whitespace() && *c != '.').nth(1).is_some()
        && line.chars().all(drawn)
}

/// Dashes, words, dashes; or the words alone in Apple's manner, with a colon.
pub(super) fn is_forward(line: &str) -> bool {
    line.len() <= LINE_BYTES
        && (line.starts_with(['-', '_', '=', '*', '<']) || line.ends_with([':', '：']))
        && words::any(&line.to_lowercase(), FORWARDS)
}

/// "-----Original Message-----", or "---- Ada Park wrote ----" as telephones have it.
pub(super) fn is_original(line: &str) -> bool {
    if line.len() > LINE_BYTES || !line.starts_with(['-', '_', '=', '*', '<', '#']) {
        return false;
    }
    let lower = line.to_lowercase();
    let is_framed = line.starts_with("--") && line.ends_with("--");
    words::any(&lower, ORIGINALS) || is_framed && words::any(&lower, VERBS)
}

pub(super) fn is_device(line: &str) -> bool {
    let line = line.trim_matches(['*', '_', '<', '>', '(', ')', '[', ']', ' ']);
    let is_sentence = line.contains(',') || line.ends_with(['?', '!']);
    if line.len() > DEVICE_BYTES || is_sentence {
        return false;
    }
    let lower = line.to_lowercase();
    let begins = words::all(DEVICES).any(|d| lower.starts_with(d));
    let ends = lower.ends_with("gesendet") && lower.contains("von mein")
        || lower.ends_with("から送信")
        || lower.ends_with("에서 보냄");
    let names_one = words::any(&lower, APPS);
    // "Sent via DHL on my phone's advice." is the author's.
    let words = lower.split_whitespace().count() + usize::from(lower.ends_with('.'));
    let is_prose = words > 8 && !lower.contains(" network");
    (begins || ends) && names_one && !is_prose
}

/// True when a block of mail fields begins here: who sent it, and when, to whom or about what. A
/// list of the author's own ("From: Berlin", "To: Kiel") has no address and no subject.
pub(super) fn begins_headers(rest: &[&str]) -> bool {
    let Some((first, _)) = rest.first().and_then(|l| field(l)) else { return false };
    let mut seen = vec![];
    let (mut has_address, mut is_dated, mut others) = (false, false, 0);
    for (i, line) in rest.iter().take(FIELD_LINES).enumerate() {
        match field(line) {
            Some((kind, value)) => {
                let next = rest.get(i + 1).map_or("", |l| l.trim());
                let value = if value.is_empty() { next } else { value };
                has_address |=
                    kind != Field::Subject && (value.contains('@') || value.contains("/"));
                is_dated |=
                    kind == Field::Sent && value.chars().filter(|c| c.is_numeric()).count() >= 3;
                if !value.is_empty() && !seen.contains(&kind) {
                    seen.push(kind);
                }
            }
            None if line.trim().is_empty() => {}
            None => others += 1,
        }
        let enough = seen.len() >= 3 && seen.contains(&Field::From);
        if enough
            && (is_dated && (has_address || seen.contains(&Field::Subject))
                || has_address && first == Field::From)
        {
            return true;
        }
        if others > OTHER_LINES {
            break;
        }
    }
    false
}

/// The kind of field the line begins with, as "*From:* Ada", and its value.
fn field(line: &str) -> Option<(Field, &str)> {
    let marks = ['*', '_', ' ', '\t', '\u{a0}'];
    let head = line.trim().trim_start_matches(marks);
    let (name, value) = head.split_once([':', '：'])?;
    if name.len() > 40 {
        return None;
    }
    let name = name.trim_matches(marks).to_lowercase();
    let (kind, _) = FIELDS.iter().find(|(_, names)| names.split('|').any(|n| n == name))?;
    Some((*kind, value.trim_matches(marks)))
}

/// What a mailing list or a scanner writes below a rule.
pub(super) fn is_footer(lines: &[&str]) -> bool {
    lines.iter().any(|l| l.len() <= LINE_BYTES && words::any(&l.to_lowercase(), FOOTERS))
}

/// A sentence, not a line of a visiting card.
pub(super) fn is_sentence(line: &str) -> bool {
    line.trim_end().ends_with(['.', '!', ':', ';', '。', '！'])
        && line.split_whitespace().count() >= 3
        || line.trim_start().starts_with('-')
        || line.trim_start().starts_with("* ")
        || line.trim_end().ends_with(['?', '？', ','])
}

pub(super) fn points_below(line: &str) -> bool {
    let lower = line.to_lowercase();
    words::all(BELOW).any(|w| {
        lower.match_indices(w).any(|(at, _)| {
            let before = lower.get(..at).and_then(|s| s.chars().next_back());
            let after = lower.get(at + w.len()..).and_then(|s| s.chars().next());
            let is_word = !before.is_some_and(char::is_alphanumeric)
                && !after.is_some_and(char::is_alphanumeric);
            !w.is_ascii() || is_word
        })
    })
}
