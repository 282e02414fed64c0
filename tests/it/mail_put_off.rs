//! Mail that a server puts off, or that is in a worker's hands while the desk goes on: what is told
//! then is what holds then, once, and not before its time.

use deskbell::desk::contact_cards::CardChange;
use deskbell::desk::deliver::{Kept, Parcel};
use deskbell::domain::notify::Notify;
use deskbell::domain::{
    Action, Channel, EmailAddress, Event, KeptMail, Reason, Status, TicketId, TicketState,
};
use deskbell::mail::BounceToken;
use deskbell::mail::transport::Outcome;

use crate::mail_in::{bounce, key, policy};
use crate::support::bench::{Bench, minutes, seconds};
use crate::support::post::DESK;

fn claim(bench: &Bench, id: TicketId) -> Vec<Parcel> {
    bench.desk.claim("one", id, bench.now()).unwrap().parcels
}

fn ends(bench: &Bench, parcel: &Parcel, outcome: &Outcome) -> Status {
    bench.desk.record("one", parcel, outcome, bench.now()).unwrap()
}

fn put_off() -> Outcome {
    Outcome::Temporary { words: "451 later".into(), greylisted: true }
}

/// Ada's ticket, with the mails of its beginning gone.
fn quiet(bench: &Bench) -> TicketId {
    let id = bench.customer_ticket("Refund");
    bench.advance(minutes(1));
    bench.ada().mails();
    id
}

#[test]
fn n2_a_reply_has_its_3_minutes_also_while_an_earlier_burst_is_put_off() {
    let bench = Bench::new();
    let id = quiet(&bench);
    bench.mara().replies(id, "Words one.");
    bench.skip(minutes(1));
    bench.mara().replies(id, "Words two.");
    bench.skip(minutes(3));
    // Long enough that what rode in it is due far beyond the burst's ten minutes.
    for _ in 0..4 {
        let parcels = claim(&bench, id);
        assert_eq!(parcels.len(), 1);
        assert_eq!(ends(&bench, &parcels[0], &put_off()), Status::Retrying);
        let row = bench.email_row(id, "reply");
        bench.skip(row.due_at.unwrap() - bench.now());
    }
    bench.skip(-minutes(30));
    let written = bench.now();
    let done = bench.mara().replies(id, "Words three.");
    let row = bench
        .ledger(id)
        .into_iter()
        .find(|d| d.part_id == done.part && d.channel == Channel::Email);
    let row = row.unwrap().due_at.unwrap();
    assert_eq!(row, written + minutes(3));
    assert!(claim(&bench, id).is_empty(), "it can be taken back still");
    // Then all three go in one mail.
    bench.advance(minutes(3));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1);
    for words in ["Words one.", "Words two.", "Words three."] {
        assert!(mails[0].text.contains(words), "{words}");
    }
    bench.advance(chrono::Duration::days(1));
    assert!(bench.ada().mails().is_empty());
}

#[test]
fn n15_a_state_has_its_grace_also_while_an_earlier_one_is_put_off() {
    let bench = Bench::new();
    let id = quiet(&bench);
    bench.mara().sets(id, TicketState::WaitingOnCustomer);
    bench.skip(seconds(5));
    bench.mara().sets(id, TicketState::InProgress);
    bench.skip(seconds(10));
    let parcel = claim(&bench, id).remove(0);
    assert_eq!(ends(&bench, &parcel, &put_off()), Status::Retrying);
    bench.skip(minutes(2));
    let made = bench.now();
    bench.mara().sets(id, TicketState::Resolved);
    assert_eq!(bench.email_row(id, "state").due_at, Some(made + seconds(10)));
}

