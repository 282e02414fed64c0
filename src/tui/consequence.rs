//! What an action does on the customer's side, in words: Badge, Recent, Email, or silence. Read
//! off a [`Decision`] alone, so it promises what the ledger records (L3); decides nothing itself.

use crate::domain::{Action, Contact, Decision, Event, Reason, TicketId, Time, Verdict};
use crate::tui::view::text::{countdown, name};

/// One line for a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub yes: bool,
    /// "Badge", "Recent", "Email", "Pill".
    pub channel: &'static str,
    pub words: String,
}

/// All of it, for a box or a composer's foot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consequence {
    /// "ADA WILL BE TOLD" or "SILENCE".
    pub headline: String,
    pub silent: bool,
    pub lines: Vec<Told>,
    /// What else is worth knowing: why nothing is said, what stays due.
    pub remarks: Vec<String>,
}

/// In place of a time while no mail leaves the desk.
pub const ONCE_IT_LEAVES: &str = "once mail leaves again";

/// What `decision` means for `contact`. `leaving` is false while no mail leaves the desk.
#[must_use]
pub fn of(decision: &Decision, contact: Option<&Contact>, leaving: bool, now: Time) -> Consequence {
    let first = contact.map_or("The customer".into(), |c| name(c.first_name()));
    let first = first.as_str();
    let Some(part) = decision.parts.first() else {
        return silence(Reason::Internal, first);
    };
    let plan = &part.plan;
    if plan.is_silent() {
        let reason = match plan.badge {
            Verdict::Suppressed(reason) => reason,
            Verdict::Due(_) => Reason::Internal,
        };
        return silence(reason, first);
    }
    let id = decision.ticket.id;
    // A mail that is let in as the customer's reply: they find it, and are notified of nothing.
    let own = matches!(part.event, Event::CustomerReply);
    let mut lines = vec![
        Told {
            yes: plan.badge.is_due(),
            channel: "Badge",
            words: match plan.badge {
                Verdict::Due(_) => "on, where the Messenger is collapsed".into(),
                Verdict::Suppressed(reason) => format!("no: {reason}"),
            },
        },
        Told {
            yes: plan.recent.is_due(),
            channel: "Recent",
            words: match plan.recent {
                Verdict::Due(_) if id == TicketId(0) => "first in Recent tickets".into(),
                Verdict::Due(_) => format!("{id} goes first in Recent tickets"),
                Verdict::Suppressed(reason) => format!("no: {reason}"),
            },
        },
        Told {
            yes: plan.email.is_due(),
            channel: "Email",
            words: email(&part.event, plan.email, contact, leaving, now),
        },
    ];
    if plan.visible && !matches!(part.event, Event::Reply) {
        lines.push(Told {
            yes: true,
            channel: "Thread",
            words: format!(
                "{}; the pill reads \"{}\"",
                if own { "a message in their name" } else { "an event" },
                decision.ticket.state.customer_label()
            ),
        });
    }
    Consequence {
        headline: format!(
            "{} WILL {}",
            first.to_uppercase(),
            if own { "SEE IT" } else { "BE TOLD" }
        ),
        silent: false,
        lines,
        remarks: Vec::new(),
    }
}

/// When and where the mail goes, or why none does.
fn email(
    event: &Event,
    verdict: Verdict,
    contact: Option<&Contact>,
    leaving: bool,
    now: Time,
) -> String {
    let to = contact.and_then(|c| c.email.as_ref()).map_or("", |e| e.as_str());
    match verdict {
        Verdict::Due(at) if matches!(event, Event::Reply) => {
            let time = format!("in {}", countdown(at - now));
            let when = if leaving { &time } else { ONCE_IT_LEAVES };
            format!("{when} to {to}, only if still unseen")
        }
        Verdict::Due(_) if !leaving => format!("{ONCE_IT_LEAVES}, to {to}"),
        Verdict::Due(at) if at <= now => format!("at once, to {to}"),
        Verdict::Due(at) => format!("in {} s, to {to}", (at - now).num_seconds()),
        Verdict::Suppressed(reason) => format!("no: {reason}"),
    }
}

