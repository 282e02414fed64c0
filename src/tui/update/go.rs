//! Going places: panes, tabs, tickets by number. Never changes a ticket.

use crate::domain::TicketId;
use crate::tui::keys::Key;
use crate::tui::message::Command;
use crate::tui::model::{Focus, Model, Tab, ToastKind};
use crate::tui::update::{inbox, prompt, thread};
use crate::tui::view::layout::{self, Shape};

/// The next pane, or the one before.
pub fn pane(model: &mut Model, by: isize) -> Vec<Command> {
    let panes: &[Focus] = match layout::shape(model.size) {
        _ if layout::is_tracker(model) => &[Focus::List, Focus::Thread],
        Shape::Three | Shape::One => &[Focus::List, Focus::Thread, Focus::Messenger],
        Shape::Two if model.messenger_for_list => &[Focus::Messenger, Focus::Thread],
        Shape::Two => &[Focus::List, Focus::Thread],
    };
    let count = isize::try_from(panes.len()).unwrap_or(1);
    let at = panes.iter().position(|f| *f == model.focus).unwrap_or(0);
    let next = (isize::try_from(at).unwrap_or(0) + by).rem_euclid(count);
    if let Some(focus) = panes.get(next.unsigned_abs()) {
        model.focus = *focus;
    }
    Vec::new()
}

/// After a resize or a swap the focus stands on a pane that is drawn.
pub fn keep_focus_visible(model: &mut Model) {
    match layout::shape(model.size) {
        Shape::Three if model.focus == Focus::Messenger && layout::is_tracker(model) => {
            model.focus = Focus::Thread;
        }
        Shape::Two => match model.focus {
            Focus::Messenger => model.messenger_for_list = true,
            Focus::List => model.messenger_for_list = false,
            Focus::Thread => {}
        },
        Shape::Three | Shape::One => {}
    }
}

/// Why there is no Messenger to go to.
#[must_use]
pub fn messenger_why_not(model: &Model) -> Option<String> {
    (layout::is_tracker(model) && !model.messenger_for_list)
        .then(|| "A tracker has no customer: no Messenger ever shows it.".into())
}

/// `m`: the Messenger, or back to the list.
pub fn messenger(model: &mut Model) -> Vec<Command> {
    match layout::shape(model.size) {
        Shape::Two => {
            model.messenger_for_list = !model.messenger_for_list;
            model.focus = if model.messenger_for_list { Focus::Messenger } else { Focus::List };
        }
        Shape::Three | Shape::One => {
            model.focus = match model.focus {
                Focus::Messenger => Focus::List,
                Focus::List | Focus::Thread => Focus::Messenger,
            };
        }
    }
    Vec::new()
}

pub fn tab(model: &mut Model, tab: Tab) -> Vec<Command> {
    if model.tab == tab {
        return Vec::new();
    }
    model.tab = tab;
    model.list.selected = None;
    model.list.offset = 0;
    model.list.rows.clear();
    model.thread.wanted = None;
    model.thread.view = None;
    model.focus = Focus::List;
    keep_focus_visible(model);
    inbox::restart(model)
}

pub fn tab_by(model: &mut Model, by: isize) -> Vec<Command> {
    let at = Tab::EVERY.iter().position(|t| *t == model.tab).unwrap_or(0);
    let next = (isize::try_from(at).unwrap_or(0) + by).rem_euclid(4);
    match Tab::EVERY.get(next.unsigned_abs()) {
        Some(next) => tab(model, *next),
        None => Vec::new(),
    }
}

/// A ticket was opened on purpose: `-` comes back to the one before.
pub fn visit(model: &mut Model, id: TicketId) {
    if model.visited != Some(id) {
        model.last_ticket = model.visited;
        model.visited = Some(id);
    }
}

/// Shows a ticket, whether it is in the list or not.
pub fn to(model: &mut Model, id: TicketId) -> Vec<Command> {
    if model.visited.is_none() {
        model.visited = model.thread.wanted;
    }
    visit(model, id);
    thread::show(model, id);
    model.focus = Focus::Thread;
    if model.list.rows.iter().any(|r| r.id == id) {
        model.list.selected = Some(id);
        inbox::keep_in_sight(model);
        return Vec::new();
    }
    // Not among the rows: look for it among all tickets, and keep showing it meanwhile.
    model.list.selected = Some(id);
    if model.tab == Tab::All && model.list.filter.is_empty() {
        model.list.selected = None;
        return Vec::new();
    }
    model.tab = Tab::All;
    model.list.filter.clear();
    model.list.filtering = false;
    model.list.selected = None;
    model.list.sought = Some(id);
    inbox::restart(model)
}

pub fn last_ticket(model: &mut Model) -> Vec<Command> {
    match model.last_ticket {
        Some(id) => to(model, id),
        None => Vec::new(),
    }
}

pub fn by_number(model: &mut Model) -> Vec<Command> {
    prompt::open(model, prompt::Kind::GoTo)
}

/// A key after `g` that is no command: a digit begins a ticket's number.
pub fn after_leader(model: &mut Model, key: Key) -> Vec<Command> {
    match key.typed().filter(char::is_ascii_digit) {
        Some(_) => {
            let mut commands = by_number(model);
            commands.extend(prompt::key(model, key));
            commands
        }
        None => {
            if key.typed().is_some() {
                model.toast(ToastKind::Info, format!("g {key} is no command."));
            }
            Vec::new()
        }
    }
}
