//! Mails that ride in another one, which tells what they would have told (N13, N15).

use crate::domain::{DeliveryId, Time};
use crate::store::StoreError;
use crate::store::sql::Tx;
use crate::values;

/// Lets a mail ride in another one (N13, N15) while that one is being sent.
///
/// # Errors
/// What the database says.
pub fn carry(tx: &mut dyn Tx, id: DeliveryId, carrier: DeliveryId) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE deliveries SET carried_by = $1 WHERE id = $2 AND status IN ('due', 'retrying')",
        values![carrier.0, id.0],
    )?;
    Ok(())
}

/// The mail that carries them failed for good: so did its riders.
///
/// # Errors
/// What the database says.
pub fn failed(tx: &mut dyn Tx, carrier: DeliveryId, words: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE deliveries SET status = 'failed', last_error = $1, due_at = NULL \
         WHERE carried_by = $2 AND status IN ('due', 'retrying')",
        values![words, carrier.0],
    )?;
    Ok(())
}

/// The riders of a mail arrived with it: they are superseded.
///
/// # Errors
/// What the database says.
pub fn arrived(tx: &mut dyn Tx, carrier: DeliveryId) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE deliveries SET status = 'suppressed', reason = 'superseded', due_at = NULL \
         WHERE carried_by = $1 AND status IN ('due', 'retrying')",
        values![carrier.0],
    )?;
    Ok(())
}

/// A server put off the mail that carries them, and so its riders: each stands for itself, due when
/// it is tried next.
///
/// # Errors
/// What the database says.
pub fn put_off(tx: &mut dyn Tx, carrier: DeliveryId, due_at: Time) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE deliveries SET carried_by = NULL, status = 'retrying', due_at = $1 \
         WHERE carried_by = $2 AND status IN ('due', 'retrying')",
        values![due_at, carrier.0],
    )?;
    Ok(())
}

/// The mail that was to carry them did not go: its riders stand for themselves again, due then.
///
/// # Errors
/// What the database says.
pub fn stand_again(tx: &mut dyn Tx, carrier: DeliveryId, due_at: Time) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE deliveries SET carried_by = NULL, due_at = $1 WHERE carried_by = $2 \
         AND status IN ('due', 'retrying')",
        values![due_at, carrier.0],
    )?;
    Ok(())
}
