//! Is it automatic? The signs by which mail of machines is told from mail of people (M3).
//!
//! Never takes X-Auto-Response-Suppress for a sign: it asks others not to answer, and people's
//! mail programs set it. It is obeyed, that is all.

use super::fields::Fields;
use crate::mail::bounce::BounceKind;
use crate::mail::inbound::{Automatic, Inbound, Remark};

/// Subjects of out-of-office notices, lower case. A weak sign: people quote them.
const OUT_OF_OFFICE: &[&str] = &[
    "out of office",
    "out of the office",
    "automatic reply",
    "auto-reply",
    "autoreply",
    "auto reply",
    "automatische antwort",
    "abwesenheitsnotiz",
    "abwesend",
    "réponse automatique",
    "absence du bureau",
    "respuesta automática",
    "fuera de la oficina",
    "risposta automatica",
    "fuori ufficio",
    "resposta automática",
    "ausência",
    "automatisch antwoord",
    "automatisk svar",
    "autosvar",
    "frånvaro",
    "automaattinen vastaus",
    "odpowiedź automatyczna",
    "autoodpowiedź",
    "automatická odpověď",
    "автоматический ответ",
    "автоответ",
    "自動応答",
    "自动回复",
    "自动答复",
    "자동 회신",
    "otomatik yanıt",
    "automatikus válasz",
];

const FORWARDS: &[&str] = &[
    "fw",
    "fwd",
    "wg",
    "tr",
    "rv",
    "enc",
    "vs",
    "vb",
    "doorst",
    "pd",
    "i",
    "továbbítás",
    "fs",
    "转发",
    "轉寄",
    "転送",
];

/// True for the subject of a mail that is passed on.
pub(super) fn is_forward(subject: &str) -> bool {
    let head = subject.split([':', '：']).next().unwrap_or_default();
    head.len() < subject.len() && FORWARDS.contains(&head.trim().to_lowercase().as_str())
}

pub(super) fn judge(mail: &mut Inbound, fields: &Fields) {
    mail.automatic = sign(mail, fields);
    let subject = mail.subject.to_lowercase();
    let away = OUT_OF_OFFICE.iter().any(|s| subject.starts_with(s));
    if away && mail.automatic.is_none() {
        mail.remark(Remark::LooksLikeOutOfOffice);
    }
    let suppressed = fields.first("x-auto-response-suppress").is_some_and(|v| {
        let v = v.to_lowercase();
        v.split([',', ';', ' ']).any(|w| matches!(w, "all" | "oof" | "autoreply"))
    });
    mail.do_not_acknowledge |=
        mail.automatic.is_some() || mail.bounce.is_some() || away || suppressed;
}

fn sign(mail: &Inbound, fields: &Fields) -> Option<Automatic> {
    let is =
        |name: &str, values: &[&str]| fields.all(name).any(|v| values.contains(&word(v).as_str()));
    let auto = fields.all("auto-submitted").find(|v| word(v) != "no");
    let exchange_away = fields.first("x-ms-exchange-inbox-rules-loop").is_some();
    if exchange_away || auto.is_some_and(says_vacation) {
        return Some(Automatic::OutOfOffice);
    }
    if auto.is_some() {
        return Some(Automatic::AutoSubmitted);
    }
    if mail.return_path.as_deref() == Some("") {
        return Some(Automatic::NullSender);
    }
    if let Some(found) = mail.from.iter().find_map(|m| by_address(&m.address)) {
        return Some(found);
    }
    if fields.all("content-type").any(is_receipt) {
        return Some(Automatic::ReadReceipt);
    }
    if fields.first("x-failed-recipients").is_some() {
        return Some(Automatic::FailedRecipients);
    }
    let bulk = ["bulk", "junk", "list", "auto_reply"];
    if is("precedence", &bulk) || is("x-precedence", &bulk) {
        return Some(Automatic::Precedence);
    }
    if fields.named("list-").is_some() {
        return Some(Automatic::MailingList);
    }
    let by_header = ["x-autoreply", "x-autorespond", "x-autoresponse", "x-mail-autoreply"];
    if by_header.iter().any(|h| fields.named(h).is_some()) {
        return Some(Automatic::AutoReplyHeader);
    }
    if is("x-fc-machinegenerated", &["true"]) {
        return Some(Automatic::MachineGenerated);
    }
    if is("x-loop", &["yes", "true"]) {
        return Some(Automatic::Loop);
    }
    if fields.first("x-no-ack").is_some() || is("x-ack", &["no"]) {
        return Some(Automatic::NoAnswerWanted);
    }
    let reported = mail.bounce.as_ref().is_some_and(|b| b.kind != BounceKind::Unknown);
    reported.then_some(Automatic::MailSystem)
}

/// The first word of a value, without parameters and comments, lower case.
fn word(value: &str) -> String {
    value.split([';', '(', ' ', '\t', ',']).next().unwrap_or_default().to_lowercase()
}

/// `multipart/report; report-type=disposition-notification`, whatever else it says.
fn is_receipt(kind: &str) -> bool {
    let kind: String = kind.chars().filter(|c| !c.is_whitespace() && *c != '"').collect();
    let kind = kind.to_ascii_lowercase();
    let mut says = kind.split(';');
    says.next() == Some("multipart/report")
        && says.any(|s| s == "report-type=disposition-notification")
}

fn says_vacation(value: &str) -> bool {
    let value = value.to_lowercase();
    value.contains("vacation") || value.contains("owner-email=")
}

fn by_address(address: &str) -> Option<Automatic> {
    let local = address.split('@').next().unwrap_or_default().to_lowercase();
    let bare: String = local.chars().filter(char::is_ascii_alphanumeric).collect();
    match bare.as_str() {
        "mailerdaemon" | "postmaster" => Some(Automatic::MailSystem),
        "noreply" | "donotreply" | "noreplies" | "dontreply" | "nepasrepondre"
        | "nichtantworten" => Some(Automatic::NoReplyAddress),
        _ if bare.starts_with("noreply") || bare.starts_with("donotreply") => {
            Some(Automatic::NoReplyAddress)
        }
        _ => None,
    }
}
