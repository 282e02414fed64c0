//! The text of a mail and its files. Every part is one or the other, or the HTML twin of a text
//! that is shown; none is left out without a remark.

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, Message, MessagePart, MimeHeaders, PartType};
use sha2::{Digest, Sha256};

use super::fields::decode;
use super::file_name::clean_file_name;
use super::flowed::unflow;
use super::{hex, html, turns_around};
use crate::domain::text::{clean_body, clean_line};
use crate::mail::inbound::{ATTACHMENTS, Attachment, DEPTH, Inbound, PARTS, Remark, TEXT_BYTES};
use crate::mail::trim::Markup;

pub(super) struct Body {
    /// Cleaned.
    pub text: String,
    /// What the markup says of each line.
    pub markup: Vec<Markup>,
}

/// Reads the text; attachments and remarks go into `mail`.
pub(super) fn read(message: &Message<'_>, mail: &mut Inbound) -> Body {
    if message.parts.len() > PARTS || depth(message) > DEPTH {
        mail.remark(Remark::LeftOutParts);
    }
    let mut body = texts(message, &message.text_body, mail);
    if body.text.trim().is_empty() {
        body = texts(message, &message.html_body, mail);
    }
    attachments(message, mail);
    if message.parts.iter().take(PARTS).any(|p| {
        p.is_content_type("multipart", "encrypted")
            || p.is_content_type("application", "pgp-encrypted")
    }) {
        mail.remark(Remark::Encrypted);
    }
    body
}

/// How deep parts lie within parts, counted to no more than is asked about.
fn depth(message: &Message<'_>) -> usize {
    let mut level: Vec<u32> = vec![0];
    let mut depth = 0;
    while !level.is_empty() && depth <= DEPTH {
        depth += 1;
        level = level
            .iter()
            .filter_map(|id| message.parts.get(*id as usize))
            .filter_map(|part| match &part.body {
                PartType::Multipart(ids) => Some(ids.iter().copied()),
                _ => None,
            })
            .flatten()
            .take(PARTS)
            .collect();
    }
    depth
}

fn texts(message: &Message<'_>, ids: &[u32], mail: &mut Inbound) -> Body {
    let mut text = String::new();
    let mut markup = Vec::new();
    for id in ids.iter().take(PARTS) {
        let Some(part) = message.parts.get(*id as usize) else { continue };
        let piece = match &part.body {
            PartType::Text(decoded) => plain(part, decoded, message.raw_message(), mail),
            PartType::Html(decoded) => {
                let guessed = guessed(part, message.raw_message(), mail);
                let source = guessed.as_deref().unwrap_or(decoded);
                let page = html::to_text(source);
                if page.as_plain {
                    mail.remark(Remark::HtmlAsPlainText);
                }
                if page.cut {
                    mail.remark(Remark::TextCut);
                }
                page
            }
            _ => continue,
        };
        if piece.text.chars().any(|c| turns_around(c.encode_utf8(&mut [0; 4]))) {
            mail.remark(Remark::DirectionControls);
        }
        let cleaned = clean_body(&piece.text);
        let cleaned = cleaned.trim_end();
        if !text.is_empty() && !cleaned.is_empty() {
            text.push_str("\n\n");
            markup.push(Markup::Nothing);
        }
        let lines = cleaned.split('\n').count();
        // Cleaning may break a line in two, never the other way: then the marks do not fit.
        let fits = piece.text.trim_end().split('\n').count() == lines;
        let marks = piece.markup.into_iter().filter(|_| fits);
        markup.extend(marks.chain(std::iter::repeat(Markup::Nothing)).take(lines));
        text.push_str(cleaned);
        if text.len() > 4 * TEXT_BYTES {
            mail.remark(Remark::TextCut);
            break;
        }
    }
    Body { text, markup }
}

fn plain(part: &MessagePart<'_>, decoded: &str, raw: &[u8], mail: &mut Inbound) -> html::Page {
    let guessed = guessed(part, raw, mail);
    let text = guessed.as_deref().unwrap_or(decoded);
    let kind = part.content_type();
    let says = |name: &str, value: &str| {
        kind.and_then(|k| k.attribute(name)).is_some_and(|v| v.eq_ignore_ascii_case(value))
    };
    let text =
        if says("format", "flowed") { unflow(text, says("delsp", "yes")) } else { text.to_owned() };
    html::Page { text, markup: Vec::new(), as_plain: false, cut: false }
}

