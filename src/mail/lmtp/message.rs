//! A message as it comes over the wire: ended by CRLF.CRLF alone, the dots taken off that were put
//! before lines which begin with one (RFC 5321 §4.5.2). Its bytes are otherwise kept as they came.

use crate::mail::inbound::RAW_BYTES;

/// Where in the stream the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Place {
    /// At the beginning, or behind CR LF.
    #[default]
    LineStart,
    /// Behind a dot at the start of a line; the dot is held back.
    Dot,
    /// Behind such a dot and CR; both are held back.
    DotCr,
    Cr,
    Text,
}

/// What has come of a message.
#[derive(Debug, Default)]
pub struct Message {
    bytes: Vec<u8>,
    left_out: usize,
    place: Place,
}

impl Message {
    /// Takes more of it. Gives how many of `bytes` belong to it, and whether it has ended there.
    pub fn take(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut rest = bytes;
        while let Some((&byte, behind)) = rest.split_first() {
            if self.place == Place::Text {
                let run = rest.iter().position(|b| *b == b'\r').unwrap_or(rest.len());
                if let Some((text, more)) = rest.split_at_checked(run).filter(|_| run > 0) {
                    self.keep(text);
                    rest = more;
                    continue;
                }
            }
            rest = behind;
            self.place = match (self.place, byte) {
                (Place::DotCr, b'\n') => return (bytes.len() - rest.len(), true),
                (Place::LineStart, b'.') => Place::Dot,
                (Place::Dot, b'\r') => Place::DotCr,
                (place, byte) => {
                    if place == Place::DotCr {
                        self.keep(b"\r");
                    }
                    self.keep(&[byte]);
                    match (place, byte) {
                        (_, b'\r') => Place::Cr,
                        (Place::Cr, b'\n') => Place::LineStart,
                        _ => Place::Text,
                    }
                }
            };
        }
        (bytes.len(), false)
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = RAW_BYTES.saturating_sub(self.bytes.len()).min(bytes.len());
        let (kept, over) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
        self.bytes.extend_from_slice(kept);
        self.left_out += over.len();
    }

    /// Bytes that came beyond [`RAW_BYTES`] and were not kept.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
