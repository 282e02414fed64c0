//! The share box: what becomes visible, what stays with the team, who is told. Its marked row
//! changes nothing.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::desk::view::TicketView;
use crate::domain::Event;
use crate::tui::consequence;
use crate::tui::model::Model;
use crate::tui::update::share::ShareBox;
use crate::tui::view::theme::Role;
use crate::tui::view::{frame, paint, text};

pub(super) fn draw(
    model: &Model,
    b: ShareBox,
    screen: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let theme = &model.theme;
    let view = model.ticket()?;
    let name = model.customer();
    let area = super::boxed(model, screen, 84, 21, buf);
    let title = if b.unshare {
        format!("End sharing {} with {name}?", view.ticket.id)
    } else {
        format!("Share {} with {name}?", view.ticket.id)
    };
    let inner = frame::draw(area, buf, theme, frame::Kind::Focus, &title, "back-office ticket");
    let feet = inner.bottom().saturating_sub(3);
    let body = Rect::new(inner.x + 2, inner.y, inner.width.saturating_sub(4), feet - inner.y);
    let lines = body_lines(model, view, b, usize::from(body.width));
    let lines = fit(lines, usize::from(body.height));
    paint::put_all(buf, body, &lines);
    frame::rule(area, feet, buf, theme, frame::Kind::Focus, "");
    let go = model.keymap.key("share.do").unwrap_or_default();
    let (keep, act) = if b.unshare {
        ("Keep it shared".to_owned(), format!("End sharing ({go} again)"))
    } else {
        (
            "Keep it internal".to_owned(),
            format!("Share and tell {name} ({go} again; u takes it back)"),
        )
    };
    let place = Rect::new(inner.x + 1, feet + 1, inner.width.saturating_sub(2), 2);
    let rows = [("▶", "Esc".to_owned(), keep), (" ", go, act)];
    for (y, (mark, key, words)) in (place.y..).zip(rows) {
        let line = Line::from(vec![
            paint::span(theme, Role::Focus, &format!("{mark} ")),
            ratatui::text::Span::styled(text::pad(&key, 5), theme.style(Role::Key)),
            paint::span(theme, Role::Text, &words),
        ]);
        paint::put(buf, place, y, &line);
    }
    let marked = Rect::new(place.x, place.y, place.width, 1);
    paint::tint(buf, marked, theme.style(Role::Selection));
    Some((place.x, place.y))
}

/// Leaves out blank lines where the box is low.
fn fit(mut lines: Vec<Line<'static>>, height: usize) -> Vec<Line<'static>> {
    while lines.len() > height {
        match lines.iter().rposition(|l| paint::width(l) == 0) {
            Some(at) => {
                lines.remove(at);
            }
            None => break,
        }
    }
    lines
}

fn body_lines(model: &Model, view: &TicketView, b: ShareBox, columns: usize) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let plain = |words: &str, role: Role| Line::from(paint::span(theme, role, words));
    let decision = match model.would(&b.action()) {
        Some(Ok(decision)) => decision,
        Some(Err(refusal)) => {
            return text::wrap(&refusal.to_string(), columns)
                .into_iter()
                .map(|l| Line::styled(l, theme.style(Role::Danger)))
                .collect();
        }
        None => return Vec::new(),
    };
    let told = consequence::of(&decision, view.contact.as_ref(), model.mail_leaves(), model.now);
    if b.unshare {
        let mut out = vec![Line::default(), plain("IT IS WITHDRAWN", Role::Internal)];
        let visible = view.parts.iter().filter(|p| p.visible && p.withdrawn_at.is_none()).count();
        let name = model.customer();
        let messages = match visible {
            1 => "1 entry of the thread leaves".to_owned(),
            n => format!("{n} entries of the thread leave"),
        };
        out.extend([
            plain(&format!("× {messages} {name}'s Messenger"), Role::Text),
            plain("× Recent tickets no longer lists it; the badge is counted anew", Role::Text),
            plain(&held_back(view), Role::Text),
            Line::default(),
            plain("What was emailed already cannot be called back.", Role::Dim),
        ]);
        return out;
    }
    let notes = view.parts.iter().filter(|p| p.event == Event::Note).count();
    let half = columns / 2;
    let title = text::truncate(&view.ticket.title, half.saturating_sub(12).max(8));
    let rows = [
        (
            format!("✓ Title \"{title}\""),
            format!("░ {}, now and later", text::count(notes, "note")),
        ),
        (
            format!("✓ State {}", view.ticket.state.customer_label()),
            "░ Assignee, tags, priority".to_owned(),
        ),
        ("✓ Replies written after this".to_owned(), "░ What happened until now".to_owned()),
        ("✓ State changes after this".to_owned(), "░ Links to other tickets".to_owned()),
    ];
    let mut out = vec![
        Line::default(),
        Line::from(vec![
            ratatui::text::Span::styled(
                text::pad("BECOMES VISIBLE", half),
                theme.style(Role::Customer),
            ),
            paint::span(theme, Role::Internal, "STAYS WITH THE TEAM"),
        ]),
    ];
    out.extend(rows.into_iter().map(|(left, right)| {
        Line::from(vec![
            ratatui::text::Span::styled(
                format!("{} ", text::pad(&left, half.saturating_sub(1))),
                theme.style(Role::Text),
            ),
            paint::span(theme, Role::Dim, &right),
        ])
    }));
    out.push(Line::default());
    out.extend(super::consequence_lines(theme, &told, columns));
    out.push(Line::default());
    let check = format!("Check the title: {} will read it.", model.customer());
    out.push(Line::from(vec![
        paint::span(theme, Role::Warn, &check),
        paint::span(theme, Role::Key, "  e"),
        paint::span(theme, Role::Text, " renames it first"),
    ]));
    out
}

fn held_back(view: &TicketView) -> String {
    match view.next_mail() {
        Some(_) => "× The email that waits is held back".into(),
        None => "× No email is waiting".into(),
    }
}
