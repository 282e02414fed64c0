//! The story of a ticket's notifications, in words: why the customer was told, or not (L1, L4).
//! Reads the ledger and decides nothing; the ledger screen and `deskbell why` both print it.

use chrono::Duration;

use crate::domain::delivery::{Channel, Delivery, Reason, Status};
use crate::domain::part::{Event, Part};
use crate::domain::{Contact, Time};

mod moments;
mod reasons;

pub use moments::Moment;
pub use reasons::held_back;
use reasons::words;

/// One part with its three ledger rows.
#[derive(Debug, Clone, Copy)]
pub struct Story<'a> {
    pub part: &'a Part,
    pub badge: Option<&'a Delivery>,
    pub recent: Option<&'a Delivery>,
    pub email: Option<&'a Delivery>,
    /// Why its mail, which waits, will not go as things stand (N14).
    pub held_back: Option<Reason>,
    contact: Option<&'a Contact>,
}

/// A mail that waits for its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    pub kind: WaitKind,
    pub from: Time,
    pub due: Time,
}

/// What a mail waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitKind {
    /// N2: whether the reply is seen in the Messenger.
    Fallback,
    /// N15: whether it is taken back.
    Grace,
    /// The server, which could not take it last time.
    Retry,
}

/// The stories of a ticket's parts, newest first. Parts without ledger rows have one too.
/// `held_back` says of a mail that waits why it will not go, if so.
#[must_use]
pub fn stories<'a>(
    parts: &'a [Part],
    deliveries: &'a [Delivery],
    contact: Option<&'a Contact>,
    held_back: impl Fn(&Delivery) -> Option<Reason>,
) -> Vec<Story<'a>> {
    let story = |part: &'a Part| {
        let row = |channel: Channel| {
            deliveries.iter().find(|d| d.part_id == part.id && d.channel == channel)
        };
        Story {
            part,
            badge: row(Channel::Badge),
            recent: row(Channel::Recent),
            email: row(Channel::Email),
            held_back: row(Channel::Email).and_then(&held_back),
            contact,
        }
    };
    parts.iter().rev().map(story).collect()
}

/// One line for `deskbell why`: when, what, and what came of it on each channel.
#[must_use]
pub fn explain(story: &Story<'_>, now: Time) -> String {
    let at = day_and_time(story.part.at, now);
    format!("{at} {} · {}", story.what(), story.outcome(now))
}

