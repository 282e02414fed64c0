//! Who wrote it: a mail system or a person. People write about bounces, pass them on, and are out of
//! office with the null sender of mail systems.

use crate::mail::inbound::Inbound;

/// Whose words these are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Author {
    System,
    /// Nothing says that it is a person: only a report, or the very answer of a server, is believed.
    Unknown,
    Person,
}

/// The names of nobody but mail systems.
const SYSTEMS: &[&str] = &[
    "mailer-daemon",
    "mailer_daemon",
    "mailer daemon",
    "mail-daemon",
    "mail delivery s",
    "maildelivery",
    "mail system",
    "mdaemon",
    "microsoftexchange",
];

/// Names that people have, too: believed with a subject or a report that goes with it.
const DESKS: &[&str] = &[
    "postmaster",
    "mail administrator",
    "system administrator",
    "system_administrator",
    "smtp",
    "ndr@",
    "bounce",
];

/// What their subjects hold.
const SUBJECTS: &[&str] = &[
    "undeliver",
    "delivery fail",
    "delivery status",
    "returned mail",
    "failure notice",
    "mail delivery",
    "delivery notification",
    "mail system error",
    "message status",
    "delivery problem",
    "warning: could not send",
    "delayed mail",
    "failed mail",
    "bounced mail",
    "unknown user",
    "delivery error",
    "returned message",
    "mail failure",
    "nondeliver",
    "non-deliver",
    "mail error",
    "could not be delivered",
];

/// What a subject of people begins with.
const ANSWERS: &[&str] = &[
    "re:", "aw:", "antw:", "sv:", "vs:", "odp:", "fwd:", "fw:", "wg:", "tr:", "rv:", "enc:", "i:",
];

/// `is_report` tells that the mail calls itself a report (RFC 6522).
pub(super) fn judge(mail: &Inbound, is_report: bool) -> Author {
    let subject = mail.subject.trim().to_lowercase();
    let names: Vec<String> = mail
        .from
        .iter()
        .chain(mail.sender.as_ref())
        .map(|m| format!("{} {}", m.name, m.address).to_lowercase())
        .collect();
    let is_named = |among: &[&str]| names.iter().any(|n| among.iter().any(|s| n.contains(s)));
    let is_told = SUBJECTS.iter().any(|s| subject.contains(s))
        && !ANSWERS.iter().any(|a| subject.starts_with(a));
    let sender = mail.return_path.as_deref().map(str::to_lowercase);
    let is_null =
        sender.as_deref().is_some_and(|s| s.is_empty() || s.starts_with("mailer-daemon@"));
    if is_named(SYSTEMS) {
        Author::System
    } else if is_null {
        let system = is_named(DESKS) || is_told || mail.from.is_empty();
        if system { Author::System } else { Author::Unknown }
    } else if is_named(DESKS) && (is_told || is_report) {
        Author::System
    } else if sender.is_none() && is_told {
        Author::Unknown
    } else {
        Author::Person
    }
}
