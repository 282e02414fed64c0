//! Webhooks: which parts of a ticket's history other programs are told of, and which of them may
//! hear it.
//!
//! A webhook is not a customer, but what it is told may end up before one. So there are two kinds:
//! one hears what customers may see, decided part by part as for them (V8, N9); only one that the
//! team marked as internal hears the rest (V7).

use serde::Serialize;

use crate::domain::{Event, PartId, Status, Ticket, TicketId, TicketState, Time, WebhookId};

/// What a webhook can be told, by the names that the API's clients know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    Created,
    StateUpdated,
    /// Resolved, which also closes; or closed without that, which only the team's own hear (N4).
    Closed,
    AdminReplied,
    ContactReplied,
    NoteCreated,
    AttributeUpdated,
    AdminAssigned,
    AdminSnoozed,
    AdminUnsnoozed,
    ContactAttached,
}

impl Topic {
    pub const ALL: [Self; 11] = [
        Self::Created,
        Self::StateUpdated,
        Self::Closed,
        Self::AdminReplied,
        Self::ContactReplied,
        Self::NoteCreated,
        Self::AttributeUpdated,
        Self::AdminAssigned,
        Self::AdminSnoozed,
        Self::AdminUnsnoozed,
        Self::ContactAttached,
    ];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Created => "ticket.created",
            Self::StateUpdated => "ticket.state.updated",
            Self::Closed => "ticket.closed",
            Self::AdminReplied => "ticket.admin.replied",
            Self::ContactReplied => "ticket.contact.replied",
            Self::NoteCreated => "ticket.note.created",
            Self::AttributeUpdated => "ticket.attribute.updated",
            Self::AdminAssigned => "ticket.admin.assigned",
            Self::AdminSnoozed => "ticket.admin.snoozed",
            Self::AdminUnsnoozed => "ticket.admin.unsnoozed",
            Self::ContactAttached => "ticket.contact.attached",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.code() == code)
    }

    /// True for what is the team's own by its kind: no webhook hears it that is not internal.
    #[must_use]
    pub const fn is_internal(self) -> bool {
        match self {
            Self::NoteCreated
            | Self::AttributeUpdated
            | Self::AdminAssigned
            | Self::AdminSnoozed
            | Self::AdminUnsnoozed
            | Self::ContactAttached => true,
            Self::Created
            | Self::StateUpdated
            | Self::Closed
            | Self::AdminReplied
            | Self::ContactReplied => false,
        }
    }
}

/// The topics of an event. `visible` is what was decided when its part was recorded (V8);
/// `internal` says whose ears they are for. A ticket that is shared later is a submission to those
/// who hear what customers may see (N5), and a changed switch to the team's own.
#[must_use]
pub fn topics(event: &Event, visible: bool, internal: bool) -> &'static [Topic] {
    if !visible && !internal {
        return &[];
    }
    match event {
        Event::Shared if !internal => &[Topic::Created],
        Event::Submitted => &[Topic::Created],
        Event::Reply => &[Topic::AdminReplied],
        Event::CustomerReply => &[Topic::ContactReplied],
        Event::Note => &[Topic::NoteCreated],
        Event::StateChanged { to: TicketState::Resolved, was_open: true, .. } => {
            &[Topic::StateUpdated, Topic::Closed]
        }
        Event::StateChanged { .. } => &[Topic::StateUpdated],
        Event::Closed => &[Topic::Closed],
        Event::Assigned { .. } => &[Topic::AdminAssigned],
        Event::Snoozed { .. } => &[Topic::AdminSnoozed],
        Event::Woken => &[Topic::AdminUnsnoozed],
        Event::ContactSet { .. } => &[Topic::ContactAttached],
        Event::Reopened
        | Event::Shared
        | Event::Unshared
        | Event::Renamed { .. }
        | Event::Tagged { .. }
        | Event::Untagged { .. }
        | Event::PriorityChanged { .. }
        | Event::Linked { .. }
        | Event::Unlinked { .. }
        | Event::TypeChanged { .. }
        | Event::AttributeSet { .. } => &[Topic::AttributeUpdated],
        Event::MailKept { .. } | Event::MailStopLifted { .. } | Event::Deleted => &[],
    }
}

/// An address that is told of topics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Webhook {
    pub id: WebhookId,
    pub url: String,
    /// Hears what stays with the team, too.
    pub internal: bool,
    #[serde(serialize_with = "codes")]
    pub topics: Vec<Topic>,
    pub created_at: Time,
    /// Removed by the team, or gone by its own word (HTTP 410): it is told nothing more.
    pub removed_at: Option<Time>,
    /// Since when no delivery has succeeded.
    pub failing_since: Option<Time>,
    /// Nothing is tried before this: its last delivery failed.
    pub paused_until: Option<Time>,
}

