//! What an author has sent before: duplicates (M4), and how much of late, so that a confirmation is
//! no relay (N17).

use super::State;
use crate::domain::{TicketId, Time};
use crate::store::StoreError;
use crate::store::sql::Tx;
use crate::values;

/// What makes a duplicate (M4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub message_id: String,
    pub author: String,
    pub text_hash: String,
    /// The ticket it is about.
    pub matched: Option<TicketId>,
}

/// A mail with the same key that arrived in the same mailbox before, and whether it is held. One
/// that matches no ticket (any more) is the same as one that did: its address was revoked since, or
/// its ticket deleted.
///
/// # Errors
/// What the database says.
pub fn same(tx: &mut dyn Tx, mailbox: &str, key: &Key) -> Result<Option<(i64, bool)>, StoreError> {
    tx.first(
        "SELECT id, state FROM inbound WHERE mailbox = $1 AND message_id_key = $2 \
         AND author_key = $3 AND text_hash = $4 AND ($5 = 0 OR matched = $5) \
         AND duplicate_of IS NULL ORDER BY CASE WHEN state = 'held' THEN 1 ELSE 0 END, id LIMIT 1",
        values![
            mailbox,
            &key.message_id,
            &key.author,
            &key.text_hash,
            key.matched.map_or(0, |t| t.0),
        ],
    )?
    .map(|r| Ok((r.int(0)?, r.word(1, State::from_code)? == State::Held)))
    .transpose()
}

/// Lays a held mail aside whose copy came in by itself.
///
/// # Errors
/// What the database says.
pub fn give_way(tx: &mut dyn Tx, held: i64, copy: i64, now: Time) -> Result<(), StoreError> {
    let cause = format!("The same mail came in as mail {copy}, which needed nobody's word.");
    tx.execute(
        "UPDATE inbound SET state = 'dropped', cause = $1, duplicate_of = $2, settled_at = $3 \
         WHERE id = $4 AND state = 'held'",
        values![cause, copy, now, held],
    )?;
    Ok(())
}

/// A mail with this Message-ID and another content or author: somebody uses an id twice.
///
/// # Errors
/// What the database says.
pub fn same_id_other_content(tx: &mut dyn Tx, key: &Key) -> Result<Option<i64>, StoreError> {
    tx.first(
        "SELECT id FROM inbound WHERE message_id_key = $1 AND duplicate_of IS NULL \
         AND (author_key <> $2 OR text_hash <> $3) ORDER BY id LIMIT 1",
        values![&key.message_id, &key.author, &key.text_hash],
    )?
    .map(|r| r.int(0))
    .transpose()
}

/// How many tickets the mails of an author have opened since then.
///
/// # Errors
/// What the database says.
pub fn opened_since(tx: &mut dyn Tx, author_key: &str, since: Time) -> Result<i64, StoreError> {
    tx.first(
        "SELECT COUNT(*) FROM inbound JOIN parts ON parts.id = inbound.part_id \
         WHERE inbound.author_key = $1 AND inbound.received_at > $2 \
         AND inbound.state = 'applied' AND parts.kind = 'submitted'",
        values![author_key, since],
    )?
    .map_or(Ok(0), |r| r.int(0))
}

/// How many mails of an author have landed in a ticket since then, or been held on its account.
///
/// # Errors
/// What the database says.
pub fn landed_since(
    tx: &mut dyn Tx,
    author_key: &str,
    ticket: TicketId,
    since: Time,
) -> Result<i64, StoreError> {
    tx.first(
        "SELECT COUNT(*) FROM inbound WHERE author_key = $1 AND ticket_id = $2 \
         AND received_at > $3 AND state IN ('applied', 'held') AND duplicate_of IS NULL",
        values![author_key, ticket.0, since],
    )?
    .map_or(Ok(0), |r| r.int(0))
}
