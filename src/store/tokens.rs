//! Tokens of the HTTP API: kept as the SHA-256 of what was shown once, found by it.

use crate::domain::{ContactId, TeammateId, Time};
use crate::store::StoreError;
use crate::store::sql::{Row, Tx};
use crate::values;

/// A token as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    pub id: i64,
    pub sha256: String,
    /// `admin`, `teammate` or `contact`.
    pub kind: String,
    pub teammate: Option<TeammateId>,
    pub contact: Option<ContactId>,
    pub created_at: Time,
    pub expires_at: Option<Time>,
    /// When it was last used, to the minute.
    pub used_at: Option<Time>,
    pub revoked_at: Option<Time>,
}

macro_rules! columns {
    () => {
        "id, sha256, kind, teammate_id, contact_id, created_at, expires_at, used_at, revoked_at"
    };
}

fn read(row: &Row) -> Result<TokenRow, StoreError> {
    Ok(TokenRow {
        id: row.int(0)?,
        sha256: row.text(1)?,
        kind: row.text(2)?,
        teammate: row.opt_int(3)?.map(TeammateId),
        contact: row.opt_int(4)?.map(ContactId),
        created_at: row.time(5)?,
        expires_at: row.opt_time(6)?,
        used_at: row.opt_time(7)?,
        revoked_at: row.opt_time(8)?,
    })
}

/// # Errors
/// What the database says.
pub fn insert(
    tx: &mut dyn Tx,
    sha256: &str,
    kind: &str,
    teammate: Option<TeammateId>,
    contact: Option<ContactId>,
    expires_at: Option<Time>,
    now: Time,
) -> Result<i64, StoreError> {
    let row = tx.first(
        "INSERT INTO tokens (sha256, kind, teammate_id, contact_id, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        values![sha256, kind, teammate.map(|t| t.0), contact.map(|c| c.0), now, expires_at],
    )?;
    row.ok_or(StoreError::Corrupt("an insert gave no id"))?.int(0)
}

/// # Errors
/// What the database says.
pub fn by_hash(tx: &mut dyn Tx, sha256: &str) -> Result<Option<TokenRow>, StoreError> {
    tx.first(concat!("SELECT ", columns!(), " FROM tokens WHERE sha256 = $1"), values![sha256])?
        .map(|r| read(&r))
        .transpose()
}

/// # Errors
/// What the database says.
pub fn load(tx: &mut dyn Tx, id: i64) -> Result<Option<TokenRow>, StoreError> {
    tx.first(concat!("SELECT ", columns!(), " FROM tokens WHERE id = $1"), values![id])?
        .map(|r| read(&r))
        .transpose()
}

/// All of them, the first made first.
///
/// # Errors
/// What the database says.
pub fn all(tx: &mut dyn Tx) -> Result<Vec<TokenRow>, StoreError> {
    tx.query(concat!("SELECT ", columns!(), " FROM tokens ORDER BY id"), &[])?
        .iter()
        .map(read)
        .collect()
}

/// # Errors
/// What the database says.
pub fn set_used(tx: &mut dyn Tx, id: i64, now: Time) -> Result<(), StoreError> {
    tx.execute("UPDATE tokens SET used_at = $2 WHERE id = $1", values![id, now])?;
    Ok(())
}

/// One that was revoked before keeps its moment.
///
/// # Errors
/// What the database says.
pub fn revoke(tx: &mut dyn Tx, id: i64, now: Time) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
        values![id, now],
    )?;
    Ok(())
}

/// Revokes every token of a contact.
///
/// # Errors
/// What the database says.
pub fn revoke_all_of(
    tx: &mut dyn Tx,
    contact: crate::domain::ContactId,
    now: Time,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE tokens SET revoked_at = $2 WHERE contact_id = $1 AND revoked_at IS NULL",
        values![contact.0, now],
    )?;
    Ok(())
}
