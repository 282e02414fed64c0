//! The boxes over the panes. Each says what it would do before the key that does it.

mod boxes;
mod confirm;
mod files;
mod new_ticket;
mod palette;
mod share;
mod state;
mod viewer;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::tui::commands;
use crate::tui::consequence::Consequence;
use crate::tui::model::Model;
use crate::tui::update::files::rows as rows_of_files;
use crate::tui::update::overlay::Overlay;
use crate::tui::update::{assign, palette as palettes, state as states};
use crate::tui::view::theme::{Role, Theme};
use crate::tui::view::{
    arrival, first_run, help, layout, ledger, letter, paint, quarantine, settings, text,
};

pub use viewer::room as room_of_picture;

/// Where the cursor is to stand; None inside when a box has no place for it.
type Caret = Option<(u16, u16)>;

/// Draws the boxes, the lowest first, then the keys after a leader. None when there is no box.
pub fn draw(model: &Model, screen: Rect, buf: &mut Buffer) -> Option<Caret> {
    let mut caret = None;
    for overlay in &model.overlays {
        caret = Some(match overlay {
            Overlay::State(b) => state::draw(model, *b, screen, buf),
            Overlay::Share(b) => share::draw(model, *b, screen, buf),
            Overlay::Assign(b) => boxes::assign(model, b, screen, buf),
            Overlay::Prompt(b) => boxes::prompt(model, b, screen, buf),
            Overlay::Palette(b) => palette::draw(model, b, screen, buf),
            Overlay::NewTicket(form) => new_ticket::draw(model, form, screen, buf),
            Overlay::Confirm(question) => confirm::draw(model, *question, screen, buf),
            Overlay::Drafts(b) => boxes::drafts(model, *b, screen, buf),
            Overlay::Files(b) => files::draw(model, *b, screen, buf),
            Overlay::Viewer(b) => viewer::draw(model, b, screen, buf),
            Overlay::Ledger(pane) => ledger::draw(model, pane, screen, buf),
            Overlay::Letter(pane) => letter::draw(model, pane, screen, buf),
            Overlay::Quarantine(pane) => quarantine::draw(model, pane, screen, buf),
            Overlay::Arrival(pane) => arrival::draw(model, pane, screen, buf),
            Overlay::Help(pane) => help::draw(model, pane, screen, buf),
            Overlay::Settings(pane) => settings::draw(model, pane, screen, buf),
            Overlay::FirstRun(pane) => first_run::draw(model, pane, screen, buf),
        });
    }
    if let Some(leader) = model.leader.filter(|l| l.show_at <= model.now) {
        boxes::leader(model, leader.key, screen, buf);
    }
    caret
}

/// A box in the middle that leaves the lines at the foot in sight: there stand the keys, and why
/// something was refused.
pub(super) fn boxed(
    model: &Model,
    screen: Rect,
    width: u16,
    height: u16,
    buf: &mut Buffer,
) -> Rect {
    paint::centred_above(screen, layout::areas(model).strip.y, width, height, buf)
}

/// How many rows the top box has to choose from.
#[must_use]
pub fn choices(model: &Model) -> usize {
    match model.overlays.last() {
        Some(Overlay::State(_)) => states::ROWS,
        Some(Overlay::Assign(b)) => assign::choices(model, b.typed.text()).len(),
        Some(Overlay::Palette(p)) => palettes::matches(model, p.typed.text()).len(),
        Some(Overlay::Drafts(_)) => model.drafts.len(),
        Some(Overlay::Files(_)) => model.ticket().map_or(0, |v| rows_of_files(v).len()),
        _ => 0,
    }
}

/// The headline and a line for each channel, wrapped to `columns`.
fn consequence_lines(theme: &Theme, told: &Consequence, columns: usize) -> Vec<Line<'static>> {
    let role = if told.silent { Role::Internal } else { Role::Customer };
    let mut headline = paint::span(theme, role, &told.headline);
    headline.style = headline.style.add_modifier(ratatui::style::Modifier::BOLD);
    let mut out = vec![Line::from(headline), Line::default()];
    for line in &told.lines {
        let (sign, role) = if line.yes { ("✓", Role::Ok) } else { ("×", Role::Dim) };
        let words = text::wrap(&line.words, columns.saturating_sub(10));
        for (at, words) in words.into_iter().enumerate() {
            let head = if at == 0 { text::pad(line.channel, 8) } else { " ".repeat(8) };
            let sign = if at == 0 { sign } else { " " };
            out.push(Line::from(vec![
                paint::span(theme, role, &format!("{sign} ")),
                ratatui::text::Span::styled(head, theme.style(Role::Strong)),
                ratatui::text::Span::styled(words, theme.style(Role::Text)),
            ]));
        }
    }
    if !told.remarks.is_empty() {
        out.push(Line::default());
    }
    for remark in &told.remarks {
        out.extend(
            text::wrap(remark, columns)
                .into_iter()
                .map(|l| Line::styled(l, theme.style(Role::Text))),
        );
    }
    out
}

/// "Enter Do it   Esc Leave as it is": a box's own keys, from the registry.
fn key_line(model: &Model, pairs: &[(&str, &str)]) -> Line<'static> {
    let theme = &model.theme;
    let mut spans = Vec::new();
    for (name, words) in pairs {
        let key = model.keymap.key(name).unwrap_or_default();
        let known = commands::by_name(name).map_or("", |c| c.label);
        let words = if words.is_empty() { known } else { words };
        spans.push(paint::span(theme, Role::Key, &key));
        spans.push(paint::span(theme, Role::Text, &format!(" {words}")));
        spans.push(ratatui::text::Span::raw("   "));
    }
    Line::from(spans)
}
