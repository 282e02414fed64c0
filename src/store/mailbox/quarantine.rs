//! Mail that waits for a teammate's word (M2), and mail that the program fell over.

use super::{Arrived, State, columns, read};
use crate::domain::{PartId, TicketId, Time};
use crate::store::StoreError;
use crate::store::sql::Tx;
use crate::values;

/// What is in quarantine, poison too, the first to arrive first.
///
/// # Errors
/// What the database says.
pub fn all(tx: &mut dyn Tx) -> Result<Vec<Arrived>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM inbound WHERE state IN ('held', 'poison') ORDER BY id"
    );
    tx.query(sql, &[])?.iter().map(read).collect()
}

/// How many wait in quarantine.
///
/// # Errors
/// What the database says.
pub fn count(tx: &mut dyn Tx) -> Result<i64, StoreError> {
    tx.first("SELECT COUNT(*) FROM inbound WHERE state IN ('held', 'poison')", &[])?
        .map_or(Ok(0), |r| r.int(0))
}

/// Ends a mail's time in quarantine by a teammate's hand. False when it is not there any more.
///
/// # Errors
/// What the database says.
pub fn release(
    tx: &mut dyn Tx,
    id: i64,
    state: State,
    cause: Option<&str>,
    landed: Option<(TicketId, PartId)>,
    now: Time,
) -> Result<bool, StoreError> {
    let touched = tx.execute(
        "UPDATE inbound SET state = $1, settled_at = $2, cause = COALESCE(CAST($3 AS TEXT), cause), \
         ticket_id = COALESCE(CAST($4 AS BIGINT), ticket_id), part_id = $5 \
         WHERE id = $6 AND state IN ('held', 'poison')",
        values![
            state.code(),
            now,
            cause,
            landed.map(|(t, _)| t.0),
            landed.map(|(_, p)| p.0),
            id,
        ],
    )?;
    Ok(touched == 1)
}
