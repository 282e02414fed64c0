//! Who wrote what is quoted: "On DATE, NAME wrote:", in the orders and languages of mail programs.
//!
//! Never takes a sentence for one: it begins with a date or a name, holds nothing of me and you,
//! and without a quotation right below it asks for more.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::head;
use super::words::{self, OPENINGS, SMALL, VERBS, WEEKDAYS};

/// An attribution spans at most this many lines, bytes and words.
const LINES: usize = 5;
const BYTES: usize = 600;
const WORDS: usize = 45;
/// A name has at most this many words, a company behind it included.
const NAME_WORDS: usize = 8;
/// A weekday that is not shortened has at least this many letters.
const FULL_DAY: usize = 5;

/// What people and machines do, but no mail program says without a date: "Windows says:".
const SAYINGS: &[&str] = &[
    "says", "said", "writes", "sent", "schreibt", "écrit", "escribe", "scrive", "escreve",
    "schrijft",
];

/// How many lines an attribution spans that begins with the first of `rest`. `apart` says whether
/// nothing stands right above it.
pub(super) fn span(rest: &[&str], apart: bool) -> Option<usize> {
    let mut joined = String::new();
    for (i, line) in rest.iter().take(LINES).enumerate() {
        let line = line.trim();
        // An address that is a link may be broken before and behind it, with an empty line between.
        let opens = joined.matches('<').count() > joined.matches('>').count();
        let is_gap = line.is_empty() && i > 0 && rest.get(i + 1).is_some_and(|l| l.trim() == "<");
        if is_gap {
            continue;
        }
        let is_next = i > 0 && line.starts_with("On ") && line.contains(|c: char| c.is_numeric());
        let is_too_long = joined.len() + line.len() > BYTES;
        if line.is_empty() || line.starts_with('>') && !opens || is_next || is_too_long {
            return None;
        }
        joined.push_str(line);
        joined.push(' ');
        let below = rest.iter().skip(i + 1).find(|l| !l.trim().is_empty());
        let is_quoted = below.is_some_and(|l| l.trim_start().starts_with('>'));
        // "<", an address, "> wrote:" on three lines: the last is no quotation yet.
        let goes_on = joined.matches('<').count() > joined.matches('>').count()
            && rest
                .get(i + 1)
                .is_some_and(|l| l.trim().starts_with('>') && l.trim().ends_with([':', '：']));
        // A name and a verb alone are on one line.
        let is_enough = i == 0
            || joined.contains('@')
            || joined.chars().filter(|c| c.is_numeric()).count() >= 5;
        if !goes_on && is_enough && is_attribution(joined.trim(), is_quoted, apart) {
            return (!swallows(rest, i + 1, is_quoted)).then_some(i + 1);
        }
    }
    None
}

