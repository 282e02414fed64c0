//! N: what tells the customer, from the key a teammate presses to the mail in the customer's hand.
//! Each test's name begins with the rule it holds.

use chrono::Duration;
use deskbell::desk::Policy;
use deskbell::domain::{Action, Category, Channel, Reason, Status, TicketId, TicketState};

use crate::support::bench::{ADA, BOB, Bench, minutes, seconds};
use crate::support::said::{rows, silent};

#[test]
fn n1_submitted_by_a_teammate_by_the_customer_and_by_the_api_are_all_alike() {
    let bench = Bench::new();
    let (ada, mara) = (bench.ada(), bench.mara());
    let by_teammate = mara.submits(Category::Customer, "Refund", Some(&ada), true);
    let by_customer = ada.submits("Refund", "");
    let by_mail_or_api = ada.submits_by("Refund", "", false);
    for id in [by_teammate, by_customer, by_mail_or_api] {
        assert_eq!(bench.email_row(id, "submitted").due_at, Some(bench.now() + seconds(10)));
        assert_eq!(rows(&bench, id, "submitted")[0], (Channel::Badge, Status::Sent, None));
        assert_eq!(rows(&bench, id, "submitted")[1], (Channel::Recent, Status::Sent, None));
        assert_eq!(ada.reads(id), ["-- Ticket submitted"]);
        assert_eq!(ada.thread(id).thread.unwrap().pill, TicketState::Submitted);
    }
    // In the Messenger the thread stays open, so the badge of that one is seen at once.
    let unread: Vec<TicketId> =
        ada.messenger().recent_tickets.iter().filter(|t| t.unread).map(|t| t.id).collect();
    assert_eq!(unread, [by_mail_or_api, by_teammate]);
    bench.advance(seconds(9));
    assert!(ada.mails().is_empty(), "N15: an immediate mail waits its grace");
    bench.advance(seconds(1));
    let mails = ada.mails();
    assert_eq!(mails.len(), 3, "one mail each");
    for id in [by_teammate, by_customer, by_mail_or_api] {
        assert!(mails.iter().any(|m| m.subject == format!("Your ticket {id}")), "{mails:?}");
        assert_eq!(bench.email_row(id, "submitted").sent_at, Some(bench.now()));
    }
}

#[test]
fn n3_a_state_change_by_whatever_teammate_tells_on_all_channels() {
    let states = [TicketState::InProgress, TicketState::WaitingOnCustomer, TicketState::Resolved];
    for (i, state) in states.into_iter().enumerate() {
        let bench = Bench::new();
        let id = bench.customer_ticket("Refund not received");
        bench.ada().opens(id);
        bench.skip(seconds(1));
        let mate = if i == 1 { bench.sam() } else { bench.mara() };
        mate.sets(id, state);
        let messenger = bench.ada().thread(id);
        assert_eq!(messenger.badge, 1);
        assert_eq!(messenger.recent_tickets[0].id, id);
        let thread = messenger.thread.unwrap();
        assert_eq!(thread.pill, state);
        let last = thread.thread.last().unwrap();
        assert_eq!((last.text.as_str(), &last.author), (state.customer_label(), &None));
        // Not conditional on being seen: that is for replies.
        bench.ada().opens(id);
        bench.advance(seconds(10));
        assert_eq!(bench.ada().mails().len(), 1, "{state:?}");
    }
}

#[test]
fn n3_a_state_change_at_once_with_no_grace() {
    let bench = Bench::with(Policy { grace: Duration::zero(), ..Policy::default() });
    let id = bench.customer_ticket("Refund not received");
    bench.mara().sets(id, TicketState::InProgress);
    bench.turn();
    assert_eq!(bench.ada().mails().len(), 1);
}

#[test]
fn n4_closed_without_being_resolved_tells_nobody() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.ada().opens(id);
    let before = bench.ada().thread(id);
    bench.skip(seconds(1));
    bench.mara().closes(id);
    assert!(!bench.ticket(id).ticket.open);
    assert_eq!(bench.ada().thread(id), before, "no badge, no recent, no thread, no pill");
    bench.advance(Duration::days(1));
    assert!(bench.ada().mails().is_empty());
    assert_eq!(rows(&bench, id, "closed"), silent(Reason::ClosedUnresolved));
}

#[test]
fn n5_sharing_is_the_submission() {
    let bench = Bench::new();
    let id = bench.back_office("VPN certificate");
    bench.advance(minutes(5));
    assert!(bench.ada().messenger().recent_tickets.is_empty());
    bench.mara().shares(id);
    assert_eq!(bench.ada().messenger().badge, 1);
    assert_eq!(bench.ada().reads(id), ["-- Ticket submitted"]);
    bench.advance(seconds(10));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, format!("Your ticket {id}"));
}

#[test]
fn n6_unshared_leaves_every_surface_and_mail_not_yet_sent_is_suppressed() {
    let bench = Bench::new();
    let id = bench.shared_back_office("VPN certificate");
    bench.mara().replies(id, "Try the new one.");
    bench.mara().sets(id, TicketState::InProgress);
    bench.advance(seconds(5));
    bench.mara().unshares(id);
    let messenger = bench.ada().thread(id);
    assert_eq!(messenger.badge, 0);
    assert!(messenger.recent_tickets.is_empty() && messenger.thread.is_none());
    assert!(bench.ada().tries_to_open(id).is_err());
    for event in ["reply", "state"] {
        let row = bench.email_row(id, event);
        assert_eq!(row.reason, Some(Reason::NotSharedAnyMore), "{event}");
    }
    assert_eq!(rows(&bench, id, "unshared"), silent(Reason::NotSharedAnyMore));
    bench.advance(Duration::days(1));
    assert!(bench.ada().mails().is_empty());
}

