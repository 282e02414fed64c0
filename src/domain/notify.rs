//! What the customer is told: one verdict per channel for every part, always.
//!
//! [`plan`] answers when a part is recorded, [`settle`] asks again when its mail falls due. Both
//! are pure; screens, popups, command line, API, mail and ledger all ask them, so what a screen
//! promises is what the ledger records (L3).

use chrono::Duration;

use crate::domain::delivery::{Delivery, Reason};
use crate::domain::part::{Author, Event, Part};
use crate::domain::{Contact, DeliveryId, MailStop, Ticket, Time};

/// N2: how long a reply may stay unseen in the Messenger before it is mailed. No setting.
pub const FALLBACK_AFTER: Duration = Duration::minutes(3);
/// N13: how long a burst of replies can put its mail off, counted from its first reply.
pub const BURST_AT_MOST: Duration = Duration::minutes(10);
/// N15: the default of the grace period in which an immediate mail's cause can be undone.
pub const DEFAULT_GRACE: Duration = Duration::seconds(10);

/// N15: how many graces a chain of state changes can put its mail off, counted from its first:
/// a minute, with the default.
pub const GRACES_AT_MOST: i32 = 6;

/// Whether the one who acts wants the customer told (N14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Notify {
    #[default]
    Tell,
    /// An import never notifies anyone.
    Import,
    /// `skip_notifications` on an API call.
    AskedNot,
    /// M3: what a machine sent is not answered by mail; the Messenger shows it all the same.
    Automatic,
    /// N17: no confirmation by mail to an address that has not shown it reads it, because its
    /// limit is spent or the sender's server disowns the mail.
    Unverified,
    /// N14: so many mails of one author have just opened tickets that two machines may be answering
    /// one another.
    LoopBudget,
}

/// The answer for one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It happens at this time, unless something changes before.
    Due(Time),
    Suppressed(Reason),
}

impl Verdict {
    #[must_use]
    pub const fn is_due(self) -> bool {
        match self {
            Self::Due(_) => true,
            Self::Suppressed(_) => false,
        }
    }
}

/// All that a part does on the customer's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// It stands in the customer's thread while the ticket is shared (V6, V8).
    pub visible: bool,
    pub badge: Verdict,
    pub recent: Verdict,
    pub email: Verdict,
}

impl Plan {
    /// True when nothing at all reaches the customer.
    #[must_use]
    pub const fn is_silent(&self) -> bool {
        !self.badge.is_due() && !self.recent.is_due() && !self.email.is_due()
    }

    const fn all(reason: Reason) -> Self {
        Self {
            visible: false,
            badge: Verdict::Suppressed(reason),
            recent: Verdict::Suppressed(reason),
            email: Verdict::Suppressed(reason),
        }
    }
}

/// What [`plan`] must know beside the ticket and the event.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub contact: Option<&'a Contact>,
    /// N15.
    pub grace: Duration,
    /// When the replies were written that still wait for their 3 minutes (N13).
    pub waiting_replies: &'a [Time],
    /// When the state changes were made whose mail still waits for its grace (N15).
    pub waiting_states: &'a [Time],
    pub notify: Notify,
}

