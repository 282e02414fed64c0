//! Outgoing mail: what a customer's mail says, and how it leaves.
//!
//! [`compose`](compose::compose) is pure and accepts a [`SharedThread`] only, so nothing internal
//! can be mailed (V7, N9). The [`transport`] hands over the bytes and says how that ended; it
//! decides nothing about retries.
//!
//! [`SharedThread`]: crate::domain::SharedThread

pub mod bounce;
pub mod compose;
pub mod header;
pub mod inbound;
pub mod key_file;
mod line_stream;
pub mod logo;
pub mod messenger_settings;
mod notification;
mod outbox;
pub mod reply_address;
pub mod smtp;
pub mod smtp_settings;
pub mod test_mail;
pub mod transport;

pub use bounce::{Bounce, BounceKind};
pub use compose::{ComposeError, Letter, Sender, compose};
pub use header::{AddressError, ascii_address, host_of};
pub use inbound::{Attachment, Automatic, Inbound, Mailbox, Remark};
pub use logo::{Logo, LogoError};
pub use messenger_settings::MessengerSettings;
pub use notification::REPLY_MARKER;
pub use reply_address::{BounceClaim, BounceToken, Claim, Key, ReplyToken};
pub use smtp::Smtp;
pub use smtp_settings::{Secret, Security, SmtpSettings, SmtpSettingsError, Timeouts};
pub use transport::{Envelope, Outcome, Transport};
