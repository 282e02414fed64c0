//! The store: all SQL of the desk, behind a small synchronous seam.
//!
//! One thread owns the writing connection, another the reading one; both are fed through bounded
//! queues. Repositories are plain functions over `&mut dyn Tx`; a use case is one closure given to
//! [`Store::write`], hence kept as a whole or not at all. A customer's rows are read through
//! [`customer::CustomerStore`] alone, which can select shared rows only.

pub mod attachments;
pub mod contact_cards;
pub mod contacts;
pub mod customer;
pub mod deliveries;
pub mod drafts;
pub mod imap;
pub mod jobs;
mod keeper;
pub mod mail_stops;
pub mod mailbox;
pub mod parts;
pub mod proofs;
pub mod reply_epochs;
pub mod schema;
pub mod search;
pub mod settings;
pub mod sql;
mod sqlite;
pub mod strangers;
pub mod tags;
pub mod teammates;
pub mod ticket_types;
pub mod tickets;
pub mod tokens;
pub mod webhooks;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use thiserror::Error;
use tokio::sync::watch;

pub use customer::CustomerStore;
pub use sql::Tx;

use keeper::{Keeper, Together};

/// How often other processes' commits are looked for.
const POLL_EVERY: Duration = Duration::from_millis(200);

/// What can go wrong with the database, each a sentence for the one who runs the desk.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    #[error(
        "The desk {0} is locked by another program. Close that program, or try again in a moment."
    )]
    Locked(PathBuf),
    #[error("The desk {0} is read-only. Make the file writable, or name another one with --desk.")]
    ReadOnly(PathBuf),
    #[error("{0} is no database. Name a desk with --desk, or move this file away.")]
    NoDatabase(PathBuf),
    #[error("{0} is a database of another program, not a desk. Name a desk with --desk.")]
    NotADesk(PathBuf),
    #[error(
        "The desk {path} is of a newer deskbell (version {found}; this one knows up to {}). Update deskbell.",
        schema::VERSION
    )]
    Newer { path: PathBuf, found: i64 },
    #[error("There is no desk at {0}. `deskbell new` or `deskbell` itself starts one.")]
    Missing(PathBuf),
    #[error("The disk that holds {0} is full. Nothing was changed; make room, then try again.")]
    Full(PathBuf),
    #[error("The desk {path} cannot be used: {what}.")]
    Io { path: PathBuf, what: String },
    #[error("The desk {path} cannot be used: {what}.")]
    Database { path: PathBuf, what: String },
    #[error("The database refused this: {0}.")]
    Constraint(String),
    #[error("The desk holds something this deskbell does not understand: {0}.")]
    Corrupt(&'static str),
    #[error("The desk was closed.")]
    Closed,
}

impl StoreError {
    /// True for trouble of the machine or of another program, which may be over in a moment: the
    /// same can be asked again, and whatever was asked is not to blame.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Locked(_) | Self::Full(_) | Self::Io { .. })
    }
}

/// A desk's database. Clones share the connections.
#[derive(Debug, Clone)]
pub struct Store {
    // Closed first: the last one to be closed folds the `-wal`, and must be one that may write.
    reader: Keeper,
    writer: Keeper,
    changed: Arc<watch::Sender<u64>>,
    path: Arc<PathBuf>,
}

impl Store {
    /// Opens the desk at `path`; makes it, with its folder, if `create` and it is not there.
    ///
    /// # Errors
    /// A sentence each for a database that is missing, locked, read-only, newer, another
    /// program's, or none.
    pub fn open(path: &Path, create: bool) -> Result<Self, StoreError> {
        if create {
            sqlite::create(path)?;
        } else if !path.exists() {
            return Err(StoreError::Missing(path.to_owned()));
        }
        let shared = Arc::new(path.to_owned());
        let mut writing = sqlite::connect(path, false)?;
        schema::migrate(&mut writing, path)?;
        let reading = sqlite::connect(path, true)?;
        Ok(Self {
            writer: Keeper::start("write", writing, Arc::clone(&shared), Together::Many)?,
            reader: Keeper::start("read", reading, Arc::clone(&shared), Together::One)?,
            changed: Arc::new(watch::Sender::new(0)),
            path: shared,
        })
    }

    /// Where the database is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs a use case in one transaction that takes the write lock at once; it is on the disk when
    /// this returns. Blocks the calling
    /// thread; asynchronous shells call it from a blocking task.
    ///
    /// # Errors
    /// What `f` returns, or what the database says. Nothing is kept then.
    pub fn write<R, E, F>(&self, f: F) -> Result<R, E>
    where
        R: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Result<R, E> + Send + 'static,
    {
        let value = self.writer.run(f)?;
        self.changed.send_modify(|n| *n += 1);
        Ok(value)
    }

    /// Reads in one transaction, so that all of it is of one moment.
    ///
    /// # Errors
    /// What `f` returns, or what the database says.
    pub fn read<R, E, F>(&self, f: F) -> Result<R, E>
    where
        R: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Result<R, E> + Send + 'static,
    {
        self.reader.run(f)
    }

    /// Says "look again": at once for this process's own commits, within a quarter of a second for
    /// those of others, which a thread of its own looks for while anyone listens.
    ///
    /// # Errors
    /// What the database says when it is opened once more for looking.
    pub fn changes(&self) -> Result<watch::Receiver<u64>, StoreError> {
        let receiver = self.changed.subscribe();
        let connection = sqlite::connect(&self.path, true)?;
        let changed = Arc::downgrade(&self.changed);
        let version = |c: &Connection| {
            c.pragma_query_value(None, "data_version", |r| r.get::<_, i64>(0)).unwrap_or(-1)
        };
        let mut last = version(&connection);
        let io =
            |e: std::io::Error| StoreError::Io { path: (*self.path).clone(), what: e.to_string() };
        thread::Builder::new()
            .name("store-watch".into())
            .spawn(move || {
                while let Some(changed) = changed.upgrade() {
                    if changed.receiver_count() == 0 {
                        return;
                    }
                    let now = version(&connection);
                    if now != last {
                        last = now;
                        changed.send_modify(|n| *n += 1);
                    }
                    drop(changed);
                    thread::sleep(POLL_EVERY);
                }
            })
            .map_err(io)?;
        Ok(receiver)
    }

    /// The rows of one contact that this contact may see, and no others.
    #[must_use]
    pub fn customer(&self, contact: crate::domain::ContactId) -> CustomerStore {
        CustomerStore::new(self.clone(), contact)
    }
}
