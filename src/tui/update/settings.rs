//! The Messenger settings: name and logo.

use crate::tui::keys::Key;
use crate::tui::message::Command;
use crate::tui::model::{Model, ToastKind};
use crate::tui::update::overlay::Overlay;

#[derive(Debug, Default)]
pub struct SettingsPane {
    pub trouble: Option<String>,
}

pub fn open(model: &mut Model) -> Vec<Command> {
    model.overlays.push(Overlay::Settings(SettingsPane::default()));
    vec![Command::LoadSettings]
}

pub fn key(model: &mut Model, _: Key) -> Vec<Command> {
    model.overlays.pop();
    Vec::new()
}

pub fn paste(model: &mut Model, _: &str) -> Vec<Command> {
    super::paste_refused(model)
}

/// What the desk has, for the form if it is open.
pub fn take(_: &mut Model, _: String, _: Option<(String, usize)>) -> Vec<Command> {
    Vec::new()
}

pub fn saved(model: &mut Model) -> Vec<Command> {
    model.toast(ToastKind::Done, "The Messenger settings are saved.");
    vec![Command::LoadSettings]
}

pub fn failed(model: &mut Model, sentence: String) -> Vec<Command> {
    model.toast(ToastKind::Trouble, sentence);
    Vec::new()
}
