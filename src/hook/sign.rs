//! How a webhook's message is signed: as the Standard Webhooks specification says, and with the
//! header that the API's clients know (`X-Hub-Signature`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac as _};
use sha1::Sha1;
use sha2::Sha256;

use crate::domain::Time;

/// A secret as it is shown and configured at the receiver.
#[must_use]
pub fn shown(secret: &[u8; 32]) -> String {
    format!("whsec_{}", STANDARD.encode(secret))
}

/// The header fields of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// `webhook-id`: the same on each attempt.
    pub id: String,
    /// `webhook-timestamp`: of this attempt, in whole seconds since 1970.
    pub timestamp: String,
    /// `webhook-signature`: `v1,` and the HMAC-SHA256 of id, timestamp and body, in base 64.
    pub standard: String,
    /// `X-Hub-Signature`: `sha1=` and the HMAC-SHA1 of the body in hex, by the secret as it is shown.
    pub hub: String,
}

#[must_use]
pub fn sign(secret: &[u8; 32], id: &str, at: Time, body: &[u8]) -> Signature {
    let timestamp = at.timestamp().to_string();
    // Built from a block, which no length can make fail: a shorter key and zeros are what HMAC
    // makes of it (RFC 2104 §2).
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block(secret).into());
    for piece in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        mac.update(piece);
    }
    let standard = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    let mut mac = <Hmac<Sha1> as KeyInit>::new(&block(shown(secret).as_bytes()).into());
    mac.update(body);
    let hex: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
    Signature { id: id.to_owned(), timestamp, standard, hub: format!("sha1={hex}") }
}

fn block(key: &[u8]) -> [u8; 64] {
    let mut block = [0; 64];
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values are those of Python's hmac module.
    #[test]
    fn signatures_are_as_another_implementation_makes_them() {
        let secret = [7; 32];
        assert_eq!(shown(&secret), "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
        let at = Time::from_timestamp(1_780_000_000, 0).unwrap();
        let signed = sign(&secret, "notif_1", at, b"{\"a\":1}");
        assert_eq!(signed.timestamp, "1780000000");
        assert_eq!(signed.standard, "v1,peh+7IXDrO2yokdNP45G7TRsEHh6T801WnRe9JHCfW4=");
        assert_eq!(signed.hub, "sha1=bba803d98482a3046a8a08caf1d6423b4db41428");
    }
}
