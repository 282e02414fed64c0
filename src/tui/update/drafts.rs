//! The list of drafts: what was begun and not sent. Opening one shows its ticket and the text.

use crate::desk::view::DraftKey;
use crate::tui::message::Command;
use crate::tui::model::Model;
use crate::tui::update::confirm::Question;
use crate::tui::update::overlay::Overlay;
use crate::tui::update::{composer, go, new_ticket};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DraftsBox {
    pub row: usize,
}

pub fn open(model: &mut Model) -> Vec<Command> {
    model.overlays.push(Overlay::Drafts(DraftsBox::default()));
    Vec::new()
}

/// Asks before the marked draft is thrown away.
pub fn discard(model: &mut Model) -> Vec<Command> {
    let Some(Overlay::Drafts(b)) = model.overlays.last() else {
        return Vec::new();
    };
    let key = model.drafts.keys().nth(b.row).copied();
    model.overlays.extend(key.map(|key| Overlay::Confirm(Question::Discard(key))));
    Vec::new()
}

/// After a draft is gone: the mark stands on one that is there, and an empty list closes.
pub fn clamp(model: &mut Model) {
    let last = model.drafts.len().checked_sub(1);
    match (model.overlays.last_mut(), last) {
        (Some(Overlay::Drafts(b)), Some(last)) => b.row = b.row.min(last),
        (Some(Overlay::Drafts(_)), None) => drop(model.overlays.pop()),
        _ => {}
    }
}

pub fn confirm(model: &mut Model) -> Vec<Command> {
    let Some(Overlay::Drafts(b)) = model.overlays.last() else {
        return Vec::new();
    };
    let Some(key) = model.drafts.keys().nth(b.row).copied() else {
        return Vec::new();
    };
    model.overlays.pop();
    match key {
        DraftKey::NewTicket => new_ticket::open(model),
        DraftKey::Reply(id) => {
            let commands = go::to(model, id);
            composer::open_with(model, id, composer::Kind::Reply, None);
            commands
        }
        DraftKey::Note(id) => {
            let commands = go::to(model, id);
            composer::open_with(model, id, composer::Kind::Note, None);
            commands
        }
    }
}
