//! The brake on machines that answer one another: each answer of the one opens a ticket whose
//! confirmation is answered by the other (N14, "loop budget").
//!
//! A machine that says what it is gets no confirmation at all (M3). This is for the others.

use chrono::Duration;

use super::sender;
use crate::desk::DeskError;
use crate::domain::Time;
use crate::mail::REPLY_MARKER;
use crate::mail::inbound::Inbound;
use crate::store::mailbox::seen_before;
use crate::store::{Tx, deliveries};

/// The time in which the tickets of one author are counted.
const WINDOW: Duration = Duration::minutes(10);
/// So many confirmations in that time for mails that answer our own, as those of a loop do. Two
/// desks that are wired to each other fall silent after five mails.
const ANSWERS: i64 = 2;
/// And so many whatever they look like; no person hands in more.
const MAILS: i64 = 10;

/// True when the ticket that this mail opens is not confirmed by email, because its author's mails
/// have opened enough of them just now.
pub(super) fn is_spent(tx: &mut dyn Tx, mail: &Inbound, now: Time) -> Result<bool, DeskError> {
    let Some(author) = mail.author().map(|a| sender::key_of(&a.address)) else { return Ok(false) };
    let opened = seen_before::opened_since(tx, &author, now - WINDOW)?;
    Ok(opened >= MAILS || (opened >= ANSWERS && answers_us(tx, mail)?))
}

/// True when it names a mail of ours, or quotes one.
fn answers_us(tx: &mut dyn Tx, mail: &Inbound) -> Result<bool, DeskError> {
    if mail.text.contains(REPLY_MARKER) {
        return Ok(true);
    }
    for id in mail.in_reply_to.iter().chain(&mail.references) {
        if deliveries::by_message_id(tx, id)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
