//! Mail from claim to outcome, as the ledger sees it. A worker calls these; no network here.
//!
//! What must hold: a row is in one worker's hands at a time; the attempt is counted before it is
//! made; before the message is handed over, that is committed, and the desk asks once more whether
//! the mail is still wanted (N6, N2); so only a mail whose worker was lost between handing over and
//! recording can go twice, with the same bytes, and never a third time (L5).

mod by_hand;
mod letter;

use chrono::Duration;

use crate::desk::load::load_any;
use crate::desk::perform::perform_in;
use crate::desk::{Desk, DeskError, Policy, TicketView, reply_address};
use crate::domain::delivery::retry_at;
use crate::domain::notify::{Pending, Settled, no_longer, settle};
use crate::domain::{
    Action, Actor, Channel, Delivery, DeliveryId, KeptMail, Notify, PartId, Reason, Status,
    TicketId, Time,
};
use crate::mail::transport::Outcome;
use crate::store::deliveries::claims::{self, Outcome as Settlement};
use crate::store::deliveries::{self, riders};
use crate::store::{Tx, mailbox};

use letter::{kept_raw, letter, token_of};

/// How long a claim holds: longer than the longest possible send (RFC 5321 §4.5.3.2).
const LEASE: Duration = Duration::minutes(20);

/// A recipient who is put off is not asked again before this: greylisting wants five minutes.
const GREYLISTED: Duration = Duration::minutes(5);

/// A mail that could not leave because none could is due again after this.
const SPARED: Duration = Duration::seconds(30);
/// Tickets looked at in one go.
const BATCH: usize = 32;

/// A mail that is this worker's to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    pub delivery: DeliveryId,
    pub ticket: TicketId,
    pub message_id: String,
    /// Envelope sender and recipient. The sender names the row, so that a bounce finds it (VERP).
    pub from: String,
    /// From whom it goes where the mail server does not let the desk use `from`.
    pub plain_from: String,
    pub to: String,
    /// The row's signed name in delivery reports (RFC 3461 §4.4).
    pub envelope_id: Option<String>,
    /// The whole message, CRLF line ends.
    pub raw: Vec<u8>,
    attempts: u32,
    lost_answers: u32,
}

/// What a turn at the queue found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claimed {
    pub parcels: Vec<Parcel>,
    /// Mails that turned out not to be wanted any more.
    pub suppressed: usize,
}

/// Why a claimed mail must not go; it is let go of then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Unwanted(Reason),
    /// Its contact has another address by now, and it goes there next.
    Elsewhere,
}

impl Desk {
    /// The tickets that have mail fallen due and in nobody's hands, the longest due first. `known`
    /// of them are known to the caller, who looks for others.
    ///
    /// # Errors
    /// The store's.
    pub fn due_tickets(&self, now: Time, known: usize) -> Result<Vec<TicketId>, DeskError> {
        self.store().read(move |tx| Ok(deliveries::due_tickets(tx, now, BATCH + known)?))
    }

    /// When a worker must look next.
    ///
    /// # Errors
    /// The store's.
    pub fn next_wake(&self) -> Result<Option<Time>, DeskError> {
        self.store().read(|tx| {
            let mail = mailbox::next(tx)?;
            Ok(deliveries::next_wake(tx)?.into_iter().chain(mail).min())
        })
    }

    /// The workers that have claimed rows at present.
    ///
    /// # Errors
    /// The store's.
    pub fn claimants(&self) -> Result<Vec<String>, DeskError> {
        self.store().read(|tx| Ok(claims::claimants(tx)?))
    }

    /// Ends the leases of a worker that is known to be dead.
    ///
    /// # Errors
    /// The store's.
    pub fn end_leases(&self, worker: &str) -> Result<(), DeskError> {
        let worker = worker.to_owned();
        self.store().write(move |tx| Ok(claims::end_leases(tx, &worker)?))
    }

