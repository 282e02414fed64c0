//! The Messenger pane: follows the ticket in the thread and mirrors what its contact sees.
//! Mirroring never marks anything as seen (N12).

use crate::domain::{ContactId, Messenger, TicketId};
use crate::tui::keys::Key;
use crate::tui::message::Command;
use crate::tui::model::Model;

/// What the pane shows, and whose it is.
#[derive(Debug, Default)]
pub struct MessengerPane {
    pub contact: Option<ContactId>,
    pub open: Option<TicketId>,
    pub shown: Option<Messenger>,
    pub scroll: usize,
}

impl MessengerPane {
    /// What the contact sees, as far as it was read.
    #[must_use]
    pub fn shown(&self) -> Option<&Messenger> {
        self.shown.as_ref()
    }
}

/// After every message: asks for the Messenger of the contact of the ticket in the thread, when
/// that has changed.
pub fn follow(model: &mut Model) -> Vec<Command> {
    let Some(view) = model.ticket() else {
        return Vec::new();
    };
    let contact = view.contact.as_ref().map(|c| c.id);
    let open = view.ticket.as_shared().map(|t| t.id());
    if (contact, open) == (model.messenger.contact, model.messenger.open) {
        return Vec::new();
    }
    model.messenger = MessengerPane { contact, open, ..MessengerPane::default() };
    reload(model)
}

/// The desk changed: the same Messenger again.
pub fn reload(model: &mut Model) -> Vec<Command> {
    match model.messenger.contact {
        Some(contact) => vec![Command::LoadMessenger { contact, open: model.messenger.open }],
        None => Vec::new(),
    }
}

pub fn take(model: &mut Model, contact: ContactId, messenger: Messenger) -> Vec<Command> {
    if model.messenger.contact == Some(contact) {
        model.messenger.shown = Some(messenger);
    }
    Vec::new()
}

/// j, k and the wheel while the pane has the focus.
pub fn scroll(model: &mut Model, by: isize) -> Vec<Command> {
    model.messenger.scroll = model.messenger.scroll.saturating_add_signed(by.saturating_neg());
    Vec::new()
}

/// Enter while the pane has the focus.
pub fn open(_: &mut Model) -> Vec<Command> {
    Vec::new()
}

/// A key without a command while the pane has the focus.
pub fn key(_: &mut Model, _: Key) -> Vec<Command> {
    Vec::new()
}

pub fn paste(model: &mut Model, _: &str) -> Vec<Command> {
    super::paste_refused(model)
}

pub fn act(_: &mut Model) -> Vec<Command> {
    Vec::new()
}

pub fn act_why_not(model: &Model) -> Option<String> {
    (!model.may_act).then(|| crate::domain::Refusal::ActingIsOff.to_string())
}

/// The customer did something by our hands.
pub fn acted(model: &mut Model, _: ContactId, _: Option<TicketId>) -> Vec<Command> {
    reload(model)
}

pub fn failed(_: &mut Model, _: &Command, _: &str) -> Vec<Command> {
    Vec::new()
}
