//! The customer's handle on the store: bound to one contact, and able to select nothing but that
//! contact's shared tickets and their visible parts (V1, V6, V7). There is no other way from a
//! customer's surface to the database.

use crate::domain::{Attachment, ContactId, Part, PartId, SharedThread, Ticket, TicketId, Time};
use crate::store::sql::Tx;
use crate::store::{Store, StoreError, attachments, parts, tickets};
use crate::values;

/// What one contact may read.
#[derive(Debug, Clone)]
pub struct CustomerStore {
    store: Store,
    contact: ContactId,
}

impl CustomerStore {
    pub(super) fn new(store: Store, contact: ContactId) -> Self {
        Self { store, contact }
    }

    #[must_use]
    pub fn contact(&self) -> ContactId {
        self.contact
    }

    /// All threads this contact may see now, of one moment.
    ///
    /// # Errors
    /// What the database says.
    pub fn threads(&self) -> Result<Vec<SharedThread>, StoreError> {
        let contact = self.contact;
        self.store.read(move |tx| threads(tx, contact))
    }

    /// One of them; `None` when there is no such ticket, or it is not theirs, or not shared: a
    /// customer cannot tell these apart.
    ///
    /// # Errors
    /// What the database says.
    pub fn thread(&self, id: TicketId) -> Result<Option<SharedThread>, StoreError> {
        Ok(self.threads()?.into_iter().find(|t| t.ticket().is_some_and(|s| s.id() == id)))
    }

    /// The `n`th file, from 0, of a part this contact may see now, with its bytes; `None` for
    /// everything else, whatever the reason.
    ///
    /// # Errors
    /// What the database says.
    pub fn attachment(
        &self,
        part: PartId,
        n: usize,
    ) -> Result<Option<(Attachment, Vec<u8>)>, StoreError> {
        let contact = self.contact;
        self.store.read(move |tx| {
            let threads = threads(tx, contact)?;
            let mut visible = threads.iter().flat_map(SharedThread::visible);
            let Some(file) = visible.find(|p| p.id() == part).and_then(|p| p.files().get(n)) else {
                return Ok(None);
            };
            Ok(attachments::bytes(tx, &file.sha256)?.map(|bytes| (file.clone(), bytes)))
        })
    }
}

fn threads(tx: &mut dyn Tx, contact: ContactId) -> Result<Vec<SharedThread>, StoreError> {
    let mine: Vec<Ticket> = tx
        .query(
            concat!(
                "SELECT ",
                tickets::columns!(),
                " FROM tickets WHERE contact_id = $1 AND shared = 1 AND category <> 'tracker' \
                 ORDER BY id"
            ),
            values![contact.0],
        )?
        .iter()
        .map(tickets::read)
        .collect::<Result<_, _>>()?;
    let mut all: Vec<Part> = tx
        .query(
            concat!(
                "SELECT ",
                parts::columns!(),
                " FROM parts WHERE visible = 1 AND withdrawn_at IS NULL AND ticket_id IN \
                 (SELECT id FROM tickets WHERE contact_id = $1 AND shared = 1 \
                 AND category <> 'tracker') ORDER BY ticket_id, id"
            ),
            values![contact.0],
        )?
        .iter()
        .map(parts::read)
        .collect::<Result<_, _>>()?;
    let files = tx
        .query(
            "SELECT f.part_id, f.name, f.mime, f.sha256, a.size, f.inline \
             FROM part_attachments f JOIN attachments a ON a.sha256 = f.sha256 \
             JOIN parts p ON p.id = f.part_id \
             WHERE p.visible = 1 AND p.withdrawn_at IS NULL AND p.ticket_id IN \
             (SELECT id FROM tickets WHERE contact_id = $1 AND shared = 1 \
             AND category <> 'tracker') ORDER BY f.part_id, f.position",
            values![contact.0],
        )?
        .iter()
        .map(|row| Ok((PartId(row.int(0)?), attachments::read(row, 1)?)))
        .collect::<Result<_, StoreError>>()?;
    attachments::hand_out(&mut all, files);
    let mut seen: Vec<(TicketId, Time)> = Vec::new();
    for row in
        tx.query("SELECT ticket_id, at FROM seen WHERE contact_id = $1", values![contact.0])?
    {
        seen.push((TicketId(row.int(0)?), row.time(1)?));
    }
    Ok(mine
        .into_iter()
        .filter_map(|ticket| {
            let theirs = all.iter().take_while(|p| p.ticket_id == ticket.id).count();
            let own: Vec<Part> = all.drain(..theirs).collect();
            let seen_at = seen.iter().find(|(id, _)| *id == ticket.id).map(|(_, at)| *at);
            SharedThread::new(ticket, own, seen_at)
        })
        .collect())
}
