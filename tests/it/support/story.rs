//! Random stories of a desk: what proptest draws, turned into things people do to real tickets.
//!
//! Whatever is internal is written with the marker `LEAK`; whatever is meant for a customer is
//! written as `told7e`, never twice the same. A story knows who was told what.

use chrono::Duration;
use deskbell::desk::{DeskError, Performed, linked};
use deskbell::domain::{
    Action, Actor, Attachment, Category, Contact, ContactId, EmailAddress, NewTicket, Notify,
    Teammate, TicketId, TicketState,
};
use proptest::prelude::*;

use crate::support::bench::Bench;
use crate::support::steps::Step;

/// In everything no customer may ever see.
pub const MARKER: &str = "LEAK";

/// How many stories: few enough for a quick run, or as many as `PROPTEST_CASES` says.
pub fn config(cases: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok());
    ProptestConfig {
        cases: asked.unwrap_or(cases),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// A step on real tickets by real people.
#[derive(Debug, Clone)]
pub enum Act {
    Wait(Duration),
    Perform { actor: Actor, id: TicketId, action: Action },
    Submit { actor: Actor, new: NewTicket },
    Undo(TicketId),
    Open { contact: ContactId, id: TicketId },
}

/// A text that a customer may see.
#[derive(Debug, Clone)]
pub struct Told {
    pub text: String,
    pub ticket: TicketId,
    pub contact: ContactId,
    /// A ticket shows the title it has now, and no earlier one.
    pub title: bool,
}

pub struct Story<'a> {
    pub bench: &'a Bench,
    pub tickets: Vec<TicketId>,
    pub teammates: Vec<Teammate>,
    pub customers: Vec<Contact>,
    /// Texts that were told and stand.
    pub told: Vec<Told>,
    /// Texts that were never told, or were taken back before the customer knew.
    pub secrets: Vec<String>,
    written: usize,
}

impl<'a> Story<'a> {
    /// Three customers, one of them without an address; tickets of all kinds; teammates whose last
    /// names and addresses are nobody's business.
    pub fn begin(bench: &'a Bench) -> Self {
        let named = ["Lena LEAKholt", "Noor LEAKafor", "kit@LEAKmail.example"];
        let teammates = named.map(|n| bench.desk.teammate(n, bench.now()).unwrap().0).to_vec();
        let mut story = Self {
            bench,
            tickets: Vec::new(),
            teammates,
            customers: Vec::new(),
            told: Vec::new(),
            secrets: Vec::new(),
            written: 0,
        };
        let email = |e: &str| Some(EmailAddress::new(e).unwrap());
        for contact in [
            Contact::unsaved("Ada Adapark", email("ada@lumen.example")),
            Contact::unsaved("Bob Bobstone", email("bob@quarry.example")),
            Contact::unsaved("Cleo Cleovoss", None),
        ] {
            let new = story.new_ticket(Category::Customer, Some(contact), true);
            let done = story.submit(&story.mate(0), &new).unwrap();
            story.customers.push(bench.ticket(done.id).contact.unwrap());
        }
        for (category, contact, shared) in [
            (Category::BackOffice, Some(0), false),
            (Category::BackOffice, Some(1), true),
            (Category::BackOffice, None, false),
            (Category::Tracker, None, false),
        ] {
            let contact = contact.map(|c: usize| story.customers[c].clone());
            let new = story.new_ticket(category, contact, shared);
            story.submit(&story.mate(1), &new).unwrap();
        }
        story
    }

    pub fn mate(&self, n: usize) -> Actor {
        Actor::Teammate(self.teammates[n % self.teammates.len()].clone())
    }

    pub fn customer(&self, id: ContactId) -> &Contact {
        self.customers.iter().find(|c| c.id == id).expect("one of the three")
    }

    fn number(&mut self) -> usize {
        self.written += 1;
        self.written
    }

    fn told_text(&mut self) -> String {
        format!("told{}e", self.number())
    }

    fn secret_text(&mut self) -> String {
        format!("{MARKER}{}e", self.number())
    }

    /// A file that holds the words of what it goes with, in its name and within.
    fn file(&self, words: &str) -> Attachment {
        let bytes = format!("{words} within a file").into_bytes();
        self.bench.desk.keep_file(&format!("{words}-file.txt"), bytes).unwrap()
    }

    fn new_ticket(
        &mut self,
        category: Category,
        contact: Option<Contact>,
        shared: bool,
    ) -> NewTicket {
        let open = category == Category::Customer || shared;
        let mut text = || if open { self.told_text() } else { self.secret_text() };
        NewTicket { files: Vec::new(), category, title: text(), body: text(), contact, shared }
    }

