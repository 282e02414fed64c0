//! Minting and reading back: what holds, and all that must not.

use proptest::prelude::*;

use super::*;
use crate::domain::{Category, Ticket, TicketState, Time};

const DESK: &str = "support@desk.example";
// Made by another program, of RFC 2104 and this file's header.
const KNOWN_REPLY: &str = "support+r1.bas.r.4ze4fmxcjabrxktyztcec6awuu@desk.example";
const KNOWN_BOUNCE: &str = "support+b1.daxb.zpqqazqjwnakbspgugbxxp63al@desk.example";
const KNOWN_INSTALLATION: &str = "wuxq7pnpbocfstfx";

fn key(byte: u8) -> Key {
    Key::from_bytes([byte; 32])
}

pub(super) fn ticket(id: i64, category: Category, shared: bool) -> Ticket {
    Ticket {
        id: TicketId(id),
        category,
        title: "VPN drops every hour".into(),
        state: TicketState::Submitted,
        open: true,
        shared,
        contact: (category != Category::Tracker).then_some(ContactId(1)),
        assignee: None,
        priority: false,
        snoozed_until: None,
        tags: Vec::new(),
        created_at: Time::UNIX_EPOCH,
        updated_at: Time::UNIX_EPOCH,
        revision: 1,
        type_id: crate::domain::TicketTypeId(1),
        deleted_at: None,
    }
}

fn reply(id: i64, contact: i64, epoch: u32) -> String {
    let ticket = ticket(id, Category::Customer, true);
    ReplyToken::mint(ticket.as_shared().unwrap(), ContactId(contact), epoch, &key(7))
        .address(DESK, '+')
        .unwrap()
}

/// True when the address is read as some claim and that holds.
fn opens(address: &str) -> bool {
    ReplyToken::read(address, DESK).is_some_and(|claim| claim.holds(3, &key(7)))
}

fn bounces(address: &str) -> bool {
    BounceToken::read(address, DESK).is_some_and(|claim| claim.holds(&key(7)))
}

#[test]
fn an_address_of_this_release_is_read_by_every_later_one() {
    // Mails with such addresses lie in customers' mailboxes for years.
    assert_eq!(reply(1042, 17, 3), KNOWN_REPLY);
    let bounce = BounceToken::mint(DeliveryId(99_041), &key(7));
    assert_eq!(bounce.address(DESK, '+').unwrap(), KNOWN_BOUNCE);
    assert_eq!(key(7).installation(), KNOWN_INSTALLATION);
    assert_ne!(key(8).installation(), KNOWN_INSTALLATION);
    assert_eq!(format!("{:?}", key(7)), "Key");
}

#[test]
fn nothing_internal_has_an_address() {
    // V1: mint takes the proof, and there is none for these.
    assert!(ticket(1, Category::Tracker, true).as_shared().is_none());
    assert!(ticket(1, Category::BackOffice, false).as_shared().is_none());
    assert!(ticket(1, Category::BackOffice, true).as_shared().is_some());
}

#[test]
fn what_happens_to_addresses_on_their_way_does_no_harm() {
    let good = reply(1042, 17, 3);
    let (local, host) = good.split_once('@').unwrap();
    let tag = local.strip_prefix("support+").unwrap();
    for mangled in [
        good.to_uppercase(),
        format!("<{good}>"),
        format!("\"Acme Support\" <{good}>"),
        format!("Acme <not this> <{good}>"),
        format!("  {good}\r\n"),
        format!("support+{}\r\n {}@{host}", &tag[..20], &tag[20..]),
        format!("<{}=\r\n{}>", &good[..30], &good[30..]).replace('=', ""),
        format!("mailto:{good}"),
        format!("\"{local}\"@{host}"),
        format!("support%2B{tag}@{host}"),
        format!("support-{tag}@{host}"),
        format!("{local}@mx3.internal"),
        format!("Support+{tag}@Desk.Example"),
        format!("{good},"),
        format!("\u{feff}{good}\u{200b}"),
        local.to_owned(),
    ] {
        assert!(opens(&mangled), "{mangled:?}");
    }
    for other in [
        String::new(),
        DESK.to_owned(),
        "support+@desk.example".to_owned(),
        format!("support{tag}@{host}"),
        format!("sales+{tag}@{host}"),
        format!("support+x{tag}@{host}"),
        format!("support+{tag}.{tag}@{host}"),
        format!("support+{}@{host}", tag.replace("r1.", "r2.")),
        format!("support+{}@{host}", tag.replace("r1.", "b1.")),
        format!("support+{}@{host}", tag.replace("r1.", "r1.a")),
        format!("support+{}@{host}", tag.replace('.', "")),
        format!("support+r1.7777777777777.a.{}@{host}", "a".repeat(26)),
        format!("support+r1...{}@{host}", "a".repeat(26)),
        format!("<{}", "<".repeat(100_000)),
        format!("{good}{}", " ".repeat(2000)),
    ] {
        assert!(!opens(&other), "{other:?}");
        assert!(!bounces(&other), "{other:?}");
    }
}

