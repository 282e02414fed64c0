//! U1: a teammate may take back a reply, a state change or a sharing while the customer has
//! neither seen it in the Messenger nor been mailed about it. A silent close and an assignment,
//! which no customer learns of, can be taken back as long as they still stand.

use crate::domain::action::Refusal;
use crate::domain::delivery::{Delivery, Reason, Status};
use crate::domain::part::{Author, Event, Part};
use crate::domain::{PartId, Ticket, Time};

/// What an undo does: `part` is withdrawn, its pending deliveries are suppressed as "undone", and
/// the ticket stands as `ticket`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    pub part: PartId,
    pub event: Event,
    pub ticket: Ticket,
    /// The text of a reply that was taken back, for the composer.
    pub text: Option<String>,
}

/// Decides which part an undo takes back, and whether it may: the newest of the ticket that can
/// be taken back at all.
///
/// `emails` are the ticket's ledger rows of the email channel; `customer` is the first name for
/// the sentence of a refusal.
///
/// # Errors
/// [`Refusal::NothingToUndo`], or [`Refusal::CannotUndo`] with the reason.
pub fn undo(
    ticket: &Ticket,
    parts: &[Part],
    emails: &[Delivery],
    seen_at: Option<Time>,
    customer: &str,
    now: Time,
) -> Result<Undo, Refusal> {
    let part = parts
        .iter()
        .rev()
        .find(|p| p.withdrawn_at.is_none() && can_be_taken_back(p))
        .ok_or(Refusal::NothingToUndo(ticket.id))?;
    let refuse = |sentence: String| Err(Refusal::CannotUndo(sentence));
    // Whether it is shared still: what was seen while it was stays seen.
    let seen = seen_at.filter(|seen| part.visible && *seen >= part.at);
    if let Some(seen) = seen {
        return refuse(format!("{customer} saw this at {}.", seen.format("%H:%M:%S")));
    }
    for row in emails.iter().filter(|d| d.part_id == part.id) {
        if let Some(sentence) = mailed(row, emails, customer) {
            return refuse(sentence);
        }
    }
    let mut after = ticket.clone();
    match &part.event {
        Event::Reply => {}
        Event::StateChanged { from, to, was_open } => {
            if ticket.state != *to || ticket.open != (*to != crate::domain::TicketState::Resolved) {
                return refuse(format!("{} has moved on since.", ticket.id));
            }
            after.state = *from;
            after.open = *was_open;
        }
        Event::Closed if ticket.open => {
            return refuse(format!("{} has been reopened since.", ticket.id));
        }
        Event::Closed => after.open = true,
        Event::Shared if !ticket.shared => {
            return refuse(format!("{} is not shared any more.", ticket.id));
        }
        Event::Shared => after.shared = false,
        Event::Assigned { from, to, .. } => {
            if ticket.assignee != *to {
                return refuse(format!("{} has been assigned to somebody else since.", ticket.id));
            }
            after.assignee = *from;
        }
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
        | Event::ContactSet { .. } => return Err(Refusal::NothingToUndo(ticket.id)),
    }
    after.updated_at = now;
    after.revision += 1;
    Ok(Undo {
        part: part.id,
        event: part.event.clone(),
        ticket: after,
        text: part.body.clone().filter(|_| matches!(part.event, Event::Reply)),
    })
}

fn can_be_taken_back(part: &Part) -> bool {
    let by_teammate = matches!(part.author, Author::Teammate { .. });
    by_teammate
        && match part.event {
            Event::Reply
            | Event::StateChanged { .. }
            | Event::Closed
            | Event::Shared
            | Event::Assigned { .. } => true,
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
            | Event::ContactSet { .. } => false,
        }
}

/// The sentence when the customer was, or may have been, mailed about this row's part.
fn mailed(row: &Delivery, emails: &[Delivery], customer: &str) -> Option<String> {
    match (row.status, row.reason) {
        (Status::Sending, _) => Some(format!("The email to {customer} is on its way.")),
        (Status::Sent, _) => Some(match row.sent_at {
            Some(at) => format!("{customer} was emailed about this at {}.", at.format("%H:%M:%S")),
            None => format!("{customer} was emailed about this."),
        }),
        (Status::Unknown, _) => Some(format!("{customer} may have been emailed about this.")),
        (Status::Retrying, _) if row.lost_answers > 0 => {
            Some(format!("{customer} may have been emailed about this."))
        }
        // Carried by another mail: that one's fate is this one's.
        (Status::Suppressed, Some(Reason::Superseded)) | (Status::Due | Status::Retrying, _)
            if row.carried_by.is_some() =>
        {
            row.carried_by
                .and_then(|id| emails.iter().find(|d| d.id == id))
                .and_then(|carrier| mailed(carrier, &[], customer))
        }
        (Status::Due | Status::Retrying | Status::Failed | Status::Suppressed, _) => None,
    }
}
