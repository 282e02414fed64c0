//! Which key runs which command: the registry's defaults, and the user's own over them.

use std::collections::HashMap;

use crate::tui::commands::{COMMANDS, Scope, Spec, by_name};
use crate::tui::keys::{Chord, Key};

/// The keys in force.
#[derive(Debug, Clone)]
pub struct Keymap {
    /// By command name; the first one is the one shown.
    keys: HashMap<&'static str, Vec<Chord>>,
    /// Commands whose keys are the user's own.
    custom: Vec<&'static str>,
}

/// What a key press means in a scope.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Found {
    Command(&'static Spec),
    /// The first of two keys.
    Leader,
    Nothing,
}

impl Default for Keymap {
    fn default() -> Self {
        let keys = COMMANDS
            .iter()
            .map(|c| {
                let chords = c.keys.iter().filter_map(|k| Chord::parse(k)).collect();
                (c.name, chords)
            })
            .collect();
        Self { keys, custom: Vec::new() }
    }
}

/// Keys that are pressed by habit or by accident, or that terminals send for others: never bound
/// to what changes anything.
pub(crate) const FORBIDDEN: [&str; 11] =
    ["ctrl+d", "ctrl+k", "ctrl+j", "ctrl+h", "backspace", "up", "down", "left", "right", "h", "l"];

/// What leaves the team, and so takes a key of its own.
const NEVER_BY_ENTER: [&str; 3] = ["composer.send", "share.do", "new.submit"];

fn is_enter(chord: &Chord) -> bool {
    chord.key == Key::of(crossterm::event::KeyCode::Enter)
}

impl Keymap {
    /// The defaults with the user's own keys in their place; an empty key takes one away.
    ///
    /// # Errors
    /// A sentence that names the command, the key, and what to do.
    pub fn with_overrides(overrides: &[(String, String)]) -> Result<Self, String> {
        let mut map = Self::default();
        for (name, key) in overrides {
            let spec = by_name(name).ok_or_else(|| unknown(name))?;
            let chords = match key.trim() {
                "" => Vec::new(),
                text => vec![Chord::parse(text).ok_or_else(|| {
                    format!(
                        "\"{text}\" for {name} is no key. Write keys like r, S, ctrl+s, alt+e, f1 or \"g i\"."
                    )
                })?],
            };
            if spec.changes && chords.iter().any(is_forbidden) {
                return Err(format!(
                    "{key} cannot be bound to {name}: it is pressed too easily for a command that changes something."
                ));
            }
            if NEVER_BY_ENTER.contains(&spec.name) && chords.iter().any(is_enter) {
                return Err(format!(
                    "Enter cannot be bound to {name}: Enter never sends and never shares."
                ));
            }
            map.keys.insert(spec.name, chords);
            map.custom.push(spec.name);
        }
        match map.clash() {
            Some((a, b, chord)) => Err(format!(
                "{chord} is bound to both {} and {}. Give one of them another key.",
                a.name, b.name
            )),
            None => Ok(map),
        }
    }

    /// The key shown for a command: its first.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<String> {
        self.keys.get(name).and_then(|k| k.first()).map(ToString::to_string)
    }

    /// All keys of a command, as shown.
    #[must_use]
    pub fn keys(&self, name: &str) -> Vec<String> {
        self.keys.get(name).map(|k| k.iter().map(ToString::to_string).collect()).unwrap_or_default()
    }

    /// True when the user changed this command's key.
    #[must_use]
    pub fn is_custom(&self, name: &str) -> bool {
        self.custom.contains(&name)
    }

    /// What `key` means in `scope`, after `leader` if one was pressed.
    #[must_use]
    pub fn find(&self, scope: Scope, leader: Option<Key>, key: Key) -> Found {
        let mut found = Found::Nothing;
        for spec in COMMANDS.iter().filter(|c| c.works_in(scope)) {
            for chord in self.keys.get(spec.name).into_iter().flatten() {
                if chord.leader == leader && chord.key == key {
                    return Found::Command(spec);
                }
                if leader.is_none() && chord.leader == Some(key) {
                    found = Found::Leader;
                }
            }
        }
        found
    }

    /// The commands that a leader key begins in a scope, with their second keys.
    #[must_use]
    pub fn after_leader(&self, scope: Scope, leader: Key) -> Vec<(Key, &'static Spec)> {
        COMMANDS
            .iter()
            .filter(|c| c.works_in(scope))
            .flat_map(|c| {
                let chords = self.keys.get(c.name).into_iter().flatten();
                chords.filter(move |k| k.leader == Some(leader)).map(move |k| (k.key, c))
            })
            .collect()
    }

    /// Two commands on one key in one scope, or a key that is a command and a leader at once.
    #[must_use]
    pub(crate) fn clash(&self) -> Option<(&'static Spec, &'static Spec, Chord)> {
        for scope in Scope::EVERY {
            let mut taken: Vec<(&'static Spec, &Chord)> = Vec::new();
            for spec in COMMANDS.iter().filter(|c| c.works_in(scope)) {
                for chord in self.keys.get(spec.name).into_iter().flatten() {
                    let other = taken.iter().find(|(other, c)| {
                        let same = *c == chord;
                        let leads = c.leader.is_none() && chord.leader == Some(c.key);
                        let led = chord.leader.is_none() && c.leader == Some(chord.key);
                        other.name != spec.name && (same || leads || led)
                    });
                    if let Some((other, _)) = other {
                        return Some((other, spec, chord.clone()));
                    }
                    taken.push((spec, chord));
                }
            }
        }
        None
    }
}

pub(crate) fn is_forbidden(chord: &Chord) -> bool {
    FORBIDDEN.iter().filter_map(|k| Chord::parse(k)).any(|k| k == *chord)
}

fn unknown(name: &str) -> String {
    let nearest = COMMANDS
        .iter()
        .min_by_key(|c| strsim::damerau_levenshtein(c.name, name))
        .map_or("ticket.reply", |c| c.name);
    format!("There is no command \"{name}\". The nearest is \"{nearest}\".")
}