fn silence(reason: Reason, first: &str) -> Consequence {
    let no = |channel| Told { yes: false, channel, words: "no".into() };
    let remarks = match reason {
        Reason::ClosedUnresolved => vec![
            "A ticket closed without being resolved sends nothing.".into(),
            format!("{first} finds out only by looking. To tell, reply first."),
        ],
        Reason::NotShared => {
            vec![format!("The ticket is not shared: {first} cannot see it and is told nothing.")]
        }
        Reason::Internal => vec!["This stays with the team.".into()],
        Reason::NotSharedAnyMore => vec![
            format!("It leaves {first}'s Messenger, the badge is counted anew,"),
            "and mail that has not left is held back.".into(),
        ],
        other => vec![format!("Because: {other}.")],
    };
    Consequence {
        headline: "SILENCE".into(),
        silent: true,
        lines: vec![no("Badge"), no("Recent"), no("Email")],
        remarks,
    }
}

/// The short form for a toast; None when an internal thing tells nobody by its nature.
#[must_use]
pub fn told_in_short(decision: &Decision, leaving: bool, now: Time) -> Option<String> {
    let part = decision.parts.first()?;
    let plan = &part.plan;
    if part.event.is_internal() {
        return None;
    }
    if plan.is_silent() {
        return Some("Nobody was told.".into());
    }
    let email = match plan.email {
        Verdict::Due(_) if !leaving => "email waits to leave".into(),
        Verdict::Due(at) if matches!(part.event, Event::Reply) => {
            format!("email in {} if unseen", countdown(at - now))
        }
        Verdict::Due(at) if at <= now => "email now".into(),
        Verdict::Due(at) => format!("email in {}", countdown(at - now)),
        Verdict::Suppressed(reason) => format!("no email: {reason}"),
    };
    let on = |verdict: Verdict, word: &str| {
        let sign = if verdict.is_due() { '✓' } else { '×' };
        format!("{sign} {word}")
    };
    Some(format!("{} {} · {email}", on(plan.badge, "badge"), on(plan.recent, "recent")))
}

/// Until when `u` certainly takes it back, as long as the customer does not look (U1). None for a
/// submission: that stands.
#[must_use]
pub fn undo_until(decision: &Decision) -> Option<Time> {
    let part = decision.parts.first()?;
    if matches!(part.event, Event::Submitted) {
        return None;
    }
    match part.plan.email {
        Verdict::Due(at) => Some(at),
        Verdict::Suppressed(_) => None,
    }
}

/// What was done, as a sentence.
#[must_use]
pub fn done(action: &Action, id: TicketId) -> String {
    match action {
        Action::Reply { .. } => format!("Reply on {id} is sent."),
        Action::Note { .. } => format!("Note on {id} is saved, for the team only."),
        Action::CustomerReply { .. } => format!("The customer answered on {id}."),
        Action::SetState(state) => format!("{id} is {}.", state.label()),
        Action::Close => format!("{id} is closed, not resolved."),
        Action::Reopen => format!("{id} is open again."),
        Action::Share => format!("{id} is shared."),
        Action::Unshare => format!("{id} is internal again."),
        Action::Assign(Some(t)) => format!("{id} is assigned to {}.", t.name),
        Action::Assign(None) => format!("{id} is assigned to nobody."),
        Action::Rename(_) => format!("{id} is renamed."),
        Action::Tag(tag) => format!("{id} has the tag {tag}."),
        Action::Untag(tag) => format!("{id} has lost the tag {tag}."),
        Action::SetPriority(true) => format!("{id} is marked as priority."),
        Action::SetPriority(false) => format!("{id} is not priority any more."),
        Action::Snooze(Some(_)) => format!("{id} is snoozed."),
        Action::Snooze(None) => format!("{id} is awake."),
        Action::Link(other) => format!("{id} is linked to {}.", other.id),
        Action::Unlink(other) => format!("{id} is no longer linked to {other}."),
        Action::SetContact(contact) => format!("{id} is {}'s.", contact.display_name()),
        Action::LiftMailStop => "Mail goes again from now on.".into(),
        Action::ChangeType { to, .. } => format!("{id} is a {to} now."),
        Action::SetAttribute { name, .. } => format!("{name} of {id} is changed."),
        Action::Delete => format!("{id} is deleted."),
        Action::KeepMail { .. } => format!("The mail is kept in {id}."),
    }
}
