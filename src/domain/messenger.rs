//! The customer's Messenger: all of it comes from [`project`], and [`project`] accepts shared
//! threads only. Looking at it never marks anything as seen (N12).

use serde::Serialize;

use crate::domain::part::{CustomerEvent, Part, VisiblePart};
use crate::domain::{Attachment, PartId, SharedTicket, Ticket, TicketId, TicketState, Time};

/// A ticket with its history, cut down to what its customer may see, and owned.
///
/// Fields are private and [`SharedThread::new`] is the only way in: it asks
/// [`Ticket::as_shared`] and keeps visible parts only (V6). A tracker or an internal ticket gives
/// `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedThread {
    ticket: Ticket,
    parts: Vec<Part>,
    seen_at: Option<Time>,
}

impl SharedThread {
    #[must_use]
    pub fn new(ticket: Ticket, mut parts: Vec<Part>, seen_at: Option<Time>) -> Option<Self> {
        ticket.as_shared()?;
        parts.retain(|p| p.ticket_id == ticket.id && VisiblePart::of(p).is_some());
        Some(Self { ticket, parts, seen_at })
    }

    /// The proof; `None` never happens for a thread that [`SharedThread::new`] made.
    #[must_use]
    pub fn ticket(&self) -> Option<SharedTicket<'_>> {
        self.ticket.as_shared()
    }

    /// What the customer sees of the history, oldest first.
    pub fn visible(&self) -> impl DoubleEndedIterator<Item = VisiblePart<'_>> {
        self.parts.iter().filter_map(VisiblePart::of)
    }

    /// When the customer last had this thread open (N12).
    #[must_use]
    pub fn seen_at(&self) -> Option<Time> {
        self.seen_at
    }

    fn is_unseen(&self, part: VisiblePart<'_>) -> bool {
        part.tells_badge() && self.seen_at.is_none_or(|seen| part.at() > seen)
    }
}

/// What one customer's Messenger shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Messenger {
    /// Tickets that hold something unseen; on the collapsed launcher.
    pub badge: usize,
    /// The ticket that was last raised first.
    pub recent_tickets: Vec<RecentTicket>,
    /// The thread that is open, if one is and this customer may see it.
    #[serde(skip_serializing_if = "Option::is_none", rename = "ticket")]
    pub thread: Option<Thread>,
}

/// A row of Recent tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecentTicket {
    pub id: TicketId,
    pub title: String,
    #[serde(serialize_with = "customer_label")]
    pub state: TicketState,
    pub unread: bool,
    /// When it was last raised.
    #[serde(skip)]
    pub at: Time,
}

/// The open thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Thread {
    pub id: TicketId,
    pub title: String,
    /// The current state, at the top of the thread.
    #[serde(serialize_with = "customer_label")]
    pub pill: TicketState,
    pub thread: Vec<Entry>,
}

/// A line of the thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub kind: EntryKind,
    /// A first name; None for events.
    pub author: Option<String>,
    pub text: String,
    /// What came with the message.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<EntryFile>,
    pub at: Time,
    /// By the customer.
    #[serde(skip)]
    pub own: bool,
    /// Not yet seen.
    #[serde(skip)]
    pub new: bool,
}

/// A file of a message, by which it can be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryFile {
    pub part: PartId,
    /// Which of the part's files it is, from 0.
    pub n: usize,
    pub name: String,
    pub mime: String,
    /// In bytes.
    pub size: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    Message,
    Event,
}

fn customer_label<S: serde::Serializer>(state: &TicketState, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(state.customer_label())
}

/// What the customer of these threads sees now, with the thread `open` opened, if it is theirs.
#[must_use]
pub fn project(threads: &[SharedThread], open: Option<TicketId>) -> Messenger {
    let mut recent_tickets: Vec<RecentTicket> = threads.iter().filter_map(recent).collect();
    recent_tickets.sort_by(|a, b| b.at.cmp(&a.at).then(b.id.cmp(&a.id)));
    Messenger {
        badge: recent_tickets.iter().filter(|t| t.unread).count(),
        recent_tickets,
        thread: threads
            .iter()
            .find(|t| Some(t.ticket.id) == open)
            .and_then(|t| Some((t, t.ticket()?)))
            .map(|(t, shared)| Thread {
                id: shared.id(),
                title: shared.title().to_owned(),
                pill: shared.state(),
                thread: t.visible().flat_map(|p| entries(t, p)).collect(),
            }),
    }
}

fn recent(thread: &SharedThread) -> Option<RecentTicket> {
    let shared = thread.ticket()?;
    // A ticket whose parts raise nothing (imported, or asked not to notify) stands where it began.
    let raised = thread.visible().filter(|p| p.raises()).map(VisiblePart::at).max();
    let began = thread.visible().map(VisiblePart::at).min();
    Some(RecentTicket {
        id: shared.id(),
        title: shared.title().to_owned(),
        state: shared.state(),
        unread: thread.visible().any(|p| thread.is_unseen(p)),
        at: raised.or(began).unwrap_or(Time::UNIX_EPOCH),
    })
}

fn entries(thread: &SharedThread, part: VisiblePart<'_>) -> Vec<Entry> {
    let new = thread.is_unseen(part);
    let message = || Entry {
        kind: EntryKind::Message,
        author: Some(part.author().to_owned()),
        text: part.text().to_owned(),
        files: files(part),
        at: part.at(),
        own: part.is_own(),
        new,
    };
    let event = |text: &str| Entry {
        kind: EntryKind::Event,
        author: None,
        text: text.to_owned(),
        files: Vec::new(),
        at: part.at(),
        own: false,
        new,
    };
    match part.event() {
        CustomerEvent::Submitted if part.text().is_empty() && part.files().is_empty() => {
            vec![event("Ticket submitted")]
        }
        CustomerEvent::Submitted => vec![message(), event("Ticket submitted")],
        CustomerEvent::TeammateReply | CustomerEvent::OwnReply => vec![message()],
        CustomerEvent::State(state) => vec![event(state.customer_label())],
    }
}

fn files(part: VisiblePart<'_>) -> Vec<EntryFile> {
    let file = |(n, file): (usize, &Attachment)| EntryFile {
        part: part.id(),
        n,
        name: file.name.clone(),
        mime: file.mime.clone(),
        size: file.size,
    };
    part.files().iter().enumerate().map(file).collect()
}
