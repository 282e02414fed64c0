//! The rule book's own account of what is to be mailed when, kept from the kinds and times of parts
//! alone. Knows nothing of `plan`, `settle` or the queue.

use std::collections::BTreeMap;

use chrono::Duration;
use deskbell::desk::TicketView;
use deskbell::domain::{
    Action, Author, Channel, DeliveryId, Event, PartId, Reason, Status, TicketId, Time,
};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::support::bench::{Bench, Mail};
use crate::support::story::Story;

/// Something a customer is to be mailed about, as the rule book has it.
#[derive(Debug, Clone, PartialEq)]
struct Tell {
    part: PartId,
    kind: Kind,
    at: Time,
    due: Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Submission,
    Reply,
    State,
}

/// A mail that must have gone: when, about which ticket, telling which parts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Sent {
    at: Time,
    ticket: TicketId,
    parts: Vec<PartId>,
}

/// The rule book's own account, kept from the parts' kinds and times alone.
#[derive(Debug, Default)]
pub struct Book {
    waiting: BTreeMap<TicketId, Vec<Tell>>,
    sent: Vec<Sent>,
    now: Time,
    /// How the ledger stood, to see that nothing vanishes and what ended stays ended.
    ledger: BTreeMap<DeliveryId, Status>,
}

impl Book {
    /// Enters the parts of a ticket that came after `known`.
    pub fn told(&mut self, bench: &Bench, id: TicketId, known: PartId) {
        let view = bench.ticket(id);
        let can_be_mailed = view.contact.as_ref().is_some_and(|c| c.email.is_some());
        if !view.ticket.shared || !can_be_mailed {
            return; // N9, N14
        }
        let waiting = self.waiting.entry(id).or_default();
        for part in view.parts.iter().filter(|p| p.id > known) {
            let (kind, wait) = match (&part.event, &part.author) {
                (Event::Submitted | Event::Shared, _) => (Kind::Submission, 10), // N1, N5
                (Event::Reply, _) => (Kind::Reply, 180),                         // N2
                (Event::StateChanged { .. }, Author::Teammate { .. }) => (Kind::State, 10), // N3
                _ => continue,                                                   // N4, N7, N8, S3
            };
            let due = part.at + Duration::seconds(wait);
            waiting.push(Tell { part: part.id, kind, at: part.at, due });
            if kind == Kind::Reply {
                burst(waiting);
            }
        }
    }

    pub fn performed(&mut self, bench: &Bench, before: &TicketView, action: &Action) {
        let id = before.ticket.id;
        match action {
            Action::Unshare => drop(self.waiting.remove(&id)), // N6
            Action::CustomerReply { .. } => self.seen(id),     // N12
            _ => {}
        }
        let known = before.parts.last().map_or(PartId(0), |p| p.id);
        self.told(bench, id, known);
    }

    /// N2, N12: replies that were there by now are seen.
    pub fn seen(&mut self, id: TicketId) {
        self.waiting.entry(id).or_default().retain(|t| t.kind != Kind::Reply);
    }

    /// U1: only what the customer neither saw nor was mailed about can be taken back.
    pub fn undone(&mut self, before: &TicketView, part: PartId) -> TestCaseResult {
        let id = before.ticket.id;
        let undone = before.parts.iter().find(|p| p.id == part).unwrap();
        prop_assert!(!self.sent.iter().any(|s| s.parts.contains(&part)), "mailed before");
        let seen = before.seen_at.is_some_and(|seen| undone.visible && seen >= undone.at);
        prop_assert!(!seen, "seen before");
        let waiting = self.waiting.entry(id).or_default();
        waiting.retain(|t| t.part != part);
        match undone.event {
            Event::Reply => burst(waiting),
            Event::Shared => waiting.clear(),
            _ => {}
        }
        Ok(())
    }

    /// Lets time pass until `now`: what falls due by then goes, in the order it falls due.
    pub fn pass(&mut self, now: Time) {
        for (id, waiting) in &mut self.waiting {
            while let Some(first) = waiting.iter().filter(|t| t.due <= now).min_by_key(|t| t.due) {
                let Tell { part, kind, due, .. } = first.clone();
                let last = waiting.iter().rfind(|t| t.kind == Kind::State).map(|t| t.due);
                match (kind, last) {
                    // N15: a later state change replaces it, and has a grace of its own.
                    (Kind::State, Some(last)) if last > due => {
                        waiting.iter_mut().filter(|t| t.part == part).for_each(|t| t.due = last);
                    }
                    _ => {
                        let goes = |t: &Tell| match kind {
                            Kind::Submission => t.part == part,
                            Kind::Reply | Kind::State => t.kind == kind && t.due <= due,
                        };
                        let parts = waiting.iter().filter(|t| goes(t)).map(|t| t.part).collect();
                        waiting.retain(|t| !goes(t));
                        // An undo can make the rest of a burst overdue.
                        let at = due.max(self.now);
                        self.sent.push(Sent { at, ticket: *id, parts });
                    }
                }
            }
        }
        self.now = now;
    }

