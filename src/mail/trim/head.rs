//! The head of a mail that is quoted: "From: …", "Sent: …", "To: …", "Subject: …".
//!
//! An author has fields, too: of a trip, of a parcel, of a form that was filled in. So a head needs
//! an address and a time, unless a mail program's rule stands above it.

use super::words::{self, FIELDS, Field, OTHER_FIELDS, REPLIES};
use super::{attribution, phrases};

/// A block of fields is looked for in this many lines, and holds this many others between them: a
/// long list of recipients is wrapped, and some programs leave every other line empty.
const FIELD_LINES: usize = 14;
const OTHER_LINES: usize = 4;
/// The name of a field, whoever made it up, has at most this many bytes and words.
const NAME_BYTES: usize = 40;
const NAME_WORDS: usize = 3;

/// Outlook's rule has 32 letters.
const PROGRAMS_RULE: usize = 30;
/// A date with its time has at least this many digits: "3/5 10:00".
const DATE_DIGITS: usize = 5;

/// True when a head begins with the first of `rest`. `is_ruled` says whether a rule as programs
/// draw it stands right above.
pub(super) fn begins(above: &[&str], rest: &[&str], is_ruled: bool) -> bool {
    let Some((first, value)) = rest.first().and_then(|l| field(l)) else { return false };
    let is_apart = above.last().is_none_or(|l| l.trim().is_empty());
    if on_one_line(first, value) || is_apart && opens_with_dates(rest) {
        return true;
    }
    let block = Block::read(rest);
    if !block.is_whole() || touches_others(above, rest, block.end, is_ruled) {
        return false;
    }
    if is_ruled {
        // A trip below a line that its author drew has one word on each side.
        let rule = above.iter().rev().find(|l| !l.trim().is_empty());
        let is_drawn = rule.is_some_and(|l| l.trim().chars().count() < PROGRAMS_RULE);
        let is_persons = block.has_full_name || block.answers || !is_drawn;
        block.has_address || block.is_timed && is_persons && block.kinds.contains(&Field::Subject)
    } else {
        let is_full = block.has_address && block.kinds.contains(&Field::To);
        // Right below a text, only where that has come to its end.
        let is_at_end = above.last().is_some_and(|l| phrases::ends_sentence(l));
        block.is_timed
            && (is_apart && (is_full || block.answers || block.is_bold || block.is_outlooks)
                || is_at_end && is_full && block.answers)
    }
}

/// What is known of the fields that stand together.
struct Block {
    kinds: Vec<Field>,
    /// Who sent it has an address.
    has_address: bool,
    /// When it was sent has a time of day.
    is_timed: bool,
    /// What it is about begins with "Re:".
    answers: bool,
    /// Each name is in bold letters.
    is_bold: bool,
    /// In the order of Outlook, a name of several words and the day of the week: "From: Ada Park",
    /// "Sent: Monday, May 3, 2027 10:00 AM".
    is_outlooks: bool,
    /// Who sent it has a name of several words.
    has_full_name: bool,
    /// The first line behind the last field.
    end: usize,
}

impl Block {
    fn read(rest: &[&str]) -> Block {
        let mut block = Block {
            kinds: vec![],
            has_address: false,
            is_timed: false,
            answers: false,
            is_bold: true,
            is_outlooks: false,
            has_full_name: false,
            end: 0,
        };
        let (mut others, mut is_behind_gap) = (0, false);
        let mut is_day = false;
        for (i, line) in rest.iter().take(FIELD_LINES).enumerate() {
            let Some((kind, value)) = field(line) else {
                is_behind_gap |= line.trim().is_empty();
                others += usize::from(!line.trim().is_empty());
                if others > OTHER_LINES || is_behind_gap && !line.trim().is_empty() {
                    break;
                }
                continue;
            };
            is_behind_gap = false;
            let next = rest.get(i + 1).filter(|l| field(l).is_none()).map_or("", |l| l.trim());
            block.has_address |= kind == Field::From && (value.contains('@') || next.contains('@'));
            let value = if value.is_empty() { next } else { value };
            block.is_timed |= kind == Field::Sent && is_timed(value);
            block.answers |= kind == Field::Subject && is_reply(value);
            block.is_bold &= line.trim().starts_with('*');
            if !value.is_empty() && !block.kinds.contains(&kind) {
                block.kinds.push(kind);
            }
            let is_full = value.split_whitespace().nth(1).is_some();
            block.has_full_name |= kind == Field::From && is_full;
            is_day |= kind == Field::Sent && attribution::begins_with_weekday(value);
            block.end = i + 1;
        }
        block.is_outlooks = block.has_full_name
            && is_day
            && block.kinds == [Field::From, Field::Sent, Field::To, Field::Subject];
        block
    }

