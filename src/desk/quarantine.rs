//! The quarantine: mail that was not accepted, with its cause; a teammate accepts or drops it (M2).
//! Nothing leaves it by itself, and what is dropped keeps its row and its bytes.

use super::imap::NOT_GIVEN;
use super::receive::route::{NO_AUTHOR, OUR_NAME};
use super::receive::{InboundId, Reader, enact};
use crate::desk::load::load;
use crate::desk::perform::perform_in;
use crate::desk::{Desk, DeskError};
use crate::domain::action::Context;
use crate::domain::notify::Facts;
use crate::domain::{
    Action, Actor, Contact, ContactId, Decision, KeptMail, Notify, PartId, TicketId, Time, submit,
};
use crate::mail::inbound::Inbound;
use crate::store::mailbox::{self, Arrived, SenderCheck, State};
use crate::store::{Tx, tickets};

/// A mail as a teammate looks at it before deciding.
#[derive(Debug, Clone)]
pub struct HeldMail {
    pub arrived: Arrived,
    pub mail: Option<Inbound>,
    pub raw: Vec<u8>,
}

/// True for a held mail that cannot be let in: it is nobody's reply, and of nobody a ticket could
/// be for. [`Desk::accept_mail`] would refuse it.
#[must_use]
pub fn opens_none(arrived: &Arrived) -> bool {
    let cause = arrived.cause.as_deref().unwrap_or_default();
    arrived.state == State::Held
        && (arrived.ticket.is_none() || arrived.contact.is_none())
        && [NO_AUTHOR, OUR_NAME, NOT_GIVEN].iter().any(|begins| cause.starts_with(begins))
}

/// Where a held mail would land.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lands {
    /// As the customer's reply.
    Reply(TicketId),
    /// In a ticket that its customer cannot see now, for the team alone.
    Kept(TicketId),
    New,
}

/// What accepting a held mail would come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    pub lands: Lands,
    /// Whose reply or ticket it would be.
    pub contact: Option<Contact>,
    pub decision: Decision,
}

impl Desk {
    /// What waits for a teammate, the first to arrive first.
    ///
    /// # Errors
    /// The store's.
    pub fn quarantine(&self) -> Result<Vec<Arrived>, DeskError> {
        self.store().read(|tx| Ok(mailbox::quarantine::all(tx)?))
    }

    /// Every mail that ever arrived, the first to arrive first.
    ///
    /// # Errors
    /// The store's.
    pub fn all_arrived(&self) -> Result<Vec<Arrived>, DeskError> {
        self.store().read(|tx| Ok(mailbox::all(tx)?))
    }

    /// The newest mails in quarantine, or of all that ever arrived, the newest first.
    ///
    /// # Errors
    /// The store's.
    pub fn newest_mail(&self, every: bool, limit: usize) -> Result<Vec<Arrived>, DeskError> {
        self.store().read(move |tx| Ok(mailbox::newest(tx, every, limit)?))
    }

    /// A mail to look at; `mail` is `None` for one that cannot be read.
    ///
    /// # Errors
    /// [`DeskError::Other`] when there is none, or the store's.
    pub fn held_mail(&self, id: InboundId) -> Result<HeldMail, DeskError> {
        let arrived = self.arrived(id)?;
        let raw = self.raw_mail(id)?;
        let mail = self.understand(id, Reader::default()).ok();
        Ok(HeldMail { arrived, mail, raw })
    }

    /// What accepting a held mail would do and tell, now (L3).
    ///
    /// # Errors
    /// As [`Desk::accept_mail`].
    pub fn acceptance(
        &self,
        id: InboundId,
        as_new: bool,
        now: Time,
    ) -> Result<Acceptance, DeskError> {
        let (arrived, mail) = self.acceptable(id)?;
        let policy = self.policy().clone();
        self.store().read(move |tx| match target(tx, &arrived, &mail, as_new)? {
            Target::Reply(ticket, contact) => {
                let view = load(tx, &policy, ticket)?;
                let contact = view.contact.clone().filter(|c| c.id == contact);
                let actor = contact.clone().map_or(Actor::Desk, Actor::Customer);
                let action = Action::customer_reply(enact::body(&mail));
                let decision = view.decide(&action, &actor, now)?;
                Ok(Acceptance { lands: Lands::Reply(ticket), contact, decision })
            }
            Target::Keep(ticket) => {
                let view = load(tx, &policy, ticket)?;
                let decision = view.decide(&kept(&mail), &Actor::Desk, now)?;
                Ok(Acceptance { lands: Lands::Kept(ticket), contact: view.contact, decision })
            }
            Target::New => {
                let check = arrived.sender_check.unwrap_or(SenderCheck::NotChecked);
                let opening =
                    enact::opening(tx, &policy, &mail, check, now)?.ok_or_else(|| no_author(id))?;
                let facts = Facts {
                    contact: Some(&opening.contact),
                    grace: policy.grace,
                    waiting_replies: &[],
                    waiting_states: &[],
                    notify: opening.notify,
                };
                let ctx = Context { facts, links: &[], other_links: &[] };
                let actor = Actor::Customer(opening.contact.clone());
                let decision = submit(TicketId(0), &opening.new, &actor, &ctx, now)?;
                Ok(Acceptance { lands: Lands::New, contact: Some(opening.contact), decision })
            }
        })
    }

