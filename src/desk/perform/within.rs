//! The use cases within a transaction that its caller has begun: a mail that is taken in, a batch of
//! changes, a ticket that is accepted from quarantine.

use serde_json::Value;

use super::Performed;
use super::record::record;
use crate::desk::load::{load, load_any};
use crate::desk::{DeskError, Policy, TicketView};
use crate::domain::action::Context;
use crate::domain::notify::{Facts, no_longer, plan};
use crate::domain::text::{optional_body, person_name};
use crate::domain::ticket_type::DESCRIPTION;
use crate::domain::{
    Action, Actor, Channel, Contact, ContactId, Decision, Delivery, Event, NewPart, NewTicket,
    Notify, Reason, Refusal, Status, Ticket, TicketId, Time, submit,
};
use crate::store::{Tx, contacts, deliveries, mail_stops, tags, ticket_types, tickets};

/// An action that was performed, with the ticket as it was before.
pub(in crate::desk) struct Done {
    pub performed: Performed,
    pub action: Action,
    pub before: TicketView,
}

/// [`Desk::perform_as`](crate::desk::Desk::perform_as) within a transaction. A customer's reply
/// marks nothing as seen here: that is [`see`]'s.
pub(in crate::desk) fn perform_in(
    tx: &mut dyn Tx,
    policy: &Policy,
    actor: &Actor,
    id: TicketId,
    action: Action,
    notify: Notify,
    now: Time,
) -> Result<Done, DeskError> {
    let view = match &action {
        // A mail that comes back does so after its ticket is gone, too.
        Action::KeepMail { .. } => load_any(tx, policy, id)?,
        _ => load(tx, policy, id)?,
    };
    let action = match action {
        Action::SetContact(contact) => Action::SetContact(known_contact(tx, contact, now)?),
        Action::SetAttribute { name, value } => {
            let value = checked_value(tx, &view.ticket, &name, &value)?;
            Action::SetAttribute { name, value }
        }
        other => other,
    };
    let other_links = match &action {
        Action::Link(other) => tickets::links(tx, other.id)?,
        _ => Vec::new(),
    };
    let decision = view.decide_with(&action, actor, &other_links, notify, now)?;
    let part = record(tx, policy, Some(&view), &decision, now)?;
    match &action {
        Action::Link(other) => join(tx, policy, &view, other.id, true, actor, now)?,
        Action::Unlink(other) => join(tx, policy, &view, *other, false, actor, now)?,
        Action::Unshare => withdraw_mail(tx, &view)?,
        Action::LiftMailStop => {
            if let Some(contact) = view.ticket.contact {
                mail_stops::lift(tx, contact, actor.author().name(), now)?;
            }
        }
        Action::SetAttribute { name, value } => ticket_types::set_value(tx, id, name, value)?,
        Action::Delete => {
            withdraw_mail(tx, &view)?;
            for other in &view.links {
                join(tx, policy, &view, other.id, false, actor, now)?;
            }
        }
        _ => {}
    }
    for part in &decision.parts {
        if let Event::Tagged { tag } = &part.event {
            tags::number(tx, tag)?;
        }
    }
    Ok(Done { performed: Performed { id, decision, part }, action, before: view })
}

/// [`Desk::submit`](crate::desk::Desk::submit) within a transaction.
pub(in crate::desk) fn submit_in(
    tx: &mut dyn Tx,
    policy: &Policy,
    actor: &Actor,
    new: NewTicket,
    notify: Notify,
    number: Option<TicketId>,
    now: Time,
) -> Result<Performed, DeskError> {
    let mut new = new;
    if let Some(contact) = new.contact.take() {
        new.contact = Some(known_contact(tx, contact, now)?);
    }
    let facts = Facts {
        contact: new.contact.as_ref(),
        grace: policy.grace,
        waiting_replies: &[],
        waiting_states: &[],
        notify,
    };
    let ctx = Context { facts, links: &[], other_links: &[] };
    let mut decision = submit(TicketId(0), &new, actor, &ctx, now)?;
    decision.ticket.id = tickets::insert(tx, number, &decision.ticket)?;
    let part = record(tx, policy, None, &decision, now)?;
    Ok(Performed { id: decision.ticket.id, decision, part })
}

