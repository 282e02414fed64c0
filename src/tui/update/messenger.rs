//! The Messenger pane beside the thread: follows the ticket there and mirrors what its contact
//! sees. Mirroring never marks anything as seen (N12).

pub mod pane;

pub use pane::{Act, Face, Field, MessengerPane, PathBox, Subject};

use crate::domain::{Category, ContactId, Messenger, Refusal, TicketId};
use crate::tui::keys::Key;
use crate::tui::message::{Command, HeldFile};
use crate::tui::model::{Focus, Model};
use crate::tui::update::go;
use crate::tui::view::{self, text};

/// After every message: turns to the contact of the ticket in the thread.
pub fn follow(model: &mut Model) -> Vec<Command> {
    let Some(view) = model.ticket() else {
        return Vec::new();
    };
    let ticket = &view.ticket;
    let subject = match (ticket.category, ticket.as_shared()) {
        (Category::Tracker, _) => Subject::Tracker(ticket.id),
        (Category::Customer | Category::BackOffice, Some(shared)) => Subject::Shared(shared.id()),
        (Category::Customer | Category::BackOffice, None) => Subject::Hidden(ticket.id),
    };
    let contact = view.contact.as_ref().map(|c| (c.id, text::name(c.first_name())));
    let contact = contact.as_ref().map(|(id, who)| (*id, who.as_str()));
    model.messenger.turn_to(contact, subject)
}

/// The desk changed: the same Messenger again.
pub fn reload(model: &mut Model) -> Vec<Command> {
    model.messenger.load()
}

pub fn take(model: &mut Model, contact: ContactId, messenger: Messenger) -> Vec<Command> {
    if model.messenger.contact == Some(contact) {
        return model.messenger.take(messenger);
    }
    Vec::new()
}

/// Moves in the pane; down when positive.
pub fn scroll(model: &mut Model, by: isize) -> Vec<Command> {
    let most = view::messenger::scroll_at_most(model);
    model.messenger.move_by(by, most);
    Vec::new()
}

/// Enter while the pane has the focus: shows what the customer could open.
pub fn open(model: &mut Model) -> Vec<Command> {
    model.messenger.enter()
}

/// One step out of what is shown.
pub fn back(model: &mut Model) -> Vec<Command> {
    if model.messenger.back() { model.messenger.load() } else { Vec::new() }
}

pub fn collapse(model: &mut Model) -> Vec<Command> {
    model.messenger.collapse();
    model.messenger.load()
}

/// `M`: begins to act as the customer, or ends it.
pub fn act(model: &mut Model) -> Vec<Command> {
    let acting = !model.messenger.acting;
    if acting {
        model.focus = Focus::Messenger;
        go::keep_focus_visible(model);
    }
    model.messenger.set_acting(acting)
}

pub fn act_why_not(model: &Model) -> Option<String> {
    if !model.may_act {
        return Some(Refusal::ActingIsOff.to_string());
    }
    let nobody = model.messenger.contact.is_none();
    nobody.then(|| "This ticket has no customer whose Messenger could be used.".into())
}

/// What the customer does, by the hands of whoever acts as them.
pub fn customer(model: &mut Model, act: Act) -> Vec<Command> {
    model.messenger.act(act)
}

/// Why a reply cannot be begun.
pub fn reply_why_not(model: &Model) -> Option<String> {
    let closed = !matches!(model.messenger.face, Face::Thread | Face::Detail);
    closed.then(|| "Open a conversation first.".into())
}

/// A key without a command: typed into a field of the Messenger, or nothing.
pub fn key(model: &mut Model, key: Key) -> Vec<Command> {
    model.messenger.type_key(key)
}

/// Why there is no other field to go to.
pub fn next_field_why_not(model: &Model) -> Option<String> {
    let alone = !matches!(model.messenger.field, Some(Field::Title | Field::Body));
    alone.then(|| "There is no other field here.".into())
}

/// Why nothing is sent or attached while a path is typed.
pub fn writing_why_not(model: &Model) -> Option<String> {
    let typing = model.messenger.path.is_some();
    typing.then(|| "A file's path is being typed: Enter attaches it, Esc does not.".into())
}

/// Why no file can be taken away from what the customer writes.
pub fn detach_why_not(model: &Model) -> Option<String> {
    let none = || model.messenger.files().is_empty().then(|| "No file is attached here.".into());
    writing_why_not(model).or_else(none)
}

/// A file was read for what the customer writes.
pub fn took(model: &mut Model, contact: ContactId, file: HeldFile) -> Vec<Command> {
    if model.messenger.contact == Some(contact) {
        model.messenger.took(file);
    }
    Vec::new()
}

/// It could not be read: the box that asked for it says why, where it is still there.
pub fn took_not(model: &mut Model, contact: ContactId, sentence: String) -> Vec<Command> {
    if model.messenger.contact == Some(contact) {
        model.messenger.took_not(sentence);
    }
    Vec::new()
}

pub fn paste(model: &mut Model, text: &str) -> Vec<Command> {
    if model.messenger.paste(text) { Vec::new() } else { super::paste_refused(model) }
}

/// The customer did something by our hands.
pub fn acted(model: &mut Model, contact: ContactId, ticket: Option<TicketId>) -> Vec<Command> {
    if model.messenger.contact == Some(contact) {
        return model.messenger.acted(ticket);
    }
    Vec::new()
}

pub fn failed(model: &mut Model, command: &Command, _: &str) -> Vec<Command> {
    let of = match command {
        Command::CustomerOpens { contact, .. }
        | Command::CustomerReplies { contact, .. }
        | Command::CustomerSubmits { contact, .. } => Some(*contact),
        _ => None,
    };
    if of.is_some() && of == model.messenger.contact {
        model.messenger.failed();
    }
    Vec::new()
}
