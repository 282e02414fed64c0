//! A decision written down: the ticket, its parts, and a ledger row per part and channel (L1, L2).

use rand::RngExt;

use crate::desk::webhooks::uid;
use crate::desk::{DeskError, Policy, TicketView};
use crate::domain::{
    Author, Channel, Decision, Event, NewPart, PartId, Refusal, Status, Ticket, TicketState, Time,
    Verdict,
};
use crate::store::deliveries::NewDelivery;
use crate::store::{Tx, deliveries, parts, tickets, webhooks};

/// Writes a decision down: the ticket, its parts, and a ledger row per part and channel (L1, L2).
pub(super) fn record(
    tx: &mut dyn Tx,
    policy: &Policy,
    before: Option<&TicketView>,
    decision: &Decision,
    now: Time,
) -> Result<PartId, DeskError> {
    let ticket = &decision.ticket;
    if let Some(view) = before
        && !tickets::save(tx, &view.ticket, ticket)?
    {
        return Err(Refusal::Changed(ticket.id).into());
    }
    let mut first = None;
    for part in &decision.parts {
        let id = parts::append(tx, ticket.id, part, now)?;
        first.get_or_insert(id);
        enter(tx, policy, ticket, id, part, now)?;
        webhooks::enter(tx, ticket.id, id, part, now, uid)?;
        if let (Event::Reply, Verdict::Due(due), Some(view)) =
            (&part.event, part.plan.email, before)
        {
            for row in view.waiting_replies(now) {
                deliveries::postpone(tx, row.id, due)?;
            }
        }
        if part.plan.badge.is_due() || part.plan.email.is_due() {
            tickets::not_seen_yet(tx, ticket, now)?;
        }
        if let Some(awaits) = awaits_reply(&part.event, &part.author) {
            tickets::set_awaits_reply(tx, ticket, awaits)?;
        }
    }
    first.ok_or_else(|| DeskError::Other("A decision without parts.".into()))
}

/// The three ledger rows of a part.
fn enter(
    tx: &mut dyn Tx,
    policy: &Policy,
    ticket: &Ticket,
    part: PartId,
    new: &NewPart,
    now: Time,
) -> Result<(), DeskError> {
    for channel in Channel::ALL {
        let verdict = match channel {
            Channel::Badge => new.plan.badge,
            Channel::Recent => new.plan.recent,
            Channel::Email => new.plan.email,
        };
        let (status, reason, due_at) = match (verdict, channel) {
            // Badge and Recent are there the moment the part is.
            (Verdict::Due(_), Channel::Badge | Channel::Recent) => (Status::Sent, None, None),
            (Verdict::Due(at), Channel::Email) => (Status::Due, None, Some(at)),
            (Verdict::Suppressed(reason), _) => (Status::Suppressed, Some(reason), None),
        };
        let row = NewDelivery {
            ticket: ticket.id,
            part,
            contact: ticket.contact,
            channel,
            status,
            reason,
            at: now,
            due_at,
            message_id: (channel == Channel::Email && status == Status::Due)
                .then(|| message_id(policy.message_host())),
        };
        deliveries::insert(tx, &row)?;
    }
    Ok(())
}

/// A new Message-ID, without angle brackets (RFC 5322 §3.6.4): 80 random bits in base 32.
fn message_id(host: &str) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut rng = rand::rng();
    let random: String = (0..16)
        .filter_map(|_| LETTERS.get(rng.random_range(0..LETTERS.len())).map(|b| char::from(*b)))
        .collect();
    format!("d.{random}@{host}")
}

/// Whether the ticket awaits the team's answer after this part; `None` leaves it as it was.
pub(super) fn awaits_reply(event: &Event, author: &Author) -> Option<bool> {
    match (event, author) {
        (Event::CustomerReply | Event::Submitted, Author::Customer { .. }) => Some(true),
        (Event::Reply | Event::Closed, _) => Some(false),
        (Event::StateChanged { to, .. }, Author::Teammate { .. }) => {
            (*to == TicketState::Resolved).then_some(false)
        }
        _ => None,
    }
}
