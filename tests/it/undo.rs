//! U1: what a teammate can take back, and what is refused with which reason.

use chrono::Duration;
use deskbell::domain::notify::Notify;
use deskbell::domain::{Action, Channel, Reason, Status, TicketId, TicketState};
use deskbell::mail::BounceToken;
use deskbell::mail::transport::Outcome;

use crate::mail_in::{bounce, key, mailed, policy};
use crate::support::bench::{Bench, minutes, seconds};
use crate::support::post::DESK;

fn refusal(bench: &Bench, id: TicketId) -> String {
    let before = (bench.ticket(id).ticket, bench.ledger(id));
    let sentence = bench.mara().tries_to_undo(id).unwrap_err().to_string();
    assert_eq!((bench.ticket(id).ticket, bench.ledger(id)), before, "a refusal changes nothing");
    sentence
}

#[test]
fn u1_a_reply_taken_back_gives_its_text_back_and_leaves_no_trace_with_the_customer() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.ada().opens(id);
    bench.skip(seconds(1));
    let before = bench.ada().thread(id);
    bench.mara().replies(id, "Sorry, wrong ticket.\nNever mind.");
    bench.advance(minutes(2));
    let undo = bench.mara().undoes(id);
    assert_eq!(undo.text.as_deref(), Some("Sorry, wrong ticket.\nNever mind."));
    assert_eq!(bench.ada().thread(id), before);
    let view = bench.ticket(id);
    let part = view.parts.last().unwrap();
    assert_eq!(part.withdrawn_at, Some(bench.now()), "teammates still see it, as withdrawn");
    for channel in Channel::ALL {
        let row = view.delivery(part, channel).unwrap();
        assert_eq!((row.status, row.reason), (Status::Suppressed, Some(Reason::Undone)));
        assert_eq!((row.due_at, row.sent_at), (None, None));
    }
    bench.advance(Duration::days(1));
    assert!(bench.ada().mails().is_empty());
    assert_eq!(refusal(&bench, id), format!("There is nothing on {id} that can be taken back."));
}

#[test]
fn u1_a_reply_that_still_waits_is_not_let_out_by_the_quotation_of_another_mail() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.advance(minutes(1));
    bench.mara().replies(id, "Sorry, wrong ticket.");
    bench.mara().sets(id, TicketState::InProgress);
    bench.advance(minutes(1));
    let mails = bench.ada().mails();
    let told = mails.last().unwrap();
    assert!(told.text.contains("Your ticket is now \"In progress\"."), "{}", told.text);
    assert!(!told.text.contains("wrong ticket"), "{}", told.text);

    bench.mara().replies(id, "Now for you.");
    bench.advance(minutes(10));
    let mails = bench.ada().mails();
    assert!(mails.last().unwrap().text.contains("Sorry, wrong ticket."));
}

#[test]
fn u1_the_rest_of_a_burst_is_due_as_if_the_undone_reply_had_never_been() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    let start = bench.now();
    bench.mara().replies(id, "Words one.");
    let first = bench.email_row(id, "reply").id;
    let due = |bench: &Bench| bench.ledger(id).iter().find(|d| d.id == first).unwrap().due_at;
    assert_eq!(due(&bench), Some(start + minutes(3)));
    bench.advance(minutes(2));
    bench.mara().replies(id, "Words two.");
    assert_eq!(due(&bench), Some(start + minutes(5)));
    bench.advance(seconds(30));
    assert_eq!(bench.mara().undoes(id).text.as_deref(), Some("Words two."));
    assert_eq!(due(&bench), Some(start + minutes(3)));
    bench.advance(seconds(30));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("Words one.") && !mails[0].text.contains("Words two."));
}

#[test]
fn u1_a_state_change_taken_back_restores_state_and_openness() {
    let bench = Bench::new();
    for (first, second) in [
        (TicketState::InProgress, TicketState::Resolved),
        (TicketState::Resolved, TicketState::WaitingOnCustomer),
    ] {
        let id = bench.customer_ticket("Refund not received");
        bench.mara().sets(id, first);
        bench.advance(minutes(1));
        let before = bench.ticket(id).ticket;
        let shown = bench.ada().thread(id);
        bench.mara().sets(id, second);
        bench.advance(seconds(5));
        assert_eq!(bench.mara().undoes(id).text, None);
        let after = bench.ticket(id).ticket;
        assert_eq!((after.state, after.open), (before.state, before.open));
        assert_eq!(bench.ada().thread(id), shown, "badge, pill and thread as before");
        bench.ada().mails();
        bench.advance(minutes(1));
        assert!(bench.ada().mails().is_empty());
    }
}