/// The text of a part that does not say its charset, or names one that nobody knows: UTF-8 where
/// it is, else windows-1252.
fn guessed(part: &MessagePart<'_>, raw: &[u8], mail: &mut Inbound) -> Option<String> {
    let charset = part.content_type().and_then(|k| k.attribute("charset")).unwrap_or_default();
    let plain = charset.is_empty() || charset.eq_ignore_ascii_case("us-ascii");
    if !plain && charset_decoder(charset.as_bytes()).is_some() {
        return None;
    }
    let bytes = bytes(part, raw);
    if bytes.is_ascii() {
        return None;
    }
    if std::str::from_utf8(&bytes).is_err() {
        mail.remark(Remark::GuessedCharset);
    }
    Some(decode(&bytes).into_owned())
}

/// The bytes of a part as they were before they were encoded for the way.
fn bytes(part: &MessagePart<'_>, raw: &[u8]) -> Vec<u8> {
    let body = raw.get(part.offset_body as usize..part.offset_end as usize).unwrap_or_default();
    match part.encoding {
        Encoding::None => Some(body.to_vec()),
        Encoding::QuotedPrintable => quoted_printable_decode(body),
        Encoding::Base64 => base64_decode(body),
    }
    .unwrap_or_else(|| part.contents().to_vec())
}

fn attachments(message: &Message<'_>, mail: &mut Inbound) {
    let shown = |id: &u32| message.text_body.contains(id) || message.html_body.contains(id);
    for (id, part) in (0u32..).zip(&message.parts).take(PARTS) {
        let is_text = matches!(part.body, PartType::Text(_) | PartType::Html(_));
        if matches!(part.body, PartType::Multipart(_)) || is_text && shown(&id) {
            continue;
        }
        if mail.attachments.len() >= ATTACHMENTS {
            mail.remark(Remark::LeftOutAttachments);
            break;
        }
        let bytes = match &part.body {
            PartType::Text(_) | PartType::Html(_) => bytes(part, message.raw_message()),
            PartType::Message(inner)
                if inner.raw_message().len() == message.raw_message().len() =>
            {
                bytes(part, message.raw_message())
            }
            _ => part.contents().to_vec(),
        };
        let named = part.attachment_name().unwrap_or_default();
        if turns_around(named) {
            mail.remark(Remark::DirectionControls);
        }
        let mime = mime(part);
        let by_disposition = part.content_disposition().is_some_and(|d| d.is_inline());
        let in_page = part.content_id().is_some() && mime.starts_with("image/");
        let is_attachment = part.content_disposition().is_some_and(|d| d.is_attachment());
        mail.attachments.push(Attachment {
            name: if named.is_empty() { unnamed(part, &mime) } else { clean_file_name(named) },
            sha256: hex(&Sha256::digest(&bytes)),
            inline: !is_attachment && (by_disposition || in_page),
            bytes,
            mime,
        });
    }
}

/// `type/subtype` in lower case; what is not shaped so is a stream of bytes.
fn mime(part: &MessagePart<'_>) -> String {
    let word = |s: &str| -> String {
        let s = clean_line(s).to_ascii_lowercase();
        s.chars().filter(|c| c.is_ascii_alphanumeric() || ".+-_".contains(*c)).take(60).collect()
    };
    let kind =
        part.content_type().map(|k| (word(k.ctype()), word(k.subtype().unwrap_or_default())));
    match kind {
        Some((kind, sub)) if !kind.is_empty() && !sub.is_empty() => format!("{kind}/{sub}"),
        _ if matches!(part.body, PartType::Message(_)) => "message/rfc822".to_owned(),
        _ if matches!(part.body, PartType::Text(_)) => "text/plain".to_owned(),
        _ => "application/octet-stream".to_owned(),
    }
}

/// A mail within a mail is called by its subject.
fn unnamed(part: &MessagePart<'_>, mime: &str) -> String {
    if let PartType::Message(inner) = &part.body {
        let subject = inner.subject().map(clean_line).unwrap_or_default();
        let name: String = subject.chars().take(60).filter(|c| !"/\\".contains(*c)).collect();
        return clean_file_name(&format!(
            "{}.eml",
            if name.is_empty() { "message" } else { &name }
        ));
    }
    let ending = match mime {
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        "image/gif" => ".gif",
        "application/pdf" => ".pdf",
        "text/plain" => ".txt",
        "text/html" => ".html",
        "text/calendar" => ".ics",
        _ => "",
    };
    format!("attachment{ending}")
}
