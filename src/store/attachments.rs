//! Files of parts: the bytes once, under their SHA-256; the names with the parts.

use crate::domain::{Attachment, Part, PartId, TicketId};
use crate::store::StoreError;
use crate::store::sql::{Row, Tx};
use crate::values;

/// Keeps bytes under their SHA-256; once, however often they come.
///
/// # Errors
/// What the database says.
pub fn keep(tx: &mut dyn Tx, sha256: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    tx.execute(
        "INSERT INTO attachments (sha256, size, bytes) VALUES ($1, $2, $3) \
         ON CONFLICT (sha256) DO NOTHING",
        values![sha256, size, bytes],
    )?;
    Ok(())
}

/// Writes down that a part has a file, whose bytes are kept already.
///
/// # Errors
/// What the database says; a constraint when there are no such bytes.
pub fn add(
    tx: &mut dyn Tx,
    part: PartId,
    position: usize,
    file: &Attachment,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO part_attachments (part_id, position, sha256, name, mime, inline) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        values![
            part.0,
            i64::try_from(position).unwrap_or(i64::MAX),
            &file.sha256,
            &file.name,
            &file.mime,
            file.inline,
        ],
    )?;
    Ok(())
}

pub(super) fn read(row: &Row, from: usize) -> Result<Attachment, StoreError> {
    Ok(Attachment {
        name: row.text(from)?,
        mime: row.text(from + 1)?,
        sha256: row.text(from + 2)?,
        size: u64::try_from(row.int(from + 3)?).unwrap_or(0),
        inline: row.flag(from + 4)?,
    })
}

/// The files of a ticket's parts, in order.
///
/// # Errors
/// What the database says.
pub(super) fn of_ticket(
    tx: &mut dyn Tx,
    ticket: TicketId,
) -> Result<Vec<(PartId, Attachment)>, StoreError> {
    tx.query(
        "SELECT f.part_id, f.name, f.mime, f.sha256, a.size, f.inline FROM part_attachments f \
         JOIN attachments a ON a.sha256 = f.sha256 JOIN parts p ON p.id = f.part_id \
         WHERE p.ticket_id = $1 ORDER BY f.part_id, f.position",
        values![ticket.0],
    )?
    .iter()
    .map(|row| Ok((PartId(row.int(0)?), read(row, 1)?)))
    .collect()
}

/// Gives each part its own files.
pub(super) fn hand_out(parts: &mut [Part], files: Vec<(PartId, Attachment)>) {
    for (id, file) in files {
        if let Some(part) = parts.iter_mut().find(|p| p.id == id) {
            part.files.push(file);
        }
    }
}

/// Forgets bytes that no part and no draft has.
pub(super) fn let_go(tx: &mut dyn Tx, sha256: &str) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM attachments WHERE sha256 = $1 \
         AND NOT EXISTS (SELECT 1 FROM part_attachments p WHERE p.sha256 = $1) \
         AND NOT EXISTS (SELECT 1 FROM draft_attachments d WHERE d.sha256 = $1)",
        values![sha256],
    )?;
    Ok(())
}

/// # Errors
/// What the database says.
pub fn bytes(tx: &mut dyn Tx, sha256: &str) -> Result<Option<Vec<u8>>, StoreError> {
    match tx.first("SELECT bytes FROM attachments WHERE sha256 = $1", values![sha256])? {
        Some(row) => row.opt_blob(0),
        None => Ok(None),
    }
}
