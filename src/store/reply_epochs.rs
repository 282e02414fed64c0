//! The epochs that reply addresses are signed with, per ticket and contact (M1). Raising one
//! revokes every address that was given out before; none is ever lowered.

use crate::domain::{ContactId, TicketId};
use crate::store::StoreError;
use crate::store::sql::Tx;
use crate::values;

/// The epoch now; 0 where nothing was ever revoked.
///
/// # Errors
/// What the database says.
pub fn get(tx: &mut dyn Tx, ticket: TicketId, contact: ContactId) -> Result<u32, StoreError> {
    let row = tx.first(
        "SELECT epoch FROM reply_epochs WHERE ticket_id = $1 AND contact_id = $2",
        values![ticket.0, contact.0],
    )?;
    row.map_or(Ok(0), |r| r.count(0))
}

/// Raises the epoch of everyone who may hold an address of this ticket: its contact, and whoever
/// was to be mailed about it before. Returns how many they are.
///
/// # Errors
/// What the database says.
pub fn raise(tx: &mut dyn Tx, ticket: TicketId) -> Result<usize, StoreError> {
    tx.execute(
        "INSERT INTO reply_epochs (ticket_id, contact_id, epoch) \
         SELECT id, contact_id, 1 FROM tickets WHERE id = $1 AND contact_id IS NOT NULL \
         UNION SELECT ticket_id, contact_id, 1 FROM deliveries \
         WHERE ticket_id = $1 AND contact_id IS NOT NULL AND channel = 'email' \
         ON CONFLICT (ticket_id, contact_id) DO UPDATE SET epoch = reply_epochs.epoch + 1",
        values![ticket.0],
    )
}
