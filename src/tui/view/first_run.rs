//! What an empty desk offers: three lines, no wizard.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::model::Model;
use crate::tui::update::first_run::FirstRunPane;
use crate::tui::view::theme::Role;
use crate::tui::view::{frame, paint, text};

/// Command, what it offers, and what comes of it.
const OFFERS: [(&str, &str, &str); 2] = [
    (
        "first.demo",
        "Look around with demo data",
        "A throwaway desk of lively tickets. No mail leaves it, and it is gone when you quit.",
    ),
    (
        "first.empty",
        "Open the empty desk",
        "Yours. {new} submits the first ticket, {settings} sets the Messenger's name and logo.",
    ),
];

/// Draws the box; gives where the cursor stands in it.
pub fn draw(
    model: &Model,
    pane: &FirstRunPane,
    screen: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let theme = &model.theme;
    let area = paint::centred(screen, 58, 15, buf);
    let inner = frame::draw(area, buf, theme, frame::Kind::Focus, "Welcome to deskbell", "");
    let body = Rect::new(inner.x + 2, inner.y + 1, inner.width.saturating_sub(4), inner.height - 1);
    let words = "This desk has no tickets yet.";
    paint::put(buf, body, body.y, &Line::styled(words, theme.style(Role::Strong)));
    let mut y = body.y + 2;
    let mut caret = None;
    for (i, (name, offer, about)) in OFFERS.into_iter().enumerate() {
        let marked = i == pane.row;
        let key = model.keymap.key(name).unwrap_or_default();
        let line = Line::from(vec![
            Span::raw(if marked { "▶ " } else { "  " }),
            Span::styled(format!("{key}  "), theme.style(Role::Key)),
            Span::styled(offer, theme.style(Role::Strong)),
        ]);
        paint::put(buf, body, y, &line);
        if marked {
            paint::tint(buf, Rect::new(body.x, y, body.width, 1), theme.style(Role::Selection));
            caret = Some((body.x, y));
        }
        let beside = Rect { x: body.x + 5, width: body.width.saturating_sub(5), ..body };
        let own = |name: &str| model.keymap.key(name).unwrap_or_else(|| name.to_owned());
        let about = about.replace("{new}", &own("ticket.new"));
        let about = about.replace("{settings}", &own("settings"));
        for words in text::wrap(&about, usize::from(beside.width)) {
            y += 1;
            paint::put(buf, beside, y, &Line::styled(words, theme.style(Role::Dim)));
        }
        y += 2;
    }
    let quit = Line::from(vec![
        Span::raw("  "),
        Span::styled(
            format!("{}  ", model.keymap.key("first.quit").unwrap_or_default()),
            theme.style(Role::Key),
        ),
        Span::styled("Quit", theme.style(Role::Text)),
    ]);
    paint::put(buf, body, y, &quit);
    caret
}

#[cfg(test)]
mod tests;
