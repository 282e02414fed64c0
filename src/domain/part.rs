//! Parts: the append-only history of a ticket. A part may be marked as withdrawn, never removed.

use serde::{Deserialize, Serialize};

use crate::domain::text::first_name;
use crate::domain::{Attachment, MailStop, PartId, TeammateId, TicketId, TicketState, Time};

/// Who caused a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Author {
    Teammate {
        id: TeammateId,
        name: String,
    },
    Customer {
        name: String,
    },
    /// The desk itself, as in S3.
    Desk,
}

impl Author {
    /// The full name, for teammates' screens.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Teammate { name, .. } | Self::Customer { name } => name,
            Self::Desk => "deskbell",
        }
    }

    /// What a customer may know of the author: a first name (V7).
    #[must_use]
    pub fn first_name(&self) -> &str {
        first_name(self.name())
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    Submitted,
    Reply,
    CustomerReply,
    Note,
    /// `was_open` lets an undo put the ticket back as it was (U1).
    StateChanged {
        from: TicketState,
        to: TicketState,
        was_open: bool,
    },
    Closed,
    Reopened,
    Shared,
    Unshared,
    Assigned {
        from: Option<TeammateId>,
        to: Option<TeammateId>,
        name: Option<String>,
    },
    Renamed {
        from: String,
        to: String,
    },
    Tagged {
        tag: String,
    },
    Untagged {
        tag: String,
    },
    PriorityChanged {
        high: bool,
    },
    Snoozed {
        until: Time,
    },
    Woken,
    Linked {
        other: TicketId,
    },
    Unlinked {
        other: TicketId,
    },
    ContactSet {
        name: String,
    },
    /// Mail to the contact goes again, after it had stopped (N14).
    MailStopLifted {
        was: MailStop,
        /// The address.
        to: String,
    },
    /// The names of the types.
    TypeChanged {
        from: String,
        to: String,
    },
    /// The part's body is the new value.
    AttributeSet {
        name: String,
    },
    Deleted,
    /// A mail that is kept for the team and counts as nobody's reply (M3).
    MailKept {
        why: KeptMail,
        /// The address it says it is from; of a bounce, the one that could not be reached.
        from: String,
    },
}

/// Why a mail stands in a ticket without being the customer's reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptMail {
    /// M3: a machine's answer, as an out-of-office notice is.
    Automatic,
    /// The customer answered an earlier mail while the ticket was not shared with them.
    WhileNotShared,
    /// A teammate let a mail of another sender stand as the customer's reply (M2); that reply
    /// is the next part.
    Accepted,
    /// A mail to the customer came back.
    Bounced,
    /// A mail that opened this ticket names another one in its headers, without proof.
    Names(TicketId),
}

impl Event {
    /// The word in the ledger, the database and `--json`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Reply => "reply",
            Self::CustomerReply => "customer_reply",
            Self::Note => "note",
            Self::StateChanged { .. } => "state",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
            Self::Shared => "shared",
            Self::Unshared => "unshared",
            Self::Assigned { .. } => "assigned",
            Self::Renamed { .. } => "renamed",
            Self::Tagged { .. } => "tagged",
            Self::Untagged { .. } => "untagged",
            Self::PriorityChanged { .. } => "priority",
            Self::Snoozed { .. } => "snoozed",
            Self::Woken => "woken",
            Self::Linked { .. } => "linked",
            Self::Unlinked { .. } => "unlinked",
            Self::ContactSet { .. } => "contact_set",
            Self::MailStopLifted { .. } => "mail_stop_lifted",
            Self::TypeChanged { .. } => "type_changed",
            Self::AttributeSet { .. } => "attribute_set",
            Self::Deleted => "deleted",
            Self::MailKept { .. } => "mail_kept",
        }
    }

    /// True for what is the team's own by its kind: never told, never shown, on a shared ticket
    /// too (V6, V7, N8).
    #[must_use]
    pub const fn is_internal(&self) -> bool {
        match self {
            Self::Note
            | Self::Reopened
            | Self::Assigned { .. }
            | Self::Renamed { .. }
            | Self::Tagged { .. }
            | Self::Untagged { .. }
            | Self::PriorityChanged { .. }
            | Self::Snoozed { .. }
            | Self::Woken
            | Self::Linked { .. }
            | Self::Unlinked { .. }
            | Self::ContactSet { .. }
            | Self::MailStopLifted { .. }
            | Self::TypeChanged { .. }
            | Self::AttributeSet { .. }
            | Self::MailKept { .. } => true,
            Self::Submitted
            | Self::Reply
            | Self::CustomerReply
            | Self::StateChanged { .. }
            | Self::Closed
            | Self::Shared
            | Self::Unshared
            | Self::Deleted => false,
        }
    }

    /// What happened, in the team's words: "State In progress", "Note".
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Submitted => "Ticket submitted".into(),
            Self::Reply => "Reply".into(),
            Self::CustomerReply => "Customer's reply".into(),
            Self::Note => "Note".into(),
            Self::StateChanged { to, .. } => format!("State {}", to.label()),
            Self::Closed => "Closed, not resolved".into(),
            Self::Reopened => "Reopened".into(),
            Self::Shared => "Shared with the customer".into(),
            Self::Unshared => "No longer shared".into(),
            Self::Assigned { name: Some(name), .. } => format!("Assigned to {name}"),
            Self::Assigned { name: None, .. } => "Assigned to nobody".into(),
            Self::Renamed { to, .. } => format!("Renamed to \"{to}\""),
            Self::Tagged { tag } => format!("Tag {tag} added"),
            Self::Untagged { tag } => format!("Tag {tag} removed"),
            Self::PriorityChanged { high: true } => "Marked as priority".into(),
            Self::PriorityChanged { high: false } => "Priority removed".into(),
            Self::Snoozed { until } => format!("Snoozed until {}", until.format("%Y-%m-%d %H:%M")),
            Self::Woken => "Woken from snooze".into(),
            Self::Linked { other } => format!("Linked to {other}"),
            Self::Unlinked { other } => format!("Unlinked from {other}"),
            Self::ContactSet { name } => format!("Contact is {name}"),
            Self::MailStopLifted { was, to } => {
                format!("Mail to {to} goes again ({} lifted)", was.label())
            }
            Self::TypeChanged { to, .. } => format!("Type is {to}"),
            Self::AttributeSet { name } => format!("{name} changed"),
            Self::Deleted => "Deleted".into(),
            Self::MailKept { why, from } => match why {
                KeptMail::Automatic => format!("Automatic mail from {from}"),
                KeptMail::Bounced => format!("Mail to {from} came back"),
                KeptMail::WhileNotShared => "Customer answered while not shared".into(),
                KeptMail::Accepted => format!("Mail from {from} accepted as the customer's reply"),
                KeptMail::Names(other) => {
                    format!("The mail from {from} names {other}, without proof")
                }
            },
        }
    }
}

