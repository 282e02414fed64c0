//! Help: the commands of the registry that work here, or all of them, found while typing. What it
//! runs is what the key would have run.

use crossterm::event::KeyCode;

use crate::tui::commands::{COMMANDS, Group, Scope, Spec};
use crate::tui::keys::Key;
use crate::tui::line_edit::LineEdit;
use crate::tui::message::Command;
use crate::tui::model::{Model, ToastKind};
use crate::tui::update::overlay::Overlay;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpPane {
    /// Where it was opened.
    pub scope: Scope,
    /// Every scope's commands rather than this one's.
    pub all: bool,
    pub typed: LineEdit,
    pub row: usize,
}

pub fn open(model: &mut Model) -> Vec<Command> {
    let scope = model.scope();
    let pane = HelpPane { scope, all: false, typed: LineEdit::default(), row: 0 };
    model.overlays.push(Overlay::Help(pane));
    Vec::new()
}

fn pane(model: &mut Model) -> Option<&mut HelpPane> {
    match model.overlays.last_mut() {
        Some(Overlay::Help(pane)) => Some(pane),
        _ => None,
    }
}

/// The commands to choose from, by group, in the registry's order.
#[must_use]
pub fn rows(model: &Model, pane: &HelpPane) -> Vec<&'static Spec> {
    let wanted = pane.typed.text().trim().to_lowercase();
    let fits = |spec: &Spec| {
        let keys = model.keymap.keys(spec.name);
        wanted.is_empty()
            || [spec.label, spec.name, spec.description]
                .iter()
                .any(|words| words.to_lowercase().contains(&wanted))
            || keys.iter().any(|key| key.to_lowercase() == wanted)
    };
    let here = |spec: &&Spec| (pane.all || spec.works_in(pane.scope)) && fits(spec);
    Group::EVERY
        .into_iter()
        .flat_map(|group| COMMANDS.iter().filter(move |c| c.group == group))
        .filter(here)
        .collect()
}

/// Moves the mark.
pub fn choose(model: &mut Model, by: isize) -> Vec<Command> {
    let Some(Overlay::Help(pane)) = model.overlays.last() else {
        return Vec::new();
    };
    let last = rows(model, pane).len().saturating_sub(1);
    if let Some(pane) = self::pane(model) {
        pane.row = pane.row.saturating_add_signed(by).min(last);
    }
    Vec::new()
}

/// Shows every scope's commands, or this one's again.
pub fn all(model: &mut Model) -> Vec<Command> {
    if let Some(pane) = pane(model) {
        pane.all = !pane.all;
        pane.row = 0;
    }
    Vec::new()
}

/// Why the marked command cannot be run from here.
#[must_use]
pub fn why_not(model: &Model, pane: &HelpPane, spec: &Spec) -> Option<String> {
    if !spec.works_in(pane.scope) {
        let where_to: Vec<&str> = spec.scopes.iter().map(|s| s.label()).collect();
        return Some(format!("It works in: {}.", where_to.join(", ")));
    }
    (spec.disabled)(model)
}

/// Enter: does what the marked line says, as its key would have.
pub fn run(model: &mut Model) -> Vec<Command> {
    let Some(Overlay::Help(pane)) = model.overlays.pop() else {
        return Vec::new();
    };
    let Some(spec) = rows(model, &pane).get(pane.row).copied() else {
        return Vec::new();
    };
    match why_not(model, &pane, spec) {
        Some(reason) => {
            model.toast(ToastKind::Info, reason);
            Vec::new()
        }
        None => (spec.run)(model),
    }
}

/// What is typed narrows the list; `?` closes it as it opened it.
pub fn key(model: &mut Model, key: Key) -> Vec<Command> {
    let Some(pane) = pane(model) else {
        return Vec::new();
    };
    if key.code == KeyCode::Char('?') && pane.typed.is_empty() {
        model.overlays.pop();
    } else if pane.typed.key(key) {
        pane.row = 0;
    }
    Vec::new()
}

pub fn paste(model: &mut Model, text: &str) -> Vec<Command> {
    if let Some(pane) = pane(model) {
        pane.typed.insert(text);
        pane.row = 0;
    }
    Vec::new()
}
