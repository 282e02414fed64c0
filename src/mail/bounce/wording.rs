//! Bounces in words: what mail systems write that have no report for machines, or one that names
//! nobody. Never takes a warning for the end: words of patience outweigh words of failure.

use mail_parser::{Message, PartType};

use super::{BounceKind, Fate, RECIPIENTS};
use crate::domain::text::clean_line;
use crate::mail::inbound::{Inbound, PARTS};

/// The part of a mail in which a system says what happened, in bytes and lines.
const TOLD_BYTES: usize = 64 * 1024;
const TOLD_LINES: usize = 400;

const FAILURES: &[&str] = &[
    "could not be delivered",
    "couldn't be delivered",
    "cannot be delivered",
    "can not be delivered",
    "was not delivered",
    "not be delivered",
    "undeliverable",
    "undelivered",
    "delivery failed",
    "delivery failure",
    "delivery has failed",
    "failed to deliver",
    "delivery error",
    "delivery status notification (failure)",
    "user unknown",
    "unknown user",
    "no such user",
    "user not known",
    "recipient unknown",
    "unknown recipient",
    "recipient not found",
    "user not found",
    "not found",
    "does not exist",
    "doesn't exist",
    "doesn't have a",
    "permanent error",
    "permanent fatal error",
    "fatal delivery error",
    "has been returned",
    "encountered an error",
    "your message was addressed",
    "could not be reached",
    "failed permanently",
    "permanent failure",
    "fatal error",
    "mailbox unavailable",
    "mailbox is unavailable",
    "mailbox full",
    "mailbox is full",
    "over quota",
    "exceeded storage",
    "exceeds allowed size",
    "exceed mailbox quota",
    "quota exceeded",
    "address rejected",
    "invalid recipient",
    "bad address",
    "invalid address",
    "address is invalid",
    "unrouteable",
    "unroutable",
    "unable to deliver",
    "able to deliver your message",
    "could not deliver",
    "did not reach",
    "returned to sender",
    "returned mail",
    "returned message",
    "is returned",
    "not listed",
    "no account",
    "not a valid",
    "is not valid",
    "no longer",
    "no mailbox",
    "no valid host",
    "host unknown",
    "unknown host",
    "unknown local",
    "unable to be delivered",
    "failed recipient",
    "failed addresses",
    "failed address",
    "following addresses",
    "following recipient",
    "following address",
    "following errors",
    "rejected",
    "refused",
    "disabled",
    "terminated",
    "was unable",
    "is unknown",
    "isn't",
    "unknown mailbox",
    "address unknown",
    "bounced",
    "no such",
    "not available",
    "error on",
    "inactive",
    "not accepted",
    "not recognized",
    "nicht zugestellt",
    "unzustellbar",
    "konnte nicht",
    "non remis",
    "n'a pas pu",
    "no se pudo entregar",
    "no pudo ser",
    "non è stato possibile",
    "não foi entregue",
    "niet worden afgeleverd",
    "kunde inte levereras",
    "не доставлено",
    "配信できません",
    "退信",
];

const PATIENCE: &[&str] = &[
    "will be retried",
    "will keep trying",
    "will continue to",
    "still trying",
    "has not yet been",
    "have not yet been",
    "not been delivered yet",
    "could not be delivered yet",
    "warning message only",
    "this is a warning",
    "warning only",
    "do not need to resend",
    "delivery attempts will continue",
    "no action is required",
    "delivery status notification (delay)",
    "is delayed",
    "has been delayed",
    "delivery delayed",
    "delayed mail",
    "temporarily deferred",
    "still being",
    "will retry",
    "will try again",
    "attempts to deliver the message will continue",
    "was not delivered in the last",
    "is deferred",
    "been deferred",
    "delivery incomplete",
    "not succeeded so far",
    "we will try",
    "will be tried again",
    "keep trying",
    "trying to deliver",
    "erneut versucht",
    "weiter versucht",
    "weitere zustellversuche",
    "nouvelle tentative",
    "nouveaux essais",
    "seguirá intentando",
    "se reintentar",
    "ulteriori tentativi",
    "novas tentativas",
    "opnieuw geprobeerd",
    "försöka igen",
    "повторн",
    "再送",
    "could not be delivered for",
    "verzögert",
    "en attente",
    "vertraagd",
];