#[test]
fn a_claim_holds_for_its_key_epoch_and_purpose_alone() {
    let claim = ReplyToken::read(&reply(1042, 17, 3), DESK).unwrap();
    assert_eq!((claim.ticket, claim.contact), (TicketId(1042), ContactId(17)));
    assert!(claim.holds(3, &key(7)));
    assert!(!claim.holds(3, &key(8)));
    assert!(!claim.holds(2, &key(7)) && !claim.holds(4, &key(7)));
    // The MAC of one kind is nothing to the other.
    assert_ne!(key(7).sign("r1", &[5]), key(7).sign("b1", &[5]));
    let bounce = BounceToken::mint(DeliveryId(5), &key(7));
    assert!(BounceToken::read_envelope_id(bounce.as_str()).unwrap().holds(&key(7)));
    assert!(!BounceToken::read_envelope_id(bounce.as_str()).unwrap().holds(&key(8)));
    assert!(ReplyToken::read(&bounce.address(DESK, '+').unwrap(), DESK).is_none());
}

#[test]
fn every_changed_character_is_refused() {
    for (address, opens) in [
        (reply(1042, 17, 3), opens as fn(&str) -> bool),
        (BounceToken::mint(DeliveryId(99_041), &key(7)).address(DESK, '+').unwrap(), bounces),
    ] {
        assert!(opens(&address));
        let start = address.find("1.").unwrap() - 1;
        let end = address.find('@').unwrap();
        for at in start..end {
            let old = address.as_bytes()[at];
            for new in (0x21..0x7f_u8).map(char::from) {
                if new.eq_ignore_ascii_case(&char::from(old)) {
                    continue;
                }
                let mut wrong = address.clone();
                wrong.replace_range(at..=at, &new.to_string());
                assert!(!opens(&wrong), "{wrong}");
                wrong = address.clone();
                wrong.insert(at, new);
                // Quotes and the like are taken off an address before it is read.
                let same = "\"'<>\\,;".contains(new);
                assert!(same || !opens(&wrong), "{wrong}");
            }
            let mut cut = address.clone();
            cut.remove(at);
            assert!(!opens(&cut), "{cut}");
        }
    }
}

#[test]
fn a_million_guesses_open_nothing() {
    // SplitMix64: the same guesses in every run.
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    for ticket in 1..=1000 {
        // As `holds` does, which makes the right one anew for each guess.
        let right = key(7).sign(ReplyToken::KIND, &[ticket, 17, 3]);
        for _ in 0..1000 {
            let words = [next(), next(), next()];
            let mut letters = [0; MAC];
            for (at, letter) in letters.iter_mut().enumerate() {
                *letter = LETTERS[(words[at / 12] >> (5 * (at % 12)) & 31) as usize];
            }
            assert!(Mac(letters) != right);
        }
        let holds = |mac| Claim { ticket: TicketId(ticket), contact: ContactId(17), mac };
        assert!(holds(right.clone()).holds(3, &key(7)), "the one that is right does");
        let mut near = right;
        near.0[ticket as usize % MAC] ^= 1;
        assert!(!holds(near).holds(3, &key(7)));
    }
}

#[test]
fn two_macs_are_compared_in_one_way_whose_time_tells_nothing() {
    // Not timed, which proves little: there is nothing else that compares. The letters are reached
    // through the type alone, whose one comparison is that of `subtle`, which looks at them all.
    let source = include_str!("../reply_address.rs");
    let comparison = "impl PartialEq for Mac {\n    fn eq(&self, other: &Self) -> bool {\n        \
                      self.0.ct_eq(&other.0).into()\n    }\n}";
    assert_eq!(source.matches(comparison).count(), 1);
    assert!(
        source.contains("#[derive(Clone)]\nstruct Mac([u8; MAC]);"),
        "nothing derived compares"
    );
    // Right or wrong, and whatever is not there: first the whole MAC is made, then compared.
    let holds: Vec<&str> = source.match_indices("fn holds(").map(|(at, _)| &source[at..]).collect();
    assert_eq!(holds.len(), 2);
    for body in holds {
        let body = body.split_once("{\n").unwrap().1.split_once("\n    }").unwrap().0;
        assert!(body.trim().starts_with("self.mac == self.right("), "{body}");
        assert_eq!(body.trim().lines().count(), 1, "one step for all of them: {body}");
    }
    // Every other mention of its letters makes or writes one.
    let macs = source.matches("mac.0").count();
    assert_eq!(macs, 1, "`minted` writes them; something else looks into a MAC");
}

