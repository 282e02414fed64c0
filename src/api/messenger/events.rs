//! A customer's changes as they happen (server-sent events).
//!
//! A look is taken whenever the desk changes, and something is sent only when what this customer sees
//! is not what it was: of others and of the team's work not even the moment shows.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderName;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior};
use utoipa::ToSchema;

use super::shape::Shown;
use crate::api::streams::Place;
use crate::api::{ApiError, App, Customer};
use crate::desk::DeskError;
use crate::domain::messenger::Thread;
use crate::domain::{Messenger, project};

/// How often a sign of life goes out, whatever happens.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Changes that come within this time of one another are one look.
const TOGETHER: Duration = Duration::from_millis(60);

/// What is sent, as `event: messenger`: at once, and whenever it has changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = messenger_change)]
pub(super) struct Change {
    #[serde(flatten)]
    shown: Shown,
    /// The tickets that show something else than before, or that are not there any more.
    changed: Vec<String>,
}

/// Changes of what this customer sees, as they happen.
#[utoipa::path(
    get,
    path = "/messenger/events",
    tag = "messenger",
    responses((
        status = 200,
        // A schema here would be one of the whole event; its data is what has a shape.
        description = "Server-sent events named `messenger`, the first at once, whose data is \
                       JSON: `badge`, `recent_tickets`, and the ids that have `changed`. It ends \
                       when the token does; begin again then, or when it breaks.",
        content_type = "text/event-stream"
    ))
)]
pub(super) async fn stream(app: State<App>, customer: Customer) -> Result<Response, ApiError> {
    let place = app.streams().enter(customer.token).ok_or_else(|| {
        ApiError::too_many("This token has 8 streams open already. Close one of them first.")
    })?;
    let changes = app.changes().await?;
    let mut heart = tokio::time::interval(HEARTBEAT);
    heart.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first tick is at once.
    heart.tick().await;
    let watcher =
        Watcher { app: app.0.clone(), customer, changes, heart, known: None, _place: place };
    // nginx hands events on as they come only if it is told to.
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), "no")];
    Ok((unbuffered, Sse::new(watcher.events())).into_response())
}

/// All that a customer sees, thread by thread.
type Seen = (Messenger, Vec<Thread>);

struct Watcher {
    app: App,
    customer: Customer,
    changes: watch::Receiver<u64>,
    heart: Interval,
    known: Option<Seen>,
    _place: Place,
}

impl Watcher {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut watcher| async move {
            let event = watcher.next().await?;
            Some((Ok(event), watcher))
        })
    }

    /// The next thing to be sent; `None` when the stream ends.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.known.is_some() {
                tokio::select! {
                    biased;
                    () = self.app.stopped() => return None,
                    _ = self.heart.tick() => {
                        return self.is_good().await.then(|| Event::default().comment(""));
                    }
                    changed = self.changes.changed() => changed.ok()?,
                }
                tokio::time::sleep(TOGETHER).await;
                self.changes.mark_unchanged();
            }
            if !self.is_good().await {
                return None;
            }
            // A desk that cannot be read now can be at the next change.
            if let Some(event) = self.look().await.unwrap_or_default() {
                return Some(event);
            }
            self.known.as_ref()?;
        }
    }

    async fn is_good(&self) -> bool {
        let token = self.customer.token;
        self.app.blocking(move |desk, now| desk.is_token_good(token, now)).await.unwrap_or(false)
    }

    async fn look(&mut self) -> Result<Option<Event>, ApiError> {
        let desk = self.customer.desk.clone();
        let now = self.app.blocking(move |_, _| seen(&desk)).await?;
        if self.known.as_ref() == Some(&now) {
            return Ok(None);
        }
        let change = Change {
            changed: self
                .known
                .as_ref()
                .map(|before| changed(&before.1, &now.1))
                .unwrap_or_default(),
            shown: Shown::of(&now.0),
        };
        self.known = Some(now);
        Ok(Event::default().event("messenger").json_data(change).ok())
    }
}

fn seen(desk: &crate::desk::CustomerDesk) -> Result<Seen, DeskError> {
    let threads = desk.threads()?;
    let each = threads.iter().filter_map(|thread| {
        let id = thread.ticket()?.id();
        project(std::slice::from_ref(thread), Some(id)).thread
    });
    Ok((project(&threads, None), each.collect()))
}

/// The tickets that are in one and not, or not the same, in the other.
fn changed(before: &[Thread], now: &[Thread]) -> Vec<String> {
    let gone = before.iter().filter(|b| now.iter().all(|n| n.id != b.id));
    let other = now.iter().filter(|n| !before.contains(n));
    gone.chain(other).map(|thread| thread.id.0.to_string()).collect()
}
