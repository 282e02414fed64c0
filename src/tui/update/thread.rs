//! The thread: which ticket it shows, scrolling, linked tickets, undo. Reading it as a teammate
//! never counts as the customer's seeing (N12).

use crate::domain::{Action, Category, TicketId};
use crate::tui::commands;
use crate::tui::message::Command;
use crate::tui::model::{Focus, Model, ToastKind};
use crate::tui::update::confirm::Question;
use crate::tui::update::overlay::Overlay;
use crate::tui::update::{go, inbox, messenger};
use crate::tui::view::{layout, thread as view};

/// The thread is to show this ticket.
pub fn show(model: &mut Model, id: TicketId) {
    if model.thread.wanted == Some(id) {
        return;
    }
    model.thread.wanted = Some(id);
    model.thread.scroll = 0;
    model.thread.link = 0;
}

/// Asks for the wanted ticket, one read at a time: a held key floods nothing.
pub fn follow(model: &mut Model) -> Vec<Command> {
    match model.thread.wanted {
        Some(id) if model.thread.loading.is_none() && model.ticket().is_none() => {
            model.thread.loading = Some(id);
            vec![Command::LoadTicket(id)]
        }
        _ => Vec::new(),
    }
}

/// Reads the ticket again.
pub fn reload(model: &mut Model) -> Vec<Command> {
    let Some(id) = model.thread.wanted else {
        return Vec::new();
    };
    model.thread.loading = Some(id);
    vec![Command::LoadTicket(id)]
}

/// Moves in the focused pane.
pub fn or_list(model: &mut Model, by: isize) -> Vec<Command> {
    match model.focus {
        Focus::List => inbox::select_by(model, by),
        Focus::Thread => {
            if is_tracker(model) {
                let last = model.ticket().map_or(0, |v| v.links.len()).saturating_sub(1);
                model.thread.link = model.thread.link.saturating_add_signed(by).min(last);
            } else {
                scroll(model, by);
            }
        }
        Focus::Messenger => return messenger::scroll(model, by),
    }
    Vec::new()
}

/// Moves by `1 / part` of what is in sight.
pub fn pages(model: &mut Model, direction: isize, part: usize) -> Vec<Command> {
    let in_sight = match model.focus {
        Focus::List => layout::rows_that_fit(model),
        Focus::Thread | Focus::Messenger => {
            let thread = layout::areas(model).thread;
            usize::from(layout::thread_parts(model, thread).history.height)
        }
    };
    let by = isize::try_from((in_sight / part.max(1)).max(1)).unwrap_or(1);
    if model.focus == Focus::Thread {
        scroll(model, by * direction);
        return Vec::new();
    }
    or_list(model, by * direction)
}

/// Scrolls by so many lines; positive towards the newest.
pub fn scroll(model: &mut Model, by: isize) {
    let at = model.thread.scroll;
    let wanted = if by < 0 {
        at.saturating_add(by.unsigned_abs())
    } else {
        at.saturating_sub(by.unsigned_abs())
    };
    model.thread.scroll = view::scroll_at_most(model, wanted);
}

/// Enter: from the list into the thread, from a linked ticket's line to that ticket.
pub fn open(model: &mut Model) -> Vec<Command> {
    match model.focus {
        Focus::List => {
            if let Some(id) = model.list.selected {
                show(model, id);
                go::visit(model, id);
                model.focus = Focus::Thread;
            }
            Vec::new()
        }
        Focus::Thread => {
            let link = model.ticket().and_then(|v| v.links.get(model.thread.link)).map(|l| l.id);
            match link {
                Some(id) => go::to(model, id),
                None => Vec::new(),
            }
        }
        Focus::Messenger => messenger::open(model),
    }
}

fn is_tracker(model: &Model) -> bool {
    model.ticket().is_some_and(|v| v.ticket.category == Category::Tracker && !v.links.is_empty())
}

pub fn priority(model: &mut Model) -> Vec<Command> {
    let Some(view) = model.ticket() else {
        return Vec::new();
    };
    vec![Command::Perform {
        id: view.ticket.id,
        action: Action::SetPriority(!view.ticket.priority),
    }]
}

/// Asks before mail to the customer goes again (N14).
pub fn lift_mail_stop(model: &mut Model) -> Vec<Command> {
    model.overlays.push(Overlay::Confirm(Question::LiftMailStop));
    Vec::new()
}

/// Why nothing can be taken back now (U1).
pub fn undo_why_not(model: &Model) -> Option<String> {
    match model.ticket() {
        None => commands::no_ticket(model),
        Some(view) => view.undo(model.now).err().map(|refusal| refusal.to_string()),
    }
}

pub fn undo(model: &mut Model) -> Vec<Command> {
    let Some(id) = model.ticket().map(|v| v.ticket.id) else {
        return Vec::new();
    };
    model.toast = None;
    vec![Command::Undo(id)]
}

/// Says why an action will not go, if the domain refuses it; else asks the desk to do it.
pub fn perform(model: &mut Model, action: Action) -> Vec<Command> {
    let Some(id) = model.ticket().map(|v| v.ticket.id) else {
        return Vec::new();
    };
    if let Some(Err(refusal)) = model.would(&action) {
        model.toast(ToastKind::Trouble, refusal.to_string());
        return Vec::new();
    }
    vec![Command::Perform { id, action }]
}
