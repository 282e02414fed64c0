//! From the bytes of a mail to what is understood of it. Pure; never panics, never gives up: what
//! cannot be read is shown as it came, with a [`Remark`].
//!
//! What is in an [`Inbound`] is what the mail claims. Only the envelope and the fields of our own
//! server are known, and nothing here decides which those are.

mod automatic;
mod body;
mod fields;
pub mod file_name;
mod flowed;
mod html;
mod letters;
mod mended;

use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::{Address, HeaderName, HeaderValue, Message, MessageParser};
use sha2::{Digest, Sha256};

use crate::domain::Time;
use crate::domain::text::{NAME_CHARS, TITLE_CHARS, clean_body, clean_line, is_unsafe};
use crate::mail::bounce;
use crate::mail::inbound::{
    ADDRESSES, Inbound, Mailbox, RAW_BYTES, REFERENCES, Remark, TEXT_BYTES,
};
use crate::mail::reply_address;
use crate::mail::trim::{Markup, Trimmed, trim_marked};
pub(in crate::mail) use fields::Fields;

/// The longest Message-ID that is believed to be one, in bytes (RFC 5322 §2.1.1).
const ID_BYTES: usize = 998;
/// Stands in an address for what is none of its letters.
const NO_LETTER: char = '\u{fffd}';
/// What an address is known by, also in its wide and small forms.
const AT: [char; 3] = ['@', '＠', '﹫'];
/// Of long References the first ids that are kept: they stand for the ticket.
const FIRST_REFERENCES: usize = 3;

/// Understands a mail whose envelope is not known, or is written into it (Return-Path).
#[must_use]
pub fn parse(raw: &[u8]) -> Inbound {
    parse_enveloped(raw, None)
}

/// A page of HTML as text: nothing of its markup is left, and no link without its target beside it.
#[must_use]
pub fn html_as_text(html: &str) -> String {
    html::to_text(html).text
}

/// Understands a mail. `sender` is the envelope's sender where the way in tells it; `""`, `"<>"`
/// and `"MAILER-DAEMON"` (so Postfix writes it for a pipe) are the null sender.
#[must_use]
pub fn parse_enveloped(raw: &[u8], sender: Option<&str>) -> Inbound {
    let read = raw.get(..RAW_BYTES).unwrap_or(raw);
    let fields = Fields::new(read);
    let mut mail = Inbound {
        return_path: sender.map(null_or_address).or_else(|| fields.return_path()),
        ..Inbound::default()
    };
    if read.len() < raw.len() || fields.cut() {
        mail.remark(Remark::TooLarge);
    }
    if fields.guessed() {
        mail.remark(Remark::GuessedCharset);
    }
    let bounded = fields.bounded(read);
    // mail-parser 0.11.9 panics on some mails where debug assertions are on.
    let filled = catch_unwind(AssertUnwindSafe(|| {
        let message = MessageParser::default().parse(bounded.as_ref())?;
        let mut mail = mail.clone();
        fill(&mut mail, &message, &fields);
        Some(mail)
    }));
    let mut mail = match filled {
        Ok(Some(filled)) => filled,
        Ok(None) | Err(_) => unreadable(mail, &fields, bounded.as_ref()),
    };
    if mail.message_id.is_none() {
        mail.synthetic_id = Some(fields.synthetic_id(raw));
    }
    mail
}

fn null_or_address(sender: &str) -> String {
    let address = address(sender.trim().trim_start_matches('<').trim_end_matches('>'));
    if address.eq_ignore_ascii_case("mailer-daemon") { String::new() } else { address }
}

fn fill(mail: &mut Inbound, message: &Message<'_>, fields: &Fields) {
    people(mail, message, fields);
    mail.delivered_to = fields.delivered_to();
    mail.message_ids = fields.all("message-id").count();
    mail.message_id = fields.first("message-id").and_then(message_id);
    mail.in_reply_to = ids(fields.first("in-reply-to").unwrap_or_default());
    mail.references = ids(fields.first("references").unwrap_or_default());
    mail.subject = message
        .subject()
        .map(|s| clean_line(s).chars().take(TITLE_CHARS).collect::<String>().trim().to_owned())
        .unwrap_or_default();
    mail.date = message
        .date()
        .filter(|d| d.is_valid())
        .and_then(|d| Time::from_timestamp(d.to_timestamp(), 0));
    mail.our_loop_header =
        fields.first("x-deskbell-loop").map(|v| clean_line(v).chars().take(TITLE_CHARS).collect());
    mail.received = fields.all("received").count();
    mail.authentication_results = fields.authentication_results();
    if mail.message_ids > 1 {
        mail.remark(Remark::SeveralMessageIds);
    }
    if message.subject().is_some_and(turns_around) {
        mail.remark(Remark::DirectionControls);
    }

    let body = body::read(message, mail);
    mail.bounce = bounce::detect(mail, message, fields);
    finish(mail, &body.text, &body.markup);
    automatic::judge(mail, fields);
}

