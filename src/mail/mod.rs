//! Outgoing mail: what a customer's mail says, and how it leaves.
//!
//! [`compose`](compose::compose) is pure and accepts a [`SharedThread`] only, so nothing internal
//! can be mailed (V7, N9). The [`transport`] hands over the bytes and says how that ended; it
//! decides nothing about retries.
//!
//! [`SharedThread`]: crate::domain::SharedThread

pub mod compose;
pub mod header;
pub mod logo;
pub mod messenger_settings;
mod notification;
pub mod transport;

pub use compose::{ComposeError, Letter, Sender, compose};
pub use header::{AddressError, host_of};
pub use logo::{Logo, LogoError};
pub use messenger_settings::MessengerSettings;
pub use notification::REPLY_MARKER;
