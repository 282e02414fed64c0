//! The Messenger pane by itself: what it shows and what its keys mean. Knows one contact and what
//! `messenger::project` gave for them, nothing of the team's side. Serves the pane beside the
//! thread and the full screen of `deskbell messenger`.
//!
//! Two ways of looking: a mirror changes nothing (N12); acting as the customer, an open thread
//! counts as seen. `acting` is the only room that says so to the desk.

use std::collections::VecDeque;

use tui_textarea::TextArea;

use crate::domain::messenger::{Entry, RecentTicket, Thread};
use crate::domain::{ContactId, Messenger, TicketId, Time};
use crate::tui::commands::Scope;
use crate::tui::line_edit::LineEdit;
use crate::tui::message::{Command, HeldFile};
use crate::tui::update::composer::editor;

/// Which of its faces the Messenger shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Face {
    /// The launcher with its badge.
    Collapsed,
    /// Recent tickets.
    #[default]
    Home,
    /// The conversation of one ticket, the pill on top.
    Thread,
    /// What is behind the pill.
    Detail,
    /// A new message to the desk.
    Compose,
}

/// The field that takes what is typed, when one does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Reply,
    Title,
    Body,
    /// Of a file that is to be attached.
    Path,
}

/// The path of a file that is to be attached, while it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PathBox {
    pub edit: LineEdit,
    /// Why what was typed will not do.
    pub trouble: Option<String>,
    /// The file is being read; the box stays until it is.
    pub waiting: bool,
}

/// What the ticket beside the pane is to its contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Subject {
    /// None stands beside it: the Messenger by itself.
    #[default]
    None,
    Shared(TicketId),
    /// Internal: the contact cannot see it (V1).
    Hidden(TicketId),
    /// A tracker is never shown to anyone (V1).
    Tracker(TicketId),
}

/// A key's meaning while acting as the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Open,
    Back,
    Collapse,
    Reply,
    New,
    Send,
    NextField,
    LeaveField,
    /// Attaches the file whose path was typed.
    Take,
    Attach,
    Detach,
}

/// What was asked of the desk and has not come back; the desk answers in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Seen,
    Reply,
    New,
}

mod acting;
mod attaching;

/// The Messenger of one contact.
#[derive(Debug)]
pub struct MessengerPane {
    pub contact: Option<ContactId>,
    /// Their first name.
    pub who: String,
    pub subject: Subject,
    pub face: Face,
    /// The ticket whose thread is open.
    pub open: Option<TicketId>,
    pub shown: Option<Messenger>,
    /// The marked row of the home face; the one after the last ticket is "Send us a message".
    pub row: usize,
    /// Lines above the newest; 0 keeps the end in sight.
    pub scroll: usize,
    /// Keys act as the customer.
    pub acting: bool,
    pub field: Option<Field>,
    pub reply: TextArea<'static>,
    pub title: LineEdit,
    pub body: TextArea<'static>,
    /// What goes with the reply, and with the new ticket.
    pub reply_files: Vec<HeldFile>,
    pub new_files: Vec<HeldFile>,
    pub path: Option<PathBox>,
    /// Which state of the open thread the desk was told to be seen.
    told: Option<(TicketId, usize, Option<Time>)>,
    /// Entries that were new when the thread was opened: they stay marked while it is open.
    fresh: Vec<Time>,
    asked: VecDeque<Asked>,
}

impl Default for MessengerPane {
    fn default() -> Self {
        Self {
            contact: None,
            who: String::new(),
            subject: Subject::None,
            face: Face::Home,
            open: None,
            shown: None,
            row: 0,
            scroll: 0,
            acting: false,
            field: None,
            reply: editor(""),
            title: LineEdit::default(),
            body: editor(""),
            reply_files: Vec::new(),
            new_files: Vec::new(),
            path: None,
            told: None,
            fresh: Vec::new(),
            asked: VecDeque::new(),
        }
    }
}

impl MessengerPane {
    /// The Messenger of a contact by itself, collapsed as the customer finds it.
    #[must_use]
    pub fn of(contact: ContactId, who: &str) -> Self {
        Self {
            contact: Some(contact),
            who: who.to_owned(),
            face: Face::Collapsed,
            ..Self::default()
        }
    }

    /// Turns to the contact of the ticket beside the pane. Another contact begins anew; the same
    /// one is followed unless someone acts as them.
    #[must_use]
    pub fn turn_to(
        &mut self,
        contact: Option<(ContactId, &str)>,
        subject: Subject,
    ) -> Vec<Command> {
        let id = contact.map(|(id, _)| id);
        if id == self.contact && (subject == self.subject || self.acting) {
            self.subject = subject;
            return Vec::new();
        }
        let (face, open) = match subject {
            Subject::Shared(ticket) => (Face::Thread, Some(ticket)),
            Subject::None | Subject::Hidden(_) | Subject::Tracker(_) => (Face::Home, None),
        };
        let shown = self.shown.take_if(|_| id == self.contact);
        *self = Self {
            contact: id,
            who: contact.map_or_else(String::new, |(_, who)| who.to_owned()),
            subject,
            face,
            open,
            shown,
            ..Self::default()
        };
        self.load()
    }

