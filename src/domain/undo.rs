//! U1: a teammate may take back a reply, a state change or a sharing while the customer has
//! neither seen it in the Messenger nor been mailed about it. A silent close and an assignment,
//! which no customer learns of, can be taken back as long as they still stand.

use crate::domain::delivery::{Channel, Delivery, Reason, Status};
use crate::domain::part::{Author, Event, Part};
use crate::domain::refusal::Refusal;
use crate::domain::{Attachment, Category, PartId, TeammateId, Ticket, TicketState, Time};

/// What an undo does: `part` is withdrawn, its pending deliveries are suppressed as "undone", and
/// the ticket stands as `ticket`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    pub part: PartId,
    pub event: Event,
    pub ticket: Ticket,
    /// The text of a reply that was taken back, for the composer.
    pub text: Option<String>,
    /// The files of that reply.
    pub files: Vec<Attachment>,
}

/// Decides which part an undo takes back, and whether it may: the newest of the ticket that can
/// be taken back at all.
///
/// `ledger` holds the ticket's rows; `customer` is the first name for the sentence of a refusal.
///
/// # Errors
/// [`Refusal::NothingToUndo`], or [`Refusal::CannotUndo`] with the reason.
pub fn undo(
    ticket: &Ticket,
    parts: &[Part],
    ledger: &[Delivery],
    seen_at: Option<Time>,
    customer: &str,
    now: Time,
) -> Result<Undo, Refusal> {
    let (part, taken) = parts
        .iter()
        .rev()
        .filter(|p| p.withdrawn_at.is_none() && matches!(p.author, Author::Teammate { .. }))
        .find_map(|p| Some((p, Taken::of(&p.event)?)))
        .ok_or(Refusal::NothingToUndo(ticket.id))?;
    let refuse = |sentence: String| Err(Refusal::CannotUndo(sentence));
    // Whether it is shared still: what was seen while it was stays seen.
    let seen = seen_at.filter(|seen| part.visible && *seen >= part.at);
    if let Some(seen) = seen {
        return refuse(format!("{customer} saw this at {}.", seen.format("%H:%M:%S")));
    }
    for row in emails(ledger).filter(|d| d.part_id == part.id) {
        if let Some(sentence) = mailed(row, ledger, customer) {
            return refuse(sentence);
        }
    }
    if matches!(taken, Taken::Reply | Taken::State { .. })
        && let Some(sentence) = quoted(part, ledger, customer)
    {
        return refuse(sentence);
    }
    let mut after = ticket.clone();
    match taken {
        Taken::Reply => {}
        Taken::State { from, to, was_open } => {
            if ticket.state != to || ticket.open != (to != TicketState::Resolved) {
                return refuse(format!("{} has moved on since.", ticket.id));
            }
            after.state = from;
            after.open = was_open;
        }
        Taken::Close if ticket.open => {
            return refuse(format!("{} has been reopened since.", ticket.id));
        }
        Taken::Close => after.open = true,
        Taken::Share if !ticket.shared => {
            return refuse(format!("{} is not shared any more.", ticket.id));
        }
        // V2: it became a Customer ticket since.
        Taken::Share if ticket.category == Category::Customer => {
            return Err(Refusal::CannotUnshare(ticket.id));
        }
        Taken::Share => after.shared = false,
        Taken::Assignment { from, to } => {
            if ticket.assignee != to {
                return refuse(format!("{} has been assigned to somebody else since.", ticket.id));
            }
            after.assignee = from;
        }
    }
    after.updated_at = now;
    after.revision += 1;
    Ok(Undo {
        part: part.id,
        event: part.event.clone(),
        ticket: after,
        text: part.body.clone().filter(|_| matches!(taken, Taken::Reply)),
        files: if matches!(taken, Taken::Reply) { part.files.clone() } else { Vec::new() },
    })
}

/// What can be taken back at all, with what it takes to put the ticket as it was.
#[derive(Debug, Clone, Copy)]
enum Taken {
    Reply,
    State { from: TicketState, to: TicketState, was_open: bool },
    Close,
    Share,
    Assignment { from: Option<TeammateId>, to: Option<TeammateId> },
}

