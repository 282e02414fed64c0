//! `Message` in, `Command` out. Awaits nothing, reads no clock, does no I/O: every test of it is a
//! plain function call.

pub mod arrival;
pub mod assign;
pub mod composer;
pub mod confirm;
pub mod done;
pub mod drafts;
mod early;
pub mod files;
pub mod first_run;
pub mod go;
pub mod help;
pub mod inbox;
pub mod ledger;
pub mod letter;
pub mod loaded;
pub mod messenger;
pub mod mouse;
pub mod new_ticket;
pub mod overlay;
pub mod palette;
pub mod prompt;
pub mod quarantine;
pub mod settings;
pub mod share;
pub mod state;
pub mod system;
pub mod thread;
pub mod viewer;

use crossterm::event::KeyCode;

use crate::tui::commands::{self, Found, Scope};
use crate::tui::keys::Key;
use crate::tui::message::{Command, Exit, Input, Message};
use crate::tui::model::{Leader, Model, ToastKind};

/// Real milliseconds before the box of a leader's keys comes up.
const LEADER_BOX_MS: i64 = 300;

/// What a fresh screen asks for.
#[must_use]
pub fn start(model: &mut Model) -> Vec<Command> {
    let mut commands = inbox::reload(model);
    commands.extend([
        Command::LoadOverview,
        Command::LoadSettings,
        Command::LoadTeammates,
        Command::LoadDrafts,
    ]);
    commands
}

/// Takes one message. `model.now` has been set.
#[must_use]
pub fn update(model: &mut Model, message: Message) -> Vec<Command> {
    let picture = viewer::lies_over_cells(model);
    let mut commands = match message {
        Message::Input(input) => match early::keep(model, input) {
            Some(input) => take_input(model, input),
            None => Vec::new(),
        },
        Message::Tick => tick(model),
        Message::Changed => look_again(model),
        Message::Loaded(loaded) => loaded::take(model, loaded),
        Message::Done(done) => done::take(model, done),
    };
    go::keep_focus_visible(model);
    commands.extend(thread::follow(model));
    commands.extend(inbox::read_on(model));
    commands.extend(messenger::follow(model));
    commands.extend(quarantine::follow(model));
    commands.extend(early::release(model));
    if picture && !viewer::lies_over_cells(model) {
        commands.push(Command::Redraw);
    }
    commands
}

fn take_input(model: &mut Model, input: Input) -> Vec<Command> {
    match input {
        Input::Key(key) => take_key(model, key),
        Input::Paste(text) => take_paste(model, &text),
        Input::Mouse(event) => mouse::take(model, event),
        Input::Resize(columns, rows) => {
            model.size = (columns, rows);
            go::keep_focus_visible(model);
            inbox::keep_in_sight(model);
            viewer::resized(model)
        }
        Input::FocusGained => Vec::new(),
        Input::FocusLost => save_all(model),
        Input::Closed => {
            let mut commands = save_all(model);
            commands.push(Command::Quit(Exit::Closed));
            commands
        }
    }
}

fn tick(model: &mut Model) -> Vec<Command> {
    let now = model.now;
    if model.toast.as_ref().is_some_and(|t| t.until <= now) {
        model.toast = None;
    }
    let mut commands = Vec::new();
    let due = |at: Option<crate::domain::Time>| at.is_some_and(|at| at <= now);
    if due(model.composer.as_ref().and_then(composer::Composer::autosave_at)) {
        commands.extend(composer::save(model));
    }
    if model.overlays.iter().any(|o| due(o.autosave_at())) {
        commands.extend(new_ticket::save(model));
    }
    if due(model.outlook.next_due) {
        commands.push(Command::LoadOverview);
    }
    commands
}

/// Drafts that are not yet on the desk.
pub(crate) fn save_all(model: &mut Model) -> Vec<Command> {
    let mut commands = composer::save(model);
    commands.extend(new_ticket::save(model));
    commands
}

/// Everything on the screen is read again; what is the same is drawn the same.
fn look_again(model: &mut Model) -> Vec<Command> {
    let mut commands = inbox::reload(model);
    commands.push(Command::LoadOverview);
    commands.extend(thread::reload(model));
    commands.extend(messenger::reload(model));
    commands.extend(letter::reload(model));
    commands.extend(quarantine::reload(model));
    commands
}

