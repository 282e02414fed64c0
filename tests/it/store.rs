//! The store by itself: what its file refuses whoever writes to it, what a transaction keeps, and
//! who hears of a change.

use std::time::Duration;

use deskbell::store::schema::VERSION;
use deskbell::store::{Store, StoreError, settings};
use rusqlite::Connection;
use tempfile::TempDir;

struct Place {
    _folder: TempDir,
    store: Store,
    raw: Connection,
}

/// A new desk, and a connection of somebody who knows nothing of the rules.
fn place() -> Place {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("desk.db");
    let store = Store::open(&path, true).unwrap();
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch(
        "PRAGMA foreign_keys = 1;
         INSERT INTO contacts (id, name, created_at) VALUES (1, 'Ada', 0), (2, 'Bo', 0)",
    )
    .unwrap();
    Place { _folder: folder, store, raw }
}

impl Place {
    fn ticket(&self, category: &str, shared: i64, contact: Option<i64>) -> Result<i64, String> {
        self.raw
            .execute(
                "INSERT INTO tickets (category, title, state, is_open, shared, contact_id, \
                 created_at, updated_at, revision) VALUES (?1, 'T', 'submitted', 1, ?2, ?3, 0, 0, 1)",
                (category, shared, contact),
            )
            .map(|_| self.raw.last_insert_rowid())
            .map_err(|e| e.to_string())
    }

    fn part(&self, ticket: i64, kind: &str, visible: bool, badge: bool) -> Result<i64, String> {
        self.raw
            .execute(
                "INSERT INTO parts (ticket_id, at, author, kind, event, visible, badge, recent) \
                 VALUES (?1, 0, '{}', ?2, '{}', ?3, ?4, 0)",
                (ticket, kind, visible, badge),
            )
            .map(|_| self.raw.last_insert_rowid())
            .map_err(|e| e.to_string())
    }

    fn delivery(
        &self,
        (ticket, part): (i64, i64),
        contact: Option<i64>,
        status: &str,
        reason: Option<&str>,
    ) -> Result<usize, String> {
        self.raw
            .execute(
                "INSERT INTO deliveries (ticket_id, part_id, contact_id, channel, status, reason, \
                 at) VALUES (?1, ?2, ?3, 'email', ?4, ?5, 0)",
                (ticket, part, contact, status, reason),
            )
            .map_err(|e| e.to_string())
    }
}

#[test]
fn v2_the_database_refuses_what_a_category_forbids() {
    let p = place();
    for (category, shared, contact, refused) in [
        ("customer", 1, Some(1), None),
        ("customer", 0, Some(1), Some("customer_tickets_are_shared")),
        ("customer", 1, None, Some("shared_tickets_have_a_contact")),
        ("back-office", 0, None, None),
        ("back-office", 0, Some(1), None),
        ("back-office", 1, Some(1), None),
        ("back-office", 1, None, Some("shared_tickets_have_a_contact")),
        ("tracker", 0, None, None),
        ("tracker", 1, None, Some("tracker_tickets_are_never_shared")),
        ("tracker", 0, Some(1), Some("trackers_have_no_contact")),
        ("bug", 0, None, Some("CHECK constraint failed")),
    ] {
        let made = p.ticket(category, shared, contact);
        match (made, refused) {
            (Ok(_), None) => {}
            (Err(said), Some(name)) if said.contains(name) => {}
            (made, _) => panic!("{category}, shared {shared}, {contact:?}: {made:?}"),
        }
    }
    // Nor by a change later.
    for (category, change) in [
        ("customer", "shared = 0"),
        ("tracker", "shared = 1, contact_id = 1"),
        ("customer", "category = 'tracker'"),
    ] {
        let sql = format!("UPDATE tickets SET {change} WHERE category = '{category}'");
        let said = p.raw.execute(&sql, []).unwrap_err().to_string();
        assert!(said.contains("CHECK constraint failed"), "{sql}: {said}");
    }
}

#[test]
fn v6_the_database_refuses_a_part_that_is_internal_and_visible() {
    let p = place();
    let ticket = p.ticket("customer", 1, Some(1)).unwrap();
    for kind in ["submitted", "reply", "customer_reply", "state", "shared"] {
        p.part(ticket, kind, true, true).unwrap();
    }
    for kind in ["note", "assigned", "tagged", "linked", "closed", "renamed", "snoozed"] {
        p.part(ticket, kind, false, false).unwrap();
        let said = p.part(ticket, kind, true, false).unwrap_err();
        assert!(said.contains("internal_parts_are_never_visible"), "{kind}: {said}");
    }
    let said = p.part(ticket, "reply", false, true).unwrap_err();
    assert!(said.contains("what_is_invisible_tells_nobody"), "{said}");
}

