//! What the reader of an IMAP mailbox asks of the desk: to be the only one, to know how far it has
//! come, and to have a mail kept together with that.

use chrono::Duration;

use crate::desk::receive::proofs::Looked;
use crate::desk::receive::{Arrival, InboundId, enact};
use crate::desk::{Desk, DeskError};
use crate::domain::Time;
use crate::store::mailbox::seen_before;
use crate::store::{StoreError, Tx, imap};

pub use crate::store::imap::{Progress, Refused};

/// How long a mailbox is held without a sign of life.
pub const HOLD: Duration = Duration::seconds(45);
/// How often a mail is asked for that the server does not give.
pub const REFUSALS: u32 = 5;
/// How the cause begins of what stands in quarantine for such a mail.
pub(super) const NOT_GIVEN: &str = "The server does not give";

/// A mailbox, and the program that reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    pub mailbox: String,
    pub holder: String,
}

impl Reader {
    fn must_hold(&self, tx: &mut dyn Tx) -> Result<(), DeskError> {
        if imap::is_held(tx, &self.mailbox, &self.holder)? {
            return Ok(());
        }
        Err(DeskError::Other("Another program reads this mailbox by now.".into()))
    }
}

impl Desk {
    /// Holds the mailbox for [`HOLD`] from `now`. False while another program does.
    ///
    /// # Errors
    /// The store's.
    pub fn hold_mailbox(&self, reader: &Reader, now: Time) -> Result<bool, DeskError> {
        let Reader { mailbox, holder } = reader.clone();
        self.store().write(move |tx| Ok(imap::hold(tx, &mailbox, &holder, now, now + HOLD)?))
    }

    /// Who holds the mailbox.
    ///
    /// # Errors
    /// The store's.
    pub fn mailbox_holder(&self, mailbox: &str) -> Result<Option<String>, DeskError> {
        let mailbox = mailbox.to_owned();
        self.store().read(move |tx| Ok(imap::holder(tx, &mailbox)?))
    }

    /// Lets go of the mailbox; also in the name of a holder that is known to be dead.
    ///
    /// # Errors
    /// The store's.
    pub fn release_mailbox(&self, reader: &Reader) -> Result<(), DeskError> {
        let Reader { mailbox, holder } = reader.clone();
        self.store().write(move |tx| Ok(imap::release(tx, &mailbox, &holder)?))
    }

    /// How far the mailbox has been read, under the UIDVALIDITY that its server names now.
    ///
    /// # Errors
    /// [`DeskError::Other`] when another program holds it by now, or the store's.
    pub fn mailbox_progress(
        &self,
        reader: &Reader,
        uid_validity: u32,
    ) -> Result<Progress, DeskError> {
        let reader = reader.clone();
        self.store().write(move |tx| {
            reader.must_hold(tx)?;
            let gone = || DeskError::from(StoreError::Corrupt("a mailbox that is held is missing"));
            let progress = imap::progress(tx, &reader.mailbox)?.ok_or_else(gone)?;
            if progress.uid_validity == uid_validity {
                return Ok(progress);
            }
            imap::begin(tx, &reader.mailbox, uid_validity)?;
            imap::progress(tx, &reader.mailbox)?.ok_or_else(gone)
        })
    }

    /// Keeps a mail, and in the same transaction that it was dealt with. When this returns, both are
    /// on the disk: only then may it be moved.
    ///
    /// # Errors
    /// As [`Desk::mailbox_progress`]; nothing is kept then.
    pub fn store_fetched(
        &self,
        reader: &Reader,
        uid: u32,
        arrival: Arrival,
        to_move: bool,
        now: Time,
    ) -> Result<InboundId, DeskError> {
        let reader = reader.clone();
        let policy = self.policy().clone();
        let looked = Looked::at(arrival.kept_at(now), &policy);
        self.store().write(move |tx| {
            reader.must_hold(tx)?;
            let id = looked.keep(tx, &policy)?;
            imap::seen(tx, &reader.mailbox, uid)?;
            if let Some(held) = imap::stand_in(tx, &reader.mailbox, uid)? {
                seen_before::give_way(tx, held, id, now)?;
            }
            imap::settled(tx, &reader.mailbox, uid)?;
            if to_move {
                imap::to_move(tx, &reader.mailbox, uid)?;
            }
            Ok(InboundId(id))
        })
    }

