//! What a teammate does with mail in the ledger: looks at it, sends it once more, lays it to rest.

use std::collections::HashMap;

use super::letter::{kept_raw, letter};
use super::{emails, is_free, unwanted};
use crate::desk::load::load;
use crate::desk::{Desk, DeskError};
use crate::domain::notify::{Pending, Settled, settle};
use crate::domain::{Delivery, DeliveryId, PartId, TicketId, Time};
use crate::store::deliveries;

impl Desk {
    /// Puts the mails of a ticket that rest as unknown or failed back into the queue, by a
    /// teammate's hand (L5). Returns how many.
    ///
    /// # Errors
    /// [`DeskError::NoTicket`], or the store's.
    pub fn resend_ticket(&self, id: TicketId, now: Time) -> Result<usize, DeskError> {
        let policy = self.policy().clone();
        self.store().write(move |tx| {
            let view = load(tx, &policy, id)?;
            let mut queued = 0;
            for row in emails(&view) {
                queued += usize::from(deliveries::requeue(tx, row.id, now)?);
            }
            Ok(queued)
        })
    }

    /// Puts one mail that rests as unknown or failed back into the queue (L5). False when it does
    /// not rest so.
    ///
    /// # Errors
    /// The store's.
    pub fn resend(&self, id: DeliveryId, now: Time) -> Result<bool, DeskError> {
        self.store().write(move |tx| Ok(deliveries::requeue(tx, id, now)?))
    }

    /// Lays a mail that rests as unknown to rest for good (L5). False when it does not rest so.
    ///
    /// # Errors
    /// The store's.
    pub fn drop_unknown(&self, id: DeliveryId) -> Result<bool, DeskError> {
        self.store().write(move |tx| Ok(deliveries::drop_unknown(tx, id)?))
    }

    /// The mail that carries a ledger row, as it will look when it goes; `None` when none is to go.
    ///
    /// # Errors
    /// [`DeskError::NoTicket`], or the store's.
    pub fn preview_mail(
        &self,
        ticket: TicketId,
        id: DeliveryId,
    ) -> Result<Option<Vec<u8>>, DeskError> {
        let policy = self.policy().clone();
        self.store().read(move |tx| {
            let view = load(tx, &policy, ticket)?;
            let row = |id| emails(&view).find(|d| d.id == id && d.status.is_pending());
            let Some(asked) = row(id) else { return Ok(None) };
            let free: Vec<&Delivery> = emails(&view).filter(|d| is_free(d)).collect();
            let pending: Vec<Pending<'_>> = free.iter().filter_map(|d| view.pending(d)).collect();
            // A burst is one mail (N13): which rows it holds is asked for the moment it goes.
            let then = asked.due_at.unwrap_or(asked.at);
            let mut carriers: HashMap<DeliveryId, DeliveryId> =
                view.deliveries.iter().filter_map(|d| Some((d.id, d.carried_by?))).collect();
            let seen_at = view.seen_at;
            for (id, verdict) in
                settle(&view.ticket, view.contact.as_ref(), seen_at, &pending, then)
            {
                if let Settled::CarriedBy(carrier) = verdict {
                    carriers.insert(id, carrier);
                }
            }
            let carrier = carriers.get(&id).copied().unwrap_or(id);
            let Some(row) = row(carrier) else { return Ok(None) };
            if unwanted(&view, carrier).is_some() {
                return Ok(None);
            }
            if row.lost_answers > 0
                && let Some(raw) = kept_raw(tx, &policy, &view, carrier)?
            {
                return Ok(Some(raw));
            }
            let about: Vec<PartId> = emails(&view)
                .filter(|d| carriers.get(&d.id) == Some(&carrier))
                .map(|d| d.part_id)
                .chain([row.part_id])
                .collect();
            Ok(letter(tx, &policy, &view, row, &about)?.ok())
        })
    }
}
