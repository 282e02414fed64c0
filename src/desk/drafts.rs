//! Drafts: what a teammate began to write, kept across Esc, quit and kill.

use crate::desk::{Desk, DeskError, Draft, DraftKey};
use crate::domain::{TeammateId, TicketId, Time};
use crate::store::drafts::{self, DraftRow};

impl DraftKey {
    const fn columns(self) -> (&'static str, i64) {
        match self {
            Self::Reply(id) => ("reply", id.0),
            Self::Note(id) => ("note", id.0),
            Self::NewTicket => ("new", 0),
        }
    }

    fn read(kind: &str, ticket: i64) -> Option<Self> {
        match kind {
            "reply" => Some(Self::Reply(TicketId(ticket))),
            "note" => Some(Self::Note(TicketId(ticket))),
            "new" => Some(Self::NewTicket),
            _ => None,
        }
    }
}

impl Desk {
    /// A teammate's drafts, the newest first.
    ///
    /// # Errors
    /// The store's.
    pub fn drafts(&self, teammate: TeammateId) -> Result<Vec<Draft>, DeskError> {
        let rows = self.store().read(move |tx| drafts::of(tx, teammate))?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                let key = DraftKey::read(&row.kind, row.ticket)?;
                Some(Draft { key, text: row.body, saved_at: row.saved_at })
            })
            .collect())
    }

    /// Keeps a draft; an empty one is dropped.
    ///
    /// # Errors
    /// The store's.
    pub fn save_draft(
        &self,
        teammate: TeammateId,
        key: DraftKey,
        text: &str,
        now: Time,
    ) -> Result<(), DeskError> {
        if text.is_empty() {
            return self.drop_draft(teammate, key);
        }
        let (kind, ticket) = key.columns();
        let row = DraftRow { kind: kind.to_owned(), ticket, body: text.to_owned(), saved_at: now };
        self.store().write(move |tx| Ok(drafts::save(tx, teammate, &row)?))
    }

    /// # Errors
    /// The store's.
    pub fn drop_draft(&self, teammate: TeammateId, key: DraftKey) -> Result<(), DeskError> {
        let (kind, ticket) = key.columns();
        self.store().write(move |tx| Ok(drafts::remove(tx, teammate, kind, ticket)?))
    }
}
