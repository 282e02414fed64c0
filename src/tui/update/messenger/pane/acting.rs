//! Acting as the customer: what is seen, written and submitted by the hands of a teammate. Does
//! nothing at all while the pane only mirrors (N12).

use crossterm::event::KeyCode;
use tui_textarea::TextArea;

use super::{Act, Asked, Face, Field, MessengerPane, Subject};
use crate::domain::{TicketId, Time, text};
use crate::tui::keys::Key;
use crate::tui::message::Command;
use crate::tui::update::composer::{edit, editor};

impl MessengerPane {
    /// N12: an open thread is seen, when the customer has it open. Once for each state of it.
    pub(super) fn opened(&mut self) -> Vec<Command> {
        let looking = matches!(self.face, Face::Thread | Face::Detail);
        let (true, true, Some(contact), Some(thread)) =
            (self.acting, looking, self.contact, self.thread())
        else {
            return Vec::new();
        };
        let ticket = thread.id;
        let state = (ticket, thread.thread.len(), thread.thread.last().map(|e| e.at));
        let new: Vec<Time> = thread.thread.iter().filter(|e| e.new).map(|e| e.at).collect();
        if self.told == Some(state) {
            return Vec::new();
        }
        self.told = Some(state);
        self.fresh.extend(new);
        self.asked.push_back(Asked::Seen);
        vec![Command::CustomerOpens { contact, ticket }]
    }

    /// True while a reply or a ticket is on its way to the desk.
    #[must_use]
    pub fn is_sending(&self) -> bool {
        self.asked.iter().any(|a| *a != Asked::Seen)
    }

    /// Begins or ends acting as the customer. It begins with the Messenger collapsed, so that
    /// nothing is seen by that alone.
    #[must_use]
    pub fn set_acting(&mut self, acting: bool) -> Vec<Command> {
        if self.acting == acting || self.contact.is_none() {
            return Vec::new();
        }
        self.acting = acting;
        self.leave_field();
        self.close_thread();
        self.row = 0;
        if acting {
            self.face = Face::Collapsed;
            return self.load();
        }
        (self.face, self.open) = match self.subject {
            Subject::Shared(id) => (Face::Thread, Some(id)),
            Subject::None | Subject::Hidden(_) | Subject::Tracker(_) => (Face::Home, None),
        };
        self.load()
    }

    /// What the customer does. Nothing while only looking.
    #[must_use]
    pub fn act(&mut self, act: Act) -> Vec<Command> {
        if !self.acting {
            return Vec::new();
        }
        match act {
            Act::Open => return self.enter(),
            Act::Back => {
                self.leave_field();
                if !self.back() {
                    return self.set_acting(false);
                }
                return self.load();
            }
            Act::Collapse => {
                self.collapse();
                return self.load();
            }
            Act::Reply => {
                if matches!(self.face, Face::Thread | Face::Detail) {
                    self.face = Face::Thread;
                    self.field = Some(Field::Reply);
                    self.scroll = 0;
                }
            }
            Act::New => return self.compose(),
            Act::Send => return self.send(),
            Act::NextField => {
                self.field = match self.field {
                    Some(Field::Title) => Some(Field::Body),
                    Some(Field::Body) => Some(Field::Title),
                    other => other,
                };
            }
            Act::Take => return self.take_path(),
            Act::Attach => self.begin_path(),
            Act::Detach => self.detach(),
            Act::LeaveField if self.path.is_some() => self.end_path(),
            Act::LeaveField => {
                self.leave_field();
                if self.face == Face::Compose {
                    self.back();
                }
            }
        }
        Vec::new()
    }

    fn send(&mut self) -> Vec<Command> {
        let (Some(contact), false, None) = (self.contact, self.is_sending(), &self.path) else {
            return Vec::new();
        };
        let joined = |area: &TextArea<'_>| area.lines().join("\n");
        match (self.face, self.open) {
            (Face::Thread, Some(ticket)) if self.field == Some(Field::Reply) => {
                self.asked.push_back(Asked::Reply);
                let (text, files) = (joined(&self.reply), self.reply_files.clone());
                vec![Command::CustomerReplies { contact, ticket, text, files }]
            }
            (Face::Compose, _) => {
                self.asked.push_back(Asked::New);
                let (title, body) = (self.title.text().to_owned(), joined(&self.body));
                let files = self.new_files.clone();
                vec![Command::CustomerSubmits { contact, title, body, files }]
            }
            _ => Vec::new(),
        }
    }

    /// What was asked has been done. A ticket that was submitted leaves its thread open (N1).
    #[must_use]
    pub fn acted(&mut self, ticket: Option<TicketId>) -> Vec<Command> {
        match self.asked.pop_front() {
            Some(Asked::Reply) => {
                self.reply = editor("");
                self.reply_files.clear();
                self.leave_field();
                self.scroll = 0;
            }
            Some(Asked::New) => {
                self.title.clear();
                self.body = editor("");
                self.new_files.clear();
                self.leave_field();
                if let (Face::Compose, Some(id)) = (self.face, ticket) {
                    return self.open_thread(id);
                }
            }
            Some(Asked::Seen) | None => {}
        }
        self.load()
    }

    /// What was asked could not be done; what was typed stays.
    pub fn failed(&mut self) {
        self.asked.pop_front();
    }

    /// A key that is no command while a field takes what is typed.
    #[must_use]
    pub fn type_key(&mut self, key: Key) -> Vec<Command> {
        match self.field {
            _ if self.is_sending() => {}
            Some(Field::Path) => self.path_key(key),
            Some(Field::Reply) => {
                edit(&mut self.reply, key);
            }
            Some(Field::Title) if key.code == KeyCode::Enter || key.code == KeyCode::Down => {
                self.field = Some(Field::Body);
            }
            Some(Field::Title) => {
                self.title.key(key);
            }
            Some(Field::Body) => {
                edit(&mut self.body, key);
            }
            None => {}
        }
        Vec::new()
    }

    /// Pasted text goes into the field that takes what is typed; false when none does.
    pub fn paste(&mut self, raw: &str) -> bool {
        let clean = text::clean_body(raw);
        match self.field {
            _ if self.is_sending() => return false,
            Some(Field::Reply) => self.reply.insert_str(&clean),
            Some(Field::Body) => self.body.insert_str(&clean),
            Some(Field::Title) => {
                self.title.insert(&clean);
                true
            }
            Some(Field::Path) => self.path_paste(&clean),
            None => return false,
        };
        true
    }
}
