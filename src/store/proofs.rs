//! What the signed addresses of a mail proved when it arrived; their signatures are not kept.

use crate::domain::{ContactId, DeliveryId, TicketId};
use crate::store::StoreError;
use crate::store::sql::Tx;
use crate::values;

/// That a mail carried an address of ours that held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A reply address, signed in this epoch.
    Reply {
        ticket: TicketId,
        contact: ContactId,
        epoch: u32,
    },
    Bounce(DeliveryId),
}

/// # Errors
/// What the database says.
pub fn add(tx: &mut dyn Tx, mail: i64, proof: Proof) -> Result<(), StoreError> {
    match proof {
        Proof::Reply { ticket, contact, epoch } => tx.execute(
            "INSERT INTO inbound_proofs (inbound_id, kind, ticket_id, contact_id, epoch) \
             VALUES ($1, 'reply', $2, $3, $4)",
            values![mail, ticket.0, contact.0, i64::from(epoch)],
        ),
        Proof::Bounce(delivery) => tx.execute(
            "INSERT INTO inbound_proofs (inbound_id, kind, delivery_id) VALUES ($1, 'bounce', $2)",
            values![mail, delivery.0],
        ),
    }?;
    Ok(())
}

/// True when the mail proved this.
///
/// # Errors
/// What the database says.
pub fn has(tx: &mut dyn Tx, mail: i64, proof: Proof) -> Result<bool, StoreError> {
    let row = match proof {
        Proof::Reply { ticket, contact, epoch } => tx.first(
            "SELECT 1 FROM inbound_proofs WHERE inbound_id = $1 AND kind = 'reply' \
             AND ticket_id = $2 AND contact_id = $3 AND epoch = $4 LIMIT 1",
            values![mail, ticket.0, contact.0, i64::from(epoch)],
        ),
        Proof::Bounce(delivery) => tx.first(
            "SELECT 1 FROM inbound_proofs WHERE inbound_id = $1 AND kind = 'bounce' \
             AND delivery_id = $2 LIMIT 1",
            values![mail, delivery.0],
        ),
    }?;
    Ok(row.is_some())
}

/// All that a mail proved.
///
/// # Errors
/// What the database says.
pub fn of(tx: &mut dyn Tx, mail: i64) -> Result<Vec<Proof>, StoreError> {
    tx.query(
        "SELECT kind, ticket_id, contact_id, epoch, delivery_id FROM inbound_proofs \
         WHERE inbound_id = $1",
        values![mail],
    )?
    .iter()
    .map(|r| match r.text(0)?.as_str() {
        "reply" => Ok(Proof::Reply {
            ticket: TicketId(r.int(1)?),
            contact: ContactId(r.int(2)?),
            epoch: r.count(3)?,
        }),
        _ => Ok(Proof::Bounce(DeliveryId(r.int(4)?))),
    })
    .collect()
}
