//! The fuzz targets as functions: each takes any bytes and fails where a promise is broken. The
//! tests of the program run them over the kept corpus, so that a find stays found.

mod intake;

pub use intake::intake;

use deskbell::domain::text::is_unsafe;
use deskbell::domain::{ContactId, TicketId};
use deskbell::mail::trim::{Markup, trim, trim_marked};
use deskbell::mail::{BounceToken, Key, ReplyToken, parse_enveloped};

/// The desk's own address.
const DESK: &str = "help@northwind.example";

fn key() -> Key {
    Key::from_bytes([7; 32])
}

/// Fails when a text holds what changes a terminal.
fn clean(what: &str, text: &str) {
    let bad = text.chars().find(|c| is_unsafe(*c) && *c != '\n' && *c != '\t');
    assert_eq!(bad, None, "{what}: {text:?}");
}

/// A mail from a mail system: whatever it says, what is kept of it is clean and bounded.
pub fn bounce(data: &[u8]) {
    let mail = parse_enveloped(data, Some(""));
    clean("the text", &mail.text);
    clean("the subject", &mail.subject);
    let Some(bounce) = mail.bounce else { return };
    assert!(bounce.recipients.len() <= 100);
    for recipient in bounce.recipients.iter().chain(&bounce.recipient) {
        clean("a recipient", recipient);
    }
    for word in bounce.diagnostic.iter().chain(&bounce.status) {
        clean("the diagnostic", word);
        assert!(!word.contains('\n') && word.chars().count() <= 500);
    }
    for id in bounce.original_message_id.iter().chain(&bounce.original_envelope_id) {
        clean("an id", id);
    }
}

/// The trimmer never changes a line, never reorders and never shows nothing of something. The
/// first byte says what the mail's markup called each line.
pub fn trimmer(data: &[u8]) {
    let (marks, data) = data.split_first().map_or((0, data), |(m, rest)| (*m, rest));
    let text = String::from_utf8_lossy(data);
    let markup: Vec<Markup> = text
        .split('\n')
        .enumerate()
        .map(|(i, _)| match marks >> (i % 4 * 2) & 3 {
            1 => Markup::Quotation,
            2 => Markup::Own,
            _ => Markup::Nothing,
        })
        .collect();
    for trimmed in [trim(&text), trim_marked(&text, &markup)] {
        let mut lines = text.split('\n').map(|l| l.trim_end_matches('\r').trim_end());
        for shown in trimmed.shown.split('\n').map(str::trim_end) {
            assert!(lines.any(|line| line == shown), "{shown:?} is not in {text:?} in this order");
        }
        let nothing = trimmed.shown.trim().is_empty();
        assert_eq!(nothing, text.trim().is_empty(), "nothing is shown of {text:?}");
        let filled = |t: &str| t.split('\n').filter(|l| !l.trim().is_empty()).count();
        assert_eq!(filled(&trimmed.shown) + trimmed.hidden_lines, filled(&text), "{text:?}");
    }
}

/// An address proves something only where it holds the very tag that this desk writes.
pub fn reply_address(data: &[u8]) {
    let address = String::from_utf8_lossy(data);
    let squeezed: String =
        address.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '.').collect();
    let squeezed = squeezed.to_ascii_lowercase();
    if let Some(claim) = BounceToken::read(&address, DESK) {
        let tag = BounceToken::mint(claim.delivery, &key());
        // What is read is what is written: there is one form of each address.
        let minted = tag.address(DESK, '+').expect("numbers that were read fit");
        assert_eq!(BounceToken::read(&minted, DESK).map(|c| c.holds(&key())), Some(true));
        assert!(!claim.holds(&key()) || squeezed.contains(tag.as_str()), "{address:?}");
    }
    if let Some(claim) = ReplyToken::read(&address, DESK) {
        // No shared ticket, no token: whoever holds one of these has guessed a MAC.
        assert!(!claim.holds(9, &Key::from_bytes([9; 32])), "{address:?}");
        assert!(claim.ticket >= TicketId(0) && claim.contact >= ContactId(0), "{address:?}");
    }
    // Read alone, as a report repeats it.
    let _ = BounceToken::read_envelope_id(&address);
    // And a guess that is well formed: a minute of fuzzing makes millions of them.
    let guess = format!("help+r1.b.b.{}@northwind.example", guess(data));
    let claim = ReplyToken::read(&guess, DESK).expect("it is well formed");
    assert!(!claim.holds(0, &key()), "guessed: {guess}");
}

/// 26 letters that follow from the input, but not so that a fuzzer could steer them (SplitMix64).
fn guess(data: &[u8]) -> String {
    let mut state = data.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut letters = String::new();
    for _ in 0..26 {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        letters
            .push(char::from(b"abcdefghijklmnopqrstuvwxyz234567"[((z ^ (z >> 31)) % 32) as usize]));
    }
    letters
}
