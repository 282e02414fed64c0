//! What a single line is by its words. Hand-written matchers; none looks at a line more often than
//! there are words in its tables, and none at a long one.

use super::words::{
    self, APPS, BELOW, DEVICES, EXCUSES, FIELDS, FOOTERS, FORWARDS, Field, ORIGINALS, OWN, SLIPS,
    VERBS,
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

/// "Original Message processed by david®": a program's line without any dashes.
pub(super) fn is_processed(line: &str) -> bool {
    let lower = line.trim_start_matches(['[', '*']).to_lowercase();
    line.len() <= LINE_BYTES && lower.starts_with("original message processed by ")
}

/// "Sent from my iPhone", with what programs write behind it: a link, or an excuse for being brief.
/// `apart` says whether nothing stands right above it.
pub(super) fn is_device(line: &str, apart: bool) -> bool {
    let is_framed = line.starts_with(['<', '(', '[']);
    let marks = ['*', '_', '<', '>', '(', ')', '[', ']', ' ', '.'];
    let (line, linked) = match line.find("http").filter(|at| *at > 0) {
        Some(at) => (line.get(..at).unwrap_or_default(), true),
        None => (line, false),
    };
    let lower = line.trim_matches(marks).to_lowercase();
    let excused = words::all(EXCUSES).filter_map(|e| lower.find(e)).min();
    let excused = excused.filter(|at| words::any(lower.get(*at..).unwrap_or_default(), SLIPS));
    let lower = lower.get(..excused.unwrap_or(lower.len())).unwrap_or_default();
    let lower = lower.trim_end_matches([',', '.', ';', '-', ' ', '!']);
    let is_sentence = lower.contains([',', ';']) || lower.ends_with(['?', '!']);
    if lower.len() > DEVICE_BYTES || is_sentence {
        return false;
    }
    let begun = words::all(DEVICES).filter(|d| lower.starts_with(d)).max_by_key(|d| d.len());
    let begins = begun.is_some() || is_framed && lower.starts_with("sent by ");
    let parts: Vec<&str> = lower.split_whitespace().collect();
    // "Sent from my TI-85", whatever that is; "Sent from TypeApp <https://…>".
    let own = words::all(OWN).find_map(|o| lower.strip_prefix(o));
    let is_own = own.is_some_and(|rest| (1..=3).contains(&rest.split_whitespace().count()));
    let is_linked = linked && begun.is_some() && parts.len() <= 5;
    if (is_own || is_linked) && apart && line.starts_with(char::is_uppercase) {
        return true;
    }
    let ends = lower.ends_with("gesendet") && lower.contains("von mein")
        || lower.ends_with("から送信")
        || lower.ends_with("에서 보냄");
    let names_one = words::any(lower, APPS);
    // "Sent via DHL on my phone's advice." is the author's.
    let phrase = begun.map_or(2, |d| d.split_whitespace().count().max(2));
    let is_prose = parts.len() > 6 + phrase && !lower.contains(" network");
    (begins || ends) && names_one && !is_prose
}

/// True when a block of mail fields begins here: who sent it, and when, to whom or about what. A
/// list of the author's own ("From: Berlin", "To: Kiel") has no address and no subject.
pub(super) fn begins_headers(rest: &[&str]) -> bool {
    let Some((first, value)) = rest.first().and_then(|l| field(l)) else { return false };
    if on_one_line(first, value) || opens_with_dates(rest) {
        return true;
    }
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

/// All fields on one line, as some pages become when they are made a text: "From: ada@x.example
/// Date: … To: …".
fn on_one_line(first: Field, value: &str) -> bool {
    let mut seen = vec![first];
    let mut before = "";
    for word in value.split_whitespace() {
        let name = |name: &str| name.trim_matches(['*', '_']).to_lowercase();
        let named = word.strip_suffix(':').or_else(|| word.strip_suffix(":*"));
        if let Some((kind, _)) = named.and_then(|w| known(&name(w)))
            && !seen.contains(&kind)
            && !before.ends_with(',')
        {
            seen.push(kind);
        }
        before = word;
    }
    seen.contains(&Field::From)
        && seen.contains(&Field::Sent)
        && value.contains('@')
        && (seen.len() >= 3 || is_exact(value))
}

/// Two fields are enough where the first is a date as only programs write it, and the other has an
/// address.
fn opens_with_dates(rest: &[&str]) -> bool {
    let fields = || rest.iter().take(2).filter_map(|l| field(l));
    let has = |kind, test: &dyn Fn(&str) -> bool| fields().any(|(k, v)| k == kind && test(v));
    has(Field::Sent, &is_exact)
        && (has(Field::From, &|v| v.contains('@')) || has(Field::To, &|v| v.contains('@')))
}

/// A date with seconds and a zone, RFC 5322.
fn is_exact(value: &str) -> bool {
    let zone = value.split_whitespace().any(|w| {
        w.len() == 5 && w.starts_with(['+', '-']) && w.bytes().skip(1).all(|b| b.is_ascii_digit())
    });
    zone && value.split_whitespace().any(|w| w.split(':').filter(|p| p.len() == 2).count() == 3)
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
    let (kind, _) = known(&name)?;
    Some((kind, value.trim_matches(marks)))
}

/// "Importance: high", the name in one word of letters and hyphens; and what such a line goes on
/// with.
pub(super) fn is_any_field(line: &str) -> bool {
    let name = line.trim().split_once(':').map(|(name, _)| name).unwrap_or_default();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    is_name && !line.trim_end().ends_with(':') || line.starts_with([' ', '\t'])
}

/// A field of a mail's raw header that no mail program shows above a quotation.
pub(super) fn is_servers_field(line: &str) -> bool {
    const NAMES: &[&str] =
        &["received:", "return-path:", "message-id:", "delivered-to:", "dkim-signature:", "x-"];
    let line = line.trim_start();
    NAMES.iter().any(|name| line.get(..name.len()).is_some_and(|l| l.eq_ignore_ascii_case(name)))
        && line.contains(':')
}

fn known(name: &str) -> Option<(Field, &'static str)> {
    FIELDS.iter().find(|(_, names)| names.split('|').any(|n| n == name)).copied()
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
