//! The people of a bench: teammates at their desk, customers at their Messenger and inbox.

use deskbell::desk::{DeskError, Performed, linked};
use deskbell::domain::undo::Undo;
use deskbell::domain::{
    Action, Actor, Category, Contact, EmailAddress, Messenger, NewTicket, Notify, Teammate,
    TicketId, TicketState,
};

use crate::support::bench::{Bench, Mail};

/// A member of the team.
#[derive(Clone, Copy)]
pub struct Mate<'a> {
    pub(super) bench: &'a Bench,
    pub(super) name: &'a str,
}

impl Mate<'_> {
    pub fn teammate(&self) -> Teammate {
        self.bench.desk.teammate(self.name, self.bench.now()).unwrap().0
    }

    pub fn actor(&self) -> Actor {
        Actor::Teammate(self.teammate())
    }

    pub fn tries(&self, id: TicketId, action: &Action) -> Result<Performed, DeskError> {
        self.bench.desk.perform(&self.actor(), id, action, self.bench.now())
    }

    pub fn does(&self, id: TicketId, action: &Action) -> Performed {
        self.tries(id, action).unwrap()
    }

    pub fn submits(
        &self,
        category: Category,
        title: &str,
        contact: Option<&Customer<'_>>,
        shared: bool,
    ) -> TicketId {
        let new = NewTicket {
            files: Vec::new(),
            category,
            title: title.into(),
            body: String::new(),
            contact: contact.map(Customer::contact),
            shared,
        };
        self.tries_to_submit(&new).unwrap().id
    }

    pub fn tries_to_submit(&self, new: &NewTicket) -> Result<Performed, DeskError> {
        self.bench.desk.submit(&self.actor(), new, Notify::Tell, false, self.bench.now())
    }

    pub fn replies(&self, id: TicketId, body: &str) -> Performed {
        self.does(id, &Action::reply(body))
    }

    pub fn notes(&self, id: TicketId, body: &str) -> Performed {
        self.does(id, &Action::note(body))
    }

    pub fn sets(&self, id: TicketId, state: TicketState) -> Performed {
        self.does(id, &Action::SetState(state))
    }

    pub fn closes(&self, id: TicketId) -> Performed {
        self.does(id, &Action::Close)
    }

    pub fn closes_if_open(&self, id: TicketId) {
        if self.bench.ticket(id).ticket.open {
            self.closes(id);
        }
    }

    pub fn shares(&self, id: TicketId) -> Performed {
        self.does(id, &Action::Share)
    }

    pub fn unshares(&self, id: TicketId) -> Performed {
        self.does(id, &Action::Unshare)
    }

    pub fn renames(&self, id: TicketId, title: &str) -> Performed {
        self.does(id, &Action::Rename(title.into()))
    }

    pub fn links(&self, id: TicketId, other: TicketId) -> Performed {
        self.does(id, &Action::Link(linked(&self.bench.ticket(other))))
    }

    pub fn undoes(&self, id: TicketId) -> Undo {
        self.tries_to_undo(id).unwrap()
    }

    pub fn tries_to_undo(&self, id: TicketId) -> Result<Undo, DeskError> {
        self.bench.desk.undo(id, self.bench.now())
    }
}

/// A customer, at their Messenger and their inbox.
#[derive(Clone, Copy)]
pub struct Customer<'a> {
    pub(super) bench: &'a Bench,
    pub name: &'a str,
    pub email: &'a str,
}

impl Customer<'_> {
    /// As the desk knows them, or as one it does not know yet.
    pub fn contact(&self) -> Contact {
        let email = EmailAddress::new(self.email).unwrap();
        let known = self.bench.desk.contact_by_email(&email).unwrap();
        known.unwrap_or_else(|| Contact::unsaved(self.name, Some(email)))
    }

    pub fn actor(&self) -> Actor {
        Actor::Customer(self.contact())
    }

    /// Submits a Customer ticket in the Messenger, which leaves its thread open.
    pub fn submits(&self, title: &str, body: &str) -> TicketId {
        self.submits_by(title, body, true)
    }

    /// Submits a Customer ticket by another way than the Messenger.
    pub fn submits_by(&self, title: &str, body: &str, messenger: bool) -> TicketId {
        let new = NewTicket {
            files: Vec::new(),
            category: Category::Customer,
            title: title.into(),
            body: body.into(),
            contact: Some(self.contact()),
            shared: true,
        };
        let now = self.bench.now();
        self.bench.desk.submit(&self.actor(), &new, Notify::Tell, messenger, now).unwrap().id
    }

    /// Opens a ticket's thread in the Messenger: what is in it counts as seen.
    pub fn opens(&self, id: TicketId) {
        self.tries_to_open(id).unwrap();
    }

    pub fn tries_to_open(&self, id: TicketId) -> Result<(), DeskError> {
        self.bench.desk.seen(self.contact().id, id, self.bench.now())
    }

    pub fn replies(&self, id: TicketId, body: &str) -> Performed {
        self.tries_to_reply(id, body).unwrap()
    }

    pub fn tries_to_reply(&self, id: TicketId, body: &str) -> Result<Performed, DeskError> {
        let action = Action::customer_reply(body);
        self.bench.desk.perform(&self.actor(), id, &action, self.bench.now())
    }

    /// What the Messenger shows with nothing opened. Looking marks nothing as seen (N12).
    pub fn messenger(&self) -> Messenger {
        self.bench.desk.customer(self.contact().id).messenger(None).unwrap()
    }

    /// What the Messenger would show with this thread opened. Marks nothing as seen either.
    pub fn thread(&self, id: TicketId) -> Messenger {
        self.bench.desk.customer(self.contact().id).messenger(Some(id)).unwrap()
    }

    /// The thread's lines, as "Mara: text" and "-- event".
    pub fn reads(&self, id: TicketId) -> Vec<String> {
        let Some(thread) = self.thread(id).thread else { return Vec::new() };
        let line = |author: Option<&str>, text: &str| match author {
            Some(author) => format!("{author}: {text}"),
            None => format!("-- {text}"),
        };
        thread.thread.iter().map(|e| line(e.author.as_deref(), &e.text)).collect()
    }

    pub fn mails(&self) -> Vec<Mail> {
        self.bench.mails_to(self.email)
    }
}
