//! How far each IMAP mailbox has been read, and which program reads it. What is written here is
//! written in the transaction that keeps the mail, and by the holder alone.

use crate::domain::Time;
use crate::store::StoreError;
use crate::store::sql::Tx;
use crate::values;

/// How far a mailbox has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// When it was first looked into.
    pub since: Time,
    /// The UIDVALIDITY that the numbers belong to; 0 before the first look.
    pub uid_validity: u32,
    /// Mails up to this one were dealt with; 0 when none was.
    pub seen_uid: u32,
    /// The first look has ended: whatever comes from now on is new.
    pub looked: bool,
    /// Kept, and still in the inbox.
    pub to_move: Vec<u32>,
    /// Not given by the server, and to be asked for again.
    pub refused: Vec<Refused>,
}

/// A mail that the server did not give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub uid: u32,
    pub tries: u32,
    pub asked_at: Time,
    /// The server's words; may be empty.
    pub said: String,
}

/// Takes the mailbox for `holder` until then, or goes on holding it. False when another one holds
/// it at `now`. A holder whose time lies further ahead than `until` has another clock: it is not
/// believed.
///
/// # Errors
/// What the database says.
pub fn hold(
    tx: &mut dyn Tx,
    name: &str,
    holder: &str,
    now: Time,
    until: Time,
) -> Result<bool, StoreError> {
    tx.execute(
        "INSERT INTO imap_mailboxes (name, since) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        values![name, now],
    )?;
    let touched = tx.execute(
        "UPDATE imap_mailboxes SET holder = $1, held_until = $2 WHERE name = $3 \
         AND (holder IS NULL OR holder = $1 OR held_until <= $4 OR held_until > $2)",
        values![holder, until, name, now],
    )?;
    Ok(touched == 1)
}

/// Who holds the mailbox.
///
/// # Errors
/// What the database says.
pub fn holder(tx: &mut dyn Tx, name: &str) -> Result<Option<String>, StoreError> {
    match tx.first("SELECT holder FROM imap_mailboxes WHERE name = $1", values![name])? {
        Some(row) => row.opt_text(0),
        None => Ok(None),
    }
}

/// Lets go of a mailbox, and of what was wrong with it as far as this holder knew.
///
/// # Errors
/// What the database says.
pub fn release(tx: &mut dyn Tx, name: &str, holder: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE imap_mailboxes SET holder = NULL, held_until = 0, trouble = NULL \
         WHERE name = $1 AND holder = $2",
        values![name, holder],
    )?;
    Ok(())
}

/// True while `holder` holds it; asked before anything is written for it.
///
/// # Errors
/// What the database says.
pub fn is_held(tx: &mut dyn Tx, name: &str, by: &str) -> Result<bool, StoreError> {
    Ok(holder(tx, name)?.as_deref() == Some(by))
}

/// # Errors
/// What the database says.
pub fn progress(tx: &mut dyn Tx, name: &str) -> Result<Option<Progress>, StoreError> {
    let Some(row) = tx.first(
        "SELECT since, uid_validity, seen_uid, looked FROM imap_mailboxes WHERE name = $1",
        values![name],
    )?
    else {
        return Ok(None);
    };
    let to_move = tx
        .query("SELECT uid FROM imap_moves WHERE mailbox = $1 ORDER BY uid", values![name])?
        .iter()
        .map(|r| r.count(0))
        .collect::<Result<_, _>>()?;
    Ok(Some(Progress {
        since: row.time(0)?,
        uid_validity: row.count(1)?,
        seen_uid: row.count(2)?,
        looked: row.int(3)? != 0,
        to_move,
        refused: refused(tx, name)?,
    }))
}

/// The mails that the server did not give, by their numbers.
///
/// # Errors
/// What the database says.
pub fn refused(tx: &mut dyn Tx, name: &str) -> Result<Vec<Refused>, StoreError> {
    tx.query(
        "SELECT uid, tries, asked_at, said FROM imap_refused WHERE mailbox = $1 ORDER BY uid",
        values![name],
    )?
    .iter()
    .map(|row| {
        Ok(Refused {
            uid: row.count(0)?,
            tries: row.count(1)?,
            asked_at: row.time(2)?,
            said: row.text(3)?,
        })
    })
    .collect()
}

