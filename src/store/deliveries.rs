//! The ledger: rows are written with their event, moved forward, never deleted (L2).

pub mod claims;
pub mod riders;

use crate::domain::delivery::DROPPED;
use crate::domain::{
    Channel, ContactId, Delivery, DeliveryId, EmailAddress, PartId, Reason, Status, TicketId, Time,
};
use crate::store::StoreError;
use crate::store::sql::{Row, Tx};
use crate::values;

macro_rules! columns {
    () => {
        "id, ticket_id, part_id, contact_id, channel, status, reason, reason_at, at, due_at, \
         sent_at, message_id, attempts, lost_answers, carried_by, last_error"
    };
}

fn read(row: &Row) -> Result<Delivery, StoreError> {
    let reason_at = row.opt_time(7)?;
    let reason = row
        .opt_text(6)?
        .map(|code| {
            Reason::from_code(&code, reason_at)
                .ok_or(StoreError::Corrupt("a reason is not in the vocabulary"))
        })
        .transpose()?;
    Ok(Delivery {
        id: DeliveryId(row.int(0)?),
        ticket_id: TicketId(row.int(1)?),
        part_id: PartId(row.int(2)?),
        contact_id: row.opt_int(3)?.map(ContactId),
        channel: row.word(4, Channel::from_code)?,
        status: row.word(5, Status::from_code)?,
        reason,
        at: row.time(8)?,
        due_at: row.opt_time(9)?,
        sent_at: row.opt_time(10)?,
        message_id: row.opt_text(11)?,
        attempts: row.count(12)?,
        lost_answers: row.count(13)?,
        carried_by: row.opt_int(14)?.map(DeliveryId),
        last_error: row.opt_text(15)?,
    })
}

/// A row that is to be written.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    pub ticket: TicketId,
    pub part: PartId,
    pub contact: Option<ContactId>,
    pub channel: Channel,
    pub status: Status,
    pub reason: Option<Reason>,
    pub at: Time,
    pub due_at: Option<Time>,
    pub message_id: Option<String>,
}

/// # Errors
/// What the database says.
pub fn insert(tx: &mut dyn Tx, new: &NewDelivery) -> Result<(), StoreError> {
    let reason_at = reason_at(new.reason);
    let sent_at = (new.status == Status::Sent).then_some(new.at);
    tx.execute(
        "INSERT INTO deliveries (ticket_id, part_id, contact_id, channel, status, reason, \
         reason_at, at, due_at, first_due_at, sent_at, message_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11)",
        values![
            new.ticket.0,
            new.part.0,
            new.contact.map(|c| c.0),
            new.channel.code(),
            new.status.code(),
            new.reason.map(Reason::code),
            reason_at,
            new.at,
            new.due_at,
            sent_at,
            new.message_id.as_ref(),
        ],
    )?;
    Ok(())
}

fn reason_at(reason: Option<Reason>) -> Option<Time> {
    match reason {
        Some(Reason::SeenInMessenger(at)) => Some(at),
        Some(_) | None => None,
    }
}

/// The ledger of a ticket, in the order of recording.
///
/// # Errors
/// What the database says.
pub fn of(tx: &mut dyn Tx, ticket: TicketId) -> Result<Vec<Delivery>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM deliveries WHERE ticket_id = $1 ORDER BY id");
    tx.query(sql, values![ticket.0])?.iter().map(read).collect()
}

/// # Errors
/// What the database says.
pub fn load(tx: &mut dyn Tx, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM deliveries WHERE id = $1");
    tx.first(sql, values![id.0])?.map(|r| read(&r)).transpose()
}

/// Mails that wait, and when the next falls due.
///
/// # Errors
/// What the database says.
pub fn outlook(tx: &mut dyn Tx) -> Result<(i64, Option<Time>), StoreError> {
    let row = tx.first(
        "SELECT COUNT(*), MIN(d.due_at) FROM deliveries d JOIN contacts c ON c.id = d.contact_id \
         WHERE d.channel = 'email' AND d.status IN ('due', 'sending', 'retrying') \
         AND c.email IS NOT NULL AND c.mail_stop IS NULL",
        &[],
    )?;
    match row {
        Some(row) => Ok((row.int(0)?, row.opt_time(1)?)),
        None => Ok((0, None)),
    }
}