impl Story<'_> {
    /// "Reply by Mara", "State In progress".
    #[must_use]
    pub fn what(&self) -> String {
        let by = self.part.author.first_name();
        match &self.part.event {
            Event::Reply | Event::CustomerReply => format!("Reply by {by}"),
            Event::Note => format!("Note by {by}"),
            event => event.label(),
        }
    }

    /// True when the channel did its part; None when it was never meant to.
    #[must_use]
    pub fn shown(&self, channel: Channel) -> Option<bool> {
        let row = match channel {
            Channel::Badge => self.badge,
            Channel::Recent => self.recent,
            Channel::Email => self.email,
        }?;
        match (row.status, row.reason) {
            (Status::Sent, _) => Some(true),
            (Status::Suppressed, Some(Reason::Internal | Reason::NotShared)) => None,
            (
                Status::Due
                | Status::Sending
                | Status::Retrying
                | Status::Failed
                | Status::Unknown
                | Status::Suppressed,
                _,
            ) => Some(false),
        }
    }

    /// The mail, in a cell of 14 columns: "in 1:12", "sent 13:50:03", "not sent", "-".
    #[must_use]
    pub fn email_cell(&self, now: Time) -> String {
        let Some(row) = self.email else { return "-".into() };
        let left = || row.due_at.map_or_else(|| "soon".into(), |due| until(due, now));
        match row.status {
            _ if self.held_back.is_some() => "will not go".into(),
            Status::Due => left(),
            Status::Sending => "sending".into(),
            Status::Retrying => format!("again {}", left()),
            Status::Sent => {
                row.sent_at.map_or_else(|| "sent".into(), |at| format!("sent {}", time(at)))
            }
            Status::Failed => "failed".into(),
            Status::Unknown => "unknown".into(),
            Status::Suppressed => match self.shown(Channel::Email) {
                None => "-".into(),
                Some(_) => "not sent".into(),
            },
        }
    }

    /// Why, in 21 columns: "unseen in Messenger", "notes stay inside".
    #[must_use]
    pub fn because(&self) -> String {
        if self.part.withdrawn_at.is_some() {
            return "taken back".into();
        }
        let Some(row) = self.email else { return "nothing was recorded".into() };
        match (row.status, self.held_back.or(row.reason)) {
            (Status::Suppressed | Status::Due | Status::Retrying, Some(reason)) => {
                self.short_reason(reason)
            }
            (Status::Suppressed, None) => "withheld".into(),
            (Status::Failed, _) if row.is_dropped() => "dropped by a teammate".into(),
            (Status::Failed, _) => "refused for good".into(),
            (Status::Unknown, _) => "answer lost twice".into(),
            // "password refused: 535 5.7.8 …": what it means comes first. One word, as in
            // "recipient: 451 …", is no more than where it happened.
            (Status::Retrying, _) => row
                .last_error
                .as_deref()
                .and_then(|words| words.split(": ").next())
                .filter(|what| what.contains(' '))
                .unwrap_or("server: try later")
                .to_owned(),
            (Status::Due | Status::Sending | Status::Sent, _) => match &self.part.event {
                _ if row.carried_by.is_some_and(|by| by != row.id) => "in one mail".into(),
                Event::Reply if row.status == Status::Sent => "unseen in time".into(),
                Event::Reply => "unseen in Messenger".into(),
                Event::StateChanged { .. } => "state changes tell".into(),
                Event::Shared => "shared: a submission".into(),
                Event::Submitted => "submitted, shared".into(),
                _ => "asked for".into(),
            },
        }
    }

    /// The mail's wait, while it waits.
    #[must_use]
    pub fn wait(&self) -> Option<Wait> {
        let row = self.email.filter(|_| self.held_back.is_none())?;
        let due = row.due_at?;
        let kind = match row.status {
            Status::Due if self.part.event == Event::Reply => WaitKind::Fallback,
            Status::Due => WaitKind::Grace,
            Status::Retrying => WaitKind::Retry,
            Status::Sending
            | Status::Sent
            | Status::Failed
            | Status::Unknown
            | Status::Suppressed => return None,
        };
        Some(Wait { kind, from: self.part.at, due })
    }

    /// What came of it on each channel, for one line.
    fn outcome(&self, now: Time) -> String {
        let Some(row) = self.email else { return "nothing recorded".into() };
        let on: Vec<&str> = [(Channel::Badge, "badge"), (Channel::Recent, "Recent")]
            .into_iter()
            .filter(|(channel, _)| self.shown(*channel) == Some(true))
            .map(|(_, word)| word)
            .collect();
        let mail = match (row.status, row.reason) {
            (Status::Suppressed, Some(Reason::SeenInMessenger(at))) => format!(
                "no email: seen in the Messenger at {}, after {}",
                day_and_time(at, now),
                length(at - self.part.at)
            ),
            (Status::Suppressed, Some(reason)) if on.is_empty() => {
                return format!("nobody told: {}", words(reason));
            }
            (Status::Suppressed, Some(reason)) => format!("no email: {}", words(reason)),
            (Status::Suppressed, None) => "no email".into(),
            (Status::Due | Status::Retrying, _) if let Some(reason) = self.held_back => {
                format!("no email: {}", held_back(reason, self.contact))
            }
            (Status::Due, _) => {
                let due = row
                    .due_at
                    .map_or_else(String::new, |at| format!(" due {}", day_and_time(at, now)));
                let unless = match self.part.event {
                    Event::Reply => " if unseen in the Messenger",
                    _ => "",
                };
                format!("email{due}{unless}")
            }
            (Status::Sending, _) => "email is being sent".into(),
            (Status::Sent, _) => {
                let at = row
                    .sent_at
                    .map_or_else(String::new, |at| format!(" {}", day_and_time(at, now)));
                let with = match row.carried_by {
                    Some(by) if by != row.id => " in one mail with a later part",
                    _ => "",
                };
                format!("email sent{at}{with}")
            }
            (Status::Retrying | Status::Failed, _) => {
                let again = match (row.status, row.due_at) {
                    (Status::Retrying, Some(at)) => format!(", again at {}", day_and_time(at, now)),
                    _ => String::new(),
                };
                format!("email {}{again}", row.verdict())
            }
            (Status::Unknown, _) => format!("email {}", row.verdict()),
        };
        if on.is_empty() { mail } else { format!("{} · {mail}", on.join(", ")) }
    }
}

fn time(at: Time) -> String {
    at.format("%H:%M:%S").to_string()
}

/// The time alone for today, with its date for another day.
fn day_and_time(at: Time, now: Time) -> String {
    if at.date_naive() == now.date_naive() {
        time(at)
    } else {
        at.format("%Y-%m-%d %H:%M:%S").to_string()
    }
}

/// `1:45`, `1:02:05`: whole seconds that have passed.
fn length(passed: Duration) -> String {
    let s = passed.num_seconds().max(0);
    match s / 3_600 {
        0 => format!("{}:{:02}", s / 60, s % 60),
        hours => format!("{hours}:{:02}:{:02}", s / 60 % 60, s % 60),
    }
}

/// `in 1:12`, `now` when it has come.
fn until(due: Time, now: Time) -> String {
    let ms = (due - now).num_milliseconds();
    if ms <= 0 {
        return "now".into();
    }
    format!("in {}", length(Duration::seconds(ms / 1_000 + i64::from(ms % 1_000 > 0))))
}

#[cfg(test)]
mod tests;