/// Notes that the server did not give a mail. Gives how often that has been.
///
/// # Errors
/// What the database says.
pub fn refuse(
    tx: &mut dyn Tx,
    name: &str,
    uid: u32,
    said: &str,
    now: Time,
) -> Result<u32, StoreError> {
    let row = tx.first(
        "INSERT INTO imap_refused (mailbox, uid, tries, asked_at, said) VALUES ($1, $2, 1, $3, $4) \
         ON CONFLICT (mailbox, uid) DO UPDATE SET tries = imap_refused.tries + 1, \
         asked_at = excluded.asked_at, said = excluded.said RETURNING tries",
        values![name, uid, now, said],
    )?;
    row.map_or(Ok(0), |r| r.count(0))
}

/// Notes the mail in quarantine that stands for one which is not given.
///
/// # Errors
/// What the database says.
pub fn stands_in(tx: &mut dyn Tx, name: &str, uid: u32, held: i64) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE imap_refused SET held = $1 WHERE mailbox = $2 AND uid = $3",
        values![held, name, uid],
    )?;
    Ok(())
}

/// What stands in quarantine for a mail that was not given, if anything does.
///
/// # Errors
/// What the database says.
pub fn stand_in(tx: &mut dyn Tx, name: &str, uid: u32) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT held FROM imap_refused WHERE mailbox = $1 AND uid = $2";
    tx.first(sql, values![name, uid])?.map_or(Ok(None), |r| r.opt_int(0))
}

/// Notes that a mail need not be asked for again.
///
/// # Errors
/// What the database says.
pub fn settled(tx: &mut dyn Tx, name: &str, uid: u32) -> Result<(), StoreError> {
    tx.execute("DELETE FROM imap_refused WHERE mailbox = $1 AND uid = $2", values![name, uid])?;
    Ok(())
}

/// Begins anew under another UIDVALIDITY: no number of before means anything now.
///
/// # Errors
/// What the database says.
pub fn begin(tx: &mut dyn Tx, name: &str, uid_validity: u32) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE imap_mailboxes SET uid_validity = $1, seen_uid = 0, looked = 0 WHERE name = $2",
        values![uid_validity, name],
    )?;
    tx.execute("DELETE FROM imap_moves WHERE mailbox = $1", values![name])?;
    tx.execute("DELETE FROM imap_refused WHERE mailbox = $1", values![name])?;
    Ok(())
}

/// Notes that all up to `uid` was dealt with.
///
/// # Errors
/// What the database says.
pub fn seen(tx: &mut dyn Tx, name: &str, uid: u32) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE imap_mailboxes SET seen_uid = $1 WHERE name = $2 AND seen_uid < $1",
        values![uid, name],
    )?;
    Ok(())
}

/// Notes that the first look has ended.
///
/// # Errors
/// What the database says.
pub fn looked(tx: &mut dyn Tx, name: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE imap_mailboxes SET looked = 1 WHERE name = $1", values![name])?;
    Ok(())
}

/// Notes that a mail is to be moved.
///
/// # Errors
/// What the database says.
pub fn to_move(tx: &mut dyn Tx, name: &str, uid: u32) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO imap_moves (mailbox, uid) VALUES ($1, $2) ON CONFLICT (mailbox, uid) DO NOTHING",
        values![name, uid],
    )?;
    Ok(())
}

/// Notes that a mail was moved.
///
/// # Errors
/// What the database says.
pub fn moved(tx: &mut dyn Tx, name: &str, uid: u32) -> Result<(), StoreError> {
    tx.execute("DELETE FROM imap_moves WHERE mailbox = $1 AND uid = $2", values![name, uid])?;
    Ok(())
}

/// Notes why no mail comes from a mailbox, or that it does.
///
/// # Errors
/// What the database says.
pub fn set_trouble(
    tx: &mut dyn Tx,
    name: &str,
    holder: &str,
    trouble: Option<&str>,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE imap_mailboxes SET trouble = $1 WHERE name = $2 AND holder = $3",
        values![trouble, name, holder],
    )?;
    Ok(())
}

/// What was noted of a mailbox.
///
/// # Errors
/// What the database says.
pub fn trouble_of(tx: &mut dyn Tx, name: &str) -> Result<Option<String>, StoreError> {
    match tx.first("SELECT trouble FROM imap_mailboxes WHERE name = $1", values![name])? {
        Some(row) => row.opt_text(0),
        None => Ok(None),
    }
}

/// Why mail is not coming in, from whichever mailbox.
///
/// # Errors
/// What the database says.
pub fn trouble(tx: &mut dyn Tx) -> Result<Option<String>, StoreError> {
    let row = tx.first(
        "SELECT trouble FROM imap_mailboxes WHERE trouble IS NOT NULL AND holder IS NOT NULL \
         ORDER BY held_until DESC LIMIT 1",
        &[],
    )?;
    row.map_or(Ok(None), |r| r.opt_text(0))
}
