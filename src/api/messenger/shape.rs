//! How the Messenger's projection is written down in JSON. Times are Unix seconds, ids are texts.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::messenger::{Entry, EntryKind, RecentTicket};
use crate::domain::{Messenger, TicketState};

/// The launcher and the home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = messenger)]
pub(super) struct Home {
    /// Always `messenger`.
    #[schema(value_type = String)]
    r#type: &'static str,
    /// Who the customer writes with.
    name: String,
    /// The customer's own first name.
    you: String,
    #[serde(flatten)]
    shown: Shown,
}

/// What changes while it is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = messenger_shown)]
pub(super) struct Shown {
    /// How many tickets hold something unseen.
    badge: usize,
    /// The one that was last raised first.
    recent_tickets: Vec<Recent>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = messenger_recent_ticket)]
struct Recent {
    id: String,
    title: String,
    state: State,
    unread: bool,
    /// When it was last raised.
    at: i64,
}

/// The state on the pill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = messenger_state)]
struct State {
    /// `submitted`, `in_progress`, `waiting_on_you` or `resolved`.
    #[schema(value_type = String)]
    code: &'static str,
    /// In words.
    #[schema(value_type = String)]
    label: &'static str,
    /// Which step it is, from 1.
    step: usize,
    /// How many steps there are.
    steps: usize,
}

/// A ticket with its conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = messenger_ticket)]
pub(super) struct OpenTicket {
    /// Always `messenger_ticket`.
    #[schema(value_type = String)]
    r#type: &'static str,
    id: String,
    title: String,
    state: State,
    /// The oldest first.
    thread: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = messenger_line)]
struct Line {
    /// `message` or `event`.
    #[schema(value_type = String)]
    kind: &'static str,
    /// A first name; null for events.
    author: Option<String>,
    /// By the customer.
    own: bool,
    text: String,
    files: Vec<File>,
    at: i64,
    /// It was not seen before this answer.
    new: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = messenger_file)]
struct File {
    name: String,
    /// In bytes.
    size: u64,
    /// Where it is, beside the address of this answer's `/messenger`.
    path: String,
}

impl Home {
    pub(super) fn of(name: String, you: &str, messenger: &Messenger) -> Self {
        Self { r#type: "messenger", name, you: you.to_owned(), shown: Shown::of(messenger) }
    }
}

impl Shown {
    pub(super) fn of(messenger: &Messenger) -> Self {
        let recent = |ticket: &RecentTicket| Recent {
            id: ticket.id.0.to_string(),
            title: ticket.title.clone(),
            state: State::of(ticket.state),
            unread: ticket.unread,
            at: ticket.at.timestamp(),
        };
        Self {
            badge: messenger.badge,
            recent_tickets: messenger.recent_tickets.iter().map(recent).collect(),
        }
    }
}

impl State {
    fn of(state: TicketState) -> Self {
        let step = TicketState::ALL.iter().position(|s| *s == state).unwrap_or(0) + 1;
        Self {
            // The state's own code may be a word of the team's.
            code: match state {
                TicketState::Submitted => "submitted",
                TicketState::InProgress => "in_progress",
                TicketState::WaitingOnCustomer => "waiting_on_you",
                TicketState::Resolved => "resolved",
            },
            label: state.customer_label(),
            step,
            steps: TicketState::ALL.len(),
        }
    }
}

impl OpenTicket {
    /// The open thread of a projection; `None` when none is open.
    pub(super) fn of(messenger: Messenger) -> Option<Self> {
        let thread = messenger.thread?;
        let mut files = 0;
        let id = thread.id.0;
        Some(Self {
            r#type: "messenger_ticket",
            id: id.to_string(),
            title: thread.title,
            state: State::of(thread.pill),
            thread: thread.thread.into_iter().map(|e| Line::of(e, id, &mut files)).collect(),
        })
    }
}

impl Line {
    /// `files` counts the files of the conversation so far: their numbers say nothing of the desk's.
    fn of(entry: Entry, ticket: i64, files: &mut usize) -> Self {
        let own_files = entry.files.into_iter().map(|file| {
            let n = *files;
            *files += 1;
            let path = format!("/messenger/tickets/{ticket}/files/{n}");
            File { name: file.name, size: file.size, path }
        });
        Self {
            kind: match entry.kind {
                EntryKind::Message => "message",
                EntryKind::Event => "event",
            },
            files: own_files.collect(),
            author: entry.author,
            own: entry.own,
            text: entry.text,
            at: entry.at.timestamp(),
            new: entry.new,
        }
    }
}
