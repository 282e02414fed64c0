//! The use cases that change a ticket. Each is one transaction: load, decide, append the parts,
//! save the ticket, write the ledger rows. Nobody is told outside of it.

mod record;
mod within;

use crate::desk::load::load;
use crate::desk::{Desk, DeskError, TicketView};
use crate::domain::action::Context;
use crate::domain::notify::{Facts, burst_due};
use crate::domain::undo::Undo;
use crate::domain::{
    Action, Actor, ContactId, Decision, Event, NewTicket, Notify, PartId, Reason, Refusal,
    TicketId, Time, submit,
};
use crate::store::{contacts, deliveries, parts, tickets};

use record::awaits_reply;
pub(super) use within::{Done, known_contact, perform_in, see, submit_in};

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Performed {
    pub id: TicketId,
    pub decision: Decision,
    /// The part of the actor's own doing.
    pub part: PartId,
}

impl Desk {
    /// Performs an action on a ticket.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with the rule's sentence, [`DeskError::NoTicket`], or the store's.
    pub fn perform(
        &self,
        actor: &Actor,
        id: TicketId,
        action: &Action,
        now: Time,
    ) -> Result<Performed, DeskError> {
        self.perform_as(actor, id, action, Notify::Tell, now)
    }

    /// [`Desk::perform`], for those who may ask that nobody is told (N14).
    ///
    /// # Errors
    /// As [`Desk::perform`].
    pub fn perform_as(
        &self,
        actor: &Actor,
        id: TicketId,
        action: &Action,
        notify: Notify,
        now: Time,
    ) -> Result<Performed, DeskError> {
        let (actor, action, policy) = (actor.clone(), action.clone(), self.policy().clone());
        self.store().write(move |tx| {
            let done = perform_in(tx, &policy, &actor, id, action, notify, now)?;
            if let Done { action: Action::CustomerReply { .. }, before, performed } = &done {
                see(tx, &performed.decision.ticket, before, looked(before, now))?;
            }
            Ok(done.performed)
        })
    }

    /// Submits a ticket. One submitted by the customer in the Messenger leaves its thread open,
    /// so its badge is seen at once (N1); `thread_open` says so.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with the rule's sentence, or the store's.
    pub fn submit(
        &self,
        actor: &Actor,
        new: &NewTicket,
        notify: Notify,
        thread_open: bool,
        now: Time,
    ) -> Result<Performed, DeskError> {
        self.submit_as(actor, new, notify, thread_open, None, now)
    }

    /// What [`Desk::submit`] would do and tell, now (L3). Nothing is done, and no contact is made.
    ///
    /// # Errors
    /// As [`Desk::submit`].
    pub fn would_submit(
        &self,
        actor: &Actor,
        new: &NewTicket,
        now: Time,
    ) -> Result<Decision, DeskError> {
        let (actor, mut new, grace) = (actor.clone(), new.clone(), self.policy().grace);
        self.store().read(move |tx| {
            if let Some(email) = new.contact.as_ref().and_then(|c| c.email.clone())
                && let Some(known) = contacts::by_email(tx, &email)?
            {
                new.contact = Some(known);
            }
            let facts = Facts {
                contact: new.contact.as_ref(),
                grace,
                waiting_replies: &[],
                waiting_states: &[],
                notify: Notify::Tell,
            };
            let ctx = Context { facts, links: &[], other_links: &[] };
            Ok(submit(TicketId(0), &new, &actor, &ctx, now)?)
        })
    }

    /// [`Desk::submit`] with a number of its own, as an import or the demo has.
    ///
    /// # Errors
    /// As [`Desk::submit`]; a number that is taken is the store's to refuse.
    pub fn submit_numbered(
        &self,
        actor: &Actor,
        new: &NewTicket,
        notify: Notify,
        thread_open: bool,
        number: i64,
        now: Time,
    ) -> Result<Performed, DeskError> {
        self.submit_as(actor, new, notify, thread_open, Some(TicketId(number)), now)
    }

    fn submit_as(
        &self,
        actor: &Actor,
        new: &NewTicket,
        notify: Notify,
        thread_open: bool,
        number: Option<TicketId>,
        now: Time,
    ) -> Result<Performed, DeskError> {
        let (actor, new, policy) = (actor.clone(), new.clone(), self.policy().clone());
        self.store().write(move |tx| {
            let done = submit_in(tx, &policy, &actor, new, notify, number, now)?;
            if thread_open && done.decision.ticket.shared {
                tickets::mark_seen(tx, &done.decision.ticket, now)?;
            }
            Ok(done)
        })
    }

    /// Takes back the newest thing on a ticket that can be (U1).
    ///
    /// # Errors
    /// [`DeskError::Refused`] with the reason, [`DeskError::NoTicket`], or the store's.
    pub fn undo(&self, id: TicketId, now: Time) -> Result<Undo, DeskError> {
        let policy = self.policy().clone();
        self.store().write(move |tx| {
            let view = load(tx, &policy, id)?;
            let undo = view.undo(now)?;
            if !tickets::save(tx, &view.ticket, &undo.ticket)? {
                return Err(Refusal::Changed(id).into());
            }
            parts::withdraw(tx, undo.part, now)?;
            for row in view.deliveries.iter().filter(|d| d.part_id == undo.part) {
                if row.status.is_pending() {
                    deliveries::suppress(tx, row.id, Reason::Undone)?;
                }
            }
            deliveries::undo_shown(tx, undo.part)?;
            let left = view.parts.iter().rev();
            let mut left = left.filter(|p| p.id != undo.part && p.withdrawn_at.is_none());
            let awaits = left.find_map(|p| awaits_reply(&p.event, &p.author)).unwrap_or(false);
            tickets::set_awaits_reply(tx, &undo.ticket, awaits)?;
            // The rest of a burst is due as if this reply had never been written (N13).
            let mut rest = view.waiting_replies(now);
            rest.retain(|d| d.part_id != undo.part);
            let written: Vec<Time> = rest.iter().map(|d| d.at).collect();
            if let (Event::Reply, Some(due)) = (&undo.event, burst_due(&written)) {
                for row in rest {
                    deliveries::postpone(tx, row.id, due)?;
                }
            }
            Ok(undo)
        })
    }

    /// The customer has this thread open in the Messenger now (N12). Mail about replies they have
    /// seen by that is suppressed at once.
    ///
    /// # Errors
    /// [`Refusal::NotTheirs`] when this customer cannot see such a ticket, or the store's.
    pub fn seen(&self, contact: ContactId, id: TicketId, now: Time) -> Result<(), DeskError> {
        let policy = self.policy().clone();
        self.store().write(move |tx| {
            let view = match load(tx, &policy, id) {
                Err(DeskError::NoTicket(_)) => return Err(Refusal::NotTheirs(id).into()),
                other => other?,
            };
            if view.ticket.contact != Some(contact) || view.ticket.as_shared().is_none() {
                return Err(Refusal::NotTheirs(id).into());
            }
            see(tx, &view.ticket, &view, looked(&view, now))
        })
    }
}

/// When somebody looks who has the thread open at `now`: at or after all that is in it, also where
/// the clock was set back meanwhile (N12).
fn looked(view: &TicketView, now: Time) -> Time {
    view.parts.iter().filter(|p| p.visible).map(|p| p.at).fold(now, Time::max)
}