#[test]
fn n6_shared_again_is_told_again_and_what_was_suppressed_stays_so() {
    let bench = Bench::new();
    let id = bench.shared_back_office("VPN certificate");
    bench.mara().replies(id, "Before.");
    bench.skip(seconds(30));
    bench.mara().unshares(id);
    bench.skip(seconds(30));
    bench.mara().shares(id);
    assert_eq!(bench.ada().messenger().badge, 1);
    bench.advance(Duration::days(1));
    assert_eq!(bench.ada().mails().len(), 1, "the sharing alone");
    // V6: it was written while the ticket was shared, and the ticket is shared now.
    assert_eq!(
        bench.ada().reads(id),
        ["-- Ticket submitted", "Mara: Before.", "-- Ticket submitted"]
    );
}

#[test]
fn n7_the_customers_own_reply_raises_the_ticket_and_tells_nothing_else() {
    let bench = Bench::new();
    let first = bench.customer_ticket("First");
    let second = bench.customer_ticket("Second");
    assert_eq!(bench.ada().messenger().recent_tickets[0].id, second);
    bench.ada().replies(first, "Any news?");
    let messenger = bench.ada().thread(first);
    assert_eq!(messenger.recent_tickets[0].id, first);
    assert_eq!(messenger.badge, 1, "the second one's submission alone");
    assert_eq!(bench.ada().reads(first), ["-- Ticket submitted", "Ada: Any news?"]);
    bench.advance(Duration::days(1));
    assert!(bench.ada().mails().is_empty());
    let own = Some(Reason::OwnAction);
    assert_eq!(
        rows(&bench, first, "customer_reply"),
        [
            (Channel::Badge, Status::Suppressed, own),
            (Channel::Recent, Status::Sent, None),
            (Channel::Email, Status::Suppressed, own),
        ]
    );
}

#[test]
fn n8_the_teams_own_doings_tell_nobody() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    let other = bench.back_office("Chargeback");
    bench.ada().opens(id);
    let before = bench.ada().thread(id);
    bench.skip(seconds(1));
    let mara = bench.mara();
    for (event, action) in [
        ("note", Action::note("Fraud?")),
        ("assigned", Action::Assign(Some(bench.sam().teammate()))),
        ("tagged", Action::Tag("fraud".into())),
        ("untagged", Action::Untag("fraud".into())),
        ("priority", Action::SetPriority(true)),
        ("snoozed", Action::Snooze(Some(bench.now() + Duration::days(2)))),
        ("woken", Action::Snooze(None)),
        ("linked", Action::Link(deskbell::desk::linked(&bench.ticket(other)))),
        ("unlinked", Action::Unlink(other)),
    ] {
        mara.does(id, &action);
        assert_eq!(rows(&bench, id, event), silent(Reason::Internal), "{event}");
        assert_eq!(bench.ada().thread(id), before, "{event}");
    }
    mara.renames(id, "Refund for #77");
    assert_eq!(rows(&bench, id, "renamed"), silent(Reason::Internal));
    assert_eq!(bench.ada().messenger().badge, 0);
    bench.advance(Duration::days(3));
    assert!(bench.ada().mails().is_empty());
}

#[test]
fn n9_nothing_ever_happens_for_a_ticket_that_is_not_shared() {
    let bench = Bench::new();
    let mara = bench.mara();
    for id in [bench.back_office("VPN certificate"), bench.tracker("Mail outage")] {
        for state in [TicketState::InProgress, TicketState::Resolved, TicketState::Submitted] {
            mara.sets(id, state);
        }
        mara.notes(id, "We know.");
        mara.closes(id);
        assert!(mara.tries(id, &Action::reply("Hello")).is_err());
        bench.advance(Duration::days(1));
        assert!(bench.ada().messenger().recent_tickets.is_empty());
        assert_eq!(bench.ada().thread(id).thread, None);
        assert_eq!(bench.ada().messenger().badge, 0);
        for row in bench.ledger(id) {
            assert_eq!(row.status, Status::Suppressed);
            let reason = row.reason.unwrap();
            assert!(matches!(reason, Reason::NotShared | Reason::Internal), "{reason}");
        }
    }
    assert!(bench.all_mails().is_empty());
}

#[test]
fn n9_one_customer_never_hears_of_anothers_ticket() {
    let bench = Bench::new();
    let adas = bench.customer_ticket("Refund not received");
    let bobs = bench.bob().submits("Wrong invoice", "Look.");
    bench.skip(seconds(1));
    bench.mara().replies(bobs, "For Bob alone.");
    bench.advance(Duration::days(1));
    assert!(bench.mails_to(ADA).is_empty());
    assert_eq!(bench.mails_to(BOB).len(), 2);
    assert_eq!(bench.ada().thread(bobs).thread, None);
    let refused = bench.ada().tries_to_reply(bobs, "Hello?").unwrap_err();
    let nowhere = bench.ada().tries_to_open(TicketId(999)).unwrap_err();
    assert_eq!(
        refused.to_string().replace(&bobs.to_string(), "#N"),
        nowhere.to_string().replace("#999", "#N"),
        "a customer cannot tell a ticket that is not theirs from none"
    );
    assert_eq!(bench.ada().messenger().recent_tickets.len(), 1);
    assert!(bench.bob().tries_to_open(adas).is_err());
}
