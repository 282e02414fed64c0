//! Values that go into headers and envelopes. Nothing foreign reaches one but through here.
//!
//! lettre 0.11.23 panics on a display name with an inner line feed and passes a literal `=?` on,
//! which a reader's program would decode; so values are made harmless before it sees them.

use lettre::Address;
use lettre::message::header::{From, Header, HeaderValue};
use lettre::message::{Mailbox, Mailboxes};
use thiserror::Error;

use crate::domain::EmailAddress;
use crate::domain::text::clean_line;

/// The longest foreign value in a header, in characters.
const VALUE_CHARS: usize = 200;
/// The longest Message-ID, in bytes; ten of them make a References.
const ID_BYTES: usize = 200;

/// Why an address cannot be written to.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddressError {
    #[error(
        "{0} has letters before the @ that most mail servers refuse. Ask for another address of theirs."
    )]
    LocalPart(String),
    #[error("{0} has a domain that mail cannot be sent to. Check its spelling.")]
    Domain(String),
}

/// What stands behind the last `@`; the whole where there is none.
#[must_use]
pub fn host_of(address: &str) -> &str {
    address.rsplit_once('@').map_or(address, |(_, host)| host)
}

/// One line without control characters, without `=?`, of at most 200 characters.
pub(in crate::mail) fn safe(value: &str) -> String {
    let line = clean_line(value).replace("=?", "= ?");
    let cut: String = line.chars().take(VALUE_CHARS).collect();
    cut.trim_end().to_owned()
}

/// An address with a display name, which is left out when nothing of it remains.
pub(in crate::mail) fn mailbox(
    name: &str,
    address: &EmailAddress,
) -> Result<Mailbox, AddressError> {
    let name = safe(name);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), ascii(address)?))
}

/// The From header. lettre turns a name with parentheses into base64, which spam filters dislike
/// in a name that is plain ASCII; here it becomes a quoted string (RFC 5322 §3.2.4).
pub(in crate::mail) fn from(
    name: &str,
    address: &EmailAddress,
) -> Result<HeaderValue, AddressError> {
    let mailbox = mailbox(name, address)?;
    Ok(match &mailbox.name {
        Some(name) if name.is_ascii() => {
            let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
            let address = &mailbox.email;
            HeaderValue::dangerous_new_pre_encoded(
                From::name(),
                format!("\"{quoted}\" <{address}>"),
                // Folded, so that a long name and a long address stay under 998 bytes.
                format!("\"{quoted}\"\r\n <{address}>"),
            )
        }
        Some(_) | None => From::from(Mailboxes::from(mailbox)).display(),
    })
}

/// The same address in the form every server takes: an international domain in punycode.
///
/// # Errors
/// [`AddressError`]: letters outside ASCII before the @, or a domain without a punycode form.
pub fn ascii_address(address: &EmailAddress) -> Result<EmailAddress, AddressError> {
    let ascii = ascii(address)?;
    EmailAddress::new(ascii.as_ref()).map_err(|_| AddressError::Domain(address.to_string()))
}

/// The form every server takes: an international domain in punycode (RFC 5891). The local part
/// has no such form.
pub(in crate::mail) fn ascii(address: &EmailAddress) -> Result<Address, AddressError> {
    let shown = address.as_str();
    let (local, domain) = shown.rsplit_once('@').unwrap_or((shown, ""));
    if !local.is_ascii() {
        return Err(AddressError::LocalPart(shown.to_owned()));
    }
    let refused = || AddressError::Domain(shown.to_owned());
    match url::Host::parse(domain) {
        Ok(url::Host::Domain(domain)) => Address::new(local, domain).map_err(|_| refused()),
        Ok(url::Host::Ipv4(_) | url::Host::Ipv6(_)) | Err(_) => Err(refused()),
    }
}

/// True for what can stand between angle brackets as a Message-ID: `left@right` of visible
/// ASCII, at most 200 bytes.
pub(in crate::mail) fn is_message_id(id: &str) -> bool {
    id.len() <= ID_BYTES
        && id.bytes().all(|b| b.is_ascii_graphic() && !b"<>()\"\\,;:[]".contains(&b))
        && id.split_once('@').is_some_and(|(left, right)| {
            !left.is_empty() && !right.is_empty() && !right.contains('@') && !id.contains("=?")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(raw: &str) -> EmailAddress {
        EmailAddress::new(raw).unwrap()
    }

    #[test]
    fn values_become_one_harmless_line() {
        assert_eq!(safe("Ada\r\nBcc: eve@x.example"), "Ada Bcc: eve@x.example");
        assert_eq!(safe("=?utf-8?q?Eve?= \u{1b}[31m\u{202e}x"), "= ?utf-8?q?Eve?= x");
        assert_eq!(safe("==??"), "== ??");
        assert_eq!(safe(&"é".repeat(1000)).chars().count(), 200);
        assert_eq!(safe(" \n "), "");
    }

    #[test]
    fn international_domains_become_punycode_and_such_local_parts_a_sentence() {
        let to = |raw| ascii(&address(raw)).map(|a| a.to_string());
        assert_eq!(to("a@münchen.test").unwrap(), "a@xn--mnchen-3ya.test");
        assert_eq!(to("Ada.Park+x@lumen.example").unwrap(), "Ada.Park+x@lumen.example");
        assert_eq!(to("ada@localhost").unwrap(), "ada@localhost");
        let desk = ascii_address(&address("desk@münchen.test")).unwrap();
        assert_eq!(desk.as_str(), "desk@xn--mnchen-3ya.test");
        assert!(to("ö@lumen.example").unwrap_err().to_string().contains("before the @"));
        assert!(to("ada@1.2.3.4").is_err());
    }

    #[test]
    fn message_ids_are_looked_at() {
        assert!(is_message_id("d.abc@desk.example"));
        for bad in ["", "a", "@b", "a@", "a@b@c", "a b@c", "a@b>\r\nX: y", "=?a@b", "ä@b"] {
            assert!(!is_message_id(bad), "{bad}");
        }
        assert!(!is_message_id(&format!("{}@b", "a".repeat(200))));
        assert_eq!(host_of("a@b.example"), "b.example");
    }
}
