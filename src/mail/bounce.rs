//! Bounces: what a mail system says about a mail that it could not deliver (RFC 3464).
//!
//! Never decides what follows from one: whose mail it was, the address it came to proves.

use serde::{Deserialize, Serialize};

/// What a mail system reports on one recipient; of several, on the worst off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounce {
    pub kind: BounceKind,
    /// The address that could not be reached, as the report names it.
    pub recipient: Option<String>,
    /// Such as `5.1.1` (RFC 3463).
    pub status: Option<String>,
    /// The other server's answer or the report's sentence; one line, at most 500 characters.
    pub diagnostic: Option<String>,
    /// Of the mail that is returned within, without angle brackets.
    pub original_message_id: Option<String>,
    /// The ENVID that was given with the mail.
    pub original_envelope_id: Option<String>,
    /// All recipients the report is about, each once.
    pub recipients: Vec<String>,
}

/// How it ended, judged by the Action and not by the Status: a mail given up after days of
/// trying has a Status of 4.x.x and will not be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BounceKind {
    /// Given up.
    Permanent,
    /// Given up, for a reason that may pass (a full mailbox, a server out of order).
    Temporary,
    /// Not given up yet.
    Delayed,
    Delivered,
    /// A mail system's report that could not be read.
    Unknown,
}
