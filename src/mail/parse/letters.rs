//! Which letters the bytes of a part are: by its label, else by what they look like.

use std::borrow::Cow;

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, MessagePart, MimeHeaders, PartType};

use super::fields::decode;
use crate::mail::inbound::{Inbound, Remark};

/// Bytes of a page in which its charset is looked for.
const META: usize = 4_096;

/// The text of a part, its markup and all; `None` for one that is no text.
pub(super) fn letters<'a>(
    part: &'a MessagePart<'_>,
    raw: &[u8],
    mail: &mut Inbound,
) -> Option<Cow<'a, str>> {
    let text = match &part.body {
        PartType::Text(text) | PartType::Html(text) => Some(text),
        _ if is_multipart(part) => None,
        _ => return None,
    };
    if let Some(text) = text.filter(|_| !part.is_encoding_problem) {
        return Some(guessed(part, raw, mail).map_or(Cow::Borrowed(text.as_ref()), Cow::Owned));
    }
    // Its end was not found, so nobody has decoded it yet.
    let decoder = charset_decoder(charset(part).as_bytes());
    Some(Cow::Owned(match decoder {
        Some(decoder) => decoder(&bytes(part, raw)),
        None => guessed(part, raw, mail)
            .unwrap_or_else(|| String::from_utf8_lossy(&bytes(part, raw)).into_owned()),
    }))
}

pub(super) fn is_multipart(part: &MessagePart<'_>) -> bool {
    part.content_type().is_some_and(|kind| kind.ctype() == "multipart")
}

fn charset<'a>(part: &'a MessagePart<'_>) -> &'a str {
    part.content_type().and_then(|k| k.attribute("charset")).unwrap_or_default()
}

pub(super) fn is_html(part: &MessagePart<'_>) -> bool {
    matches!(part.body, PartType::Html(_)) || part.is_content_type("text", "html")
}

/// The text of a part that does not say its charset, or names one that nobody knows: Japanese
/// where it switches to that, UTF-8 where it is that, what a page says of itself, else
/// windows-1252.
fn guessed(part: &MessagePart<'_>, raw: &[u8], mail: &mut Inbound) -> Option<String> {
    let charset = charset(part);
    let plain = charset.is_empty() || charset.eq_ignore_ascii_case("us-ascii");
    if !plain && charset_decoder(charset.as_bytes()).is_some() {
        return None;
    }
    let bytes = bytes(part, raw);
    if bytes.is_ascii() {
        return iso_2022_jp(&bytes);
    }
    if std::str::from_utf8(&bytes).is_err() {
        if is_html(part)
            && let Some(text) = by_its_page(&bytes)
        {
            return Some(text);
        }
        mail.remark(Remark::GuessedCharset);
    }
    Some(decode(&bytes).into_owned())
}

/// The text in letters of seven bits, where it holds the signs that begin Japanese.
fn iso_2022_jp(bytes: &[u8]) -> Option<String> {
    let switches = bytes.windows(3).any(|w| matches!(w, b"\x1b$B" | b"\x1b$@"));
    switches.then(|| charset_decoder(b"iso-2022-jp").map(|decode| decode(bytes))).flatten()
}

/// The text by the `<meta>` of its page. One that claims letters of two bytes is wrong, for it
/// could not have been read so far.
fn by_its_page(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..META).unwrap_or(bytes).to_ascii_lowercase();
    let head = String::from_utf8_lossy(&head);
    let charset = head.split("<meta").skip(1).find_map(|tag| {
        let (tag, _) = tag.split_once('>')?;
        let (_, value) = tag.split_once("charset")?;
        let value = value.trim_start().strip_prefix('=')?.trim_start_matches([' ', '"', '\'']);
        let end = value.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c));
        value.get(..end.unwrap_or(value.len())).filter(|name| !name.is_empty())
    })?;
    if ["utf", "ucs", "unicode", "iso-10646"].iter().any(|wide| charset.starts_with(wide)) {
        return None;
    }
    charset_decoder(charset.as_bytes()).map(|decode| decode(bytes))
}

/// The bytes of a part as they were before they were encoded for the way.
pub(super) fn bytes(part: &MessagePart<'_>, raw: &[u8]) -> Vec<u8> {
    let body = raw.get(part.offset_body as usize..part.offset_end as usize).unwrap_or_default();
    let said = part.content_transfer_encoding().unwrap_or_default();
    // Of a part without an end the parser forgets how it is encoded.
    let encoding = match part.encoding {
        Encoding::None if said.eq_ignore_ascii_case("base64") => Encoding::Base64,
        Encoding::None if said.eq_ignore_ascii_case("quoted-printable") => {
            Encoding::QuotedPrintable
        }
        known => known,
    };
    match encoding {
        Encoding::None => Some(body.to_vec()),
        Encoding::QuotedPrintable => quoted_printable_decode(body),
        Encoding::Base64 => base64_decode(body),
    }
    .unwrap_or_else(|| part.contents().to_vec())
}
