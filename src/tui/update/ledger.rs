//! The delivery ledger of the ticket in the thread: why the customer was told, or not.

use crate::tui::keys::Key;
use crate::tui::message::Command;
use crate::tui::model::Model;
use crate::tui::update::overlay::Overlay;

#[derive(Debug, Default)]
pub struct LedgerPane {
    pub row: usize,
}

pub fn open(model: &mut Model) -> Vec<Command> {
    model.overlays.push(Overlay::Ledger(LedgerPane::default()));
    Vec::new()
}

pub fn key(model: &mut Model, _: Key) -> Vec<Command> {
    model.overlays.pop();
    Vec::new()
}
