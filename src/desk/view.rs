//! What the desk hands to its shells: plain data, loaded in one read. The team's side only; a
//! customer's surface is fed by `CustomerDesk`.

use chrono::Duration;
use serde::Serialize;

use crate::domain::notify::{BURST_AT_MOST, Facts, GRACES_AT_MOST, Notify, Pending, no_longer};
use crate::domain::undo::{Undo, undo};
use crate::domain::{
    Action, Actor, Attachment, Channel, Contact, Context, Decision, Delivery, Event, LinkedTicket,
    MailStop, Part, Reason, Refusal, SharedThread, Status, Teammate, Ticket, Time, decide,
};
use crate::store::mailbox::PartMail;

/// A ticket with all the team knows of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TicketView {
    pub ticket: Ticket,
    pub contact: Option<Contact>,
    pub assignee: Option<Teammate>,
    /// In the order of recording, withdrawn ones too.
    pub parts: Vec<Part>,
    /// The ledger, in the order of recording: three rows a part.
    pub deliveries: Vec<Delivery>,
    /// When the customer last had the thread open (N12).
    pub seen_at: Option<Time>,
    pub links: Vec<LinkedTicket>,
    /// The mails that parts came by, in the order of their parts.
    pub mails: Vec<PartMail>,
    /// Why no mail goes to the contact, when it has stopped (N14).
    pub mail_stop: Option<StoppedMail>,
    /// N15, as this desk has it.
    #[serde(skip)]
    pub grace: Duration,
}

impl TicketView {
    /// What `action` would do now: the same function the desk performs with, so a screen that
    /// shows this promises what the ledger will record (L3).
    ///
    /// # Errors
    /// The refusal, as performing it would give.
    pub fn decide(&self, action: &Action, actor: &Actor, now: Time) -> Result<Decision, Refusal> {
        self.decide_with(action, actor, &[], Notify::Tell, now)
    }

    /// [`TicketView::decide`] with the links of the other end of a new link, and with what the
    /// one who acts wants told (N14).
    ///
    /// # Errors
    /// The refusal, as performing it would give.
    pub fn decide_with(
        &self,
        action: &Action,
        actor: &Actor,
        other_links: &[LinkedTicket],
        notify: Notify,
        now: Time,
    ) -> Result<Decision, Refusal> {
        let waiting: Vec<Time> = self.waiting_replies(now).iter().map(|d| d.at).collect();
        let states: Vec<Time> =
            self.waiting(is_state, self.grace * GRACES_AT_MOST, now).map(|d| d.at).collect();
        let facts = Facts {
            contact: self.contact.as_ref(),
            grace: self.grace,
            waiting_replies: &waiting,
            waiting_states: &states,
            notify,
        };
        let ctx = Context { facts, links: &self.links, other_links };
        let decision = decide(&self.ticket, action, actor, &ctx, now)?;
        if decision.ticket.contact != self.ticket.contact && self.was_shown() {
            return Err(Refusal::ContactKnowsIt(self.ticket.id)); // V7: other customers
        }
        Ok(decision)
    }

    /// True when a customer could see a part of it at some time, and would again if it were shared.
    fn was_shown(&self) -> bool {
        self.parts.iter().any(|p| p.visible && p.withdrawn_at.is_none())
    }

    /// What an undo would take back now (U1).
    ///
    /// # Errors
    /// The refusal, as performing it would give.
    pub fn undo(&self, now: Time) -> Result<Undo, Refusal> {
        let customer = self.contact.as_ref().map_or("The customer", Contact::first_name);
        undo(&self.ticket, &self.parts, &self.deliveries, self.seen_at, customer, now)
    }

    /// The mails of replies that wait for their 3 minutes at `now` and were never tried (N13). One
    /// that is overdue, because no worker ran, waits no more: a reply written by then has 3 minutes
    /// of its own (N2).
    #[must_use]
    pub fn waiting_replies(&self, now: Time) -> Vec<&Delivery> {
        self.waiting(|event| *event == Event::Reply, BURST_AT_MOST, now).collect()
    }

    /// The mails of such events that wait at `now`, for `at_most` at the longest, and were never
    /// tried: one that rode in a mail which a server put off is due when that is tried again.
    fn waiting(
        &self,
        of: fn(&Event) -> bool,
        at_most: Duration,
        now: Time,
    ) -> impl Iterator<Item = &Delivery> {
        self.deliveries
            .iter()
            .filter(|d| d.channel == Channel::Email && d.status == Status::Due && d.attempts == 0)
            .filter(move |d| d.due_at.is_some_and(|due| due > now && due <= d.at + at_most))
            .filter(move |d| self.part(d).is_some_and(|p| of(&p.event)))
    }