fn take_key(model: &mut Model, key: Key) -> Vec<Command> {
    let scope = model.scope();
    let leader = model.leader.take();
    if crate::tui::view::layout::too_small(model.size) {
        return too_small_key(model, key);
    }
    // Printable keys are typed where text is taken; only what types nothing can be a command.
    let typing = scope.takes_text() && key.typed().is_some() && leader.is_none();
    if !typing {
        let found = model.keymap.find(scope, leader.map(|l| l.key), key);
        match found {
            Found::Command(spec) => {
                if let Some(reason) = (spec.disabled)(model) {
                    model.toast(ToastKind::Info, reason);
                    return Vec::new();
                }
                return (spec.run)(model);
            }
            Found::Leader => {
                let show_at = model.now + model.real_ms(LEADER_BOX_MS);
                model.leader = Some(Leader { key, show_at });
                return Vec::new();
            }
            Found::Nothing => {}
        }
    }
    if leader.is_some() {
        return go::after_leader(model, key);
    }
    raw_key(model, scope, key)
}

/// A key that is no command where it was pressed: typed text, or a box's own digits.
fn raw_key(model: &mut Model, scope: Scope, key: Key) -> Vec<Command> {
    match scope {
        Scope::List | Scope::Thread => unbound(model, key),
        Scope::Messenger | Scope::Acting | Scope::ActingText | Scope::ActingPath => {
            messenger::key(model, key)
        }
        Scope::Filter => inbox::filter_key(model, key),
        Scope::Composer => composer::key(model, key),
        Scope::State => state::key(model, key),
        Scope::Assign => assign::key(model, key),
        Scope::Prompt => prompt::key(model, key),
        Scope::Palette => palette::key(model, key),
        Scope::NewTicket => new_ticket::key(model, key),
        Scope::Confirm => confirm::key(model, key),
        Scope::Share
        | Scope::Drafts
        | Scope::Files
        | Scope::Viewer
        | Scope::Letter
        | Scope::Ledger
        | Scope::Quarantine
        | Scope::Arrival => unbound(model, key),
        Scope::Help => help::key(model, key),
        Scope::Settings => settings::key(model, key),
        Scope::FirstRun => first_run::key(model, key),
    }
}

/// A letter that is no command here says so, and where the commands are.
fn unbound(model: &mut Model, key: Key) -> Vec<Command> {
    if key.typed().is_some() {
        let scope = model.scope();
        let helps = |name: &&str| commands::by_name(name).is_some_and(|c| c.works_in(scope));
        let help = ["help", "help.here", "help.writing"].iter().copied().find(|n| helps(n));
        let words = match help.and_then(|name| model.keymap.key(name)) {
            Some(help) => format!("{key} does nothing here. {help} shows the keys."),
            None => format!("{key} does nothing here."),
        };
        model.toast(ToastKind::Info, words);
    }
    Vec::new()
}

fn take_paste(model: &mut Model, text: &str) -> Vec<Command> {
    match model.scope() {
        Scope::Composer => composer::paste(model, text),
        Scope::Filter => inbox::filter_paste(model, text),
        Scope::Assign => assign::paste(model, text),
        Scope::Prompt => prompt::paste(model, text),
        Scope::Palette => palette::paste(model, text),
        Scope::NewTicket => new_ticket::paste(model, text),
        Scope::Messenger | Scope::Acting | Scope::ActingText | Scope::ActingPath => {
            messenger::paste(model, text)
        }
        Scope::Help => help::paste(model, text),
        Scope::Settings => settings::paste(model, text),
        Scope::List
        | Scope::Thread
        | Scope::State
        | Scope::Share
        | Scope::Confirm
        | Scope::Drafts
        | Scope::Files
        | Scope::Viewer
        | Scope::Ledger
        | Scope::Letter
        | Scope::Quarantine
        | Scope::Arrival
        | Scope::FirstRun => paste_refused(model),
    }
}

/// Pasted text is never read as keys.
pub(crate) fn paste_refused(model: &mut Model) -> Vec<Command> {
    model.toast(ToastKind::Info, "Pasted text is only taken in a text field.");
    Vec::new()
}

/// On a screen too small to show anything, keys can only leave.
fn too_small_key(model: &mut Model, key: Key) -> Vec<Command> {
    let ctrl_c = key.ctrl && key.code == KeyCode::Char('c');
    if ctrl_c || (key == Key::char('q')) {
        return system::leave(model);
    }
    Vec::new()
}

#[cfg(test)]
mod tests;
