//! Signatures in what is kept: found wherever they stand in a mail's bytes, and taken out, so that a
//! copy of the database holds no address that is valid. Who has the key can put them back. What is found has the form of one of our tags
//! and no more; whether it holds is the caller's to ask.
//!
//! A tag is seen as it stands, in quoted-printable and in base64, folded, wrapped, in quotes, in any
//! case. Not seen: one within base64 within base64, or in a file that is packed.

use super::{BounceClaim, Claim, Key, LETTERS, MAC, Mac, NUMBER, ReplyToken, number};
use crate::domain::{ContactId, DeliveryId, TicketId};

/// So many tags are looked at in one mail; more are somebody's game.
const TAGS: usize = 1000;
/// Bytes that may stand between the letters of one tag, as line ends do.
const GAPS: usize = 200;
/// Letters of base64 that the shortest tag takes.
const BASE64: usize = 44;
/// Stands where a letter of a signature stood.
const TAKEN: u8 = b'x';

/// A tag as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tag {
    Reply(Claim),
    Bounce(BounceClaim),
}

/// A tag, and where each letter of its MAC stands.
#[derive(Debug, Clone)]
pub struct Found {
    pub tag: Tag,
    letters: Vec<Place>,
}

/// Where one letter stands.
#[derive(Debug, Clone, Copy)]
enum Place {
    Byte(usize),
    /// In two letters of base64: their places, and which byte of the three it is.
    Base64(usize, usize, Third),
}

#[derive(Debug, Clone, Copy)]
enum Third {
    First,
    Second,
    Last,
}

impl Place {
    /// The letter that stands here.
    fn get(self, bytes: &[u8]) -> Option<u8> {
        match self {
            Self::Byte(at) => bytes.get(at).copied(),
            Self::Base64(one, two, third) => {
                let (high, low) = (sextet(*bytes.get(one)?)?, sextet(*bytes.get(two)?)?);
                Some(third.joined(high, low))
            }
        }
    }

    /// Puts a letter here. Nothing else changes, and no length.
    fn set(self, bytes: &mut [u8], new: u8) {
        match self {
            Self::Byte(at) => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = new;
                }
            }
            Self::Base64(one, two, third) => {
                let (high, low) = match third {
                    Third::First => ((0, new >> 2), (0b00_1111, (new & 0b11) << 4)),
                    Third::Second => ((0b11_0000, new >> 4), (0b00_0011, (new & 0b1111) << 2)),
                    Third::Last => ((0b11_1100, new >> 6), (0, new & 0b11_1111)),
                };
                for (at, (kept, new)) in [(one, high), (two, low)] {
                    if let Some(letter) = bytes.get_mut(at)
                        && let Some(old) = sextet(*letter)
                    {
                        *letter = letter64((old & kept) | new);
                    }
                }
            }
        }
    }
}

impl Third {
    /// The byte that two letters of base64 hold.
    const fn joined(self, high: u8, low: u8) -> u8 {
        match self {
            Self::First => (high << 2) | (low >> 4),
            Self::Second => (high << 4) | (low >> 2),
            Self::Last => (high << 6) | low,
        }
    }
}

impl Found {
    /// Puts an `x` over each letter of the MAC, or an `X` over a large one, in the bytes that it was
    /// found in.
    pub fn take_out(&self, bytes: &mut [u8]) {
        for place in &self.letters {
            let large = place.get(bytes).is_some_and(|letter| letter.is_ascii_uppercase());
            place.set(bytes, if large { TAKEN.to_ascii_uppercase() } else { TAKEN });
        }
    }

    /// True when the MAC was taken out.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        let mac = match &self.tag {
            Tag::Reply(claim) => &claim.mac,
            Tag::Bounce(claim) => &claim.mac,
        };
        mac.0.iter().all(|letter| *letter == TAKEN)
    }

    /// Puts the MAC back that was taken out: the bytes are then what they were. `epoch` is the one a
    /// reply address was signed in.
    pub fn put_back(&self, bytes: &mut [u8], key: &Key, epoch: u32) {
        let mac = match &self.tag {
            Tag::Reply(claim) => claim.right(epoch, key),
            Tag::Bounce(claim) => claim.right(key),
        };
        for (place, letter) in self.letters.iter().zip(mac.0) {
            let large = place.get(bytes) == Some(TAKEN.to_ascii_uppercase());
            place.set(bytes, if large { letter.to_ascii_uppercase() } else { letter });
        }
    }
}

