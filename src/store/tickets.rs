//! Tickets, their links, the inbox, and the counters of its tabs.

use crate::domain::inbox::{Counter, Counters, InboxRow};
use crate::domain::{Category, LinkedTicket, Ticket, TicketId, TicketState, TicketTypeId, Time};
use crate::store::StoreError;
use crate::store::sql::{Row, Tx};
use crate::values;

/// The columns of [`read`], in its order.
macro_rules! columns {
    () => {
        "id, category, title, state, is_open, shared, contact_id, assignee_id, priority, \
         snoozed_until, tags, created_at, updated_at, revision, type_id, deleted_at"
    };
}
pub(super) use columns;

pub(super) fn read(row: &Row) -> Result<Ticket, StoreError> {
    let category = row.word(1, Category::from_code)?;
    Ok(Ticket {
        id: TicketId(row.int(0)?),
        category,
        title: row.text(2)?,
        state: row.word(3, TicketState::from_code)?,
        open: row.flag(4)?,
        shared: row.flag(5)?,
        contact: row.opt_int(6)?.map(crate::domain::ContactId),
        assignee: row.opt_int(7)?.map(crate::domain::TeammateId),
        priority: row.flag(8)?,
        snoozed_until: row.opt_time(9)?,
        tags: words(&row.text(10)?),
        created_at: row.time(11)?,
        updated_at: row.time(12)?,
        revision: row.int(13)?,
        type_id: row.opt_int(14)?.map_or(TicketTypeId::default_of(category), TicketTypeId),
        deleted_at: row.opt_time(15)?,
    })
}

fn words(tags: &str) -> Vec<String> {
    tags.split_whitespace().map(str::to_owned).collect()
}

/// A contact's ticket that was changed last.
///
/// # Errors
/// What the database says.
pub fn newest_of(
    tx: &mut dyn Tx,
    contact: crate::domain::ContactId,
) -> Result<Option<TicketId>, StoreError> {
    tx.first(
        "SELECT id FROM tickets WHERE contact_id = $1 AND deleted_at IS NULL \
         ORDER BY updated_at DESC, id DESC LIMIT 1",
        values![contact.0],
    )?
    .map(|r| Ok(TicketId(r.int(0)?)))
    .transpose()
}

/// # Errors
/// What the database says.
pub fn load(tx: &mut dyn Tx, id: TicketId) -> Result<Option<Ticket>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM tickets WHERE id = $1");
    tx.first(sql, values![id.0])?.map(|r| read(&r)).transpose()
}

/// Stores a new ticket and gives its number: the next one, unless it brings its own.
///
/// # Errors
/// What the database says; a CHECK refuses what V2 refuses.
pub fn insert(
    tx: &mut dyn Tx,
    number: Option<TicketId>,
    ticket: &Ticket,
) -> Result<TicketId, StoreError> {
    macro_rules! insert {
        ($id:literal, $last:literal) => {
            concat!(
                "INSERT INTO tickets (category, title, state, is_open, shared, contact_id, \
                 assignee_id, priority, snoozed_until, tags, created_at, updated_at, revision, \
                 type_id",
                $id,
                ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14",
                $last,
                ") RETURNING id"
            )
        };
    }
    let mut values = values![
        ticket.category.code(),
        &ticket.title,
        ticket.state.code(),
        ticket.open,
        ticket.shared,
        ticket.contact.map(|c| c.0),
        ticket.assignee.map(|a| a.0),
        ticket.priority,
        ticket.snoozed_until,
        ticket.tags.join(" "),
        ticket.created_at,
        ticket.updated_at,
        ticket.revision,
        ticket.type_id.0,
    ]
    .to_vec();
    let row = match number {
        Some(number) => {
            values.push(number.0.into());
            tx.first(insert!(", id", ", $15"), &values)?
        }
        None => tx.first(insert!("", ""), &values)?,
    };
    let id = row.ok_or(StoreError::Corrupt("an insert gave no id"))?.int(0)?;
    count(tx, ticket.category, 1, i64::from(ticket.open), 0)?;
    Ok(TicketId(id))
}