/// Where the mail that is returned begins, or what only comes with it.
const RETURNED: &[&str] = &[
    "below this line is a copy",
    "--- below this line",
    "original message follows",
    "----- original message",
    "--- original message",
    "message header follow",
    "-----original message",
    "return-path:",
    "received:",
    "message-id:",
    "x-mailer:",
    "mime-version:",
    "message text follows",
    "here is a copy",
    "copy of your message",
    "copy of the message",
    "this is a copy of",
    "unsent message follows",
    "original message headers",
    "headers of the message",
    "header of the message",
    "full headers",
    "returned message follows",
    "message headers follow",
    "undelivered message follows",
    "----- message body",
    "--- the header of the original",
    "--------returned mail",
];

/// What the system says itself: texts before the mail that is returned.
pub(super) fn told(message: &Message<'_>) -> String {
    let mut told = String::new();
    for part in message.parts.iter().take(PARTS) {
        match &part.body {
            PartType::Text(text) => told.push_str(text),
            PartType::Html(html) => told.push_str(&crate::mail::parse::html_text(html)),
            PartType::Message(_) => break,
            _ => continue,
        }
        told.push('\n');
        if told.len() > TOLD_BYTES {
            break;
        }
    }
    told
}

pub(super) fn is_warning(told: &str, subject: &str) -> bool {
    let said = said(told).join("\n").to_lowercase();
    let subject = subject.to_lowercase();
    PATIENCE.iter().any(|p| said.contains(p) || subject.contains(p))
        || subject.starts_with("warning: ") && !FAILURES.iter().any(|f| subject.contains(f))
}

/// How a mail ended that is only told of in words.
pub(super) fn kind(told: &str, subject: &str) -> BounceKind {
    if is_warning(told, subject) {
        return BounceKind::Delayed;
    }
    let lower: Vec<String> = said(told).iter().map(|l| l.to_lowercase()).collect();
    let is_given_up = lower.iter().any(|l| FAILURES.iter().any(|f| l.contains(f)))
        || FAILURES.iter().any(|f| subject.to_lowercase().contains(f));
    match by_answers(&lower) {
        BounceKind::Temporary if is_given_up => BounceKind::Permanent,
        kind => kind,
    }
}

/// By the class of the first answer of a server.
fn by_answers(lower: &[String]) -> BounceKind {
    match lower.iter().find_map(|l| smtp_code(l)) {
        Some('4') => BounceKind::Temporary,
        _ => BounceKind::Permanent,
    }
}

/// True when a server's own answer is quoted, or qmail's way of naming whom it could not reach.
pub(super) fn quotes_an_answer(told: &str) -> bool {
    said(told).iter().any(|l| {
        let is_named = l.starts_with('<') && l.trim_end().ends_with(">:");
        is_named || smtp_code(l).is_some() && enhanced(l).is_some()
    })
}

/// The lines up to the mail that is returned.
fn said(told: &str) -> Vec<&str> {
    told.lines()
        .take(TOLD_LINES)
        .take_while(|line| {
            let line = line.to_lowercase();
            !RETURNED
                .iter()
                .any(|r| if r.ends_with(':') { line.starts_with(r) } else { line.contains(r) })
        })
        .collect()
}