/// When a worker must look next: the earliest due row, or the end of the earliest lease.
///
/// # Errors
/// What the database says.
pub fn next_wake(tx: &mut dyn Tx) -> Result<Option<Time>, StoreError> {
    let row = tx.first(
        "SELECT MIN(CASE WHEN claimed_until > due_at THEN claimed_until ELSE due_at END) \
         FROM deliveries WHERE channel = 'email' AND status IN ('due', 'sending', 'retrying') \
         AND carried_by IS NULL",
        &[],
    )?;
    match row {
        Some(row) => row.opt_time(0),
        None => Ok(None),
    }
}

/// The tickets that have a mail fallen due and not claimed, the longest due first.
///
/// # Errors
/// What the database says.
pub fn due_tickets(tx: &mut dyn Tx, now: Time, limit: usize) -> Result<Vec<TicketId>, StoreError> {
    tx.query(
        "SELECT ticket_id, MIN(due_at) FROM deliveries WHERE channel = 'email' \
         AND status IN ('due', 'sending', 'retrying') AND due_at <= $1 AND claimed_until <= $1 \
         AND carried_by IS NULL GROUP BY ticket_id ORDER BY MIN(due_at), ticket_id LIMIT $2",
        values![now, i64::try_from(limit).unwrap_or(i64::MAX)],
    )?
    .iter()
    .map(|r| Ok(TicketId(r.int(0)?)))
    .collect()
}

/// Suppresses a row that is still pending and in nobody's hands.
///
/// # Errors
/// What the database says.
pub fn suppress(tx: &mut dyn Tx, id: DeliveryId, reason: Reason) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE deliveries SET status = 'suppressed', reason = $1, reason_at = $2, due_at = NULL, \
         carried_by = NULL, claimed_by = NULL, claimed_until = 0, handed_over = 0, raw = NULL \
         WHERE id = $3 AND status IN ('due', 'retrying', 'sending')",
        values![reason.code(), reason_at(Some(reason)), id.0],
    )?;
    Ok(())
}

/// Takes back what a part did on badge and Recent tickets (U1).
///
/// # Errors
/// What the database says.
pub fn undo_shown(tx: &mut dyn Tx, part: PartId) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE deliveries SET status = 'suppressed', reason = 'undone', sent_at = NULL \
         WHERE part_id = $1 AND channel <> 'email' AND status = 'sent'",
        values![part.0],
    )?;
    Ok(())
}

/// Moves a pending row that nobody has claimed.
///
/// # Errors
/// What the database says.
pub fn postpone(tx: &mut dyn Tx, id: DeliveryId, due_at: Time) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE deliveries SET due_at = $1 WHERE id = $2 AND status IN ('due', 'retrying')",
        values![due_at, id.0],
    )?;
    Ok(())
}

/// Puts a row that rests as unknown or failed back into the queue, by a teammate's hand (L5). What
/// rode in it goes again with it, and a rider stands for itself.
///
/// # Errors
/// What the database says.
pub fn requeue(tx: &mut dyn Tx, id: DeliveryId, now: Time) -> Result<bool, StoreError> {
    let touched = tx.execute(
        "UPDATE deliveries SET status = 'due', due_at = $1, first_due_at = $1, attempts = 0, \
         lost_answers = 0, last_error = NULL, carried_by = NULL, raw = NULL \
         WHERE id = $2 AND status IN ('unknown', 'failed')",
        values![now, id.0],
    )?;
    if touched == 1 {
        tx.execute(
            "UPDATE deliveries SET status = 'due', reason = NULL, due_at = $1, first_due_at = $1, \
             attempts = 0, last_error = NULL, carried_by = NULL WHERE carried_by = $2 \
             AND (status IN ('due', 'retrying', 'failed') \
             OR (status = 'suppressed' AND reason = 'superseded'))",
            values![now, id.0],
        )?;
    }
    Ok(touched == 1)
}

