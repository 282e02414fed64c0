//! V: who sees what, on every surface.

use chrono::Duration;
use deskbell::domain::{Action, Category, Messenger, NewTicket, Notify, TicketId, TicketState};

use crate::support::bench::{ADA, BOB, Bench, minutes, seconds};
use crate::support::said::sentence;

#[test]
fn v1_a_customer_ticket_always_a_back_office_ticket_while_shared_a_tracker_never() {
    let bench = Bench::new();
    let customer = bench.customer_ticket("Refund");
    let back_office = bench.back_office("Chargeback");
    let tracker = bench.tracker("Payments are down");
    bench.mara().links(customer, tracker);
    let seen = |bench: &Bench| -> Vec<TicketId> {
        bench.ada().messenger().recent_tickets.iter().map(|t| t.id).collect()
    };
    assert_eq!(seen(&bench), [customer]);
    bench.skip(seconds(1));
    bench.mara().shares(back_office);
    assert_eq!(seen(&bench), [back_office, customer]);
    bench.mara().unshares(back_office);
    assert_eq!(seen(&bench), [customer]);
    for state in [TicketState::InProgress, TicketState::Resolved] {
        bench.mara().sets(tracker, state);
        assert_eq!(bench.ada().thread(tracker).thread, None);
    }
    assert_eq!(seen(&bench), [customer]);
}

#[test]
fn v2_at_creation_and_ever_after() {
    let bench = Bench::new();
    let mara = bench.mara();
    let customer = mara.submits(Category::Customer, "Refund", Some(&bench.ada()), false);
    assert!(bench.ticket(customer).ticket.shared, "shared, whatever was asked");
    let internal = bench.back_office("Chargeback");
    assert!(!bench.ticket(internal).ticket.shared);
    let shared = mara.submits(Category::BackOffice, "Chargeback", Some(&bench.ada()), true);
    assert!(bench.ticket(shared).ticket.shared);
    let tracker = bench.tracker("Payments are down");
    assert!(!bench.ticket(tracker).ticket.shared);
    assert_eq!(
        sentence(&bench, customer, &Action::Unshare),
        format!(
            "{customer} is a Customer ticket: it is always shared with its customer and cannot be unshared."
        )
    );
    assert_eq!(
        sentence(&bench, tracker, &Action::Share),
        format!("Tracker tickets are never shown to customers, so {tracker} cannot be shared.")
    );
}

/// A Messenger with what differs by necessity taken out: the number.
fn without_numbers(mut messenger: Messenger) -> Messenger {
    for ticket in &mut messenger.recent_tickets {
        ticket.id = TicketId(0);
    }
    if let Some(thread) = &mut messenger.thread {
        thread.id = TicketId(0);
    }
    messenger
}

#[test]
fn v5_a_shared_back_office_ticket_looks_exactly_like_a_customer_ticket() {
    // Two customers of one name, one desk, the same moments: one has the one, one the other.
    let bench = Bench::new();
    let new = |category, email: &str| NewTicket {
        files: Vec::new(),
        category,
        title: "Refund not received".into(),
        body: "Order 4711.".into(),
        contact: Some(deskbell::domain::Contact::unsaved(
            "Kim Doe",
            Some(deskbell::domain::EmailAddress::new(email).unwrap()),
        )),
        shared: true,
    };
    let mara = bench.mara();
    let one = mara.tries_to_submit(&new(Category::Customer, "kim1@one.example")).unwrap().id;
    let two = mara.tries_to_submit(&new(Category::BackOffice, "kim2@one.example")).unwrap().id;
    let kim = |id| bench.ticket(id).contact.unwrap();
    let step = |what: &str| {
        let seen = |id| bench.desk.customer(kim(id).id).messenger(Some(id)).unwrap();
        let (a, b) = (seen(one), seen(two));
        assert_eq!(without_numbers(a), without_numbers(b), "{what}");
        bench.advance(seconds(20));
    };
    step("submitted");
    for id in [one, two] {
        mara.replies(id, "Which card?");
    }
    step("replied");
    for id in [one, two] {
        mara.notes(id, "Fraud?");
        mara.does(id, &Action::Tag("fraud".into()));
        mara.does(id, &Action::Assign(Some(bench.sam().teammate())));
    }
    step("the team's own doings");
    for id in [one, two] {
        mara.sets(id, TicketState::WaitingOnCustomer);
    }
    step("waiting");
    for id in [one, two] {
        let actor = deskbell::domain::Actor::Customer(kim(id));
        let action = Action::customer_reply("The blue one.");
        bench.desk.perform(&actor, id, &action, bench.now()).unwrap();
    }
    step("answered");
    for id in [one, two] {
        mara.sets(id, TicketState::Resolved);
        mara.closes_if_open(id);
    }
    step("resolved");
    bench.advance(Duration::days(1));
    let (a, b) = (bench.mails_to("kim1@one.example"), bench.mails_to("kim2@one.example"));
    assert_eq!((a.len(), b.len()), (3, 3));
    for (a, b) in a.iter().zip(&b) {
        assert_eq!(a.at, b.at);
        assert_eq!(
            a.subject.replace(&one.to_string(), "#N"),
            b.subject.replace(&two.to_string(), "#N")
        );
        assert_eq!(a.text.replace(&one.to_string(), "#N"), b.text.replace(&two.to_string(), "#N"));
    }
}

