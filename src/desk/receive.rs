//! Mail comes in: stored raw and committed before anyone is told that it arrived, then understood
//! and applied in one transaction (M). A mail is never lost, never applied twice, and never
//! removed; what is not accepted waits in quarantine.

mod bounced;
mod brake;
pub(in crate::desk) mod enact;
pub(in crate::desk) mod proofs;
pub(in crate::desk) mod route;
mod sender;

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use crate::desk::{Desk, DeskError};
use crate::domain::Time;
use crate::mail::inbound::{HEADER_BYTES, Inbound, RAW_BYTES};
use crate::store::Tx;
use crate::store::mailbox::{self, NewArrival, State};

pub use crate::store::mailbox::State as MailState;
pub use crate::store::mailbox::{Arrived, MatchedBy, PartMail, SenderCheck};

/// How often the program may fall over a mail before it is laid aside.
const TRIES: u32 = 3;
/// How long one mail may be read. The limits of its parts keep a real one far below that.
const READING: Duration = Duration::from_secs(5);
/// The name of the thread that reads foreign mail: a fault there is expected, and survived.
pub const READER: &str = "mail-reader";

/// The row of a mail that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct InboundId(pub i64);

/// A mail as it arrives.
#[derive(Debug, Clone, Default)]
pub struct Arrival {
    /// The mailbox it came into, by which duplicates are told apart (M4).
    pub mailbox: String,
    /// The envelope's, where the way in tells it; an empty one is the null sender of mail systems.
    pub sender: Option<String>,
    /// The envelope's; may be empty where the way in does not tell it.
    pub recipient: String,
    pub raw: Vec<u8>,
    /// Bytes that came beyond [`RAW_BYTES`] and were not kept.
    pub left_out: usize,
}

impl Arrival {
    /// What is kept of it: all, or of one that is too large its header.
    pub(in crate::desk) fn kept_at(self, now: Time) -> NewArrival {
        let mut raw = self.raw;
        let size = i64::try_from(raw.len() + self.left_out).unwrap_or(i64::MAX);
        if self.left_out > 0 || raw.len() > RAW_BYTES {
            raw.truncate(header_len(&raw));
        }
        // Postfix writes the null sender so for a pipe.
        let null = ["", "mailer-daemon"];
        let sender = self.sender.map(|s| match bare(&s) {
            sender if null.contains(&sender.to_lowercase().as_str()) => String::new(),
            sender => sender,
        });
        NewArrival {
            mailbox: self.mailbox,
            envelope_sender: sender,
            envelope_recipient: bare(&self.recipient),
            size,
            raw,
            at: now,
        }
    }
}

/// What reads a mail, with its envelope's sender. A parameter so that a test can fall over, or read
/// without end, where the real one does not.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    pub read: fn(&[u8], Option<&str>) -> Inbound,
    /// How long one mail may take.
    pub within: Duration,
}

impl Default for Reader {
    fn default() -> Self {
        Self { read: crate::mail::parse::parse_enveloped, within: READING }
    }
}

impl Desk {
    /// Keeps a mail. When this returns, it is on the disk: only then may its sender be told so.
    /// Of one that is too large its header is kept. In the place of a signature that holds stand
    /// `x`s, and beside the mail what that proved.
    ///
    /// # Errors
    /// The store's: then nothing is kept, and the sender must be asked to try again.
    pub fn store_raw(&self, arrival: Arrival, now: Time) -> Result<InboundId, DeskError> {
        let policy = self.policy().clone();
        let looked = proofs::Looked::at(arrival.kept_at(now), &policy);
        self.store().write(move |tx| Ok(InboundId(looked.keep(tx, &policy)?)))
    }

    /// The mails that are kept and not applied yet, the first to arrive first.
    ///
    /// # Errors
    /// The store's.
    pub fn waiting_mail(&self, limit: usize) -> Result<Vec<InboundId>, DeskError> {
        self.store()
            .read(move |tx| Ok(mailbox::waiting(tx, limit)?.into_iter().map(InboundId).collect()))
    }

    /// A mail's row.
    ///
    /// # Errors
    /// [`DeskError::Other`] when there is none, or the store's.
    pub fn arrived(&self, id: InboundId) -> Result<Arrived, DeskError> {
        let none = move || DeskError::Other(format!("There is no mail {}.", id.0));
        self.store().read(move |tx| mailbox::load(tx, id.0)?.ok_or_else(none))
    }

    /// A mail's bytes as they came; without this desk's key, but for signatures of ours (M5).
    ///
    /// # Errors
    /// The store's.
    pub fn raw_mail(&self, id: InboundId) -> Result<Vec<u8>, DeskError> {
        let policy = self.policy().clone();
        self.store().read(move |tx| {
            let kept = mailbox::raw(tx, id.0)?.unwrap_or_default();
            proofs::as_it_came(tx, &policy, id.0, kept)
        })
    }

    /// Understands a mail that is kept, and does what follows from it, in one transaction. One
    /// that is not waiting any more is left alone.
    ///
    /// # Errors
    /// The store's; the mail waits on then.
    pub fn apply_mail(&self, id: InboundId, now: Time) -> Result<Arrived, DeskError> {
        self.apply_mail_with(id, Reader::default(), now)
    }