impl Taken {
    fn of(event: &Event) -> Option<Self> {
        match event {
            Event::Reply => Some(Self::Reply),
            Event::StateChanged { from, to, was_open } => {
                Some(Self::State { from: *from, to: *to, was_open: *was_open })
            }
            Event::Closed => Some(Self::Close),
            Event::Shared => Some(Self::Share),
            Event::Assigned { from, to, .. } => Some(Self::Assignment { from: *from, to: *to }),
            Event::Submitted
            | Event::CustomerReply
            | Event::Note
            | Event::Reopened
            | Event::Unshared
            | Event::Renamed { .. }
            | Event::Tagged { .. }
            | Event::Untagged { .. }
            | Event::PriorityChanged { .. }
            | Event::Snoozed { .. }
            | Event::Woken
            | Event::Linked { .. }
            | Event::Unlinked { .. }
            | Event::ContactSet { .. }
            | Event::MailStopLifted { .. }
            | Event::TypeChanged { .. }
            | Event::AttributeSet { .. }
            | Event::Deleted
            | Event::MailKept { .. } => None,
        }
    }
}

fn emails(ledger: &[Delivery]) -> impl Iterator<Item = &Delivery> + Clone {
    ledger.iter().filter(|d| d.channel == Channel::Email)
}

/// The sentence when the mail of another part has, or may have, told the customer of this reply or
/// state. Mails quote what was there before, but for what has mail of its own waiting; that of
/// this reply was called off before it went, as when the ticket was unshared for a while.
fn quoted(part: &Part, ledger: &[Delivery], customer: &str) -> Option<String> {
    let waits = |d: &Delivery| d.part_id == part.id && d.status.is_pending();
    if !part.visible || emails(ledger).any(waits) {
        return None;
    }
    let mut others = emails(ledger).filter(|d| d.part_id != part.id);
    let gone = others.clone().filter_map(|d| d.sent_at).find(|sent| *sent >= part.at);
    if let Some(at) = gone {
        let at = at.format("%H:%M:%S");
        return Some(format!("{customer} was emailed this as a quotation at {at}."));
    }
    others.find_map(|row| match row.status {
        Status::Sending => Some(format!("An email that quotes it to {customer} is on its way.")),
        Status::Due | Status::Retrying | Status::Failed | Status::Unknown | Status::Suppressed
            if row.lost_answers > 0 && row.due_at.max(Some(row.at)) >= Some(part.at) =>
        {
            Some(format!("{customer} may have been emailed this as a quotation."))
        }
        Status::Due
        | Status::Sent
        | Status::Retrying
        | Status::Failed
        | Status::Unknown
        | Status::Suppressed => None,
    })
}

/// The sentence when the customer was, or may have been, mailed about this row's part.
fn mailed(row: &Delivery, ledger: &[Delivery], customer: &str) -> Option<String> {
    // One that bounced may have been read all the same, where it had been passed on.
    if let Some(at) = row.sent_at {
        return Some(format!("{customer} was emailed about this at {}.", at.format("%H:%M:%S")));
    }
    match (row.status, row.reason) {
        (Status::Sending, _) => Some(format!("The email to {customer} is on its way.")),
        (Status::Sent, _) => Some(format!("{customer} was emailed about this.")),
        (Status::Unknown, _) => Some(format!("{customer} may have been emailed about this.")),
        // Also one that was dropped since, or called off before it was tried again.
        (Status::Retrying | Status::Failed | Status::Suppressed, _) if row.lost_answers > 0 => {
            Some(format!("{customer} may have been emailed about this."))
        }
        // What was seen once stays seen, wherever the mark stands by now.
        (Status::Suppressed, Some(Reason::SeenInMessenger(at))) => {
            Some(format!("{customer} saw this at {}.", at.format("%H:%M:%S")))
        }
        // Carried by another mail: that one's fate is this one's.
        (Status::Suppressed, Some(Reason::Superseded)) | (Status::Due | Status::Retrying, _)
            if row.carried_by.is_some() =>
        {
            row.carried_by
                .and_then(|id| ledger.iter().find(|d| d.id == id))
                .and_then(|carrier| mailed(carrier, &[], customer))
        }
        (Status::Due | Status::Retrying | Status::Failed | Status::Suppressed, _) => None,
    }
}