    /// Asks for what the contact sees. Reading it marks nothing as seen (N12).
    #[must_use]
    pub fn load(&self) -> Vec<Command> {
        self.contact
            .map(|contact| Command::LoadMessenger { contact, open: self.open })
            .into_iter()
            .collect()
    }

    /// Takes what was read.
    #[must_use]
    pub fn take(&mut self, messenger: Messenger) -> Vec<Command> {
        let gone = self.open.is_some_and(|id| messenger.recent_tickets.iter().all(|t| t.id != id));
        self.shown = Some(messenger);
        if gone {
            // Unshared meanwhile: it leaves every surface (N6).
            self.close_thread();
            self.leave_field();
        }
        self.row = self.row.min(self.last_row());
        self.opened()
    }

    /// Where keys go while the pane has the focus.
    #[must_use]
    pub const fn scope(&self) -> Scope {
        match (self.acting, self.field) {
            (true, Some(Field::Path)) => Scope::ActingPath,
            (true, Some(_)) => Scope::ActingText,
            (true, None) => Scope::Acting,
            (false, _) => Scope::Messenger,
        }
    }

    /// The open thread, once it has been read.
    #[must_use]
    pub fn thread(&self) -> Option<&Thread> {
        self.shown.as_ref()?.thread.as_ref().filter(|t| Some(t.id) == self.open)
    }

    /// What the contact sees, as far as it was read.
    #[must_use]
    pub fn shown(&self) -> Option<&Messenger> {
        self.shown.as_ref()
    }

    #[must_use]
    pub fn tickets(&self) -> &[RecentTicket] {
        self.shown.as_ref().map_or(&[], |m| &m.recent_tickets)
    }

    #[must_use]
    pub fn badge(&self) -> usize {
        self.shown.as_ref().map_or(0, |m| m.badge)
    }

    /// Marked as new: unseen, or unseen when the thread was opened.
    #[must_use]
    pub fn is_new(&self, entry: &Entry) -> bool {
        entry.new || (!entry.own && self.fresh.contains(&entry.at))
    }

    /// The last row of the home face: looking, nothing can be sent.
    fn last_row(&self) -> usize {
        let tickets = self.tickets().len();
        if self.acting { tickets } else { tickets.saturating_sub(1) }
    }

    /// Moves by lines or rows, down when positive; `most` is how far the face can be scrolled up.
    pub fn move_by(&mut self, by: isize, most: usize) {
        match self.face {
            Face::Home => self.row = self.row.saturating_add_signed(by).min(self.last_row()),
            Face::Thread | Face::Detail => {
                let at = self.scroll.min(most);
                self.scroll = at.saturating_add_signed(by.saturating_neg()).min(most);
            }
            Face::Collapsed | Face::Compose => {}
        }
    }

    /// Enter: deeper in. Looking, this shows what the customer could see there.
    #[must_use]
    pub fn enter(&mut self) -> Vec<Command> {
        match self.face {
            Face::Collapsed => {
                self.face = Face::Home;
                self.row = 0;
                Vec::new()
            }
            Face::Home => match self.tickets().get(self.row).map(|t| t.id) {
                Some(id) => self.open_thread(id),
                None if self.acting => self.compose(),
                None => Vec::new(),
            },
            Face::Thread => {
                self.face = Face::Detail;
                self.scroll = usize::MAX;
                Vec::new()
            }
            Face::Detail | Face::Compose => Vec::new(),
        }
    }

    /// Backspace: one step out. False when there is no step left.
    pub fn back(&mut self) -> bool {
        self.face = match self.face {
            Face::Collapsed => return false,
            Face::Home => Face::Collapsed,
            Face::Detail => Face::Thread,
            Face::Thread | Face::Compose => {
                self.close_thread();
                Face::Home
            }
        };
        self.scroll = 0;
        true
    }

    /// `c`: collapses the Messenger, or opens it.
    pub fn collapse(&mut self) {
        if self.face == Face::Collapsed {
            self.face = Face::Home;
        } else {
            self.close_thread();
            self.face = Face::Collapsed;
        }
        self.leave_field();
    }

    fn open_thread(&mut self, id: TicketId) -> Vec<Command> {
        self.close_thread();
        self.open = Some(id);
        self.face = Face::Thread;
        self.load()
    }

    fn close_thread(&mut self) {
        if matches!(self.face, Face::Thread | Face::Detail) {
            self.face = Face::Home;
        }
        self.open = None;
        self.scroll = 0;
        self.told = None;
        self.fresh.clear();
    }

    fn compose(&mut self) -> Vec<Command> {
        self.close_thread();
        self.face = Face::Compose;
        self.field = Some(Field::Title);
        Vec::new()
    }
}

#[cfg(test)]
mod tests;
