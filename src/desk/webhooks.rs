//! Webhooks: who is told, and each telling from claim to outcome. No network here.
//!
//! What must hold: a row is written in the transaction of its part; it is in one process's hands
//! at a time, and the attempt is counted before it is made; when it falls due it is asked again
//! whether the webhook may still hear it (N6, U1); one that is not internal is given a
//! [`SharedThread`] and nothing else (V7). A row whose process was lost between the telling and
//! the recording is told again under the same name, so its receiver can tell.

use chrono::Duration;
use rand::RngExt;

use crate::desk::ticket_types::{TypedTicket, typed};
use crate::desk::{Desk, DeskError, Policy};
use crate::domain::delivery::retry_at;
use crate::domain::{
    Contact, DeliveryId, SharedThread, Status, Time, Topic, Webhook, WebhookDelivery, WebhookId,
    Withheld, webhook,
};
use crate::store::webhooks::{self, End};
use crate::store::{Tx, contact_cards};

/// How long a claim holds: longer than a telling can take.
const LEASE: Duration = Duration::minutes(2);

/// What a webhook is told of.
#[derive(Debug, Clone)]
pub enum Subject {
    /// Only that it is registered.
    Ping,
    /// What the customer sees, and who that is.
    Shared { thread: Box<SharedThread>, contact: Contact, external_id: Option<String> },
    /// The ticket as the team sees it: for internal webhooks alone.
    Internal { ticket: Box<TypedTicket>, external_id: Option<String> },
}

/// A telling that is this process's to make.
#[derive(Debug, Clone)]
pub struct Errand {
    pub row: WebhookDelivery,
    pub url: String,
    /// What it is signed with.
    pub secret: [u8; 32],
    pub subject: Subject,
}

/// What a telling came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    Done,
    /// To be tried again.
    NotNow {
        words: String,
    },
    /// The receiver wants no more of it (HTTP 410): the webhook is removed.
    Gone {
        words: String,
    },
}

impl Desk {
    /// Registers a webhook and queues its ping. Gives the secret that it checks signatures with.
    ///
    /// # Errors
    /// [`DeskError::Other`] when a topic is the team's own and the webhook is not, or this desk has
    /// no key; or the store's.
    pub fn add_webhook(
        &self,
        url: &str,
        topics: &[Topic],
        internal: bool,
        now: Time,
    ) -> Result<(Webhook, [u8; 32]), DeskError> {
        if let Some(topic) = topics.iter().find(|t| t.is_internal() && !internal) {
            return Err(DeskError::Other(format!(
                "{} is the team's own and goes to internal webhooks only. Leave it out, or add --internal.",
                topic.code()
            )));
        }
        let mut topics = topics.to_vec();
        topics.sort_unstable();
        topics.dedup();
        let url = url.to_owned();
        let hook = self.store().write(move |tx| {
            let id = webhooks::insert(tx, &url, &topics, internal, now)?;
            webhooks::ping(tx, id, &uid(), now)?;
            webhooks::load(tx, id)?.ok_or_else(|| none(id))
        })?;
        let secret = self.webhook_secret(hook.id)?;
        Ok((hook, secret))
    }

    /// The secret of a webhook: made from the desk's key and the webhook's number, so a copy of the
    /// database does not hold it.
    ///
    /// # Errors
    /// [`DeskError::Other`] when this desk has no key.
    pub fn webhook_secret(&self, id: WebhookId) -> Result<[u8; 32], DeskError> {
        let none = || DeskError::Other("This desk has no key to sign webhooks with.".into());
        Ok(self.policy().key.as_deref().ok_or_else(none)?.webhook_secret(id))
    }

    /// All webhooks, removed ones too.
    ///
    /// # Errors
    /// The store's.
    pub fn webhooks(&self) -> Result<Vec<Webhook>, DeskError> {
        self.store().read(|tx| Ok(webhooks::all(tx)?))
    }

