//! Mail both ways: what a customer's mail says and how it leaves, and what an incoming one is.
//!
//! [`compose`](compose::compose) is pure and accepts a [`SharedThread`] only, so nothing internal
//! can be mailed (V7, N9). The [`transport`] hands over the bytes and says how that ended; it
//! decides nothing about retries. [`parse`](parse::parse) is pure, too: it understands, and decides
//! nothing about what follows.
//!
//! [`SharedThread`]: crate::domain::SharedThread

pub mod bounce;
mod capped;
pub mod compose;
pub mod file_type;
pub mod header;
pub mod imap;
pub mod imap_settings;
pub mod inbound;
pub mod key_file;
mod line_stream;
pub mod lmtp;
pub mod logo;
pub mod messenger_settings;
mod notification;
mod outbox;
pub mod parse;
pub mod readable;
pub mod reply_address;
pub mod server_url;
pub mod smtp;
pub mod smtp_settings;
pub mod test_mail;
pub mod tls;
pub mod transport;
pub mod trim;

pub use bounce::{Bounce, BounceKind};
pub use compose::{ComposeError, Letter, Sender, compose};
pub use file_type::file_type;
pub use header::{AddressError, ascii_address, host_of};
pub use imap_settings::{ImapSettings, ImapSettingsError};
pub use inbound::{Attachment, Automatic, Inbound, Mailbox, Remark};
pub use logo::{Logo, LogoError};
pub use messenger_settings::MessengerSettings;
pub use notification::REPLY_MARKER;
pub use parse::{file_name::clean_file_name, parse, parse_enveloped};
pub use readable::Readable;
pub use reply_address::{BounceClaim, BounceToken, Claim, Key, ReplyToken, TestToken};
pub use server_url::{Secret, Security};
pub use smtp::Smtp;
pub use smtp_settings::{SmtpSettings, SmtpSettingsError, Timeouts};
pub use transport::{Envelope, Outcome, Transport};
