//! Text on its way to the screen: cleaned once more, measured by display width, wrapped, cut and
//! padded; times and countdowns in the few forms the screens use; the signs that may be drawn.
//! Never trusts that what it gets was cleaned before.

use std::borrow::Cow;

use chrono::{Datelike, Duration};
use ratatui::buffer::Buffer;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::domain::Time;
use crate::domain::text::{clean_body, clean_line, is_unsafe};

/// Columns from one tab stop to the next.
const TAB: usize = 4;

/// Every sign of ours outside of ASCII, each one cell wide and in common monospace fonts, with
/// what `--ascii` puts in its place.
pub const SIGNS: [(char, char); 48] = [
    ('●', '*'),
    ('○', 'o'),
    ('◔', '@'),
    ('▶', '>'),
    ('▸', '>'),
    ('▌', '|'),
    ('▐', '|'),
    ('░', ':'),
    ('█', '#'),
    ('✓', '+'),
    ('×', 'x'),
    ('·', '-'),
    ('…', '~'),
    ('→', '>'),
    ('←', '<'),
    ('↑', '^'),
    ('↓', 'v'),
    ('‹', '<'),
    ('›', '>'),
    ('─', '-'),
    ('│', '|'),
    ('┌', '+'),
    ('┐', '+'),
    ('└', '+'),
    ('┘', '+'),
    ('├', '+'),
    ('┤', '+'),
    ('┬', '+'),
    ('┴', '+'),
    ('┼', '+'),
    ('━', '='),
    ('┃', '|'),
    ('┏', '+'),
    ('┓', '+'),
    ('┗', '+'),
    ('┛', '+'),
    ('┠', '+'),
    ('┨', '+'),
    ('═', '='),
    ('║', '|'),
    ('╔', '+'),
    ('╗', '+'),
    ('╚', '+'),
    ('╝', '+'),
    ('╟', '+'),
    ('╢', '+'),
    ('╌', '-'),
    ('╎', '|'),
];

/// Signs that people type, which `--ascii` can spell too. We never draw them ourselves.
const TYPED: [(char, char); 11] = [
    ('“', '"'),
    ('”', '"'),
    ('„', '"'),
    ('‘', '\''),
    ('’', '\''),
    ('–', '-'),
    ('—', '-'),
    ('•', '*'),
    ('€', 'E'),
    ('£', 'L'),
    ('\u{a0}', ' '),
];

/// Columns that `text` takes.
#[must_use]
pub fn width(text: &str) -> usize {
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// One line, clean.
#[must_use]
pub fn line(raw: &str) -> Cow<'_, str> {
    if raw.chars().any(|c| is_unsafe(c) || c.is_whitespace() && c != ' ') {
        Cow::Owned(clean_line(raw))
    } else {
        Cow::Borrowed(raw)
    }
}

/// Cuts to `columns`, with `…` where something is missing.
#[must_use]
pub fn truncate(raw: &str, columns: usize) -> String {
    let text = line(raw);
    if width(&text) <= columns {
        return text.into_owned();
    }
    if columns == 0 {
        return String::new();
    }
    let mut out = String::new();
    let mut used = 0;
    for g in text.graphemes(true) {
        let w = UnicodeWidthStr::width(g);
        if used + w > columns - 1 {
            break;
        }
        out.push_str(g);
        used += w;
    }
    out.push('…');
    out
}

/// Columns of a first name in a sentence, at most.
const NAME: usize = 16;

/// A first name for a sentence: of a very long one its end is cut, not the sentence's.
#[must_use]
pub fn name(raw: &str) -> String {
    truncate(raw, NAME)
}

/// The same for a line of `columns` that has `rest` in it as well.
#[must_use]
pub fn name_beside(raw: &str, rest: &str, columns: usize) -> String {
    truncate(raw, columns.saturating_sub(width(rest)).clamp(4, NAME))
}

/// Exactly `columns` wide: cut, or filled with spaces behind.
#[must_use]
pub fn pad(raw: &str, columns: usize) -> String {
    let mut out = truncate(raw, columns);
    out.extend(std::iter::repeat_n(' ', columns.saturating_sub(width(&out))));
    out
}

/// Exactly `columns` wide, filled with spaces before.
#[must_use]
pub fn pad_left(raw: &str, columns: usize) -> String {
    let out = truncate(raw, columns);
    let fill = " ".repeat(columns.saturating_sub(width(&out)));
    format!("{fill}{out}")
}

/// `left` and `right` at the two ends of `columns`; `left` is cut first.
#[must_use]
pub fn spread(left: &str, right: &str, columns: usize) -> String {
    let right = truncate(right, columns);
    let gap = usize::from(!right.is_empty());
    let room = columns.saturating_sub(width(&right) + gap);
    format!("{}{}{right}", pad(left, room), " ".repeat(gap.min(columns - width(&right))))
}

/// What is left of a line behind its first `columns`: how a field shows its end.
#[must_use]
pub fn skip(text: &str, columns: usize) -> String {
    let mut passed = 0;
    text.graphemes(true)
        .skip_while(|g| {
            let past = passed >= columns;
            passed += g.width();
            !past
        })
        .collect()
}

