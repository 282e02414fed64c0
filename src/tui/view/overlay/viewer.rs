//! The box with a picture: as large as panes leave room, the picture in its middle.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Widget as _};
use ratatui_image::Image;

use super::Caret;
use crate::tui::model::Model;
use crate::tui::update::viewer::ViewerBox;
use crate::tui::view::theme::Role;
use crate::tui::view::{frame, layout, paint, text};

/// Columns and rows there are for a picture.
#[must_use]
pub fn room(model: &Model) -> (u16, u16) {
    let body = body(place(model));
    (body.width, body.height)
}

/// Over the panes: tabs, strip and footer stay in sight.
fn place(model: &Model) -> Rect {
    let areas = layout::areas(model);
    let top = areas.tabs.bottom();
    Rect::new(0, top, model.size.0, areas.strip.y.saturating_sub(top))
}

const fn body(area: Rect) -> Rect {
    let (width, height) = (area.width.saturating_sub(4), area.height.saturating_sub(2));
    Rect::new(area.x + 2, area.y + 1, width, height)
}

pub(super) fn draw(model: &Model, b: &ViewerBox, screen: Rect, buf: &mut Buffer) -> Caret {
    let theme = &model.theme;
    let area = place(model).intersection(screen);
    Clear.render(area, buf);
    let size = b.shown.as_ref().map(|s| format!("{} x {} pixels", s.pixels.0, s.pixels.1));
    let title = text::truncate(&text::line(&b.name), usize::from(area.width) / 2);
    let right = size.unwrap_or_default();
    frame::draw(area, buf, theme, frame::Kind::Focus, &title, &right);
    let body = body(area);
    let Some(shown) = &b.shown else {
        paint::put(buf, body, body.y, &Line::from(paint::span(theme, Role::Dim, "Reading it…")));
        return None;
    };
    let size = shown.drawn.size();
    let at = Rect::new(
        body.x + body.width.saturating_sub(size.width) / 2,
        body.y + body.height.saturating_sub(size.height) / 2,
        size.width,
        size.height,
    );
    Image::new(&shown.drawn).render(at.intersection(body), buf);
    None
}
