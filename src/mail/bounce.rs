//! Bounces: what a mail system says about a mail that it could not deliver (RFC 3464).
//!
//! Never decides what follows from one: whose mail it was, the address it came to proves.

mod author;
mod report;
mod wording;

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};
use serde::{Deserialize, Serialize};

use crate::domain::text::clean_line;
use crate::mail::inbound::{Inbound, PARTS};
use crate::mail::parse::Fields;
use author::Author;

/// The longest diagnostic that is kept, in characters, and the most recipients.
const DIAGNOSTIC_CHARS: usize = 500;
const RECIPIENTS: usize = 100;

/// What a mail system reports on one recipient; of several, on the worst off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounce {
    pub kind: BounceKind,
    /// The address that could not be reached, as the report names it.
    pub recipient: Option<String>,
    /// The address that the last server refused, where that is another one: the mail was passed on.
    pub passed_on_to: Option<String>,
    /// Such as `5.1.1` (RFC 3463).
    pub status: Option<String>,
    /// The other server's answer or the report's sentence; one line, at most 500 characters.
    pub diagnostic: Option<String>,
    /// Of the mail that is returned within, without angle brackets.
    pub original_message_id: Option<String>,
    /// The ENVID that was given with the mail.
    pub original_envelope_id: Option<String>,
    /// All recipients the report is about, each once.
    pub recipients: Vec<String>,
}

/// How it ended, judged by the Action and not by the Status: a mail given up after days of
/// trying has a Status of 4.x.x and will not be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BounceKind {
    /// Given up.
    Permanent,
    /// Not delivered for a reason that may pass, by a report that does not say what was done.
    Temporary,
    /// Not given up yet.
    Delayed,
    Delivered,
    /// A mail system's report that could not be read.
    Unknown,
}

impl BounceKind {
    /// Of several recipients, the one that is worst off decides.
    fn weight(self) -> u8 {
        match self {
            Self::Delivered => 0,
            Self::Unknown => 1,
            Self::Delayed => 2,
            Self::Temporary => 3,
            Self::Permanent => 4,
        }
    }
}

/// What is reported on one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fate {
    kind: BounceKind,
    recipient: Option<String>,
    passed_on_to: Option<String>,
    status: Option<String>,
    diagnostic: Option<String>,
}

/// Reads a bounce where there is one: a delivery-status part, X-Failed-Recipients, or a mail
/// system's mail in words that are known. A person's mail is none, whatever it tells or encloses;
/// nor is a complaint (RFC 5965), nor a receipt that somebody read (RFC 8098).
pub(in crate::mail) fn detect(
    mail: &Inbound,
    message: &Message<'_>,
    fields: &Fields,
) -> Option<Bounce> {
    let mut envelope_id = None;
    let mut fates = Vec::new();
    let mut is_report = false;
    let parts = || message.parts.iter().take(PARTS);
    let is_kind = |kind| parts().any(|p| p.is_content_type("message", kind));
    let reports = message
        .content_type()
        .is_some_and(|c| c.ctype() == "multipart" && c.subtype() == Some("report"));
    let by = author::judge(mail, reports);
    // A mail system may say by a receipt that it threw a mail away.
    let is_receipt = is_kind("disposition-notification") && by != Author::System;
    if is_kind("feedback-report") || is_receipt || by == Author::Person && !reports {
        return None;
    }
    let by_system = by == Author::System;
    // A filter on the way may have wrapped a mail system's report into a mail of its own.
    let wrapped = parts().filter_map(|p| p.message()).filter(|_| by_system);
    for within in std::iter::once(message).chain(wrapped) {
        for part in within.parts.iter().take(PARTS).filter(|p| is_status(p)) {
            is_report = true;
            let read = report::read(&String::from_utf8_lossy(part.contents()));
            envelope_id = envelope_id.or(read.envelope_id);
            fates.extend(read.fates);
        }
        if !fates.is_empty() {
            break;
        }
    }
    let failed: Vec<String> =
        fields.all("x-failed-recipients").flat_map(wording::addresses).collect();
    let told = wording::told(message);
    if fates.is_empty() && !failed.is_empty() && by != Author::Person {
        let kind = wording::kind(&told, &mail.subject);
        is_report = true;
        fates = failed.into_iter().map(|r| wording::fate(kind, Some(r), &told)).collect();
    }
    let is_believed = by_system || by == Author::Unknown && wording::quotes_an_answer(&told);
    if fates.is_empty() && (is_report || is_believed) {
        fates = wording::read(mail, &told);
        is_report |= !fates.is_empty();
    }
    if !is_report {
        return None;
    }
    // A report is a stranger's text wherever it was read from.
    for fate in &mut fates {
        for words in [&mut fate.recipient, &mut fate.passed_on_to, &mut fate.status] {
            *words = words.take().map(|w| clean_line(&w)).filter(|w| !w.is_empty());
        }
    }
    // A report of one who is no mail system, as those send who ask for a click first.
    if by == Author::Person {
        for fate in fates.iter_mut().filter(|f| f.kind == BounceKind::Permanent) {
            fate.kind = BounceKind::Unknown;
        }
    }
    let returned = returned(message);
    let worst = fates.iter().rev().max_by_key(|f| f.kind.weight()).cloned().unwrap_or(Fate {
        kind: BounceKind::Unknown,
        recipient: None,
        passed_on_to: None,
        status: None,
        diagnostic: None,
    });
    let mut recipients: Vec<String> = Vec::new();
    for recipient in fates.into_iter().filter_map(|f| f.recipient) {
        if recipients.len() < RECIPIENTS
            && !recipients.iter().any(|r| r.eq_ignore_ascii_case(&recipient))
        {
            recipients.push(recipient);
        }
    }
    Some(Bounce {
        kind: worst.kind,
        recipient: worst.recipient,
        passed_on_to: worst.passed_on_to,
        status: worst.status,
        diagnostic: worst
            .diagnostic
            .map(|d| clean_line(&d).chars().take(DIAGNOSTIC_CHARS).collect()),
        original_message_id: returned.or_else(|| wording::message_id(&told)),
        original_envelope_id: envelope_id.map(|id| clean_line(&id)),
        recipients,
    })
}

fn is_status(part: &MessagePart<'_>) -> bool {
    part.is_content_type("message", "delivery-status")
        || part.is_content_type("message", "global-delivery-status")
}

/// The Message-ID of the mail, or of the head of a mail, that is returned within.
fn returned(message: &Message<'_>) -> Option<String> {
    let id = |id: &str| Some(clean_line(id)).filter(|id| !id.is_empty());
    message.parts.iter().take(PARTS).find_map(|part| match &part.body {
        PartType::Message(inner) => inner.message_id().and_then(id),
        _ if part.is_content_type("text", "rfc822-headers") => {
            wording::message_id(&String::from_utf8_lossy(part.contents()))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests;
