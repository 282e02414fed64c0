//! S: states, and openness beside them.

use chrono::Duration;
use deskbell::domain::{Action, TicketState};

use crate::support::bench::{Bench, minutes};
use crate::support::said::sentence;

#[test]
fn s3_a_customers_reply_reopens_wakes_and_moves_and_nobody_is_told_of_it() {
    let bench = Bench::new();
    for state in [TicketState::WaitingOnCustomer, TicketState::Resolved, TicketState::Submitted] {
        let id = bench.customer_ticket("Refund not received");
        if state != TicketState::Submitted {
            bench.mara().sets(id, state);
        }
        bench.mara().closes_if_open(id);
        bench.advance(minutes(1));
        bench.ada().mails();
        bench.mara().does(id, &Action::Snooze(Some(bench.now() + Duration::days(9))));
        bench.ada().replies(id, "It is not done.");
        let ticket = bench.ticket(id).ticket;
        assert_eq!((ticket.state, ticket.open), (TicketState::InProgress, true), "{state:?}");
        assert_eq!(ticket.snoozed_until, None);
        let view = bench.ticket(id);
        assert_eq!(view.parts.last().unwrap().author.name(), "deskbell");
        assert_eq!(bench.ada().reads(id).last().unwrap(), "-- In progress");
        assert!(!bench.ada().messenger().recent_tickets[0].unread);
        bench.advance(Duration::days(1));
        assert!(bench.ada().mails().is_empty());
    }
}

#[test]
fn s4_the_state_it_has_already_is_refused_and_nothing_is_recorded() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().sets(id, TicketState::InProgress);
    let before = bench.ticket(id);
    assert_eq!(
        sentence(&bench, id, &Action::SetState(TicketState::InProgress)),
        format!("{id} is already In progress.")
    );
    assert_eq!(bench.ticket(id), before);
}

#[test]
fn s5_a_state_change_on_a_closed_ticket_reopens_it_except_to_resolved() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().closes(id);
    bench.mara().sets(id, TicketState::Resolved);
    assert!(!bench.ticket(id).ticket.open);
    bench.mara().sets(id, TicketState::WaitingOnCustomer);
    assert!(bench.ticket(id).ticket.open);
}
