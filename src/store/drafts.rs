//! Drafts: texts that were begun and not sent, and their files, kept across Esc, quit and kill.

use crate::domain::{Attachment, TeammateId, Time};
use crate::store::sql::Tx;
use crate::store::{StoreError, attachments};
use crate::values;

/// A draft as stored; `ticket` is 0 for the new-ticket form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    pub kind: String,
    pub ticket: i64,
    pub body: String,
    pub files: Vec<Attachment>,
    pub saved_at: Time,
}

/// # Errors
/// What the database says.
pub fn of(tx: &mut dyn Tx, teammate: TeammateId) -> Result<Vec<DraftRow>, StoreError> {
    let rows = tx.query(
        "SELECT kind, ticket_id, body, saved_at FROM drafts WHERE teammate_id = $1 \
         ORDER BY saved_at DESC, kind, ticket_id",
        values![teammate.0],
    )?;
    rows.iter()
        .map(|r| {
            let (kind, ticket) = (r.text(0)?, r.int(1)?);
            let files = files(tx, teammate, &kind, ticket)?;
            Ok(DraftRow { kind, ticket, body: r.text(2)?, files, saved_at: r.time(3)? })
        })
        .collect()
}

/// The files of a draft, in order.
///
/// # Errors
/// What the database says.
pub fn files(
    tx: &mut dyn Tx,
    teammate: TeammateId,
    kind: &str,
    ticket: i64,
) -> Result<Vec<Attachment>, StoreError> {
    tx.query(
        "SELECT f.name, f.mime, f.sha256, a.size, 0 FROM draft_attachments f \
         JOIN attachments a ON a.sha256 = f.sha256 \
         WHERE f.teammate_id = $1 AND f.kind = $2 AND f.ticket_id = $3 ORDER BY f.position",
        values![teammate.0, kind, ticket],
    )?
    .iter()
    .map(|row| attachments::read(row, 0))
    .collect()
}

/// Gives a draft these files, whose bytes are kept, and no others.
///
/// # Errors
/// What the database says.
pub fn set_files(
    tx: &mut dyn Tx,
    teammate: TeammateId,
    kind: &str,
    ticket: i64,
    wanted: &[Attachment],
) -> Result<(), StoreError> {
    let before = files(tx, teammate, kind, ticket)?;
    tx.execute(
        "DELETE FROM draft_attachments WHERE teammate_id = $1 AND kind = $2 AND ticket_id = $3",
        values![teammate.0, kind, ticket],
    )?;
    for (position, file) in wanted.iter().enumerate() {
        tx.execute(
            "INSERT INTO draft_attachments \
             (teammate_id, kind, ticket_id, position, sha256, name, mime) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            values![
                teammate.0,
                kind,
                ticket,
                i64::try_from(position).unwrap_or(i64::MAX),
                &file.sha256,
                &file.name,
                &file.mime,
            ],
        )?;
    }
    for file in before {
        attachments::let_go(tx, &file.sha256)?;
    }
    Ok(())
}

/// Keeps a draft's text; its files stay as they are.
///
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
    set_files(tx, teammate, kind, ticket, &[])?;
    tx.execute(
        "DELETE FROM drafts WHERE teammate_id = $1 AND kind = $2 AND ticket_id = $3",
        values![teammate.0, kind, ticket],
    )?;
    Ok(())
}
