//! A new message to the desk: a title and what it is about.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::View;
use crate::tui::update::messenger::Field;
use crate::tui::view::text;
use crate::tui::view::theme::Role;

impl View<'_> {
    pub(super) fn compose(&self, area: Rect, buf: &mut Buffer) -> Option<Position> {
        self.put(buf, area, 1, 0, "‹ Back", Role::Accent);
        self.put(buf, area, 10, 0, "Send us a message", Role::Dim);
        if area.height < 11 {
            return None;
        }
        self.put(buf, area, 1, 2, "Title", self.label(Field::Title));
        let box_at =
            |y: u16, height: u16| Rect::new(area.x + 1, area.y + y, area.width - 2, height);
        let inner = self.card(box_at(3, 3), buf);
        let title = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
        let caret = self.title(title, buf);
        self.put(buf, area, 1, 6, "Message", self.label(Field::Body));
        let inner = self.card(box_at(7, area.height - 8), buf);
        let body = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
        let active = self.pane.field == Some(Field::Body);
        let body_caret = self.area_field(body, buf, &self.pane.body, active);
        if self.pane.is_sending() {
            self.put(buf, area, 1, area.height - 1, "sending", Role::Dim);
        } else if let Some(files) = self.attached(&self.pane.new_files) {
            self.put(buf, area, 1, area.height - 1, &files, Role::Accent);
        }
        caret.or(body_caret)
    }

    fn label(&self, field: Field) -> Role {
        if self.pane.field == Some(field) { Role::Strong } else { Role::Dim }
    }

    /// The title's end stays in sight while it is typed.
    fn title(&self, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let room = usize::from(area.width);
        let before = self.pane.title.before_caret();
        let whole = self.pane.title.text();
        let skip = (text::width(before) + 1).saturating_sub(room);
        let shown = text::skip(whole, skip);
        buf.set_stringn(area.x, area.y, &shown, room, self.style(Role::Text));
        let column = text::width(before).saturating_sub(skip);
        let x = area.x + u16::try_from(column).ok()?;
        (self.pane.field == Some(Field::Title)).then(|| Position::new(x, area.y))
    }
}
