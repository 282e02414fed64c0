//! The state box: a digit shows what a state means for the customer, Enter or the same digit does
//! it. Nothing happens by looking.

use crate::domain::{Action, TicketState};
use crate::tui::keys::Key;
use crate::tui::message::Command;
use crate::tui::model::{Model, ToastKind};
use crate::tui::update::overlay::Overlay;
use crate::tui::update::thread;

/// Which row is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateBox {
    /// 0 to 3 are the states, 4 is to close or to reopen.
    pub row: usize,
    /// The row was marked by its digit: the digit again does it.
    pub digit: bool,
}

/// Rows of the box.
pub const ROWS: usize = 5;

pub fn open(model: &mut Model) -> Vec<Command> {
    let Some(view) = model.ticket() else {
        return Vec::new();
    };
    let row = TicketState::ALL.iter().position(|s| *s == view.ticket.state).unwrap_or(0);
    model.overlays.push(Overlay::State(StateBox { row, digit: false }));
    Vec::new()
}

/// What a row does.
#[must_use]
pub fn action(model: &Model, row: usize) -> Option<Action> {
    let view = model.ticket()?;
    Some(match TicketState::ALL.get(row) {
        Some(state) => Action::SetState(*state),
        None if view.ticket.open => Action::Close,
        None => Action::Reopen,
    })
}

pub fn key(model: &mut Model, key: Key) -> Vec<Command> {
    let digit = key
        .typed()
        .and_then(|c| c.to_digit(10))
        .and_then(|d| usize::try_from(d).ok())
        .filter(|d| (1..=ROWS).contains(d));
    let Some(row) = digit.map(|d| d - 1) else {
        // j and k move here too; nothing else is typed in this box.
        match key.typed() {
            Some('j') => return super::overlay::choose(model, 1),
            Some('k') => return super::overlay::choose(model, -1),
            _ => return Vec::new(),
        }
    };
    if let Some(Overlay::State(state)) = model.overlays.last_mut() {
        if state.row == row && state.digit {
            return confirm(model);
        }
        *state = StateBox { row, digit: true };
    }
    Vec::new()
}

pub fn confirm(model: &mut Model) -> Vec<Command> {
    let Some(Overlay::State(state)) = model.overlays.last() else {
        return Vec::new();
    };
    let Some(action) = action(model, state.row) else {
        return Vec::new();
    };
    if let Some(Err(refusal)) = model.would(&action) {
        model.toast(ToastKind::Info, refusal.to_string());
        return Vec::new();
    }
    model.overlays.pop();
    thread::perform(model, action)
}
