//! The background task of webhooks: claims what is due, tells it, records what became of it. It
//! turns beside the worker of mails, and any number of them may turn on one desk.

use std::time::Duration;

use anyhow::Context as _;
use rand::RngExt;
use serde_json::{Value, json};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::MissedTickBehavior;

use crate::clock::Clock;
use crate::desk::webhooks::{Errand, Subject, Told};
use crate::desk::{Desk, DeskError};
use crate::domain::webhook::PING;
use crate::domain::{Time, Topic};
use crate::hook::post::Answer;
use crate::hook::sign::sign;
use crate::hook::{Post, Target};

/// How long it rests at most before it looks again, in real time.
const REST: Duration = Duration::from_secs(30);
/// How long it rests at least between two looks, whatever happens.
const BREATH: Duration = Duration::from_millis(50);

/// What a receiver reads of a ticket: `data.item` of its message.
pub type Item = fn(&Subject) -> Value;

/// A worker on one desk.
#[derive(Debug, Clone)]
pub struct WebhookWorker {
    desk: Desk,
    post: Post,
    private_hosts: Vec<String>,
    item: Item,
    name: String,
}

impl WebhookWorker {
    /// `private_hosts` are the hosts that the configuration names (`webhooks.private_hosts`).
    #[must_use]
    pub fn new(desk: Desk, post: Post, private_hosts: Vec<String>, item: Item) -> Self {
        let name = format!("{}-{:08x}", std::process::id(), rand::rng().random::<u32>());
        Self { desk, post, private_hosts, item, name }
    }

    /// Tells all that is due at `now`: webhooks beside one another, the messages of each in the
    /// order of what happened. Gives how many were taken.
    ///
    /// # Errors
    /// What the desk says. A receiver's trouble is no error: it is in the webhook's log.
    pub async fn turn(&self, now: Time) -> anyhow::Result<usize> {
        let mut taken = 0;
        loop {
            let (desk, name) = (self.desk.clone(), self.name.clone());
            let errands = blocking(move || match desk.has_errands(now)? {
                true => desk.claim_errands(&name, now),
                false => Ok(Vec::new()),
            })
            .await?;
            if errands.is_empty() {
                return Ok(taken);
            }
            let mut under_way = JoinSet::new();
            for errand in errands {
                let worker = self.clone();
                under_way.spawn(async move { worker.run_errand(errand, now).await });
            }
            while let Some(done) = under_way.join_next().await {
                taken += usize::from(done.context("A telling ended early")??);
            }
        }
    }

    /// Tells one thing. True when it was taken.
    async fn run_errand(&self, errand: Errand, now: Time) -> anyhow::Result<bool> {
        // Asked again: the configuration may have changed since it was registered.
        let told = match Target::parse(&errand.url, &self.private_hosts) {
            Err(words) => Told::NotNow { words },
            Ok(target) => {
                let body = self.body(&errand);
                let signature = sign(&errand.secret, &errand.row.uid, now, &body);
                match self.post.send(&target, &signature, body).await {
                    Answer::Taken => Told::Done,
                    Answer::Gone => Told::Gone { words: "it answered 410: gone".into() },
                    Answer::Not(words) => Told::NotNow { words },
                }
            }
        };
        tracing::info!(webhook = errand.row.webhook_id.0, row = errand.row.id, ?told, "webhook");
        let taken = told == Told::Done;
        let (desk, name) = (self.desk.clone(), self.name.clone());
        let recorded = blocking(move || desk.record_errand(&name, &errand.row, &told, now)).await;
        if let Err(e) = recorded {
            tracing::warn!(%e, "what a telling came to was not recorded");
        }
        Ok(taken)
    }

    /// A message, as the API's clients know it. On a second attempt it says what is true then.
    fn body(&self, errand: &Errand) -> Vec<u8> {
        let row = &errand.row;
        let message = json!({
            "type": "notification_event",
            "id": row.uid,
            "topic": row.topic.map_or(PING, Topic::code),
            "created_at": row.at.timestamp(),
            "delivery_attempts": row.attempts,
            "data": { "type": "notification_event_data", "item": (self.item)(&errand.subject) },
        });
        message.to_string().into_bytes()
    }

    /// Turns until `stop` says so: when something falls due, and when the desk has changed.
    ///
    /// # Errors
    /// What the desk says, when it can no longer be used at all.
    pub async fn run(self, clock: Clock, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        let mut changes = self.desk.changes()?;
        let mut breath = tokio::time::interval(BREATH);
        breath.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tokio::pin!(stop);
        loop {
            breath.tick().await;
            changes.mark_unchanged();
            if let Err(e) = self.turn(clock.now()).await {
                // A desk that is locked for a while is no reason to stop.
                tracing::warn!("{e:#}");
            }
            let desk = self.desk.clone();
            let next = blocking(move || desk.next_errand()).await.unwrap_or_default();
            let rest = next.map_or(REST, |at| clock.until(at).min(REST)).max(BREATH);
            tokio::select! {
                biased;
                () = &mut stop => return Ok(()),
                changed = changes.changed() => if changed.is_err() { return Ok(()) },
                () = tokio::time::sleep(rest) => {}
            }
        }
    }
}

async fn blocking<R: Send + 'static>(
    f: impl FnOnce() -> Result<R, DeskError> + Send + 'static,
) -> anyhow::Result<R> {
    Ok(spawn_blocking(f).await.context("A task of the webhooks ended early")??)
}
