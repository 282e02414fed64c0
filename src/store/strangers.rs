//! Contacts that came by mail and have not shown yet that they read what is sent to them, and the
//! few confirmations that went to such (N17).

use chrono::Duration;

use crate::domain::{ContactId, PartId, Time};
use crate::store::StoreError;
use crate::store::sql::Tx;
use crate::values;

/// # Errors
/// What the database says.
pub fn is(tx: &mut dyn Tx, contact: ContactId) -> Result<bool, StoreError> {
    let row = tx.first("SELECT 1 FROM strangers WHERE contact_id = $1", values![contact.0])?;
    Ok(row.is_some())
}

/// # Errors
/// What the database says.
pub fn add(tx: &mut dyn Tx, contact: ContactId) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO strangers (contact_id) VALUES ($1) ON CONFLICT (contact_id) DO NOTHING",
        values![contact.0],
    )?;
    Ok(())
}

/// They answered with an address that only our mail to them holds.
///
/// # Errors
/// What the database says.
pub fn remove(tx: &mut dyn Tx, contact: ContactId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM strangers WHERE contact_id = $1", values![contact.0])?;
    Ok(())
}

/// True when a stranger can be sent one more confirmation: at most one an hour and five a day to
/// one, sixty an hour to all of them (N17).
///
/// # Errors
/// What the database says.
pub fn may_confirm(tx: &mut dyn Tx, contact: ContactId, now: Time) -> Result<bool, StoreError> {
    let mut to_one = |since: Time| -> Result<i64, StoreError> {
        tx.first(
            "SELECT COUNT(*) FROM stranger_confirmations WHERE contact_id = $1 AND at > $2",
            values![contact.0, since],
        )?
        .map_or(Ok(0), |r| r.int(0))
    };
    if to_one(now - Duration::hours(1))? >= 1 || to_one(now - Duration::days(1))? >= 5 {
        return Ok(false);
    }
    let all = tx
        .first(
            "SELECT COUNT(*) FROM stranger_confirmations WHERE at > $1",
            values![now - Duration::hours(1)],
        )?
        .map_or(Ok(0), |r| r.int(0))?;
    Ok(all < 60)
}

/// This part's confirmation goes to a stranger: fixed text, counted.
///
/// # Errors
/// What the database says.
pub fn confirm(
    tx: &mut dyn Tx,
    part: PartId,
    contact: ContactId,
    now: Time,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO stranger_confirmations (part_id, contact_id, at) VALUES ($1, $2, $3)",
        values![part.0, contact.0, now],
    )?;
    Ok(())
}

/// True when this part's confirmation is fixed text, without a word of what was submitted.
///
/// # Errors
/// What the database says.
pub fn is_fixed_text(tx: &mut dyn Tx, part: PartId) -> Result<bool, StoreError> {
    let row =
        tx.first("SELECT 1 FROM stranger_confirmations WHERE part_id = $1", values![part.0])?;
    Ok(row.is_some())
}

/// Counts one more event of a kind by someone in the hour of `now`, and says how many there were.
///
/// # Errors
/// What the database says.
pub fn count(tx: &mut dyn Tx, kind: &str, who: &str, now: Time) -> Result<i64, StoreError> {
    let hour = now.timestamp().div_euclid(3_600);
    tx.first(
        "INSERT INTO mail_counters (kind, who, hour, n) VALUES ($1, $2, $3, 1) \
         ON CONFLICT (kind, who, hour) DO UPDATE SET n = mail_counters.n + 1 RETURNING n",
        values![kind, who, hour],
    )?
    .map_or(Ok(0), |r| r.int(0))
}
