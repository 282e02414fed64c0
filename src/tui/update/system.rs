//! Leaving, stepping back, and turning a demo's clock. Leaving never loses a draft.

use crate::tui::message::{Command, Exit};
use crate::tui::model::{Focus, Model};
use crate::tui::update::confirm::Question;
use crate::tui::update::overlay::Overlay;
use crate::tui::update::{go, inbox, save_all};

/// One step back: from a pane to the list, from a filtered list to the whole one.
pub fn back(model: &mut Model) -> Vec<Command> {
    if model.focus != Focus::List {
        model.focus = Focus::List;
        model.messenger_for_list = false;
        go::keep_focus_visible(model);
        return Vec::new();
    }
    if !model.list.filter.text().is_empty() {
        return inbox::filter_clear(model);
    }
    model.toast = None;
    Vec::new()
}

/// `q`: back, and from the list out; with mail waiting it asks.
pub fn quit(model: &mut Model) -> Vec<Command> {
    if model.focus != Focus::List {
        return back(model);
    }
    if model.outlook.waiting > 0 {
        model.overlays.push(Overlay::Confirm(Question::Quit));
        return Vec::new();
    }
    leave(model)
}

/// Out at once, drafts kept.
pub fn leave(model: &mut Model) -> Vec<Command> {
    let mut commands = save_all(model);
    commands.push(Command::Quit(Exit::Quit));
    commands
}

pub fn fast_forward_why_not(model: &Model) -> Option<String> {
    if !model.is_demo {
        return Some("Only a demo desk's clock can be turned.".into());
    }
    model.outlook.next_due.is_none().then(|| "No mail is waiting.".into())
}

pub fn fast_forward(_: &mut Model) -> Vec<Command> {
    vec![Command::FastForward]
}
