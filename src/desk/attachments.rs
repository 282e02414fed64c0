//! Files: kept before the reply that carries them, and given out again. A file that nobody's reply
//! carries in the end is seen by nobody.

use sha2::{Digest, Sha256};

use crate::desk::load::load;
use crate::desk::{Desk, DeskError};
use crate::domain::attachment::FILE_BYTES;
use crate::domain::{Attachment, PartId, Refusal, TicketId};
use crate::mail::{clean_file_name, file_type};
use crate::store::attachments;

impl Desk {
    /// What a file would be known as. Keeps nothing.
    ///
    /// # Errors
    /// [`Refusal::FilesTooLarge`].
    pub fn describe_file(name: &str, bytes: &[u8]) -> Result<Attachment, DeskError> {
        described(name, bytes)
    }

    /// Keeps a file for a reply or note that is to follow. Its name may be anything and is made
    /// harmless here; its type is guessed.
    ///
    /// # Errors
    /// [`Refusal::FilesTooLarge`], or the store's.
    pub fn keep_file(&self, name: &str, bytes: Vec<u8>) -> Result<Attachment, DeskError> {
        let file = described(name, &bytes)?;
        let sha256 = file.sha256.clone();
        self.store().write(move |tx| Ok::<_, DeskError>(attachments::keep(tx, &sha256, bytes)?))?;
        Ok(file)
    }

    /// The bytes of a file of a ticket, for the team: the `n`th, from 0, of a part. `None` when
    /// there is no such file.
    ///
    /// # Errors
    /// [`DeskError::NoTicket`], or the store's.
    pub fn attachment(
        &self,
        ticket: TicketId,
        part: PartId,
        n: usize,
    ) -> Result<Option<(Attachment, Vec<u8>)>, DeskError> {
        let policy = self.policy().clone();
        self.store().read(move |tx| {
            let view = load(tx, &policy, ticket)?;
            let part = view.parts.iter().find(|p| p.id == part);
            let Some(file) = part.and_then(|p| p.files.get(n)) else { return Ok(None) };
            Ok(attachments::bytes(tx, &file.sha256)?.map(|bytes| (file.clone(), bytes)))
        })
    }
}

/// What is known of a file that is being taken in.
fn described(name: &str, bytes: &[u8]) -> Result<Attachment, DeskError> {
    let size = bytes.len() as u64;
    if size > FILE_BYTES {
        return Err(Refusal::FilesTooLarge(size).into());
    }
    let name = clean_file_name(name);
    let sha256 = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
    Ok(Attachment { mime: file_type(&name, bytes).to_owned(), name, sha256, size, inline: false })
}
