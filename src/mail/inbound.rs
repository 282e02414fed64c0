//! What an incoming mail is, once it has been understood: the types of the module `parse`.
//!
//! All text in them is cleaned for display, but for [`Attachment::bytes`]. Nothing here decides
//! what happens to the mail, and nothing in it proves who sent it.

use serde::{Deserialize, Serialize};

use crate::domain::Time;
use crate::mail::bounce::Bounce;

/// The most of each that is taken over. More than that is a [`Remark`], never a refusal.
pub const RAW_BYTES: usize = 25 * 1024 * 1024;
pub const HEADER_BYTES: usize = 256 * 1024;
pub const TEXT_BYTES: usize = 256 * 1024;
pub const HTML_BYTES: usize = 512 * 1024;
pub const REFERENCES: usize = 50;
pub const ADDRESSES: usize = 100;
pub const ATTACHMENTS: usize = 50;
pub const PARTS: usize = 500;
pub const DEPTH: usize = 50;
/// Fields of a header that are looked at, and the length of a file's name in characters.
pub const FIELDS: usize = 2_000;
pub const FILE_NAME_CHARS: usize = 120;

/// One mail, understood.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Inbound {
    /// Every author named, from all From fields. Exactly one is the rule; see
    /// [`Inbound::author`].
    pub from: Vec<Mailbox>,
    /// How many From fields there were. Any other number than 1 proves nothing about the author.
    pub from_fields: usize,
    pub sender: Option<Mailbox>,
    pub reply_to: Vec<String>,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    /// The topmost Delivered-To and X-Original-To: what our own server wrote, at most one each.
    pub delivered_to: Vec<String>,
    /// The envelope's sender; `Some("")` is the null sender of bounces.
    pub return_path: Option<String>,
    /// Without angle brackets. None when there is none that can be used.
    pub message_id: Option<String>,
    pub message_ids: usize,
    pub in_reply_to: Vec<String>,
    pub references: Vec<String>,
    /// One line, at most 200 characters; may be empty.
    pub subject: String,
    pub date: Option<Time>,
    /// All of the text, decoded, at most [`TEXT_BYTES`].
    pub text: String,
    /// What the author wrote now: the text without quoted history and signature (M5).
    pub shown: String,
    /// Lines of the text that are not in [`Inbound::shown`] and are not empty.
    pub hidden_lines: usize,
    /// Why this is an automatic mail, if it is (M3).
    pub automatic: Option<Automatic>,
    /// Nothing may be sent because of this mail, although it may be a person's.
    pub do_not_acknowledge: bool,
    /// The value of X-Deskbell-Loop: which desk has sent this mail already.
    pub our_loop_header: Option<String>,
    /// How many servers it came through (Received fields).
    pub received: usize,
    /// (authserv-id in lower case, the whole value), topmost first. Only those of a server of
    /// our own mean anything.
    pub authentication_results: Vec<(String, String)>,
    pub attachments: Vec<Attachment>,
    pub bounce: Option<Bounce>,
    pub remarks: Vec<Remark>,
    /// SHA-256 of the decoded text, in hex; a part of what makes a duplicate (M4).
    pub dedupe_text_hash: String,
    /// Set when there is no Message-ID: SHA-256, in hex, of the mail without the fields that
    /// differ from one delivery of it to the next.
    pub synthetic_id: Option<String>,
}

impl Inbound {
    /// The author, when there is exactly one From field with exactly one address that can be
    /// written to. Everything else is nobody's mail.
    #[must_use]
    pub fn author(&self) -> Option<&Mailbox> {
        match self.from.as_slice() {
            [one] if self.from_fields == 1 && one.address.contains('@') => Some(one),
            _ => None,
        }
    }

    /// The Message-ID, else the synthetic one: what duplicates are recognised by (M4).
    #[must_use]
    pub fn identity(&self) -> &str {
        self.message_id.as_deref().or(self.synthetic_id.as_deref()).unwrap_or_default()
    }