/// One verdict per channel for an event on a ticket, as the ticket stands after it (N1 to N9).
#[must_use]
pub fn plan(ticket: &Ticket, event: &Event, author: &Author, facts: &Facts<'_>, now: Time) -> Plan {
    if event.is_internal() {
        return Plan::all(Reason::Internal); // N8
    }
    if matches!(event, Event::Unshared) {
        return Plan::all(Reason::NotSharedAnyMore); // N6
    }
    if matches!(event, Event::Deleted) && ticket.shared {
        return Plan::all(Reason::NotSharedAnyMore); // As N6: it leaves every surface.
    }
    if ticket.as_shared().is_none() {
        return Plan::all(Reason::NotShared); // N9, V1
    }
    match event {
        // N1, N5: the same for the customer, whoever submitted it.
        Event::Submitted | Event::Shared => told(facts, now, now + facts.grace),
        // N2, N13
        Event::Reply => {
            let mut burst = facts.waiting_replies.to_vec();
            burst.push(now);
            told(facts, now, burst_due(&burst).unwrap_or(now + FALLBACK_AFTER))
        }
        Event::StateChanged { .. } => match author {
            // S3: the customer caused it. It stands in their thread; nobody is told.
            Author::Desk | Author::Customer { .. } => {
                Plan { visible: true, ..Plan::all(Reason::OwnAction) }
            }
            Author::Teammate { .. } => told(facts, now, state_due(facts, now)), // N3, N15
        },
        // N7
        Event::CustomerReply => {
            Plan { visible: true, recent: Verdict::Due(now), ..Plan::all(Reason::OwnAction) }
        }
        Event::Closed => Plan::all(Reason::ClosedUnresolved), // N4
        Event::Deleted => Plan::all(Reason::NotShared),
        Event::Unshared
        | Event::Note
        | Event::Reopened
        | Event::Assigned { .. }
        | Event::Renamed { .. }
        | Event::Tagged { .. }
        | Event::Untagged { .. }
        | Event::PriorityChanged { .. }
        | Event::Snoozed { .. }
        | Event::Woken
        | Event::Linked { .. }
        | Event::Unlinked { .. }
        | Event::ContactSet { .. }
        | Event::MailStopLifted { .. }
        | Event::TypeChanged { .. }
        | Event::AttributeSet { .. }
        | Event::MailKept { .. } => Plan::all(Reason::Internal),
    }
}

/// Badge, Recent, thread and mail, but for what N14 holds back.
fn told(facts: &Facts<'_>, now: Time, mail_at: Time) -> Plan {
    let (all, mail) = match facts.notify {
        Notify::Tell => (None, None),
        Notify::Import => (Some(Reason::Import), None),
        Notify::AskedNot => (Some(Reason::AskedNotToNotify), None),
        Notify::Automatic => (None, Some(Reason::Automatic)),
        Notify::Unverified => (None, Some(Reason::Unverified)),
        Notify::LoopBudget => (None, Some(Reason::LoopBudget)),
    };
    if let Some(reason) = all {
        return Plan { visible: true, ..Plan::all(reason) };
    }
    Plan {
        visible: true,
        badge: Verdict::Due(now),
        recent: Verdict::Due(now),
        email: match mail.or_else(|| mail_stop(facts.contact)) {
            Some(reason) => Verdict::Suppressed(reason),
            None => Verdict::Due(mail_at),
        },
    }
}

/// N14: why no mail can go to this contact, if none can.
#[must_use]
pub fn mail_stop(contact: Option<&Contact>) -> Option<Reason> {
    match contact {
        None => Some(Reason::NoAddress),
        Some(c) if c.email.is_none() => Some(Reason::NoAddress),
        Some(c) => c.mail_stop.map(|stop| match stop {
            MailStop::Unsubscribed => Reason::Unsubscribed,
            MailStop::HardBounce => Reason::HardBounce,
        }),
    }
}

/// N13: when the one mail of a burst is due, given when its replies were written: 3 minutes after
/// the last, never later than 10 minutes after the first. `None` for no replies.
#[must_use]
pub fn burst_due(written: &[Time]) -> Option<Time> {
    let first = *written.iter().min()?;
    let last = *written.iter().max()?;
    Some((last + FALLBACK_AFTER).min(first + BURST_AT_MOST))
}

/// N15: when the mail of a state change is due that is made now: a grace later, so that a further
/// one can replace it, but never so late that a chain of them keeps the customer waiting.
fn state_due(facts: &Facts<'_>, now: Time) -> Time {
    let due = now + facts.grace;
    match facts.waiting_states.iter().min() {
        Some(first) => due.min(*first + facts.grace * GRACES_AT_MOST).max(now),
        None => due,
    }
}

