//! What a server says it can do, and what is asked of it then. Pure.

use lettre::Address;
use lettre::transport::smtp::extension::{MailParameter, RcptParameter};
use lettre::transport::smtp::response::Response;

use crate::mail::transport::Envelope;

/// What lettre does not read of an answer to EHLO.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Offers {
    /// Reports can be asked for (RFC 3461).
    dsn: bool,
    /// The most bytes of a message; `None` where the server names no limit (RFC 1870).
    size: Option<u64>,
}

impl Offers {
    pub(super) fn read(answer: &Response) -> Self {
        Self::of(answer.message())
    }

    fn of<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let mut offers = Self::default();
        for line in lines {
            let mut words = line.split_whitespace();
            match words.next().map(str::to_ascii_uppercase).as_deref() {
                Some("DSN") => offers.dsn = true,
                // Zero and nothing both say that there is no fixed limit.
                Some("SIZE") => {
                    let limit = words.next().and_then(|n| n.parse().ok());
                    offers.size = limit.filter(|n| *n > 0);
                }
                Some(_) | None => {}
            }
        }
        offers
    }

    /// Reports are asked for.
    pub(super) fn asks_for_reports(self) -> bool {
        self.dsn
    }

    pub(super) fn without_reports(self) -> Self {
        Self { dsn: false, ..self }
    }

    /// The limit that a message of this length is over, if it is.
    pub(super) fn too_small_for(self, bytes: usize) -> Option<u64> {
        self.size.filter(|limit| u64::try_from(bytes).is_ok_and(|bytes| bytes > *limit))
    }

    /// A report needs the headers alone, and says of which mail it is.
    pub(super) fn with_mail(self, envelope: &Envelope) -> Vec<MailParameter> {
        if !self.dsn {
            return Vec::new();
        }
        let id = envelope.envelope_id.as_ref().unwrap_or(&envelope.message_id);
        let other = |keyword: &str, value: String| MailParameter::Other {
            keyword: keyword.into(),
            value: Some(value),
        };
        vec![other("RET", "HDRS".into()), other("ENVID", id.clone())]
    }

    /// Failures and delays are told, success is not. lettre writes the values as xtext.
    pub(super) fn with_recipient(self, to: &Address) -> Vec<RcptParameter> {
        if !self.dsn {
            return Vec::new();
        }
        let other = |keyword: &str, value: String| RcptParameter::Other {
            keyword: keyword.into(),
            value: Some(value),
        };
        vec![other("NOTIFY", "FAILURE,DELAY".into()), other("ORCPT", format!("rfc822;{to}"))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_is_read_in_any_case() {
        let of = |lines: &[&str]| Offers::of(lines.iter().copied());
        assert_eq!(of(&["mx.test", "8BITMIME"]), Offers::default());
        let all = of(&["mx.test", "dsn", "Size 1000", "AUTH PLAIN"]);
        assert_eq!(all, Offers { dsn: true, size: Some(1000) });
        assert_eq!((all.too_small_for(1000), all.too_small_for(1001)), (None, Some(1000)));
        for unlimited in ["SIZE", "SIZE 0", "SIZE x", "SIZE -1"] {
            assert_eq!(of(&[unlimited]).too_small_for(usize::MAX), None, "{unlimited}");
        }
    }
}
