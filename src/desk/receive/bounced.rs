//! What a bounce does: its ledger row says so, and mail to an address that does not exist stops.
//! A forged one silences nobody: that takes an address which only our own mail carried (M3).

use crate::desk::perform::perform_in;
use crate::desk::{DeskError, Policy};
use crate::domain::text::clean_line;
use crate::domain::{
    Action, Actor, Contact, DeliveryId, EmailAddress, KeptMail, MailStop, Notify, PartId, TicketId,
    Time,
};
use crate::mail::bounce::{Bounce, BounceKind};
use crate::store::deliveries::{self, riders};
use crate::store::mail_stops::{self, Stopped};
use crate::store::{Tx, contacts};

/// Enters a bounce into its row; gives the ticket, and the part that tells the team, if one does.
pub(super) fn enter(
    tx: &mut dyn Tx,
    policy: &Policy,
    delivery: DeliveryId,
    proven: bool,
    bounce: &Bounce,
    now: Time,
) -> Result<(Option<TicketId>, Option<PartId>), DeskError> {
    let Some(row) = deliveries::load(tx, delivery)? else { return Ok((None, None)) };
    let words = words(bounce);
    let ticket = Some(row.ticket_id);
    match bounce.kind {
        BounceKind::Delivered => {
            if deliveries::arrived(tx, row.id, now)? {
                riders::arrived(tx, row.id)?;
            }
            return Ok((ticket, None));
        }
        BounceKind::Delayed | BounceKind::Unknown => {
            deliveries::remark(tx, row.id, &words)?;
            return Ok((ticket, None));
        }
        BounceKind::Permanent | BounceKind::Temporary => {
            deliveries::bounced(tx, row.id, &words)?;
            riders::failed(tx, row.id, &words)?;
        }
    }
    let contact = match row.contact_id {
        Some(id) => contacts::load(tx, id)?,
        None => None,
    };
    let mut told = words;
    if let Some(contact) = &contact
        && proven
        && says_no_such_address(bounce)
        && is_about(bounce, contact)
        && contact.mail_stop.is_none()
    {
        let words = Some(said(bounce)).filter(|w| !w.is_empty());
        let stopped = Stopped { words, at: now, ticket };
        mail_stops::stop(tx, contact.id, MailStop::HardBounce, &stopped)?;
        told += "\nNo more mail goes to this address (hard bounce). The Messenger still shows all.";
    }
    // One of another address is told as what it is.
    let from = contact
        .filter(|contact| is_about(bounce, contact))
        .and_then(|c| c.email)
        .map(|e| e.to_string())
        .or_else(|| bounce.recipient.clone())
        .unwrap_or_else(|| "the customer".into());
    let action = Action::KeepMail { why: KeptMail::Bounced, from, body: told };
    let done = perform_in(tx, policy, &Actor::Desk, row.ticket_id, action, Notify::Tell, now)?;
    Ok((ticket, Some(done.performed.part)))
}

/// False where the last server refused another address: theirs was passed on to it, and may well
/// have a mailbox of its own. A report that names nobody came back to where their mail was sent
/// from.
fn is_about(bounce: &Bounce, contact: &Contact) -> bool {
    let refused = bounce.passed_on_to.as_ref().or(bounce.recipient.as_ref());
    match (refused.and_then(|r| EmailAddress::new(r).ok()), &contact.email) {
        (Some(refused), Some(theirs)) => refused.key() == theirs.key(),
        _ => true,
    }
}

/// Given up because the address does not exist: 5.1.x, whether as status or in the server's own
/// words. A policy (5.7), a full mailbox (5.2.2) and whatever may pass (4) do not say so.
fn says_no_such_address(bounce: &Bounce) -> bool {
    let is_5_1 = |word: &str| {
        let mut numbers = word.split('.');
        numbers.next() == Some("5")
            && numbers.next() == Some("1")
            && numbers.next().is_some_and(|n| n.parse::<u16>().is_ok())
    };
    let by_status = bounce.status.as_deref().is_some_and(|s| is_5_1(s.trim()));
    // Exim writes 5.0.0 above, and what the other server said below.
    let vague = bounce.status.as_deref().is_none_or(|s| s.trim() == "5.0.0");
    let in_words = |d: &str| {
        d.split(|c: char| !c.is_ascii_digit() && c != '.').any(|w| is_5_1(w.trim_matches('.')))
    };
    bounce.kind == BounceKind::Permanent
        && (by_status || (vague && bounce.diagnostic.as_deref().is_some_and(in_words)))
}

fn words(bounce: &Bounce) -> String {
    let what = match bounce.kind {
        BounceKind::Permanent => "bounced",
        BounceKind::Temporary => "given up by a mail server",
        BounceKind::Delayed => "delayed, not given up",
        BounceKind::Delivered => "delivered",
        BounceKind::Unknown => "a report that could not be read",
    };
    match said(bounce).as_str() {
        "" => format!("{what}: no reason given"),
        said => format!("{what}: {said}"),
    }
}

/// What the mail system said, in one line: its answer, else the bare status.
fn said(bounce: &Bounce) -> String {
    clean_line(bounce.diagnostic.as_deref().or(bounce.status.as_deref()).unwrap_or_default())
}