/// One entry of a ticket's history.
///
/// `visible`, `badge` and `recent` were decided once, when the part was recorded, by the function
/// that decided its notifications (V8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    pub id: PartId,
    pub ticket_id: TicketId,
    pub at: Time,
    pub author: Author,
    pub event: Event,
    pub body: Option<String>,
    /// What belongs to it beside the text; visible to whom the part is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Attachment>,
    /// Recorded while the ticket was shared, and not internal by kind (V6).
    pub visible: bool,
    /// Counts for the badge until it is seen (N1 to N3, N5).
    pub badge: bool,
    /// Raises the ticket in Recent tickets.
    pub recent: bool,
    /// When a teammate took it back (U1).
    pub withdrawn_at: Option<Time>,
}

/// A part that its ticket's customer may see. Made by [`SharedTicket::visible`] alone, so the
/// ticket is shared now, and the part is neither internal nor taken back (V6).
///
/// [`SharedTicket::visible`]: crate::domain::SharedTicket::visible
#[derive(Debug, Clone, Copy)]
pub struct VisiblePart<'a> {
    part: &'a Part,
}

/// What a [`VisiblePart`] is to the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerEvent {
    /// Submitted, or shared later: the same to the customer (N5, V5).
    Submitted,
    TeammateReply,
    OwnReply,
    State(TicketState),
}

impl<'a> VisiblePart<'a> {
    pub(in crate::domain) fn of(part: &'a Part) -> Option<Self> {
        let shown = part.visible && part.withdrawn_at.is_none() && !part.event.is_internal();
        (shown && customer_event(&part.event).is_some()).then_some(Self { part })
    }

    #[must_use]
    pub fn id(self) -> PartId {
        self.part.id
    }

    #[must_use]
    pub fn at(self) -> Time {
        self.part.at
    }

    /// A first name (V7); `None` for what the desk itself did and for state changes.
    #[must_use]
    pub fn author(self) -> &'a str {
        self.part.author.first_name()
    }

    /// True when a teammate did it.
    #[must_use]
    pub fn is_by_team(self) -> bool {
        matches!(self.part.author, Author::Teammate { .. })
    }

    #[must_use]
    pub fn is_own(self) -> bool {
        matches!(self.part.author, Author::Customer { .. })
    }

    #[must_use]
    pub fn text(self) -> &'a str {
        self.part.body.as_deref().unwrap_or("")
    }

    /// The files of this part, and of no other.
    #[must_use]
    pub fn files(self) -> &'a [Attachment] {
        &self.part.files
    }

    #[must_use]
    pub fn event(self) -> CustomerEvent {
        customer_event(&self.part.event).unwrap_or(CustomerEvent::Submitted)
    }

    #[must_use]
    pub fn tells_badge(self) -> bool {
        self.part.badge
    }

    #[must_use]
    pub fn raises(self) -> bool {
        self.part.recent
    }
}

const fn customer_event(event: &Event) -> Option<CustomerEvent> {
    match event {
        Event::Submitted | Event::Shared => Some(CustomerEvent::Submitted),
        Event::Reply => Some(CustomerEvent::TeammateReply),
        Event::CustomerReply => Some(CustomerEvent::OwnReply),
        Event::StateChanged { to, .. } => Some(CustomerEvent::State(*to)),
        Event::Note
        | Event::Closed
        | Event::Reopened
        | Event::Unshared
        | Event::Assigned { .. }
        | Event::Renamed { .. }
        | Event::Tagged { .. }
        | Event::Untagged { .. }
        | Event::PriorityChanged { .. }
        | Event::Snoozed { .. }
        | Event::Woken
        | Event::Linked { .. }
        | Event::Unlinked { .. }
        | Event::ContactSet { .. }
        | Event::MailStopLifted { .. }
        | Event::TypeChanged { .. }
        | Event::AttributeSet { .. }
        | Event::Deleted
        | Event::MailKept { .. } => None,
    }
}