#[test]
fn v6_what_happened_while_internal_never_shows_after_sharing() {
    let bench = Bench::new();
    let mara = bench.mara();
    let new = NewTicket {
        files: Vec::new(),
        category: Category::BackOffice,
        title: "Ada is a difficult one".into(),
        body: "Secret body.".into(),
        contact: Some(bench.ada().contact()),
        shared: false,
    };
    let id = mara.tries_to_submit(&new).unwrap().id;
    mara.notes(id, "Secret note.");
    mara.sets(id, TicketState::WaitingOnCustomer);
    mara.sets(id, TicketState::InProgress);
    mara.renames(id, "VPN certificate");
    bench.advance(Duration::hours(1));
    mara.shares(id);
    let shown = bench.ada().thread(id);
    let thread = shown.thread.as_ref().unwrap();
    assert_eq!(thread.title, "VPN certificate");
    assert_eq!(thread.pill, TicketState::InProgress);
    assert_eq!(bench.ada().reads(id), ["-- Ticket submitted"]);
    bench.advance(minutes(1));
    mara.notes(id, "Secret note two.");
    mara.replies(id, "Here it is.");
    bench.advance(seconds(10));
    mara.unshares(id);
    bench.skip(seconds(10));
    mara.sets(id, TicketState::Resolved);
    bench.skip(seconds(10));
    mara.shares(id);
    assert_eq!(
        bench.ada().reads(id),
        ["-- Ticket submitted", "Mara: Here it is.", "-- Ticket submitted"],
        "the state changed while internal is in the pill, not in the thread"
    );
    assert_eq!(bench.ada().thread(id).thread.unwrap().pill, TicketState::Resolved);
    bench.advance(Duration::days(1));
    for mail in bench.all_mails() {
        assert!(!mail.text.contains("Secret") && !mail.html.contains("Secret"), "{}", mail.text);
        assert!(!mail.text.contains("difficult"), "{}", mail.text);
    }
}

#[test]
fn v7_customers_learn_first_names_of_teammates_and_no_more() {
    let bench = Bench::new();
    let now = bench.now();
    let addressed = bench.desk.teammate("kit.lowe@northwind.example", now).unwrap().0;
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "From Mara.");
    let reply = Action::reply("From Kit.");
    let kit = deskbell::domain::Actor::Teammate(addressed.clone());
    bench.desk.perform(&kit, id, &reply, bench.now()).unwrap();
    // As a directory writes names, and as a machine knows its users.
    for listed in ["Quist, Lee", "ira_benson"] {
        let listed = bench.desk.teammate(listed, now).unwrap().0;
        let reply = Action::reply("Likewise.");
        let actor = deskbell::domain::Actor::Teammate(listed);
        bench.desk.perform(&actor, id, &reply, bench.now()).unwrap();
    }
    bench.mara().does(id, &Action::Assign(Some(addressed)));
    bench.sam().sets(id, TicketState::InProgress);
    assert_eq!(
        bench.ada().reads(id),
        [
            "-- Ticket submitted",
            "Mara: From Mara.",
            "kit: From Kit.",
            "Lee: Likewise.",
            "ira: Likewise.",
            "-- In progress"
        ]
    );
    bench.advance(Duration::days(1));
    let shown = format!("{:?}", bench.ada().thread(id));
    let mails = bench.all_mails();
    assert_eq!(mails.len(), 3);
    let mails: String = mails.iter().map(|m| String::from_utf8_lossy(&m.raw) + &*m.text).collect();
    for surface in [shown, mails] {
        for secret in ["Holt", "Okafor", "northwind", "lowe", "Quist", "benson"] {
            assert!(!surface.contains(secret), "{secret} in {surface}");
        }
    }
}

#[test]
fn v7_a_contact_changed_while_internal_never_shows_one_customer_anothers_talk() {
    let bench = Bench::new();
    let id = bench.shared_back_office("VPN certificate");
    bench.ada().replies(id, "Ada's own words.");
    bench.mara().replies(id, "For Ada alone.");
    bench.skip(seconds(5));
    bench.mara().unshares(id);
    let change = Action::SetContact(bench.bob().contact());
    let promised = bench.ticket(id).decide(&change, &bench.mara().actor(), bench.now());
    let refused = bench.mara().tries(id, &change).unwrap_err().to_string();
    assert_eq!(promised.unwrap_err().to_string(), refused);
    assert!(refused.contains("new ticket"), "{refused}");
    // One that nobody has seen may change hands.
    let other = bench.back_office("Terminal");
    bench.mara().shares(other);
    bench.mara().undoes(other);
    bench.mara().does(other, &change);
    bench.mara().shares(other);
    assert_eq!(bench.bob().reads(other), ["-- Ticket submitted"]);
    bench.advance(Duration::days(1));
    assert_eq!(bench.mails_to(BOB).len(), 1);
    assert!(bench.mails_to(ADA).is_empty());
}

#[test]
fn v8_an_imported_ticket_is_there_and_told_nobody() {
    let bench = Bench::new();
    let new = NewTicket {
        files: Vec::new(),
        category: Category::Customer,
        title: "Old talk".into(),
        body: "From the old desk.".into(),
        contact: Some(bench.ada().contact()),
        shared: true,
    };
    let actor = bench.mara().actor();
    let id = bench.desk.submit(&actor, &new, Notify::Import, false, bench.now()).unwrap().id;
    assert_eq!(bench.ada().messenger().badge, 0);
    assert_eq!(bench.ada().messenger().recent_tickets[0].id, id);
    let view = bench.ticket(id);
    assert!(view.parts[0].visible && !view.parts[0].badge && !view.parts[0].recent);
    bench.advance(Duration::days(1));
    assert!(bench.all_mails().is_empty());
}
