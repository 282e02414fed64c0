//! How a mail leaves: into a folder, or to a server. Never decides whether it should, or what to
//! do when it did not; it says how the attempt ended.

use std::path::PathBuf;

use crate::mail::outbox;
use crate::mail::smtp::Smtp;

/// A way out.
#[derive(Debug)]
pub enum Transport {
    /// Each mail becomes an `.eml` file in this folder.
    Outbox(PathBuf),
    Smtp(Box<Smtp>),
}

/// Who a mail is from and for on the way, apart from what its headers say (RFC 5321).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    pub from: String,
    /// From whom it goes where the server does not let us use `from`.
    pub plain_from: Option<String>,
    pub to: String,
    /// Fixed in the ledger (L2); without angle brackets.
    pub message_id: String,
    /// Repeated by reports about this mail where the server knows how (RFC 3461 §4.4); else the
    /// Message-ID is.
    pub envelope_id: Option<String>,
}

/// How an attempt ended. `words` are the server's or the system's: one line, cleaned, at most
/// 200 characters, with the step of the talk in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server has taken it.
    Sent { words: String },
    /// Certainly not taken; worth another try later. `greylisted` when it was the recipient who
    /// was put off, as greylisting does.
    Temporary { words: String, greylisted: bool },
    /// This mail is refused for good.
    Permanent { words: String },
    /// No mail at all can leave: the connection, TLS, the password or our sender is refused. The
    /// queue pauses, and nothing is counted against this mail.
    Pause { words: String },
    /// Handed over, and the answer lost: it may have arrived (L5).
    Ambiguous { words: String },
}

impl Transport {
    /// Makes one attempt. `before_dot` is awaited at most once: when the way is clear, before a
    /// byte of the message goes. What was not sent by then has certainly not arrived.
    ///
    /// # Errors
    /// Those of `before_dot` alone; the message is not sent then.
    pub async fn send<E>(
        &mut self,
        envelope: &Envelope,
        raw: &[u8],
        before_dot: impl AsyncFnOnce() -> Result<(), E>,
    ) -> Result<Outcome, E> {
        match self {
            Self::Outbox(folder) => outbox::send(folder, envelope, raw, before_dot).await,
            Self::Smtp(smtp) => smtp.send(envelope, raw, before_dot).await,
        }
    }

    /// Ends the connection that was kept for the next mail, if there is one.
    pub async fn rest(&mut self) {
        match self {
            Self::Outbox(_) => {}
            Self::Smtp(smtp) => smtp.quit().await,
        }
    }
}