    /// Removes a webhook: it is told nothing more. Its rows stay.
    ///
    /// # Errors
    /// [`DeskError::Other`] when there is none, or the store's.
    pub fn remove_webhook(&self, id: WebhookId, now: Time) -> Result<(), DeskError> {
        self.store().write(move |tx| match webhooks::remove(tx, id, now)? {
            true => Ok(()),
            false => Err(none(id)),
        })
    }

    /// Queues a ping.
    ///
    /// # Errors
    /// [`DeskError::Other`] when there is no such webhook, or the store's.
    pub fn ping_webhook(&self, id: WebhookId, now: Time) -> Result<(), DeskError> {
        self.store().write(move |tx| {
            present(tx, id)?;
            Ok(webhooks::ping(tx, id, &uid(), now)?)
        })
    }

    /// What a webhook was told, newest first, at most `limit` rows.
    ///
    /// # Errors
    /// [`DeskError::Other`] when there never was such a webhook, or the store's.
    pub fn webhook_deliveries(
        &self,
        id: WebhookId,
        limit: usize,
    ) -> Result<Vec<WebhookDelivery>, DeskError> {
        self.store().read(move |tx| {
            webhooks::load(tx, id)?.ok_or_else(|| none(id))?;
            Ok(webhooks::of(tx, id, limit)?)
        })
    }

    /// Puts the rows of a webhook that failed for good back into the queue, and ends its pause.
    /// Gives how many.
    ///
    /// # Errors
    /// [`DeskError::Other`] when there is no such webhook, or the store's.
    pub fn resend_webhook(&self, id: WebhookId, now: Time) -> Result<usize, DeskError> {
        self.store().write(move |tx| {
            present(tx, id)?;
            Ok(webhooks::requeue(tx, id, now)?)
        })
    }

    /// When a telling falls due next; `None` when none waits.
    ///
    /// # Errors
    /// The store's.
    pub fn next_errand(&self) -> Result<Option<Time>, DeskError> {
        self.store().read(|tx| Ok(webhooks::next_wake(tx)?))
    }

    /// Whether a telling is due. Asked before claiming: a claim says "look again" to all, so one that
    /// finds nothing would never come to rest.
    ///
    /// # Errors
    /// The store's.
    pub fn has_errands(&self, now: Time) -> Result<bool, DeskError> {
        self.store().read(move |tx| Ok(!webhooks::due(tx, now)?.is_empty()))
    }

    /// Claims the tellings that are due, one per webhook. What is not wanted any more is let go of.
    ///
    /// # Errors
    /// The store's, or [`DeskError::Other`] when this desk has no key.
    pub fn claim_errands(&self, who: &str, now: Time) -> Result<Vec<Errand>, DeskError> {
        let (who, policy) = (who.to_owned(), self.policy().clone());
        let claimed = self.store().write(move |tx| {
            let mut claimed = Vec::new();
            // Asked again and again: behind a row that is let go of the next one is due. Each row
            // leaves what is due, this way or that.
            loop {
                let due = webhooks::due(tx, now)?;
                if due.is_empty() {
                    return Ok::<_, DeskError>(claimed);
                }
                for id in due {
                    claimed.extend(claim(tx, &policy, &who, id, now)?);
                }
            }
        })?;
        claimed
            .into_iter()
            .map(|(row, url, subject)| {
                let secret = self.webhook_secret(row.webhook_id)?;
                Ok(Errand { row, url, secret, subject })
            })
            .collect()
    }

