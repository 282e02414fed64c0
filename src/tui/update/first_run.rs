//! What a desk without a ticket offers: look around with demo data, or begin with an empty desk.

use crate::tui::keys::Key;
use crate::tui::message::Command;
use crate::tui::model::Model;

#[derive(Debug, Default)]
pub struct FirstRunPane {
    pub row: usize,
}

/// After the counters were read: an empty desk offers itself, once.
pub fn offer(_: &mut Model) -> Vec<Command> {
    Vec::new()
}

pub fn key(model: &mut Model, _: Key) -> Vec<Command> {
    model.overlays.pop();
    Vec::new()
}
