//! The customer's Messenger beside the thread.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::model::Model;
use crate::tui::view::frame;

/// Draws the pane; gives where the cursor stands in it, when it has the keys.
pub fn draw(model: &Model, area: Rect, buf: &mut Buffer, focused: bool) -> Option<(u16, u16)> {
    let kind = frame::Kind::pane(focused);
    frame::draw(area, buf, &model.theme, kind, "Messenger", "mirror");
    focused.then_some((area.x + 1, area.y + 1))
}
