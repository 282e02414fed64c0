//! Text from outside: cleaned before it is stored for display, and again where it is drawn.
//!
//! Never lets a control character (C0 but newline and tab, DEL, C1), an escape sequence or a
//! direction override through. Never throws away a visible word: a terminal sequence that is
//! complete goes as a whole, an incomplete one loses its introducer only.

use crate::domain::refusal::Refusal;

/// The longest title, in characters.
pub const TITLE_CHARS: usize = 200;
/// The longest body, in bytes of UTF-8 (64 KiB).
pub const BODY_BYTES: usize = 64 * 1024;
/// The longest name of a person, in characters.
pub const NAME_CHARS: usize = 100;
/// The longest tag, in characters.
pub const TAG_CHARS: usize = 40;
/// Combining marks kept on one base character; Thai, Hebrew and Vedic need two or three.
const MARKS_PER_BASE: usize = 4;

/// Cleans a text of several lines: newlines and tabs stay, `\r\n` becomes `\n`.
#[must_use]
pub fn clean_body(raw: &str) -> String {
    clean(raw, true)
}

/// Cleans a text of one line: any run of white space becomes one space, none at the ends.
#[must_use]
pub fn clean_line(raw: &str) -> String {
    let cleaned = clean(raw, true);
    cleaned.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A ticket's title: one line, not empty, at most [`TITLE_CHARS`] characters.
///
/// # Errors
/// [`Refusal::EmptyTitle`] or [`Refusal::TitleTooLong`].
pub fn title(raw: &str) -> Result<String, Refusal> {
    let title = clean_line(raw);
    if title.is_empty() {
        return Err(Refusal::EmptyTitle);
    }
    match title.chars().count() {
        n if n > TITLE_CHARS => Err(Refusal::TitleTooLong(n)),
        _ => Ok(title),
    }
}

/// The text of a reply or note: not empty, at most [`BODY_BYTES`] bytes.
///
/// # Errors
/// [`Refusal::EmptyBody`] or [`Refusal::BodyTooLong`].
pub fn body(raw: &str) -> Result<String, Refusal> {
    let body = optional_body(raw)?;
    if body.is_empty() { Err(Refusal::EmptyBody) } else { Ok(body) }
}

/// The text of a submission, which may be empty.
///
/// # Errors
/// [`Refusal::BodyTooLong`].
pub fn optional_body(raw: &str) -> Result<String, Refusal> {
    if raw.len() > BODY_BYTES {
        return Err(Refusal::BodyTooLong(raw.len()));
    }
    let body = clean_body(raw);
    let body = body.trim_end().trim_start_matches('\n');
    Ok(if body.trim().is_empty() { String::new() } else { body.to_owned() })
}

/// A tag: one word in lower case, of at most [`TAG_CHARS`] characters.
///
/// # Errors
/// [`Refusal::NotATag`].
pub fn tag(raw: &str) -> Result<String, Refusal> {
    let tag = clean_line(raw).to_lowercase();
    let tag = tag.trim_start_matches('#');
    let fits = !tag.is_empty() && tag.chars().count() <= TAG_CHARS && !tag.contains(' ');
    if fits { Ok(tag.to_owned()) } else { Err(Refusal::NotATag(tag.chars().take(60).collect())) }
}

/// A person's name: one line, not empty, at most [`NAME_CHARS`] characters.
///
/// # Errors
/// [`Refusal::EmptyName`] or [`Refusal::NameTooLong`].
pub fn person_name(raw: &str) -> Result<String, Refusal> {
    let name = clean_line(raw);
    if name.is_empty() {
        return Err(Refusal::EmptyName);
    }
    match name.chars().count() {
        n if n > NAME_CHARS => Err(Refusal::NameTooLong(n)),
        _ => Ok(name),
    }
}

fn clean(raw: &str, lines: bool) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut marks = 0;
    let mut rest = raw.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        match c {
            '\n' | '\t' if lines => out.push(c),
            '\r' => {
                if !matches!(rest.peek(), Some((_, '\n'))) {
                    out.push('\n');
                }
            }
            '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{0b}' | '\u{0c}' => out.push('\n'),
            '\u{1b}' | '\u{90}' | '\u{98}' | '\u{9b}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => {
                let tail = raw.get(at..).unwrap_or_default();
                let skip = at + sequence_len(tail);
                while rest.peek().is_some_and(|(next, _)| *next < skip) {
                    rest.next();
                }
            }
            c if c.is_control() || is_invisible(c) => {}
            c if is_combining(c) => {
                marks += 1;
                if marks <= MARKS_PER_BASE {
                    out.push(c);
                }
                continue;
            }
            c => out.push(c),
        }
        marks = 0;
    }
    out
}

