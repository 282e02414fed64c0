//! Webhooks and what they were told: rows are written with their part, moved forward, never
//! deleted.
//!
//! A row is claimed by one process at a time, for as long as its lease runs; every change repeats
//! who claimed it.

use crate::domain::{
    NewPart, PartId, Status, TicketId, Time, Topic, Webhook, WebhookDelivery, WebhookId, Withheld,
    webhook,
};
use crate::store::StoreError;
use crate::store::sql::{Row, Tx};
use crate::values;

macro_rules! hook {
    () => {
        "id, url, internal, topics, created_at, removed_at, failing_since, paused_until"
    };
}

macro_rules! row {
    () => {
        "id, webhook_id, topic, ticket_id, part_id, uid, status, reason, at, due_at, sent_at, \
         attempts, last_error"
    };
}

fn read_hook(row: &Row) -> Result<Webhook, StoreError> {
    let topics = row
        .text(3)?
        .split_whitespace()
        .map(|word| Topic::from_code(word).ok_or(StoreError::Corrupt("a topic is not known")))
        .collect::<Result<_, _>>()?;
    Ok(Webhook {
        id: WebhookId(row.int(0)?),
        url: row.text(1)?,
        internal: row.flag(2)?,
        topics,
        created_at: row.time(4)?,
        removed_at: row.opt_time(5)?,
        failing_since: row.opt_time(6)?,
        paused_until: row.opt_time(7)?.filter(|t| t.timestamp_millis() > 0),
    })
}

fn read(row: &Row) -> Result<WebhookDelivery, StoreError> {
    let topic = match row.text(2)?.as_str() {
        webhook::PING => None,
        word => Some(Topic::from_code(word).ok_or(StoreError::Corrupt("a topic is not known"))?),
    };
    let withheld = row
        .opt_text(7)?
        .map(|word| Withheld::from_code(&word).ok_or(StoreError::Corrupt("a reason is not known")))
        .transpose()?;
    Ok(WebhookDelivery {
        id: row.int(0)?,
        webhook_id: WebhookId(row.int(1)?),
        topic,
        ticket_id: row.opt_int(3)?.map(TicketId),
        part_id: row.opt_int(4)?.map(PartId),
        uid: row.text(5)?,
        status: row.word(6, Status::from_code)?,
        withheld,
        at: row.time(8)?,
        due_at: row.opt_time(9)?,
        sent_at: row.opt_time(10)?,
        attempts: row.count(11)?,
        last_error: row.opt_text(12)?,
    })
}

/// # Errors
/// What the database says.
pub fn insert(
    tx: &mut dyn Tx,
    url: &str,
    topics: &[Topic],
    internal: bool,
    now: Time,
) -> Result<WebhookId, StoreError> {
    let words: Vec<&str> = topics.iter().map(|t| t.code()).collect();
    let row = tx.first(
        "INSERT INTO webhooks (url, topics, internal, created_at) VALUES ($1, $2, $3, $4) \
         RETURNING id",
        values![url, words.join(" "), internal, now],
    )?;
    Ok(WebhookId(row.ok_or(StoreError::Corrupt("an insert gave no id"))?.int(0)?))
}

/// All webhooks, removed ones too.
///
/// # Errors
/// What the database says.
pub fn all(tx: &mut dyn Tx) -> Result<Vec<Webhook>, StoreError> {
    let sql = concat!("SELECT ", hook!(), " FROM webhooks ORDER BY id");
    tx.query(sql, &[])?.iter().map(read_hook).collect()
}

/// # Errors
/// What the database says.
pub fn load(tx: &mut dyn Tx, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
    let sql = concat!("SELECT ", hook!(), " FROM webhooks WHERE id = $1");
    tx.first(sql, values![id.0])?.map(|r| read_hook(&r)).transpose()
}

