//! Contacts as other programs know them: made, changed, found and deleted by number, address, or
//! the id of a system of their own.

use crate::desk::{Desk, DeskError};
use crate::domain::contact::{ContactCard, Role};
use crate::domain::text::{clean_line, person_name};
use crate::domain::{Contact, ContactId, EmailAddress, MailStop, Time};
use crate::store::mail_stops::{self, Stopped};
use crate::store::{Tx, contact_cards, contacts, tokens};

/// The longest id of another system, in characters.
const EXTERNAL_ID_CHARS: usize = 255;

/// What a contact is to be; what is not given stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CardChange {
    pub name: Option<String>,
    pub email: Option<EmailAddress>,
    pub external_id: Option<String>,
    pub role: Option<Role>,
    /// N14.
    pub unsubscribed: Option<bool>,
}

impl Desk {
    /// # Errors
    /// The store's.
    pub fn contact_card(&self, id: ContactId) -> Result<Option<ContactCard>, DeskError> {
        self.store().read(move |tx| Ok(contact_cards::load(tx, id)?))
    }

    /// # Errors
    /// The store's.
    pub fn contact_by_external_id(&self, id: &str) -> Result<Option<ContactCard>, DeskError> {
        let id = id.to_owned();
        self.store().read(move |tx| Ok(contact_cards::by_external_id(tx, &id)?))
    }

    /// Makes a contact. One that the desk knows by its address already, and nobody has claimed with
    /// an id of their own, is taken for the same.
    ///
    /// # Errors
    /// [`DeskError::Taken`] when address or id are another contact's, a name that is too long, or
    /// the store's.
    pub fn add_contact(&self, new: CardChange, now: Time) -> Result<ContactCard, DeskError> {
        self.store().write(move |tx| {
            let external_id = new.external_id.as_deref().map(external_id);
            unused(tx, &new, external_id.as_deref(), None)?;
            let name = name(new.name.as_deref())?.unwrap_or_default();
            let contact = Contact { name, ..Contact::unsaved("", new.email.clone()) };
            let role = new.role.unwrap_or(Role::User);
            let id = contact_cards::insert(tx, &contact, external_id.as_deref(), role, now)?;
            unsubscribe(tx, id, &new, now)?;
            contact_cards::load(tx, id)?.ok_or_else(|| DeskError::NoContact(id.0.to_string()))
        })
    }

    /// Changes a contact.
    ///
    /// # Errors
    /// [`DeskError::NoContact`], [`DeskError::Taken`], a name that is too long, or the store's.
    pub fn change_contact(
        &self,
        id: ContactId,
        change: CardChange,
        now: Time,
    ) -> Result<ContactCard, DeskError> {
        self.store().write(move |tx| {
            let none = || DeskError::NoContact(id.0.to_string());
            let mut card = contact_cards::load(tx, id)?.ok_or_else(none)?;
            let external_id = change.external_id.as_deref().map(external_id);
            unused(tx, &change, external_id.as_deref(), Some(id))?;
            if let Some(name) = name(change.name.as_deref())? {
                card.contact.name = name;
            }
            if let Some(email) = change.email.clone() {
                let moved = card.contact.email.as_ref().is_none_or(|e| e.key() != email.key());
                if moved && card.contact.mail_stop == Some(MailStop::HardBounce) {
                    // It was the old address that takes no mail (M3).
                    mail_stops::lift(tx, id, "another address", now)?;
                }
                card.contact.email = Some(email);
            }
            card.external_id = external_id.or(card.external_id);
            card.role = change.role.unwrap_or(card.role);
            card.updated_at = now;
            contact_cards::save(tx, &card)?;
            unsubscribe(tx, id, &change, now)?;
            contact_cards::load(tx, id)?.ok_or_else(none)
        })
    }

    /// Deletes a contact: name, address and the id of another system go; tickets and ledger stay
    /// with the team, no mail goes any more (N14: no address), and no token of theirs is good.
    ///
    /// # Errors
    /// [`DeskError::NoContact`], or the store's.
    pub fn delete_contact(&self, id: ContactId, now: Time) -> Result<(), DeskError> {
        self.store().write(move |tx| {
            if contact_cards::load(tx, id)?.is_none() {
                return Err(DeskError::NoContact(id.0.to_string()));
            }
            tokens::revoke_all_of(tx, id, now)?;
            Ok(contact_cards::delete(tx, id, now)?)
        })
    }
}

fn external_id(raw: &str) -> String {
    clean_line(raw).chars().take(EXTERNAL_ID_CHARS).collect()
}

fn name(raw: Option<&str>) -> Result<Option<String>, DeskError> {
    Ok(match raw.map(clean_line) {
        None => None,
        Some(none) if none.is_empty() => Some(none),
        Some(name) => Some(person_name(&name)?),
    })
}

/// Address and id must be nobody else's.
fn unused(
    tx: &mut dyn Tx,
    change: &CardChange,
    external_id: Option<&str>,
    own: Option<ContactId>,
) -> Result<(), DeskError> {
    if let Some(email) = &change.email
        && let Some(other) = contacts::by_email(tx, email)?
        && Some(other.id) != own
    {
        return Err(DeskError::Taken(format!("A contact with this address (id={})", other.id.0)));
    }
    if let Some(external_id) = external_id
        && let Some(other) = contact_cards::by_external_id(tx, external_id)?
        && Some(other.contact.id) != own
    {
        return Err(DeskError::Taken(format!(
            "A contact with this external_id (id={})",
            other.contact.id.0
        )));
    }
    Ok(())
}

/// A hard bounce stays, whatever is asked.
fn unsubscribe(
    tx: &mut dyn Tx,
    id: ContactId,
    change: &CardChange,
    now: Time,
) -> Result<(), DeskError> {
    let stop = contacts::load(tx, id)?.and_then(|c| c.mail_stop);
    if let Some(unsubscribed) = change.unsubscribed
        && stop != Some(MailStop::HardBounce)
    {
        if unsubscribed && stop.is_none() {
            let stopped = Stopped { words: None, at: now, ticket: None };
            mail_stops::stop(tx, id, MailStop::Unsubscribed, &stopped)?;
        } else if !unsubscribed && stop.is_some() {
            mail_stops::lift(tx, id, "the API", now)?;
        }
    }
    Ok(())
}