    fn is_whole(&self) -> bool {
        self.kinds.len() >= 3 && self.kinds.contains(&Field::From)
    }
}

/// True when a field that no mail has stands beside the block, as "Name: …" above it or "Message: …"
/// below: then it is a form. Below a rule only what touches it counts.
fn touches_others(above: &[&str], rest: &[&str], end: usize, is_ruled: bool) -> bool {
    let over = above.iter().rev().take(FIELD_LINES).find(|l| field(l).is_none());
    let mut below = rest.iter().skip(end).take(FIELD_LINES);
    let under = if is_ruled { below.next() } else { below.find(|l| !l.trim().is_empty()) };
    let within = rest.iter().take(end);
    over.into_iter().chain(under).chain(within).any(|l| is_others(l))
}

/// A field of the author's own.
fn is_others(line: &str) -> bool {
    let marks = ['*', '_', ' ', '\t', '\u{a0}', '-', '•', '·'];
    let Some((name, value)) = line.trim().split_once([':', '：']) else { return false };
    let name = name.trim_matches(marks).to_lowercase();
    let is_word = |c: char| c.is_alphabetic() || " -'’()/".contains(c);
    name.len() <= NAME_BYTES
        && !name.is_empty()
        && name.split_whitespace().count() <= NAME_WORDS
        && name.chars().all(is_word)
        && !value.starts_with("//")
        && known(&name).is_none()
        && !name.starts_with("x-")
        && !words::all(OTHER_FIELDS).any(|o| o == name)
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
        && is_timed(value)
        && (seen.len() >= 3 || is_exact(value))
}

/// Two fields are enough where the first is a date as only programs write it, the other has an
/// address, and nothing else stands with them.
fn opens_with_dates(rest: &[&str]) -> bool {
    let fields = || rest.iter().take(2).filter_map(|l| field(l));
    let has = |kind, test: &dyn Fn(&str) -> bool| fields().any(|(k, v)| k == kind && test(v));
    let is_alone = rest.get(2).is_none_or(|l| l.trim().is_empty() || field(l).is_some());
    has(Field::Sent, &is_exact)
        && is_alone
        && (has(Field::From, &|v| v.contains('@')) || has(Field::To, &|v| v.contains('@')))
}

/// A date with seconds and a zone, RFC 5322.
fn is_exact(value: &str) -> bool {
    let zone = value.split_whitespace().any(|w| {
        w.len() == 5 && w.starts_with(['+', '-']) && w.bytes().skip(1).all(|b| b.is_ascii_digit())
    });
    zone && value.split_whitespace().any(|w| w.split(':').filter(|p| p.len() == 2).count() == 3)
}

/// A date with a time of day: "14:02", "14h02", "kl. 14.02", "2 PM", "14時02分".
pub(in crate::mail) fn is_timed(value: &str) -> bool {
    let lower = value.to_lowercase();
    let digits = lower.chars().filter(|c| c.is_numeric()).count();
    if digits < DATE_DIGITS {
        return false;
    }
    let chars: Vec<char> = lower.chars().collect();
    let clock = chars.windows(4).any(|w| match w {
        [a, ':' | '：' | 'h', b, c] => a.is_numeric() && b.is_numeric() && c.is_numeric(),
        [a, b, ..] => a.is_numeric() && matches!(b, '時' | '时' | '点' | '點' | '시'),
        _ => false,
    });
    let parts: Vec<&str> = lower.split_whitespace().collect();
    clock
        || parts.windows(2).any(|pair| match pair {
            [a, b] => {
                let is_hour = a.contains(char::is_numeric);
                let is_half =
                    ["am", "pm", "a.m.", "p.m.", "uhr"].contains(&b.trim_end_matches(','));
                let is_word = ["kl", "kl.", "klo", "pukul", "ore", "alle"].contains(a);
                is_hour && is_half || is_word && b.contains('.') && b.contains(char::is_numeric)
            }
            _ => false,
        })
}

/// "Re: x", "AW: x".
fn is_reply(value: &str) -> bool {
    let head = value.split([':', '：']).next().unwrap_or_default();
    head.len() < value.len() && words::all(REPLIES).any(|r| r == head.trim().to_lowercase())
}

/// True when the line is a field of a mail's head.
pub(super) fn is_field(line: &str) -> bool {
    field(line).is_some()
}

/// The kind of field the line begins with, as "*From:* Ada", and its value.
fn field(line: &str) -> Option<(Field, &str)> {
    let marks = ['*', '_', ' ', '\t', '\u{a0}'];
    let head = line.trim().trim_start_matches(marks);
    let (name, value) = head.split_once([':', '：'])?;
    if name.len() > NAME_BYTES {
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
