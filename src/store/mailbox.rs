//! Mail that arrived: stored raw before anything else, never removed. Never decides what becomes of
//! a mail.

pub mod quarantine;
pub mod seen_before;

use crate::domain::{ContactId, PartId, TicketId, Time};
use crate::store::StoreError;
use crate::store::sql::{Row, Tx};
use crate::values;

pub use seen_before::Key;

/// How far an arrived mail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Kept, and not looked at yet.
    Stored,
    Applied,
    /// In quarantine (M2).
    Held,
    /// Nothing came of it; the row and the mail stay.
    Dropped,
    /// Three times the program fell over it.
    Poison,
}

impl State {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Applied => "applied",
            Self::Held => "held",
            Self::Dropped => "dropped",
            Self::Poison => "poison",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Stored, Self::Applied, Self::Held, Self::Dropped, Self::Poison]
            .into_iter()
            .find(|s| s.code() == code)
    }
}

/// What our own server says of a sender (RFC 8601).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SenderCheck {
    Pass,
    Fail,
    /// No result, or none that is ours.
    NotChecked,
}

impl SenderCheck {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotChecked => "not_checked",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Pass, Self::Fail, Self::NotChecked].into_iter().find(|s| s.code() == code)
    }
}

/// How the ticket of a mail was found (M1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchedBy {
    /// By a signed address.
    Address,
    /// By the Message-ID of the mail that it answers.
    Thread,
}

impl MatchedBy {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Thread => "thread",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Address, Self::Thread].into_iter().find(|s| s.code() == code)
    }
}

/// The mail that a part of a ticket came by.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PartMail {
    pub part: PartId,
    /// The mail's row.
    pub mail: i64,
    pub author: Option<String>,
    pub sender_check: SenderCheck,
    pub matched_by: Option<MatchedBy>,
    /// A machine sent it (M3).
    pub automatic: bool,
    /// Lines of quoted history and signature that the part leaves out (M5).
    pub hidden_lines: u32,
}

/// An arrived mail, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Arrived {
    pub id: i64,
    pub received_at: Time,
    pub mailbox: String,
    /// Empty for the null sender; none where the way in does not tell it.
    pub envelope_sender: Option<String>,
    pub envelope_recipient: String,
    /// As it arrived; [`raw`] may hold less of one that is too large.
    pub size: i64,
    pub state: State,
    pub tries: u32,
    pub cause: Option<String>,
    pub sender_check: Option<SenderCheck>,
    pub author: Option<String>,
    pub subject: Option<String>,
    pub ticket: Option<TicketId>,
    pub part: Option<PartId>,
    /// Whose answer a held one would be.
    pub contact: Option<ContactId>,
}

macro_rules! columns {
    () => {
        "id, received_at, mailbox, envelope_sender, envelope_recipient, size, state, tries, cause, \
         sender_check, author, subject, ticket_id, part_id, contact_id"
    };
}

use columns;

fn read(row: &Row) -> Result<Arrived, StoreError> {
    Ok(Arrived {
        id: row.int(0)?,
        received_at: row.time(1)?,
        mailbox: row.text(2)?,
        envelope_sender: row.opt_text(3)?,
        envelope_recipient: row.text(4)?,
        size: row.int(5)?,
        state: row.word(6, State::from_code)?,
        tries: row.count(7)?,
        cause: row.opt_text(8)?,
        sender_check: row.opt_text(9)?.as_deref().and_then(SenderCheck::from_code),
        author: row.opt_text(10)?,
        subject: row.opt_text(11)?,
        ticket: row.opt_int(12)?.map(TicketId),
        part: row.opt_int(13)?.map(PartId),
        contact: row.opt_int(14)?.map(ContactId),
    })
}

/// A mail that is to be kept.
#[derive(Debug, Clone)]
pub struct NewArrival {
    pub mailbox: String,
    pub envelope_sender: Option<String>,
    pub envelope_recipient: String,
    pub size: i64,
    pub raw: Vec<u8>,
    pub at: Time,
}