    /// Lets a held mail in: as the reply of the one whose link it used, or as a new ticket when it
    /// used none, or when `as_new` asks for one. The ticket's history says who let it in.
    ///
    /// # Errors
    /// [`DeskError::Other`] when it is not in quarantine or cannot be read, or the store's.
    pub fn accept_mail(
        &self,
        actor: &Actor,
        id: InboundId,
        as_new: bool,
        now: Time,
    ) -> Result<TicketId, DeskError> {
        let (arrived, mail) = self.acceptable(id)?;
        let (actor, policy) = (actor.clone(), self.policy().clone());
        self.store().write(move |tx| {
            let (ticket, part): (TicketId, PartId) = match target(tx, &arrived, &mail, as_new)? {
                Target::Reply(ticket, contact) => {
                    let note = Action::KeepMail {
                        why: KeptMail::Accepted,
                        from: enact::author_address(&mail),
                        body: String::new(),
                    };
                    perform_in(tx, &policy, &actor, ticket, note, Notify::Tell, now)?;
                    let part = enact::reply(tx, &policy, ticket, contact, &mail, false, now)?;
                    (ticket, part)
                }
                Target::Keep(ticket) => {
                    let done =
                        perform_in(tx, &policy, &actor, ticket, kept(&mail), Notify::Tell, now)?;
                    (ticket, done.performed.part)
                }
                Target::New => {
                    let check = arrived.sender_check.unwrap_or(SenderCheck::NotChecked);
                    enact::open(tx, &policy, &mail, check, None, now)?
                        .ok_or_else(|| no_author(id))?
                }
            };
            enact::attach(tx, part, &mail)?;
            let landed = Some((ticket, part));
            if mailbox::quarantine::release(tx, id.0, State::Applied, None, landed, now)? {
                Ok(ticket)
            } else {
                Err(gone(id))
            }
        })
    }

    /// A mail that is in quarantine and can be read.
    fn acceptable(&self, id: InboundId) -> Result<(Arrived, Inbound), DeskError> {
        let arrived = in_quarantine(self.arrived(id)?)?;
        let mail = self
            .understand(id, Reader::default())
            .map_err(|e| DeskError::Other(format!("Mail {} cannot be read: {e}.", id.0)))?;
        Ok((arrived, mail))
    }

    /// Lays a held mail aside for good. Its row and its bytes stay.
    ///
    /// # Errors
    /// [`DeskError::Other`] when it is not in quarantine, or the store's.
    pub fn drop_mail(&self, actor: &Actor, id: InboundId, now: Time) -> Result<(), DeskError> {
        let arrived = in_quarantine(self.arrived(id)?)?;
        let was = arrived.cause.unwrap_or_default();
        let cause = format!("Dropped by {}. It was held: {was}", actor.author().name());
        self.store().write(move |tx| {
            if mailbox::quarantine::release(tx, id.0, State::Dropped, Some(&cause), None, now)? {
                Ok(())
            } else {
                Err(gone(id))
            }
        })
    }
}

/// Where an accepted mail goes.
enum Target {
    Reply(TicketId, ContactId),
    /// The customer cannot see the ticket now, or a machine wrote it: the team keeps it in there.
    Keep(TicketId),
    New,
}

/// What was decided when the mail arrived holds only as long as the ticket is the same one's.
fn target(
    tx: &mut dyn Tx,
    arrived: &Arrived,
    mail: &Inbound,
    as_new: bool,
) -> Result<Target, DeskError> {
    let (Some(ticket), Some(contact), false) = (arrived.ticket, arrived.contact, as_new) else {
        return Ok(Target::New);
    };
    let known = tickets::load(tx, ticket)?;
    let theirs = known.filter(|t| t.contact == Some(contact) && t.deleted_at.is_none());
    Ok(match theirs {
        Some(ticket) if ticket.as_shared().is_some() && mail.automatic.is_none() => {
            Target::Reply(ticket.id, contact)
        }
        Some(ticket) => Target::Keep(ticket.id),
        None => Target::New,
    })
}

fn kept(mail: &Inbound) -> Action {
    Action::KeepMail {
        why: match mail.automatic {
            Some(_) => KeptMail::Automatic,
            None => KeptMail::WhileNotShared,
        },
        from: enact::author_address(mail),
        body: enact::body(mail),
    }
}

fn no_author(id: InboundId) -> DeskError {
    DeskError::Other(format!(
        "Mail {} does not name one author, so no ticket can be opened for it.",
        id.0
    ))
}

fn in_quarantine(arrived: Arrived) -> Result<Arrived, DeskError> {
    match arrived.state {
        State::Held | State::Poison => Ok(arrived),
        State::Stored | State::Applied | State::Dropped => Err(gone(InboundId(arrived.id))),
    }
}

fn gone(id: InboundId) -> DeskError {
    DeskError::Other(format!("Mail {} is not in quarantine.", id.0))
}
