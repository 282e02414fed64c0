//! Composes the one kind of mail a customer gets. Never reads a clock, draws a random number or
//! looks anything up: the same letter is the same bytes, so a second copy can be recognised (L5).

use std::collections::HashMap;
use std::time::SystemTime;

use lettre::Message;
use lettre::message::header::{
    ContentDisposition, ContentId, ContentTransferEncoding, ContentType, HeaderName, HeaderValue,
};
use lettre::message::{MultiPart, SinglePart};
use thiserror::Error;

use crate::domain::attachment::FILE_BYTES;
use crate::domain::part::{CustomerEvent, VisiblePart};
use crate::domain::{
    Attachment, Contact, EmailAddress, PartId, Refusal, SharedThread, TicketId, Time,
};
use crate::mail::header::{AddressError, from, host_of, is_message_id, mailbox, safe};
use crate::mail::messenger_settings::MessengerSettings;
use crate::mail::notification::Notification;

/// Says from which installation a mail is, so that none answers its own.
pub const LOOP_HEADER: &str = "X-Deskbell-Loop";
/// Of a long References, the first ids that are kept, and the last.
const FIRST_REFERENCES: usize = 3;
const LAST_REFERENCES: usize = 6;
/// The box the logo is shown in, in pixels.
const LOGO_BOX: (u32, u32) = (160, 48);

/// The desk's own addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// From; also the envelope's sender.
    pub address: String,
    /// Where an answer goes (N10): signed for the ticket and this contact where there is a key.
    pub reply_to: String,
    /// The name of this installation, by which it knows its own mail when that comes back in a
    /// loop. No secret.
    pub installation: Option<String>,
}

/// All that a mail is made of.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// The proof that the customer may see the ticket, and all they may see of it.
    pub thread: &'a SharedThread,
    /// The parts this mail tells, in order; a burst has several (N13).
    pub about: &'a [PartId],
    /// Parts whose own mail still waits. They may yet be taken back (U1), so nothing of them is
    /// quoted here, unless the customer wrote them.
    pub withheld: &'a [PartId],
    /// The bytes of files by their SHA-256. Which files the mail carries is read from the thread
    /// alone: those of what teammates wrote that it tells.
    pub contents: &'a HashMap<String, Vec<u8>>,
    pub to: &'a Contact,
    pub sender: &'a Sender,
    pub messenger: &'a MessengerSettings,
    /// Fixed in the ledger (L2); without angle brackets.
    pub message_id: &'a str,
    /// The Message-IDs of earlier mails about this ticket, to the customer and from them, oldest
    /// first, without brackets. The last is the one that is answered.
    pub references: &'a [String],
    /// N17: fixed text, without a word of what was submitted, not even the sender's name.
    pub fixed_text: bool,
    /// When the mail was planned, not when it is tried: a retry has the same Date.
    pub date: Time,
}

/// Why there is no mail.
#[derive(Debug, Error)]
pub enum ComposeError {
    #[error("There is nothing to tell: the mail is about no part of the ticket.")]
    NothingToTell,
    #[error("Part {0} cannot be told: the customer does not see it.")]
    NotVisible(PartId),
    #[error("The customer's own reply ({0}) is not mailed to them (N7).")]
    OwnReply(PartId),
    #[error("The ticket is not shared, so no mail about it goes to the customer (N9).")]
    NotShared,
    #[error("{0} has no address.")]
    NoAddress(String),
    #[error("The desk's own address cannot be used (mail.address): {0}")]
    Sender(Refusal),
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error("\"{0}\" cannot be a Message-ID: it must be left@right in plain ASCII.")]
    MessageId(String),
    #[error("The mail's date {0} is outside of the years 1970 to 9999.")]
    Date(Time),
    #[error("The bytes of the file {0} are not there.")]
    NoContent(String),
    #[error("The mail's template cannot be filled: {0}.")]
    Template(#[from] askama::Error),
    #[error("The mail cannot be put together: {0}.")]
    Mail(String),
}

