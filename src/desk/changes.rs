//! Several changes as one use case: programs ask for them in one request, and all of it is done or
//! nothing. What is so already is left out, as nobody needs to be told.

use rand::RngExt;
use serde_json::Value;

use crate::desk::load::load;
use crate::desk::perform::{perform_in, submit_in};
use crate::desk::{Desk, DeskError, Performed, Policy};
use crate::domain::{
    Action, Actor, NewTicket, Notify, Refusal, Teammate, Ticket, TicketId, TicketTypeId, Time,
};
use crate::store::{Tx, jobs, ticket_types, tickets};

/// What a new ticket can have from the start beside what its customer sees.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extras {
    /// One of the ticket's category; else the category's first.
    pub ticket_type: Option<TicketTypeId>,
    pub attributes: Vec<(String, Value)>,
    pub assignee: Option<Teammate>,
    /// A ticket of this number to be linked with.
    pub link: Option<TicketId>,
    /// When it came up elsewhere; not later than now.
    pub created_at: Option<Time>,
}

impl Desk {
    /// Performs several actions on a ticket, one after the other; those that change nothing are
    /// left out. Gives the ticket as it is then.
    ///
    /// # Errors
    /// As [`Desk::perform`]; nothing at all is done then.
    pub fn change(
        &self,
        actor: &Actor,
        id: TicketId,
        actions: Vec<Action>,
        notify: Notify,
        now: Time,
    ) -> Result<Ticket, DeskError> {
        let (actor, policy) = (actor.clone(), self.policy().clone());
        self.store().write(move |tx| {
            for action in actions {
                step(tx, &policy, &actor, id, action, notify, now)?;
            }
            Ok(load(tx, &policy, id)?.ticket)
        })
    }

    /// [`Desk::submit`] with all that a ticket can have from the start.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with the rule's sentence, [`DeskError::NoType`], or the store's.
    pub fn submit_with(
        &self,
        actor: &Actor,
        new: &NewTicket,
        extras: Extras,
        notify: Notify,
        now: Time,
    ) -> Result<Performed, DeskError> {
        let (actor, new, policy) = (actor.clone(), new.clone(), self.policy().clone());
        self.store().write(move |tx| submit_all(tx, &policy, &actor, new, extras, notify, now))
    }

    /// [`Desk::submit_with`], found again by the id of the job that is returned with it.
    ///
    /// # Errors
    /// As [`Desk::submit_with`].
    pub fn enqueue(
        &self,
        actor: &Actor,
        new: &NewTicket,
        extras: Extras,
        notify: Notify,
        now: Time,
    ) -> Result<(String, TicketId), DeskError> {
        let (actor, new, policy) = (actor.clone(), new.clone(), self.policy().clone());
        let id = format!("job_{:032x}", rand::rng().random::<u128>());
        self.store().write(move |tx| {
            let done = submit_all(tx, &policy, &actor, new, extras, notify, now)?;
            jobs::insert(tx, &id, done.id, now)?;
            Ok((id, done.id))
        })
    }

    /// The ticket that a job made.
    ///
    /// # Errors
    /// The store's.
    pub fn job(&self, id: &str) -> Result<Option<TicketId>, DeskError> {
        let id = id.to_owned();
        self.store().read(move |tx| Ok(jobs::ticket(tx, &id)?))
    }
}

/// One of several changes; nothing happens when it is so already.
fn step(
    tx: &mut dyn Tx,
    policy: &Policy,
    actor: &Actor,
    id: TicketId,
    action: Action,
    notify: Notify,
    now: Time,
) -> Result<(), DeskError> {
    match perform_in(tx, policy, actor, id, action, notify, now) {
        Ok(_) => Ok(()),
        Err(DeskError::Refused(refusal)) if refusal.is_already_so() => Ok(()),
        Err(other) => Err(other),
    }
}

fn submit_all(
    tx: &mut dyn Tx,
    policy: &Policy,
    actor: &Actor,
    new: NewTicket,
    extras: Extras,
    notify: Notify,
    now: Time,
) -> Result<Performed, DeskError> {
    let id = extras.ticket_type.unwrap_or(TicketTypeId::default_of(new.category));
    let kind = ticket_types::load(tx, id)?
        .filter(|k| k.category == new.category)
        .ok_or(DeskError::NoType(id.0))?;
    if kind.archived {
        return Err(Refusal::TypeArchived(kind.name).into());
    }
    kind.complete(&extras.attributes)?;
    let done = submit_in(tx, policy, actor, new, notify, None, now)?;
    let mut ticket = done.decision.ticket.clone();
    let before = ticket.clone();
    ticket.type_id = id;
    tickets::save(tx, &before, &ticket)?;
    if let Some(at) = extras.created_at {
        tickets::set_created_at(tx, done.id, at.min(now))?;
    }
    for (name, value) in &extras.attributes {
        let value = kind.checked(name, value)?;
        ticket_types::set_value(tx, done.id, name, &value)?;
    }
    if let Some(teammate) = extras.assignee {
        step(tx, policy, actor, done.id, Action::Assign(Some(teammate)), notify, now)?;
    }
    if let Some(other) = extras.link {
        let other = super::linked(&load(tx, policy, other)?);
        step(tx, policy, actor, done.id, Action::Link(other), notify, now)?;
    }
    Ok(done)
}
