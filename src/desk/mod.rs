//! The use cases: the only place where the domain meets the store and the mail.
pub mod view;
pub use view::{Draft, DraftKey, Outlook, TicketView};
