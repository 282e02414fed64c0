//! What was read from the desk finds its place in the model. Answers to older questions are
//! thrown away.

use crate::tui::message::{Command, Loaded};
use crate::tui::model::{Model, ToastKind};
use crate::tui::update::overlay::Overlay;
use crate::tui::update::{
    arrival, first_run, go, inbox, letter, messenger, quarantine, settings, viewer,
};

pub fn take(model: &mut Model, loaded: Loaded) -> Vec<Command> {
    match loaded {
        Loaded::Inbox { generation, rows, more, complete } => {
            if generation == model.list.generation {
                take_rows(model, rows, more, complete);
            }
            Vec::new()
        }
        Loaded::Overview { counters, outlook } => {
            model.counters = counters;
            model.outlook = outlook;
            first_run::offer(model)
        }
        Loaded::Ticket { id, view } => {
            if model.thread.loading == Some(id) {
                model.thread.loading = None;
            }
            if model.thread.wanted != Some(id) {
                return Vec::new();
            }
            match view {
                Some(view) => {
                    model.thread.link = model.thread.link.min(view.links.len().saturating_sub(1));
                    model.thread.view = Some(view);
                    go::found(model)
                }
                None => {
                    model.toast(ToastKind::Trouble, format!("There is no ticket {id}."));
                    model.thread.wanted = model.thread.view.as_ref().map(|v| v.ticket.id);
                    go::not_found(model, id);
                    Vec::new()
                }
            }
        }
        Loaded::Messenger { contact, messenger } => messenger::take(model, contact, messenger),
        Loaded::Settings { name, logo } => {
            model.desk_name.clone_from(&name);
            settings::take(model, name, logo)
        }
        Loaded::Teammates(teammates) => {
            model.teammates = teammates;
            Vec::new()
        }
        Loaded::Contacts { typed, contacts } => {
            if let Some(Overlay::NewTicket(form)) = model.overlays.last_mut()
                && form.email.text() == typed
            {
                form.suggestions = contacts;
            }
            Vec::new()
        }
        Loaded::Quarantine { every, rows } => quarantine::take_rows(model, every, rows),
        Loaded::Arrived(sheet) => arrival::take(model, sheet),
        Loaded::Acceptance { mail, as_new, acceptance } => {
            quarantine::take_answer(model, mail, as_new, Ok(acceptance))
        }
        Loaded::Mail { delivery, mail } => letter::take(model, delivery, mail),
        Loaded::Picture { file, room, shown } => {
            viewer::take(model, file, room, shown);
            Vec::new()
        }
        Loaded::Drafts(drafts) => {
            model.drafts = drafts.into_iter().map(|d| (d.key, d)).collect();
            Vec::new()
        }
    }
}

fn take_rows(
    model: &mut Model,
    rows: Vec<crate::domain::inbox::InboxRow>,
    more: bool,
    complete: bool,
) {
    let list = &mut model.list;
    list.loading_more = false;
    list.complete = complete;
    if more {
        // A ticket that moved up between two pages is there already.
        let known: std::collections::HashSet<_> = list.rows.iter().map(|r| r.id).collect();
        list.rows.extend(rows.into_iter().filter(|r| !known.contains(&r.id)));
    } else {
        list.rows = rows;
    }
    if let Some(sought) = list.sought.filter(|s| list.rows.iter().any(|r| r.id == s.id)) {
        list.sought = None;
        list.selected = Some(sought.id);
    }
    model.ready = true;
    inbox::keep_selection(model);
}