    /// Records what a telling came to. A failure lets the webhook rest until that row is tried
    /// again, as retries of mail are spaced; one that has failed for three days is failed.
    ///
    /// # Errors
    /// [`DeskError::Other`] when the lease has passed to another process, or the store's.
    pub fn record_errand(
        &self,
        who: &str,
        row: &WebhookDelivery,
        told: &Told,
        now: Time,
    ) -> Result<Status, DeskError> {
        let (who, row, told) = (who.to_owned(), row.clone(), told.clone());
        self.store().write(move |tx| {
            let first_due = webhooks::first_due(tx, row.id)?.unwrap_or(row.at);
            let retry = retry_at(DeliveryId(row.id), row.attempts, first_due, now);
            let (status, words, pause) = match told {
                Told::Done => (Status::Sent, None, None),
                Told::NotNow { words } => match retry {
                    Some(at) => (Status::Retrying, Some(words), Some(at)),
                    // The next row is tried as this one was.
                    None => (Status::Failed, Some(words), Some(now + Duration::hours(1))),
                },
                Told::Gone { words } => {
                    webhooks::remove(tx, row.webhook_id, now)?;
                    (Status::Failed, Some(words), Some(now))
                }
            };
            let end = End {
                status,
                sent_at: (status == Status::Sent).then_some(now),
                due_at: pause.filter(|_| status == Status::Retrying),
                words,
            };
            if !webhooks::settle(tx, row.id, &who, &end)? {
                return Err(DeskError::Other("Another process has taken this over.".into()));
            }
            webhooks::note_health(tx, row.webhook_id, pause, now)?;
            Ok(status)
        })
    }
}

/// Claims a row, with what its webhook is told; `None` when it is let go of.
fn claim(
    tx: &mut dyn Tx,
    policy: &Policy,
    who: &str,
    id: i64,
    now: Time,
) -> Result<Option<(WebhookDelivery, String, Subject)>, DeskError> {
    let claimed = webhooks::claim(tx, id, who, now + LEASE, now)?;
    let row = claimed.ok_or_else(|| DeskError::Other("A telling that is due is not.".into()))?;
    let hook = webhooks::load(tx, row.webhook_id)?.ok_or_else(|| none(row.webhook_id))?;
    let subject = match row.ticket_id {
        Some(ticket) => match typed(tx, policy, ticket) {
            Ok(typed) => {
                let card = match &typed.view.contact {
                    Some(contact) => contact_cards::load(tx, contact.id)?,
                    None => None,
                };
                subject(&hook, &row, typed, card.and_then(|c| c.external_id))
            }
            Err(DeskError::NoTicket(_)) => Err(Withheld::Deleted),
            Err(e) => return Err(e),
        },
        None if hook.removed_at.is_some() => Err(Withheld::Removed),
        None => Ok(Subject::Ping),
    };
    match subject {
        Ok(subject) => Ok(Some((row, hook.url, subject))),
        Err(why) => {
            webhooks::withhold(tx, id, why)?;
            Ok(None)
        }
    }
}

/// What a webhook may be told of this ticket now, or why it is told nothing.
fn subject(
    hook: &Webhook,
    row: &WebhookDelivery,
    typed: TypedTicket,
    external_id: Option<String>,
) -> Result<Subject, Withheld> {
    let view = &typed.view;
    let part = view.parts.iter().find(|p| Some(p.id) == row.part_id);
    let withdrawn = part.is_none_or(|p| p.withdrawn_at.is_some());
    if let Some(why) = webhook::withheld(hook, &view.ticket, withdrawn) {
        return Err(why);
    }
    if hook.internal {
        return Ok(Subject::Internal { ticket: Box::new(typed), external_id });
    }
    let view = typed.view;
    let contact = view.contact.ok_or(Withheld::NotSharedAnyMore)?;
    let thread = SharedThread::new(view.ticket, view.parts, view.seen_at);
    let thread = thread.ok_or(Withheld::NotSharedAnyMore)?;
    Ok(Subject::Shared { thread: Box::new(thread), contact, external_id })
}

fn none(id: WebhookId) -> DeskError {
    DeskError::Other(format!("There is no webhook {}.", id.0))
}

fn present(tx: &mut dyn Tx, id: WebhookId) -> Result<(), DeskError> {
    match webhooks::load(tx, id)? {
        Some(hook) if hook.removed_at.is_none() => Ok(()),
        Some(_) | None => Err(none(id)),
    }
}

/// A new name for a telling: 96 random bits.
pub(super) fn uid() -> String {
    let mut rng = rand::rng();
    format!("notif_{:016x}{:08x}", rng.random::<u64>(), rng.random::<u32>())
}
