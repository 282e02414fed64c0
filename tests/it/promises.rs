//! L3: what a screen promises before an action is what the ledger records after it; and what the
//! ledger records is what the customer gets. Random stories of a desk are played to real tickets
//! and, beside it, to a model of the rule book that knows nothing of the code.

use std::collections::BTreeMap;

use chrono::Duration;
use deskbell::desk::{DeskError, Performed, TicketView};
use deskbell::domain::notify::Facts;
use deskbell::domain::{
    Action, Actor, Author, Channel, Context, Decision, DeliveryId, Event, NewPart, NewTicket,
    Notify, PartId, Reason, Refusal, Status, TicketId, Time, Verdict, submit,
};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::support::bench::{Bench, Mail};
use crate::support::story::{self, Act, Story, steps};

proptest! {
    #![proptest_config(story::config(48))]

    #[test]
    fn l3_what_is_promised_is_recorded_and_what_is_recorded_arrives(steps in steps()) {
        play(&steps)?;
    }
}

fn play(steps: &[story::Step]) -> TestCaseResult {
    let bench = Bench::new();
    let mut story = Story::begin(&bench);
    let mut book = Book::default();
    for id in story.tickets.clone() {
        book.told(&bench, id, PartId(0));
    }
    for step in steps {
        let act = story.act(step);
        match &act {
            Act::Wait(time) => {
                bench.advance(*time);
                book.pass(bench.now());
            }
            Act::Perform { actor, id, action } => {
                let before = bench.ticket(*id);
                let promise = promised(&bench, &before, actor, action);
                let result = story.perform(actor, *id, action);
                if let Some(done) = kept(&act, promise, result)? {
                    recorded(&bench, Some(&before), &done)?;
                    book.performed(&bench, &before, action);
                }
            }
            Act::Submit { actor, new } => {
                let promise = promised_ticket(new, actor, bench.now());
                let result = story.submit(actor, new);
                let promise = promise.map(|mut decision| {
                    if let Ok(done) = &result {
                        decision.ticket.id = done.id;
                    }
                    decision
                });
                if let Some(done) = kept(&act, promise, result)? {
                    recorded(&bench, None, &done)?;
                    book.told(&bench, done.id, PartId(0));
                }
            }
            Act::Undo(id) => {
                let before = bench.ticket(*id);
                let promise = before.undo(bench.now());
                match (promise, bench.mara().tries_to_undo(*id)) {
                    (Ok(promise), Ok(done)) => {
                        prop_assert_eq!(&promise, &done);
                        book.undone(&before, done.part)?;
                        undone_rows(&bench, *id, done.part)?;
                    }
                    (Err(promise), Err(refusal)) => {
                        prop_assert_eq!(promise.to_string(), refusal.to_string());
                    }
                    (promise, done) => prop_assert!(false, "{:?} but {:?}", promise, done),
                }
            }
            Act::Open { contact, id } => {
                let ticket = bench.ticket(*id).ticket;
                let theirs = ticket.as_shared().is_some() && ticket.contact == Some(*contact);
                let opened = bench.desk.seen(*contact, *id, bench.now());
                prop_assert_eq!(opened.is_ok(), theirs);
                if theirs {
                    book.seen(*id);
                }
            }
        }
        // No two things happen in the same millisecond.
        bench.advance(Duration::milliseconds(1));
        book.pass(bench.now());
        for id in &story.tickets {
            book.ledger_only_grows(&bench.ticket(*id))?;
        }
    }
    bench.advance(Duration::days(1));
    book.pass(bench.now());
    book.compare(&bench, &story)
}

fn promised(
    bench: &Bench,
    view: &TicketView,
    actor: &Actor,
    action: &Action,
) -> Result<Decision, Refusal> {
    match action {
        Action::Link(other) => {
            let other_links = bench.ticket(other.id).links;
            view.decide_with(action, actor, &other_links, Notify::Tell, bench.now())
        }
        _ => view.decide(action, actor, bench.now()),
    }
}

fn promised_ticket(new: &NewTicket, actor: &Actor, now: Time) -> Result<Decision, Refusal> {
    let facts = Facts {
        contact: new.contact.as_ref(),
        grace: Duration::seconds(10),
        waiting_replies: &[],
        notify: Notify::Tell,
    };
    submit(TicketId(0), new, actor, &Context { facts, links: &[], other_links: &[] }, now)
}

