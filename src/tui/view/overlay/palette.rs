//! The command palette: commands that fit, with their keys, or why they are off.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::tui::commands::COMMANDS;
use crate::tui::model::Model;
use crate::tui::update::palette::{self, Palette};
use crate::tui::view::theme::Role;
use crate::tui::view::{frame, paint, text};

pub(super) fn draw(
    model: &Model,
    p: &Palette,
    screen: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let theme = &model.theme;
    let found = palette::matches(model, p.typed.text());
    let home = palette::home(model);
    let all = COMMANDS.iter().filter(|c| c.works_in(home)).count();
    let area = super::boxed(model, screen, 66, 20, buf);
    let right = format!("{} of {all}", found.len());
    let inner = frame::draw(area, buf, theme, frame::Kind::Focus, "Commands", &right);
    let body = Rect::new(inner.x + 1, inner.y, inner.width.saturating_sub(2), inner.height);
    let caret = paint::field(buf, body, body.y, theme, "> ", &p.typed, true);
    frame::rule(area, body.y + 1, buf, theme, frame::Kind::Focus, "");
    let rows = usize::from(body.height.saturating_sub(6));
    let from = (p.row + 1).saturating_sub(rows);
    for (at, spec) in found.iter().enumerate().skip(from).take(rows) {
        let y = body.y + 2 + u16::try_from(at - from).unwrap_or(0);
        let marked = at == p.row;
        let reason = (spec.disabled)(model);
        let role = if reason.is_some() { Role::Dim } else { Role::Text };
        let mark = if marked { "▶ " } else { "  " };
        let left = Line::from(vec![
            paint::span(theme, Role::Focus, mark),
            paint::span(theme, role, spec.label),
            paint::span(theme, Role::Dim, &format!("  {}", spec.name)),
        ]);
        let right = match &reason {
            Some(reason) => paint::span(theme, Role::Dim, &text::truncate(reason, 34)),
            None => {
                let key = model.keymap.key(spec.name).unwrap_or_default();
                paint::span(theme, Role::Key, &key)
            }
        };
        let line = paint::spread(left, Line::from(right), usize::from(body.width));
        paint::put(buf, body, y, &line);
        if marked {
            let place = Rect::new(body.x, y, body.width, 1);
            paint::tint(buf, place, theme.style(Role::Selection));
        }
    }
    let foot = body.bottom().saturating_sub(4);
    frame::rule(area, foot, buf, theme, frame::Kind::Focus, "");
    let mut words = Vec::new();
    match found.get(p.row) {
        Some(spec) => {
            let reason = (spec.disabled)(model);
            let about = match (&reason, spec.consequence) {
                (Some(reason), _) => format!("{} Off now: {reason}", spec.description),
                (None, Some(consequence)) => format!("{} {consequence}", spec.description),
                (None, None) => spec.description.to_owned(),
            };
            words.extend(text::wrap(&about, usize::from(body.width)));
        }
        None => words.push("No command has these letters.".into()),
    }
    let about = Rect::new(body.x, foot + 1, body.width, 3);
    for (y, words) in (about.y..).zip(words) {
        paint::put(buf, about, y, &Line::styled(words, theme.style(Role::Text)));
    }
    Some(caret)
}