/// Stores a changed ticket. False when another writer was first: its revision is not the one
/// before `ticket`'s.
///
/// # Errors
/// What the database says.
pub fn save(tx: &mut dyn Tx, before: &Ticket, ticket: &Ticket) -> Result<bool, StoreError> {
    let touched = tx.execute(
        "UPDATE tickets SET title = $1, state = $2, is_open = $3, shared = $4, contact_id = $5, \
         assignee_id = $6, priority = $7, snoozed_until = $8, tags = $9, updated_at = $10, \
         revision = $11, category = $12, type_id = $13, deleted_at = $14 \
         WHERE id = $15 AND revision = $16",
        values![
            &ticket.title,
            ticket.state.code(),
            ticket.open,
            ticket.shared,
            ticket.contact.map(|c| c.0),
            ticket.assignee.map(|a| a.0),
            ticket.priority,
            ticket.snoozed_until,
            ticket.tags.join(" "),
            ticket.updated_at,
            ticket.revision,
            ticket.category.code(),
            ticket.type_id.0,
            ticket.deleted_at,
            ticket.id.0,
            before.revision,
        ],
    )?;
    if ticket.deleted_at.is_some() && before.deleted_at.is_none() {
        let awaits = i64::from(awaits_reply(tx, ticket.id)?);
        count(tx, before.category, -1, -i64::from(before.open), -awaits)?;
    } else if ticket.category == before.category {
        let opened = i64::from(ticket.open) - i64::from(before.open);
        count(tx, ticket.category, 0, opened, 0)?;
    } else {
        let awaits = i64::from(awaits_reply(tx, ticket.id)?);
        count(tx, before.category, -1, -i64::from(before.open), -awaits)?;
        count(tx, ticket.category, 1, i64::from(ticket.open), awaits)?;
    }
    Ok(touched == 1)
}

/// Says when a new ticket came up elsewhere, before the desk knew of it.
///
/// # Errors
/// What the database says.
pub fn set_created_at(tx: &mut dyn Tx, id: TicketId, at: Time) -> Result<(), StoreError> {
    tx.execute("UPDATE tickets SET created_at = $1 WHERE id = $2", values![at, id.0])?;
    Ok(())
}

fn awaits_reply(tx: &mut dyn Tx, id: TicketId) -> Result<bool, StoreError> {
    let row = tx.first("SELECT awaits_reply FROM tickets WHERE id = $1", values![id.0])?;
    row.map_or(Ok(false), |r| r.flag(0))
}

/// Remembers whether the customer wrote last.
///
/// # Errors
/// What the database says.
pub fn set_awaits_reply(tx: &mut dyn Tx, ticket: &Ticket, awaits: bool) -> Result<(), StoreError> {
    let touched = tx.execute(
        "UPDATE tickets SET awaits_reply = $1 WHERE id = $2 AND awaits_reply <> $1",
        values![awaits, ticket.id.0],
    )?;
    if touched == 1 {
        count(tx, ticket.category, 0, 0, if awaits { 1 } else { -1 })
    } else {
        Ok(())
    }
}

fn count(
    tx: &mut dyn Tx,
    category: Category,
    total: i64,
    open: i64,
    awaits: i64,
) -> Result<(), StoreError> {
    if (total, open, awaits) == (0, 0, 0) {
        return Ok(());
    }
    tx.execute(
        "UPDATE counters SET total = total + $1, is_open = is_open + $2, \
         awaits_reply = awaits_reply + $3 WHERE category = $4",
        values![total, open, awaits, category.code()],
    )?;
    Ok(())
}

/// # Errors
/// What the database says.
pub fn counters(tx: &mut dyn Tx) -> Result<Counters, StoreError> {
    let mut counters = Counters::default();
    for row in tx.query("SELECT category, total, is_open, awaits_reply FROM counters", &[])? {
        let counter = Counter { all: row.int(1)?, open: row.int(2)?, awaits_reply: row.int(3)? };
        match row.word(0, Category::from_code)? {
            Category::Customer => counters.customer = counter,
            Category::BackOffice => counters.back_office = counter,
            Category::Tracker => counters.tracker = counter,
        }
    }
    Ok(counters)
}

/// Where a page of the inbox begins: after this row, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboxKey {
    pub updated_at: Time,
    pub id: TicketId,
}

impl InboxKey {
    #[must_use]
    pub fn of(row: &InboxRow) -> Self {
        Self { updated_at: row.updated_at, id: row.id }
    }
}

/// A page of the inbox by keyset, newest change first.
///
/// # Errors
/// What the database says.
pub fn inbox(
    tx: &mut dyn Tx,
    category: Option<Category>,
    after: Option<InboxKey>,
    limit: usize,
) -> Result<Vec<InboxRow>, StoreError> {
    macro_rules! page {
        ($($filter:literal),*) => {
            concat!(
                "SELECT t.id, t.category, t.title, t.state, t.is_open, t.shared, c.name, c.email, \
                 m.name, t.priority, t.tags, t.updated_at, t.awaits_reply, \
                 (SELECT MIN(d.due_at) FROM deliveries d WHERE d.ticket_id = t.id \
                  AND d.channel = 'email' AND d.status IN ('due', 'sending', 'retrying') \
                  AND c.email IS NOT NULL AND c.mail_stop IS NULL), \
                 t.reports \
                 FROM tickets t LEFT JOIN contacts c ON c.id = t.contact_id \
                 LEFT JOIN teammates m ON m.id = t.assignee_id \
                 WHERE t.deleted_at IS NULL \
                 AND (t.updated_at < $1 OR (t.updated_at = $1 AND t.id < $2)) ",
                $($filter,)*
                "ORDER BY t.updated_at DESC, t.id DESC LIMIT $3"
            )
        };
    }
    let (at, id) =
        after.map_or((i64::MAX, i64::MAX), |k| (k.updated_at.timestamp_millis(), k.id.0));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = match category {
        Some(c) => tx.query(page!("AND t.category = $4 "), values![at, id, limit, c.code()])?,
        None => tx.query(page!(), values![at, id, limit])?,
    };
    rows.iter().map(inbox_row).collect()
}

