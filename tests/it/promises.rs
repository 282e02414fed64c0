//! L3: what a screen promises before an action is what the ledger records after it; and what the
//! ledger records is what the customer gets. Random stories of a desk are played to real tickets
//! and, beside it, to a model of the rule book that knows nothing of the code.

mod book;

use chrono::Duration;
use deskbell::desk::{DeskError, Performed, TicketView};
use deskbell::domain::notify::Facts;
use deskbell::domain::{
    Action, Actor, Channel, Context, Decision, NewPart, NewTicket, Notify, PartId, Refusal, Status,
    TicketId, Time, Verdict, submit,
};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use book::Book;

use crate::support::bench::Bench;
use crate::support::steps::{Step, steps};
use crate::support::story::{self, Act, Story};

proptest! {
    #![proptest_config(story::config(48))]

    #[test]
    fn l3_what_is_promised_is_recorded_and_what_is_recorded_arrives(steps in steps()) {
        play(&steps)?;
    }
}

fn play(steps: &[Step]) -> TestCaseResult {
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
        waiting_states: &[],
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
        let NewPart { author, event, body, files, plan } = promise;
        prop_assert_eq!((&part.author, &part.event, &part.body), (author, event, body));
        prop_assert_eq!(&part.files, files);
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