fn codes<S: serde::Serializer>(topics: &[Topic], s: S) -> Result<S::Ok, S::Error> {
    s.collect_seq(topics.iter().map(|t| t.code()))
}

/// Why a webhook was not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Withheld {
    /// N6: the ticket is not shared any more.
    NotSharedAnyMore,
    /// U1.
    Undone,
    /// The ticket is deleted.
    Deleted,
    /// The webhook is removed.
    Removed,
}

impl Withheld {
    /// The word in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotSharedAnyMore => "not_shared_any_more",
            Self::Undone => "undone",
            Self::Deleted => "deleted",
            Self::Removed => "removed",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::NotSharedAnyMore, Self::Undone, Self::Deleted, Self::Removed]
            .into_iter()
            .find(|w| w.code() == code)
    }
}

impl std::fmt::Display for Withheld {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotSharedAnyMore => "not shared any more",
            Self::Undone => "undone",
            Self::Deleted => "the ticket is deleted",
            Self::Removed => "the webhook is removed",
        })
    }
}

/// Asked again when a delivery falls due: why it is not wanted any more, if so. `withdrawn` says
/// whether its part was taken back meanwhile.
#[must_use]
pub fn withheld(webhook: &Webhook, ticket: &Ticket, withdrawn: bool) -> Option<Withheld> {
    if webhook.removed_at.is_some() {
        Some(Withheld::Removed)
    } else if withdrawn {
        Some(Withheld::Undone)
    } else if !webhook.internal && ticket.as_shared().is_none() {
        Some(Withheld::NotSharedAnyMore)
    } else {
        None
    }
}

/// A row per webhook and topic of a part: the ledger of what other programs were told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WebhookDelivery {
    pub id: i64,
    pub webhook_id: WebhookId,
    /// `None` for the ping that a new webhook gets.
    #[serde(serialize_with = "code")]
    pub topic: Option<Topic>,
    pub ticket_id: Option<TicketId>,
    pub part_id: Option<PartId>,
    /// Names this delivery to its receiver, the same on each attempt, so that it can tell a second
    /// copy.
    pub uid: String,
    pub status: Status,
    #[serde(skip)]
    pub withheld: Option<Withheld>,
    /// When the event happened.
    pub at: Time,
    /// When it is tried next.
    pub due_at: Option<Time>,
    pub sent_at: Option<Time>,
    /// Counted before an attempt is made.
    pub attempts: u32,
    /// What the last attempt came to, cleaned.
    pub last_error: Option<String>,
}

/// The name of the message that only says "you are registered".
pub const PING: &str = "ping";

fn code<S: serde::Serializer>(topic: &Option<Topic>, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(topic.map_or(PING, Topic::code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v7_what_is_the_teams_own_raises_no_topic_for_others() {
        let internal = [
            Event::Note,
            Event::Closed,
            Event::Reopened,
            Event::Unshared,
            Event::Assigned { from: None, to: None, name: None },
            Event::Renamed { from: "a".into(), to: "b".into() },
            Event::Tagged { tag: "vip".into() },
            Event::PriorityChanged { high: true },
            Event::Woken,
            Event::Linked { other: TicketId(2) },
            Event::ContactSet { name: "Ada".into() },
        ];
        for event in &internal {
            assert_eq!(topics(event, false, false), [], "{event:?}");
            assert_eq!(topics(event, false, true).len(), 1, "{event:?}");
        }
        // N9: nothing of a ticket that is not shared.
        assert_eq!(topics(&Event::Reply, false, false), []);
    }

    #[test]
    fn n4_closing_in_silence_is_silence_and_resolving_is_heard_by_all() {
        let resolved = |was_open| Event::StateChanged {
            from: TicketState::InProgress,
            to: TicketState::Resolved,
            was_open,
        };
        assert_eq!(topics(&resolved(true), true, false), [Topic::StateUpdated, Topic::Closed]);
        assert_eq!(topics(&resolved(false), true, false), [Topic::StateUpdated]);
        assert_eq!(topics(&Event::Closed, false, true), [Topic::Closed]);
    }

    #[test]
    fn n5_sharing_is_the_submission_to_those_who_hear_what_customers_see() {
        assert_eq!(topics(&Event::Shared, true, false), [Topic::Created]);
        assert_eq!(topics(&Event::Shared, true, true), [Topic::AttributeUpdated]);
    }

    #[test]
    fn words_survive_the_database() {
        for topic in Topic::ALL {
            assert_eq!(Topic::from_code(topic.code()), Some(topic));
        }
        for why in
            [Withheld::NotSharedAnyMore, Withheld::Undone, Withheld::Deleted, Withheld::Removed]
        {
            assert_eq!(Withheld::from_code(why.code()), Some(why));
        }
    }
}