/// The contact as the store knows them: one with an id is taken as it is, one without is found by
/// the address or made. A name given for a contact that has none yet is kept.
pub(in crate::desk) fn known_contact(
    tx: &mut dyn Tx,
    contact: Contact,
    now: Time,
) -> Result<Contact, DeskError> {
    if contact.id != ContactId(0) {
        return Ok(contact);
    }
    let name = match &contact.email {
        Some(_) if contact.name.is_empty() => String::new(),
        Some(_) | None => person_name(&contact.name)?,
    };
    let known = match &contact.email {
        Some(email) => contacts::by_email(tx, email)?,
        None => None,
    };
    match known {
        Some(known) if known.name.is_empty() && !name.is_empty() => {
            contacts::rename(tx, known.id, &name)?;
            Ok(Contact { name, ..known })
        }
        Some(known) => Ok(known),
        None => Ok(contacts::insert(tx, &name, contact.email.as_ref(), now)?),
    }
}

/// A value of an attribute, held against the ticket's type.
fn checked_value(
    tx: &mut dyn Tx,
    ticket: &Ticket,
    name: &str,
    value: &Value,
) -> Result<Value, DeskError> {
    let value = match (name, value) {
        (DESCRIPTION, Value::String(text)) => optional_body(text)?.into(),
        (DESCRIPTION, Value::Null) => String::new().into(),
        _ => {
            let kind = ticket_types::load(tx, ticket.type_id)?;
            kind.ok_or(DeskError::NoType(ticket.type_id.0))?.checked(name, value)?
        }
    };
    let had = ticket_types::values_of(tx, ticket.id)?;
    let had = had.into_iter().find(|(n, _)| n == name).map_or(Value::Null, |(_, v)| v);
    if had == value { Err(Refusal::SameAttribute(name.to_owned()).into()) } else { Ok(value) }
}

/// N6: what has not left does not leave.
fn withdraw_mail(tx: &mut dyn Tx, view: &TicketView) -> Result<(), DeskError> {
    for row in &view.deliveries {
        if row.channel == Channel::Email && can_be_stopped(view, row) {
            deliveries::suppress(tx, row.id, Reason::NotSharedAnyMore)?;
        }
    }
    Ok(())
}

/// True for a mail that waits. One that is being sent is asked again before its message is handed
/// over, and its riders share its fate.
fn can_be_stopped(view: &TicketView, row: &Delivery) -> bool {
    let carrier = row.carried_by.and_then(|id| view.deliveries.iter().find(|d| d.id == id));
    matches!(row.status, Status::Due | Status::Retrying)
        && carrier.is_none_or(|c| c.status != Status::Sending)
}

/// N12: moves the mark, and suppresses the mail of replies that were seen by that (N2).
pub(in crate::desk) fn see(
    tx: &mut dyn Tx,
    ticket: &Ticket,
    view: &TicketView,
    now: Time,
) -> Result<(), DeskError> {
    tickets::mark_seen(tx, ticket, now)?;
    let seen_at = view.seen_at.max(Some(now));
    for delivery in &view.deliveries {
        let Some(pending) = view.pending(delivery) else { continue };
        if delivery.channel == Channel::Email
            && can_be_stopped(view, delivery)
            && let Some(reason @ Reason::SeenInMessenger(_)) =
                no_longer(ticket, view.contact.as_ref(), seen_at, &pending)
        {
            deliveries::suppress(tx, delivery.id, reason)?;
        }
    }
    Ok(())
}

/// Makes or removes the link itself, and tells the other end's history of it.
fn join(
    tx: &mut dyn Tx,
    policy: &Policy,
    view: &TicketView,
    other: TicketId,
    linked: bool,
    actor: &Actor,
    now: Time,
) -> Result<(), DeskError> {
    let there = load(tx, policy, other)?;
    let event = if linked {
        Event::Linked { other: view.ticket.id }
    } else {
        Event::Unlinked { other: view.ticket.id }
    };
    let facts = Facts {
        contact: there.contact.as_ref(),
        grace: policy.grace,
        waiting_replies: &[],
        waiting_states: &[],
        notify: Notify::Tell,
    };
    let author = actor.author();
    let plan = plan(&there.ticket, &event, &author, &facts, now);
    let part = NewPart { author, event, body: None, files: Vec::new(), plan };
    let mut ticket = there.ticket.clone();
    ticket.revision += 1;
    let decision = Decision { ticket, parts: vec![part] };
    tickets::set_link(tx, view.ticket.id, other, linked)?;
    record(tx, policy, Some(&there), &decision, now)?;
    Ok(())
}
