//! A ticket with all the team knows of it, loaded within a transaction.

use crate::desk::{DeskError, Policy, TicketView, mail_stop};
use crate::domain::TicketId;
use crate::store::{Tx, contacts, deliveries, mailbox, parts, teammates, tickets};

/// Loads a ticket as the team sees it.
pub(super) fn load(
    tx: &mut dyn Tx,
    policy: &Policy,
    id: TicketId,
) -> Result<TicketView, DeskError> {
    let view = load_any(tx, policy, id)?;
    if view.ticket.deleted_at.is_some() { Err(DeskError::NoTicket(id)) } else { Ok(view) }
}

/// Loads a ticket that may have been deleted meanwhile: its mail and its ledger are still there to
/// be settled.
pub(super) fn load_any(
    tx: &mut dyn Tx,
    policy: &Policy,
    id: TicketId,
) -> Result<TicketView, DeskError> {
    let ticket = tickets::load(tx, id)?.ok_or(DeskError::NoTicket(id))?;
    let contact = match ticket.contact {
        Some(c) => contacts::load(tx, c)?,
        None => None,
    };
    Ok(TicketView {
        assignee: match ticket.assignee {
            Some(a) => teammates::load(tx, a)?,
            None => None,
        },
        parts: parts::of(tx, id)?,
        deliveries: deliveries::of(tx, id)?,
        seen_at: tickets::seen_at(tx, &ticket)?,
        links: tickets::links(tx, id)?,
        mails: mailbox::of_ticket(tx, id)?,
        mail_stop: match &contact {
            Some(contact) => mail_stop::stopped(tx, contact)?,
            None => None,
        },
        contact,
        grace: policy.grace,
        ticket,
    })
}