    /// [`Desk::apply_mail`] with another reader.
    ///
    /// # Errors
    /// As [`Desk::apply_mail`].
    pub fn apply_mail_with(
        &self,
        id: InboundId,
        reader: Reader,
        now: Time,
    ) -> Result<Arrived, DeskError> {
        // Counted before it is tried: a process that dies over a mail has counted it all the same.
        let tries = self.store().write(move |tx| {
            let tries = mailbox::count_try(tx, id.0, 1)?;
            if tries > TRIES {
                mailbox::poison(tx, id.0, "The program fell over this mail three times.", now)?;
            }
            Ok::<_, DeskError>(tries)
        })?;
        if tries > 0 && tries <= TRIES {
            match self.understand(id, reader) {
                Ok(mail) => {
                    let policy = self.policy().clone();
                    let done =
                        self.store().write(move |tx| enact::enact(tx, &policy, id, &mail, now));
                    match done {
                        Ok(()) => {}
                        // A desk that is locked or full is not the mail's fault.
                        Err(e) if e.may_pass() => {
                            let back = move |tx: &mut dyn Tx| {
                                Ok::<_, DeskError>(mailbox::count_try(tx, id.0, -1)?)
                            };
                            // It counts as a try if not even this can be written.
                            let _ = self.store().write(back);
                            return Err(e);
                        }
                        Err(e) => self.fell_over(id, tries, &e.to_string(), now)?,
                    }
                }
                Err(fault) => self.fell_over(id, tries, &fault, now)?,
            }
        }
        self.arrived(id)
    }

    /// Reads a mail on a thread of its own, so that a fault in reading ends that thread only, and one
    /// that takes too long holds up nothing else.
    pub(in crate::desk) fn understand(
        &self,
        id: InboundId,
        reader: Reader,
    ) -> Result<Inbound, String> {
        // As it was kept: what is made of it is kept, too.
        let kept = move |tx: &mut dyn Tx| Ok::<_, DeskError>(mailbox::raw(tx, id.0)?);
        let raw = self.store().read(kept).map_err(|e| e.to_string())?.unwrap_or_default();
        let sender = self.arrived(id).map_err(|e| e.to_string())?.envelope_sender;
        let (done, read_mail) = mpsc::sync_channel(1);
        std::thread::Builder::new()
            .name(READER.into())
            .spawn(move || {
                let read = (reader.read)(&raw, sender.as_deref());
                // Nobody hears it who waited long enough.
                let _ = done.send(read);
            })
            .map_err(|e| e.to_string())?;
        read_mail.recv_timeout(reader.within).map_err(|e| match e {
            RecvTimeoutError::Timeout => {
                format!("reading it took more than {} s", reader.within.as_secs())
            }
            RecvTimeoutError::Disconnected => "reading it ended in a fault of the program".into(),
        })
    }

    /// The last try that failed lays the mail aside at once: nobody should wait for a fourth.
    fn fell_over(
        &self,
        id: InboundId,
        tries: u32,
        fault: &str,
        now: Time,
    ) -> Result<(), DeskError> {
        tracing::error!(mail = id.0, tries, fault, "mail could not be applied");
        if tries < TRIES {
            return Ok(());
        }
        let cause = format!("Three times this mail could not be applied: {fault}");
        self.store().write(move |tx| Ok(mailbox::poison(tx, id.0, &cause, now)?))
    }

    /// The newest mail that arrived; number 0 when none has.
    ///
    /// # Errors
    /// The store's.
    pub fn last_arrived(&self) -> Result<InboundId, DeskError> {
        self.store().read(|tx| Ok(InboundId(mailbox::last(tx)?)))
    }

    /// The row of a test mail that came back, among those that arrived after that one.
    ///
    /// # Errors
    /// The store's.
    pub fn test_mail_back(
        &self,
        token: &str,
        after: InboundId,
    ) -> Result<Option<InboundId>, DeskError> {
        let cause = route::test_came_back(token);
        self.store().read(move |tx| Ok(mailbox::dropped_since(tx, after.0, &cause)?.map(InboundId)))
    }

    /// Applies all mail that waits. Gives how many left the queue.
    ///
    /// # Errors
    /// The store's, when the desk is locked, full or cannot be read.
    pub fn apply_waiting_mail(&self, now: Time) -> Result<usize, DeskError> {
        let mut applied = 0;
        for id in self.waiting_mail(100)? {
            match self.apply_mail(id, now) {
                Ok(arrived) => applied += usize::from(arrived.state != State::Stored),
                Err(e) if e.may_pass() => return Err(e),
                // One that cannot be dealt with keeps no other from going its way.
                Err(e) => tracing::error!(mail = id.0, "mail could not be applied: {e}"),
            }
        }
        Ok(applied)
    }
}

/// An address of an envelope: without brackets and blanks, nothing that changes a terminal.
fn bare(address: &str) -> String {
    let line = crate::domain::text::clean_line(address);
    line.trim_start_matches('<').trim_end_matches('>').chars().take(320).collect()
}

/// Bytes of a mail's header, at most [`HEADER_BYTES`].
fn header_len(raw: &[u8]) -> usize {
    let head = raw.get(..HEADER_BYTES).unwrap_or(raw);
    let blank =
        |end: &[u8]| head.windows(end.len()).position(|w| w == end).map(|at| at + end.len());
    match (blank(b"\r\n\r\n"), blank(b"\n\n")) {
        (Some(a), Some(b)) => a.min(b),
        (Some(at), None) | (None, Some(at)) => at,
        (None, None) => head.len(),
    }
}