/// The fates that are told in words, one for each address that is named as failed.
pub(super) fn read(mail: &Inbound, told: &str) -> Vec<Fate> {
    let lines = said(told);
    let lower: Vec<String> = lines.iter().map(|l| l.to_lowercase()).collect();
    let subject = mail.subject.to_lowercase();
    // `<ada@lumen.example>:` alone in its line is how qmail names whom it could not reach.
    let named = |l: &String| l.starts_with('<') && l.trim_end().ends_with(">:");
    let fails =
        |l: &String| FAILURES.iter().any(|f| l.contains(f)) || smtp_code(l).is_some() || named(l);
    let warning = is_warning(told, &mail.subject);
    let first = lower.iter().position(fails);
    if first.is_none() && !warning && !FAILURES.iter().any(|f| subject.contains(f)) {
        return Vec::new();
    }
    let kind = if warning {
        BounceKind::Delayed
    } else {
        by_answers(first.and_then(|at| lower.get(at..)).unwrap_or(&lower))
    };
    let ours: Vec<String> = mail
        .from
        .iter()
        .chain(mail.sender.as_ref())
        .map(|m| m.address.to_lowercase())
        .chain(mail.to.iter().map(|a| a.to_lowercase()))
        .collect();
    let foreign = |a: &String| {
        let a = a.to_lowercase();
        !ours.contains(&a)
            && !a.starts_with("postmaster@")
            && !a.starts_with("mailer-daemon@")
            && !a.starts_with("abuse@")
            && !a.starts_with("helpdesk@")
            && !a.starts_with("support@")
    };
    let mut found: Vec<String> = Vec::new();
    let start = first.unwrap_or(0);
    let below: Vec<String> =
        lines.iter().skip(start).flat_map(|l| addresses(l)).filter(foreign).collect();
    let above = || {
        lines
            .iter()
            .take(start)
            .rev()
            .take(6)
            .flat_map(|l| addresses(l))
            .filter(foreign)
            .collect::<Vec<_>>()
    };
    for address in if below.is_empty() { above() } else { below } {
        if found.len() < RECIPIENTS && !found.iter().any(|f| f.eq_ignore_ascii_case(&address)) {
            found.push(address);
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    found.into_iter().map(|r| fate(kind, Some(r), told)).collect()
}

pub(super) fn fate(kind: BounceKind, recipient: Option<String>, told: &str) -> Fate {
    let lines = said(told);
    let diagnostic = lines
        .iter()
        .find(|l| smtp_code(&l.to_lowercase()).is_some())
        .or_else(|| lines.iter().find(|l| FAILURES.iter().any(|f| l.to_lowercase().contains(f))))
        .map(|l| clean_line(l));
    Fate {
        kind,
        recipient,
        passed_on_to: None,
        status: lines.iter().find_map(|l| enhanced(l)),
        diagnostic,
    }
}

/// The class of a server's answer such as "550 5.1.1 …" or "552 Quota": its first digit.
fn smtp_code(line: &str) -> Option<char> {
    let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '.');
    words.filter(|w| w.len() == 3 && w.bytes().all(|b| b.is_ascii_digit())).find_map(|w| {
        let known = [
            "421", "450", "451", "452", "500", "501", "503", "510", "511", "521", "550", "551",
            "552", "553", "554", "571",
        ];
        known.contains(&w).then(|| w.chars().next()).flatten()
    })
}

/// A status code of RFC 3463 within a line.
fn enhanced(line: &str) -> Option<String> {
    line.split(|c: char| !c.is_ascii_digit() && c != '.')
        .find(|w| {
            let parts: Vec<&str> = w.split('.').collect();
            matches!(parts.as_slice(), ["4" | "5", b, c] if !b.is_empty() && b.len() <= 2 && !c.is_empty() && c.len() <= 3)
        })
        .map(str::to_owned)
}

/// The addresses in a line, without what stands around them.
pub(super) fn addresses(line: &str) -> Vec<String> {
    line.split(|c: char| c.is_whitespace() || "<>\"',;()[]{}|=:".contains(c))
        .map(|w| w.trim_matches(['.', '*', '\u{a0}', '`', '-', '!', '?']))
        .filter(|w| is_address(w))
        .map(str::to_owned)
        .collect()
}

/// True for what somebody could be written to by: an address cut short names nobody.
pub(super) fn is_address(word: &str) -> bool {
    word.len() <= 320
        && !word.contains("..")
        && word.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.contains('.') && !domain.contains('@')
        })
}

/// The first Message-ID among lines of a header.
pub(super) fn message_id(text: &str) -> Option<String> {
    let line = text.lines().find(|l| {
        l.trim_start().get(..11).is_some_and(|h| h.eq_ignore_ascii_case("message-id:"))
    })?;
    let (_, value) = line.split_once(':')?;
    let id = clean_line(value).trim_matches(['<', '>', ' ']).to_owned();
    (id.contains('@') && !id.contains(' ')).then_some(id)
}
