//! What a single line is by its words. Hand-written matchers; none looks at a line more often than
//! there are words in its tables, and none at a long one.

use super::words::{
    self, ACCOUNTS, AFTERTHOUGHTS, APPS, BELOW, CARDS, CLOSINGS, DEVICE_ENDS, DEVICE_WORDS,
    DEVICES, EXCUSES, FOOTER_PAGES, FOOTERS, FORWARDS, ORIGINALS, OWN, SLIPS,
};
use super::{attribution, head};

/// What mail programs write is no longer than this, in bytes.
const LINE_BYTES: usize = 200;
/// What mail programs put around words of theirs; at least this many on either side are no author's.
const FRAME: [char; 10] = ['-', '_', '=', '*', '<', '>', '#', '~', '—', ' '];
const WIDE: usize = 4;
/// A list's footer has at most this many lines, and its name so many words.
const FOOTER_LINES: usize = 8;
const FOOTER_WORDS: usize = 6;
/// What makes "Sent from my desk, …" a sentence: a device is a short line without a verb.
const DEVICE_BYTES: usize = 90;
/// A name below a mail has at most this many words, and a number to call at least so many digits.
const CLOSING_WORDS: usize = 3;
const CALLED_DIGITS: usize = 7;
/// Suns, hearts and faces.
const PICTURES: std::ops::RangeInclusive<char> = '\u{1f300}'..='\u{1faff}';

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

/// A rule as mail programs draw it above the head of what they quote.
pub(super) fn is_programs_rule(line: &str) -> bool {
    let line = line.trim();
    line.chars().nth(4).is_some() && line.chars().all(|c| "-_—―─".contains(c))
}

/// A rule as mailing lists and scanners draw it above what they add.
pub(super) fn is_lists_rule(line: &str) -> bool {
    line.chars().all(|c| "-_~ ".contains(c))
}

/// "-----Original Message-----", alone or with who wrote it and when; or "---- Ada Park wrote ----"
/// as telephones have it. A heading or a list's item that speaks of an original message is none.
pub(super) fn is_original(rest: &[&str]) -> bool {
    let line = rest.first().map(|l| l.trim()).unwrap_or_default();
    if line.len() > LINE_BYTES || !line.starts_with(FRAME) {
        return false;
    }
    let inner = line.trim_start_matches(FRAME);
    let drawn = |part: &str| part.chars().filter(|c| !c.is_whitespace()).count();
    let left = drawn(line.get(..line.len() - inner.len()).unwrap_or_default());
    let bare = inner.trim_end_matches([':', '：']).trim_end_matches(FRAME);
    let right = drawn(inner.get(bare.len()..).unwrap_or_default().trim_end_matches([':', '：']));
    let bare = bare.trim().trim_end_matches([':', '：']);
    let lower = bare.to_lowercase();
    // A heading's marks are others.
    let is_wide = left.min(right) >= WIDE && line.starts_with(['-', '_', '=', '—']);
    if is_wide && attribution::is_writer(bare) || left.min(right) >= 2 && asks_for_reply(&lower) {
        return true;
    }
    let behind =
        words::all(ORIGINALS).filter_map(|o| lower.strip_prefix(o)).min_by_key(|b| b.len());
    let Some(behind) = behind.map(str::trim) else { return false };
    let names_who = behind.contains('@') || behind.chars().filter(|c| c.is_numeric()).count() >= 3;
    let is_said = behind.is_empty() || behind == "follows" || names_who && right > 0;
    // All on one line: "-----Original Message----- From: …".
    let (_, head) = behind.split_at(behind.len() - behind.trim_start_matches(FRAME).len());
    let has_head = head.len() + WIDE <= behind.len() && head::is_field(head);
    let below = rest.iter().skip(1).map(|l| l.trim()).find(|l| !l.is_empty());
    let has_below = || below.is_some_and(|l| l.starts_with('>') || head::is_field(l));
    left >= WIDE && has_head || is_said && (is_wide || has_below())
}

/// "Please type your reply above this line", as other desks write it.
fn asks_for_reply(lower: &str) -> bool {
    let begins = ["reply", "please", "type", "write", "enter"].iter().any(|w| lower.starts_with(w));
    begins && lower.trim_end_matches(['.', '!']).ends_with("reply above this line")
}

/// "Original Message processed by david®": a program's line without any dashes.
pub(super) fn is_processed(line: &str) -> bool {
    let lower = line.trim_start_matches(['[', '*']).to_lowercase();
    let by = lower.strip_prefix("original message processed by ");
    let is_name = |by: &str| by.split_whitespace().count() <= 3 && !by.ends_with(['.', '!', '?']);
    line.len() <= LINE_BYTES && by.is_some_and(is_name)
}

/// "Sent from my iPhone", with what programs write behind it: a link, or an excuse for being brief.
/// `apart` says whether nothing stands right above it; below a line that is at its end, only what
/// no author writes is one.
pub(super) fn is_device(line: &str, apart: bool, above: &str) -> bool {
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
    let is_model = line.split_whitespace().any(|w| {
        w.contains(char::is_numeric) || w.chars().filter(|c| c.is_uppercase()).nth(1).is_some()
    });
    let words = own.map_or(0, |rest| rest.split_whitespace().count());
    // "iDesk", alone.
    let is_apples = words == 1
        && line
            .split_whitespace()
            .any(|w| w.strip_prefix('i').is_some_and(|w| w.starts_with(char::is_uppercase)));
    let is_own = (1..=3).contains(&words) && (is_model || is_apples || excused.is_some());
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
    // "Sent from my phone yesterday" goes on behind the device.
    let last = line.trim_matches(marks).split_whitespace().last().unwrap_or_default();
    let is_prose = is_prose
        || excused.is_none()
            && last.chars().all(|c| c.is_lowercase())
            && !words::any(last, APPS)
            && !words::all(DEVICE_ENDS).any(|e| e == last);
    let may_be = (begins || ends) && names_one && !is_prose;
    let said = line.trim_matches(marks).split_whitespace().take(parts.len());
    let mut behind = said.skip(begun.map_or(0, |d| d.split_whitespace().count()));
    may_be && (apart || ends_there(above) && behind.all(is_devices_word))
}

