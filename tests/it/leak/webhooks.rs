//! The same for webhooks that are not internal: what each would be told, body by body. Each message
//! is about one customer's ticket, and holds what that customer may see and no more.

use std::collections::BTreeSet;

use deskbell::api::webhooks::item;
use deskbell::desk::webhooks::{Subject, Told};
use deskbell::domain::Topic;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use super::Forbidden;
use crate::support::story::Story;

/// Registers the webhook that [`messages`] listens as; before the story, so that it hears all of it.
pub(super) fn register(story: &Story<'_>) {
    let heard: Vec<Topic> = Topic::ALL.into_iter().filter(|t| !t.is_internal()).collect();
    let desk = &story.bench.desk;
    desk.add_webhook("https://hooks.example/", &heard, false, story.bench.now()).unwrap();
}

pub(super) fn messages(story: &Story<'_>) -> TestCaseResult {
    let (desk, now) = (&story.bench.desk, story.bench.now());
    let (mut told, mut heard_of) = (String::new(), BTreeSet::new());
    loop {
        let errands = desk.claim_errands("leak", now).unwrap();
        if errands.is_empty() {
            break;
        }
        for errand in errands {
            let body = item(&errand.subject).to_string();
            if let Subject::Shared { contact, .. } = &errand.subject {
                Forbidden::now(story, contact.id).search("a webhook's message", &body)?;
                prop_assert!(errand.row.topic.is_some_and(|t| !t.is_internal()));
            } else {
                prop_assert!(matches!(errand.subject, Subject::Ping), "it heard the team's own");
            }
            told += &body;
            heard_of.extend(errand.row.ticket_id);
            desk.record_errand("leak", &errand.row, &Told::Done, now).unwrap();
        }
    }
    // What customers were told and may still see is there: the search would find it.
    for said in story.told.iter().filter(|t| !t.title && heard_of.contains(&t.ticket)) {
        let shared = story.bench.ticket(said.ticket).ticket.shared;
        prop_assert!(!shared || told.contains(&said.text), "{:?} is in no message", said);
    }
    Ok(())
}
