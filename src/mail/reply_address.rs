//! Signed addresses: where a customer's answer goes, and where a bounce comes back to. Never does
//! I/O, never says whether someone may act: it says what an address claims, and whether it is ours.
//!
//! A tag stands between a delimiter and the `@` of the desk's own address:
//!
//! ```text
//! support+r1.<ticket>.<contact>.<mac>@desk.example     Reply-To (M1)
//! support+b1.<delivery>.<mac>@desk.example             envelope sender (VERP)
//! ```
//!
//! Numbers and MAC are lower-case base 32 (RFC 4648), since some programs fold the case of
//! addresses. The MAC is the first 130 bits of an HMAC-SHA256, so that each of its letters counts.
//!
//! Our Message-IDs carry no MAC: their 80 random bits are in the ledger, in a unique column, so a
//! lookup there proves one as well as a MAC would, and says at once which mail it was (M1).

pub mod kept;

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::domain::{ContactId, DeliveryId, SharedTicket, TicketId, WebhookId};

const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Letters of a MAC: 130 bits.
const MAC: usize = 26;
/// Letters of the largest number: 63 bits.
const NUMBER: usize = 13;
/// RFC 5321 §4.5.3.1.1: octets before the `@`.
const LOCAL_PART: usize = 64;
/// What is longer is no address of ours, however it is decorated.
const ADDRESS: usize = 1000;

/// The desk's key, which signs its addresses. It lies outside of the database, so that a copy of
/// that yields no address; it can be neither printed nor read out.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A name for this installation, for the header that stops loops. It tells nothing of the key.
    #[must_use]
    pub fn installation(&self) -> String {
        self.sign("installation", &[]).0.iter().take(16).map(|b| char::from(*b)).collect()
    }

    /// The MAC of these numbers for this purpose, as letters. Purposes of different names never
    /// share a MAC: each name is ended by a zero byte.
    fn sign(&self, purpose: &str, numbers: &[i64]) -> Mac {
        let bytes = self.mac(purpose, numbers);
        let mut letters = [0; MAC];
        for (i, letter) in letters.iter_mut().enumerate() {
            let bit = i * 5;
            let two = [bit / 8, bit / 8 + 1].map(|at| bytes.get(at).copied().unwrap_or_default());
            let five = (u16::from_be_bytes(two) >> (11 - bit % 8)) & 31;
            *letter = letter_of(five);
        }
        Mac(letters)
    }

    /// What a webhook's messages are signed with. Known to those who were shown it, and made anew
    /// each time it is needed: the database does not hold it.
    #[must_use]
    pub fn webhook_secret(&self, id: WebhookId) -> [u8; 32] {
        self.mac("webhook", &[id.0])
    }

    /// The whole MAC.
    fn mac(&self, purpose: &str, numbers: &[i64]) -> [u8; 32] {
        // Built from a block of 64 bytes, which no length can make fail: the key and zeros are what
        // HMAC makes of a key of 32 bytes (RFC 2104 §2).
        let mut block = [0; 64];
        for (to, from) in block.iter_mut().zip(self.0) {
            *to = from;
        }
        let mut mac = <Hmac<Sha256> as hmac::digest::KeyInit>::new(&block.into());
        mac.update(b"deskbell ");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        for number in numbers {
            mac.update(&number.to_be_bytes());
        }
        mac.finalize().into_bytes().into()
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Key {}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

/// The letters of a MAC. There is one way to compare two, and it takes the same time wherever they
/// differ: nobody who guesses learns how far a guess was right.
#[derive(Clone)]
struct Mac([u8; MAC]);

impl PartialEq for Mac {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Mac {}

impl std::fmt::Debug for Mac {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mac")
    }
}

/// The tag that lets one contact answer one ticket (N10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyToken(String);

impl ReplyToken {
    const KIND: &'static str = "r1";

    /// Only for a ticket that is shared: the proof is the argument (V1). `epoch` is the row's of
    /// this ticket and contact; raising that revokes what was minted before.
    #[must_use]
    pub fn mint(ticket: SharedTicket<'_>, contact: ContactId, epoch: u32, key: &Key) -> Self {
        Self(minted(
            Self::KIND,
            &[ticket.id().0, contact.0],
            &key.sign(Self::KIND, &[ticket.id().0, contact.0, epoch.into()]),
        ))
    }

    /// The whole address, of the desk's own address `base`; `None` where it would be longer than
    /// mail allows.
    #[must_use]
    pub fn address(&self, base: &str, delimiter: char) -> Option<String> {
        address(&self.0, base, delimiter)
    }

    /// What an address of the desk `base` claims, however it was folded, wrapped or decorated on
    /// its way; `None` for what is no reply address in form. Only what stands before the `@` is
    /// compared: an alias on the way may have put another host there, and the MAC is what proves.
    #[must_use]
    pub fn read(address: &str, base: &str) -> Option<Claim> {
        let tag = tag_of(address, base)?;
        let (numbers, mac) = read_tag(&tag, Self::KIND)?;
        let &[ticket, contact] = numbers.as_slice() else { return None };
        Some(Claim { ticket: TicketId(ticket), contact: ContactId(contact), mac })
    }
}

/// What a reply address says of itself. It is worth nothing until it [`holds`](Claim::holds).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub ticket: TicketId,
    pub contact: ContactId,
    mac: Mac,
}

