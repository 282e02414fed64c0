//! A part's story in order: what happened because of it, and what still may. Decides nothing.

use super::{Story, held_back, length, time, words};
use crate::domain::delivery::{DROPPED, Delivery, Reason, Status};
use crate::domain::part::{Author, Event};
use crate::domain::{Contact, TicketId, Time};

/// A line of a story: when, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// None for what may happen at any time before the next one.
    pub at: Option<Time>,
    pub text: String,
    /// It has not happened.
    pub ahead: bool,
}

impl Story<'_> {
    /// All that happened because of this part and all that still may, in order.
    #[must_use]
    pub fn moments(&self, id: TicketId) -> Vec<Moment> {
        let mut moments = vec![past(self.part.at, self.recorded())];
        if let Some(at) = self.part.withdrawn_at {
            moments.push(past(at, "taken back; the customer does not see it any more".into()));
        }
        for (row, yes, no) in [
            (self.badge, "badge on".to_owned(), "no badge"),
            (
                self.recent,
                format!("{id} first in Recent tickets"),
                "Recent tickets stay as they were",
            ),
        ] {
            match row.map(|r| (r.status, r.reason)) {
                Some((Status::Sent, _)) => moments.push(past(self.part.at, yes)),
                // Of what is the team's own, one line is enough.
                Some((_, Some(Reason::Internal | Reason::NotShared))) | None => {}
                Some((_, Some(reason))) => {
                    moments.push(past(self.part.at, format!("{no}: {reason}")));
                }
                Some((_, None)) => moments.push(past(self.part.at, no.to_owned())),
            }
        }
        if let Some(row) = self.email {
            self.mail_moments(row, &mut moments);
        }
        moments
    }

    fn recorded(&self) -> String {
        let what = match &self.part.event {
            Event::Reply => "reply stored",
            Event::CustomerReply => "reply received",
            Event::Note => "note stored",
            _ => "recorded",
        };
        let by = match &self.part.author {
            Author::Desk => " by the desk itself".to_owned(),
            Author::Teammate { name, .. } | Author::Customer { name } => format!(" by {name}"),
        };
        let seen =
            if self.part.visible { ", shown in the Messenger" } else { ", for the team only" };
        format!("{what}{by}{seen}")
    }

    fn mail_moments(&self, row: &Delivery, moments: &mut Vec<Moment>) {
        let first = self.contact.map_or("the customer", Contact::first_name);
        let to = self.contact.and_then(|c| c.email.as_ref()).map_or("", |e| e.as_str());
        let tried = match row.attempts {
            0 => String::new(),
            1 => "tried once".to_owned(),
            n => format!("tried {n} times"),
        };
        match (row.status, row.reason) {
            (Status::Due | Status::Retrying, _) => {
                if let (Status::Retrying, Some(due)) = (row.status, row.due_at) {
                    let again = match self.held_back {
                        None => format!("; again at {}", time(due)),
                        Some(_) => String::new(),
                    };
                    moments.push(undated(format!("email {tried}, not taken{again}")));
                }
                if let Some(reason) = self.held_back {
                    let why = held_back(reason, self.contact);
                    moments.push(ahead(None, format!("no email: {why}")));
                    return;
                }
                let Some(due) = row.due_at else { return };
                if self.part.event == Event::Reply {
                    moments.push(ahead(
                        None,
                        format!("{first} opens the thread before {} → no email", time(due)),
                    ));
                    moments.push(ahead(Some(due), format!("otherwise: email to {to}")));
                } else {
                    // U1: a submission stands.
                    let unless = match self.part.event {
                        Event::Submitted => "",
                        _ => ", unless taken back",
                    };
                    moments.push(ahead(Some(due), format!("email to {to}{unless}")));
                }
            }
            (Status::Sending, _) => {
                moments.push(ahead(None, format!("email to {to} is being handed over")));
            }
            (Status::Sent, _) => {
                let with = match row.carried_by {
                    Some(by) if by != row.id => ", in one mail with a later part",
                    _ => "",
                };
                let at = row.sent_at.unwrap_or(row.at);
                moments.push(past(at, format!("email to {to} handed over{with}")));
            }
            (Status::Failed, _) if row.is_dropped() => {
                moments.push(undated(format!("email {DROPPED}")));
            }
            (Status::Failed, _) => moments.push(undated(format!("email failed for good, {tried}"))),
            (Status::Unknown, _) => moments.push(undated(
                "email handed over twice, both answers lost: it may have arrived".into(),
            )),
            (Status::Suppressed, Some(Reason::SeenInMessenger(at))) => moments.push(past(
                at,
                format!(
                    "{first} opened the thread, {} after it → no email",
                    length(at - self.part.at)
                ),
            )),
            (Status::Suppressed, Some(Reason::Internal)) => {
                moments.push(past(self.part.at, "nobody is told".into()));
            }
            (Status::Suppressed, Some(reason)) => {
                moments.push(past(
                    self.part.at,
                    format!("no email: {reason_words}", reason_words = words(reason)),
                ));
            }
            (Status::Suppressed, None) => moments.push(past(self.part.at, "no email".into())),
        }
    }
}

fn past(at: Time, text: String) -> Moment {
    Moment { at: Some(at), text, ahead: false }
}

fn ahead(at: Option<Time>, text: String) -> Moment {
    Moment { at, text, ahead: true }
}

fn undated(text: String) -> Moment {
    Moment { at: None, text, ahead: false }
}