#[test]
fn n13_a_bounce_strands_nothing_that_rode_in_the_mail() {
    for answer_lost in [true, false] {
        let bench = Bench::with(policy());
        let id = quiet(&bench);
        bench.mara().replies(id, "Words one.");
        bench.skip(seconds(30));
        bench.mara().replies(id, "Words two.");
        bench.skip(minutes(3));
        let parcel = claim(&bench, id).remove(0);
        bench.desk.hand_over("one", &parcel, bench.now()).unwrap().unwrap();
        if answer_lost {
            ends(&bench, &parcel, &Outcome::Ambiguous { words: "connection lost".into() });
        }
        let verp = BounceToken::mint(parcel.delivery, &key()).address(DESK, '+').unwrap();
        bounce(&bench, &verp, "failed", "5.2.2", None);
        let waits = || bench.ledger(id).into_iter().filter(|d| d.status.is_pending()).count();
        assert_eq!(waits(), 0, "both have failed");
        assert!(bench.desk.resend_ticket(id, bench.now()).unwrap() > 0);
        bench.advance(minutes(1));
        let mails = bench.ada().mails();
        assert_eq!(mails.len(), 1);
        assert!(mails[0].text.contains("Words one.") && mails[0].text.contains("Words two."));
    }
}

#[test]
fn n15_a_mail_tells_no_state_that_is_no_longer_true_as_if_it_were() {
    let bench = Bench::new();
    let id = quiet(&bench);
    bench.mara().sets(id, TicketState::WaitingOnCustomer);
    bench.skip(seconds(4));
    bench.ada().replies(id, "Here it is.");
    bench.advance(seconds(30));
    let mails = bench.ada().mails();
    let told = "Your ticket was set to \"Waiting on you\". It is now \"In progress\".";
    assert!(mails[0].text.contains(told), "{}", mails[0].text);

    // Of several the last one is told.
    bench.mara().sets(id, TicketState::WaitingOnCustomer);
    bench.advance(seconds(5));
    bench.mara().sets(id, TicketState::Resolved);
    bench.advance(seconds(10));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("Your ticket is now \"Resolved\"."));
    assert_eq!(mails[0].text.matches("Your ticket").count(), 1, "{}", mails[0].text);
}

#[test]
fn n15_a_state_in_a_slow_workers_hands_does_not_follow_a_later_one() {
    let bench = Bench::new();
    let id = quiet(&bench);
    bench.mara().sets(id, TicketState::InProgress);
    bench.skip(seconds(10));
    let slow = claim(&bench, id).remove(0);
    bench.mara().sets(id, TicketState::Resolved);
    bench.skip(seconds(10));
    let quick = bench.desk.claim("two", id, bench.now()).unwrap().parcels.remove(0);
    bench.desk.hand_over("two", &quick, bench.now()).unwrap().unwrap();
    let sent = Outcome::Sent { words: "250 ok".into() };
    bench.desk.record("two", &quick, &sent, bench.now()).unwrap();
    let kept = bench.desk.hand_over("one", &slow, bench.now()).unwrap();
    assert_eq!(kept, Err(Kept::Unwanted(Reason::Superseded)));
    bench.advance(chrono::Duration::days(1));
    assert!(bench.ada().mails().is_empty());
}

#[test]
fn n6_a_mail_in_a_workers_hands_does_not_outlive_an_unsharing_that_was_reversed() {
    let bench = Bench::new();
    let id = bench.shared_back_office("VPN certificate");
    bench.advance(minutes(1));
    bench.ada().mails();
    bench.mara().replies(id, "Try the new one.");
    bench.skip(minutes(3));
    let slow = claim(&bench, id).remove(0);
    bench.mara().unshares(id);
    bench.mara().shares(id);
    let kept = bench.desk.hand_over("one", &slow, bench.now()).unwrap();
    assert_eq!(kept, Err(Kept::Unwanted(Reason::NotSharedAnyMore)));
    bench.advance(minutes(10));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1, "that it is shared now");
    assert!(mails[0].text.contains("Your ticket was submitted."));
}

