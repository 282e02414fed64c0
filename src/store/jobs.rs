//! Jobs: tickets that were asked for by way of the queue, found again by the job's id.

use crate::domain::{TicketId, Time};
use crate::store::StoreError;
use crate::store::sql::Tx;
use crate::values;

/// # Errors
/// What the database says.
pub fn insert(tx: &mut dyn Tx, id: &str, ticket: TicketId, now: Time) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO jobs (id, ticket_id, created_at) VALUES ($1, $2, $3)",
        values![id, ticket.0, now],
    )?;
    Ok(())
}

/// # Errors
/// What the database says.
pub fn ticket(tx: &mut dyn Tx, id: &str) -> Result<Option<TicketId>, StoreError> {
    tx.first("SELECT ticket_id FROM jobs WHERE id = $1", values![id])?
        .map(|r| Ok(TicketId(r.int(0)?)))
        .transpose()
}
