//! The pure core: what a ticket is, who may see it, and what the customer is told.
//!
//! Nothing here does I/O, awaits, reads a clock or draws a random number; `now` is always an
//! argument. The rules carry their numbers (`V1`, `N3`, …) in doc comments beside the code that
//! keeps them.
//!
//! - [`decide()`] turns an action into a new ticket and its parts, or a refusal.
//! - [`plan`](notify::plan) gives one verdict per channel for each part, always (L1).
//! - [`settle`](notify::settle) asks again when mail falls due.
//! - [`project`] is all a customer's Messenger may show.

// A new variant is a compile error wherever it matters, not a silent `_`.
#![deny(clippy::wildcard_enum_match_arm)]

pub mod action;
pub mod attachment;
pub mod contact;
pub mod decide;
pub mod delivery;
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "words only: an event that has none of its own is told by its label"
)]
pub mod explain;
pub mod inbox;
pub mod links;
pub mod messenger;
pub mod notify;
pub mod part;
pub mod refusal;
pub mod search;
pub mod text;
pub mod ticket;
pub mod ticket_type;
pub mod undo;
pub mod webhook;

pub use action::{Action, Actor, Context, Decision, NewPart, NewTicket};
pub use attachment::Attachment;
pub use contact::{Contact, EmailAddress, MailStop, Teammate};
pub use decide::{decide, submit};
pub use delivery::{Channel, Delivery, Reason, Status};
pub use messenger::{Messenger, SharedThread, project};
pub use notify::{Notify, Plan, Verdict};
pub use part::{Author, Event, KeptMail, Part};
pub use refusal::Refusal;
pub use ticket::{Category, LinkedTicket, SharedTicket, Ticket, TicketState};
pub use ticket_type::{DataType, TicketType, TypeAttribute};
pub use webhook::{Topic, Webhook, WebhookDelivery, Withheld};

/// A moment in UTC. Stored as whole milliseconds.
pub type Time = chrono::DateTime<chrono::Utc>;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "#{}", self.0)
            }
        }
    )*};
}

ids! {
    /// A ticket's number, as people say it: `#1042`.
    TicketId,
    /// A part of a ticket's history; grows in the order of recording.
    PartId,
    /// A row of the delivery ledger.
    DeliveryId,
    /// A customer.
    ContactId,
    /// A member of the team.
    TeammateId,
    /// A type of tickets.
    TicketTypeId,
    /// Another program that is told of what happens.
    WebhookId,
}
