//! Going places: panes, tabs, tickets by number. Never changes a ticket.

use crate::domain::TicketId;
use crate::tui::keys::Key;
use crate::tui::message::Command;
use crate::tui::model::{Focus, Model, Sought, Tab, ToastKind};
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
    model.list.sought = None;
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
    let back = (model.focus, model.visited, model.last_ticket);
    if model.visited.is_none() {
        model.visited = model.thread.wanted;
    }
    visit(model, id);
    thread::show(model, id);
    model.focus = Focus::Thread;
    model.list.sought = None;
    if model.list.rows.iter().any(|r| r.id == id) {
        model.list.selected = Some(id);
        inbox::keep_in_sight(model);
        return Vec::new();
    }
    // Whether it is there, and in which tab, is known once it has been read.
    model.list.sought = Some(Sought { id, found: false, back });
    found(model)
}

/// The ticket in the thread has been read: if it was gone to, the list follows. Tab and filter stay
/// where the ticket is in the tab.
pub fn found(model: &mut Model) -> Vec<Command> {
    let Some(sought) = model.list.sought.filter(|s| !s.found) else { return Vec::new() };
    let Some(view) = model.ticket().filter(|v| v.ticket.id == sought.id) else {
        return Vec::new();
    };
    let here = model.tab.category().is_none_or(|category| category == view.ticket.category);
    model.list.selected = None;
    model.list.sought = Some(Sought { found: true, ..sought });
    if here {
        return Vec::new();
    }
    model.tab = Tab::All;
    model.list.filter.clear();
    model.list.filtering = false;
    inbox::restart(model)
}

/// The ticket that was gone to is not there: all is as it was.
pub fn not_found(model: &mut Model, id: TicketId) {
    if let Some(sought) = model.list.sought.take_if(|s| s.id == id) {
        (model.focus, model.visited, model.last_ticket) = sought.back;
    }
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
