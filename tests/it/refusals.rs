//! V4: what breaks V1 or V2 is refused with a sentence, and by the database itself.

use deskbell::domain::{Action, Category, NewTicket, Refusal};

use crate::support::bench::Bench;
use crate::support::said::sentence;

#[test]
fn v4_what_breaks_v1_or_v2_is_refused_and_leaves_nothing_behind() {
    let bench = Bench::new();
    let tracker = bench.tracker("Payments are down");
    let internal = bench.back_office("Chargeback");
    let nobodys = bench.mara().submits(Category::BackOffice, "Printer", None, false);
    let reply = Action::reply("Hello");
    let refused = [
        (tracker, reply.clone(), Refusal::ReplyOnTracker),
        (tracker, Action::Share, Refusal::ShareTracker(tracker)),
        (tracker, Action::SetContact(bench.ada().contact()), Refusal::TrackerContact),
        (internal, reply, Refusal::ReplyWhileInternal(internal)),
        (internal, Action::Unshare, Refusal::NotShared(internal)),
        (nobodys, Action::Share, Refusal::ShareNeedsContact(nobodys)),
    ];
    for (id, action, refusal) in refused {
        let before = bench.ticket(id);
        assert_eq!(sentence(&bench, id, &action), refusal.to_string());
        assert_eq!(bench.ticket(id), before, "{action:?}");
    }
    let new = |category, contact, shared| NewTicket {
        files: Vec::new(),
        category,
        title: "New".into(),
        body: String::new(),
        contact,
        shared,
    };
    let ada = || Some(bench.ada().contact());
    for (new, refusal) in [
        (new(Category::Tracker, None, true), Refusal::NewTrackerShared),
        (new(Category::Tracker, ada(), false), Refusal::TrackerContact),
        (new(Category::Customer, None, true), Refusal::CustomerNeedsContact),
        (new(Category::BackOffice, None, true), Refusal::NewSharedNeedsContact),
    ] {
        let refused = bench.mara().tries_to_submit(&new).unwrap_err();
        assert_eq!(refused.to_string(), refusal.to_string());
    }
    let count: i64 =
        bench.database().query_row("SELECT COUNT(*) FROM tickets", [], |r| r.get(0)).unwrap();
    assert_eq!(count, 3);
}

#[test]
fn v4_the_database_refuses_the_same_rows_whatever_program_writes_them() {
    let bench = Bench::new();
    let ada = bench.customer_ticket("Refund");
    let shared = bench.shared_back_office("Chargeback");
    let internal = bench.back_office("Terminal");
    let tracker = bench.tracker("Payments are down");
    let nobodys = bench.mara().submits(Category::BackOffice, "Printer", None, false);
    bench.mara().notes(ada, "Hush.");
    let database = bench.database();
    let contact = bench.ada().contact().id.0;
    let insert = |category: &str, shared: i64, contact: Option<i64>| {
        database.execute(
            "INSERT INTO tickets (category, title, state, is_open, shared, contact_id, tags, \
             created_at, updated_at, revision) VALUES (?1, 'T', 'submitted', 1, ?2, ?3, '', 0, 0, 1)",
            (category, shared, contact),
        )
    };
    // All of the table: category × shared × contact.
    for (category, shared, has_contact, allowed) in [
        ("customer", 0, false, false),
        ("customer", 0, true, false),
        ("customer", 1, false, false),
        ("customer", 1, true, true),
        ("back-office", 0, false, true),
        ("back-office", 0, true, true),
        ("back-office", 1, false, false),
        ("back-office", 1, true, true),
        ("tracker", 0, false, true),
        ("tracker", 0, true, false),
        ("tracker", 1, false, false),
        ("tracker", 1, true, false),
    ] {
        let result = insert(category, shared, has_contact.then_some(contact));
        assert_eq!(result.is_ok(), allowed, "{category} shared={shared} contact={has_contact}");
        if let Err(e) = result {
            assert!(e.to_string().contains("CHECK constraint failed"), "{e}");
        }
    }
    for (id, change) in [
        (ada, "shared = 0"),
        (ada, "contact_id = NULL"),
        (ada, "category = 'tracker'"),
        (shared, "contact_id = NULL"),
        (shared, "category = 'tracker'"),
        (tracker, "shared = 1"),
        (tracker, "category = 'customer'"),
        (internal, "category = 'customer'"),
        (internal, "category = 'tracker'"),
        (nobodys, "shared = 1"),
    ] {
        let sql = format!("UPDATE tickets SET {change} WHERE id = {}", id.0);
        let refused = database.execute(&sql, []).unwrap_err().to_string();
        assert!(refused.contains("CHECK constraint failed"), "{sql}: {refused}");
    }
    // V6: a part that is internal by its kind is never visible; one that is not visible tells nobody.
    for kind in [
        "note",
        "closed",
        "reopened",
        "unshared",
        "assigned",
        "renamed",
        "tagged",
        "untagged",
        "priority",
        "snoozed",
        "woken",
        "linked",
        "unlinked",
        "contact_set",
    ] {
        let sql = format!(
            "INSERT INTO parts (ticket_id, at, author, kind, event, visible, badge, recent) \
             VALUES ({}, 0, '{{}}', '{kind}', '{{}}', 1, 0, 0)",
            ada.0
        );
        let refused = database.execute(&sql, []).unwrap_err().to_string();
        assert!(refused.contains("internal_parts_are_never_visible"), "{kind}: {refused}");
    }
    for change in ["visible = 1", "badge = 1", "recent = 1"] {
        let sql = format!("UPDATE parts SET {change} WHERE kind = 'note'");
        assert!(database.execute(&sql, []).is_err(), "{sql}");
    }
    // L1: no row to nobody, no silence without a reason.
    for change in ["contact_id = NULL", "status = 'suppressed', reason = NULL", "status = 'lost'"] {
        let sql = format!("UPDATE deliveries SET {change} WHERE status = 'sent'");
        let refused = database.execute(&sql, []).unwrap_err().to_string();
        assert!(refused.contains("CHECK constraint failed"), "{sql}: {refused}");
    }
}