/// The whole mail (RFC 5322), lines ended by CRLF, none over 998 bytes, in ASCII throughout.
///
/// # Errors
/// [`ComposeError`]; none of them passes by trying again.
pub fn compose(letter: &Letter<'_>) -> Result<Vec<u8>, ComposeError> {
    let ticket = letter.thread.ticket().ok_or(ComposeError::NotShared)?;
    let about = about(letter)?;
    let address = letter
        .to
        .email
        .as_ref()
        .ok_or_else(|| ComposeError::NoAddress(safe(letter.to.display_name())))?;
    if !is_message_id(letter.message_id) {
        return Err(ComposeError::MessageId(safe(letter.message_id)));
    }

    let name = messenger_name(letter.messenger);
    let thread = threading(ticket.id(), letter);
    let carried = if letter.fixed_text { Vec::new() } else { carried(&about) };
    let (words, to) = if letter.fixed_text {
        (Notification::fixed(ticket), "")
    } else {
        let quotable =
            letter.thread.visible().filter(|p| p.is_own() || !letter.withheld.contains(&p.id()));
        let words = Notification::new(ticket, &about, &carried, quotable);
        (words, letter.to.name.as_str())
    };
    let body = with_files(body(&words, &name, letter)?, &carried, letter)?;
    let message = Message::builder()
        .raw_header(from(&from_name(&about, &name), &own(&letter.sender.address)?)?)
        .reply_to(mailbox(&name, &own(&letter.sender.reply_to)?)?)
        .to(mailbox(to, address)?)
        .subject(format!("Your ticket {}", ticket.id()))
        .date(date(letter.date)?)
        .message_id(Some(format!("<{}>", letter.message_id)))
        .in_reply_to(thread.last().cloned().unwrap_or_default())
        .references(thread.join(" "))
        // Not "All": that would also ask Exchange to keep its bounces to itself.
        .raw_header(constant("X-Auto-Response-Suppress", "OOF, AutoReply"));
    let message = match &letter.sender.installation {
        Some(name) => message.raw_header(constant(LOOP_HEADER, &safe(name))),
        None => message,
    };
    // RFC 3834 §5. A person's own words are nobody's automatic mail: another desk takes them in as
    // what somebody wrote.
    let message = if about.iter().any(|p| p.event() == CustomerEvent::TeammateReply) {
        message
    } else {
        message.raw_header(constant("Auto-Submitted", "auto-generated"))
    };
    message
        .multipart(body)
        .map(|message| message.formatted())
        .map_err(|e| ComposeError::Mail(e.to_string()))
}

fn own(address: &str) -> Result<EmailAddress, ComposeError> {
    EmailAddress::new(address).map_err(ComposeError::Sender)
}

fn messenger_name(settings: &MessengerSettings) -> String {
    let name = safe(&settings.name);
    if name.is_empty() { MessengerSettings::default().name } else { name }
}

/// The parts to tell, each seen by the customer and none their own.
fn about<'a>(letter: &Letter<'a>) -> Result<Vec<VisiblePart<'a>>, ComposeError> {
    if letter.about.is_empty() {
        return Err(ComposeError::NothingToTell);
    }
    letter
        .about
        .iter()
        .map(|id| {
            let part = letter.thread.visible().find(|p| p.id() == *id);
            let part = part.ok_or(ComposeError::NotVisible(*id))?;
            match part.event() {
                CustomerEvent::OwnReply => Err(ComposeError::OwnReply(*id)),
                CustomerEvent::Submitted
                | CustomerEvent::TeammateReply
                | CustomerEvent::State(_) => Ok(part),
            }
        })
        .collect()
}

