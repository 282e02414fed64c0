//! M1, N10: the signed addresses that a desk's mails carry, and taking them back.

use deskbell::desk::Policy;
use deskbell::domain::{Category, DeliveryId, EmailAddress, TicketState};
use deskbell::mail::{BounceToken, Claim, Key, ReplyToken};

use crate::support::bench::{Bench, Mail, minutes, seconds};
use crate::support::program::Program;

const DESK: &str = "help@northwind.example";

fn key() -> Key {
    Key::from_bytes([7; 32])
}

fn bench() -> Bench {
    let address = Some(EmailAddress::new(DESK).unwrap());
    Bench::with(Policy { address, key: Some(key().into()), ..Policy::default() })
}

fn claim(mail: &Mail) -> Claim {
    ReplyToken::read(&mail.header("Reply-To").unwrap(), DESK).unwrap()
}

#[test]
fn m1_every_mail_names_ticket_and_contact_under_signature() {
    let bench = bench();
    let first = bench.mara().submits(Category::Customer, "Refund", Some(&bench.ada()), true);
    let second = bench.mara().submits(Category::Customer, "Invoice", Some(&bench.bob()), true);
    bench.advance(minutes(1));
    bench.mara().sets(first, TicketState::Resolved);
    bench.advance(seconds(10));
    let (ada, bob) = (bench.ada().mails(), bench.bob().mails());
    assert_eq!((ada.len(), bob.len()), (2, 1));
    let (to_ada, to_bob) = (claim(&ada[0]), claim(&bob[0]));
    assert_eq!((to_ada.ticket, to_bob.ticket), (first, second));
    assert_ne!(to_ada.contact, to_bob.contact);
    assert!(to_ada.holds(0, &key()) && to_bob.holds(0, &key()));
    // One address for all mails of a thread.
    assert_eq!(claim(&ada[1]), to_ada);
    for mail in ada.iter().chain(&bob) {
        assert_eq!(mail.header("X-Deskbell-Loop").unwrap(), key().installation());
        // From stays the desk's own: what people read, and what DKIM vouches for.
        assert!(mail.header("From").unwrap().ends_with("<help@northwind.example>"));
    }
}

#[test]
fn m1_the_envelope_names_the_ledger_row() {
    let bench = bench();
    let id = bench.mara().submits(Category::Customer, "Refund", Some(&bench.ada()), true);
    let due = bench.now() + minutes(1);
    let parcels = bench.desk.claim("test", id, due).unwrap().parcels;
    let claim = BounceToken::read(&parcels[0].from, DESK).unwrap();
    assert_eq!(claim.delivery, parcels[0].delivery);
    assert!(claim.holds(&key()));
    let id = parcels[0].envelope_id.as_deref().unwrap();
    assert_eq!(BounceToken::read_envelope_id(id), Some(claim));
    assert_ne!(parcels[0].delivery, DeliveryId(0));
}

#[test]
fn m1_without_an_address_or_where_it_grows_too_long_the_plain_one_stands() {
    let long = format!("{}@northwind.example", "h".repeat(50));
    for address in [None, Some(EmailAddress::new(&long).unwrap())] {
        let policy = Policy { address, key: Some(key().into()), ..Policy::default() };
        let bench = Bench::with(policy.clone());
        bench.mara().submits(Category::Customer, "Refund", Some(&bench.ada()), true);
        bench.advance(minutes(1));
        let reply_to = bench.ada().mails()[0].header("Reply-To").unwrap();
        assert!(reply_to.ends_with(&format!("<{}>", policy.address())), "{reply_to}");
    }
}

#[test]
fn m2_revoking_closes_all_addresses_given_out_and_opens_new_ones() {
    let bench = bench();
    let id = bench.mara().submits(Category::Customer, "Refund", Some(&bench.ada()), true);
    let other = bench.mara().submits(Category::Customer, "Invoice", Some(&bench.ada()), true);
    bench.advance(minutes(1));
    for epoch in 1..3 {
        assert_eq!(bench.desk.revoke_reply_addresses(id).unwrap(), 1);
        bench.mara().replies(id, "One moment.");
        bench.advance(minutes(3));
        let mails = bench.ada().mails();
        let newest = claim(mails.last().unwrap());
        assert!(newest.holds(epoch, &key()) && !newest.holds(epoch - 1, &key()));
    }
    bench.mara().replies(other, "Here it is.");
    bench.advance(minutes(3));
    let mails = bench.ada().mails();
    // Another ticket's addresses stay as they are.
    assert!(claim(mails.last().unwrap()).holds(0, &key()));
    let tracker = bench.mara().submits(Category::Tracker, "Outage", None, false);
    let refused = bench.desk.revoke_reply_addresses(tracker).unwrap_err();
    assert!(refused.is_rule() && refused.to_string().starts_with("Tracker tickets"), "{refused}");
}

#[test]
fn threat_31_a_copy_of_the_database_holds_no_key() {
    let mut program = Program::new();
    program.configure("[mail]\naddress = \"help@northwind.example\"\n");
    let id = program.adas("Refund");
    program.at("14:05:00").run(&["work", "--once"]).done();
    let path = deskbell::mail::key_file::key_path(&program.desk());
    let key = deskbell::mail::key_file::load(&path).unwrap().unwrap();
    let hex = std::fs::read_to_string(&path).unwrap();
    let bytes: Vec<u8> =
        (0..32).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect();
    for entry in std::fs::read_dir(program.desk().parent().unwrap()).unwrap() {
        let file = entry.unwrap().path();
        if !file.is_file() || file == path {
            continue;
        }
        let held = std::fs::read(&file).unwrap();
        let holds = |needle: &[u8]| held.windows(needle.len()).any(|w| w == needle);
        assert!(!holds(&bytes) && !holds(hex.trim().as_bytes()), "{}", file.display());
    }
    let mail = program.mails().remove(0);
    let mail = mail_parser::MessageParser::default().parse(&mail).unwrap();
    let reply_to = mail.header_raw("Reply-To").unwrap();
    assert!(ReplyToken::read(reply_to, DESK).unwrap().holds(0, &key), "{reply_to}");
    let done = program.run(&["reply-address", "revoke", &id]).done();
    assert!(done.stderr.contains("are revoked"), "{}", done.stderr);
}