    /// Settles the pending mail of one ticket and claims what is to go now.
    ///
    /// # Errors
    /// The store's.
    pub fn claim(&self, worker: &str, id: TicketId, now: Time) -> Result<Claimed, DeskError> {
        let (worker, policy) = (worker.to_owned(), self.policy().clone());
        self.store().write(move |tx| {
            recover(tx, id, now)?;
            let mut claimed = Claimed::default();
            send_again(tx, &policy, &worker, id, now, &mut claimed)?;
            let view = load_any(tx, &policy, id)?;
            let rows: Vec<&Delivery> = emails(&view).filter(|d| is_free(d)).collect();
            let pending: Vec<Pending<'_>> = rows.iter().filter_map(|d| view.pending(d)).collect();
            let verdicts = settle(&view.ticket, view.contact.as_ref(), view.seen_at, &pending, now);
            for (id, verdict) in &verdicts {
                match verdict {
                    Settled::Suppress(reason) => {
                        deliveries::suppress(tx, *id, *reason)?;
                        claimed.suppressed += 1;
                    }
                    Settled::Wait(until) => deliveries::postpone(tx, *id, *until)?,
                    Settled::CarriedBy(carrier) => riders::carry(tx, *id, *carrier)?,
                    Settled::Send => {}
                }
            }
            for (row, verdict) in rows.iter().zip(&verdicts) {
                if verdict.1 != Settled::Send
                    || !claims::claim(tx, row.id, &worker, now + LEASE, now)?
                {
                    continue;
                }
                let about: Vec<PartId> = rows
                    .iter()
                    .zip(&verdicts)
                    .filter(|(_, (_, v))| *v == Settled::CarriedBy(row.id))
                    .map(|(d, _)| d.part_id)
                    .chain([row.part_id])
                    .collect();
                match letter(tx, &policy, &view, row, &about)? {
                    Ok(raw) => claimed.parcels.extend(parcel(&policy, &view, row, raw)),
                    Err(words) => {
                        fail(tx, row.id, &worker, &words)?;
                        let to = view.contact.as_ref().and_then(|c| c.email.as_ref());
                        let to = to.map_or_else(|| "the customer".into(), ToString::to_string);
                        tell_the_team(tx, &policy, id, to, &words, now)?;
                    }
                }
            }
            Ok(claimed)
        })
    }

    /// Asks once more whether a claimed mail is wanted, and commits that its message is about to be
    /// handed over.
    ///
    /// # Errors
    /// [`DeskError::Other`] when the lease has passed to another worker, or the store's.
    pub fn hand_over(
        &self,
        worker: &str,
        parcel: &Parcel,
        now: Time,
    ) -> Result<Result<(), Kept>, DeskError> {
        let (worker, policy) = (worker.to_owned(), self.policy().clone());
        let (id, ticket, mut raw) = (parcel.delivery, parcel.ticket, parcel.raw.clone());
        let (to, is_again) = (parcel.to.clone(), parcel.lost_answers > 0);
        self.store().write(move |tx| {
            let view = load_any(tx, &policy, ticket)?;
            // A copy of the database holds no address that is valid.
            if let Some(token) = token_of(tx, &policy, &view)? {
                token.take_out(&mut raw);
            }
            // First whose it is: a worker that was thought dead lets go of nothing of another's.
            if !claims::hand_over(tx, id, &worker, raw, now + LEASE)? {
                return Err(DeskError::Other("Another worker has taken this mail over.".into()));
            }
            if let Some(reason) = unwanted(&view, id) {
                deliveries::suppress(tx, id, reason)?;
                riders::stand_again(tx, id, now)?;
                return Ok(Err(Kept::Unwanted(reason)));
            }
            let email = view.contact.as_ref().and_then(|c| c.email.as_ref());
            if !is_again && email.is_some_and(|email| email.as_str() != to) {
                claims::release(tx, id, Status::Retrying, false, now)?;
                riders::stand_again(tx, id, now)?;
                return Ok(Err(Kept::Elsewhere));
            }
            Ok(Ok(()))
        })
    }