/// The tags in a mail's bytes, at most 1,000 of them.
#[must_use]
pub fn find(bytes: &[u8]) -> Vec<Found> {
    let mut reader = TagReader::default();
    for (at, byte) in bytes.iter().enumerate() {
        reader.read(*byte, Place::Byte(at));
    }
    for (from, to) in base64_runs(bytes) {
        reader.rest();
        read_base64(bytes, from, to, &mut reader);
    }
    reader.found
}

/// A text with an `x` over each letter of what has the form of a signature of ours.
#[must_use]
pub fn without_signatures(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for found in find(text.as_bytes()) {
        found.take_out(&mut bytes);
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Reads bytes in their order and keeps the tags among them.
#[derive(Debug, Default)]
struct TagReader {
    found: Vec<Found>,
    /// The letter before this one.
    before: u8,
    /// How many numbers the tag has that is being read; 0 while there is none.
    numbers: usize,
    /// The fields that are read, the last one not to its end.
    fields: Vec<String>,
    mac: Vec<(u8, Place)>,
    gaps: usize,
    escape: Escape,
}

/// How much was read of a point in quoted-printable: `=2E`.
#[derive(Debug, Default, Clone, Copy)]
enum Escape {
    #[default]
    None,
    Begun,
    Two(Place),
}

impl TagReader {
    /// Begins anew.
    fn rest(&mut self) {
        self.before = 0;
        self.numbers = 0;
        self.fields.clear();
        self.mac.clear();
        self.escape = Escape::None;
    }

    fn read(&mut self, byte: u8, place: Place) {
        if self.numbers == 0 && byte.is_ascii_alphanumeric() && byte != b'1' {
            // Nearly every byte of nearly every mail.
            self.before = byte;
            return;
        }
        match (std::mem::take(&mut self.escape), byte) {
            (Escape::Begun, b'2') => self.escape = Escape::Two(place),
            (Escape::Two(_), b'E' | b'e') => self.letter(b'.', place),
            (Escape::Two(two), _) => {
                self.letter(b'2', two);
                self.letter(byte, place);
            }
            (_, b'=') => self.escape = Escape::Begun,
            _ => self.letter(byte, place),
        }
    }

    fn letter(&mut self, byte: u8, place: Place) {
        if is_gap(byte) {
            self.gaps += 1;
            if self.numbers > 0 && self.gaps > GAPS {
                self.rest();
            }
            return;
        }
        let letter = byte.to_ascii_lowercase();
        let before = std::mem::replace(&mut self.before, letter);
        if letter == b'1' {
            // No number and no MAC has a 1, so wherever one stands a tag begins, or none is.
            self.rest();
            self.gaps = 0;
            self.numbers = match before {
                b'r' | b'R' => 2,
                b'b' | b'B' => 1,
                _ => 0,
            };
        } else if self.numbers > 0 {
            self.field(letter, place);
        }
    }

    /// A letter of a tag that is being read.
    fn field(&mut self, letter: u8, place: Place) {
        let in_mac = self.fields.len() > self.numbers;
        match self.fields.last_mut() {
            _ if in_mac && LETTERS.contains(&letter) => {
                self.mac.push((letter, place));
                if self.mac.len() == MAC {
                    self.keep();
                    self.rest();
                }
            }
            last if !in_mac && letter == b'.' && last.as_deref().is_none_or(|l| !l.is_empty()) => {
                self.fields.push(String::new());
            }
            Some(last) if !in_mac && LETTERS.contains(&letter) && last.len() < NUMBER => {
                last.push(char::from(letter));
            }
            _ => {
                self.rest();
                self.before = letter;
            }
        }
    }

    /// Keeps the tag that was read to its end.
    fn keep(&mut self) {
        let mut letters = [0; MAC];
        for (to, (letter, _)) in letters.iter_mut().zip(&self.mac) {
            *to = *letter;
        }
        let mac = Mac(letters);
        let numbers: Option<Vec<i64>> =
            self.fields.iter().take(self.numbers).map(|f| number(f)).collect();
        let tag = match numbers.as_deref() {
            Some(&[ticket, contact]) => {
                Tag::Reply(Claim { ticket: TicketId(ticket), contact: ContactId(contact), mac })
            }
            Some(&[delivery]) => Tag::Bounce(BounceClaim { delivery: DeliveryId(delivery), mac }),
            _ => return,
        };
        if self.found.len() < TAGS {
            let letters = self.mac.iter().map(|(_, place)| *place).collect();
            self.found.push(Found { tag, letters });
        }
    }
}

/// What [`super::plain`] leaves out of an address, and what folds and wraps leave in one.
fn is_gap(byte: u8) -> bool {
    byte.is_ascii_whitespace()
        || byte.is_ascii_control()
        || !byte.is_ascii()
        || b"\"'<>\\,;".contains(&byte)
}

/// Where lines stand that are base64 and nothing else, long enough for a tag: from, to.
fn base64_runs(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let (mut from, mut letters, mut at) = (0, 0, 0);
    for line in bytes.split_inclusive(|b| *b == b'\n').chain([b"-".as_slice()]) {
        let text = line.trim_ascii_end();
        let base = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
        if !base.is_empty() && base.iter().all(|b| sextet(*b).is_some()) {
            letters += text.len();
        } else {
            if letters >= BASE64 {
                runs.push((from, at));
            }
            letters = 0;
            from = at + line.len();
        }
        at += line.len();
    }
    runs
}

fn read_base64(bytes: &[u8], from: usize, to: usize, reader: &mut TagReader) {
    let mut before: Option<(u8, usize)> = None;
    let mut third = None;
    for (at, byte) in bytes.iter().enumerate().take(to).skip(from) {
        let Some(six) = sextet(*byte) else {
            // The padding is the end of what stands in groups of four.
            if *byte == b'=' {
                (before, third) = (None, None);
            }
            continue;
        };
        if let Some((high, one)) = before {
            let now = third.unwrap_or(Third::First);
            reader.read(now.joined(high, six), Place::Base64(one, at, now));
            third = match now {
                Third::First => Some(Third::Second),
                Third::Second => Some(Third::Last),
                Third::Last => None,
            };
            if third.is_none() {
                before = None;
                continue;
            }
        }
        before = Some((six, at));
    }
}

/// What a letter of base64 stands for (RFC 4648 §4).
fn sextet(letter: u8) -> Option<u8> {
    match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// The inverse of [`sextet`].
const fn letter64(six: u8) -> u8 {
    match six & 63 {
        six @ 0..=25 => b'A' + six,
        six @ 26..=51 => b'a' + six - 26,
        six @ 52..=61 => b'0' + six - 52,
        62 => b'+',
        _ => b'/',
    }
}

impl ReplyToken {
    /// The tag with an `x` over each letter of its MAC.
    fn taken(&self) -> String {
        let numbers = self.0.rsplit_once('.').map_or("", |(numbers, _)| numbers);
        format!("{numbers}.{}", char::from(TAKEN).to_string().repeat(MAC))
    }

    /// Takes this token's MAC out of the header of a mail of ours.
    pub fn take_out(&self, mail: &mut [u8]) {
        replace_in_header(mail, self.0.as_bytes(), self.taken().as_bytes());
    }

    /// Puts it back: the bytes are then what they were.
    pub fn put_back(&self, mail: &mut [u8]) {
        replace_in_header(mail, self.taken().as_bytes(), self.0.as_bytes());
    }
}

/// Of two texts of one length.
fn replace_in_header(mail: &mut [u8], old: &[u8], new: &[u8]) {
    let end = mail.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or(mail.len());
    let header = mail.get(..end).unwrap_or_default();
    if let Some(at) = header.windows(old.len()).position(|w| w == old)
        && let Some(there) = mail.get_mut(at..at + new.len())
    {
        there.copy_from_slice(new);
    }
}

#[cfg(test)]
mod tests;