impl Claim {
    /// True when this desk has minted it in this epoch. Takes the same time for right and wrong.
    #[must_use]
    pub fn holds(&self, epoch: u32, key: &Key) -> bool {
        self.mac == self.right(epoch, key)
    }

    fn right(&self, epoch: u32, key: &Key) -> Mac {
        key.sign(ReplyToken::KIND, &[self.ticket.0, self.contact.0, epoch.into()])
    }
}

/// The tag that brings a bounce back to its ledger row. Also the envelope's id, where a server
/// repeats that in its reports (RFC 3461 §4.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BounceToken(String);

impl BounceToken {
    const KIND: &'static str = "b1";

    #[must_use]
    pub fn mint(delivery: DeliveryId, key: &Key) -> Self {
        Self(minted(Self::KIND, &[delivery.0], &key.sign(Self::KIND, &[delivery.0])))
    }

    /// As [`ReplyToken::address`].
    #[must_use]
    pub fn address(&self, base: &str, delimiter: char) -> Option<String> {
        address(&self.0, base, delimiter)
    }

    /// The tag alone, for ENVID.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As [`ReplyToken::read`].
    #[must_use]
    pub fn read(address: &str, base: &str) -> Option<BounceClaim> {
        Self::read_envelope_id(&tag_of(address, base)?)
    }

    /// Reads `Original-Envelope-Id` of a report: the tag alone.
    #[must_use]
    pub fn read_envelope_id(id: &str) -> Option<BounceClaim> {
        let (numbers, mac) = read_tag(&plain(id)?, Self::KIND)?;
        let &[delivery] = numbers.as_slice() else { return None };
        Some(BounceClaim { delivery: DeliveryId(delivery), mac })
    }
}

/// What a bounce address says of itself. It is worth nothing until it
/// [`holds`](BounceClaim::holds): a forged bounce must not silence a customer (M3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BounceClaim {
    pub delivery: DeliveryId,
    mac: Mac,
}

impl BounceClaim {
    /// True when this desk has minted it. Takes the same time for right and wrong.
    #[must_use]
    pub fn holds(&self, key: &Key) -> bool {
        self.mac == self.right(key)
    }

    fn right(&self, key: &Key) -> Mac {
        key.sign(BounceToken::KIND, &[self.delivery.0])
    }
}

/// The Message-ID of a mail that the desk sends to itself to see whether it comes back.
#[derive(Debug, Clone, Copy)]
pub struct TestToken;

impl TestToken {
    const KIND: &'static str = "t1";

    /// What stands before the `@`; `nonce` tells one test from another, and is not negative.
    #[must_use]
    pub fn mint(nonce: i64, key: &Key) -> String {
        minted(Self::KIND, &[nonce], &key.sign(Self::KIND, &[nonce]))
    }

    /// The token in a Message-ID, if this desk has minted it.
    #[must_use]
    pub fn read(message_id: &str, key: &Key) -> Option<String> {
        let local = message_id.rsplit_once('@').map_or(message_id, |(local, _)| local);
        let (numbers, mac) = read_tag(local, Self::KIND)?;
        let ours = mac == key.sign(Self::KIND, &numbers);
        (ours && numbers.len() == 1).then(|| local.to_owned())
    }
}

