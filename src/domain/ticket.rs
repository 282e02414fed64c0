//! A ticket, its category and state, and the proof that a customer may see it.

use serde::{Deserialize, Serialize};

use crate::domain::part::{Part, VisiblePart};
use crate::domain::{ContactId, TeammateId, TicketId, TicketTypeId, Time};

/// The three kinds of ticket (V).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// One customer's query: always shared with that customer (V1, V2).
    Customer,
    /// Work behind the front line: internal unless shared (V1, V2).
    BackOffice,
    /// One problem that hits many customers: never shared (V1, V2).
    Tracker,
}

impl Category {
    pub const ALL: [Self; 3] = [Self::Customer, Self::BackOffice, Self::Tracker];

    /// The word used on the command line and in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::BackOffice => "back-office",
            Self::Tracker => "tracker",
        }
    }

    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Customer => "Customer",
            Self::BackOffice => "Back-office",
            Self::Tracker => "Tracker",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code() == code)
    }
}

/// The four states (S1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TicketState {
    Submitted,
    InProgress,
    #[serde(rename = "waiting")]
    WaitingOnCustomer,
    Resolved,
}

impl TicketState {
    pub const ALL: [Self; 4] =
        [Self::Submitted, Self::InProgress, Self::WaitingOnCustomer, Self::Resolved];

    /// The word used on the command line and in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::InProgress => "in-progress",
            Self::WaitingOnCustomer => "waiting",
            Self::Resolved => "resolved",
        }
    }

    /// What teammates read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Submitted => "Submitted",
            Self::InProgress => "In progress",
            Self::WaitingOnCustomer => "Waiting on customer",
            Self::Resolved => "Resolved",
        }
    }

    /// What the customer reads (S1).
    #[must_use]
    pub const fn customer_label(self) -> &'static str {
        match self {
            Self::Submitted => "Submitted",
            Self::InProgress => "In progress",
            Self::WaitingOnCustomer => "Waiting on you",
            Self::Resolved => "Resolved",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
}

/// A ticket as the team knows it. A customer's surface never takes one: it takes a
/// [`SharedTicket`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ticket {
    pub id: TicketId,
    pub category: Category,
    pub title: String,
    pub state: TicketState,
    /// Separate from the state (S2).
    pub open: bool,
    /// The share switch (V1, V2). Always true for Customer, always false for Tracker.
    pub shared: bool,
    /// V3: always for Customer, needed to share a Back-office ticket, never for a Tracker.
    pub contact: Option<ContactId>,
    pub assignee: Option<TeammateId>,
    pub priority: bool,
    pub snoozed_until: Option<Time>,
    pub tags: Vec<String>,
    pub created_at: Time,
    pub updated_at: Time,
    /// One more with each change; a writer that read an older one is refused.
    pub revision: i64,
    /// A type of its category.
    pub type_id: TicketTypeId,
    /// A deleted ticket is on no surface any more, the customer's least of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Time>,
}

impl Ticket {
    /// The only way to a [`SharedTicket`]: `Some` exactly when the customer may see this ticket
    /// now (V1). A tracker never passes, whatever its switch says.
    #[must_use]
    pub fn as_shared(&self) -> Option<SharedTicket<'_>> {
        match self.category {
            Category::Tracker => None,
            Category::Customer | Category::BackOffice => {
                let theirs = self.shared && self.contact.is_some() && self.deleted_at.is_none();
                theirs.then_some(SharedTicket { ticket: self })
            }
        }
    }
}

/// The proof that a customer may see a ticket, and all of it that they may see.
///
/// Made by [`Ticket::as_shared`] alone. The Messenger, the mail composer and every other surface
/// of a customer accept nothing else, and it has accessors for what is safe only: category,
/// assignee, tags, priority, snooze and links are not reachable through it (V5, V7).
#[derive(Debug, Clone, Copy)]
pub struct SharedTicket<'a> {
    ticket: &'a Ticket,
}

impl<'a> SharedTicket<'a> {
    #[must_use]
    pub fn id(self) -> TicketId {
        self.ticket.id
    }

    #[must_use]
    pub fn title(self) -> &'a str {
        &self.ticket.title
    }

    #[must_use]
    pub fn state(self) -> TicketState {
        self.ticket.state
    }

    /// The parts this customer may see, in order (V6).
    pub fn visible(self, parts: &'a [Part]) -> impl DoubleEndedIterator<Item = VisiblePart<'a>> {
        let id = self.ticket.id;
        parts.iter().filter(move |p| p.ticket_id == id).filter_map(VisiblePart::of)
    }
}

/// The other end of a link, as teammates see it. Links are internal (V7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkedTicket {
    pub id: TicketId,
    pub category: Category,
    pub title: String,
    pub state: TicketState,
    pub open: bool,
    pub shared: bool,
    /// The contact's name, for the team.
    pub contact: Option<String>,
}
