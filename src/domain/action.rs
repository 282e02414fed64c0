//! What can be done to a ticket, by whom, and the shape of what comes of it.

use crate::domain::notify::{Facts, Plan};
use crate::domain::part::{Author, Event, KeptMail};
use crate::domain::ticket::{Category, LinkedTicket, Ticket, TicketState};
use crate::domain::{Attachment, Contact, Teammate, TicketId, TicketTypeId, Time};

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    Teammate(Teammate),
    Customer(Contact),
    /// The desk itself, when it keeps a mail that nobody wrote.
    Desk,
}

impl Actor {
    /// As the history names them.
    #[must_use]
    pub fn author(&self) -> Author {
        match self {
            Self::Teammate(t) => Author::Teammate { id: t.id, name: t.name.clone() },
            Self::Customer(c) => Author::Customer { name: c.display_name().to_owned() },
            Self::Desk => Author::Desk,
        }
    }
}

/// What can be done to a ticket that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    Reply {
        body: String,
        /// Kept by the store already, in order.
        files: Vec<Attachment>,
    },
    Note {
        body: String,
        files: Vec<Attachment>,
    },
    CustomerReply {
        body: String,
        files: Vec<Attachment>,
    },
    SetState(TicketState),
    Close,
    Reopen,
    Share,
    Unshare,
    Assign(Option<Teammate>),
    Rename(String),
    Tag(String),
    Untag(String),
    SetPriority(bool),
    /// None wakes the ticket.
    Snooze(Option<Time>),
    Link(LinkedTicket),
    Unlink(TicketId),
    SetContact(Contact),
    /// Lets mail to the contact go again (N14). What was held back stays held back.
    LiftMailStop,
    /// To another type, of this category or another one; `from` and `to` are the types' names.
    ChangeType {
        id: TicketTypeId,
        category: Category,
        from: String,
        to: String,
    },
    /// A value that has been checked against the ticket's type; null takes it away.
    SetAttribute {
        name: String,
        value: serde_json::Value,
    },
    /// Off every surface, for good. Parts and ledger stay.
    Delete,
    /// Keeps a mail for the team (M3). Changes nothing else on the ticket.
    KeepMail {
        why: KeptMail,
        from: String,
        /// May be empty.
        body: String,
    },
}

impl Action {
    /// A reply of words alone.
    #[must_use]
    pub fn reply(body: impl Into<String>) -> Self {
        Self::Reply { body: body.into(), files: Vec::new() }
    }

    /// A note of words alone.
    #[must_use]
    pub fn note(body: impl Into<String>) -> Self {
        Self::Note { body: body.into(), files: Vec::new() }
    }

    /// A customer's reply of words alone.
    #[must_use]
    pub fn customer_reply(body: impl Into<String>) -> Self {
        Self::CustomerReply { body: body.into(), files: Vec::new() }
    }

    /// This action with files, where it can carry some.
    #[must_use]
    pub fn with_files(mut self, with: Vec<Attachment>) -> Self {
        if let Self::Reply { files, .. }
        | Self::Note { files, .. }
        | Self::CustomerReply { files, .. } = &mut self
        {
            *files = with;
        }
        self
    }
}

/// What [`decide`](crate::domain::decide()) must know beside the ticket.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub facts: Facts<'a>,
    pub links: &'a [LinkedTicket],
    /// How many links the other end of a [`Action::Link`] has, by category.
    pub other_links: &'a [LinkedTicket],
}

/// A part that is to be recorded, with all it does on the customer's side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPart {
    pub author: Author,
    pub event: Event,
    pub body: Option<String>,
    pub files: Vec<Attachment>,
    pub plan: Plan,
}

/// What comes of an action: the ticket as it stands after it, and the parts to append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub ticket: Ticket,
    pub parts: Vec<NewPart>,
}

impl Decision {
    /// The plan of what the actor did (the first part); what the desk adds of itself follows it.
    #[must_use]
    pub fn plan(&self) -> Option<&Plan> {
        self.parts.first().map(|p| &p.plan)
    }
}

/// A ticket that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTicket {
    pub category: Category,
    pub title: String,
    /// May be empty.
    pub body: String,
    pub contact: Option<Contact>,
    /// For Back-office only: shared from the start (V2).
    pub shared: bool,
    /// Kept by the store already, in order. Visible to whom the submission is.
    pub files: Vec<Attachment>,
}
