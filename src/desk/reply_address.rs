//! The signed addresses of a mail, and taking them back (M1). Never mints one for a ticket that is
//! not shared: that takes a [`SharedTicket`].

use crate::desk::load::load;
use crate::desk::{Desk, DeskError, Policy};
use crate::domain::{ContactId, DeliveryId, Refusal, SharedTicket, TicketId};
use crate::mail::compose::Sender;
use crate::mail::reply_address::{BounceToken, Key, ReplyToken};
use crate::store::{Tx, reply_epochs};

/// The desk's addresses in a mail to this contact about this ticket. Where there is no key, or the
/// tag would make the address too long, the plain address stands: an answer is found by its
/// References then.
pub(super) fn sender(
    tx: &mut dyn Tx,
    policy: &Policy,
    ticket: SharedTicket<'_>,
    contact: ContactId,
) -> Result<Sender, DeskError> {
    let address = policy.address();
    let signed = token(tx, policy, ticket, contact)?
        .and_then(|token| token.address(address, policy.delimiter));
    Ok(Sender {
        address: address.to_owned(),
        reply_to: signed.unwrap_or_else(|| address.to_owned()),
        installation: policy.signing().map(Key::installation),
    })
}

/// The tag of now; `None` where there is no key.
pub(super) fn token(
    tx: &mut dyn Tx,
    policy: &Policy,
    ticket: SharedTicket<'_>,
    contact: ContactId,
) -> Result<Option<ReplyToken>, DeskError> {
    let epoch = reply_epochs::get(tx, ticket.id(), contact)?;
    Ok(policy.signing().map(|key| ReplyToken::mint(ticket, contact, epoch, key)))
}

/// The envelope's sender, and its id for reports: both name the ledger row, so that a bounce finds
/// it (VERP; RFC 3461 §4.4).
pub(super) fn envelope(policy: &Policy, delivery: DeliveryId) -> (String, Option<String>) {
    let token = policy.signing().map(|key| BounceToken::mint(delivery, key));
    let signed = token.as_ref().and_then(|t| t.address(policy.address(), policy.delimiter));
    let from = signed.unwrap_or_else(|| policy.address().to_owned());
    (from, token.map(|t| t.as_str().to_owned()))
}

impl Desk {
    /// Revokes every reply address of a ticket that was ever given out; later mails carry new ones.
    /// Returns for how many contacts. The past mails' Message-IDs still name the ticket, as they
    /// always do, but open nothing without their sender's address (M2).
    ///
    /// # Errors
    /// [`DeskError::NoTicket`]; [`DeskError::Refused`] for a tracker, which has none (V1); or the
    /// store's.
    pub fn revoke_reply_addresses(&self, id: TicketId) -> Result<usize, DeskError> {
        let policy = self.policy().clone();
        self.store().write(move |tx| {
            let view = load(tx, &policy, id)?;
            if view.ticket.category == crate::domain::Category::Tracker {
                return Err(Refusal::TrackerContact.into());
            }
            Ok(reply_epochs::raise(tx, id)?)
        })
    }
}