#[test]
fn l2_one_ledger_row_for_a_part_a_channel_and_a_contact() {
    let p = place();
    let ticket = p.ticket("customer", 1, Some(1)).unwrap();
    let part = (ticket, p.part(ticket, "reply", true, true).unwrap());
    p.delivery(part, Some(1), "due", None).unwrap();
    assert!(p.delivery(part, Some(1), "due", None).unwrap_err().contains("UNIQUE"));
    p.delivery(part, Some(2), "due", None).unwrap();
    p.delivery(part, None, "suppressed", Some("no_address")).unwrap();
    let twice = p.delivery(part, None, "suppressed", Some("no_address"));
    assert!(twice.unwrap_err().contains("UNIQUE"), "nobody is one contact, too");
    let said = p.delivery(part, Some(9), "suppressed", None).unwrap_err();
    assert!(said.contains("a_suppressed_row_says_why"), "L1: {said}");
    let other = (ticket, p.part(ticket, "reply", true, true).unwrap());
    let said = p.delivery(other, None, "due", None).unwrap_err();
    assert!(said.contains("who_is_told_is_known"), "L1: {said}");
}

#[test]
fn what_fails_half_way_leaves_nothing() {
    let p = place();
    let failed: Result<(), StoreError> = p.store.write(|tx| {
        settings::set(tx, "messenger_name", "Half")?;
        Err(StoreError::Corrupt("on purpose"))
    });
    assert_eq!(failed, Err(StoreError::Corrupt("on purpose")));
    let read = |key: &'static str| p.store.read(move |tx| settings::get(tx, key)).unwrap();
    assert_eq!(read("messenger_name"), None);
    p.store.write(|tx| settings::set(tx, "messenger_name", "Whole")).unwrap();
    assert_eq!(read("messenger_name").as_deref(), Some("Whole"));
}

#[test]
fn a_reading_transaction_cannot_write() {
    let p = place();
    let wrote: Result<(), StoreError> = p.store.read(|tx| settings::set(tx, "key", "value"));
    assert!(matches!(wrote, Err(StoreError::ReadOnly(_))), "{wrote:?}");
}

#[test]
fn writers_on_one_desk_wait_for_each_other() {
    let p = place();
    let count = |store: Store| {
        std::thread::spawn(move || {
            for _ in 0..25 {
                let step = store.write(|tx| -> Result<(), StoreError> {
                    let n: u32 = settings::get(tx, "n")?.map_or(0, |n| n.parse().unwrap());
                    settings::set(tx, "n", &(n + 1).to_string())
                });
                step.unwrap();
            }
        })
    };
    let other = Store::open(p.store.path(), false).unwrap();
    let threads: Vec<_> =
        [p.store.clone(), p.store.clone(), other.clone(), other].map(count).into_iter().collect();
    threads.into_iter().for_each(|t| t.join().unwrap());
    let n = p.store.read(|tx| settings::get(tx, "n")).unwrap();
    assert_eq!(n.as_deref(), Some("100"));
}

#[tokio::test]
async fn a_change_is_heard_whoever_made_it() {
    let p = place();
    let mut heard = p.store.changes().unwrap();
    heard.mark_unchanged();
    p.store.write(|tx| settings::set(tx, "key", "own")).unwrap();
    assert!(heard.has_changed().unwrap(), "one's own commit is heard at once");
    let other = Store::open(p.store.path(), false).unwrap();
    // Until nothing has been heard for longer than two looks.
    while tokio::time::timeout(Duration::from_millis(500), heard.changed()).await.is_ok() {}
    other.write(|tx| settings::set(tx, "key", "other")).unwrap();
    let within = Duration::from_secs(10);
    tokio::time::timeout(within, heard.changed()).await.expect("another's commit").unwrap();
}

#[test]
fn an_empty_file_becomes_a_desk_and_opening_again_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("desk.db");
    std::fs::write(&path, "").unwrap();
    drop(Store::open(&path, false).unwrap());
    let look = || {
        let raw = Connection::open(&path).unwrap();
        let int = |sql: &str| raw.query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap();
        let mode: String = raw.query_row("PRAGMA journal_mode", [], |r| r.get(0)).unwrap();
        let tables = "SELECT COUNT(*) FROM sqlite_schema";
        (int("PRAGMA user_version"), int("PRAGMA application_id"), int(tables), mode)
    };
    let first = look();
    assert_eq!((first.0, first.1, first.3.as_str()), (VERSION, 0x6465_736b, "wal"));
    drop(Store::open(&path, true).unwrap());
    assert_eq!(look(), first);
}

#[test]
fn a_desk_of_version_one_keeps_all_and_learns_the_rest() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("desk.db");
    let first = include_str!("../../assets/schema/0001_desk.sql")
        .replace("{id}", "INTEGER PRIMARY KEY AUTOINCREMENT")
        .replace("{int}", "INTEGER")
        .replace("{blob}", "BLOB")
        .replace("{strict}", "STRICT");
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch(&first).unwrap();
    raw.execute_batch(
        "PRAGMA user_version = 1; PRAGMA application_id = 1684370283;
         INSERT INTO contacts (name, created_at) VALUES ('Ada Park', 5);",
    )
    .unwrap();
    drop(raw);
    drop(Store::open(&path, false).unwrap());
    let raw = Connection::open(&path).unwrap();
    let count = |sql: &str| raw.query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT COUNT(*) FROM contacts WHERE name = 'Ada Park'"), 1);
    assert_eq!(count("SELECT COUNT(*) FROM reply_epochs"), 0);
    assert_eq!(count("PRAGMA user_version"), VERSION);
}
