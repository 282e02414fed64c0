//! The bytes of a mail, when its row is claimed or looked at.

use std::collections::HashMap;

use super::emails;
use crate::desk::{DeskError, Policy, TicketView, reply_address, settings};
use crate::domain::{Contact, Delivery, DeliveryId, PartId, SharedThread};
use crate::mail::compose::{Letter, compose};
use crate::mail::reply_address::ReplyToken;
use crate::store::deliveries::{self, claims};
use crate::store::{Tx, attachments, strangers};

/// Composes the mail of a row about these parts; the inner error is why it cannot be composed.
pub(super) fn letter(
    tx: &mut dyn Tx,
    policy: &Policy,
    view: &TicketView,
    row: &Delivery,
    about: &[PartId],
) -> Result<Result<Vec<u8>, String>, DeskError> {
    let messenger = settings::messenger(tx)?;
    let fixed_text = strangers::is_fixed_text(tx, row.part_id)?;
    let references = match view.contact.as_ref().map(|c| (c.id, c.email.as_ref())) {
        // N17: an id is a stranger's words too.
        Some((contact, Some(email))) if !fixed_text => {
            deliveries::message_ids(tx, view.ticket.id, contact, email)?
        }
        _ => Vec::new(),
    };
    let thread: Option<SharedThread> = view.shared_thread();
    let contact: Option<&Contact> = view.contact.as_ref();
    let (Some(thread), Some(contact), Some(message_id)) = (&thread, contact, &row.message_id)
    else {
        return Ok(Err("The ticket has nobody who could be mailed.".into()));
    };
    let Some(ticket) = thread.ticket() else {
        return Ok(Err("The ticket is not shared.".into()));
    };
    let sender = reply_address::sender(tx, policy, ticket, contact.id)?;
    let contents = contents(tx, thread, about)?;
    let withheld: Vec<PartId> =
        emails(view).filter(|d| d.status.is_pending()).map(|d| d.part_id).collect();
    let letter = Letter {
        thread,
        about,
        withheld: &withheld,
        contents: &contents,
        to: contact,
        sender: &sender,
        messenger: &messenger,
        message_id,
        references: &references,
        fixed_text,
        date: row.at,
    };
    Ok(compose(&letter).map_err(|e| e.to_string()))
}

/// The bytes of the files of what teammates wrote and a mail tells. Which of them it carries is
/// `compose`'s to say, as everything that a mail holds.
fn contents(
    tx: &mut dyn Tx,
    thread: &SharedThread,
    about: &[PartId],
) -> Result<HashMap<String, Vec<u8>>, DeskError> {
    let told = thread.visible().filter(|p| about.contains(&p.id()) && !p.is_own());
    let mut contents = HashMap::new();
    for file in told.flat_map(|p| p.files()) {
        if let Some(bytes) = attachments::bytes(tx, &file.sha256)? {
            contents.insert(file.sha256.clone(), bytes);
        }
    }
    Ok(contents)
}

/// The bytes of a message that was handed over once, as they went; only a reply address that was
/// revoked since is the new one.
pub(super) fn kept_raw(
    tx: &mut dyn Tx,
    policy: &Policy,
    view: &TicketView,
    id: DeliveryId,
) -> Result<Option<Vec<u8>>, DeskError> {
    let mut raw = claims::kept_raw(tx, id)?;
    if let Some(raw) = &mut raw
        && let Some(token) = token_of(tx, policy, view)?
    {
        token.put_back(raw);
    }
    Ok(raw)
}

/// The reply token of mails about a ticket; `None` where they have none.
pub(super) fn token_of(
    tx: &mut dyn Tx,
    policy: &Policy,
    view: &TicketView,
) -> Result<Option<ReplyToken>, DeskError> {
    match (view.ticket.as_shared(), &view.contact) {
        (Some(ticket), Some(contact)) => reply_address::token(tx, policy, ticket, contact.id),
        _ => Ok(None),
    }
}
