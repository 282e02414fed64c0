//! The mail of a ledger row, to be read before it goes. Reading sends nothing and marks nothing as
//! seen; when the mail is not to go any more, the box closes and says so.

use crate::domain::{DeliveryId, TicketId};
use crate::mail::Readable;
use crate::tui::message::Command;
use crate::tui::model::{Model, ToastKind};
use crate::tui::update::overlay::Overlay;

/// The box over the ledger.
#[derive(Debug)]
pub struct LetterPane {
    pub ticket: TicketId,
    pub delivery: DeliveryId,
    /// None until it was composed.
    pub mail: Option<Box<Readable>>,
    /// Lines above the first one shown.
    pub top: usize,
}

pub fn open(model: &mut Model, ticket: TicketId, delivery: DeliveryId) -> Vec<Command> {
    model.overlays.push(Overlay::Letter(LetterPane { ticket, delivery, mail: None, top: 0 }));
    reload(model)
}

fn pane(model: &mut Model) -> Option<&mut LetterPane> {
    model.overlays.iter_mut().find_map(|o| match o {
        Overlay::Letter(pane) => Some(pane),
        _ => None,
    })
}

/// The desk changed, and the mail may have with it.
pub fn reload(model: &mut Model) -> Vec<Command> {
    let load = |p: &mut LetterPane| Command::LoadMail { ticket: p.ticket, delivery: p.delivery };
    pane(model).map(load).into_iter().collect()
}

pub fn take(model: &mut Model, delivery: DeliveryId, mail: Option<Box<Readable>>) -> Vec<Command> {
    let Some(pane) = pane(model).filter(|p| p.delivery == delivery) else {
        return Vec::new();
    };
    if mail.is_some() {
        pane.mail = mail;
        return scroll(model, 0);
    }
    model.overlays.retain(|o| !matches!(o, Overlay::Letter(_)));
    model.toast(ToastKind::Info, "This email does not wait any more; the ledger says why.");
    Vec::new()
}

/// Scrolls by so many lines, never beyond the last one.
pub fn scroll(model: &mut Model, by: isize) -> Vec<Command> {
    let last = crate::tui::view::letter::last_top(model);
    if let Some(pane) = pane(model) {
        pane.top = pane.top.saturating_add_signed(by).min(last);
    }
    Vec::new()
}

/// Scrolls by pages.
pub fn page(model: &mut Model, by: isize) -> Vec<Command> {
    let rows = crate::tui::view::letter::page(model);
    scroll(model, by.saturating_mul(isize::try_from(rows).unwrap_or(1)))
}