/// A mail that has not left, with the part that caused it.
#[derive(Debug, Clone, Copy)]
pub struct Pending<'a> {
    pub delivery: &'a Delivery,
    pub part: &'a Part,
    /// What has happened since that it cannot come back from, whatever the ticket is like by now:
    /// it was not shared for a while (N6), or a later state was mailed (N15).
    pub overtaken: Option<Reason>,
}

/// What becomes of a pending mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    Send,
    /// It goes with this one, in one mail (N13, N15).
    CarriedBy(DeliveryId),
    Wait(Time),
    Suppress(Reason),
}

/// Asks again, for all mails of one ticket to one contact that have not left: which go now?
///
/// `pending` holds every row of that ticket and contact whose status is due or retrying, whether
/// it has fallen due or not, in the order of their parts; the answer has one entry for each. A row
/// that has not fallen due only ever waits, is suppressed because it cannot come true any more, or
/// is carried. Sending is said once per group: the last reply that has fallen due goes, and carries
/// all before it, those too that were put off by a server (N13); of state changes the last one goes, when its own grace has passed, and
/// carries the earlier ones (N15).
#[must_use]
pub fn settle(
    ticket: &Ticket,
    contact: Option<&Contact>,
    seen_at: Option<Time>,
    pending: &[Pending<'_>],
    now: Time,
) -> Vec<(DeliveryId, Settled)> {
    let alive: Vec<(&Pending<'_>, Option<Reason>)> =
        pending.iter().map(|p| (p, no_longer(ticket, contact, seen_at, p))).collect();
    let last_of = |group: fn(&Event) -> bool, only_fallen_due: bool| {
        alive
            .iter()
            .filter(|(p, dead)| dead.is_none() && group(&p.part.event))
            .filter(|(p, _)| !only_fallen_due || due(p) <= now)
            .map(|(p, _)| *p)
            .next_back()
    };
    let last_reply = last_of(is_reply, true);
    let last_state = last_of(is_state, false);
    alive
        .iter()
        .map(|&(p, dead)| {
            let id = p.delivery.id;
            if let Some(reason) = dead {
                return (id, Settled::Suppress(reason));
            }
            let carrier = match (is_reply(&p.part.event), is_state(&p.part.event)) {
                (true, _) => last_reply.filter(|c| p.part.id <= c.part.id),
                (_, true) => last_state,
                (false, false) => None,
            };
            let settled = match carrier {
                Some(c) if c.delivery.id != id && due(c) <= now => {
                    Settled::CarriedBy(c.delivery.id)
                }
                Some(c) if due(c) > now => Settled::Wait(due(c)),
                Some(_) | None if due(p) > now => Settled::Wait(due(p)),
                Some(_) | None => Settled::Send,
            };
            (id, settled)
        })
        .collect()
}

/// Why a pending mail must not go any more, if so.
#[must_use]
pub fn no_longer(
    ticket: &Ticket,
    contact: Option<&Contact>,
    seen_at: Option<Time>,
    pending: &Pending<'_>,
) -> Option<Reason> {
    if pending.part.withdrawn_at.is_some() {
        return Some(Reason::Undone); // U1
    }
    if let Some(reason) = pending.overtaken {
        return Some(reason);
    }
    if ticket.as_shared().is_none() || ticket.contact != pending.delivery.contact_id {
        return Some(Reason::NotSharedAnyMore); // N6
    }
    if let Some(reason) = mail_stop(contact) {
        return Some(reason); // N14
    }
    match seen_at {
        // N2, N12
        Some(seen) if is_reply(&pending.part.event) && seen >= pending.part.at => {
            Some(Reason::SeenInMessenger(seen))
        }
        Some(_) | None => None,
    }
}

fn due(pending: &Pending<'_>) -> Time {
    pending.delivery.due_at.unwrap_or(pending.delivery.at)
}

const fn is_reply(event: &Event) -> bool {
    matches!(event, Event::Reply)
}

const fn is_state(event: &Event) -> bool {
    matches!(event, Event::StateChanged { .. })
}
