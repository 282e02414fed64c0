//! What searches look at: tickets page by page, the newest first, with as much of their history as
//! is asked for. A ticket's number never changes, so a page begins where the last one ended,
//! whatever happens between them.

use std::collections::HashMap;

use crate::domain::{Author, Ticket, TicketId};
use crate::store::sql::Tx;
use crate::store::{StoreError, tickets};
use crate::values;

/// Up to `limit` tickets with numbers below `before`, the highest first; no deleted ones.
///
/// # Errors
/// What the database says.
pub fn page(
    tx: &mut dyn Tx,
    before: Option<TicketId>,
    limit: usize,
) -> Result<Vec<Ticket>, StoreError> {
    let sql = concat!(
        "SELECT ",
        tickets::columns!(),
        " FROM tickets WHERE id < $1 AND deleted_at IS NULL ORDER BY id DESC LIMIT $2"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let before = before.map_or(i64::MAX, |id| id.0);
    tx.query(sql, values![before, limit])?.iter().map(tickets::read).collect()
}

/// What the tickets from `first` to `last` are about: the texts they were submitted with.
///
/// # Errors
/// What the database says.
pub fn descriptions(
    tx: &mut dyn Tx,
    first: TicketId,
    last: TicketId,
) -> Result<HashMap<TicketId, String>, StoreError> {
    let mut found = HashMap::new();
    for row in tx.query(
        "SELECT ticket_id, body FROM parts WHERE kind = 'submitted' AND body IS NOT NULL \
         AND ticket_id BETWEEN $1 AND $2",
        values![first.0, last.0],
    )? {
        found.insert(TicketId(row.int(0)?), row.text(1)?);
    }
    Ok(found)
}

/// The teammates who did something on the tickets from `first` to `last`.
///
/// # Errors
/// What the database says.
pub fn teammates(
    tx: &mut dyn Tx,
    first: TicketId,
    last: TicketId,
) -> Result<HashMap<TicketId, Vec<String>>, StoreError> {
    let mut found: HashMap<TicketId, Vec<String>> = HashMap::new();
    for row in tx.query(
        "SELECT DISTINCT ticket_id, author FROM parts WHERE ticket_id BETWEEN $1 AND $2",
        values![first.0, last.0],
    )? {
        let author = serde_json::from_str(&row.text(1)?)
            .map_err(|_| StoreError::Corrupt("an author cannot be read"))?;
        if let Author::Teammate { id, .. } = author {
            found.entry(TicketId(row.int(0)?)).or_default().push(id.0.to_string());
        }
    }
    Ok(found)
}
