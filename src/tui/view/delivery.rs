//! What the ledger says of one part, in a line under it: "✓ badge ✓ recent · email in 1:12 if
//! unseen". Reads the ledger alone.

use crate::desk::view::TicketView;
use crate::domain::explain::held_back;
use crate::domain::{Category, Channel, Delivery, Event, Part, Reason, Status, Time};
use crate::tui::consequence::ONCE_IT_LEAVES;
use crate::tui::view::text::{clock, clock_seconds, countdown};

/// The line, or None for what tells nobody by its nature (N8).
#[must_use]
///
/// `leaving` is false while no mail leaves the desk.
pub fn words(view: &TicketView, part: &Part, leaving: bool, now: Time) -> Option<String> {
    if part.event.is_internal() || part.withdrawn_at.is_some() {
        return None;
    }
    let email = view.delivery(part, Channel::Email)?;
    // One word for the whole of it where all three channels are silent for one reason.
    let all = Channel::ALL
        .iter()
        .filter_map(|c| view.delivery(part, *c))
        .all(|d| d.status == Status::Suppressed && d.reason == email.reason);
    if all {
        return match email.reason {
            // What the customer did themselves needs no word.
            Some(Reason::OwnAction) | None => None,
            // Its banner says it once for all.
            Some(Reason::NotShared) if view.ticket.category == Category::Tracker => None,
            Some(Reason::NotShared) => Some("not shared, so nobody was told".into()),
            Some(Reason::ClosedUnresolved) => Some("closed in silence: nobody was told".into()),
            Some(reason) => Some(format!("nobody was told: {reason}")),
        };
    }
    if let Some(Reason::SeenInMessenger(at)) = email.reason {
        return Some(format!("seen in Messenger {}, so no email", clock(at)));
    }
    if email.status == Status::Sent {
        let at = email.sent_at.unwrap_or(email.at);
        return Some(format!("emailed {}", clock_seconds(at)));
    }
    let shown = |channel: Channel| {
        let told = view.delivery(part, channel).is_some_and(|d| d.status == Status::Sent);
        format!("{} {}", if told { '✓' } else { '×' }, channel.code())
    };
    let mail = match view.held_back(email) {
        Some(reason) => format!("no email: {}", held_back(reason, view.contact.as_ref())),
        None => mail(email, part, leaving, now)?,
    };
    Some(format!("{} {} · {mail}", shown(Channel::Badge), shown(Channel::Recent)))
}

/// "in 1:12", or "due now" when its time has come and the worker has not.
#[must_use]
pub fn in_words(due: Time, now: Time) -> String {
    if due <= now { "due now".into() } else { format!("in {}", countdown(due - now)) }
}

/// The mail's part of the line.
fn mail(email: &Delivery, part: &Part, leaving: bool, now: Time) -> Option<String> {
    let left = |at: Option<Time>| at.map_or_else(|| "soon".into(), |at| in_words(at, now));
    let once = if leaving { String::new() } else { format!(", {ONCE_IT_LEAVES}") };
    let condition = if part.event == Event::Reply { " if unseen" } else { "" };
    Some(match email.status {
        Status::Due => format!("email {}{condition}{once}", left(email.due_at)),
        Status::Sending => "email is being sent".into(),
        Status::Sent => return None,
        Status::Retrying => format!("email not taken yet, again {}", left(email.due_at)),
        Status::Failed => "email failed (d shows why)".into(),
        Status::Unknown => "email unknown (d resends or drops it)".into(),
        Status::Suppressed => match email.reason {
            Some(Reason::OwnAction) => return None,
            Some(Reason::Superseded) => "its email went with a later one".into(),
            Some(reason) => format!("no email: {reason}"),
            None => "no email".into(),
        },
    })
}
