//! The list of drafts: what was begun and not sent. Opening one shows its ticket and the text.

use crate::desk::view::DraftKey;
use crate::tui::message::Command;
use crate::tui::model::Model;
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
