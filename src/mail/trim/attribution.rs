//! Who wrote what is quoted: "On DATE, NAME wrote:", in the orders and languages of mail programs.
//!
//! Never takes a sentence for one: it begins with a date or a name, holds nothing of me and you,
//! and without a quotation right below it asks for more.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::words::{self, OPENINGS, SMALL, VERBS, WEEKDAYS};

/// An attribution spans at most this many lines, bytes and words.
const LINES: usize = 5;
const BYTES: usize = 600;
const WORDS: usize = 45;
/// A name has at most this many words, a company behind it included.
const NAME_WORDS: usize = 8;

/// How many lines an attribution spans that begins with the first of `rest`. `apart` says whether
/// nothing stands right above it.
pub(super) fn span(rest: &[&str], apart: bool) -> Option<usize> {
    let mut joined = String::new();
    for (i, line) in rest.iter().take(LINES).enumerate() {
        let line = line.trim();
        let is_next = i > 0 && line.starts_with("On ") && line.contains(|c: char| c.is_numeric());
        let is_too_long = joined.len() + line.len() > BYTES;
        if line.is_empty() || line.starts_with('>') || is_next || is_too_long {
            return None;
        }
        joined.push_str(line);
        joined.push(' ');
        let below = rest.iter().skip(i + 1).find(|l| !l.trim().is_empty());
        let is_quoted = below.is_some_and(|l| l.trim_start().starts_with('>'));
        if is_attribution(joined.trim(), is_quoted, apart) {
            return Some(i + 1);
        }
    }
    None
}