    /// The step as something that is done; time and refusals are the caller's affair.
    pub fn act(&mut self, step: &Step) -> Act {
        let ticket = |n: usize| self.tickets[n % self.tickets.len()];
        let mate = |n: usize| Actor::Teammate(self.teammates[n % self.teammates.len()].clone());
        let team =
            |n: usize, action: Action| Act::Perform { actor: mate(n), id: ticket(n), action };
        match *step {
            Step::Wait(seconds) => Act::Wait(Duration::seconds(seconds)),
            Step::Reply(n) => {
                let (actor, id) = (mate(n), ticket(n));
                let body = self.told_text();
                let file = self.file(&body);
                Act::Perform { actor, id, action: Action::reply(body).with_files(vec![file]) }
            }
            Step::Note(n) => {
                let (actor, id) = (mate(n), ticket(n));
                let body = self.secret_text();
                let file = self.file(&body);
                Act::Perform { actor, id, action: Action::note(body).with_files(vec![file]) }
            }
            Step::State(n, s) => team(n, Action::SetState(TicketState::ALL[s])),
            Step::Close(n) => team(n, Action::Close),
            Step::Reopen(n) => team(n, Action::Reopen),
            Step::Share(n) => team(n, Action::Share),
            Step::Unshare(n) => team(n, Action::Unshare),
            Step::Assign(n, m) => team(n, Action::Assign(self.teammates.get(m).cloned())),
            Step::Rename(n) => {
                let (actor, id) = (mate(n), ticket(n));
                let shared = self.bench.ticket(id).ticket.shared;
                let title = if shared { self.told_text() } else { self.secret_text() };
                Act::Perform { actor, id, action: Action::Rename(title) }
            }
            Step::Tag(n) => {
                let (actor, id) = (mate(n), ticket(n));
                let tag = self.secret_text();
                Act::Perform { actor, id, action: Action::Tag(tag) }
            }
            Step::Untag(n) => {
                let tags = self.bench.ticket(ticket(n)).ticket.tags;
                team(n, Action::Untag(tags.first().cloned().unwrap_or_else(|| "none".into())))
            }
            Step::Priority(n, on) => team(n, Action::SetPriority(on)),
            Step::Snooze(n, on) => {
                let until = self.bench.now() + Duration::hours(1);
                team(n, Action::Snooze(on.then_some(until)))
            }
            Step::Link(n, other) => {
                let other = linked(&self.bench.ticket(ticket(other)));
                team(n, Action::Link(other))
            }
            Step::Unlink(n, other) => {
                let links = self.bench.ticket(ticket(n)).links;
                let other = links.first().map_or(ticket(other), |l| l.id);
                team(n, Action::Unlink(other))
            }
            Step::SetContact(n, c) => team(n, Action::SetContact(self.customers[c].clone())),
            Step::Undo(n) => Act::Undo(ticket(n)),
            Step::Open(n, stranger) => {
                let id = ticket(n);
                Act::Open { contact: self.whose(id, n, stranger).id, id }
            }
            Step::Answer(n, stranger) => {
                let id = ticket(n);
                let actor = Actor::Customer(self.whose(id, n, stranger));
                let body = self.told_text();
                Act::Perform { actor, id, action: Action::customer_reply(body) }
            }
            Step::Submit { category, contact, shared, by_customer } => {
                let category = Category::ALL[category];
                let contact = self.customers.get(contact).cloned();
                let mine =
                    contact.clone().filter(|_| by_customer && category == Category::Customer);
                let actor = mine.map_or_else(|| self.mate(contact.iter().count()), Actor::Customer);
                Act::Submit { actor, new: self.new_ticket(category, contact, shared) }
            }
        }
    }

    fn whose(&self, id: TicketId, n: usize, stranger: bool) -> Contact {
        let owner = self.bench.ticket(id).contact.filter(|_| !stranger);
        owner.unwrap_or_else(|| self.customers[n % self.customers.len()].clone())
    }

    /// Performs an action and keeps book of what it told.
    pub fn perform(
        &mut self,
        actor: &Actor,
        id: TicketId,
        action: &Action,
    ) -> Result<Performed, DeskError> {
        let result = self.bench.desk.perform(actor, id, action, self.bench.now());
        if let Action::Reply { body, .. } | Action::CustomerReply { body, .. } = action {
            match (&result, self.bench.ticket(id).ticket.contact) {
                (Ok(_), Some(contact)) => {
                    self.tell(body, id, contact, false);
                }
                _ => self.secrets.push(body.clone()),
            }
        }
        if let (Ok(_), Action::Rename(title)) = (&result, action) {
            let ticket = self.bench.ticket(id).ticket;
            if let Some(contact) = ticket.contact.filter(|_| ticket.shared) {
                self.tell(title, id, contact, true);
            }
        }
        result
    }

    pub fn submit(&mut self, actor: &Actor, new: &NewTicket) -> Result<Performed, DeskError> {
        let open = matches!(actor, Actor::Customer(_));
        let result = self.bench.desk.submit(actor, new, Notify::Tell, open, self.bench.now());
        if let Ok(done) = &result {
            self.tickets.push(done.id);
            let ticket = self.bench.ticket(done.id).ticket;
            if let Some(contact) = ticket.contact.filter(|_| ticket.shared) {
                self.tell(&new.body, done.id, contact, false);
                self.tell(&new.title, done.id, contact, true);
            }
        }
        result
    }

    fn tell(&mut self, text: &str, ticket: TicketId, contact: ContactId, title: bool) {
        self.told.push(Told { text: text.to_owned(), ticket, contact, title });
    }

    /// Gives a ticket that is about to be shared a title for its customer's eyes.
    pub fn retitle(&mut self, actor: &Actor, id: TicketId) {
        let ticket = self.bench.ticket(id).ticket;
        if let Some(contact) = ticket.contact.filter(|_| !ticket.shared) {
            let title = self.told_text();
            self.perform(actor, id, &Action::Rename(title.clone())).unwrap();
            self.tell(&title, id, contact, true);
        }
    }

    /// A text that was taken back is a secret from then on.
    pub fn taken_back(&mut self, text: &str) {
        self.told.retain(|t| t.text != text);
        self.secrets.push(text.to_owned());
    }
}
