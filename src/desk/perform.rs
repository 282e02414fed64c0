//! The use cases that change a ticket. Each is one transaction: load, decide, append the parts,
//! save the ticket, write the ledger rows. Nobody is told outside of it.

use rand::RngExt;
use serde_json::Value;

use crate::desk::webhooks::uid;
use crate::desk::{Desk, DeskError, Policy, TicketView, mail_stop};
use crate::domain::action::Context;
use crate::domain::notify::{Facts, Pending, burst_due, no_longer};
use crate::domain::text::{optional_body, person_name};
use crate::domain::ticket_type::DESCRIPTION;
use crate::domain::undo::Undo;
use crate::domain::{
    Action, Actor, Author, Channel, Contact, ContactId, Decision, Delivery, Event, LinkedTicket,
    NewPart, NewTicket, Notify, PartId, Reason, Refusal, Status, Ticket, TicketId, TicketState,
    Time, Verdict, submit,
};
use crate::store::deliveries::NewDelivery;
use crate::store::{
    Tx, contacts, deliveries, mail_stops, mailbox, parts, tags, ticket_types, tickets, webhooks,
};

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
                see(tx, &performed.decision.ticket, before, now)?;
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
            see(tx, &view.ticket, &view, now)
        })
    }
}

/// An action that was performed, with the ticket as it was before.
pub(super) struct Done {
    pub performed: Performed,
    pub action: Action,
    pub before: TicketView,
}

/// [`Desk::perform_as`] within a transaction. A customer's reply marks nothing as seen here: that
/// is [`see`]'s.
pub(super) fn perform_in(
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

/// [`Desk::submit`] within a transaction.
pub(super) fn submit_in(
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
pub(super) fn known_contact(
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
            Some(a) => crate::store::teammates::load(tx, a)?,
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

/// Writes a decision down: the ticket, its parts, and a ledger row per part and channel (L1, L2).
fn record(
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
        if let Some(awaits) = awaits_reply(part) {
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
fn awaits_reply(part: &NewPart) -> Option<bool> {
    match (&part.event, &part.author) {
        (Event::CustomerReply | Event::Submitted, Author::Customer { .. }) => Some(true),
        (Event::Reply | Event::Closed, _) => Some(false),
        (Event::StateChanged { to, .. }, Author::Teammate { .. }) => {
            (*to == TicketState::Resolved).then_some(false)
        }
        _ => None,
    }
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
pub(super) fn see(
    tx: &mut dyn Tx,
    ticket: &Ticket,
    view: &TicketView,
    now: Time,
) -> Result<(), DeskError> {
    tickets::mark_seen(tx, ticket, now)?;
    let seen_at = view.seen_at.max(Some(now));
    for delivery in &view.deliveries {
        let Some(part) = view.part(delivery) else {
            continue;
        };
        if delivery.channel == Channel::Email
            && can_be_stopped(view, delivery)
            && let Some(reason @ Reason::SeenInMessenger(_)) =
                no_longer(ticket, view.contact.as_ref(), seen_at, &Pending { delivery, part })
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
    let plan = crate::domain::notify::plan(&there.ticket, &event, &author, &facts, now);
    let part = NewPart { author, event, body: None, files: Vec::new(), plan };
    let mut ticket = there.ticket.clone();
    ticket.revision += 1;
    let decision = Decision { ticket, parts: vec![part] };
    tickets::set_link(tx, view.ticket.id, other, linked)?;
    record(tx, policy, Some(&there), &decision, now)?;
    Ok(())
}

/// The other end of a link, as [`Action::Link`] wants it.
#[must_use]
pub fn linked(view: &TicketView) -> LinkedTicket {
    LinkedTicket {
        id: view.ticket.id,
        category: view.ticket.category,
        title: view.ticket.title.clone(),
        state: view.ticket.state,
        open: view.ticket.open,
        shared: view.ticket.shared,
        contact: view.contact.as_ref().map(|c| c.display_name().to_owned()),
    }
}