/// True when what begins on the first line begins on the second, in truth, and the first is text.
fn swallows(rest: &[&str], lines: usize, is_quoted: bool) -> bool {
    let first = rest.first().copied().unwrap_or_default();
    let lower = first.to_lowercase();
    let parts: Vec<&str> = lower.split_whitespace().collect();
    let digits = first.chars().filter(|c| c.is_numeric()).count();
    let begins = digits > 0 && begins_with_date(&parts) && !lower.starts_with(char::is_numeric);
    if lines < 2 || digits >= 3 || begins || first.contains(['@', '<']) {
        return false;
    }
    let behind = rest.get(1..lines).unwrap_or_default();
    let behind = behind.iter().map(|l| l.trim()).collect::<Vec<_>>().join(" ");
    is_attribution(behind.trim(), is_quoted, true)
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
    // "[10:00] Ada wrote:" is a chat's.
    if !ends && !is_quoted || bare.starts_with('[') {
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
    let is_log = is_quoted && is_dated && lower.contains(" gmt") && !ends;
    let may_be =
        verb && (is_dated || is_quoted || is_addressed) || is_dated && is_addressed || is_log;
    if !may_be || speaks(bare) || says_more(&parts) {
        return false;
    }
    let is_program = words::all(words::USERS).any(|u| parts.contains(&u));
    let by_date = is_dated && begins_with_date(&parts) && (is_program || !runs_on(bare));
    let by_name = !by_date && (is_dated || is_addressed) && begins_with_name(bare);
    let is_saying = parts.contains(&"you") || ends_with_saying(&parts);
    let opens = parts.first().is_some_and(|w| words::all(OPENINGS).any(|o| o == *w));
    let address_ends = lower.ends_with('>') || lower.ends_with(')') || lower.ends_with("님이");
    match (verb, is_quoted) {
        (true, true) => {
            by_date && !(is_saying && (lower.starts_with(char::is_numeric) || !has_time(&lower)))
                || by_name && ends
                || ends && !is_saying && begins_with_day(bare)
                || ends && parts.len() <= 6 && !is_saying && begins_with_name(bare)
                || ends && (names_address(bare) || via(bare) || lower.starts_with("in message <"))
                || ends && is_dated && is_addressed && small_words(bare) <= 2 && early_date(&parts)
        }
        (true, false) => {
            is_dated
                && (by_date || by_name && is_addressed)
                && (apart || is_framed || is_addressed && opens)
                && (is_addressed || head::is_timed(bare))
                && !is_saying
                && !goes_on_behind_address(bare)
                || ends && apart && is_addressed && begins_with_day(bare)
        }
        (false, true) => {
            let is_named = !has_words(bare) || !ends && apart && via(behind_date(bare));
            by_date && (is_addressed && address_ends && is_named || is_log)
        }
        (false, false) => {
            apart
                && is_dated
                && is_addressed
                && by_date
                && address_ends
                && !names_month(bare)
                && is_whose(bare)
        }
    }
}

/// True when what stands right before an address, or in brackets behind it, may be a name: "error
/// for <ada@x.example>" and "ada@x.example (desk)" have none.
fn is_whose(bare: &str) -> bool {
    let words: Vec<&str> = bare.split_whitespace().collect();
    let Some(at) = words.iter().position(|w| w.contains('@')) else { return false };
    let before = at.checked_sub(1).and_then(|i| words.get(i));
    let is_name =
        |w: &&&str| w.trim_start_matches(['"', '\'', '(']).starts_with(|c: char| !c.is_lowercase());
    before.filter(is_name).is_some() && words.iter().skip(at + 1).all(|w| is_name(&w))
}

/// True when one speaks of me, us or you. `bare` as it is written: "Mir" is a name, "mir" is me.
pub(super) fn speaks(bare: &str) -> bool {
    static SPEAKERS: LazyLock<HashSet<&str>> =
        LazyLock::new(|| words::all(words::SPEAKERS).collect());
    static RECEIVERS: LazyLock<HashSet<&str>> =
        LazyLock::new(|| words::all(words::RECEIVERS).collect());
    let straight = bare.replace('’', "'");
    let spoken = straight.split_whitespace().filter(|w| !w.contains('@'));
    let spoken = spoken.flat_map(|w| w.split(|c: char| !c.is_alphanumeric() && c != '\''));
    let mut spoken = spoken.filter(|w| !w.is_empty()).peekable();
    let mut is_first = true;
    while let Some(word) = spoken.next() {
        let lower = word.to_lowercase();
        // "ons 3 maj" is a Wednesday.
        let is_day = spoken.peek().is_some_and(|next| next.starts_with(char::is_numeric));
        let opens = is_first && words::all(OPENINGS).any(|o| o == lower);
        let receives = !is_day && RECEIVERS.contains(word);
        if !opens && (SPEAKERS.contains(lower.as_str()) || receives) {
            return true;
        }
        is_first = false;
    }
    words::any(bare, words::RECEIVERS_UNSPACED)
}

/// An opening word or a weekday with a number soon behind it, or a number itself.
fn begins_with_date(parts: &[&str]) -> bool {
    let has_digit = |w: &&str| w.contains(|c: char| c.is_numeric());
    // "Tom wrote on 3 May": no day's name.
    let is_verb = |w: &&str| words::all(VERBS).any(|v| v.trim() == *w);
    let Some(first) = parts.first() else { return false };
    let word = first.trim_end_matches([',', '.']);
    let is_opening = words::all(OPENINGS).any(|o| o == *first || o == word)
        || ["在", "于", "בתאריך", "ב-", "ในวันที่"].iter().any(|o| first.starts_with(o));
    let is_weekday = is_weekday(word);
    has_digit(first)
        || is_opening && parts.iter().take(7).any(has_digit)
        || is_weekday
            && parts.iter().take(4).any(has_digit)
            && !parts.iter().take_while(|w| !has_digit(w)).any(is_verb)
}

/// "Writes", but not "a écrit", which a mail program says, too.
fn ends_with_saying(parts: &[&str]) -> bool {
    match parts {
        [.., "a", "écrit"] => false,
        [.., last] => SAYINGS.contains(last),
        [] => false,
    }
}

/// A weekday's name, or its beginning; of two letters, nothing may follow.
fn is_weekday(word: &str) -> bool {
    words::all(WEEKDAYS)
        .map(|d| d.trim_end_matches('.'))
        .any(|day| word == day || day.chars().nth(2).is_some() && word.starts_with(day))
}

/// "Monday, May 3", the day in full.
pub(super) fn begins_with_weekday(value: &str) -> bool {
    let lower = value.to_lowercase();
    let mut parts = lower.split_whitespace();
    let day = parts.next().unwrap_or_default().trim_end_matches(',');
    day.chars().nth(FULL_DAY - 1).is_some() && is_weekday(day) && parts.any(has_digit)
}

/// "On Tue, NAME wrote:", as those write who leave the date out.
fn begins_with_day(bare: &str) -> bool {
    let lower = bare.to_lowercase();
    let mut parts = lower.split_whitespace();
    let (Some(opening), Some(day)) = (parts.next(), parts.next()) else { return false };
    let is_day = is_weekday(day.trim_end_matches([',', '.']));
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
    let half = |w: &&str| ["am,", "pm,", "a.m.,", "p.m.,"].contains(&w.to_lowercase().as_str());
    let comma =
        words.get(date).is_some_and(|w| w.ends_with(',')) || words.get(date + 1).is_some_and(half);
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

/// "wrote: 5 rows": what is said stands behind the verb.
fn says_more(parts: &[&str]) -> bool {
    let (_, others) = parts.split_last().unwrap_or((&"", &[]));
    others.iter().any(|w| {
        let verb = w.strip_suffix([':', '：']);
        verb.is_some_and(|w| words::all(VERBS).any(|v| v.trim() == w))
    })
}

/// Words in small letters between the date and the name, in a language whose programs have a verb:
/// "signed by".
fn has_words(bare: &str) -> bool {
    let words: Vec<&str> = bare.split_whitespace().take_while(|w| !w.contains('@')).collect();
    let date = words.iter().rposition(|w| has_digit(w)).map_or(0, |at| at + 1);
    let is_latin = |c: char| c.is_lowercase() && c < '\u{250}';
    words.iter().skip(date).any(|w| w.starts_with(is_latin))
}

/// What stands behind a date of numbers alone, up to the address.
fn behind_date(bare: &str) -> &str {
    let is_number = |c: char| c.is_numeric() || "/-.: ".contains(c);
    let behind = bare.trim_start_matches(is_number);
    behind.split(['<', '(']).next().unwrap_or_default()
}

/// "3 May 2027": only those write the month in such letters whose programs have a verb.
fn names_month(bare: &str) -> bool {
    let words: Vec<&str> = bare.split_whitespace().take_while(|w| !w.contains('@')).collect();
    let date = words.iter().rposition(|w| has_digit(w)).unwrap_or_default();
    words.iter().take(date).any(|w| w.bytes().all(|b| b.is_ascii_alphabetic()))
}

/// Words in small letters behind the address that no program has there: "answered and wrote".
fn goes_on_behind_address(bare: &str) -> bool {
    let behind = bare.split_whitespace().skip_while(|w| !w.contains('@')).skip(1);
    let is_opening = |w: &str| words::all(OPENINGS).any(|o| o == w);
    behind.take_while(|w| !has_digit(w)).any(|w| is_small(w) && !is_opening(w))
}

fn has_digit(word: &str) -> bool {
    word.contains(|c: char| c.is_numeric())
}

/// The date soon behind a word of a script that the tables know little of.
fn early_date(parts: &[&str]) -> bool {
    parts.first().is_some_and(|w| !w.is_ascii())
        && parts.iter().take(4).any(|w| has_digit(w) && !w.contains('@'))
}

/// True when a line above a quotation may name who wrote it, in whatever language: no sentence.
pub(super) fn may_say_who(line: &str) -> bool {
    let lower = line.to_lowercase();
    let digits = line.chars().filter(|c| c.is_numeric()).count();
    !speaks(line)
        && (lower.contains('@')
            || digits >= 5
            || words::any(&lower, VERBS) && small_words(line) == 0)
}

/// True when a word begins with a small letter that no name has.
pub(super) fn has_small(line: &str) -> bool {
    small_words(line) > 0
}

fn small_words(bare: &str) -> usize {
    bare.split_whitespace().filter(|w| !w.contains('@') && is_small(w)).count()
}

/// "ada park <ada@x.example> wrote": a short name, an address in brackets, the verb, nothing else.
fn names_address(bare: &str) -> bool {
    let unbroken = bare.replace("< ", "<");
    let words: Vec<&str> = unbroken.split_whitespace().collect();
    let Some(at) = words.iter().position(|w| w.contains('@')) else { return false };
    let in_brackets = words.get(at).is_some_and(|w| w.starts_with(['<', '(', '[']));
    let behind = words.get(at + 1..).unwrap_or_default().join(" ").to_lowercase();
    let is_verb =
        words::all(VERBS).any(|v| v.trim() == behind.trim_end_matches([':', '：']).trim());
    in_brackets && at <= NAME_WORDS && is_verb && !words.iter().take(at).any(|w| has_digit(w))
}

/// "Ada Park wrote", nothing else: as telephones have it between dashes.
pub(super) fn is_writer(bare: &str) -> bool {
    let lower = bare.to_lowercase();
    let verb = words::all(VERBS).filter(|v| !SAYINGS.contains(&v.trim()));
    let verb = verb.filter(|v| lower.ends_with(v)).max_by_key(|v| v.len());
    let Some(name) = verb.and_then(|v| bare.get(..bare.len().checked_sub(v.len())?)) else {
        return false;
    };
    let name: Vec<&str> = name.split_whitespace().collect();
    (1..=NAME_WORDS / 2).contains(&name.len())
        && name.iter().all(|w| !w.starts_with(char::is_lowercase) && !has_digit(w))
        && !speaks(bare)
}

/// "ada via Acme Desk wrote", as desks write it for people whose name is in small letters.
fn via(bare: &str) -> bool {
    let words: Vec<&str> = bare.split_whitespace().collect();
    words.get(1).is_some_and(|w| *w == "via")
        && words.len() <= NAME_WORDS
        && words.iter().skip(2).all(|w| !is_small(w))
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
