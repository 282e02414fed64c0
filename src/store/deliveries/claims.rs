//! A worker's hold on the mails it sends, from claim to outcome.
//!
//! A row is claimed by one worker at a time, for as long as its lease runs. Every change by a
//! worker repeats who claimed it, so that a worker whose lease ran out changes nothing.

use crate::domain::{DeliveryId, Status, TicketId, Time};
use crate::store::StoreError;
use crate::store::sql::Tx;
use crate::values;

/// Claims a row until `until` and counts the attempt, before it is made. For how long it is tried
/// counts from its first attempt: while no worker ran, nothing was tried. False when another worker
/// has it.
///
/// # Errors
/// What the database says.
pub fn claim(
    tx: &mut dyn Tx,
    id: DeliveryId,
    worker: &str,
    until: Time,
    now: Time,
) -> Result<bool, StoreError> {
    let touched = tx.execute(
        "UPDATE deliveries SET status = 'sending', claimed_by = $1, claimed_until = $2, \
         attempts = attempts + 1, handed_over = 0, \
         first_due_at = CASE WHEN attempts = 0 THEN $4 ELSE first_due_at END \
         WHERE id = $3 AND claimed_until <= $4 \
         AND status IN ('due', 'retrying', 'sending')",
        values![worker, until, id.0, now],
    )?;
    Ok(touched == 1)
}

/// Rows of a ticket whose worker was lost: claimed once, and the lease has run out. The flag says
/// whether the message was handed over by then (L5).
///
/// # Errors
/// What the database says.
pub fn lapsed(
    tx: &mut dyn Tx,
    ticket: TicketId,
    now: Time,
) -> Result<Vec<(DeliveryId, bool)>, StoreError> {
    tx.query(
        "SELECT id, handed_over FROM deliveries WHERE ticket_id = $1 AND channel = 'email' \
         AND status = 'sending' AND claimed_until <= $2 ORDER BY id",
        values![ticket.0, now],
    )?
    .iter()
    .map(|r| Ok((DeliveryId(r.int(0)?), r.flag(1)?)))
    .collect()
}

/// Who has claimed rows at present.
///
/// # Errors
/// What the database says.
pub fn claimants(tx: &mut dyn Tx) -> Result<Vec<String>, StoreError> {
    tx.query(
        "SELECT DISTINCT claimed_by FROM deliveries WHERE channel = 'email' \
         AND status IN ('due', 'sending', 'retrying') AND claimed_by IS NOT NULL",
        &[],
    )?
    .iter()
    .map(|r| r.text(0))
    .collect()
}

/// Ends all leases of a worker that is known to be dead.
///
/// # Errors
/// What the database says.
pub fn end_leases(tx: &mut dyn Tx, worker: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE deliveries SET claimed_until = 0 WHERE claimed_by = $1 AND status = 'sending'",
        values![worker],
    )?;
    Ok(())
}

/// Lets go of a row whose worker was lost. With `lost_answer` its message had been handed over:
/// its bytes are kept, to go once more as they are (L5).
///
/// # Errors
/// What the database says.
pub fn release(
    tx: &mut dyn Tx,
    id: DeliveryId,
    status: Status,
    lost_answer: bool,
    due_at: Time,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE deliveries SET status = $1, due_at = $2, lost_answers = lost_answers + $3, \
         raw = CASE WHEN lost_answers + $3 > 0 THEN raw ELSE NULL END, \
         claimed_by = NULL, claimed_until = 0, handed_over = 0 \
         WHERE id = $4 AND status = 'sending'",
        values![status.code(), due_at, lost_answer, id.0],
    )?;
    Ok(())
}

/// The bytes kept of a message that was handed over once without an answer (L5).
///
/// # Errors
/// What the database says.
pub fn kept_raw(tx: &mut dyn Tx, id: DeliveryId) -> Result<Option<Vec<u8>>, StoreError> {
    match tx.first("SELECT raw FROM deliveries WHERE id = $1", values![id.0])? {
        Some(row) => row.opt_blob(0),
        None => Ok(None),
    }
}

/// Records, before the final dot, that the message is about to be handed over, and has the lease
/// run until `until`: the mails before it may have taken most of the first. False when the lease has passed to another worker: then it must not be sent.
///
/// # Errors
/// What the database says.
pub fn hand_over(
    tx: &mut dyn Tx,
    id: DeliveryId,
    worker: &str,
    raw: Vec<u8>,
    until: Time,
) -> Result<bool, StoreError> {
    let touched = tx.execute(
        "UPDATE deliveries SET handed_over = 1, raw = $1, claimed_until = $4 \
         WHERE id = $2 AND claimed_by = $3 AND status = 'sending'",
        values![raw, id.0, worker, until],
    )?;
    Ok(touched == 1)
}

/// Where a claimed row ends up.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub status: Status,
    pub sent_at: Option<Time>,
    pub due_at: Option<Time>,
    pub words: Option<String>,
    /// The answer was lost once more (L5).
    pub lost_answer: bool,
    /// Keep the bytes: they may have arrived, and go again unchanged.
    pub keep_raw: bool,
    /// No mail could leave at all: that was no attempt of this one's.
    pub spared: bool,
}

/// Records what became of a claimed row and lets it go. False when the lease has passed to
/// another worker.
///
/// # Errors
/// What the database says.
pub fn settle(
    tx: &mut dyn Tx,
    id: DeliveryId,
    worker: &str,
    outcome: &Outcome,
) -> Result<bool, StoreError> {
    let touched = tx.execute(
        "UPDATE deliveries SET status = $1, sent_at = $2, due_at = CASE WHEN $3 IS NULL \
         THEN due_at ELSE $3 END, attempts = attempts - $9, last_error = $4, lost_answers = lost_answers + $5, \
         raw = CASE WHEN $6 = 1 THEN raw ELSE NULL END, claimed_by = NULL, \
         claimed_until = 0, handed_over = 0, \
         first_due_at = CASE WHEN $9 = 1 THEN $3 ELSE first_due_at END \
         WHERE id = $7 AND claimed_by = $8 AND status = 'sending'",
        values![
            outcome.status.code(),
            outcome.sent_at,
            outcome.due_at,
            outcome.words.as_ref(),
            outcome.lost_answer,
            outcome.keep_raw,
            id.0,
            worker,
            outcome.spared,
        ],
    )?;
    Ok(touched == 1)
}
