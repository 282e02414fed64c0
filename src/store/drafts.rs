//! Drafts: texts that were begun and not sent, kept across Esc, quit and kill.

use crate::domain::{TeammateId, Time};
use crate::store::StoreError;
use crate::store::sql::Tx;
use crate::values;

/// A draft as stored; `ticket` is 0 for the new-ticket form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    pub kind: String,
    pub ticket: i64,
    pub body: String,
    pub saved_at: Time,
}

/// # Errors
/// What the database says.
pub fn of(tx: &mut dyn Tx, teammate: TeammateId) -> Result<Vec<DraftRow>, StoreError> {
    tx.query(
        "SELECT kind, ticket_id, body, saved_at FROM drafts WHERE teammate_id = $1 \
         ORDER BY saved_at DESC, kind, ticket_id",
        values![teammate.0],
    )?
    .iter()
    .map(|r| {
        Ok(DraftRow { kind: r.text(0)?, ticket: r.int(1)?, body: r.text(2)?, saved_at: r.time(3)? })
    })
    .collect()
}

/// # Errors
/// What the database says.
pub fn save(tx: &mut dyn Tx, teammate: TeammateId, draft: &DraftRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO drafts (teammate_id, kind, ticket_id, body, saved_at) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (teammate_id, kind, ticket_id) \
         DO UPDATE SET body = excluded.body, saved_at = excluded.saved_at",
        values![teammate.0, draft.kind.as_str(), draft.ticket, draft.body.as_str(), draft.saved_at],
    )?;
    Ok(())
}

/// # Errors
/// What the database says.
pub fn remove(
    tx: &mut dyn Tx,
    teammate: TeammateId,
    kind: &str,
    ticket: i64,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM drafts WHERE teammate_id = $1 AND kind = $2 AND ticket_id = $3",
        values![teammate.0, kind, ticket],
    )?;
    Ok(())
}
