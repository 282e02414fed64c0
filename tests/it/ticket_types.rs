//! Ticket types and deleted tickets: what becomes of the customer's side when a ticket changes its
//! type, or is no longer there.

use deskbell::desk::DeskError;
use deskbell::desk::changes::Extras;
use deskbell::domain::{
    Action, Category, Channel, NewTicket, Notify, Reason, Refusal, Status, TicketId, TicketTypeId,
};

use crate::support::bench::{Bench, minutes, seconds};

/// Moves a ticket to the type that its category has from the start.
fn moves(bench: &Bench, id: TicketId, to: Category) -> Result<(), DeskError> {
    let action = bench.desk.change_type(id, TicketTypeId::default_of(to)).unwrap();
    bench.mara().tries(id, &action).map(|_| ())
}

#[test]
fn a_deleted_ticket_leaves_every_surface_and_its_ledger_stays() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund");
    let other = bench.customer_ticket("Invoice");
    let tracker = bench.tracker("Payments are down");
    bench.mara().links(id, tracker);
    bench.advance(minutes(1));
    let mails = bench.ada().mails().len();
    bench.mara().replies(id, "A word.");
    bench.mara().does(id, &Action::Delete);

    assert_eq!(bench.desk.ticket(id).unwrap(), None);
    assert_eq!(bench.mara().tries(id, &Action::Close), Err(DeskError::NoTicket(id)));
    let left: Vec<TicketId> = bench.ada().messenger().recent_tickets.iter().map(|t| t.id).collect();
    assert_eq!(left, [other]);
    assert!(bench.ada().tries_to_reply(id, "Hello?").is_err());
    assert_eq!(bench.desk.counters().unwrap().customer.all, 1);
    assert_eq!(bench.ticket(tracker).links, []);
    bench.advance(minutes(20));
    assert_eq!(bench.ada().mails().len(), mails, "the reply is never mailed");
    // N6 in the database, and nothing has gone from it.
    let count =
        |sql: &str| -> i64 { bench.database().query_row(sql, [id.0], |r| r.get(0)).unwrap() };
    let rows = "SELECT COUNT(*) FROM deliveries WHERE ticket_id = ?1 AND reason LIKE 'not%shared%'";
    assert_eq!(count(rows), 4, "the reply's mail, and all of the deletion");
    assert_eq!(count("SELECT COUNT(*) FROM parts WHERE ticket_id = ?1"), 4);
}

#[test]
fn v2_n5_what_becomes_a_customer_ticket_is_shared_by_that_and_told_as_a_submission() {
    let bench = Bench::new();
    let id = bench.back_office("Chargeback");
    bench.mara().notes(id, "Hush.");
    moves(&bench, id, Category::Customer).unwrap();
    let view = bench.ticket(id);
    assert!(view.ticket.shared && view.ticket.category == Category::Customer);
    assert_eq!(bench.ada().messenger().badge, 1);
    assert!(!bench.ada().reads(id).join("\n").contains("Hush"));
    bench.advance(seconds(10));
    assert_eq!(bench.ada().mails().len(), 1);
    assert_eq!(
        bench.mara().tries_to_undo(id).unwrap_err(),
        DeskError::Refused(Refusal::CannotUndo("Ada was emailed about this at 08:00:10.".into())),
    );
    // V5: back again, it stays where the customer sees it.
    moves(&bench, id, Category::BackOffice).unwrap();
    assert!(bench.ticket(id).ticket.shared);
    bench.advance(minutes(20));
    assert_eq!(bench.ada().mails(), [], "a type is the team's own");
}

#[test]
fn v3_a_type_that_does_not_fit_is_refused() {
    let bench = Bench::new();
    let customer = bench.customer_ticket("Refund");
    let tracker = bench.tracker("Payments are down");
    let refused = |r: Refusal| Err(DeskError::Refused(r));
    assert_eq!(moves(&bench, customer, Category::Tracker), refused(Refusal::TrackerContact));
    assert_eq!(moves(&bench, tracker, Category::Customer), refused(Refusal::CustomerNeedsContact));
    bench.mara().links(customer, tracker);
    assert_eq!(
        moves(&bench, customer, Category::BackOffice),
        refused(Refusal::LinkedCategory(customer))
    );
}

#[test]
fn u1_the_sharing_of_what_became_a_customer_ticket_cannot_be_taken_back() {
    let bench = Bench::new();
    let id = bench.back_office("Chargeback");
    moves(&bench, id, Category::Customer).unwrap();
    assert_eq!(bench.mara().tries_to_undo(id), Err(DeskError::Refused(Refusal::CannotUnshare(id))));
    assert!(bench.ticket(id).ticket.shared);
}

#[test]
fn a_type_has_attributes_and_a_change_of_one_is_the_teams_own() {
    let bench = Bench::new();
    let now = bench.now();
    let kind = bench.desk.add_ticket_type(Category::Customer, "Refund", "", "", now).unwrap();
    let attribute = deskbell::desk::ticket_types::NewAttribute {
        name: "Order".into(),
        description: String::new(),
        data_type: deskbell::domain::DataType::Integer,
        options: Vec::new(),
        required: true,
    };
    bench.desk.add_type_attribute(kind.id, attribute, now).unwrap();
    let new = NewTicket {
        files: Vec::new(),
        category: Category::Customer,
        title: "Refund".into(),
        body: String::new(),
        contact: Some(bench.ada().contact()),
        shared: true,
    };
    let submit = |attributes| {
        let extras = Extras { ticket_type: Some(kind.id), attributes, ..Extras::default() };
        bench.desk.submit_with(&bench.mara().actor(), &new, extras, Notify::Tell, now)
    };
    let sentence = submit(Vec::new()).unwrap_err().to_string();
    assert_eq!(sentence, "The ticket type Refund requires the attribute \"Order\".");
    let id = submit(vec![("Order".into(), "88".into())]).unwrap().id;
    let typed = bench.desk.typed_ticket(id).unwrap().unwrap();
    assert_eq!(typed.kind.name, "Refund");
    assert_eq!(typed.attributes["Order"], 88);

    let set = |value: serde_json::Value| Action::SetAttribute { name: "Order".into(), value };
    bench.mara().does(id, &set(89.into()));
    let same = Refusal::SameAttribute("Order".into());
    assert_eq!(bench.mara().tries(id, &set("89".into())), Err(DeskError::Refused(same)));
    let view = bench.ticket(id);
    let part = view.parts.last().unwrap();
    let row = view.delivery(part, Channel::Email).unwrap();
    assert_eq!((row.status, row.reason), (Status::Suppressed, Some(Reason::Internal)));
    assert_eq!(bench.ada().reads(id).len(), 1);
}
