//! Keys that come before the ticket they are meant for has been read: kept, and taken in their order
//! once it is there. A reply begun too soon would be refused, and its text run as commands.

use crate::tui::commands::Found;
use crate::tui::message::{Command, Input};
use crate::tui::model::Model;
use crate::tui::update::take_input;

/// Inputs kept at most; who types more than that is not waiting for a screen.
const KEPT: usize = 256;

/// Keeps an input back, if it has to wait; gives it back if not.
pub(super) fn keep(model: &mut Model, input: Input) -> Option<Input> {
    let kept = matches!(input, Input::Key(_) | Input::Paste(_))
        && is_reading(model)
        && model.early.len() < KEPT
        && (!model.early.is_empty() || needs_the_ticket(model, &input))
        && !leaves(model, &input);
    if !kept {
        return Some(input);
    }
    model.early.push_back(input);
    None
}

/// Takes what was kept, as far as it does not have to wait again.
pub(super) fn release(model: &mut Model) -> Vec<Command> {
    let mut commands = Vec::new();
    while !is_reading(model) {
        let Some(input) = model.early.pop_front() else { break };
        commands.extend(take_input(model, input));
        commands.extend(super::thread::follow(model));
    }
    commands
}

/// The first list, or the ticket in the thread, is on its way.
fn is_reading(model: &Model) -> bool {
    let ticket = model.thread.loading.is_some() && model.ticket().is_none();
    model.overlays.is_empty() && model.composer.is_none() && (!model.ready || ticket)
}

/// A command that is refused now, and may not be once the ticket is there.
fn needs_the_ticket(model: &Model, input: &Input) -> bool {
    let Input::Key(key) = input else { return false };
    match model.keymap.find(model.scope(), model.leader.map(|l| l.key), *key) {
        Found::Command(spec) => (spec.disabled)(model).is_some(),
        Found::Leader | Found::Nothing => false,
    }
}

/// Leaving never waits.
fn leaves(model: &Model, input: &Input) -> bool {
    let Input::Key(key) = input else { return false };
    matches!(model.keymap.find(model.scope(), None, *key), Found::Command(c) if c.name == "quit.now")
}