    pub fn ledger_only_grows(&mut self, view: &TicketView) -> TestCaseResult {
        let now: BTreeMap<DeliveryId, Status> =
            view.deliveries.iter().map(|d| (d.id, d.status)).collect();
        prop_assert_eq!(view.deliveries.len(), 3 * view.parts.len());
        for row in view.deliveries.iter().filter(|d| d.channel == Channel::Email) {
            if let Some(old) = self.ledger.get(&row.id).filter(|s| !s.is_pending()) {
                prop_assert_eq!(*old, row.status, "what ended stays ended: {:?}", row);
            }
            if row.status == Status::Suppressed && row.message_id.is_some() {
                let told = self.sent.iter().any(|s| s.parts.contains(&row.part_id));
                let rode = row.reason == Some(Reason::Superseded);
                prop_assert_eq!(told, rode, "{:?}", row);
            }
            let waits = self.waiting.get(&view.ticket.id).into_iter().flatten();
            let waits = waits.filter(|t| t.part == row.part_id).map(|t| t.due).next();
            prop_assert_eq!(row.status.is_pending(), waits.is_some(), "{:?}", row);
            prop_assert_eq!(row.due_at, waits.or(row.due_at), "{:?}", row);
        }
        self.ledger.extend(now);
        Ok(())
    }

    /// Nothing lost, nothing told twice, nothing told to anyone else.
    pub fn compare(&mut self, bench: &Bench, story: &Story<'_>) -> TestCaseResult {
        let mut ledger = Vec::new();
        let mut mails: BTreeMap<String, Mail> = BTreeMap::new();
        for mail in bench.all_mails() {
            let twice = mails.insert(mail.message_id.clone(), mail);
            prop_assert!(twice.is_none(), "the same Message-ID twice");
        }
        let count = mails.len();
        for id in &story.tickets {
            let view = bench.ticket(*id);
            let emails = view.deliveries.iter().filter(|d| d.channel == Channel::Email);
            for row in emails.clone() {
                prop_assert!(!row.status.is_pending(), "{:?} waits for ever", row);
                if row.status != Status::Sent {
                    continue;
                }
                let mut parts: Vec<PartId> = emails
                    .clone()
                    .filter(|d| d.carried_by == Some(row.id))
                    .map(|d| d.part_id)
                    .chain([row.part_id])
                    .collect();
                parts.sort();
                let message_id = row.message_id.clone().unwrap_or_default();
                let mail = mails.remove(&message_id);
                prop_assert!(mail.is_some(), "{:?} is not in the outbox", row);
                let mail = mail.unwrap();
                let contact = story.customer(row.contact_id.unwrap());
                prop_assert_eq!(Some(mail.to.as_str()), contact.email.as_ref().map(|e| e.as_str()));
                prop_assert_eq!(mail.at, row.sent_at.unwrap());
                for part in view.parts.iter().filter(|p| parts.contains(&p.id)) {
                    let told = part.event == Event::Reply;
                    if let Some(body) = part.body.as_ref().filter(|_| told) {
                        prop_assert!(mail.text.contains(body), "{} not in {}", body, mail.text);
                    }
                }
                ledger.push(Sent { at: mail.at, ticket: *id, parts });
            }
        }
        prop_assert!(mails.is_empty(), "mails nobody knows of: {:?} of {}", mails, count);
        ledger.sort();
        self.sent.iter_mut().for_each(|s| s.parts.sort());
        self.sent.sort();
        prop_assert_eq!(&ledger, &self.sent);
        Ok(())
    }
}

/// N13: 3 minutes after the last reply, never later than 10 minutes after the first.
fn burst(waiting: &mut [Tell]) {
    let replies = || waiting.iter().filter(|t| t.kind == Kind::Reply).map(|t| t.at);
    let (Some(first), Some(last)) = (replies().min(), replies().max()) else { return };
    let due = (last + Duration::minutes(3)).min(first + Duration::minutes(10));
    waiting.iter_mut().filter(|t| t.kind == Kind::Reply).for_each(|t| t.due = due);
}
