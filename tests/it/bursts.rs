//! N13 and N15: what waits together goes together. A burst of replies is one mail; a later state
//! change replaces an earlier one within its grace.

use chrono::Duration;
use deskbell::domain::{Reason, Status, TicketState};

use crate::support::bench::{Bench, minutes, seconds};

#[test]
fn n13_a_burst_is_one_mail_with_all() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    let start = bench.now();
    for text in ["Words one.", "Words two.", "Words three."] {
        bench.mara().replies(id, text);
        bench.advance(minutes(2));
    }
    assert!(bench.ada().mails().is_empty(), "each reply puts the mail off");
    bench.advance(minutes(1));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1);
    for text in ["Words one.", "Words two.", "Words three."] {
        assert_eq!(mails[0].text.matches(text).count(), 1, "{text}: {}", mails[0].text);
    }
    let emails: Vec<_> = bench.ledger(id).into_iter().filter(|d| d.message_id.is_some()).collect();
    let [submitted, one, two, three] = &emails[..] else { panic!("{emails:?}") };
    assert_eq!(submitted.status, Status::Sent);
    assert_eq!((three.status, three.sent_at), (Status::Sent, Some(start + minutes(7))));
    for rider in [one, two] {
        assert_eq!(rider.status, Status::Suppressed);
        assert_eq!(rider.reason, Some(Reason::Superseded));
        assert_eq!(rider.carried_by, Some(three.id));
    }
    bench.advance(Duration::days(1));
    assert!(bench.ada().mails().is_empty());
}

#[test]
fn n13_a_burst_waits_never_longer_than_10_minutes_after_its_first_reply() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    let start = bench.now();
    for _ in 0..5 {
        bench.mara().replies(id, "More words.");
        bench.advance(minutes(2));
    }
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].at, start + minutes(10));
    assert_eq!(mails[0].text.matches("More words.").count(), 5);
    // What follows is a burst of its own.
    bench.mara().replies(id, "The last words.");
    bench.advance(minutes(3) - seconds(1));
    assert!(bench.ada().mails().is_empty());
    bench.advance(seconds(1));
    assert_eq!(bench.ada().mails().len(), 1);
}

#[test]
fn n13_the_mail_carries_what_is_still_unseen_and_no_more() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "Seen words.");
    bench.advance(minutes(1));
    bench.ada().opens(id);
    let seen = bench.now();
    bench.advance(minutes(1));
    bench.mara().replies(id, "Unseen words.");
    let due = bench.email_row(id, "reply").due_at;
    assert_eq!(due, Some(bench.now() + minutes(3)), "the seen one is no part of the burst");
    bench.advance(minutes(3));
    assert_eq!(bench.ada().mails().len(), 1);
    let view = bench.ticket(id);
    let replies: Vec<_> = view.parts.iter().filter(|p| p.event.code() == "reply").collect();
    let row = |i: usize| bench.row(id, replies[i], deskbell::domain::Channel::Email);
    assert_eq!(row(0).reason, Some(Reason::SeenInMessenger(seen)));
    assert_eq!((row(1).status, row(1).carried_by), (Status::Sent, None));
}

#[test]
fn n15_undone_within_the_grace_sends_nothing() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().sets(id, TicketState::Resolved);
    bench.advance(seconds(9));
    bench.mara().undoes(id);
    bench.advance(Duration::days(1));
    assert!(bench.ada().mails().is_empty());
    assert_eq!(bench.ticket(id).ticket.state, TicketState::Submitted);
    assert_eq!(bench.email_row(id, "state").reason, Some(Reason::Undone));
}

#[test]
fn n15_a_later_state_replaces_an_earlier_one_within_the_grace() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().sets(id, TicketState::InProgress);
    let earlier = bench.email_row(id, "state").id;
    bench.advance(seconds(6));
    bench.sam().sets(id, TicketState::WaitingOnCustomer);
    let later = bench.email_row(id, "state").id;
    bench.advance(seconds(9));
    assert!(bench.ada().mails().is_empty());
    bench.advance(seconds(1));
    assert_eq!(bench.ada().mails().len(), 1, "one mail, with the last state");
    let ledger = bench.ledger(id);
    let row = |id| ledger.iter().find(|d| d.id == id).unwrap();
    assert_eq!(row(later).status, Status::Sent);
    assert_eq!(row(earlier).reason, Some(Reason::Superseded));
    assert_eq!(row(earlier).carried_by, Some(later));
    // Both stand in the thread: only the mail is one.
    assert_eq!(
        bench.ada().reads(id),
        ["-- Ticket submitted", "-- In progress", "-- Waiting on you"]
    );
}

#[test]
fn n15_the_later_one_undone_the_earlier_one_is_told_after_all() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().sets(id, TicketState::InProgress);
    let earlier = bench.email_row(id, "state").id;
    bench.advance(seconds(6));
    bench.mara().sets(id, TicketState::Resolved);
    bench.advance(seconds(6));
    bench.mara().undoes(id);
    bench.advance(minutes(1));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1);
    let ledger = bench.ledger(id);
    let row = ledger.iter().find(|d| d.id == earlier).unwrap();
    assert_eq!(row.status, Status::Sent);
    assert_eq!(row.message_id.as_deref(), Some(mails[0].message_id.as_str()));
    assert_eq!(bench.ada().thread(id).thread.unwrap().pill, TicketState::InProgress);
}

#[test]
fn n15_after_the_grace_each_state_has_a_mail_of_its_own() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().sets(id, TicketState::InProgress);
    bench.advance(seconds(10));
    bench.mara().sets(id, TicketState::Resolved);
    bench.advance(seconds(10));
    assert_eq!(bench.ada().mails().len(), 2);
}

#[test]
fn n15_a_chain_of_states_does_not_keep_the_customer_waiting() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    let states = [TicketState::InProgress, TicketState::WaitingOnCustomer];
    let begin = bench.now();
    // Each within the grace of the one before it, for a minute and more.
    for step in 0..8 {
        bench.mara().sets(id, states[step % 2]);
        let due = bench.email_row(id, "state").due_at.unwrap();
        let capped = (bench.now() + seconds(10)).min(begin + seconds(60));
        assert!(step == 7 || due == capped, "step {step}: {due}, not {capped}");
        bench.advance(seconds(9));
    }
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1, "a minute after the first; what followed has a grace of its own");
    bench.advance(minutes(1));
    assert_eq!(bench.ada().mails().len(), 1);
}