/// # Errors
/// What the database says.
pub fn insert(tx: &mut dyn Tx, new: NewArrival) -> Result<i64, StoreError> {
    let row = tx.first(
        "INSERT INTO inbound (received_at, mailbox, envelope_sender, envelope_recipient, size, \
         raw, state) VALUES ($1, $2, $3, $4, $5, $6, 'stored') RETURNING id",
        values![
            new.at,
            new.mailbox,
            new.envelope_sender,
            new.envelope_recipient,
            new.size,
            new.raw,
        ],
    )?;
    row.ok_or(StoreError::Corrupt("an insert gave no id"))?.int(0)
}

/// # Errors
/// What the database says.
pub fn load(tx: &mut dyn Tx, id: i64) -> Result<Option<Arrived>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM inbound WHERE id = $1");
    tx.first(sql, values![id])?.map(|r| read(&r)).transpose()
}

/// # Errors
/// What the database says.
pub fn raw(tx: &mut dyn Tx, id: i64) -> Result<Option<Vec<u8>>, StoreError> {
    match tx.first("SELECT raw FROM inbound WHERE id = $1", values![id])? {
        Some(row) => row.opt_blob(0),
        None => Ok(None),
    }
}

/// Mails that wait to be understood, the first to arrive first.
///
/// # Errors
/// What the database says.
pub fn waiting(tx: &mut dyn Tx, limit: usize) -> Result<Vec<i64>, StoreError> {
    tx.query(
        "SELECT id FROM inbound WHERE state = 'stored' ORDER BY id LIMIT $1",
        values![i64::try_from(limit).unwrap_or(i64::MAX)],
    )?
    .iter()
    .map(|r| r.int(0))
    .collect()
}

/// When the first mail arrived that waits to be understood.
///
/// # Errors
/// What the database says.
pub fn next(tx: &mut dyn Tx) -> Result<Option<Time>, StoreError> {
    match tx.first("SELECT MIN(received_at) FROM inbound WHERE state = 'stored'", &[])? {
        Some(row) => row.opt_time(0),
        None => Ok(None),
    }
}

/// The newest mails in quarantine, or of all that ever arrived, the newest first.
///
/// # Errors
/// What the database says.
pub fn newest(tx: &mut dyn Tx, every: bool, limit: usize) -> Result<Vec<Arrived>, StoreError> {
    let sql = if every {
        concat!("SELECT ", columns!(), " FROM inbound ORDER BY id DESC LIMIT $1")
    } else {
        concat!(
            "SELECT ",
            columns!(),
            " FROM inbound WHERE state IN ('held', 'poison') ORDER BY id DESC LIMIT $1"
        )
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    tx.query(sql, values![limit])?.iter().map(read).collect()
}

/// The mails that the parts of a ticket came by, in the order of the parts.
///
/// # Errors
/// What the database says.
pub fn of_ticket(tx: &mut dyn Tx, ticket: TicketId) -> Result<Vec<PartMail>, StoreError> {
    tx.query(
        "SELECT i.part_id, i.id, i.author, i.sender_check, i.matched_by, i.automatic, \
         i.hidden_lines FROM parts p JOIN inbound i ON i.part_id = p.id \
         WHERE p.ticket_id = $1 ORDER BY i.part_id, i.id",
        values![ticket.0],
    )?
    .iter()
    .map(|row| {
        let check = row.opt_text(3)?.as_deref().and_then(SenderCheck::from_code);
        Ok(PartMail {
            part: PartId(row.int(0)?),
            mail: row.int(1)?,
            author: row.opt_text(2)?,
            sender_check: check.unwrap_or(SenderCheck::NotChecked),
            matched_by: row.opt_text(4)?.as_deref().and_then(MatchedBy::from_code),
            automatic: row.flag(5)?,
            hidden_lines: row.count(6)?,
        })
    })
    .collect()
}

/// Every mail that ever arrived, the first to arrive first.
///
/// # Errors
/// What the database says.
pub fn all(tx: &mut dyn Tx) -> Result<Vec<Arrived>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM inbound ORDER BY id");
    tx.query(sql, &[])?.iter().map(read).collect()
}

