//! Drafts: what a teammate began to write, kept across Esc, quit and kill.

use crate::desk::{Desk, DeskError, Draft, DraftKey};
use crate::domain::{Attachment, TeammateId, TicketId, Time, attachment};
use crate::store::attachments;
use crate::store::drafts::{self, DraftRow};

impl DraftKey {
    const fn columns(self) -> (&'static str, i64) {
        match self {
            Self::Reply(id) => ("reply", id.0),
            Self::Note(id) => ("note", id.0),
            Self::NewTicket => ("new", 0),
        }
    }

    fn row(self, text: &str, now: Time) -> DraftRow {
        let (kind, ticket) = self.columns();
        DraftRow {
            kind: kind.to_owned(),
            ticket,
            body: text.to_owned(),
            files: Vec::new(),
            saved_at: now,
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
                Some(Draft { key, text: row.body, files: row.files, saved_at: row.saved_at })
            })
            .collect())
    }

    /// Keeps a draft's text; an empty one without files is dropped.
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
        let row = key.row(text, now);
        self.store().write(move |tx| {
            let empty = row.body.is_empty()
                && drafts::files(tx, teammate, &row.kind, row.ticket)?.is_empty();
            if empty {
                return Ok(drafts::remove(tx, teammate, &row.kind, row.ticket)?);
            }
            Ok(drafts::save(tx, teammate, &row)?)
        })
    }

    /// Attaches a file to a draft, which is begun if there is none: it is kept from here on,
    /// whatever becomes of the file on the disk. Gives all of the draft's files.
    ///
    /// # Errors
    /// [`Refusal::TooManyFiles`](crate::domain::Refusal::TooManyFiles) and the like, or the store's.
    pub fn attach_to_draft(
        &self,
        teammate: TeammateId,
        key: DraftKey,
        name: &str,
        bytes: Vec<u8>,
        now: Time,
    ) -> Result<Vec<Attachment>, DeskError> {
        let file = Self::describe_file(name, &bytes)?;
        let row = key.row("", now);
        self.store().write(move |tx| {
            let (kind, ticket) = (row.kind.clone(), row.ticket);
            let mut files = drafts::files(tx, teammate, &kind, ticket)?;
            files.push(file.clone());
            let files = attachment::fit(&files)?;
            attachments::keep(tx, &file.sha256, bytes)?;
            if !drafts::of(tx, teammate)?.iter().any(|d| d.kind == kind && d.ticket == ticket) {
                drafts::save(tx, teammate, &row)?;
            }
            drafts::set_files(tx, teammate, &kind, ticket, &files)?;
            Ok(files)
        })
    }

    /// Gives a draft these files and no others: one was taken away, or those of a reply that was
    /// taken back came home (U1).
    ///
    /// # Errors
    /// The store's.
    pub fn set_draft_files(
        &self,
        teammate: TeammateId,
        key: DraftKey,
        files: &[Attachment],
        now: Time,
    ) -> Result<(), DeskError> {
        let (files, row) = (files.to_vec(), key.row("", now));
        self.store().write(move |tx| {
            let (kind, ticket) = (row.kind.clone(), row.ticket);
            let known = drafts::of(tx, teammate)?;
            let known = known.iter().find(|d| d.kind == kind && d.ticket == ticket);
            if known.is_none() && !files.is_empty() {
                drafts::save(tx, teammate, &row)?;
            }
            drafts::set_files(tx, teammate, &kind, ticket, &files)?;
            if files.is_empty() && known.is_some_and(|d| d.body.is_empty()) {
                drafts::remove(tx, teammate, &kind, ticket)?;
            }
            Ok(())
        })
    }

    /// # Errors
    /// The store's.
    pub fn drop_draft(&self, teammate: TeammateId, key: DraftKey) -> Result<(), DeskError> {
        let (kind, ticket) = key.columns();
        self.store().write(move |tx| Ok(drafts::remove(tx, teammate, kind, ticket)?))
    }
}
