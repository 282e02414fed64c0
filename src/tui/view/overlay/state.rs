//! The state box: at the left what can be chosen, at the right who is told, before the key that
//! does it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::domain::{Action, TicketState};
use crate::tui::consequence;
use crate::tui::model::Model;
use crate::tui::update::state::{self, StateBox};
use crate::tui::view::theme::Role;
use crate::tui::view::{frame, paint, text};

/// Columns of the left half.
const LEFT: u16 = 26;

pub(super) fn draw(
    model: &Model,
    b: StateBox,
    screen: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let theme = &model.theme;
    let view = model.ticket()?;
    let height = if screen.height >= 24 { 17 } else { 15 };
    let area = paint::centred(screen, 84, height, buf);
    let title = format!("Change state of {}", view.ticket.id);
    let title = if area.width >= 80 {
        format!("{title} {}", text::truncate(&view.ticket.title, 34))
    } else {
        title
    };
    let now = format!("now: {}", now_words(model));
    let inner = frame::draw(area, buf, theme, frame::Kind::Focus, &title, &now);
    let split = inner.x + LEFT;
    let feet = inner.bottom() - 2;
    for y in inner.y..feet {
        buf.set_string(split, y, "│", theme.style(Role::Border));
    }
    let left = Rect::new(inner.x, inner.y + 1, LEFT, feet - inner.y - 1);
    let mut cursor = None;
    for row in 0..state::ROWS {
        let y = left.y + u16::try_from(row).unwrap_or(0);
        let marked = row == b.row;
        let line = row_line(model, row, marked);
        paint::put(buf, left, y, &line);
        if marked {
            let place = Rect::new(left.x + 1, y, LEFT - 2, 1);
            paint::tint(buf, place, theme.style(Role::Selection));
            cursor = Some((left.x + 1, y));
        }
    }
    let right = Rect::new(
        split + 2,
        inner.y + 1,
        inner.right().saturating_sub(split + 2),
        feet - inner.y - 1,
    );
    let lines = outcome(model, b.row, usize::from(right.width));
    paint::put_all(buf, right, &lines);
    frame::rule(area, feet, buf, theme, frame::Kind::Focus, "");
    let again = format!("or {} again: {}", b.row + 1, deed(model, b.row));
    let keys = super::key_line(model, &[("state.do", &again), ("box.close", "")]);
    let place = Rect::new(inner.x + 1, feet + 1, inner.width - 1, 1);
    paint::put(buf, place, place.y, &keys);
    cursor
}

fn now_words(model: &Model) -> String {
    let Some(view) = model.ticket() else {
        return String::new();
    };
    let closed = !view.ticket.open && view.ticket.state != TicketState::Resolved;
    let tail = if closed { ", closed" } else { "" };
    format!("{}{tail}", view.ticket.state.label())
}

fn row_line(model: &Model, row: usize, marked: bool) -> Line<'static> {
    let theme = &model.theme;
    let view = model.ticket();
    let label = match TicketState::ALL.get(row) {
        Some(state) if view.is_some_and(|v| v.ticket.state == *state) => {
            format!("{} (now)", state.label())
        }
        Some(state) => state.label().to_owned(),
        None if view.is_some_and(|v| v.ticket.open) => "Close, not resolved".to_owned(),
        None => "Reopen".to_owned(),
    };
    let mark = if marked { "▶" } else { " " };
    Line::from(vec![
        Span::raw(" "),
        paint::span(theme, Role::Focus, mark),
        paint::span(theme, Role::Key, &(row + 1).to_string()),
        paint::span(theme, Role::Text, &format!(" {label}")),
    ])
}

/// What the key in the foot does.
fn deed(model: &Model, row: usize) -> String {
    let Some(action) = state::action(model, row) else {
        return String::new();
    };
    let told = match model.would(&action) {
        Some(Ok(decision)) => decision.plan().is_some_and(|p| !p.is_silent()),
        _ => return "nothing to do".into(),
    };
    let name = model.customer();
    match (&action, told) {
        (Action::SetState(s), true) => format!("{}, tell {name}", s.label()),
        (Action::SetState(s), false) => format!("{}, tell nobody", s.label()),
        (Action::Close, _) => "close in silence".into(),
        _ => "reopen in silence".into(),
    }
}

fn outcome(model: &Model, row: usize, columns: usize) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let Some(action) = state::action(model, row) else {
        return Vec::new();
    };
    let decision = match model.would(&action) {
        Some(Ok(decision)) => decision,
        Some(Err(refusal)) => {
            let words = text::wrap(&refusal.to_string(), columns);
            return words.into_iter().map(|l| Line::styled(l, theme.style(Role::Dim))).collect();
        }
        None => return Vec::new(),
    };
    let view = model.ticket();
    let contact = view.and_then(|v| v.contact.as_ref());
    let mut told = consequence::of(&decision, contact, model.mail_leaves(), model.now);
    if let Some(remark) = stays_due(model) {
        told.remarks.push(remark);
    }
    super::consequence_lines(theme, &told, columns)
}

/// N16, N3: mail of an earlier reply is not recalled by any of this.
fn stays_due(model: &Model) -> Option<String> {
    let view = model.ticket()?;
    let waits = view.waiting_replies(model.now);
    let due = waits.into_iter().find(|d| view.held_back(d).is_none())?.due_at?;
    Some(match model.mail_leaves() {
        true => {
            format!("The reply's email, due in {}, stays due.", text::countdown(due - model.now))
        }
        false => "The reply's email stays due.".to_owned(),
    })
}
