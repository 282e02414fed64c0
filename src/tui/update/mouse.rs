//! The mouse: a click focuses, selects and presses tabs; the wheel scrolls what is under it.
//! Nothing that changes a ticket hangs on a click.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use crate::tui::message::Command;
use crate::tui::model::{Focus, Model, Tab};
use crate::tui::update::{composer, go, inbox, messenger, thread};
use crate::tui::view::{self, layout};

/// Lines a notch of the wheel moves.
const NOTCH: isize = 3;

pub fn take(model: &mut Model, event: MouseEvent) -> Vec<Command> {
    let at = Position::new(event.column, event.row);
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => click(model, at),
        MouseEventKind::ScrollDown => wheel(model, at, NOTCH),
        MouseEventKind::ScrollUp => wheel(model, at, -NOTCH),
        _ => Vec::new(),
    }
}

fn within(area: Option<Rect>, at: Position) -> bool {
    area.is_some_and(|area| area.contains(at))
}

fn click(model: &mut Model, at: Position) -> Vec<Command> {
    // Boxes are for keys: a stray click beside one changes nothing.
    if !model.overlays.is_empty() || layout::too_small(model.size) {
        return Vec::new();
    }
    let areas = layout::areas(model);
    if areas.tabs.contains(at) {
        return match view::header::tab_at(model, areas.tabs, at.x) {
            Some(tab) => press(model, tab),
            None => Vec::new(),
        };
    }
    if within(areas.list, at) {
        let mut commands = leave_composer(model);
        model.focus = Focus::List;
        if let Some(row) = layout::row_at(model, at) {
            inbox::select(model, row);
        }
        commands.extend(thread::follow(model));
        return commands;
    }
    if within(Some(areas.thread), at) && areas.has_thread {
        model.focus = Focus::Thread;
    } else if within(areas.messenger, at) {
        let commands = leave_composer(model);
        model.focus = Focus::Messenger;
        return commands;
    }
    Vec::new()
}

fn press(model: &mut Model, tab: Tab) -> Vec<Command> {
    let mut commands = leave_composer(model);
    commands.extend(go::tab(model, tab));
    commands
}

fn leave_composer(model: &mut Model) -> Vec<Command> {
    if model.composer.is_some() { composer::close(model) } else { Vec::new() }
}

fn wheel(model: &mut Model, at: Position, by: isize) -> Vec<Command> {
    if !model.overlays.is_empty() {
        return super::overlay::choose(model, by.signum());
    }
    let areas = layout::areas(model);
    if within(areas.list, at) && model.composer.is_none() {
        inbox::select_by(model, by.signum());
    } else if within(areas.messenger, at) {
        return messenger::scroll(model, by);
    } else if areas.thread.contains(at) {
        thread::scroll(model, by);
    }
    Vec::new()
}
