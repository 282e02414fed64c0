//! A one-line text field: what prompts, filters and forms are typed into. Never holds a newline
//! or a control character, whatever is typed or pasted.

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::text::clean_line;
use crate::tui::keys::Key;
use crossterm::event::KeyCode;

/// Characters a field holds at most; longer pastes are cut. The domain's own limits are smaller
/// and say so in a sentence.
const CHARS_AT_MOST: usize = 1_000;

/// The text and where the caret stands in it, in bytes, always on a grapheme boundary.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineEdit {
    text: String,
    caret: usize,
}

impl LineEdit {
    /// A field that holds `text`, the caret at its end.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = clean_line(text);
        Self { caret: text.len(), text }
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// What stands before the caret, so that a view can place it by display width.
    #[must_use]
    pub fn before_caret(&self) -> &str {
        self.text.get(..self.caret).unwrap_or(&self.text)
    }

    fn after_caret(&self) -> &str {
        self.text.get(self.caret..).unwrap_or("")
    }

    /// Empties the field.
    pub fn clear(&mut self) {
        self.text.clear();
        self.caret = 0;
    }

    /// Takes pasted text at the caret, as one line.
    pub fn insert(&mut self, raw: &str) {
        let room = CHARS_AT_MOST.saturating_sub(self.text.chars().count());
        let mut clean: String = raw
            .chars()
            .map(|c| if c.is_whitespace() { ' ' } else { c })
            .filter(|c| !crate::domain::text::is_unsafe(*c))
            .take(room)
            .collect();
        if clean.trim().is_empty() && clean.chars().count() > 1 {
            clean = " ".into();
        }
        self.text.insert_str(self.caret, &clean);
        self.caret += clean.len();
    }

    /// Takes a key as an editor would; false when it means nothing here.
    pub fn key(&mut self, key: Key) -> bool {
        match (key.code, key.ctrl, key.alt) {
            (KeyCode::Char(c), false, false) => self.insert(c.encode_utf8(&mut [0; 4])),
            (KeyCode::Backspace, false, false) | (KeyCode::Char('h'), true, false) => {
                let from = self.previous();
                self.cut(from, self.caret);
            }
            (KeyCode::Delete, false, false) => {
                let to = self.next();
                self.cut(self.caret, to);
            }
            (KeyCode::Char('w'), true, false) | (KeyCode::Backspace, _, _) => {
                let from = self.word_start();
                self.cut(from, self.caret);
            }
            (KeyCode::Char('u'), true, false) => self.cut(0, self.caret),
            (KeyCode::Char('k'), true, false) => self.cut(self.caret, self.text.len()),
            (KeyCode::Left, false, false) => self.caret = self.previous(),
            (KeyCode::Right, false, false) => self.caret = self.next(),
            (KeyCode::Home, ..) | (KeyCode::Char('a'), true, false) => self.caret = 0,
            (KeyCode::End, ..) | (KeyCode::Char('e'), true, false) => self.caret = self.text.len(),
            _ => return false,
        }
        true
    }

    fn cut(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
        self.caret = from;
    }

    fn previous(&self) -> usize {
        self.before_caret().grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn next(&self) -> usize {
        self.caret + self.after_caret().graphemes(true).next().map_or(0, str::len)
    }

    fn word_start(&self) -> usize {
        let before = self.before_caret().trim_end();
        before
            .char_indices()
            .rfind(|(_, c)| c.is_whitespace())
            .map_or(0, |(at, c)| at + c.len_utf8())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &str) -> LineEdit {
        let mut edit = LineEdit::default();
        for key in crate::tui::keys::macro_keys(keys) {
            edit.key(key);
        }
        edit
    }

    #[test]
    fn edits_like_a_shell() {
        assert_eq!(typed("one two<ctrl+w>three").text(), "one three");
        assert_eq!(typed("abc<left><left><backspace>x").text(), "xbc");
        assert_eq!(typed("abc<home>x<end>y").text(), "xabcy");
        assert_eq!(typed("abc<left><ctrl+k>").text(), "ab");
        assert_eq!(typed("abc<ctrl+u>d").text(), "d");
    }

    #[test]
    fn pasted_lines_become_one_and_lose_what_is_unsafe() {
        let mut edit = LineEdit::default();
        edit.insert("two\nlines\u{1b}[31m\u{202e}");
        assert_eq!(edit.text(), "two lines[31m");
        edit.insert(&"x".repeat(5_000));
        assert_eq!(edit.text().chars().count(), CHARS_AT_MOST);
    }

    #[test]
    fn the_caret_moves_by_what_the_eye_sees() {
        let mut edit = LineEdit::new("e\u{301}x");
        assert!(edit.key(Key::of(KeyCode::Left)));
        assert!(edit.key(Key::of(KeyCode::Left)));
        assert_eq!(edit.before_caret(), "");
    }
}
