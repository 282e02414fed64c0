//! The lines below the panes: what the customer has now, the toast, and the keys that work here.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::domain::Category;
use crate::tui::commands;
use crate::tui::consequence;
use crate::tui::model::{Model, ToastKind};
use crate::tui::update::overlay::Overlay;
use crate::tui::view::layout::{self, Areas, Shape};
use crate::tui::view::theme::Role;
use crate::tui::view::{delivery, header, mail_facts, paint, text};

pub fn draw(model: &Model, areas: &Areas, buf: &mut Buffer) {
    if areas.toast != areas.strip || model.toast.is_none() {
        // The tabs of a narrow screen leave no room for what waits in quarantine.
        let held = header::held(model, false).filter(|_| layout::shape(model.size) == Shape::One);
        let held = held.map(|words| paint::span(&model.theme, Role::Warn, &words));
        let right = Line::from(held.into_iter().collect::<Vec<_>>());
        let line = paint::spread(Line::from(strip(model)), right, areas.strip.width.into());
        paint::put(buf, areas.strip, areas.strip.y, &line);
    }
    toast(model, areas.toast, buf);
    footer(model, areas.footer, buf);
}

/// What the customer has right now on their side, and what is still to come.
fn strip(model: &Model) -> Vec<Span<'static>> {
    let theme = &model.theme;
    // Beside the mail in quarantine the marked ticket is out of sight, and so is its customer.
    let aside = model.overlays.iter().any(|o| matches!(o, Overlay::Quarantine(_)));
    let Some(view) = model.ticket().filter(|_| !aside) else {
        return Vec::new();
    };
    let id = view.ticket.id;
    if view.ticket.category == Category::Tracker {
        let words = format!(" Customers who can see {id}: none, ever");
        return vec![paint::span(theme, Role::Tracker, &words)];
    }
    let Some(contact) = &view.contact else {
        let words = format!(" {id} has no customer: nobody outside the team can see it");
        return vec![paint::span(theme, Role::Internal, &words)];
    };
    let name = &text::name(contact.first_name());
    if let Some(words) = after_sending(model, name) {
        return vec![paint::span(theme, Role::Customer, &format!(" {words}"))];
    }
    if view.ticket.as_shared().is_none() {
        let words = format!(" {name} cannot see {id}");
        return vec![paint::span(theme, Role::Internal, &words)];
    }
    let wide = model.size.0 >= 80;
    let next = view.next_mail().and_then(|d| d.due_at);
    let waits_for_server = next.is_some() && !model.mail_leaves();
    let mut facts = Vec::new();
    facts.extend(mail_facts::stopped_in_short(model, view));
    if let Some(shown) = model.messenger.shown() {
        facts.push(if shown.badge > 0 { "badge on".to_owned() } else { "badge off".to_owned() });
        match shown.recent_tickets.iter().position(|t| t.id == id) {
            // A narrow line has room for what is unusual only.
            Some(0) if !wide => {}
            Some(0) if waits_for_server && model.size.0 < 110 => {
                facts.push("first in Recent".into())
            }
            Some(0) => facts.push("first in Recent tickets".into()),
            Some(at) => facts.push(format!("number {} in Recent tickets", at + 1)),
            None => {}
        }
    }
    let unseen = view
        .parts
        .iter()
        .filter(|p| p.visible && p.badge && p.withdrawn_at.is_none())
        .filter(|p| view.seen_at.is_none_or(|seen| p.at > seen))
        .count();
    facts.push(match unseen {
        0 => "nothing unseen".into(),
        n => format!("{n} unseen"),
    });
    match next {
        Some(_) if waits_for_server => facts.push(format!("email {}", consequence::ONCE_IT_LEAVES)),
        Some(due) => facts.push(format!("email {}", delivery::in_words(due, model.now))),
        None => facts.push("no email waiting".into()),
    }
    vec![
        paint::span(theme, Role::Customer, &format!(" {name} now: ")),
        paint::span(theme, Role::Text, &facts.join(" · ")),
    ]
}