/// Lays a row that rests as unknown to rest for good: a teammate dropped it (L5).
///
/// # Errors
/// What the database says.
pub fn drop_unknown(tx: &mut dyn Tx, id: DeliveryId) -> Result<bool, StoreError> {
    let touched = tx.execute(
        "UPDATE deliveries SET status = 'failed', raw = NULL, last_error = $1 \
         WHERE id = $2 AND status = 'unknown'",
        values![DROPPED, id.0],
    )?;
    Ok(touched == 1)
}

/// Since when a row has been tried.
///
/// # Errors
/// What the database says.
pub fn first_due(tx: &mut dyn Tx, id: DeliveryId) -> Result<Option<Time>, StoreError> {
    match tx.first("SELECT first_due_at FROM deliveries WHERE id = $1", values![id.0])? {
        Some(row) => row.opt_time(0),
        None => Ok(None),
    }
}

/// The Message-IDs of the talk with a contact about a ticket, oldest first, for References: of the
/// mails that were sent to them, and of their own that the thread shows them.
///
/// # Errors
/// What the database says.
pub fn message_ids(
    tx: &mut dyn Tx,
    ticket: TicketId,
    contact: ContactId,
    address: &EmailAddress,
) -> Result<Vec<String>, StoreError> {
    tx.query(
        "SELECT message_id, sent_at AS at FROM deliveries WHERE ticket_id = $1 \
         AND contact_id = $2 AND channel = 'email' AND status = 'sent' \
         UNION ALL \
         SELECT inbound.message_id_key, inbound.received_at FROM inbound \
         JOIN parts ON parts.id = inbound.part_id WHERE inbound.ticket_id = $1 \
         AND inbound.author_key = $3 AND inbound.state = 'applied' AND parts.visible = 1 \
         ORDER BY at",
        values![ticket.0, contact.0, address.key()],
    )?
    .iter()
    .map(|r| r.text(0))
    .collect()
}

/// The row of the mail with this Message-ID. Only those who got the mail know it.
///
/// # Errors
/// What the database says.
pub fn by_message_id(tx: &mut dyn Tx, message_id: &str) -> Result<Option<Delivery>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM deliveries WHERE message_id = $1");
    tx.first(sql, values![message_id])?.map(|r| read(&r)).transpose()
}

/// A mail that had left came back (RFC 3464): it has failed after all.
///
/// # Errors
/// What the database says.
pub fn bounced(tx: &mut dyn Tx, id: DeliveryId, words: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE deliveries SET status = 'failed', last_error = $1, due_at = NULL, raw = NULL, \
         claimed_by = NULL, claimed_until = 0, handed_over = 0 \
         WHERE id = $2 AND status IN ('sent', 'unknown', 'sending', 'retrying')",
        values![words, id.0],
    )?;
    Ok(())
}

/// Notes what a mail system says of a mail that may arrive yet.
///
/// # Errors
/// What the database says.
pub fn remark(tx: &mut dyn Tx, id: DeliveryId, words: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE deliveries SET last_error = $1 WHERE id = $2", values![words, id.0])?;
    Ok(())
}

/// A mail system says that a mail arrived whose answer was lost: no copy of it goes (L5). False when
/// no answer was.
///
/// # Errors
/// What the database says.
pub fn arrived(tx: &mut dyn Tx, id: DeliveryId, now: Time) -> Result<bool, StoreError> {
    let touched = tx.execute(
        "UPDATE deliveries SET status = 'sent', sent_at = $1, due_at = NULL, raw = NULL \
         WHERE id = $2 AND (status = 'unknown' OR (status = 'retrying' AND lost_answers > 0))",
        values![now, id.0],
    )?;
    Ok(touched == 1)
}
