//! The command palette: finds a command of the registry by its words. Runs nothing that is off,
//! and says why it is.

use crate::tui::commands::{COMMANDS, Scope, Spec};
use crate::tui::keys::Key;
use crate::tui::line_edit::LineEdit;
use crate::tui::message::Command;
use crate::tui::model::{Model, ToastKind};
use crate::tui::update::overlay::Overlay;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Palette {
    pub typed: LineEdit,
    pub row: usize,
}

pub fn open(model: &mut Model) -> Vec<Command> {
    model.overlays.push(Overlay::Palette(Palette::default()));
    Vec::new()
}

/// Where the palette was opened from: its commands are the ones offered.
#[must_use]
pub fn home(model: &Model) -> Scope {
    if model.composer.is_some() { Scope::Composer } else { model.pane_scope() }
}

/// The commands whose words hold the letters typed, in their order; the closest first.
#[must_use]
pub fn matches(model: &Model, typed: &str) -> Vec<&'static Spec> {
    let home = home(model);
    let wanted = typed.trim().to_lowercase();
    let mut found: Vec<(usize, &'static Spec)> = COMMANDS
        .iter()
        .filter(|c| c.works_in(home) && !c.name.starts_with("palette"))
        .filter_map(|c| Some((rank(c, &wanted)?, c)))
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, c)| c).collect()
}

/// How far a command is from what was typed: 0 begins with it, then contains it, then in its
/// description, then has its letters in their order.
fn rank(spec: &Spec, wanted: &str) -> Option<usize> {
    let label = spec.label.to_lowercase();
    let description = spec.description.to_lowercase();
    if label.starts_with(wanted) {
        Some(0)
    } else if label.contains(wanted) || spec.name.contains(wanted) {
        Some(1)
    } else if description.contains(wanted) {
        Some(2)
    } else if is_subsequence(wanted, &label) || is_subsequence(wanted, spec.name) {
        Some(3)
    } else {
        None
    }
}

fn is_subsequence(letters: &str, text: &str) -> bool {
    let mut text = text.chars();
    letters.chars().filter(|c| !c.is_whitespace()).all(|letter| text.any(|c| c == letter))
}

pub fn key(model: &mut Model, key: Key) -> Vec<Command> {
    if let Some(Overlay::Palette(p)) = model.overlays.last_mut()
        && p.typed.key(key)
    {
        p.row = 0;
    }
    Vec::new()
}

pub fn paste(model: &mut Model, text: &str) -> Vec<Command> {
    if let Some(Overlay::Palette(p)) = model.overlays.last_mut() {
        p.typed.insert(text);
        p.row = 0;
    }
    Vec::new()
}

pub fn run(model: &mut Model) -> Vec<Command> {
    let Some(Overlay::Palette(p)) = model.overlays.last() else {
        return Vec::new();
    };
    let Some(spec) = matches(model, p.typed.text()).get(p.row).copied() else {
        return Vec::new();
    };
    model.overlays.pop();
    if let Some(reason) = (spec.disabled)(model) {
        model.toast(ToastKind::Info, reason);
        return Vec::new();
    }
    (spec.run)(model)
}