#[test]
fn n14_another_address_gets_the_mail_that_waits_and_is_not_stopped_by_the_old_ones_bounce() {
    let bench = Bench::with(policy());
    let id = quiet(&bench);
    let ada = bench.ada().contact().id;
    let moves = |to: &str| {
        let email = Some(EmailAddress::new(to).unwrap());
        let change = CardChange { email, ..CardChange::default() };
        bench.desk.change_contact(ada, change, bench.now()).unwrap();
    };
    bench.mara().replies(id, "It is on its way.");
    bench.skip(minutes(3));
    let parcel = claim(&bench, id).remove(0);
    moves("ada@other.example");
    let kept = bench.desk.hand_over("one", &parcel, bench.now()).unwrap();
    assert_eq!(kept, Err(Kept::Elsewhere));
    bench.advance(minutes(1));
    let mails = bench.mails_to("ada@other.example");
    assert!(mails.iter().any(|m| m.text.contains("It is on its way.")), "{mails:?}");

    // The other order: what the old address refused says nothing of the new one.
    moves("ada@lumen.example");
    let row = bench.email_row(id, "reply").id;
    let verp = BounceToken::mint(row, &key()).address(DESK, '+').unwrap();
    bounce(&bench, &verp, "failed", "5.1.1", None);
    assert!(bench.ada().contact().mail_stop.is_some());
    moves("ADA@lumen.example");
    assert!(bench.desk.contact_card(ada).unwrap().unwrap().contact.mail_stop.is_some());
    moves("ada@third.example");
    assert_eq!(bench.desk.contact_card(ada).unwrap().unwrap().contact.mail_stop, None);
    bench.mara().sets(id, TicketState::InProgress);
    bench.advance(seconds(10));
    assert_eq!(bench.mails_to("ada@third.example").len(), 1);
}

#[test]
fn l1_a_mail_that_a_server_refuses_for_good_is_told_to_the_team() {
    let bench = Bench::new();
    let id = quiet(&bench);
    bench.mara().replies(id, "It is on its way.");
    bench.skip(minutes(3));
    let parcel = claim(&bench, id).remove(0);
    let refused = Outcome::Permanent { words: "recipient refused: 550 5.1.1 nobody".into() };
    assert_eq!(ends(&bench, &parcel, &refused), Status::Failed);
    let told = bench.ticket(id).parts.into_iter().next_back().unwrap();
    assert!(matches!(told.event, Event::MailKept { why: KeptMail::Bounced, .. }), "{told:?}");
    assert!(told.body.unwrap().contains("550 5.1.1 nobody") && !told.visible);
}

#[test]
fn what_no_mail_could_leave_for_is_no_attempt_and_is_due_at_once() {
    let bench = Bench::new();
    let id = quiet(&bench);
    bench.mara().replies(id, "It is on its way.");
    bench.skip(minutes(3));
    for _ in 0..10 {
        let parcel = claim(&bench, id).remove(0);
        ends(&bench, &parcel, &Outcome::Pause { words: "password refused: 535".into() });
        let row = bench.email_row(id, "reply");
        assert_eq!((row.attempts, row.due_at), (0, Some(bench.now() + seconds(30))));
        bench.skip(seconds(30));
    }
    // A later reply takes an earlier one along that was put off for longer.
    let parcel = claim(&bench, id).remove(0);
    ends(&bench, &parcel, &put_off());
    bench.mara().replies(id, "And one more thing.");
    bench.advance(minutes(3));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("on its way") && mails[0].text.contains("one more thing"));
}

#[test]
fn n12_who_looks_has_seen_all_that_is_there_wherever_the_clock_went() {
    let bench = Bench::new();
    let id = quiet(&bench);
    bench.mara().replies(id, "It is on its way.");
    bench.skip(-minutes(59));
    bench.ada().opens(id);
    assert_eq!(bench.ada().messenger().badge, 0);
    bench.advance(minutes(120));
    assert!(bench.ada().mails().is_empty());
}

#[test]
fn a_ticket_that_cannot_be_read_holds_up_no_others_mail() {
    let bench = Bench::new();
    let (broken, id) = (quiet(&bench), quiet(&bench));
    bench.mara().replies(broken, "Words one.");
    bench.mara().replies(id, "Words two.");
    let sql = "UPDATE parts SET event = '{}' WHERE ticket_id = ?1 AND kind = 'reply'";
    assert_eq!(bench.database().execute(sql, [broken.0]).unwrap(), 1);
    bench.skip(minutes(3));
    let turn = bench.turn();
    assert_eq!((turn.sent, turn.broken), (1, 1), "{turn:?}");
    assert!(bench.ada().mails()[0].text.contains("Words two."));
}

