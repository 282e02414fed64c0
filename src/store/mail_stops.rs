//! Why mail to a contact stopped, each time, and who let it go again. Never deletes.

use crate::domain::{ContactId, MailStop, TicketId, Time};
use crate::store::sql::Tx;
use crate::store::{StoreError, contacts};
use crate::values;

/// A stop that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// What the mail system said; one line.
    pub words: Option<String>,
    pub at: Time,
    /// Where it was noticed.
    pub ticket: Option<TicketId>,
}

/// Stops mail to a contact (N14).
///
/// # Errors
/// What the database says.
pub fn stop(
    tx: &mut dyn Tx,
    contact: ContactId,
    reason: MailStop,
    stopped: &Stopped,
) -> Result<(), StoreError> {
    contacts::set_mail_stop(tx, contact, Some(reason))?;
    tx.execute(
        "INSERT INTO mail_stops (contact_id, reason, words, at, ticket_id) \
         VALUES ($1, $2, $3, $4, $5)",
        values![
            contact.0,
            reason.code(),
            stopped.words.as_ref(),
            stopped.at,
            stopped.ticket.map(|t| t.0),
        ],
    )?;
    Ok(())
}

/// Lets mail to a contact go again.
///
/// # Errors
/// What the database says.
pub fn lift(tx: &mut dyn Tx, contact: ContactId, by: &str, now: Time) -> Result<(), StoreError> {
    contacts::set_mail_stop(tx, contact, None)?;
    tx.execute(
        "UPDATE mail_stops SET lifted_at = $1, lifted_by = $2 \
         WHERE contact_id = $3 AND lifted_at IS NULL",
        values![now, by, contact.0],
    )?;
    Ok(())
}

/// Everybody to whom mail is stopped, by name.
///
/// # Errors
/// What the database says.
pub fn everybody(tx: &mut dyn Tx) -> Result<Vec<ContactId>, StoreError> {
    tx.query("SELECT id FROM contacts WHERE mail_stop IS NOT NULL ORDER BY name, id", &[])?
        .iter()
        .map(|row| Ok(ContactId(row.int(0)?)))
        .collect()
}

/// The newest stop that was not lifted. One of an older desk is not written down.
///
/// # Errors
/// What the database says.
pub fn current(tx: &mut dyn Tx, contact: ContactId) -> Result<Option<Stopped>, StoreError> {
    tx.first(
        "SELECT words, at, ticket_id FROM mail_stops \
         WHERE contact_id = $1 AND lifted_at IS NULL ORDER BY id DESC LIMIT 1",
        values![contact.0],
    )?
    .map(|row| {
        Ok(Stopped {
            words: row.opt_text(0)?,
            at: row.time(1)?,
            ticket: row.opt_int(2)?.map(TicketId),
        })
    })
    .transpose()
}