/// A refusal was promised exactly where one came, in the same words; else the decision is the same.
fn kept(
    act: &Act,
    promise: Result<Decision, Refusal>,
    result: Result<Performed, DeskError>,
) -> Result<Option<Performed>, TestCaseError> {
    match (promise, result) {
        (Ok(promise), Ok(done)) => {
            prop_assert_eq!(&promise, &done.decision, "{:?}", act);
            Ok(Some(done))
        }
        (Err(promise), Err(DeskError::Refused(refusal))) => {
            prop_assert_eq!(promise.to_string(), refusal.to_string(), "{:?}", act);
            Ok(None)
        }
        (promise, result) => {
            prop_assert!(false, "{:?}: promised {:?}, got {:?}", act, promise, result);
            Ok(None)
        }
    }
}

/// Each part that was promised is there with three rows, and each row says what was promised.
fn recorded(bench: &Bench, before: Option<&TicketView>, done: &Performed) -> TestCaseResult {
    let view = bench.ticket(done.id);
    let known = before.map_or(0, |v| v.parts.len());
    prop_assert_eq!(view.parts.len(), known + done.decision.parts.len());
    prop_assert_eq!(&view.ticket, &done.decision.ticket);
    for (part, promise) in view.parts[known..].iter().zip(&done.decision.parts) {
        let NewPart { author, event, body, plan } = promise;
        prop_assert_eq!((&part.author, &part.event, &part.body), (author, event, body));
        prop_assert_eq!(part.visible, plan.visible);
        prop_assert_eq!(part.badge, plan.badge.is_due());
        prop_assert_eq!(part.recent, plan.recent.is_due());
        let rows: Vec<_> = view.deliveries.iter().filter(|d| d.part_id == part.id).collect();
        prop_assert_eq!(rows.len(), 3, "three rows a part, always (L1)");
        for (row, (channel, verdict)) in rows.iter().zip([
            (Channel::Badge, plan.badge),
            (Channel::Recent, plan.recent),
            (Channel::Email, plan.email),
        ]) {
            prop_assert_eq!(row.channel, channel);
            prop_assert_eq!(row.at, bench.now());
            prop_assert_eq!(row.contact_id, view.ticket.contact);
            let (status, reason, due_at) = match (verdict, channel) {
                (Verdict::Suppressed(reason), _) => (Status::Suppressed, Some(reason), None),
                (Verdict::Due(at), Channel::Email) => (Status::Due, None, Some(at)),
                (Verdict::Due(_), Channel::Badge | Channel::Recent) => (Status::Sent, None, None),
            };
            prop_assert_eq!((row.status, row.reason, row.due_at), (status, reason, due_at));
            prop_assert_eq!(row.message_id.is_some(), status == Status::Due);
        }
    }
    Ok(())
}

fn undone_rows(bench: &Bench, id: TicketId, part: PartId) -> TestCaseResult {
    for row in bench.ledger(id).iter().filter(|d| d.part_id == part) {
        prop_assert_eq!(row.status, Status::Suppressed);
        prop_assert!(row.due_at.is_none() && row.sent_at.is_none());
    }
    Ok(())
}

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
struct Book {
    waiting: BTreeMap<TicketId, Vec<Tell>>,
    sent: Vec<Sent>,
    now: Time,
    /// How the ledger stood, to see that nothing vanishes and what ended stays ended.
    ledger: BTreeMap<DeliveryId, Status>,
}

impl Book {
    /// Enters the parts of a ticket that came after `known`.
    fn told(&mut self, bench: &Bench, id: TicketId, known: PartId) {
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

    fn performed(&mut self, bench: &Bench, before: &TicketView, action: &Action) {
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
    fn seen(&mut self, id: TicketId) {
        self.waiting.entry(id).or_default().retain(|t| t.kind != Kind::Reply);
    }

    /// U1: only what the customer neither saw nor was mailed about can be taken back.
    fn undone(&mut self, before: &TicketView, part: PartId) -> TestCaseResult {
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
    fn pass(&mut self, now: Time) {
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

    fn ledger_only_grows(&mut self, view: &TicketView) -> TestCaseResult {
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
    fn compare(&mut self, bench: &Bench, story: &Story<'_>) -> TestCaseResult {
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