/// "Mara (Support)" when all that is told is by one teammate, else the Messenger's name. A
/// customer's text never stands here.
fn from_name(about: &[VisiblePart<'_>], messenger: &str) -> String {
    let mut replies = about.iter().filter(|p| p.event() == CustomerEvent::TeammateReply);
    let name = replies.next().map_or("", |p| p.author());
    let one = replies.all(|p| p.author() == name);
    match safe(name) {
        author if one && !author.is_empty() => format!("{author} ({messenger})"),
        _ => messenger.to_owned(),
    }
}

/// References, each with its brackets: first an id that stands for the ticket, which threads
/// also where a provider has rewritten the others.
fn threading(ticket: TicketId, letter: &Letter<'_>) -> Vec<String> {
    let known: Vec<&String> = letter
        .references
        .iter()
        .filter(|id| is_message_id(id) && id.as_str() != letter.message_id)
        .collect();
    let last_from = known.len().saturating_sub(LAST_REFERENCES).max(FIRST_REFERENCES);
    let kept = known.iter().take(FIRST_REFERENCES).chain(known.iter().skip(last_from));
    std::iter::once(format!("<ticket.{}@{}>", ticket.0, host_of(letter.message_id)))
        .chain(kept.map(|id| format!("<{id}>")))
        .collect()
}

fn date(date: Time) -> Result<SystemTime, ComposeError> {
    // lettre panics outside of this range.
    if (0..253_402_300_800).contains(&date.timestamp()) {
        Ok(SystemTime::from(date))
    } else {
        Err(ComposeError::Date(date))
    }
}

fn constant(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// Both versions and the logo. Texts are quoted-printable whatever they hold, so no line is long
/// and no CR or LF stands alone: what ends a mail on its way cannot be forged (SMTP smuggling).
/// The logo is base64.
fn body(
    words: &Notification,
    messenger: &str,
    letter: &Letter<'_>,
) -> Result<MultiPart, ComposeError> {
    let logo = letter.messenger.logo();
    let cid = format!("logo.{}", letter.message_id);
    let html = words.html(messenger, &cid, logo.fit(LOGO_BOX.0, LOGO_BOX.1))?;
    let image_type =
        ContentType::parse(logo.mime()).map_err(|e| ComposeError::Mail(e.to_string()))?;
    let image = SinglePart::builder()
        .header(image_type)
        .header(ContentDisposition::inline())
        .header(ContentId::from(format!("<{cid}>")))
        .header(ContentTransferEncoding::Base64)
        .body(logo.bytes().to_vec());
    let text = |kind, body: String| {
        SinglePart::builder()
            .header(kind)
            .header(ContentTransferEncoding::QuotedPrintable)
            .body(body)
    };
    Ok(MultiPart::alternative()
        .boundary(boundary("alternative", letter.message_id))
        .singlepart(text(ContentType::TEXT_PLAIN, words.text()?))
        .multipart(
            MultiPart::related()
                .boundary(boundary("related", letter.message_id))
                .singlepart(text(ContentType::TEXT_HTML, html))
                .singlepart(image),
        ))
}

/// The files of what teammates wrote and a mail tells, replies and submissions alike, as far as they
/// go into one mail together: a burst (N13) may have more. What is left out is named in the mail. A
/// customer's own files are not mailed back to them.
fn carried<'a>(about: &[VisiblePart<'a>]) -> Vec<&'a Attachment> {
    let mut room = FILE_BYTES;
    let mut fits = |file: &&Attachment| match room.checked_sub(file.size) {
        Some(left) => {
            room = left;
            true
        }
        None => false,
    };
    let theirs = about.iter().filter(|p| !p.is_own());
    theirs.flat_map(|p| p.files()).filter(|file| fits(file)).collect()
}

/// The mail's text with its files behind it, each in base64.
fn with_files(
    text: MultiPart,
    files: &[&Attachment],
    letter: &Letter<'_>,
) -> Result<MultiPart, ComposeError> {
    if files.is_empty() {
        return Ok(text);
    }
    let mixed = MultiPart::mixed().boundary(boundary("mixed", letter.message_id)).multipart(text);
    files.iter().try_fold(mixed, |mixed, file| {
        let bytes = letter.contents.get(&file.sha256);
        let bytes = bytes.ok_or_else(|| ComposeError::NoContent(safe(&file.name)))?;
        // Only a text that is UTF-8 is called one.
        let charset = if file.mime.starts_with("text/") { "; charset=utf-8" } else { "" };
        let kind = ContentType::parse(&format!("{}{charset}", file.mime))
            .or_else(|_| ContentType::parse("application/octet-stream"))
            .map_err(|e| ComposeError::Mail(e.to_string()))?;
        let part = SinglePart::builder()
            .header(kind)
            .header(ContentDisposition::attachment(&safe(&file.name)))
            .header(ContentTransferEncoding::Base64)
            .body(bytes.clone());
        Ok(mixed.singlepart(part))
    })
}

/// A function of the Message-ID. `=_` occurs in no quoted-printable and no base64 text, so no
/// body can hold a boundary (RFC 2045 §6.7). At most 70 characters (RFC 2046 §5.1.1).
fn boundary(kind: &str, message_id: &str) -> String {
    let id: String = message_id.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    format!("=_{kind}_{id}")
}

#[cfg(test)]
mod tests;
