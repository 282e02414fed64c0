//! Numbered schema files, each run once, in order. A database of a newer program is refused.

use std::path::Path;

use rusqlite::Connection;

use crate::store::StoreError;
use crate::store::sqlite::from_sqlite;

/// The schema files in order; the version of a database is how many of them it has had.
const FILES: [&str; 11] = [
    include_str!("../../assets/schema/0001_desk.sql"),
    include_str!("../../assets/schema/0002_mail.sql"),
    include_str!("../../assets/schema/0003_mail_facts.sql"),
    include_str!("../../assets/schema/0004_types.sql"),
    include_str!("../../assets/schema/0005_tokens.sql"),
    include_str!("../../assets/schema/0006_imap.sql"),
    include_str!("../../assets/schema/0007_draft_files.sql"),
    include_str!("../../assets/schema/0008_webhooks.sql"),
    include_str!("../../assets/schema/0009_proofs.sql"),
    include_str!("../../assets/schema/0010_new_ticket_files.sql"),
    include_str!("../../assets/schema/0011_imap_refused.sql"),
];

/// "desk" in ASCII: marks a SQLite file as ours.
const APPLICATION_ID: i64 = 0x6465_736b;

/// The newest version this program knows.
pub const VERSION: i64 = FILES.len() as i64;

fn sqlite_dialect(sql: &str) -> String {
    sql.replace("{id}", "INTEGER PRIMARY KEY AUTOINCREMENT")
        .replace("{int}", "INTEGER")
        .replace("{blob}", "BLOB")
        .replace("{strict}", "STRICT")
}

/// The version of a database that is a desk's, or an empty one. Writes nothing.
///
/// # Errors
/// [`StoreError::NotADesk`] and [`StoreError::Newer`], or what the database says.
pub(super) fn version(connection: &Connection, path: &Path) -> Result<i64, StoreError> {
    let read = || -> rusqlite::Result<(i64, i64, i64)> {
        Ok((
            connection.pragma_query_value(None, "user_version", |r| r.get(0))?,
            connection.pragma_query_value(None, "application_id", |r| r.get(0))?,
            connection.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |r| r.get(0))?,
        ))
    };
    let (version, application, tables) = read().map_err(|e| from_sqlite(path, e))?;
    if tables > 0 && application != APPLICATION_ID {
        return Err(StoreError::NotADesk(path.to_owned()));
    }
    if version > VERSION {
        return Err(StoreError::Newer { path: path.to_owned(), found: version });
    }
    Ok(version)
}

/// Brings a database to [`VERSION`].
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let sqlite = |e| from_sqlite(path, e);
    if version(connection, path)? == VERSION {
        return Ok(());
    }
    let tx = connection
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .map_err(sqlite)?;
    // Asked again: another process may have been first.
    let version = version(&tx, path)?;
    let missing = FILES.iter().skip(usize::try_from(version).unwrap_or(0));
    for file in missing {
        tx.execute_batch(&sqlite_dialect(file)).map_err(sqlite)?;
    }
    tx.pragma_update(None, "user_version", VERSION).map_err(sqlite)?;
    tx.pragma_update(None, "application_id", APPLICATION_ID).map_err(sqlite)?;
    tx.commit().map_err(sqlite)
}
