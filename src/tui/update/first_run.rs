//! What a desk without a ticket offers: look around with demo data, or begin with an empty desk.
//! Offered once; nothing is made before a key says so.

use crate::domain::Category;
use crate::tui::keys::Key;
use crate::tui::message::{Command, Exit};
use crate::tui::model::Model;
use crate::tui::update::overlay::Overlay;

/// The rows, in their order.
pub const ROWS: usize = 2;

#[derive(Debug, Clone, Copy, Default)]
pub struct FirstRunPane {
    /// 0 for the demo, 1 for the empty desk.
    pub row: usize,
}

/// After the counters were read: an empty desk offers itself, once.
pub fn offer(model: &mut Model) -> Vec<Command> {
    if std::mem::replace(&mut model.welcomed, true) || model.is_demo {
        return Vec::new();
    }
    if Category::ALL.into_iter().all(|c| model.counters.of(c).all == 0) {
        model.overlays.push(Overlay::FirstRun(FirstRunPane::default()));
    }
    Vec::new()
}

/// The row that is marked, while the box is there.
fn row(model: &mut Model) -> Option<&mut usize> {
    match model.overlays.last_mut() {
        Some(Overlay::FirstRun(pane)) => Some(&mut pane.row),
        _ => None,
    }
}

pub fn choose(model: &mut Model, by: isize) -> Vec<Command> {
    if let Some(row) = row(model) {
        *row = row.saturating_add_signed(by).min(ROWS - 1);
    }
    Vec::new()
}

/// Enter: what the marked row says.
pub fn confirm(model: &mut Model) -> Vec<Command> {
    match row(model).copied() {
        Some(0) => demo(model),
        Some(_) => empty(model),
        None => Vec::new(),
    }
}

/// Leaves for a throwaway desk with demo data; this one stays empty.
pub fn demo(_: &mut Model) -> Vec<Command> {
    vec![Command::Quit(Exit::OpenDemo)]
}

pub fn empty(model: &mut Model) -> Vec<Command> {
    model.overlays.retain(|o| !matches!(o, Overlay::FirstRun(_)));
    Vec::new()
}

/// A key without a command does nothing.
pub fn key(_: &mut Model, _: Key) -> Vec<Command> {
    Vec::new()
}