    /// Adds a remark, each kind once.
    pub fn remark(&mut self, remark: Remark) {
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }
}

/// A name and an address, as the mail claims them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Mailbox {
    /// One line, at most 100 characters; may be empty. Never taken for an address.
    pub name: String,
    /// One line without blanks, as written but for U+FFFD in the place of what no address has; not
    /// checked to be an address.
    pub address: String,
}

/// A file in a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Safe as the last component of a path on any system, at most [`FILE_NAME_CHARS`].
    pub name: String,
    /// Lower case, such as `image/png`.
    pub mime: String,
    #[serde(skip)]
    pub bytes: Vec<u8>,
    /// SHA-256 of the bytes, in hex.
    pub sha256: String,
    /// Shown within the text, such as a logo in a signature.
    pub inline: bool,
}

/// The sign by which a mail is automatic (M3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Automatic {
    /// A vacation notice.
    OutOfOffice,
    AutoSubmitted,
    NullSender,
    /// From mailer-daemon or postmaster.
    MailSystem,
    NoReplyAddress,
    Precedence,
    MailingList,
    AutoReplyHeader,
    MachineGenerated,
    Loop,
    FailedRecipients,
    NoAnswerWanted,
    /// RFC 8098: somebody's mail program says that they have read a mail, or deleted it.
    ReadReceipt,
}

impl Automatic {
    /// Why, for teammates: fits behind "Automatic:".
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::OutOfOffice => "an out-of-office notice",
            Self::AutoSubmitted => "it says so itself (Auto-Submitted)",
            Self::NullSender => "sent with the null sender of mail systems",
            Self::MailSystem => "written by a mail system",
            Self::NoReplyAddress => "from an address that takes no replies",
            Self::Precedence => "bulk or list mail (Precedence)",
            Self::MailingList => "from a mailing list (List- fields)",
            Self::AutoReplyHeader => "an automatic reply by its header",
            Self::MachineGenerated => "machine-generated by its header",
            Self::Loop => "marked against loops (X-Loop)",
            Self::FailedRecipients => "names recipients it could not reach",
            Self::NoAnswerWanted => "asks for no acknowledgement",
            Self::ReadReceipt => "a read receipt",
        }
    }
}

/// What a teammate should know before trusting what is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remark {
    TooLarge,
    TextCut,
    HtmlAsPlainText,
    NoFrom,
    SeveralFrom,
    SeveralMessageIds,
    NameLooksLikeAddress,
    DirectionControls,
    GuessedCharset,
    LeftOutAttachments,
    LeftOutParts,
    LeftOutAddresses,
    LooksLikeOutOfOffice,
    Encrypted,
    Unreadable,
}

impl Remark {
    /// A sentence for teammates.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::TooLarge => "The mail is too large: only its beginning was read.",
            Self::TextCut => "The text is longer than what is shown. Look at the raw mail.",
            Self::HtmlAsPlainText => {
                "The formatting was too deep or too long; shown as plain text."
            }
            Self::NoFrom => "The mail names no author.",
            Self::SeveralFrom => "The mail names several authors, so none of them is believed.",
            Self::SeveralMessageIds => "The mail has several Message-IDs.",
            Self::NameLooksLikeAddress => "The author's name is written like another address.",
            Self::DirectionControls => "The mail holds characters that turn text around; removed.",
            Self::GuessedCharset => "The mail does not say its letters' encoding; it was guessed.",
            Self::LeftOutAttachments => "The mail has more attachments than are listed.",
            Self::LeftOutParts => "The mail has more parts than were read. Look at the raw mail.",
            Self::LeftOutAddresses => "The mail names more addresses than were read.",
            Self::LooksLikeOutOfOffice => "By its subject this may be an out-of-office notice.",
            Self::Encrypted => {
                "The mail is encrypted, or sealed into its signature; deskbell cannot read it."
            }
            Self::Unreadable => "The mail could not be read; its lines are shown as they came.",
        }
    }
}