/// False when it was removed before, or never was.
///
/// # Errors
/// What the database says.
pub fn remove(tx: &mut dyn Tx, id: WebhookId, now: Time) -> Result<bool, StoreError> {
    let touched = tx.execute(
        "UPDATE webhooks SET removed_at = $1 WHERE id = $2 AND removed_at IS NULL",
        values![now, id.0],
    )?;
    Ok(touched == 1)
}

/// Writes the rows of a part, one per webhook that hears it and topic. `uid` makes the names.
///
/// # Errors
/// What the database says.
pub fn enter(
    tx: &mut dyn Tx,
    ticket: TicketId,
    id: PartId,
    part: &NewPart,
    now: Time,
    uid: fn() -> String,
) -> Result<(), StoreError> {
    let sql = concat!("SELECT ", hook!(), " FROM webhooks WHERE removed_at IS NULL ORDER BY id");
    let hooks: Vec<Webhook> =
        tx.query(sql, &[])?.iter().map(read_hook).collect::<Result<_, _>>()?;
    for hook in hooks {
        for topic in webhook::topics(&part.event, part.plan.visible, hook.internal) {
            if hook.topics.contains(topic) {
                let of = Some((ticket, id));
                insert_row(tx, hook.id, topic.code(), of, &uid(), now)?;
            }
        }
    }
    Ok(())
}

/// Writes the row of a ping.
///
/// # Errors
/// What the database says.
pub fn ping(tx: &mut dyn Tx, id: WebhookId, uid: &str, now: Time) -> Result<(), StoreError> {
    insert_row(tx, id, webhook::PING, None, uid, now)
}

fn insert_row(
    tx: &mut dyn Tx,
    hook: WebhookId,
    topic: &str,
    of: Option<(TicketId, PartId)>,
    uid: &str,
    now: Time,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO webhook_deliveries (webhook_id, topic, ticket_id, part_id, uid, status, at, \
         due_at, first_due_at) VALUES ($1, $2, $3, $4, $5, 'due', $6, $6, $6)",
        values![hook.0, topic, of.map(|(t, _)| t.0), of.map(|(_, p)| p.0), uid, now],
    )?;
    Ok(())
}

/// The newest rows of a webhook, at most `limit`, newest first.
///
/// # Errors
/// What the database says.
pub fn of(
    tx: &mut dyn Tx,
    hook: WebhookId,
    limit: usize,
) -> Result<Vec<WebhookDelivery>, StoreError> {
    let sql = concat!(
        "SELECT ",
        row!(),
        " FROM webhook_deliveries WHERE webhook_id = $1 ORDER BY id DESC LIMIT $2"
    );
    tx.query(sql, values![hook.0, i64::try_from(limit).unwrap_or(i64::MAX)])?
        .iter()
        .map(read)
        .collect()
}

/// The first row of each webhook that is due and in nobody's hands. A webhook that is paused has
/// none, and neither has one with a row under way: they go in the order of what happened.
///
/// # Errors
/// What the database says.
pub fn due(tx: &mut dyn Tx, now: Time) -> Result<Vec<i64>, StoreError> {
    tx.query(
        "SELECT MIN(d.id) FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id \
         WHERE d.status IN ('due', 'sending', 'retrying') AND w.paused_until <= $1 \
         GROUP BY d.webhook_id \
         HAVING MAX(d.claimed_until) <= $1 ORDER BY MIN(d.id)",
        values![now],
    )?
    .iter()
    .map(|r| r.int(0))
    .collect()
}

/// When to look next: the earliest moment at which a row that waits may be tried.
///
/// # Errors
/// What the database says.
pub fn next_wake(tx: &mut dyn Tx) -> Result<Option<Time>, StoreError> {
    let row = tx.first(
        "SELECT MIN(CASE WHEN claimed > paused THEN claimed ELSE paused END) FROM \
         (SELECT MAX(d.claimed_until) AS claimed, MAX(w.paused_until) AS paused \
         FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id \
         WHERE d.status IN ('due', 'sending', 'retrying') GROUP BY d.webhook_id) AS waiting",
        &[],
    )?;
    match row {
        Some(row) => row.opt_time(0),
        None => Ok(None),
    }
}

