//! Questions before what cannot be taken back, or what leaves the team. The marked row is always
//! the safe one.

use crate::desk::receive::InboundId;
use crate::desk::view::DraftKey;
use crate::domain::{Action, DeliveryId};
use crate::tui::keys::Key;
use crate::tui::message::{Command, Exit};
use crate::tui::model::Model;
use crate::tui::update::overlay::Overlay;
use crate::tui::update::{composer, drafts, quarantine, save_all};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// A note is to become a reply: the customer will read it.
    ToReply,
    /// A draft is to be thrown away.
    Discard(DraftKey),
    /// Mail is waiting and deskbell is to be left.
    Quit,
    /// A held mail is to be let in; the quarantine knows which, and what it would tell.
    AcceptMail,
    /// A held mail, by its row, is to be laid aside.
    DropMail(i64),
    /// A mail that failed or rests as unknown is to be sent again (L5).
    Resend(DeliveryId),
    /// A mail that rests as unknown is to be laid to rest (L5).
    DropUnknown(DeliveryId),
    /// Mail to the contact of the ticket in the thread is to go again (N14).
    LiftMailStop,
}

/// `q` again quits: whoever pressed it twice means it.
pub fn key(model: &mut Model, key: Key) -> Vec<Command> {
    let quits = matches!(model.overlays.last(), Some(Overlay::Confirm(Question::Quit)));
    if quits && key == Key::char('q') { yes(model) } else { Vec::new() }
}

pub fn yes(model: &mut Model) -> Vec<Command> {
    match model.overlays.pop() {
        Some(Overlay::Confirm(Question::ToReply)) => composer::turn(model, composer::Kind::Reply),
        Some(Overlay::Confirm(Question::Discard(key))) => {
            model.composer.take_if(|c| c.key() == key);
            model
                .overlays
                .retain(|o| key != DraftKey::NewTicket || !matches!(o, Overlay::NewTicket(_)));
            let commands = composer::forget(model, key);
            drafts::clamp(model);
            commands
        }
        Some(Overlay::Confirm(Question::Quit)) => {
            let mut commands = save_all(model);
            commands.push(Command::Quit(Exit::Quit));
            commands
        }
        Some(Overlay::Confirm(Question::AcceptMail)) => quarantine::accept_asked(model),
        Some(Overlay::Confirm(Question::DropMail(mail))) => {
            vec![Command::DropMail(InboundId(mail))]
        }
        Some(Overlay::Confirm(Question::Resend(id))) => vec![Command::Resend(id)],
        Some(Overlay::Confirm(Question::DropUnknown(id))) => vec![Command::DropUnknown(id)],
        Some(Overlay::Confirm(Question::LiftMailStop)) => {
            let lift = |id| Command::Perform { id, action: Action::LiftMailStop };
            model.thread.wanted.map(lift).into_iter().collect()
        }
        Some(other) => {
            model.overlays.push(other);
            Vec::new()
        }
        None => Vec::new(),
    }
}
