//! The delivery ledger of a ticket.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::model::Model;
use crate::tui::update::ledger::LedgerPane;
use crate::tui::view::{frame, paint};

/// Draws the pane; gives where the cursor stands in it.
pub fn draw(model: &Model, _: &LedgerPane, screen: Rect, buf: &mut Buffer) -> Option<(u16, u16)> {
    let area = paint::centred(screen, 80, 20, buf);
    let inner = frame::draw(area, buf, &model.theme, frame::Kind::Focus, "Deliveries", "");
    Some((inner.x, inner.y))
}
