//! A mail as its reader will see it, before it goes: headers, then the text part. Says that the
//! HTML part says the same, and when the mail goes; never shows what is not in the mail.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::mail::Readable;
use crate::tui::model::Model;
use crate::tui::update::letter::LetterPane;
use crate::tui::update::overlay::Overlay;
use crate::tui::view::theme::Role;
use crate::tui::view::{frame, ledger, paint, text};

/// Columns of the headers' names.
const LABEL: usize = 9;
/// The widest the text becomes: a mail is read in lines of about this many letters.
const WIDEST: u16 = 84;

/// Draws the box; gives where the caret stands in it.
pub fn draw(
    model: &Model,
    pane: &LetterPane,
    screen: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let theme = &model.theme;
    let area = ledger::place(model, screen);
    let title = format!("Email of {}, as it will look", pane.ticket);
    let lines = lines(model, pane);
    let rows = page(model);
    let more = match (pane.top > 0, pane.top + rows < lines.len()) {
        (false, false) => "not sent yet",
        (true, true) => "↑ ↓ more",
        (true, false) => "↑ more",
        (false, true) => "↓ more",
    };
    ratatui::widgets::Widget::render(ratatui::widgets::Clear, area, buf);
    let inner = frame::draw(area, buf, theme, frame::Kind::Focus, &title, more);
    let body = Rect::new(inner.x + 1, inner.y, inner.width.saturating_sub(2), inner.height);
    for (y, line) in (body.y..body.bottom()).zip(lines.iter().skip(pane.top)) {
        paint::put(buf, body, y, line);
    }
    Some((body.x, body.y))
}

/// Rows the box has for the mail.
#[must_use]
pub fn page(model: &Model) -> usize {
    usize::from(inside(model).height).max(1)
}

/// The most lines that can stand above the first one shown.
#[must_use]
pub fn last_top(model: &Model) -> usize {
    model.overlays.iter().fold(0, |last, overlay| match overlay {
        Overlay::Letter(pane) => lines(model, pane).len().saturating_sub(page(model)),
        _ => last,
    })
}

fn inside(model: &Model) -> Rect {
    let screen = Rect::new(0, 0, model.size.0, model.size.1);
    let area = ledger::place(model, screen);
    Rect::new(area.x, area.y, area.width.saturating_sub(4), area.height.saturating_sub(2))
}

fn lines(model: &Model, pane: &LetterPane) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let Some(mail) = &pane.mail else {
        return vec![Line::styled("Composing it…", theme.style(Role::Dim))];
    };
    let width = usize::from(inside(model).width.min(WIDEST));
    let mut lines = Vec::new();
    let mut header = |name: &str, words: &str, role: Role| {
        let wrapped = text::wrap(words, width.saturating_sub(LABEL).max(8));
        for (at, words) in wrapped.into_iter().enumerate() {
            let name = if at == 0 { name } else { "" };
            lines.push(Line::from(vec![
                Span::styled(text::pad(name, LABEL), theme.style(Role::Dim)),
                Span::styled(words, theme.style(role)),
            ]));
        }
    };
    let Readable { from, to, subject, date, text: body } = mail.as_ref();
    header("From", from, Role::Text);
    header("To", to, Role::Text);
    header("Subject", subject, Role::Strong);
    if let Some(date) = date {
        header("Date", &format!("{}", date.format("%-d %b %Y, %H:%M:%S UTC")), Role::Text);
    }
    lines.push(Line::styled("─".repeat(width), theme.style(Role::Dim)));
    for line in body.lines() {
        let role = if line.starts_with('>') { Role::Dim } else { Role::Text };
        let wrapped = text::wrap(line, width);
        if wrapped.is_empty() {
            lines.push(Line::default());
        }
        lines.extend(wrapped.into_iter().map(|l| Line::styled(l, theme.style(role))));
    }
    lines.push(Line::styled("─".repeat(width), theme.style(Role::Dim)));
    let remark = "The HTML part says the same, under the logo. A further reply may still join it.";
    lines.extend(
        text::wrap(remark, width).into_iter().map(|l| Line::styled(l, theme.style(Role::Dim))),
    );
    lines
}
