//! The text of a mail and its files. Every part is one or the other, or the HTML twin of a text
//! that is shown; none is left out without a remark.

use std::borrow::Cow;

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};
use sha2::{Digest, Sha256};

use super::file_name::clean_file_name;
use super::flowed::unflow;
use super::letters::{bytes, is_html, is_multipart, letters};
use super::{hex, html, turns_around};
use crate::domain::text::{clean_body, clean_line};
use crate::mail::inbound::{ATTACHMENTS, Attachment, DEPTH, Inbound, PARTS, Remark, TEXT_BYTES};
use crate::mail::trim::Markup;

/// Kinds of text that are for programs to read: files, also without a name.
const DATA: &[&str] = &[
    "calendar",
    "css",
    "csv",
    "directory",
    "rfc822-headers",
    "rtf",
    "vcard",
    "x-amp-html",
    "x-vcard",
];

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
    let mut rescued = Vec::new();
    if body.text.trim().is_empty() {
        rescued = unnamed_texts(message);
        body = texts(message, &rescued, mail);
    }
    attachments(message, &rescued, mail);
    if message.parts.iter().take(PARTS).any(is_sealed) {
        mail.remark(Remark::Encrypted);
    }
    body
}

/// True for what is encrypted, and for what lies within its own signature as in an envelope.
fn is_sealed(part: &MessagePart<'_>) -> bool {
    let is = |kind: &str, sub: &str| part.is_content_type(kind, sub);
    let smime = is("application", "pkcs7-mime") || is("application", "x-pkcs7-mime");
    let says = part.content_type().and_then(|k| k.attribute("smime-type"));
    is("multipart", "encrypted")
        || is("application", "pgp-encrypted")
        || smime && !says.is_some_and(|s| s.eq_ignore_ascii_case("certs-only"))
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
        let Some(source) = letters(part, message.raw_message(), mail) else { continue };
        let piece = if is_html(part) { html::to_text(&source) } else { plain(part, source) };
        if piece.as_plain {
            mail.remark(Remark::HtmlAsPlainText);
        }
        if piece.cut {
            mail.remark(Remark::TextCut);
        }
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

fn plain(part: &MessagePart<'_>, text: Cow<'_, str>) -> html::Page {
    let kind = part.content_type();
    let says = |name: &str, value: &str| {
        kind.and_then(|k| k.attribute(name)).is_some_and(|v| v.eq_ignore_ascii_case(value))
    };
    let text = if says("format", "flowed") {
        unflow(&text, says("delsp", "yes"))
    } else {
        text.into_owned()
    };
    html::Page { text, markup: Vec::new(), as_plain: false, cut: false }
}

/// Where the text may be of a mail whose form is broken or rare: in texts that are no files by
/// their label or name, and in a multipart that has no parts.
fn unnamed_texts(message: &Message<'_>) -> Vec<u32> {
    let no_parts = message.parts.iter().all(is_multipart);
    let is_one = |part: &MessagePart<'_>| {
        let multipart = is_multipart(part);
        let is_text = part.content_type().is_none_or(|kind| {
            kind.ctype() == "text" && kind.subtype().is_none_or(|sub| !DATA.contains(&sub))
        });
        let can_be = match &part.body {
            PartType::Text(_) | PartType::Html(_) => is_text || multipart,
            PartType::Binary(_) | PartType::InlineBinary(_) => multipart,
            PartType::Multipart(_) => no_parts,
            PartType::Message(_) => false,
        };
        can_be
            && part.attachment_name().is_none()
            && part.content_disposition().is_none_or(|d| !d.is_attachment())
    };
    (0u32..)
        .zip(&message.parts)
        .take(PARTS)
        .filter(|(_, part)| is_one(part))
        .map(|(id, _)| id)
        .collect()
}

/// `rescued` are shown as text, whatever they are labelled.
fn attachments(message: &Message<'_>, rescued: &[u32], mail: &mut Inbound) {
    let shown = |id: &u32| message.text_body.contains(id) || message.html_body.contains(id);
    for (id, part) in (0u32..).zip(&message.parts).take(PARTS) {
        let is_text = matches!(part.body, PartType::Text(_) | PartType::Html(_));
        let is_file = !matches!(part.body, PartType::Multipart(_)) && !rescued.contains(&id);
        if !is_file || is_text && shown(&id) {
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
