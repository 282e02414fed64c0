//! Contacts as other programs know them: with the ids of their own systems, page by page.

use crate::domain::contact::{ContactCard, Role};
use crate::domain::{Contact, ContactId, EmailAddress, Time};
use crate::store::sql::{Row, Tx};
use crate::store::{StoreError, contacts};
use crate::values;

/// The columns of a contact, and those of [`read`] behind them.
macro_rules! columns {
    () => {
        "id, name, email, mail_stop, external_id, role, created_at, updated_at"
    };
}

fn read(row: &Row) -> Result<ContactCard, StoreError> {
    let created_at = row.time(6)?;
    Ok(ContactCard {
        contact: contacts::read(row)?,
        external_id: row.opt_text(4)?,
        role: row.word(5, Role::from_code)?,
        created_at,
        updated_at: row.opt_time(7)?.unwrap_or(created_at),
    })
}

/// A contact that is not deleted.
///
/// # Errors
/// What the database says.
pub fn load(tx: &mut dyn Tx, id: ContactId) -> Result<Option<ContactCard>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM contacts WHERE id = $1 AND deleted_at IS NULL");
    tx.first(sql, values![id.0])?.map(|r| read(&r)).transpose()
}

/// # Errors
/// What the database says.
pub fn by_external_id(tx: &mut dyn Tx, id: &str) -> Result<Option<ContactCard>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM contacts WHERE external_id = $1");
    tx.first(sql, values![id])?.map(|r| read(&r)).transpose()
}

/// Up to `limit` contacts with numbers below `before`, the highest first.
///
/// # Errors
/// What the database says.
pub fn page(
    tx: &mut dyn Tx,
    before: Option<ContactId>,
    limit: usize,
) -> Result<Vec<ContactCard>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM contacts WHERE id < $1 AND deleted_at IS NULL ORDER BY id DESC LIMIT $2"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let before = before.map_or(i64::MAX, |id| id.0);
    tx.query(sql, values![before, limit])?.iter().map(read).collect()
}

/// # Errors
/// What the database says.
pub fn insert(
    tx: &mut dyn Tx,
    contact: &Contact,
    external_id: Option<&str>,
    role: Role,
    now: Time,
) -> Result<ContactId, StoreError> {
    let id = contacts::insert(tx, &contact.name, contact.email.as_ref(), now)?.id;
    tx.execute(
        "UPDATE contacts SET external_id = $1, role = $2, updated_at = $3 WHERE id = $4",
        values![external_id, role.code(), now, id.0],
    )?;
    Ok(id)
}

/// # Errors
/// What the database says.
pub fn save(tx: &mut dyn Tx, card: &ContactCard) -> Result<(), StoreError> {
    let email = card.contact.email.as_ref();
    tx.execute(
        "UPDATE contacts SET name = $1, email = $2, email_key = $3, external_id = $4, role = $5, \
         updated_at = $6 WHERE id = $7",
        values![
            &card.contact.name,
            email.map(EmailAddress::as_str),
            email.map(EmailAddress::key),
            card.external_id.as_ref(),
            card.role.code(),
            card.updated_at,
            card.contact.id.0,
        ],
    )?;
    Ok(())
}

/// Takes name, address and id of another system from a contact. The row stays: the ledger and the
/// tickets name it.
///
/// # Errors
/// What the database says.
pub fn delete(tx: &mut dyn Tx, id: ContactId, now: Time) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE contacts SET name = '', email = NULL, email_key = NULL, external_id = NULL, \
         updated_at = $1, deleted_at = $1 WHERE id = $2",
        values![now, id.0],
    )?;
    Ok(())
}
