//! The list of a ticket's files: name, size and type, whose each is, and who sees it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{Caret, boxes};
use crate::domain::attachment::size_in_words;
use crate::tui::model::Model;
use crate::tui::update::files::{FileRow, FilesBox, rows};
use crate::tui::view::theme::Role;
use crate::tui::view::{frame, paint, text};

pub(super) fn draw(model: &Model, b: FilesBox, screen: Rect, buf: &mut Buffer) -> Caret {
    let theme = &model.theme;
    let view = model.ticket()?;
    let files = rows(view);
    let height = u16::try_from(files.len()).unwrap_or(10).min(12) + 4;
    let area = paint::centred(screen, 96, height, buf);
    let title = format!("Files of {}", view.ticket.id);
    let right = text::count(files.len(), "file");
    let inner = frame::draw(area, buf, theme, frame::Kind::Focus, &title, &right);
    let body = Rect::new(
        inner.x + 1,
        inner.y + 1,
        inner.width.saturating_sub(2),
        inner.height.saturating_sub(2),
    );
    let columns = usize::from(body.width).saturating_sub(2);
    let shared = view.ticket.as_shared().is_some();
    let lines = files
        .iter()
        .map(|FileRow { part, file, .. }| {
            let seen = shared && part.visible && part.withdrawn_at.is_none();
            let (who, role) = match seen {
                true => ("customer sees it", Role::Customer),
                false => ("team only", Role::Internal),
            };
            let inline = if file.inline { " inline" } else { "" };
            let size = size_in_words(file.size);
            let by = format!(
                "{} {}",
                text::name(part.author.first_name()),
                text::moment(model.now, part.at)
            );
            // Where there is no room, type and author go before the name does.
            let abouts = [
                format!("{size} {}{inline}  {by}  {who}", file.mime),
                format!("{size}{inline}  {by}  {who}"),
                format!("{size}{inline}  {who}"),
            ];
            let name = text::line(&file.name);
            let fits = |about: &&String| {
                text::width(&name) + text::width(about) + 2 <= columns || about.len() * 2 < columns
            };
            let about = abouts.iter().find(fits).or(abouts.last()).cloned().unwrap_or_default();
            let room = columns.saturating_sub(text::width(&about) + 2);
            let left = Line::from(paint::span(theme, Role::Text, &text::truncate(&name, room)));
            let right = Line::from(paint::span(theme, role, &about));
            paint::spread(left, right, columns)
        })
        .collect();
    boxes::rows(model, lines, b.row, body, buf)
}
