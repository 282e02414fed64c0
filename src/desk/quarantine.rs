//! The quarantine: mail that was not accepted, with its cause; a teammate accepts or drops it (M2).
//! Nothing leaves it by itself, and what is dropped keeps its row and its bytes.

use super::receive::{InboundId, Reader, enact};
use crate::desk::perform::perform_in;
use crate::desk::{Desk, DeskError};
use crate::domain::{Actor, KeptMail, Notify, PartId, TicketId, Time};
use crate::mail::inbound::Inbound;
use crate::store::mailbox::{self, Arrived, SenderCheck, State};
use crate::store::tickets;

/// A mail as a teammate looks at it before deciding.
#[derive(Debug, Clone)]
pub struct HeldMail {
    pub arrived: Arrived,
    pub mail: Option<Inbound>,
    pub raw: Vec<u8>,
}

impl Desk {
    /// What waits for a teammate, the first to arrive first.
    ///
    /// # Errors
    /// The store's.
    pub fn quarantine(&self) -> Result<Vec<Arrived>, DeskError> {
        self.store().read(|tx| Ok(mailbox::quarantine(tx)?))
    }

    /// Every mail that ever arrived, the first to arrive first.
    ///
    /// # Errors
    /// The store's.
    pub fn all_arrived(&self) -> Result<Vec<Arrived>, DeskError> {
        self.store().read(|tx| Ok(mailbox::all(tx)?))
    }

    /// A mail to look at; `mail` is `None` for one that cannot be read.
    ///
    /// # Errors
    /// [`DeskError::Other`] when there is none, or the store's.
    pub fn held_mail(&self, id: InboundId) -> Result<HeldMail, DeskError> {
        let arrived = self.arrived(id)?;
        let raw = self.raw_mail(id)?;
        let mail = self.understand(id, crate::mail::parse::parse_enveloped as Reader).ok();
        Ok(HeldMail { arrived, mail, raw })
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
        let arrived = in_quarantine(self.arrived(id)?)?;
        let mail = self
            .understand(id, crate::mail::parse::parse_enveloped as Reader)
            .map_err(|e| DeskError::Other(format!("Mail {} cannot be read: {e}.", id.0)))?;
        let (actor, policy) = (actor.clone(), self.policy().clone());
        self.store().write(move |tx| {
            // What was decided when it arrived holds only as long as the ticket is the same one's.
            let target = match (arrived.ticket, arrived.contact) {
                (Some(ticket), Some(contact)) if !as_new => tickets::load(tx, ticket)?
                    .filter(|t| t.contact == Some(contact))
                    .map(|t| (t.id, contact, t.as_shared().is_some())),
                _ => None,
            };
            let (ticket, part): (TicketId, PartId) = match target {
                Some((ticket, contact, true)) => {
                    let from = mail.from.first().map_or("nobody", |f| f.address.as_str());
                    let note = crate::domain::Action::KeepMail {
                        why: KeptMail::Accepted,
                        from: from.to_owned(),
                        body: String::new(),
                    };
                    perform_in(tx, &policy, &actor, ticket, note, Notify::Tell, now)?;
                    let part = enact::reply(tx, &policy, ticket, contact, &mail, false, now)?;
                    (ticket, part)
                }
                Some((ticket, _, false)) => {
                    let why = KeptMail::WhileNotShared;
                    (ticket, enact::keep(tx, &policy, &actor, ticket, why, &mail, now)?)
                }
                None => {
                    let check = arrived.sender_check.unwrap_or(SenderCheck::NotChecked);
                    enact::open(tx, &policy, &mail, check, None, now)?.ok_or_else(|| {
                        DeskError::Other(format!(
                            "Mail {} does not name one author, so no ticket can be opened for it.",
                            id.0
                        ))
                    })?
                }
            };
            enact::attach(tx, part, &mail)?;
            let landed = Some((ticket, part));
            if mailbox::release(tx, id.0, State::Applied, None, landed, now)? {
                Ok(ticket)
            } else {
                Err(gone(id))
            }
        })
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
            if mailbox::release(tx, id.0, State::Dropped, Some(&cause), None, now)? {
                Ok(())
            } else {
                Err(gone(id))
            }
        })
    }
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
