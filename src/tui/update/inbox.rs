//! The list: reading pages, selecting, filtering while typing. Never opens anything for the
//! customer.

use crate::tui::commands::Scope;
use crate::tui::keys::Key;
use crate::tui::message::Command;
use crate::tui::model::{Focus, Model};
use crate::tui::update::{go, thread};
use crate::tui::view::layout;

/// Rows asked for at a time.
pub const PAGE: usize = 100;
/// Rows below the selected one at which the next page is asked for.
const AHEAD: usize = 30;

/// Asks for the list anew: as many rows as are there already, at least a page.
pub fn reload(model: &mut Model) -> Vec<Command> {
    model.list.generation += 1;
    model.list.loading_more = false;
    vec![Command::LoadInbox {
        generation: model.list.generation,
        filter: model.filter(),
        after: None,
        limit: model.list.rows.len().max(PAGE),
    }]
}

/// Another question: the list begins at its first row.
pub fn restart(model: &mut Model) -> Vec<Command> {
    let filter = model.filter();
    // What is here already vanishes with the key press; the desk's answer follows.
    model.list.rows.retain(|row| filter.keeps(row));
    model.list.complete = false;
    model.list.offset = 0;
    keep_selection(model);
    model.list.generation += 1;
    model.list.loading_more = false;
    vec![Command::LoadInbox { generation: model.list.generation, filter, after: None, limit: PAGE }]
}

/// Asks for the next page when the end comes near.
pub fn read_on(model: &mut Model) -> Vec<Command> {
    let list = &model.list;
    let near = list.position().unwrap_or(0) + AHEAD >= list.rows.len()
        || list.offset + usize::from(model.size.1) >= list.rows.len();
    if list.complete || list.loading_more || !near || !model.ready {
        return Vec::new();
    }
    let Some(last) = list.rows.last().cloned() else {
        return Vec::new();
    };
    model.list.loading_more = true;
    vec![Command::LoadInbox {
        generation: model.list.generation,
        filter: model.filter(),
        after: Some(Box::new(last)),
        limit: PAGE,
    }]
}

/// Moves the selection by so many rows; extremes go to the ends.
pub fn select_by(model: &mut Model, by: isize) {
    let last = model.list.rows.len().saturating_sub(1);
    let at = model.list.position().unwrap_or(0);
    select(model, at.saturating_add_signed(by).min(last));
}

/// Selects the row at a place, and shows its ticket.
pub fn select(model: &mut Model, at: usize) {
    let Some(id) = model.list.rows.get(at).map(|r| r.id) else {
        return;
    };
    model.list.selected = Some(id);
    model.list.sought = None;
    keep_in_sight(model);
    thread::show(model, id);
}

/// After the rows changed: the selected ticket stays selected while it is there, else the one
/// that took its place.
pub fn keep_selection(model: &mut Model) {
    if model.list.position().is_none() {
        // A ticket that was gone to by its number is shown without being in the list.
        let elsewhere = model.list.selected.is_none() && model.thread.wanted.is_some();
        if !elsewhere {
            let at = model.list.offset.min(model.list.rows.len().saturating_sub(1));
            match model.list.rows.get(at).map(|r| r.id) {
                Some(id) => {
                    model.list.selected = Some(id);
                    if model.composer.is_none() {
                        thread::show(model, id);
                    }
                }
                None => {
                    model.list.selected = None;
                    if model.composer.is_none() {
                        model.thread = crate::tui::model::ThreadPane::default();
                    }
                }
            }
        }
    }
    keep_in_sight(model);
}

/// Scrolls so that the selected row is drawn.
pub fn keep_in_sight(model: &mut Model) {
    let fit = layout::rows_that_fit(model).max(1);
    if let Some(at) = model.list.position() {
        if at < model.list.offset {
            model.list.offset = at;
        } else if at >= model.list.offset + fit {
            model.list.offset = at + 1 - fit;
        }
    }
    let most = model.list.rows.len().saturating_sub(fit);
    model.list.offset = model.list.offset.min(most);
}

/// Opens the filter line.
pub fn filter(model: &mut Model) -> Vec<Command> {
    model.list.filtering = true;
    model.focus = Focus::List;
    model.messenger_for_list = false;
    go::keep_focus_visible(model);
    Vec::new()
}

pub fn filter_keep(model: &mut Model) -> Vec<Command> {
    model.list.filtering = false;
    Vec::new()
}

pub fn filter_clear(model: &mut Model) -> Vec<Command> {
    model.list.filtering = false;
    model.list.filter.clear();
    restart(model)
}

pub fn filter_key(model: &mut Model, key: Key) -> Vec<Command> {
    match key.code {
        crossterm::event::KeyCode::Down => {
            select_by(model, 1);
            Vec::new()
        }
        crossterm::event::KeyCode::Up => {
            select_by(model, -1);
            Vec::new()
        }
        _ => {
            let before = model.list.filter.text().to_owned();
            model.list.filter.key(key);
            if before == model.list.filter.text() {
                return Vec::new();
            }
            restart(model)
        }
    }
}

pub fn filter_paste(model: &mut Model, text: &str) -> Vec<Command> {
    debug_assert_eq!(model.scope(), Scope::Filter);
    model.list.filter.insert(text);
    restart(model)
}