fn inbox_row(row: &Row) -> Result<InboxRow, StoreError> {
    let email = row.opt_text(7)?;
    let name = row.opt_text(6)?.filter(|n| !n.is_empty());
    Ok(InboxRow {
        id: TicketId(row.int(0)?),
        category: row.word(1, Category::from_code)?,
        title: row.text(2)?,
        state: row.word(3, TicketState::from_code)?,
        open: row.flag(4)?,
        shared: row.flag(5)?,
        contact: name.or_else(|| email.clone()),
        contact_email: email,
        assignee: row.opt_text(8)?,
        priority: row.flag(9)?,
        tags: words(&row.text(10)?),
        updated_at: row.time(11)?,
        awaits_reply: row.flag(12)?,
        mail_due_at: row.opt_time(13)?,
        reports: row.int(14)?,
    })
}

/// The other ends of a ticket's links, by number.
///
/// # Errors
/// What the database says.
pub fn links(tx: &mut dyn Tx, id: TicketId) -> Result<Vec<LinkedTicket>, StoreError> {
    tx.query(
        "SELECT t.id, t.category, t.title, t.state, t.is_open, t.shared, c.name, c.email \
         FROM links l JOIN tickets t ON t.id = l.other_id \
         LEFT JOIN contacts c ON c.id = t.contact_id WHERE l.ticket_id = $1 \
         AND t.deleted_at IS NULL ORDER BY t.id",
        values![id.0],
    )?
    .iter()
    .map(|row| {
        Ok(LinkedTicket {
            id: TicketId(row.int(0)?),
            category: row.word(1, Category::from_code)?,
            title: row.text(2)?,
            state: row.word(3, TicketState::from_code)?,
            open: row.flag(4)?,
            shared: row.flag(5)?,
            contact: match row.opt_text(6)?.filter(|n| !n.is_empty()) {
                Some(name) => Some(name),
                None => row.opt_text(7)?,
            },
        })
    })
    .collect()
}

/// Links two tickets, or unlinks them, from both ends.
///
/// # Errors
/// What the database says.
pub fn set_link(tx: &mut dyn Tx, a: TicketId, b: TicketId, linked: bool) -> Result<(), StoreError> {
    let sql = if linked {
        "INSERT INTO links (ticket_id, other_id) VALUES ($1, $2), ($2, $1)"
    } else {
        "DELETE FROM links WHERE (ticket_id = $1 AND other_id = $2) \
         OR (ticket_id = $2 AND other_id = $1)"
    };
    tx.execute(sql, values![a.0, b.0])?;
    tx.execute(
        "UPDATE tickets SET reports = (SELECT COUNT(*) FROM links WHERE links.ticket_id = tickets.id) \
         WHERE id IN ($1, $2) AND category = 'tracker'",
        values![a.0, b.0],
    )?;
    Ok(())
}

/// When the contact last had the thread open (N12).
///
/// # Errors
/// What the database says.
pub fn seen_at(tx: &mut dyn Tx, ticket: &Ticket) -> Result<Option<Time>, StoreError> {
    let row = tx.first(
        "SELECT at FROM seen WHERE ticket_id = $1 AND contact_id = $2",
        values![ticket.id.0, ticket.contact.map(|c| c.0)],
    )?;
    row.map(|r| r.time(0)).transpose()
}

/// Moves the contact's mark forward, never back (N12).
///
/// # Errors
/// What the database says.
pub fn mark_seen(tx: &mut dyn Tx, ticket: &Ticket, now: Time) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO seen (ticket_id, contact_id, at) VALUES ($1, $2, $3) \
         ON CONFLICT (ticket_id, contact_id) DO UPDATE SET at = excluded.at \
         WHERE excluded.at > seen.at",
        values![ticket.id.0, ticket.contact.map(|c| c.0), now],
    )?;
    Ok(())
}

/// Moves the contact's mark back behind `at`, for a part recorded then: what came after the last
/// look is unseen, also within one millisecond, or when a clock was set back (N12).
///
/// # Errors
/// What the database says.
pub fn not_seen_yet(tx: &mut dyn Tx, ticket: &Ticket, at: Time) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE seen SET at = $1 - 1 WHERE ticket_id = $2 AND contact_id = $3 AND at >= $1",
        values![at, ticket.id.0, ticket.contact.map(|c| c.0)],
    )?;
    Ok(())
}
