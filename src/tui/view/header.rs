//! The lines above the panes: whose desk it is, what mail waits, and the tabs.

use ratatui::layout::Rect;

use crate::tui::model::{Model, Tab};

/// The tab at a column of the tab line.
#[must_use]
pub fn tab_at(_: &Model, _: Rect, _: u16) -> Option<Tab> {
    None
}