#[test]
fn u1_a_sharing_taken_back_hides_the_ticket_again() {
    let bench = Bench::new();
    let id = bench.back_office("VPN certificate");
    bench.mara().shares(id);
    bench.advance(seconds(9));
    bench.mara().undoes(id);
    assert!(!bench.ticket(id).ticket.shared);
    assert!(bench.ada().messenger().recent_tickets.is_empty());
    assert_eq!(bench.ada().messenger().badge, 0);
    assert_eq!(bench.email_row(id, "shared").reason, Some(Reason::Undone));
    bench.advance(Duration::days(1));
    assert!(bench.ada().mails().is_empty());
    // It can be shared again, and shows the second sharing alone.
    bench.mara().shares(id);
    assert_eq!(bench.ada().reads(id), ["-- Ticket submitted"]);
}

#[test]
fn u1_a_silent_close_and_an_assignment_can_be_taken_back_while_they_stand() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().does(id, &Action::Assign(Some(bench.sam().teammate())));
    bench.mara().closes(id);
    bench.advance(Duration::hours(3));
    bench.mara().undoes(id);
    assert!(bench.ticket(id).ticket.open);
    bench.mara().undoes(id);
    assert_eq!(bench.ticket(id).ticket.assignee, None);
}

#[test]
fn u1_seen_in_the_messenger_is_refused_with_who_and_when() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "It is on its way.");
    bench.advance(seconds(70));
    bench.ada().opens(id);
    let seen = bench.now().format("%H:%M:%S");
    bench.advance(seconds(5));
    assert_eq!(refusal(&bench, id), format!("Ada saw this at {seen}."));
    bench.mara().sets(id, TicketState::Resolved);
    bench.ada().opens(id);
    let seen = bench.now().format("%H:%M:%S");
    assert_eq!(refusal(&bench, id), format!("Ada saw this at {seen}."));
}

#[test]
fn u1_seen_before_the_ticket_was_unshared_stays_seen() {
    let bench = Bench::new();
    let id = bench.shared_back_office("VPN certificate");
    bench.mara().replies(id, "Try the new one.");
    bench.advance(seconds(30));
    bench.ada().opens(id);
    let seen = bench.now().format("%H:%M:%S");
    bench.advance(seconds(30));
    bench.mara().unshares(id);
    assert_eq!(refusal(&bench, id), format!("Ada saw this at {seen}."));
}

#[test]
fn u1_mailed_is_refused_with_who_and_when() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "Words one.");
    bench.advance(minutes(1));
    bench.mara().replies(id, "Words two.");
    bench.advance(minutes(3));
    assert_eq!(bench.ada().mails().len(), 1);
    let sent = bench.now().format("%H:%M:%S");
    bench.advance(minutes(1));
    assert_eq!(refusal(&bench, id), format!("Ada was emailed about this at {sent}."));
    bench.mara().sets(id, TicketState::Resolved);
    bench.advance(seconds(10));
    let sent = bench.now().format("%H:%M:%S");
    assert_eq!(refusal(&bench, id), format!("Ada was emailed about this at {sent}."));
}

#[test]
fn u1_a_reply_that_rode_in_anothers_mail_was_mailed_too() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().sets(id, TicketState::InProgress);
    bench.advance(seconds(5));
    bench.mara().sets(id, TicketState::WaitingOnCustomer);
    bench.advance(seconds(10));
    let sent = bench.now().format("%H:%M:%S");
    assert_eq!(refusal(&bench, id), format!("Ada was emailed about this at {sent}."));
    let view = bench.ticket(id);
    let superseded = view.deliveries.iter().find(|d| d.reason == Some(Reason::Superseded)).unwrap();
    let undo = deskbell::domain::undo::undo(
        &view.ticket,
        &view.parts.iter().filter(|p| p.id <= superseded.part_id).cloned().collect::<Vec<_>>(),
        &view.deliveries,
        None,
        "Ada",
        bench.now(),
    );
    assert_eq!(undo.unwrap_err().to_string(), format!("Ada was emailed about this at {sent}."));
}

#[test]
fn u1_on_its_way_is_refused() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "It is on its way.");
    bench.skip(minutes(3));
    let claimed = bench.desk.claim("a worker", id, bench.now()).unwrap();
    assert_eq!(claimed.parcels.len(), 1);
    assert_eq!(refusal(&bench, id), "The email to Ada is on its way.");
}