/// "iPhone", "on", "smartphone": what follows "Sent from" on a device.
fn is_devices_word(word: &str) -> bool {
    let lower = word.to_lowercase();
    word.contains(|c: char| c.is_uppercase() || c.is_numeric())
        || words::all(DEVICE_WORDS).chain(words::all(DEVICE_ENDS)).any(|w| w == lower)
        || words::any(&lower, APPS)
}

/// A line that nothing goes on behind: a whole sentence, a closing, a name, a number to call.
fn ends_there(line: &str) -> bool {
    let line = line.trim();
    let words: Vec<&str> = line.split_whitespace().collect();
    let Some(last) = line.chars().next_back() else { return false };
    let digits = line.chars().filter(|c| c.is_numeric()).count();
    let is_name = words.iter().all(|w| w.starts_with(char::is_uppercase)) && last.is_alphabetic();
    let lower = line.to_lowercase();
    let closes = |closing| {
        let behind = lower.strip_prefix(closing);
        behind.is_some_and(|b: &str| !b.starts_with(char::is_alphanumeric))
    };
    let is_closing = words::all(CLOSINGS).any(closes);
    let is_pictured = PICTURES.contains(&last);
    ends_sentence(line)
        || words.len() <= CLOSING_WORDS && (is_name || is_closing)
        || is_pictured
        || digits >= CALLED_DIGITS && last.is_numeric()
}

/// "It works."
pub(super) fn ends_sentence(line: &str) -> bool {
    line.trim_end().ends_with(['.', '!', '。', '！'])
}

/// What a mailing list or a scanner writes below a rule: each of its lines is a program's, and one
/// has an address or a page that only programs write there.
pub(super) fn is_footer(lines: &[&str]) -> bool {
    let lower: Vec<String> = lines.iter().map(|l| l.trim().to_lowercase()).collect();
    lines.len() <= FOOTER_LINES
        && lines.iter().all(|l| l.len() <= LINE_BYTES)
        && lower.iter().all(|l| is_footers_word(l) || is_footers_link(l))
        && lower.iter().any(|l| is_footers_word(l))
        && lower.iter().any(|l| words::any(l, FOOTER_PAGES))
}

fn is_link(word: &str) -> bool {
    word.contains("://") || word.contains("www.") || word.contains('@')
}

/// "Ada's mailing list", "To unsubscribe, …".
fn is_footers_word(lower: &str) -> bool {
    let others: Vec<&str> = lower
        .split_whitespace()
        .filter(|w| !is_link(w) && w.contains(char::is_alphanumeric))
        .collect();
    words::all(FOOTERS).any(|f| lower.starts_with(f))
        || (3..=FOOTER_WORDS).contains(&others.len()) && others.ends_with(&["mailing", "list"])
}

/// A link alone, or with its name before it: "Web: https://…".
fn is_footers_link(lower: &str) -> bool {
    let mut parts = lower.split_whitespace().peekable();
    parts.next_if(|w| w.ends_with(':'));
    parts.peek().is_some() && parts.all(is_link)
}

/// A sentence, not a line of a visiting card.
pub(super) fn is_sentence(line: &str) -> bool {
    line.trim_end().ends_with(['.', '!', ':', ';', '。', '！'])
        && line.split_whitespace().count() >= 3
        || line.trim_start().starts_with('-')
        || line.trim_start().starts_with("* ")
        || line.trim_end().ends_with(['?', '？', ','])
}

/// "PS: one more thing", below a signature that a program had set.
pub(super) fn is_afterthought(line: &str) -> bool {
    let lower = line.trim_start().to_lowercase();
    words::all(AFTERTHOUGHTS).any(|a| {
        let behind = lower.strip_prefix(a);
        behind.is_some_and(|b| !b.starts_with(char::is_alphanumeric))
    })
}

/// "1. First", "- first": an item of a list.
pub(super) fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    let behind = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = behind.len() < line.len()
        && behind.len() + 3 > line.len()
        && behind.starts_with([')', '.']);
    let mark = if is_numbered { behind } else { line };
    (is_numbered || mark.starts_with(['-', '*', '•'])) && mark.chars().nth(1) == Some(' ')
}

/// "Order: 77", "Login: ada@x.example".
pub(super) fn is_account(line: &str) -> bool {
    let name = line.split_once([':', '：']).map(|(name, _)| name.trim().to_lowercase());
    name.is_some_and(|name| words::all(ACCOUNTS).any(|a| a == name))
}

/// A few words that all begin as names do.
pub(super) fn is_name(line: &str) -> bool {
    line.split_whitespace().count() <= 8
        && !line.contains(char::is_numeric)
        && !attribution::has_small(line)
}

/// "Order: 77", which no visiting card has.
pub(super) fn is_detail(line: &str) -> bool {
    let Some((name, value)) = line.trim().split_once([':', '：']) else { return false };
    let name = name.to_lowercase();
    let leads_to = value.contains(['@', '/']) && !words::any(&name, ACCOUNTS);
    !leads_to
        && name.chars().filter(|c| c.is_alphabetic()).nth(1).is_some()
        && !words::any(&name, CARDS)
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
