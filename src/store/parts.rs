//! Parts: appended, marked as withdrawn, never changed or removed.

use crate::domain::{Author, Event, NewPart, Part, PartId, TicketId, Time};
use crate::store::sql::{Row, Tx};
use crate::store::{StoreError, attachments};
use crate::values;

macro_rules! columns {
    () => {
        "id, ticket_id, at, author, event, body, visible, badge, recent, withdrawn_at"
    };
}
pub(super) use columns;

/// A row without its part's files, which [`attachments`] hands out.
pub(super) fn read(row: &Row) -> Result<Part, StoreError> {
    let author: Author = serde_json::from_str(&row.text(3)?)
        .map_err(|_| StoreError::Corrupt("an author cannot be read"))?;
    let event: Event = serde_json::from_str(&row.text(4)?)
        .map_err(|_| StoreError::Corrupt("an event cannot be read"))?;
    Ok(Part {
        id: PartId(row.int(0)?),
        ticket_id: TicketId(row.int(1)?),
        at: row.time(2)?,
        author,
        event,
        body: row.opt_text(5)?,
        files: Vec::new(),
        visible: row.flag(6)?,
        badge: row.flag(7)?,
        recent: row.flag(8)?,
        withdrawn_at: row.opt_time(9)?,
    })
}

/// Appends a part with the visibility its plan gave it (V8), and its files, which are kept already.
///
/// # Errors
/// What the database says.
pub fn append(
    tx: &mut dyn Tx,
    ticket: TicketId,
    part: &NewPart,
    now: Time,
) -> Result<PartId, StoreError> {
    let json = |v: Result<String, serde_json::Error>| {
        v.map_err(|_| StoreError::Corrupt("an event cannot be written"))
    };
    let row = tx.first(
        "INSERT INTO parts (ticket_id, at, author, kind, event, body, visible, badge, recent) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
        values![
            ticket.0,
            now,
            json(serde_json::to_string(&part.author))?,
            part.event.code(),
            json(serde_json::to_string(&part.event))?,
            part.body.as_ref(),
            part.plan.visible,
            part.plan.visible && part.plan.badge.is_due(),
            part.plan.visible && part.plan.recent.is_due(),
        ],
    )?;
    let id = PartId(row.ok_or(StoreError::Corrupt("an insert gave no id"))?.int(0)?);
    for (position, file) in part.files.iter().enumerate() {
        attachments::add(tx, id, position, file)?;
    }
    Ok(id)
}

/// A ticket's history, oldest first, withdrawn parts too.
///
/// # Errors
/// What the database says.
pub fn of(tx: &mut dyn Tx, ticket: TicketId) -> Result<Vec<Part>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM parts WHERE ticket_id = $1 ORDER BY id");
    let mut parts: Vec<Part> =
        tx.query(sql, values![ticket.0])?.iter().map(read).collect::<Result<_, _>>()?;
    attachments::hand_out(&mut parts, attachments::of_ticket(tx, ticket)?);
    Ok(parts)
}

/// Marks a part as taken back (U1).
///
/// # Errors
/// What the database says.
pub fn withdraw(tx: &mut dyn Tx, part: PartId, now: Time) -> Result<(), StoreError> {
    tx.execute("UPDATE parts SET withdrawn_at = $1 WHERE id = $2", values![now, part.0])?;
    Ok(())
}