/// Claims a row until `until` and counts the attempt, before it is made. `None` when another
/// process has it.
///
/// # Errors
/// What the database says.
pub fn claim(
    tx: &mut dyn Tx,
    id: i64,
    who: &str,
    until: Time,
    now: Time,
) -> Result<Option<WebhookDelivery>, StoreError> {
    let sql = concat!(
        "UPDATE webhook_deliveries SET status = 'sending', claimed_by = $1, claimed_until = $2, \
         attempts = attempts + 1 WHERE id = $3 AND claimed_until <= $4 \
         AND status IN ('due', 'sending', 'retrying') RETURNING ",
        row!()
    );
    tx.first(sql, values![who, until, id, now])?.map(|r| read(&r)).transpose()
}

/// Lets go of a row that is not wanted any more.
///
/// # Errors
/// What the database says.
pub fn withhold(tx: &mut dyn Tx, id: i64, why: Withheld) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE webhook_deliveries SET status = 'suppressed', reason = $1, due_at = NULL, \
         claimed_by = NULL, claimed_until = 0 \
         WHERE id = $2 AND status IN ('due', 'sending', 'retrying')",
        values![why.code(), id],
    )?;
    Ok(())
}

/// Where a claimed row ends up: sent, to be tried again at a time, or failed.
#[derive(Debug, Clone)]
pub struct End {
    pub status: Status,
    pub sent_at: Option<Time>,
    pub due_at: Option<Time>,
    pub words: Option<String>,
}

/// Records what became of a claimed row and lets it go. False when the lease has passed to
/// another process.
///
/// # Errors
/// What the database says.
pub fn settle(tx: &mut dyn Tx, id: i64, who: &str, end: &End) -> Result<bool, StoreError> {
    let touched = tx.execute(
        "UPDATE webhook_deliveries SET status = $1, sent_at = $2, due_at = $3, last_error = $4, \
         claimed_by = NULL, claimed_until = 0 \
         WHERE id = $5 AND claimed_by = $6 AND status = 'sending'",
        values![end.status.code(), end.sent_at, end.due_at, end.words.as_ref(), id, who],
    )?;
    Ok(touched == 1)
}

/// Since when a row has been due.
///
/// # Errors
/// What the database says.
pub fn first_due(tx: &mut dyn Tx, id: i64) -> Result<Option<Time>, StoreError> {
    match tx.first("SELECT first_due_at FROM webhook_deliveries WHERE id = $1", values![id])? {
        Some(row) => row.opt_time(0),
        None => Ok(None),
    }
}

/// The webhook answered as it should, or did not: then it rests until `paused_until`, with all
/// that waits for it.
///
/// # Errors
/// What the database says.
pub fn note_health(
    tx: &mut dyn Tx,
    id: WebhookId,
    paused_until: Option<Time>,
    now: Time,
) -> Result<(), StoreError> {
    match paused_until {
        None => tx.execute(
            "UPDATE webhooks SET failing_since = NULL, paused_until = 0 WHERE id = $1",
            values![id.0],
        )?,
        Some(until) => tx.execute(
            "UPDATE webhooks SET failing_since = COALESCE(failing_since, $1), paused_until = $2 \
             WHERE id = $3",
            values![now, until, id.0],
        )?,
    };
    Ok(())
}

/// Puts a webhook's failed rows back into the queue and ends its pause. Gives how many.
///
/// # Errors
/// What the database says.
pub fn requeue(tx: &mut dyn Tx, id: WebhookId, now: Time) -> Result<usize, StoreError> {
    tx.execute("UPDATE webhooks SET paused_until = 0 WHERE id = $1", values![id.0])?;
    tx.execute(
        "UPDATE webhook_deliveries SET status = 'due', due_at = $1, first_due_at = $1, \
         attempts = 0, last_error = NULL WHERE webhook_id = $2 AND status = 'failed'",
        values![now, id.0],
    )
}