    /// Notes that the first look has ended: everything up to `uid` was dealt with, or is too old.
    ///
    /// # Errors
    /// As [`Desk::mailbox_progress`].
    pub fn mailbox_looked(&self, reader: &Reader, uid: u32) -> Result<(), DeskError> {
        let reader = reader.clone();
        self.store().write(move |tx| {
            reader.must_hold(tx)?;
            imap::seen(tx, &reader.mailbox, uid)?;
            Ok(imap::looked(tx, &reader.mailbox)?)
        })
    }

    /// Notes that this mail is gone: somebody else has deleted it.
    ///
    /// # Errors
    /// As [`Desk::mailbox_progress`].
    pub fn mailbox_gone(&self, reader: &Reader, uid: u32) -> Result<(), DeskError> {
        let reader = reader.clone();
        self.store().write(move |tx| {
            reader.must_hold(tx)?;
            imap::settled(tx, &reader.mailbox, uid)?;
            Ok(imap::seen(tx, &reader.mailbox, uid)?)
        })
    }

    /// Notes that the server did not give a mail, in these words: the ones behind it are not held
    /// up, and it is asked for again. At [`REFUSALS`] tries a row in quarantine stands for it,
    /// for nothing that arrives is dropped silently (M2). `address` is the desk's, as with a mail
    /// that came. Gives the mails that are to be asked for again.
    ///
    /// # Errors
    /// As [`Desk::mailbox_progress`].
    pub fn mailbox_refused(
        &self,
        reader: &Reader,
        uid: u32,
        said: &str,
        address: &str,
        now: Time,
    ) -> Result<Vec<Refused>, DeskError> {
        let (reader, said, address) = (reader.clone(), said.to_owned(), address.to_owned());
        self.store().write(move |tx| {
            reader.must_hold(tx)?;
            let Reader { mailbox, .. } = &reader;
            imap::seen(tx, mailbox, uid)?;
            if imap::refuse(tx, mailbox, uid, &said, now)? == REFUSALS {
                let words = if said.is_empty() { String::new() } else { format!(" ({said})") };
                let cause =
                    format!("{NOT_GIVEN} mail UID {uid} of {mailbox}{words}; look at it there.");
                let held = enact::hold_unread(tx, address, cause, now)?;
                imap::stands_in(tx, mailbox, uid, held)?;
            }
            Ok(imap::refused(tx, mailbox)?)
        })
    }

    /// Notes that these mails are out of the inbox.
    ///
    /// # Errors
    /// As [`Desk::mailbox_progress`].
    pub fn mailbox_moved(&self, reader: &Reader, uids: &[u32]) -> Result<(), DeskError> {
        let (reader, uids) = (reader.clone(), uids.to_vec());
        self.store().write(move |tx| {
            reader.must_hold(tx)?;
            for uid in uids {
                imap::moved(tx, &reader.mailbox, uid)?;
            }
            Ok(())
        })
    }

    /// Says why no mail comes from this mailbox, or that it does again.
    ///
    /// # Errors
    /// The store's.
    pub fn set_mailbox_trouble(
        &self,
        reader: &Reader,
        trouble: Option<&str>,
    ) -> Result<(), DeskError> {
        let (reader, trouble) = (reader.clone(), trouble.map(str::to_owned));
        let mailbox = reader.mailbox.clone();
        if self.store().read(move |tx| imap::trouble_of(tx, &mailbox))? == trouble {
            return Ok(());
        }
        self.store().write(move |tx| {
            let Reader { mailbox, holder } = &reader;
            Ok(imap::set_trouble(tx, mailbox, holder, trouble.as_deref())?)
        })
    }
}