fn letter_of(five: u16) -> u8 {
    LETTERS.get(usize::from(five & 31)).copied().unwrap_or(b'a')
}

/// `kind.number.number.mac`.
fn minted(kind: &str, numbers: &[i64], mac: &Mac) -> String {
    let mut tag = kind.to_owned();
    for number in numbers {
        tag.push('.');
        tag.push_str(&written(*number));
    }
    tag.push('.');
    tag.extend(mac.0.iter().map(|b| char::from(*b)));
    tag
}

/// A number in base 32 without leading zeros. Ours are never negative.
fn written(number: i64) -> String {
    let mut rest = number.unsigned_abs();
    let mut letters = Vec::with_capacity(NUMBER);
    loop {
        letters.push(char::from(letter_of(u16::try_from(rest & 31).unwrap_or_default())));
        rest >>= 5;
        if rest == 0 {
            return letters.iter().rev().collect();
        }
    }
}

/// The inverse of [`written`], for what that writes and nothing else: no number has two forms.
fn number(letters: &str) -> Option<i64> {
    if letters.is_empty() || letters.len() > NUMBER {
        return None;
    }
    let mut number: i64 = 0;
    for letter in letters.bytes() {
        let five = i64::try_from(LETTERS.iter().position(|l| *l == letter)?).ok()?;
        number = number.checked_mul(32)?.checked_add(five)?;
    }
    (written(number) == letters).then_some(number)
}

fn address(tag: &str, base: &str, delimiter: char) -> Option<String> {
    let (local, host) = base.rsplit_once('@')?;
    let local = format!("{local}{delimiter}{tag}");
    (local.len() <= LOCAL_PART).then(|| format!("{local}@{host}"))
}

/// The numbers and the MAC of a tag of this kind.
fn read_tag(tag: &str, kind: &str) -> Option<(Vec<i64>, Mac)> {
    let mut fields = tag.strip_prefix(kind)?.strip_prefix('.')?.split('.').collect::<Vec<_>>();
    let mac: [u8; MAC] = fields.pop()?.as_bytes().try_into().ok()?;
    if fields.len() > 2 || !mac.iter().all(|b| LETTERS.contains(b)) {
        return None;
    }
    Some((fields.into_iter().map(number).collect::<Option<_>>()?, Mac(mac)))
}

/// What stands behind the delimiter in an address of `base`; either delimiter will do.
fn tag_of(address: &str, base: &str) -> Option<String> {
    let address = plain(address)?;
    let local = address.rsplit_once('@').map_or(address.as_str(), |(local, _)| local);
    let own = base.rsplit_once('@').map_or(base, |(local, _)| local).to_ascii_lowercase();
    let local = local.replace("%2b", "+");
    let tag = local.strip_prefix(&own)?;
    tag.strip_prefix(['+', '-']).map(str::to_owned)
}

/// True for the desk's own address `base` and for that with a tag, whatever their case: with any tag
/// behind `delimiter`, and with one of the forms above behind either.
#[must_use]
pub fn is_own(address: &str, base: &str, delimiter: char) -> bool {
    let (address, base) = (address.to_ascii_lowercase(), base.to_ascii_lowercase());
    let (Some((local, host)), Some((own, own_host))) =
        (address.rsplit_once('@'), base.rsplit_once('@'))
    else {
        return false;
    };
    let tagged = local.strip_prefix(own).is_some_and(|t| t.is_empty() || t.starts_with(delimiter));
    let signed = || {
        ReplyToken::read(&address, &base).is_some() || BounceToken::read(&address, &base).is_some()
    };
    host == own_host && (tagged || signed())
}

/// An address without its name, brackets, quotes, line ends and blanks, in lower case.
pub(in crate::mail) fn plain(address: &str) -> Option<String> {
    if address.len() > ADDRESS {
        return None;
    }
    let inner = match address.rsplit_once('<') {
        Some((_, rest)) => rest.split('>').next().unwrap_or(rest),
        None => address,
    };
    let inner: String = inner
        .chars()
        .filter(|c| {
            !c.is_whitespace() && !c.is_control() && !"\"'<>\\,;\u{200b}\u{feff}".contains(*c)
        })
        .collect::<String>()
        .to_ascii_lowercase();
    Some(inner.strip_prefix("mailto:").map_or(inner.clone(), str::to_owned))
}

#[cfg(test)]
mod tests;