/// Breaks a text into lines of at most `columns`, at spaces where there are some. Keeps its
/// newlines and the blanks a line begins with; tabs become spaces. Never empty.
#[must_use]
pub fn wrap(raw: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for paragraph in clean_body(raw).split('\n') {
        wrap_paragraph(&expand_tabs(paragraph), columns, &mut lines);
    }
    lines
}

fn wrap_paragraph(text: &str, columns: usize, lines: &mut Vec<String>) {
    let mut current = String::new();
    let mut used = 0;
    for word in text.split_word_bounds() {
        let w = width(word);
        let blank = word.chars().all(char::is_whitespace);
        if used + w <= columns {
            current.push_str(word);
            used += w;
        } else if blank {
            // The blanks a line is broken at are not drawn.
            lines.push(std::mem::take(&mut current).trim_end().to_owned());
            used = 0;
        } else {
            // A mark such as a comma belongs to the word before it, so it takes that along.
            let tail = carried(&current, word);
            if !current.trim().is_empty() && width(&tail) + w <= columns {
                let keep = current.len() - tail.len();
                lines.push(current.get(..keep).unwrap_or_default().trim_end().to_owned());
                current = tail;
                used = width(&current);
            }
            for g in word.graphemes(true) {
                let (g, w) = match UnicodeWidthStr::width(g) {
                    w if w > columns => ("…", 1),
                    w => (g, w),
                };
                if used + w > columns {
                    lines.push(std::mem::take(&mut current));
                    used = 0;
                }
                current.push_str(g);
                used += w;
            }
        }
    }
    lines.push(current.trim_end().to_owned());
}

/// What stands at the end of `current` without a blank before `word`, and so moves with it.
fn carried(current: &str, word: &str) -> String {
    let joins = word.chars().next().is_some_and(|c| c.is_ascii_punctuation())
        || current.chars().next_back().is_some_and(|c| c.is_ascii_punctuation());
    if !joins {
        return String::new();
    }
    match current.rfind(char::is_whitespace) {
        Some(at) => current.get(at + 1..).unwrap_or_default().to_owned(),
        None => String::new(),
    }
}

fn expand_tabs(line: &str) -> Cow<'_, str> {
    if !line.contains('\t') {
        return Cow::Borrowed(line);
    }
    let mut out = String::new();
    let mut at = 0;
    for g in line.graphemes(true) {
        if g == "\t" {
            let fill = TAB - at % TAB;
            out.extend(std::iter::repeat_n(' ', fill));
            at += fill;
        } else {
            out.push_str(g);
            at += UnicodeWidthStr::width(g);
        }
    }
    Cow::Owned(out)
}

/// What is left of a wait: `1:12`, `1:02:05`; never negative. A second that has begun counts, so
/// `0:00` means that it is over.
#[must_use]
pub fn countdown(left: Duration) -> String {
    let ms = left.num_milliseconds().max(0);
    let seconds = ms / 1_000 + i64::from(ms % 1_000 > 0);
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// How long ago: `now`, `2m`, `3h`, `1d`, from 100 days on the date.
#[must_use]
pub fn age(now: Time, then: Time) -> String {
    let past = now - then;
    match past.num_minutes() {
        ..1 => "now".into(),
        m @ 1..60 => format!("{m}m"),
        _ if past.num_hours() < 24 => format!("{}h", past.num_hours()),
        _ if past.num_days() < 100 => format!("{}d", past.num_days()),
        _ => date(now, then),
    }
}

/// `14:03`.
#[must_use]
pub fn clock(at: Time) -> String {
    at.format("%H:%M").to_string()
}

/// `14:03:41`.
#[must_use]
pub fn clock_seconds(at: Time) -> String {
    at.format("%H:%M:%S").to_string()
}

/// `14:03` today, `3 May 14:03` on another day, with the year when it is another one.
#[must_use]
pub fn moment(now: Time, at: Time) -> String {
    if now.date_naive() == at.date_naive() {
        clock(at)
    } else {
        format!("{} {}", date(now, at), clock(at))
    }
}

/// `3 May`, `3 May 2024` in another year.
#[must_use]
pub fn date(now: Time, at: Time) -> String {
    let form = if now.year() == at.year() { "%-d %b" } else { "%-d %b %Y" };
    at.format(form).to_string()
}

/// `1 ticket`, `2 tickets`.
#[must_use]
pub fn count(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

/// What `--ascii` shows for one cell.
#[must_use]
pub fn ascii(symbol: &str) -> char {
    let mut chars = symbol.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) if c.is_ascii() => c,
        (Some(c), None) => {
            SIGNS.iter().chain(&TYPED).find(|(s, _)| *s == c).map_or('?', |(_, to)| *to)
        }
        (None, _) => ' ',
        // A letter with combining marks keeps the letter.
        (Some(c), Some(_)) if c.is_ascii() => c,
        (Some(_), Some(_)) => '?',
    }
}

/// Turns a drawn screen into pure ASCII (`--ascii`); each cell keeps its place and style.
pub fn to_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if !cell.symbol().is_ascii() {
            let c = ascii(cell.symbol());
            cell.set_char(c);
        }
    }
}

#[cfg(test)]
mod tests;
