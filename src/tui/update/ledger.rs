//! The delivery ledger of the ticket in the thread: why the customer was told, or not. Looking at
//! it changes nothing; only a mail that rests can be sent again or laid to rest.

use crate::domain::explain::{Story, stories};
use crate::domain::{DeliveryId, PartId, Status};
use crate::tui::commands;
use crate::tui::message::Command;
use crate::tui::model::Model;
use crate::tui::update::confirm::Question;
use crate::tui::update::letter;
use crate::tui::update::overlay::Overlay;

/// The box over the thread.
#[derive(Debug, Clone, Copy, Default)]
pub struct LedgerPane {
    /// The marked part; the newest when none is. A part that comes in does not move the mark.
    pub part: Option<PartId>,
    /// Leaves out what stays with the team.
    pub told_only: bool,
}

pub fn open(model: &mut Model) -> Vec<Command> {
    model.overlays.push(Overlay::Ledger(LedgerPane::default()));
    Vec::new()
}

/// The rows there are to choose from, newest first.
#[must_use]
pub fn rows<'a>(model: &'a Model, pane: &LedgerPane) -> Vec<Story<'a>> {
    let Some(view) = model.ticket() else {
        return Vec::new();
    };
    let mut rows =
        stories(&view.parts, &view.deliveries, view.contact.as_ref(), |d| view.held_back(d));
    if pane.told_only {
        rows.retain(|s| !s.part.event.is_internal());
    }
    rows
}

/// Where the mark stands among the rows.
#[must_use]
pub fn position(rows: &[Story<'_>], pane: &LedgerPane) -> usize {
    rows.iter().position(|s| Some(s.part.id) == pane.part).unwrap_or(0)
}

fn pane(model: &Model) -> Option<LedgerPane> {
    match model.overlays.last() {
        Some(Overlay::Ledger(pane)) => Some(*pane),
        _ => None,
    }
}

fn set(model: &mut Model, changed: LedgerPane) {
    if let Some(Overlay::Ledger(pane)) = model.overlays.last_mut() {
        *pane = changed;
    }
}

/// Moves the mark.
pub fn choose(model: &mut Model, by: isize) -> Vec<Command> {
    let Some(mut pane) = pane(model) else {
        return Vec::new();
    };
    let rows = rows(model, &pane);
    let at = position(&rows, &pane);
    let to = at.saturating_add_signed(by).min(rows.len().saturating_sub(1));
    pane.part = rows.get(to).map(|s| s.part.id).filter(|_| to > 0);
    set(model, pane);
    Vec::new()
}

/// Shows all parts, or only those a customer could be told of.
pub fn told_only(model: &mut Model) -> Vec<Command> {
    if let Some(mut pane) = pane(model) {
        pane.told_only = !pane.told_only;
        set(model, pane);
    }
    Vec::new()
}

/// A mail that is still to go.
const WAITING: [Status; 3] = [Status::Due, Status::Sending, Status::Retrying];

/// The marked row's mail, if it is in one of these ways.
fn marked_mail(model: &Model, ways: &[Status]) -> Option<DeliveryId> {
    let pane = pane(model)?;
    let rows = rows(model, &pane);
    let email = rows.get(position(&rows, &pane))?.email?;
    ways.contains(&email.status).then_some(email.id)
}

/// Why the marked row has no mail to be read.
pub fn read_why_not(model: &Model) -> Option<String> {
    commands::no_ticket(model).or_else(|| {
        let none = marked_mail(model, &WAITING).is_none();
        none.then(|| "Only an email that still waits can be read.".into())
    })
}

/// Shows the marked row's mail as it will look.
pub fn read(model: &mut Model) -> Vec<Command> {
    match (model.thread.wanted, marked_mail(model, &WAITING)) {
        (Some(ticket), Some(delivery)) => letter::open(model, ticket, delivery),
        _ => Vec::new(),
    }
}

/// Why the marked mail cannot be sent again.
pub fn resend_why_not(model: &Model) -> Option<String> {
    commands::no_ticket(model).or_else(|| {
        let none = marked_mail(model, &[Status::Unknown, Status::Failed]).is_none();
        none.then(|| "Only an email that failed or rests as unknown can be sent again.".into())
    })
}

/// Asks before the marked mail is put back into the queue (L5).
pub fn resend(model: &mut Model) -> Vec<Command> {
    let id = marked_mail(model, &[Status::Unknown, Status::Failed]);
    ask(model, id.map(Question::Resend))
}

fn ask(model: &mut Model, question: Option<Question>) -> Vec<Command> {
    model.overlays.extend(question.map(Overlay::Confirm));
    Vec::new()
}

/// Why the marked mail cannot be laid to rest.
pub fn drop_why_not(model: &Model) -> Option<String> {
    commands::no_ticket(model).or_else(|| {
        let none = marked_mail(model, &[Status::Unknown]).is_none();
        none.then(|| "Only an email that rests as unknown can be laid to rest.".into())
    })
}

/// Asks before the marked mail is laid to rest (L5).
pub fn drop_unknown(model: &mut Model) -> Vec<Command> {
    let id = marked_mail(model, &[Status::Unknown]);
    ask(model, id.map(Question::DropUnknown))
}
