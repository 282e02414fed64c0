//! Files that came with mails: the bytes once, under their SHA-256; the names with the parts.

use crate::domain::PartId;
use crate::store::StoreError;
use crate::store::sql::Tx;
use crate::values;

/// A file of a part, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Attached {
    pub part: PartId,
    /// Safe as the last component of a path.
    pub name: String,
    pub mime: String,
    pub sha256: String,
    pub size: i64,
    /// Shown within the text, as the logo of a signature is.
    pub inline: bool,
}

/// Adds a file to a part; its bytes are kept once, however often they come.
///
/// # Errors
/// What the database says.
pub fn add(
    tx: &mut dyn Tx,
    file: &Attached,
    position: usize,
    bytes: Vec<u8>,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO attachments (sha256, size, bytes) VALUES ($1, $2, $3) \
         ON CONFLICT (sha256) DO NOTHING",
        values![&file.sha256, file.size, bytes],
    )?;
    tx.execute(
        "INSERT INTO part_attachments (part_id, position, sha256, name, mime, inline) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        values![
            file.part.0,
            i64::try_from(position).unwrap_or(i64::MAX),
            &file.sha256,
            &file.name,
            &file.mime,
            file.inline,
        ],
    )?;
    Ok(())
}

/// The files of a ticket's parts, in order.
///
/// # Errors
/// What the database says.
pub fn of_ticket(
    tx: &mut dyn Tx,
    ticket: crate::domain::TicketId,
) -> Result<Vec<Attached>, StoreError> {
    tx.query(
        "SELECT f.part_id, f.name, f.mime, f.sha256, a.size, f.inline FROM part_attachments f \
         JOIN attachments a ON a.sha256 = f.sha256 JOIN parts p ON p.id = f.part_id \
         WHERE p.ticket_id = $1 ORDER BY f.part_id, f.position",
        values![ticket.0],
    )?
    .iter()
    .map(|row| {
        Ok(Attached {
            part: PartId(row.int(0)?),
            name: row.text(1)?,
            mime: row.text(2)?,
            sha256: row.text(3)?,
            size: row.int(4)?,
            inline: row.flag(5)?,
        })
    })
    .collect()
}

/// # Errors
/// What the database says.
pub fn bytes(tx: &mut dyn Tx, sha256: &str) -> Result<Option<Vec<u8>>, StoreError> {
    match tx.first("SELECT bytes FROM attachments WHERE sha256 = $1", values![sha256])? {
        Some(row) => row.opt_blob(0),
        None => Ok(None),
    }
}
