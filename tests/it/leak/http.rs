//! The same over HTTP: each customer's route, the stream of events, the page's files, and what the
//! team's routes say to a customer; bodies, headers and errors alike, byte by byte.

use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::body::Body;
use deskbell::api::{App, Hosts, router};
use deskbell::clock::Clock;
use deskbell::desk::tokens::Principal;
use deskbell::domain::Contact;
use futures_util::StreamExt as _;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tower_service::Service as _;

use super::Forbidden;
use crate::support::bench::Bench;
use crate::support::http::{Answer, Http};
use crate::support::story::Story;

fn token(bench: &Bench, contact: &Contact) -> String {
    let whose = Principal::Contact(contact.clone());
    bench.desk.new_token(whose, None, bench.now()).unwrap().token
}

/// All that went over the wire.
fn raw(answer: &Answer) -> String {
    let body = String::from_utf8_lossy(&answer.body);
    format!("{}\n{:?}\n{body}", answer.status, answer.headers)
}

pub(super) fn answers(story: &Story<'_>) -> TestCaseResult {
    let http = Http::new(story.bench);
    let mut numbers: Vec<i64> = story.tickets.iter().map(|id| id.0).collect();
    numbers.push(999_999);
    for customer in &story.customers {
        let forbidden = Forbidden::now(story, customer.id);
        let token = token(story.bench, customer);
        let mut read = String::new();
        let mut look = |what: &str, answer: &Answer| {
            let raw = raw(answer);
            read += &raw;
            prop_assert!(answer.status < 500, "{}: {}", what, raw);
            forbidden.search(what, &raw)
        };
        for path in ["/messenger", "/messenger/logo", "/messenger/nowhere", "/openapi.json"] {
            look(path, &http.get(path, &token))?;
        }
        let search = json!({ "query": { "field": "title", "operator": "~", "value": "" } });
        look("search", &http.post("/tickets/search", &token, &search))?;
        for path in ["/me", "/admins", "/contacts/1", "/contacts/2", "/ticket_types", "/tags"] {
            look(path, &http.get(path, &token))?;
        }
        for n in &numbers {
            let path = format!("/messenger/tickets/{n}");
            // Refused before anything is recorded, whoever's it is.
            look("a reply", &http.post(&format!("{path}/reply"), &token, &json!({ "body": " " })))?;
            look("a body", &http.post_raw(&format!("{path}/reply"), &token, b"{"))?;
            for file in 0..3 {
                look("a file", &http.get(&format!("{path}/files/{file}"), &token))?;
            }
            look("the team's ticket", &http.get(&format!("/tickets/{n}"), &token))?;
            look(&path, &http.get(&path, &token))?;
            look(&path, &http.get(&format!("{path}?seen=true"), &token))?;
        }
        for path in ["/messenger/app.js", "/messenger/net.js", "/messenger/draw.js"] {
            look(path, &http.get(path, ""))?;
        }
        // What they were told and may still see is there: the search would find it.
        for told in story.told.iter().filter(|t| t.contact == customer.id && !t.title) {
            let shared = story.bench.ticket(told.ticket).ticket.shared;
            prop_assert_eq!(read.contains(&told.text), shared, "{:?}", told);
        }
    }
    Ok(())
}

/// A stream of events of each customer, open while the story goes on.
pub(super) struct Streams {
    stop: CancellationToken,
    heard: Arc<Mutex<Vec<(Contact, String)>>>,
    thread: JoinHandle<()>,
}

impl Streams {
    pub(super) fn open(story: &Story<'_>) -> Self {
        let stop = CancellationToken::new();
        let clock = Clock::frozen(story.bench.now());
        let app = App::new(story.bench.desk.clone(), clock, Hosts::new(true, &[]));
        let app = app.until(stop.clone());
        let known: Vec<Contact> = story.customers.iter().filter(|c| c.id.0 != 0).cloned().collect();
        let asked: Vec<(Contact, String)> =
            known.into_iter().map(|c| (c.clone(), token(story.bench, &c))).collect();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&heard);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let streams = asked.into_iter().map(|(contact, token)| {
                    let (app, all) = (app.clone(), Arc::clone(&all));
                    async move {
                        let request = Http::request("GET", "/messenger/events", &token);
                        let request = request.body(Body::empty()).unwrap();
                        let response = router(app).call(request).await.unwrap();
                        let mut body = response.into_body().into_data_stream();
                        while let Some(Ok(bytes)) = body.next().await {
                            let text = String::from_utf8_lossy(&bytes).into_owned();
                            all.lock().unwrap().push((contact.clone(), text));
                        }
                    }
                });
                futures_util::future::join_all(streams).await;
            });
        });
        Self { stop, heard, thread }
    }

    /// Nothing that came was ever another's or the team's.
    pub(super) fn held_against(self, story: &Story<'_>) -> TestCaseResult {
        // The last look is taken a moment after the last change.
        std::thread::sleep(Duration::from_millis(300));
        self.stop.cancel();
        self.thread.join().unwrap();
        let heard = self.heard.lock().unwrap();
        for customer in story.customers.iter().filter(|c| c.id.0 != 0) {
            let theirs: Vec<&str> = heard
                .iter()
                .filter(|(c, _)| c.id == customer.id)
                .map(|(_, t)| t.as_str())
                .collect();
            prop_assert!(!theirs.is_empty(), "the stream of {} said nothing", customer.name);
            Forbidden::to(story, customer.id).search("the stream of events", &theirs.concat())?;
        }
        Ok(())
    }
}