/// True for the whole of one. `is_quoted` tells that lines marked as quotation follow: the
/// strongest sign there is, so less is asked for above it.
fn is_attribution(joined: &str, is_quoted: bool, apart: bool) -> bool {
    let marks = |c: char| {
        matches!(
            c,
            '*' | '_' | '-' | ' ' | '\u{a0}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        )
    };
    let bare = joined.trim_matches(marks);
    let is_framed = joined.starts_with("--") && joined.ends_with("--");
    let ends = bare.ends_with([':', '：']) || is_framed;
    if !ends && !is_quoted {
        return false;
    }
    let lower = bare.trim_end_matches([':', '：', ' ', '\u{a0}']).to_lowercase();
    let parts: Vec<&str> = lower.split_whitespace().collect();
    if parts.len() > WORDS {
        return false;
    }
    let digits = lower.chars().filter(|c| c.is_numeric()).count();
    let is_dated = digits >= 3 && (has_time(&lower) || digits >= 5);
    let is_addressed = lower.contains('@') && lower.contains('.');
    let verb = words::any(&lower, VERBS);
    let may_be = verb && (is_dated || is_quoted) || is_dated && is_addressed;
    if !may_be || speaks(&lower) {
        return false;
    }
    let by_date = is_dated && begins_with_date(&parts) && !runs_on(bare);
    let by_name = !by_date && (is_dated || is_addressed) && begins_with_name(bare);
    let address_ends = lower.ends_with('>') || lower.ends_with(')') || lower.ends_with("님이");
    match (verb, is_quoted) {
        (true, true) => {
            by_date
                || by_name
                || ends && begins_with_day(bare)
                || ends && parts.len() <= 6 && begins_with_name(bare)
        }
        (true, false) => is_dated && (by_date || by_name) && (apart || is_addressed || is_framed),
        (false, true) => is_dated && is_addressed && by_date,
        (false, false) => apart && is_dated && is_addressed && by_date && address_ends,
    }
}

fn speaks(lower: &str) -> bool {
    static SPEAKERS: LazyLock<HashSet<&str>> =
        LazyLock::new(|| words::all(words::SPEAKERS).collect());
    let mut before = "";
    lower.split(|c: char| !c.is_alphanumeric() && c != '\'').any(|word| {
        let is_speaker = SPEAKERS.contains(word)
            && !(before.is_empty() && words::all(OPENINGS).any(|o| o == word));
        if !word.is_empty() {
            before = word;
        }
        is_speaker
    })
}

/// An opening word or a weekday with a number soon behind it, or a number itself.
fn begins_with_date(parts: &[&str]) -> bool {
    let has_digit = |w: &&str| w.contains(|c: char| c.is_numeric());
    let Some(first) = parts.first() else { return false };
    let word = first.trim_end_matches([',', '.']);
    let is_opening = words::all(OPENINGS).any(|o| o == *first || o == word)
        || ["在", "于", "בתאריך", "ב-", "ในวันที่"].iter().any(|o| first.starts_with(o));
    let is_weekday = words::all(WEEKDAYS).any(|d| first.starts_with(d.trim_end_matches('.')));
    has_digit(first)
        || is_opening && parts.iter().take(7).any(has_digit)
        || is_weekday && parts.iter().take(4).any(has_digit)
}

/// "On Tue, NAME wrote:", as those write who leave the date out.
fn begins_with_day(bare: &str) -> bool {
    let lower = bare.to_lowercase();
    let mut parts = lower.split_whitespace();
    let (Some(opening), Some(day)) = (parts.next(), parts.next()) else { return false };
    let is_day = words::all(WEEKDAYS).any(|d| day.starts_with(d.trim_end_matches('.')));
    let has_comma = day.ends_with(',');
    words::all(OPENINGS).any(|o| o == opening)
        && is_day
        && parts.count() <= NAME_WORDS
        && (has_comma || !bare.split_whitespace().skip(2).any(is_small))
}

/// Words in small letters between the date and who wrote it: a sentence.
fn runs_on(bare: &str) -> bool {
    let bare = bare.trim_end_matches([':', '：', ' ', '\u{a0}']);
    let words: Vec<&str> = bare.split_whitespace().collect();
    let Some(date) = words.iter().rposition(|w| !w.contains('@') && has_digit(w)) else {
        return false;
    };
    // A comma right behind the date: a name follows, in whatever letters.
    let comma = words.get(date).is_some_and(|w| w.ends_with(','));
    let behind: Vec<&&str> =
        words.iter().skip(date + 1).take(2 * NAME_WORDS).take_while(|w| !w.contains('@')).collect();
    let small = behind.iter().filter(|w| is_small(w)).count();
    small
        > match (comma, bare.contains('@')) {
            (true, _) => NAME_WORDS,
            (false, true) => 2,
            (false, false) => 0,
        }
}

fn has_digit(word: &str) -> bool {
    word.contains(|c: char| c.is_numeric())
}

/// A word that neither begins with a capital letter nor may be in a name or a date otherwise.
fn is_small(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let lower = bare.to_lowercase();
    bare.starts_with(char::is_lowercase)
        && !bare.contains(['.', '_'])
        && !words::all(SMALL).any(|s| s == lower)
        && !words::any(&format!(" {lower}"), VERBS)
        && !words::all(VERBS).any(|v| v.contains(lower.as_str()))
}

/// A name, and right behind it an address or the verb.
fn begins_with_name(bare: &str) -> bool {
    let words: Vec<&str> = bare.split_whitespace().collect();
    let name = words.iter().take(NAME_WORDS + 1).take_while(|w| {
        let lower = w.to_lowercase();
        !w.contains('@')
            && !w.starts_with(['<', '(', '['])
            && !words::any(&format!(" {lower} "), VERBS)
            && !words::any(&format!(" {lower}"), VERBS)
    });
    let name: Vec<&&str> = name.collect();
    let begins = name.first().or(words.first().as_ref()).is_some_and(|w| {
        let w = w.trim_start_matches(['"', '\'', '“', '„', '«', '<', '(']);
        !w.starts_with(char::is_lowercase) || w.contains(['@', '_']) || name.len() == 1
    });
    let lower = bare.to_lowercase();
    let opens = lower.split_whitespace().next().is_some_and(|w| {
        w != "a" && w != "le" && w != "in" && words::all(OPENINGS).any(|o| o == w)
    });
    begins
        && !opens
        && name.len() <= NAME_WORDS
        && !name.iter().any(|w| is_small(w) && !w.contains('_'))
}

/// A time of day such as 14:02, or a year of these decades.
fn has_time(line: &str) -> bool {
    let digit = |b: &u8| b.is_ascii_digit();
    line.as_bytes().windows(4).any(|w| match w {
        [a, b':' | b'.', c, d] => digit(a) && digit(c) && digit(d),
        [b'1' | b'2', b'9' | b'0', c, d] => digit(c) && digit(d),
        _ => false,
    })
}