#[test]
fn many_tickets_that_cannot_be_read_hold_up_no_others_mail_either() {
    let bench = Bench::new();
    let id = quiet(&bench);
    let broken: Vec<TicketId> = (0..40).map(|n| bench.back_office(&format!("Old {n}"))).collect();
    for id in &broken {
        bench.mara().shares(*id);
        let sql = "UPDATE parts SET event = '{}' WHERE ticket_id = ?1 AND kind = 'shared'";
        assert_eq!(bench.database().execute(sql, [id.0]).unwrap(), 1);
    }
    bench.skip(seconds(1));
    bench.mara().sets(id, TicketState::InProgress);
    bench.skip(seconds(10));
    let turn = bench.turn();
    assert_eq!((turn.sent, turn.broken), (1, 40), "{turn:?}");
    assert_eq!(bench.email_row(id, "state").status, Status::Sent);
}

#[test]
fn n14_a_mail_names_no_state_that_nobody_was_to_be_told_of() {
    let bench = Bench::new();
    let id = quiet(&bench);
    bench.mara().sets(id, TicketState::WaitingOnCustomer);
    bench.skip(seconds(4));
    let (mara, state) = (bench.mara().actor(), Action::SetState(TicketState::Resolved));
    bench.desk.perform_as(&mara, id, &state, Notify::AskedNot, bench.now()).unwrap();
    bench.advance(seconds(30));
    let mails = bench.ada().mails();
    let told = mails[0].text.lines().find(|l| l.starts_with("Your ticket"));
    assert_eq!(told, Some("Your ticket was set to \"Waiting on you\"."));
    // It stands in the history, as in the Messenger, and so it is not taken back any more.
    assert!(bench.mara().tries_to_undo(id).is_err());
}

#[test]
fn n2_a_reply_within_ten_minutes_of_a_burst_that_was_put_off_has_its_3_minutes_too() {
    let bench = Bench::new();
    let id = quiet(&bench);
    bench.mara().replies(id, "Words one.");
    bench.skip(seconds(10));
    bench.mara().replies(id, "Words two.");
    bench.skip(minutes(3));
    for _ in 0..12 {
        let parcel = claim(&bench, id).remove(0);
        ends(&bench, &parcel, &Outcome::Pause { words: "no connection: refused".into() });
        bench.skip(seconds(30));
    }
    let written = bench.now();
    let done = bench.mara().replies(id, "Words three.");
    let rows = bench.ledger(id);
    let row = rows.iter().find(|d| d.part_id == done.part && d.channel == Channel::Email);
    assert_eq!(row.unwrap().due_at, Some(written + minutes(3)));
}

#[test]
fn l5_no_copy_goes_of_a_mail_that_a_report_says_has_arrived() {
    let bench = Bench::with(policy());
    let id = quiet(&bench);
    bench.mara().replies(id, "It is on its way.");
    bench.skip(minutes(3));
    let parcel = claim(&bench, id).remove(0);
    bench.desk.hand_over("one", &parcel, bench.now()).unwrap().unwrap();
    ends(&bench, &parcel, &Outcome::Ambiguous { words: "connection lost".into() });
    let verp = BounceToken::mint(parcel.delivery, &key()).address(DESK, '+').unwrap();
    bounce(&bench, &verp, "delivered", "2.0.0", None);
    bench.advance(chrono::Duration::days(1));
    assert!(bench.ada().mails().is_empty());
    assert_eq!(bench.email_row(id, "reply").status, Status::Sent);
}

#[test]
fn l1_a_mail_that_cannot_be_written_to_its_address_is_told_to_the_team() {
    let bench = Bench::new();
    let id = quiet(&bench);
    let email = Some(EmailAddress::new("ö@lumen.example").unwrap());
    let change = CardChange { email, ..CardChange::default() };
    bench.desk.change_contact(bench.ada().contact().id, change, bench.now()).unwrap();
    bench.mara().replies(id, "It is on its way.");
    bench.advance(minutes(3));
    assert_eq!(bench.email_row(id, "reply").status, Status::Failed);
    let told = bench.ticket(id).parts.into_iter().next_back().unwrap();
    assert!(matches!(told.event, Event::MailKept { why: KeptMail::Bounced, .. }), "{told:?}");
}