/// The text's three forms. `markup` has what the mail's markup says of each line of `text`.
fn finish(mail: &mut Inbound, text: &str, markup: &[Markup]) {
    let mut hash = Sha256::new();
    hash.update(text.as_bytes());
    for file in &mail.attachments {
        hash.update(file.sha256.as_bytes());
    }
    mail.dedupe_text_hash = hex(&hash.finalize());
    mail.text = cut_text(text).to_owned();
    if mail.text.len() < text.len() {
        mail.remark(Remark::TextCut);
    }
    // What is passed on is what its author has to say; and a mail system's report answers nothing.
    let is_whole = automatic::is_forward(&mail.subject) || mail.bounce.is_some();
    let Trimmed { shown, hidden_lines } = if is_whole {
        Trimmed { shown: mail.text.trim_end().trim_start_matches('\n').to_owned(), hidden_lines: 0 }
    } else {
        trim_marked(&mail.text, markup)
    };
    mail.shown = shown;
    mail.hidden_lines = hidden_lines;
}

fn cut_text(text: &str) -> &str {
    let mut end = text.len().min(TEXT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// What is left of a mail that no parser can read: who it claims to be from, and its lines.
fn unreadable(mut mail: Inbound, fields: &Fields, raw: &[u8]) -> Inbound {
    mail.remark(Remark::Unreadable);
    mail.from_fields = fields.all("from").count();
    mail.message_ids = fields.all("message-id").count();
    mail.message_id = fields.first("message-id").and_then(message_id);
    mail.subject =
        clean_line(fields.first("subject").unwrap_or_default()).chars().take(TITLE_CHARS).collect();
    mail.delivered_to = fields.delivered_to();
    mail.received = fields.all("received").count();
    mail.do_not_acknowledge = true;
    let text = clean_body(&fields::decode(raw));
    finish(&mut mail, &text, &[]);
    automatic::judge(&mut mail, fields);
    mail
}

fn people(mail: &mut Inbound, message: &Message<'_>, fields: &Fields) {
    mail.from_fields = fields.all("from").count();
    let list = |name: HeaderName<'static>| -> Vec<Mailbox> {
        message
            .headers()
            .iter()
            .filter(|h| h.name == name)
            .filter_map(|h| match &h.value {
                HeaderValue::Address(list) => Some(mailboxes(list)),
                _ => None,
            })
            .flatten()
            .take(ADDRESSES + 1)
            .collect()
    };
    let mut cut = false;
    let mut addresses = |name| -> Vec<String> {
        let mut all: Vec<String> = list(name).into_iter().map(|m| m.address).collect();
        all.retain(|a| !a.is_empty());
        cut |= all.len() > ADDRESSES;
        all.truncate(ADDRESSES);
        all
    };
    mail.to = with_ours(addresses(HeaderName::To), fields, "to");
    mail.cc = with_ours(addresses(HeaderName::Cc), fields, "cc");
    mail.reply_to = addresses(HeaderName::ReplyTo);
    mail.sender = list(HeaderName::Sender).into_iter().next();
    mail.from = list(HeaderName::From);
    if mail.from_fields == 1 {
        mail.from = with_whole_names(std::mem::take(&mut mail.from));
    }
    mail.from.truncate(ADDRESSES);
    if cut {
        mail.remark(Remark::LeftOutAddresses);
    }
    if mail.from.is_empty() {
        mail.remark(Remark::NoFrom);
    } else if mail.from_fields > 1 || mail.from.len() > 1 {
        mail.remark(Remark::SeveralFrom);
    }
    let disguised = |m: &Mailbox| m.name.contains(AT) && !m.name.eq_ignore_ascii_case(&m.address);
    if mail.from.iter().any(disguised) {
        mail.remark(Remark::NameLooksLikeAddress);
    }
    if message.from().is_some_and(|a| a.iter().any(|a| a.name().is_some_and(turns_around))) {
        mail.remark(Remark::DirectionControls);
    }
}

/// Addresses, and what has the form of a signed one of ours although it was folded or broken on
/// its way: its signature says whether it is one.
fn with_ours(mut all: Vec<String>, fields: &Fields, name: &str) -> Vec<String> {
    let whole: Vec<String> = fields.all(name).flat_map(signed).collect();
    for address in whole.into_iter().take(ADDRESSES) {
        if !all.iter().any(|a| a.eq_ignore_ascii_case(&address)) {
            all.push(address);
        }
    }
    all
}

/// The addresses in a field that have the form of a signed one of ours, in one piece.
fn signed(value: &str) -> impl Iterator<Item = String> {
    value
        .split(',')
        .filter(|piece| !reply_address::kept::find(piece.as_bytes()).is_empty())
        .filter_map(reply_address::plain)
        .map(|plain| address(&plain))
        .filter(|address| address.contains('@'))
}

/// `Park, Ada <ada@lumen.example>` is one author, whose name should have been quoted. A name that
/// looks like an address is left to be counted.
fn with_whole_names(all: Vec<Mailbox>) -> Vec<Mailbox> {
    let is_piece = |m: &Mailbox| m.address.is_empty() && !m.name.contains(AT);
    if all.iter().filter(|m| !is_piece(m)).count() != 1 {
        return all;
    }
    let names: Vec<&str> =
        all.iter().map(|m| m.name.as_str()).filter(|name| !name.is_empty()).collect();
    let name = names.join(", ").chars().take(NAME_CHARS).collect();
    let address = all.iter().map(|m| m.address.as_str()).collect();
    vec![Mailbox { name, address }]
}

fn mailboxes(list: &Address<'_>) -> Vec<Mailbox> {
    list.iter()
        .take(ADDRESSES + 1)
        .map(|a| Mailbox {
            name: clean_line(a.name().unwrap_or_default()).chars().take(NAME_CHARS).collect(),
            address: address(a.address().unwrap_or_default()),
        })
        .filter(|m| !m.name.is_empty() || !m.address.is_empty())
        .collect()
}

/// A page's words, for whoever looks for some.
pub(in crate::mail) fn html_text(html: &str) -> String {
    html::to_text(html).text
}

/// One word. In the place of a blank, and of whatever is not to be seen, stands a character that no
/// address has: without it the rest would be another person's address.
fn address(raw: &str) -> String {
    let shown = |c: char| if c.is_whitespace() || is_unsafe(c) { NO_LETTER } else { c };
    let raw = raw.trim_matches(|c: char| c.is_ascii_whitespace());
    let word: String = raw.chars().map(shown).take(320).collect();
    let cleaned = clean_line(&word);
    if cleaned == word { word } else { format!("{cleaned}{NO_LETTER}") }
}

fn turns_around(text: &str) -> bool {
    text.chars().any(|c| is_unsafe(c) && matches!(c, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
}

/// The id within the brackets, else the first word; without blanks, which unfolding leaves.
fn message_id(value: &str) -> Option<String> {
    let inner = match value.split_once('<') {
        Some((_, rest)) => rest.split('>').next().unwrap_or_default(),
        None => value.split_whitespace().next().unwrap_or_default(),
    };
    let id: String = clean_line(inner).split_whitespace().collect();
    (!id.is_empty() && id.len() <= ID_BYTES).then_some(id)
}

/// All ids of a field, the first few and the last where there are too many.
fn ids(value: &str) -> Vec<String> {
    let mut ids: Vec<String> = value
        .split('<')
        .skip(1)
        .filter_map(|rest| rest.split_once('>'))
        .filter_map(|(id, _)| message_id(id))
        .collect();
    if ids.len() > REFERENCES {
        let last = ids.split_off(ids.len() - (REFERENCES - FIRST_REFERENCES));
        ids.truncate(FIRST_REFERENCES);
        ids.extend(last);
    }
    ids
}

pub(in crate::mail) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|b| [b >> 4, b & 15])
        .filter_map(|d| char::from_digit(d.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests;
