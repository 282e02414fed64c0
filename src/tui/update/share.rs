//! The share box. Its marked row changes nothing; sharing takes `S` a second time, never Enter or
//! an arrow.

use crate::domain::{Action, Category};
use crate::tui::commands;
use crate::tui::message::Command;
use crate::tui::model::Model;
use crate::tui::update::overlay::Overlay;
use crate::tui::update::{prompt, thread};

/// Opened on a Back-office ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareBox {
    /// It is shared now: `S` ends that.
    pub unshare: bool,
}

impl ShareBox {
    #[must_use]
    pub const fn action(self) -> Action {
        if self.unshare { Action::Unshare } else { Action::Share }
    }
}

/// Why `S` opens nothing: the rule's own sentence (V4).
#[must_use]
pub fn why_not(model: &Model) -> Option<String> {
    let Some(view) = model.ticket() else {
        return commands::no_ticket(model);
    };
    let action =
        ShareBox { unshare: view.ticket.category == Category::BackOffice && view.ticket.shared }
            .action();
    commands::refused(model, &action)
}

pub fn open(model: &mut Model) -> Vec<Command> {
    let Some(view) = model.ticket() else {
        return Vec::new();
    };
    let unshare = view.ticket.shared;
    model.overlays.push(Overlay::Share(ShareBox { unshare }));
    Vec::new()
}

/// The ticket may have changed while the box was open.
#[must_use]
pub fn confirm_why_not(model: &Model) -> Option<String> {
    match model.overlays.last() {
        Some(Overlay::Share(share)) => commands::refused(model, &share.action()),
        _ => None,
    }
}

pub fn confirm(model: &mut Model) -> Vec<Command> {
    match model.overlays.pop() {
        Some(Overlay::Share(share)) => thread::perform(model, share.action()),
        _ => Vec::new(),
    }
}

/// Only before sharing does the title want a look.
#[must_use]
pub fn rename_why_not(model: &Model) -> Option<String> {
    let unshare = matches!(model.overlays.last(), Some(Overlay::Share(b)) if b.unshare);
    unshare.then(|| "The customer reads this title already.".into())
}

/// The title is what the customer reads first.
pub fn rename(model: &mut Model) -> Vec<Command> {
    prompt::open(model, prompt::Kind::Rename)
}