#[test]
fn an_address_that_mail_does_not_allow_is_not_made() {
    let local = |length: usize| format!("{}@desk.example", "s".repeat(length));
    let ticket = ticket(1 << 30, Category::Customer, true);
    let shared = ticket.as_shared().unwrap();
    let token = ReplyToken::mint(shared, ContactId(1 << 30), 0, &key(7));
    // A billion tickets and contacts leave 18 letters for the desk's own name.
    assert_eq!(token.address(&local(18), '+').unwrap().find('@'), Some(64));
    assert_eq!(token.address(&local(19), '+'), None);
    assert_eq!(token.address("desk", '+'), None);
    assert!(token.address(DESK, '-').unwrap().starts_with("support-r1."));
}

proptest! {
    #[test]
    fn what_is_minted_is_read_back(
        id in 1..i64::MAX, contact in 1..i64::MAX, epoch: u32, bytes: [u8; 32], desk in "[a-z]{1,6}",
    ) {
        let key = Key::from_bytes(bytes);
        let desk = format!("{desk}@desk.example");
        let ticket = ticket(id, Category::Customer, true);
        let token = ReplyToken::mint(ticket.as_shared().unwrap(), ContactId(contact), epoch, &key);
        let address = token.address(&desk, '+').unwrap();
        prop_assert!(address.find('@').unwrap() <= 64);
        prop_assert_eq!(&address, &address.to_lowercase());
        prop_assert!(crate::domain::EmailAddress::new(&address).is_ok());
        let claim = ReplyToken::read(&address.to_uppercase(), &desk).unwrap();
        prop_assert_eq!((claim.ticket.0, claim.contact.0), (id, contact));
        prop_assert!(claim.holds(epoch, &key));
        prop_assert!(!claim.holds(epoch.wrapping_add(1), &key));

        let bounce = BounceToken::mint(DeliveryId(id), &key).address(&desk, '-').unwrap();
        let claim = BounceToken::read(&bounce, &desk).unwrap();
        prop_assert_eq!(claim.delivery.0, id);
        prop_assert!(claim.holds(&key));
    }

    #[test]
    fn every_single_bit_counts(at in 0_usize..40, bit in 0_u32..8) {
        let good = reply(1042, 17, 3).into_bytes();
        let end = good.iter().position(|b| *b == b'@').unwrap();
        let at = 8 + at % (end - 8);
        let mut wrong = good.clone();
        wrong[at] ^= 1 << bit;
        let wrong = String::from_utf8_lossy(&wrong).into_owned();
        // The one bit that only folds the case changes nothing.
        let folded = wrong.to_lowercase().into_bytes() == good;
        prop_assert_eq!(opens(&wrong), folded, "{}", wrong);
    }

    #[test]
    fn reading_never_panics(address in any::<String>(), base in any::<String>()) {
        prop_assert!(!ReplyToken::read(&address, &base).is_some_and(|c| c.holds(0, &key(7))));
        prop_assert!(!BounceToken::read(&address, &base).is_some_and(|c| c.holds(&key(7))));
    }
}

#[test]
fn a_test_mail_is_known_by_a_message_id_that_nobody_else_can_make() {
    let key = Key::from_bytes([7; 32]);
    let token = TestToken::mint(42, &key);
    let id = format!("{token}@northwind.example");
    assert_eq!(TestToken::read(&id, &key), Some(token.clone()));
    assert_eq!(TestToken::read(&id, &Key::from_bytes([8; 32])), None);
    assert_eq!(TestToken::read(&id.replacen("t1.", "t1.b.", 1), &key), None);
    // A bounce address of ours is no test mail, whatever its number.
    let bounce = BounceToken::mint(DeliveryId(42), &key);
    assert_eq!(TestToken::read(&bounce.as_str().replacen("b1.", "t1.", 1), &key), None);
}
