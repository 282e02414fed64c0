//! Help: every command of the registry with its keys.

use crate::tui::keys::Key;
use crate::tui::message::Command;
use crate::tui::model::Model;
use crate::tui::update::overlay::Overlay;

#[derive(Debug, Default)]
pub struct HelpPane {
    pub scroll: usize,
}

pub fn open(model: &mut Model) -> Vec<Command> {
    model.overlays.push(Overlay::Help(HelpPane::default()));
    Vec::new()
}

pub fn key(model: &mut Model, _: Key) -> Vec<Command> {
    model.overlays.pop();
    Vec::new()
}

pub fn paste(model: &mut Model, _: &str) -> Vec<Command> {
    super::paste_refused(model)
}