/// The number of the newest mail that arrived; 0 when none has.
///
/// # Errors
/// What the database says.
pub fn last(tx: &mut dyn Tx) -> Result<i64, StoreError> {
    match tx.first("SELECT MAX(id) FROM inbound", &[])? {
        Some(row) => Ok(row.opt_int(0)?.unwrap_or(0)),
        None => Ok(0),
    }
}

/// A mail that arrived after that one and was laid aside with this cause.
///
/// # Errors
/// What the database says.
pub fn dropped_since(tx: &mut dyn Tx, after: i64, cause: &str) -> Result<Option<i64>, StoreError> {
    tx.first(
        "SELECT id FROM inbound WHERE id > $1 AND state = 'dropped' AND cause = $2 LIMIT 1",
        values![after, cause],
    )?
    .map(|r| r.int(0))
    .transpose()
}

/// Counts a try to understand a mail, before it is made; `by` is -1 to take one back that ended
/// in good order. Gives how many there were then.
///
/// # Errors
/// What the database says.
pub fn count_try(tx: &mut dyn Tx, id: i64, by: i64) -> Result<u32, StoreError> {
    let row = tx.first(
        "UPDATE inbound SET tries = tries + $1 WHERE id = $2 AND state = 'stored' RETURNING tries",
        values![by, id],
    )?;
    row.map_or(Ok(0), |r| r.count(0))
}

/// Lays a mail aside that the program fell over, or that cannot be dealt with.
///
/// # Errors
/// What the database says.
pub fn poison(tx: &mut dyn Tx, id: i64, cause: &str, now: Time) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE inbound SET state = 'poison', cause = $1, settled_at = $2 \
         WHERE id = $3 AND state = 'stored'",
        values![cause, now, id],
    )?;
    Ok(())
}

/// What became of a mail.
#[derive(Debug, Clone)]
pub struct End {
    pub state: State,
    pub cause: Option<String>,
    pub sender_check: SenderCheck,
    pub author: Option<String>,
    pub subject: String,
    pub ticket: Option<TicketId>,
    pub part: Option<PartId>,
    pub contact: Option<ContactId>,
    pub key: Key,
    pub duplicate_of: Option<i64>,
    pub matched_by: Option<MatchedBy>,
    pub automatic: bool,
    pub hidden_lines: u32,
}

/// Records what became of a mail that was waiting. False when another process was first.
///
/// # Errors
/// What the database says.
pub fn settle(tx: &mut dyn Tx, id: i64, end: &End, now: Time) -> Result<bool, StoreError> {
    let touched = tx.execute(
        "UPDATE inbound SET state = $1, cause = $2, sender_check = $3, author = $4, subject = $5, \
         ticket_id = $6, part_id = $7, contact_id = $8, message_id_key = $9, author_key = $10, \
         text_hash = $11, matched = $12, duplicate_of = $13, matched_by = $14, automatic = $15, \
         hidden_lines = $16, settled_at = $17 WHERE id = $18 AND state = 'stored'",
        values![
            end.state.code(),
            end.cause.as_ref(),
            end.sender_check.code(),
            end.author.as_ref(),
            &end.subject,
            end.ticket.map(|t| t.0),
            end.part.map(|p| p.0),
            end.contact.map(|c| c.0),
            &end.key.message_id,
            &end.key.author,
            &end.key.text_hash,
            end.key.matched.map_or(0, |t| t.0),
            end.duplicate_of,
            end.matched_by.map(MatchedBy::code),
            end.automatic,
            end.hidden_lines,
            now,
            id,
        ],
    )?;
    Ok(touched == 1)
}
