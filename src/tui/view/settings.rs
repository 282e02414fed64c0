//! The Messenger settings: what customers see, and what of it can be changed.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::message::LogoFacts;
use crate::tui::model::Model;
use crate::tui::update::settings::{Field, SettingsPane};
use crate::tui::view::theme::Role;
use crate::tui::view::{frame, overlay, paint, text};

/// Columns of the labels.
const LABEL: usize = 10;

/// Draws the form; gives where the caret stands.
pub fn draw(
    model: &Model,
    pane: &SettingsPane,
    screen: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let theme = &model.theme;
    let area = overlay::boxed(model, screen, 72, 17, buf);
    let saving = if pane.saving { "saving" } else { "" };
    let inner = frame::draw(area, buf, theme, frame::Kind::Focus, "Messenger settings", saving);
    let body = Rect::new(inner.x + 1, inner.y + 1, inner.width.saturating_sub(2), inner.height - 1);
    let label = |words: &str| text::pad(words, LABEL);
    let hint = |buf: &mut Buffer, y: u16, words: &str| {
        let words = format!("{}{words}", " ".repeat(LABEL));
        paint::put(buf, body, body.y + y, &Line::from(span(model, Role::Dim, &words)));
    };
    let on = |field: Field| pane.field == field;
    let name = paint::field(buf, body, body.y, theme, &label("Name"), &pane.name, on(Field::Name));
    hint(buf, 1, "Heads the Messenger and every mail; up to 100 characters.");
    let now = Line::from(vec![
        span(model, Role::Dim, &label("Logo now")),
        span(model, Role::Text, &logo_words(pane)),
    ]);
    paint::put(buf, body, body.y + 3, &now);
    let logo =
        paint::field(buf, body, body.y + 5, theme, &label("New logo"), &pane.logo, on(Field::Logo));
    hint(buf, 6, "PNG, JPEG or GIF; at most 512 KB, 2000 x 2000 pixels.");
    let fixed = "Every mail to a customer is made from one fixed template. No setting changes it: \
                 its logo is the one above.";
    let mut y = body.y + 8;
    for words in text::wrap(fixed, usize::from(body.width)) {
        paint::put(buf, body, y, &Line::from(span(model, Role::Text, &words)));
        y += 1;
    }
    if let Some(trouble) = &pane.trouble {
        y += 1;
        for words in text::wrap(trouble, usize::from(body.width)) {
            paint::put(buf, body, y, &Line::from(span(model, Role::Danger, &words)));
            y += 1;
        }
    }
    Some(if pane.field == Field::Name { name } else { logo })
}

fn span(model: &Model, role: Role, words: &str) -> Span<'static> {
    Span::styled(words.to_owned(), model.theme.style(role))
}

/// `PNG, 12 KB, 320 x 120 pixels`
fn logo_words(pane: &SettingsPane) -> String {
    match &pane.saved {
        None => "…".into(),
        Some((_, None)) => "deskbell's own bell".into(),
        Some((_, Some(LogoFacts { mime, bytes, width, height }))) => {
            let kind = mime.rsplit('/').next().unwrap_or(mime).to_uppercase();
            let size = match bytes {
                0..1024 => format!("{bytes} bytes"),
                _ => format!("{} KB", bytes.div_ceil(1024)),
            };
            format!("{kind}, {size}, {width} x {height} pixels")
        }
    }
}

#[cfg(test)]
mod tests;