/// Bytes of the terminal sequence that `text` begins with: the whole of a complete one, the
/// introducer alone of one that is cut short, so that no sentence is lost behind it.
fn sequence_len(text: &str) -> usize {
    let mut chars = text.chars();
    let first = chars.next();
    let introducer = first.map_or(0, char::len_utf8);
    let (kind, start) = match first {
        Some('\u{1b}') => match chars.next() {
            Some(c @ ('[' | ']' | 'P' | 'X' | '^' | '_')) => (c, 2),
            // A two-byte sequence such as ESC c (reset) or ESC ( B.
            Some(c @ ('(' | ')' | '#' | '%')) => {
                let third = chars.next().filter(char::is_ascii_graphic).map_or(0, char::len_utf8);
                return 1 + c.len_utf8() + third;
            }
            Some('=' | '>' | 'c' | 'D' | 'E' | 'H' | 'M' | 'N' | 'O' | 'Z' | '7' | '8' | '\\') => {
                return 2;
            }
            _ => return 1,
        },
        Some('\u{9b}') => ('[', introducer),
        Some('\u{9d}') => (']', introducer),
        _ => ('P', introducer),
    };
    let tail = text.get(start..).unwrap_or_default();
    if kind == '[' {
        for (i, c) in tail.char_indices() {
            match c {
                '\u{20}'..='\u{3f}' => {}
                '\u{40}'..='\u{7e}' => return start + i + 1,
                _ => break,
            }
        }
        return start;
    }
    for (i, c) in tail.char_indices() {
        match c {
            '\u{07}' | '\u{9c}' => return start + i + c.len_utf8(),
            '\u{1b}' if tail.get(i + 1..).is_some_and(|t| t.starts_with('\\')) => {
                return start + i + 2;
            }
            '\n' | '\r' | '\u{1b}' => break,
            _ => {}
        }
    }
    start
}

/// Direction controls, zero-width and tag characters: nothing a reader would miss, and all of
/// them used to make a text look like another one.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{00ad}' | '\u{180e}' | '\u{3164}'
        | '\u{115f}' | '\u{1160}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036f}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05bd}'
        | '\u{0610}'..='\u{061a}' | '\u{064b}'..='\u{065f}' | '\u{0e31}' | '\u{0e34}'..='\u{0e3a}'
        | '\u{0e47}'..='\u{0e4e}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}')
}

/// True when drawing `c` could move the cursor, change the terminal or turn the line around.
/// What [`clean_body`] returns holds none but newline and tab.
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    c.is_control() || is_invisible(c)
}

/// A person's first name: all a customer ever learns of a teammate (V7).
///
/// What stands for a name may be a login or an address: of "mara.holt" and of
/// "mara_holt@northwind.example" it is "mara", of "Holt, Mara" it is "Mara".
#[must_use]
pub fn first_name(name: &str) -> &str {
    let name = match name.split_once(',') {
        Some((last, first)) if last.split_whitespace().count() == 1 && has_word(first) => first,
        Some((whole, _)) if has_word(whole) => whole,
        Some(_) | None => name,
    };
    name.split(ends_first_name).find(|word| !word.is_empty()).unwrap_or("")
}

fn has_word(text: &str) -> bool {
    text.split(ends_first_name).any(|word| !word.is_empty())
}

/// Hyphens and apostrophes belong to first names: Jean-Luc, D'Arcy.
fn ends_first_name(c: char) -> bool {
    c.is_whitespace() || "._+@<>()[]{}/\\|:;,\"·".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complete_sequences_go_whole_and_cut_ones_lose_their_introducer_only() {
        for (raw, clean) in [
            ("a\u{1b}[31mred\u{1b}[0m", "ared"),
            ("a\u{1b}]52;c;aGk=\u{7}b", "ab"),
            ("a\u{1b}]0;title\u{1b}\\b", "ab"),
            ("a\u{9b}31mb", "ab"),
            ("a\u{1b}]0;the rest of the sentence", "a0;the rest of the sentence"),
            ("good\rEVIL", "good\nEVIL"),
            ("one\r\ntwo\tthree", "one\ntwo\tthree"),
            ("a\u{202e}b\u{2066}c\u{2069}", "abc"),
            ("\u{0}\u{7f}\u{8}x", "x"),
        ] {
            assert_eq!(clean_body(raw), clean, "{raw:?}");
        }
        assert_eq!(clean_line(" a \n\t b "), "a b");
        assert_eq!(clean_body(&format!("e{}", "\u{301}".repeat(1000))).chars().count(), 5);
    }

    #[test]
    fn first_names_hide_last_names_and_addresses() {
        // V7
        assert_eq!(first_name("Mara Holt"), "Mara");
        assert_eq!(first_name("mara@northwind.example"), "mara");
        assert_eq!(first_name("@mara"), "mara");
        for login in ["mara.holt", "mara_holt", "mara.holt@northwind.example", "<mara.holt@x.y>"] {
            assert_eq!(first_name(login), "mara", "{login}");
        }
        for whole in ["Holt, Mara", "Mara Holt, PhD", "Mara(Holt)", "Mara<holt@x.example>"] {
            assert_eq!(first_name(whole), "Mara", "{whole}");
        }
        assert_eq!(first_name("Jean-Luc D'Arcy"), "Jean-Luc");
        assert_eq!(first_name(""), "");
    }

    proptest::proptest! {
        #[test]
        fn cleaning_is_idempotent_and_leaves_nothing_unsafe(raw in proptest::prelude::any::<String>()) {
            let once = clean_body(&raw);
            proptest::prop_assert_eq!(&clean_body(&once), &once);
            proptest::prop_assert!(!once.chars().any(|c| is_unsafe(c) && c != '\n' && c != '\t'));
        }
    }
}
