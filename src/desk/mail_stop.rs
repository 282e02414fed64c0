//! Mail to a contact stops, and a teammate lets it go again (N14, M3). What was held back stays
//! held back; the customer is told of neither.

use crate::desk::perform::{Performed, perform_in};
use crate::desk::view::StoppedMail;
use crate::desk::{Desk, DeskError};
use crate::domain::{Action, Actor, Contact, ContactId, MailStop, Notify, Refusal, TicketId, Time};
use crate::store::mail_stops::{self, Stopped};
use crate::store::{Tx, contacts, tickets};

impl Desk {
    /// Stops mail to a contact (N14): `words` say why, in one line, where somebody said it.
    ///
    /// # Errors
    /// The store's.
    pub fn stop_mail(
        &self,
        contact: ContactId,
        reason: MailStop,
        words: Option<&str>,
        now: Time,
    ) -> Result<(), DeskError> {
        let words = words.map(crate::domain::text::clean_line);
        let stopped = Stopped { words, at: now, ticket: None };
        self.store().write(move |tx| Ok(mail_stops::stop(tx, contact, reason, &stopped)?))
    }

    /// Everybody to whom mail is stopped, and why; by name.
    ///
    /// # Errors
    /// The store's.
    pub fn mail_stops(&self) -> Result<Vec<(Contact, StoppedMail)>, DeskError> {
        self.store().read(|tx| {
            let mut found = Vec::new();
            for id in mail_stops::everybody(tx)? {
                if let Some(contact) = contacts::load(tx, id)?
                    && let Some(stop) = stopped(tx, &contact)?
                {
                    found.push((contact, stop));
                }
            }
            Ok(found)
        })
    }

    /// Lets mail to a contact go again. The history of the ticket where the stop was noticed says
    /// who did it, else that of the contact's newest ticket.
    ///
    /// # Errors
    /// [`DeskError::NoContact`], [`Refusal::MailNotStopped`], or the store's.
    pub fn lift_mail_stop(
        &self,
        actor: &Actor,
        contact: ContactId,
        now: Time,
    ) -> Result<Option<Performed>, DeskError> {
        let (actor, policy) = (actor.clone(), self.policy().clone());
        self.store().write(move |tx| {
            let found = contacts::load(tx, contact)?
                .ok_or_else(|| DeskError::NoContact(contact.to_string()))?;
            if found.mail_stop.is_none() {
                let who = found.display_name().to_owned();
                return Err(Refusal::MailNotStopped(who).into());
            }
            let noticed: Option<TicketId> =
                mail_stops::current(tx, contact)?.and_then(|stopped| stopped.ticket);
            let theirs = match noticed {
                Some(id) => tickets::load(tx, id)?
                    .filter(|t| t.contact == Some(contact) && t.deleted_at.is_none()),
                None => None,
            };
            let on = match theirs {
                Some(ticket) => Some(ticket.id),
                None => tickets::newest_of(tx, contact)?,
            };
            let Some(on) = on else {
                mail_stops::lift(tx, contact, actor.author().name(), now)?;
                return Ok(None);
            };
            let lift = Action::LiftMailStop;
            let done = perform_in(tx, &policy, &actor, on, lift, Notify::Tell, now)?;
            Ok(Some(done.performed))
        })
    }
}

/// Why no mail goes to a contact, if none does.
pub(super) fn stopped(
    tx: &mut dyn Tx,
    contact: &Contact,
) -> Result<Option<StoppedMail>, DeskError> {
    let Some(reason) = contact.mail_stop else { return Ok(None) };
    let written = mail_stops::current(tx, contact.id)?;
    let at = written.as_ref().map(|s| s.at);
    Ok(Some(StoppedMail { reason, words: written.and_then(|s| s.words), at }))
}
