//! Draws the model. Changes nothing: what it must know of sizes comes from `layout`, which
//! `update` asks too.

pub mod arrival;
pub mod composer;
pub mod delivery;
pub mod feet;
pub mod first_run;
pub mod frame;
pub mod header;
pub mod help;
pub mod inbox;
pub mod layout;
pub mod ledger;
pub mod letter;
pub mod mail_facts;
pub mod messenger;
pub mod overlay;
pub mod paint;
pub mod quarantine;
pub mod settings;
pub mod text;
pub mod theme;
pub mod thread;

#[cfg(test)]
pub(crate) mod picture;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

use crate::tui::model::{Focus, Model};
use crate::tui::view::theme::Role;

/// Draws one frame.
pub fn draw(model: &Model, frame: &mut Frame<'_>) {
    let screen = frame.area();
    let size = (screen.width, screen.height);
    if layout::too_small(size) || size != model.size {
        too_small(model, frame, screen);
        return;
    }
    let areas = layout::areas(model);
    let buf = frame.buffer_mut();
    header::draw(model, &areas, buf);
    let mut caret = None;
    if let Some(area) = areas.list {
        caret = inbox::draw(model, area, buf);
    }
    if areas.has_thread {
        let at = thread::draw(model, areas.thread, buf);
        if model.focus == Focus::Thread {
            caret = at;
        }
    }
    if let Some(area) = areas.messenger {
        let focused = model.focus == Focus::Messenger && model.composer.is_none();
        let at = messenger::draw(model, area, buf, focused);
        if model.focus == Focus::Messenger {
            caret = at;
        }
    }
    if let Some(area) = areas.composer {
        caret = composer::draw(model, area, buf);
    }
    feet::draw(model, &areas, buf);
    if let Some(at) = overlay::draw(model, screen, buf) {
        caret = at;
    }
    // The terminal's own cursor stands where the keys go, for screen readers and magnifiers.
    if let Some((x, y)) = caret {
        frame.set_cursor_position(Position::new(
            x.min(screen.width.saturating_sub(1)),
            y.min(screen.height.saturating_sub(1)),
        ));
    }
}

fn too_small(model: &Model, frame: &mut Frame<'_>, screen: Rect) {
    let (w, h) = layout::SMALLEST;
    let lines: Vec<String> = [
        format!("deskbell needs {w}x{h}, this is {}x{}", screen.width, screen.height),
        "Make the window larger, or press q to quit.".to_owned(),
    ]
    .iter()
    .flat_map(|words| text::wrap(words, usize::from(screen.width).max(8)))
    .collect();
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let top = screen.y + screen.height.saturating_sub(rows) / 2;
    for (y, line) in (top..screen.bottom()).zip(lines) {
        let line = Line::from(paint::span(&model.theme, Role::Text, &line));
        paint::put(frame.buffer_mut(), screen, y, &line);
    }
}
