//! The mail of `deskbell mail test`: it says that mail works, and not a word of any ticket.

use std::time::SystemTime;

use lettre::Message;
use lettre::message::SinglePart;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};

use crate::domain::{EmailAddress, Time};
use crate::mail::header::{AddressError, from, is_message_id, mailbox};

const TEXT: &str = "This mail was sent by \"deskbell mail test\".\n\n\
    If you can read it, the desk's mail reaches this mailbox. There is nothing to do.\n";

/// The whole mail, CRLF line ends, in ASCII.
///
/// # Errors
/// A sentence: an address that cannot be written to.
pub fn compose(
    name: &str,
    desk: &EmailAddress,
    to: &EmailAddress,
    message_id: &str,
    now: Time,
) -> Result<Vec<u8>, String> {
    let wrong = |e: AddressError| e.to_string();
    if !is_message_id(message_id) {
        return Err("The test mail has no usable Message-ID.".into());
    }
    let constant = |name: &'static str, value: &str| {
        HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
    };
    Message::builder()
        .raw_header(from(name, desk).map_err(wrong)?)
        .to(mailbox("", to).map_err(wrong)?)
        .subject("Test of the desk's mail")
        .date(SystemTime::from(now))
        .message_id(Some(format!("<{message_id}>")))
        // Some services put another Message-ID in its place, and leave this one alone.
        .raw_header(constant("References", &format!("<{message_id}>")))
        .raw_header(constant("Auto-Submitted", "auto-generated"))
        .raw_header(constant("X-Auto-Response-Suppress", "OOF, AutoReply"))
        .singlepart(
            SinglePart::builder()
                .header(ContentType::TEXT_PLAIN)
                .header(ContentTransferEncoding::QuotedPrintable)
                .body(TEXT.to_owned()),
        )
        .map(|message| message.formatted())
        .map_err(|e| format!("The test mail cannot be put together: {e}."))
}