    /// Records what became of a claimed mail (L1, L5).
    ///
    /// # Errors
    /// The store's.
    pub fn record(
        &self,
        worker: &str,
        parcel: &Parcel,
        outcome: &Outcome,
        now: Time,
    ) -> Result<Status, DeskError> {
        let (worker, parcel, outcome) = (worker.to_owned(), parcel.clone(), outcome.clone());
        let policy = self.policy().clone();
        self.store().write(move |tx| {
            let id = parcel.delivery;
            let first_due = deliveries::first_due(tx, id)?.unwrap_or(now);
            let retry = retry_at(id, parcel.attempts + 1, first_due, now);
            let mut end = Settlement {
                status: Status::Sent,
                sent_at: None,
                due_at: None,
                words: None,
                lost_answer: false,
                keep_raw: parcel.lost_answers > 0,
                spared: false,
            };
            match outcome {
                Outcome::Sent { .. } => {
                    end.sent_at = Some(now);
                    end.keep_raw = false;
                }
                Outcome::Temporary { words, greylisted } => {
                    end.words = Some(words);
                    end.due_at =
                        retry.map(|at| if greylisted { at.max(now + GREYLISTED) } else { at });
                    end.status = if retry.is_some() { Status::Retrying } else { Status::Failed };
                }
                // Not the mail's fault: it is kept, however long the trouble lasts, has all its days
                // afterwards, and goes as soon as any does. The worker looks less and less often.
                Outcome::Pause { words } => {
                    end.spared = true;
                    end.words = Some(words);
                    end.due_at = Some(now + SPARED);
                    end.status = Status::Retrying;
                }
                Outcome::Permanent { words } => {
                    end.words = Some(words);
                    end.status = Status::Failed;
                }
                Outcome::Ambiguous { words } => {
                    end.words = Some(words);
                    end.lost_answer = true;
                    end.keep_raw = true;
                    end.due_at = retry.or(Some(now));
                    end.status = after_lost_answer(parcel.lost_answers);
                }
            }
            if !claims::settle(tx, id, &worker, &end)? {
                return Err(DeskError::Other("Another worker has taken this mail over.".into()));
            }
            riders_follow(tx, id, &end, now)?;
            if end.status == Status::Failed {
                let words = end.words.as_deref().unwrap_or("no reason given");
                tell_the_team(tx, &policy, parcel.ticket, parcel.to.clone(), words, now)?;
            }
            Ok(end.status)
        })
    }
}

/// Takes up rows whose worker was lost. One that had handed its message over goes once more with
/// the same bytes, or rests as unknown if that was the second time; any other was never accepted.
fn recover(tx: &mut dyn Tx, ticket: TicketId, now: Time) -> Result<(), DeskError> {
    for (id, handed_over) in claims::lapsed(tx, ticket, now)? {
        let lost = deliveries::load(tx, id)?.map_or(0, |d| d.lost_answers);
        let status = if handed_over { after_lost_answer(lost) } else { Status::Retrying };
        claims::release(tx, id, status, handed_over, now)?;
        if status == Status::Unknown {
            riders::arrived(tx, id)?;
        } else if !handed_over && lost == 0 {
            riders::stand_again(tx, id, now)?;
        }
    }
    Ok(())
}

const fn after_lost_answer(lost_before: u32) -> Status {
    if lost_before == 0 { Status::Retrying } else { Status::Unknown }
}

