//! Keys as people write them: `ctrl+s`, `shift+tab`, `g g`. Parsed for the keymap, printed for
//! footers and help. Never decides what a key does; that is the registry's.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// One key press. Shift is part of the character where it makes one (`S`, not `shift+s`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    pub code: KeyCode,
    pub ctrl: bool,
    pub alt: bool,
    pub shift: bool,
}

impl Key {
    /// A key without modifiers.
    #[must_use]
    pub const fn of(code: KeyCode) -> Self {
        Self { code, ctrl: false, alt: false, shift: false }
    }

    /// A character key.
    #[must_use]
    pub const fn char(c: char) -> Self {
        Self::of(KeyCode::Char(c))
    }

    /// The character typed, if the key types one.
    #[must_use]
    pub const fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// Reads `ctrl+s`, `shift+tab`, `pgdn`, `?`. None when it names no key.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut key = Self::of(KeyCode::Null);
        let mut rest = text;
        loop {
            let lower = rest.to_ascii_lowercase();
            let (flag, len) = match () {
                () if lower.starts_with("ctrl+") && lower.len() > 5 => (&mut key.ctrl, 5),
                () if lower.starts_with("alt+") && lower.len() > 4 => (&mut key.alt, 4),
                () if lower.starts_with("shift+") && lower.len() > 6 => (&mut key.shift, 6),
                () => break,
            };
            *flag = true;
            rest = rest.get(len..)?;
        }
        let mut chars = rest.chars();
        key.code = match (chars.next(), chars.next()) {
            (Some(c), None) => KeyCode::Char(c),
            _ => named(&rest.to_ascii_lowercase())?,
        };
        if key.code == KeyCode::Tab && key.shift {
            key.code = KeyCode::BackTab;
        }
        Some(key.normal())
    }

    /// One form for each key, whatever the terminal says of Shift.
    #[must_use]
    fn normal(mut self) -> Self {
        match self.code {
            KeyCode::Char(c) => {
                if self.shift && c.is_ascii_lowercase() && !self.ctrl {
                    self.code = KeyCode::Char(c.to_ascii_uppercase());
                }
                if self.ctrl {
                    self.code = KeyCode::Char(c.to_ascii_lowercase());
                }
                self.shift = false;
            }
            KeyCode::BackTab => self.shift = true,
            _ => {}
        }
        self
    }
}

fn named(name: &str) -> Option<KeyCode> {
    Some(match name {
        "enter" | "return" => KeyCode::Enter,
        "esc" | "escape" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "backtab" => KeyCode::BackTab,
        "space" => KeyCode::Char(' '),
        "backspace" => KeyCode::Backspace,
        "del" | "delete" => KeyCode::Delete,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pgup" | "pageup" => KeyCode::PageUp,
        "pgdn" | "pagedown" => KeyCode::PageDown,
        "plus" => KeyCode::Char('+'),
        _ => {
            let n: u8 = name.strip_prefix('f')?.parse().ok()?;
            (1..=12).contains(&n).then_some(KeyCode::F(n))?
        }
    })
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        Self {
            code: event.code,
            ctrl: event.modifiers.contains(KeyModifiers::CONTROL),
            alt: event.modifiers.contains(KeyModifiers::ALT),
            shift: event.modifiers.contains(KeyModifiers::SHIFT),
        }
        .normal()
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.alt {
            f.write_str("Alt+")?;
        }
        if self.ctrl {
            f.write_str("^")?;
        }
        match self.code {
            KeyCode::BackTab => return f.write_str("S-Tab"),
            _ if self.shift => f.write_str("Shift+")?,
            _ => {}
        }
        match self.code {
            KeyCode::Char(' ') => f.write_str("Space"),
            KeyCode::Char(c) if self.ctrl => write!(f, "{}", c.to_ascii_uppercase()),
            KeyCode::Char(c) => write!(f, "{c}"),
            KeyCode::Enter => f.write_str("Enter"),
            KeyCode::Esc => f.write_str("Esc"),
            KeyCode::Tab => f.write_str("Tab"),
            KeyCode::Backspace => f.write_str("Backspace"),
            KeyCode::Delete => f.write_str("Del"),
            KeyCode::Up => f.write_str("↑"),
            KeyCode::Down => f.write_str("↓"),
            KeyCode::Left => f.write_str("←"),
            KeyCode::Right => f.write_str("→"),
            KeyCode::Home => f.write_str("Home"),
            KeyCode::End => f.write_str("End"),
            KeyCode::PageUp => f.write_str("PgUp"),
            KeyCode::PageDown => f.write_str("PgDn"),
            KeyCode::F(n) => write!(f, "F{n}"),
            _ => f.write_str("?"),
        }
    }
}

/// One key, or a leader and a key: `g g`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Chord {
    pub leader: Option<Key>,
    pub key: Key,
}

impl Chord {
    /// Reads `r`, `ctrl+s` or `g i`. None when it names no key.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(' ') {
            Some((leader, key)) if !leader.is_empty() && !key.is_empty() => {
                Some(Self { leader: Some(Key::parse(leader)?), key: Key::parse(key)? })
            }
            _ => Some(Self { leader: None, key: Key::parse(text)? }),
        }
    }
}

impl std::fmt::Display for Chord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.leader {
            Some(leader) => write!(f, "{leader} {}", self.key),
            None => write!(f, "{}", self.key),
        }
    }
}

/// Reads a macro of typed characters and named keys: `jj<enter>S`. `<lt>` is `<`. Used by tests
/// and by the demo; a name that is no key is typed as it stands.
#[must_use]
pub fn macro_keys(text: &str) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == '<'
            && let Some((name, tail)) = rest.get(1..).and_then(|t| t.split_once('>'))
        {
            let key = match name {
                "lt" => Some(Key::char('<')),
                _ if name.chars().count() > 1 => Key::parse(name),
                _ => None,
            };
            if let Some(key) = key {
                keys.push(key);
                rest = tail;
                continue;
            }
        }
        keys.push(match c {
            '\n' => Key::of(KeyCode::Enter),
            c => Key::char(c),
        });
        rest = rest.get(c.len_utf8()..).unwrap_or("");
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_and_printed() {
        for (text, shown) in [
            ("r", "r"),
            ("S", "S"),
            ("ctrl+s", "^S"),
            ("alt+enter", "Alt+Enter"),
            ("shift+tab", "S-Tab"),
            ("pgdn", "PgDn"),
            ("f1", "F1"),
            ("+", "+"),
            ("space", "Space"),
            ("g g", "g g"),
        ] {
            assert_eq!(Chord::parse(text).unwrap().to_string(), shown, "{text}");
        }
        for bad in ["", "hyper+x", "nokey", "f99", "g nokey"] {
            assert!(Chord::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn shift_is_part_of_the_character() {
        let event = KeyEvent::new(KeyCode::Char('S'), KeyModifiers::SHIFT);
        assert_eq!(Key::from(event), Key::char('S'));
        let event = KeyEvent::new(KeyCode::BackTab, KeyModifiers::NONE);
        assert_eq!(Key::from(event), Key::parse("shift+tab").unwrap());
    }

    #[test]
    fn macros_mix_text_and_names() {
        let keys = macro_keys("a<enter><b<lt>");
        let shown: Vec<String> = keys.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["a", "Enter", "<", "b", "<"]);
    }
}