/// While something is being written: what sending it changes for the customer.
fn after_sending(model: &Model, name: &str) -> Option<String> {
    let composer = model.composer.as_ref()?;
    let decided = model.would(&composer.action("…".into(), Vec::new()))?;
    Some(match decided {
        Err(refusal) => refusal.to_string(),
        Ok(decision) => match consequence::told_in_short(&decision, model.mail_leaves(), model.now)
        {
            // A narrow line has room for the facts or for the longer words.
            Some(told) if model.size.0 < 80 => format!("{name} then: {told}"),
            Some(told) => format!("{name} after sending: {told}"),
            None => format!("{name} after saving: exactly as now"),
        },
    })
}

fn toast(model: &Model, area: Rect, buf: &mut Buffer) {
    let theme = &model.theme;
    let Some(toast) = &model.toast else { return };
    let (sign, role) = match toast.kind {
        ToastKind::Done => ("✓", Role::Ok),
        ToastKind::Info => ("·", Role::Accent),
        ToastKind::Trouble => ("×", Role::Danger),
    };
    let left = Line::from(vec![
        paint::span(theme, role, &format!(" {sign} ")),
        paint::span(theme, Role::Text, &toast.text),
    ]);
    let right = match model.undo_until() {
        Some(until) => {
            let key = model.keymap.key("ticket.undo").unwrap_or_default();
            let rest = text::countdown(until - model.now);
            let room = usize::from(area.width).saturating_sub(paint::width(&left) + 1);
            // What was told is never cut for the sake of a longer hint.
            let hints = [format!(" takes it back ({rest}) "), format!(" undoes ({rest}) ")];
            let fits = |hint: &String| text::width(&key) + text::width(hint) <= room;
            let hint = hints.into_iter().find(fits).unwrap_or_else(|| format!(" ({rest}) "));
            Line::from(vec![
                paint::span(theme, Role::Key, &key),
                paint::span(theme, Role::Text, &hint),
            ])
        }
        None => Line::default(),
    };
    paint::put(buf, area, area.y, &paint::spread(left, right, usize::from(area.width)));
}

/// The keys that work here now, as many as fit.
fn footer(model: &Model, area: Rect, buf: &mut Buffer) {
    let theme = &model.theme;
    let mut spans = vec![Span::raw(" ")];
    let mut used = 1;
    let hints: Vec<_> = commands::footer(model)
        .into_iter()
        .map(|(key, spec)| {
            let label = label(model, spec);
            let columns = text::width(&key) + text::width(&label) + 3;
            (key, label, columns, spec)
        })
        .collect();
    // Help and the way out are never crowded out.
    let is_last = |name: &str| {
        let (place, what) = name.split_once('.').unwrap_or((name, ""));
        matches!(place, "help" | "quit") || matches!(what, "close" | "back" | "quit")
    };
    let mut kept: usize = hints.iter().filter(|h| is_last(h.3.name)).map(|h| h.2).sum();
    for (key, label, columns, spec) in hints {
        if is_last(spec.name) {
            kept -= columns;
        }
        if used + columns + kept > usize::from(area.width) + 2 {
            continue;
        }
        used += columns;
        spans.push(paint::span(theme, Role::Key, &key));
        spans.push(paint::span(theme, Role::Text, &format!(" {label}  ")));
    }
    paint::put(buf, area, area.y, &Line::from(spans));
}

/// The registry's word, made exact where one word would not be.
fn label(model: &Model, spec: &commands::Spec) -> String {
    let unshares = model.ticket().is_some_and(|v| v.ticket.shared);
    let note = model.composer.as_ref().is_some_and(|c| !c.is_reply());
    match spec.name {
        "ticket.share" if unshares => "Unshare".into(),
        "share.do" if unshares => "Unshare".into(),
        "composer.send" if note => "Save note".into(),
        "composer.switch" if note => "Make it a reply…".into(),
        "composer.switch" => "Make it a note".into(),
        "ticket.state" | "ticket.share" | "ticket.assign" => format!("{}…", spec.label),
        _ => spec.label.to_owned(),
    }
}