    /// The part a ledger row is about.
    #[must_use]
    pub fn part(&self, delivery: &Delivery) -> Option<&Part> {
        self.parts.iter().find(|p| p.id == delivery.part_id)
    }

    /// A ledger row with its part and what has overtaken it, as [`settle`] wants it.
    ///
    /// [`settle`]: crate::domain::notify::settle
    #[must_use]
    pub fn pending<'a>(&'a self, delivery: &'a Delivery) -> Option<Pending<'a>> {
        let part = self.part(delivery)?;
        let later = || self.parts.iter().filter(|p| p.id > part.id && p.withdrawn_at.is_none());
        let was_mailed = |later: &Part| {
            let row = self.delivery(later, Channel::Email);
            is_state(&later.event) && row.is_some_and(|d| d.sent_at.is_some())
        };
        let overtaken = if later().any(|p| matches!(p.event, Event::Unshared | Event::Deleted)) {
            Some(Reason::NotSharedAnyMore)
        } else if is_state(&part.event) && later().any(was_mailed) {
            Some(Reason::Superseded)
        } else {
            None
        };
        Some(Pending { delivery, part, overtaken })
    }

    /// The ledger row of a part on a channel.
    #[must_use]
    pub fn delivery(&self, part: &Part, channel: Channel) -> Option<&Delivery> {
        self.deliveries.iter().find(|d| d.part_id == part.id && d.channel == channel)
    }

    /// The mail a part came by.
    #[must_use]
    pub fn mail_of(&self, part: &Part) -> Option<&PartMail> {
        self.mails.iter().find(|m| m.part == part.id)
    }

    /// The next mail of this ticket that has not left, and will as things stand.
    #[must_use]
    pub fn next_mail(&self) -> Option<&Delivery> {
        self.deliveries
            .iter()
            .filter(|d| d.channel == Channel::Email && d.status.is_pending())
            .filter(|d| self.held_back(d).is_none())
            .min_by_key(|d| d.due_at)
    }

    /// Why a mail that waits will not go as things stand: the answer of [`settle`] when it falls
    /// due (L3). Mail to its contact has stopped, and may yet be let go again (N14).
    ///
    /// [`settle`]: crate::domain::notify::settle
    #[must_use]
    pub fn held_back(&self, delivery: &Delivery) -> Option<Reason> {
        let waits = matches!(delivery.status, Status::Due | Status::Retrying);
        let pending = self.pending(delivery)?;
        no_longer(&self.ticket, self.contact.as_ref(), self.seen_at, &pending).filter(|_| waits)
    }

    /// What the customer may see of it, if anything.
    #[must_use]
    pub fn shared_thread(&self) -> Option<SharedThread> {
        SharedThread::new(self.ticket.clone(), self.parts.clone(), self.seen_at)
    }
}

const fn is_state(event: &Event) -> bool {
    matches!(event, Event::StateChanged { .. })
}

/// Why mail to a contact has stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoppedMail {
    pub reason: MailStop,
    /// What the mail system said, in one line; `None` when nobody said anything.
    pub words: Option<String>,
    /// `None` for one of an older desk.
    pub at: Option<Time>,
}

impl StoppedMail {
    /// "550 5.1.1 no such user", else "hard bounce".
    #[must_use]
    pub fn why(&self) -> &str {
        self.words.as_deref().unwrap_or(self.reason.label())
    }
}

/// The mail that waits on this desk, for the title bar and for quitting.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Outlook {
    /// Mails that are due, being sent or being retried.
    pub waiting: i64,
    pub next_due: Option<Time>,
    /// Why mail is not leaving, when it is not: "password refused".
    pub trouble: Option<String>,
    /// Why mail is not coming in from a mailbox that is read, when it is not.
    pub incoming_trouble: Option<String>,
    /// Mails that arrived and wait in quarantine for a teammate (M2).
    pub held: i64,
}

/// A text that was begun and not sent. One per teammate, ticket and kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Draft {
    pub key: DraftKey,
    pub text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Attachment>,
    pub saved_at: Time,
}

/// Where a draft belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftKey {
    Reply(crate::domain::TicketId),
    Note(crate::domain::TicketId),
    /// The new-ticket form, as JSON of its fields.
    NewTicket,
}

/// The other end of a link, as [`Action::Link`] wants it.
#[must_use]
pub fn linked(view: &TicketView) -> LinkedTicket {
    LinkedTicket {
        id: view.ticket.id,
        category: view.ticket.category,
        title: view.ticket.title.clone(),
        state: view.ticket.state,
        open: view.ticket.open,
        shared: view.ticket.shared,
        contact: view.contact.as_ref().map(|c| c.display_name().to_owned()),
    }
}
