//! The assign box: teammates by name, a new one by typing, or nobody. No customer learns of it.

use crate::domain::{Action, Teammate};
use crate::tui::keys::Key;
use crate::tui::line_edit::LineEdit;
use crate::tui::message::Command;
use crate::tui::model::{Model, ToastKind};
use crate::tui::update::overlay::Overlay;
use crate::tui::update::thread;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AssignBox {
    pub typed: LineEdit,
    pub row: usize,
}

/// A row of the box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    Teammate(Teammate),
    Nobody,
    /// A teammate of this name is added.
    New(String),
}

pub fn open(model: &mut Model) -> Vec<Command> {
    model.overlays.push(Overlay::Assign(AssignBox::default()));
    vec![Command::LoadTeammates]
}

/// The rows for what was typed: you first, then the others, then nobody, then a new name.
#[must_use]
pub fn choices(model: &Model, typed: &str) -> Vec<Choice> {
    let wanted = typed.trim().to_lowercase();
    let fits = |name: &str| name.to_lowercase().contains(&wanted);
    let mut others: Vec<&Teammate> = model.teammates.iter().collect();
    others.sort_by_key(|t| (t.id != model.me.id, t.name.to_lowercase()));
    let mut rows: Vec<Choice> =
        others.into_iter().filter(|t| fits(&t.name)).cloned().map(Choice::Teammate).collect();
    if fits("nobody") {
        rows.push(Choice::Nobody);
    }
    let known = model.teammates.iter().any(|t| t.name.to_lowercase() == wanted);
    if !wanted.is_empty() && !known && wanted != "nobody" {
        rows.push(Choice::New(crate::domain::text::clean_line(typed)));
    }
    rows
}

pub fn key(model: &mut Model, key: Key) -> Vec<Command> {
    if let Some(Overlay::Assign(b)) = model.overlays.last_mut()
        && b.typed.key(key)
    {
        b.row = 0;
    }
    Vec::new()
}

pub fn paste(model: &mut Model, text: &str) -> Vec<Command> {
    if let Some(Overlay::Assign(b)) = model.overlays.last_mut() {
        b.typed.insert(text);
        b.row = 0;
    }
    Vec::new()
}

pub fn confirm(model: &mut Model) -> Vec<Command> {
    let Some(Overlay::Assign(b)) = model.overlays.last() else {
        return Vec::new();
    };
    let choice = choices(model, b.typed.text()).into_iter().nth(b.row);
    let Some(id) = model.ticket().map(|v| v.ticket.id) else {
        return Vec::new();
    };
    let action = match choice {
        Some(Choice::Teammate(teammate)) => Action::Assign(Some(teammate)),
        Some(Choice::Nobody) => Action::Assign(None),
        Some(Choice::New(name)) => {
            model.overlays.pop();
            return vec![Command::AssignTo { id, name }];
        }
        None => return Vec::new(),
    };
    if let Some(Err(refusal)) = model.would(&action) {
        model.toast(ToastKind::Info, refusal.to_string());
        return Vec::new();
    }
    model.overlays.pop();
    thread::perform(model, action)
}
