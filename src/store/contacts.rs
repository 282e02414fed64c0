//! Contacts: one row per mailbox, found by the address in lower case.

use crate::domain::{Contact, ContactId, EmailAddress, MailStop, Time};
use crate::store::StoreError;
use crate::store::sql::{Row, Tx};
use crate::values;

pub(super) fn read(row: &Row) -> Result<Contact, StoreError> {
    let email = row
        .opt_text(2)?
        .map(|e| {
            EmailAddress::new(&e).map_err(|_| StoreError::Corrupt("an address cannot be read"))
        })
        .transpose()?;
    let mail_stop = match row.opt_text(3)?.as_deref() {
        None => None,
        Some("unsubscribed") => Some(MailStop::Unsubscribed),
        Some("hard_bounce") => Some(MailStop::HardBounce),
        Some(_) => return Err(StoreError::Corrupt("a mail stop is not in the vocabulary")),
    };
    Ok(Contact { id: ContactId(row.int(0)?), name: row.text(1)?, email, mail_stop })
}

/// # Errors
/// What the database says.
pub fn load(tx: &mut dyn Tx, id: ContactId) -> Result<Option<Contact>, StoreError> {
    tx.first("SELECT id, name, email, mail_stop FROM contacts WHERE id = $1", values![id.0])?
        .map(|r| read(&r))
        .transpose()
}

/// # Errors
/// What the database says.
pub fn by_email(tx: &mut dyn Tx, email: &EmailAddress) -> Result<Option<Contact>, StoreError> {
    let [written, ascii] = email.former_keys();
    tx.first(
        "SELECT id, name, email, mail_stop FROM contacts WHERE email_key IN ($1, $2, $3) \
         ORDER BY CASE WHEN email_key = $1 THEN 0 ELSE 1 END, id LIMIT 1",
        values![email.key(), written, ascii],
    )?
    .map(|r| read(&r))
    .transpose()
}

/// All that were not deleted.
const LIKE: &str = "SELECT id, name, email, mail_stop FROM contacts \
                    WHERE deleted_at IS NULL ORDER BY name, id";

/// Contacts whose name or address holds `typed`, for suggestions; by name.
///
/// # Errors
/// What the database says.
pub fn like(tx: &mut dyn Tx, typed: &str, limit: usize) -> Result<Vec<Contact>, StoreError> {
    let typed = typed.to_lowercase();
    let mut found = Vec::new();
    // Folded in Rust: LIKE folds ASCII only, and only in SQLite.
    for row in tx.query(LIKE, &[])? {
        let contact = read(&row)?;
        let hit = contact.name.to_lowercase().contains(&typed)
            || contact.email.as_ref().is_some_and(|e| e.key().contains(&typed));
        if hit {
            found.push(contact);
        }
        if found.len() >= limit {
            break;
        }
    }
    Ok(found)
}

/// # Errors
/// What the database says.
pub fn insert(
    tx: &mut dyn Tx,
    name: &str,
    email: Option<&EmailAddress>,
    now: Time,
) -> Result<Contact, StoreError> {
    let row = tx.first(
        "INSERT INTO contacts (name, email, email_key, created_at) VALUES ($1, $2, $3, $4) \
         RETURNING id",
        values![name, email.map(EmailAddress::as_str), email.map(EmailAddress::key), now],
    )?;
    let id = row.ok_or(StoreError::Corrupt("an insert gave no id"))?.int(0)?;
    Ok(Contact { id: ContactId(id), name: name.to_owned(), email: email.cloned(), mail_stop: None })
}

/// # Errors
/// What the database says.
pub fn rename(tx: &mut dyn Tx, id: ContactId, name: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE contacts SET name = $1 WHERE id = $2", values![name, id.0])?;
    Ok(())
}

/// Stops mail to a contact, or lets it go again (N14). Why is written down beside it.
///
/// # Errors
/// What the database says.
pub(super) fn set_mail_stop(
    tx: &mut dyn Tx,
    id: ContactId,
    stop: Option<MailStop>,
) -> Result<(), StoreError> {
    let code = stop.map(MailStop::code);
    tx.execute("UPDATE contacts SET mail_stop = $1 WHERE id = $2", values![code, id.0])?;
    Ok(())
}