/// Claims the mails whose answer was lost once: they go again as they were (L5), if they are still
/// wanted.
fn send_again(
    tx: &mut dyn Tx,
    policy: &Policy,
    worker: &str,
    ticket: TicketId,
    now: Time,
    claimed: &mut Claimed,
) -> Result<(), DeskError> {
    let view = load_any(tx, policy, ticket)?;
    let lost = emails(&view).filter(|d| {
        d.status == Status::Retrying && d.lost_answers > 0 && d.due_at.is_some_and(|t| t <= now)
    });
    for row in lost {
        if let Some(reason) = unwanted(&view, row.id) {
            deliveries::suppress(tx, row.id, reason)?;
            riders::stand_again(tx, row.id, now)?;
            claimed.suppressed += 1;
        } else if claims::claim(tx, row.id, worker, now + LEASE, now)?
            && let Some(raw) = kept_raw(tx, policy, &view, row.id)?
        {
            claimed.parcels.extend(parcel(policy, &view, row, raw));
        }
    }
    Ok(())
}

/// Why a mail is not wanted any more, if so.
fn unwanted(view: &TicketView, id: DeliveryId) -> Option<Reason> {
    let delivery = view.deliveries.iter().find(|d| d.id == id)?;
    no_longer(&view.ticket, view.contact.as_ref(), view.seen_at, &view.pending(delivery)?)
}

fn emails(view: &TicketView) -> impl Iterator<Item = &Delivery> {
    view.deliveries.iter().filter(|d| d.channel == Channel::Email)
}

/// Pending, in nobody's hands, riding in no other mail, and never handed over.
fn is_free(row: &Delivery) -> bool {
    matches!(row.status, Status::Due | Status::Retrying)
        && row.carried_by.is_none()
        && row.lost_answers == 0
}

fn parcel(policy: &Policy, view: &TicketView, row: &Delivery, raw: Vec<u8>) -> Option<Parcel> {
    let (from, envelope_id) = reply_address::envelope(policy, row.id);
    Some(Parcel {
        delivery: row.id,
        ticket: row.ticket_id,
        message_id: row.message_id.clone()?,
        from,
        plain_from: policy.address().to_owned(),
        envelope_id,
        to: view.contact.as_ref()?.email.as_ref()?.as_str().to_owned(),
        raw,
        attempts: row.attempts,
        lost_answers: row.lost_answers,
    })
}

/// Ends a claimed row that cannot be composed.
fn fail(tx: &mut dyn Tx, id: DeliveryId, worker: &str, words: &str) -> Result<(), DeskError> {
    let end = Settlement {
        status: Status::Failed,
        sent_at: None,
        due_at: None,
        words: Some(words.to_owned()),
        lost_answer: false,
        keep_raw: false,
        spared: false,
    };
    claims::settle(tx, id, worker, &end)?;
    Ok(riders::failed(tx, id, words)?)
}

/// A mail that a server refused for good, or that cannot be written to its address at all, came back
/// as much as one that bounced later.
fn tell_the_team(
    tx: &mut dyn Tx,
    policy: &Policy,
    ticket: TicketId,
    to: String,
    words: &str,
    now: Time,
) -> Result<(), DeskError> {
    let body = format!("refused: {words}");
    let action = Action::KeepMail { why: KeptMail::Bounced, from: to, body };
    perform_in(tx, policy, &Actor::Desk, ticket, action, Notify::Tell, now)?;
    Ok(())
}

/// The riders of a mail share its fate (N13, N15).
fn riders_follow(
    tx: &mut dyn Tx,
    id: DeliveryId,
    end: &Settlement,
    now: Time,
) -> Result<(), DeskError> {
    match end.status {
        Status::Sent | Status::Unknown => riders::arrived(tx, id)?,
        Status::Failed => {
            riders::failed(tx, id, end.words.as_deref().unwrap_or("failed"))?;
        }
        // Its bytes go again as they are, riders and all.
        Status::Retrying if end.keep_raw => {}
        Status::Retrying => riders::put_off(tx, id, end.due_at.unwrap_or(now))?,
        Status::Due | Status::Sending | Status::Suppressed => {
            riders::stand_again(tx, id, end.due_at.unwrap_or(now))?;
        }
    }
    Ok(())
}