#[test]
fn u1_what_others_did_or_the_customer_did_is_not_taken_back() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().sets(id, TicketState::WaitingOnCustomer);
    bench.skip(seconds(2));
    bench.ada().replies(id, "Here it is.");
    assert_eq!(bench.ticket(id).ticket.state, TicketState::InProgress, "S3");
    let seen = bench.now().format("%H:%M:%S");
    assert_eq!(refusal(&bench, id), format!("Ada saw this at {seen}."));
    let other = bench.back_office("VPN certificate");
    bench.mara().notes(other, "A note is no mistake the customer could see.");
    assert_eq!(
        refusal(&bench, other),
        format!("There is nothing on {other} that can be taken back.")
    );
}

#[test]
fn u1_what_was_reversed_by_hand_since_is_refused_with_that() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().closes(id);
    bench.mara().does(id, &Action::Reopen);
    assert_eq!(refusal(&bench, id), format!("{id} has been reopened since."));
    let other = bench.shared_back_office("VPN certificate");
    bench.mara().unshares(other);
    bench.mara().shares(other);
    bench.mara().unshares(other);
    assert_eq!(refusal(&bench, other), format!("{other} is not shared any more."));
}

#[test]
fn u1_what_may_have_been_mailed_is_refused_also_after_it_was_dropped() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "It is on its way.");
    bench.skip(minutes(3));
    for _ in 0..2 {
        let parcel = bench.desk.claim("a worker", id, bench.now()).unwrap().parcels.remove(0);
        bench.desk.hand_over("a worker", &parcel, bench.now()).unwrap().unwrap();
        let lost = Outcome::Ambiguous { words: "connection lost".into() };
        bench.desk.record("a worker", &parcel, &lost, bench.now()).unwrap();
        bench.skip(minutes(2));
    }
    assert!(bench.desk.drop_unknown(bench.email_row(id, "reply").id).unwrap());
    assert_eq!(refusal(&bench, id), "Ada may have been emailed about this.");
}

#[test]
fn u1_what_the_mail_of_another_part_quoted_is_refused() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.advance(minutes(1));
    bench.ada().mails();
    bench.mara().sets(id, TicketState::InProgress);
    bench.advance(seconds(5));
    // By a program that asks that nobody is mailed about it (N14).
    let (mara, reply) = (bench.mara().actor(), Action::reply("Words one."));
    bench.desk.perform_as(&mara, id, &reply, Notify::AskedNot, bench.now()).unwrap();
    bench.advance(seconds(5));
    let sent = bench.now().format("%H:%M:%S");
    assert!(bench.ada().mails().last().unwrap().text.contains("Words one."));
    bench.advance(seconds(30));
    assert_eq!(refusal(&bench, id), format!("Ada was emailed this as a quotation at {sent}."));
}

#[test]
fn u1_a_state_that_another_mail_quoted_is_refused() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.advance(minutes(1));
    bench.mara().replies(id, "Words one.");
    bench.skip(seconds(1));
    bench.mara().sets(id, TicketState::Resolved);
    bench.skip(seconds(10));
    let parcel = bench.desk.claim("one", id, bench.now()).unwrap().parcels.remove(0);
    let refused = Outcome::Permanent { words: "after the message: 554 no".into() };
    bench.desk.record("one", &parcel, &refused, bench.now()).unwrap();
    bench.advance(minutes(3));
    assert!(bench.ada().mails().last().unwrap().text.contains("> Resolved"));
    assert!(refusal(&bench, id).starts_with("Ada was emailed this as a quotation at "));
}

#[test]
fn u1_a_mail_that_bounced_was_mailed_all_the_same() {
    let bench = Bench::with(policy());
    let (id, _) = mailed(&bench);
    let sent = bench.now().format("%H:%M:%S");
    let verp = BounceToken::mint(bench.email_row(id, "reply").id, &key());
    bounce(&bench, &verp.address(DESK, '+').unwrap(), "failed", "5.2.2", None);
    assert_eq!(bench.email_row(id, "reply").status, Status::Failed);
    assert_eq!(refusal(&bench, id), format!("Ada was emailed about this at {sent}."));
}

#[test]
fn u1_a_ticket_that_waited_for_an_answer_waits_again() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.ada().replies(id, "Any news?");
    let awaits = |bench: &Bench| bench.desk.counters().unwrap().customer.awaits_reply == 1;
    assert!(awaits(&bench));
    bench.mara().replies(id, "Sorry, wrong ticket.");
    assert!(!awaits(&bench));
    bench.mara().undoes(id);
    assert!(awaits(&bench));
    bench.mara().closes(id);
    assert!(!awaits(&bench));
    bench.mara().undoes(id);
    assert!(awaits(&bench));
    bench.mara().sets(id, TicketState::Resolved);
    assert!(!awaits(&bench));
    bench.mara().undoes(id);
    assert!(awaits(&bench));
}
