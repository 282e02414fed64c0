//! A connection on a thread of its own, fed through a bounded queue.
//!
//! What waits for the writer is committed together: each use case in a savepoint of its own, and all
//! of them on the disk before any is answered. A disk that takes a millisecond for a commit is no
//! limit then to how many tickets a second come in. What reads is never put together: a reader who
//! asks after a commit was answered must see it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, TransactionBehavior};

use crate::store::StoreError;
use crate::store::sql::Tx;
use crate::store::sqlite::{SqliteTx, from_sqlite};

/// Use cases that wait for a connection; more wait for a place.
const QUEUE: usize = 64;
/// The most that are committed together: other programs want to write, too.
const MOST: usize = 64;

/// What a keeper's transactions are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Together {
    /// Deferred, one use case in each: for reading.
    One,
    /// Immediate, with all that waits: for writing.
    Many,
}

/// Runs a use case within the transaction, or only says why there is none.
type Job = Box<dyn FnOnce(Result<&mut SqliteTx<'_>, StoreError>) -> Option<Ran> + Send>;

/// A use case that was run and not answered yet.
struct Ran {
    /// It was not refused: its savepoint stays.
    keep: bool,
    /// Answers it, once it is known whether the transaction was committed.
    answer: Box<dyn FnOnce(Result<(), StoreError>) + Send>,
}

/// Waits for a keeper's connection to be closed when its last handle goes. Whoever closes the last
/// one folds its `-wal` into the database, so the file of a desk that nobody has open is whole.
#[derive(Debug)]
struct End(Option<JoinHandle<()>>);

impl Drop for End {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take().filter(|t| t.thread().id() != thread::current().id()) {
            // A keeper that panicked has closed its connection, too.
            let _ = thread.join();
        }
    }
}

/// A handle; clones share the connection.
#[derive(Debug, Clone)]
pub(super) struct Keeper {
    // Let go of before the end is waited for, in every clone.
    jobs: SyncSender<Job>,
    _end: Arc<End>,
}

impl Keeper {
    pub(super) fn start(
        name: &str,
        mut connection: Connection,
        path: Arc<PathBuf>,
        together: Together,
    ) -> Result<Self, StoreError> {
        let (jobs, queue) = sync_channel::<Job>(QUEUE);
        let io = |e: std::io::Error| StoreError::Io { path: (*path).clone(), what: e.to_string() };
        let desk = Arc::clone(&path);
        let thread = thread::Builder::new()
            .name(format!("store-{name}"))
            .spawn(move || {
                while let Ok(first) = queue.recv() {
                    match together {
                        Together::One => read(&mut connection, &desk, first),
                        Together::Many => {
                            let waiting = std::iter::from_fn(|| queue.try_recv().ok());
                            write(&mut connection, &desk, first, waiting.take(MOST - 1));
                        }
                    }
                }
            })
            .map_err(io)?;
        Ok(Self { jobs, _end: Arc::new(End(Some(thread))) })
    }

    /// Runs `f` as a whole on the keeper's thread and waits for what it returns, and for the commit
    /// if that is `Ok`. Of an `Err` nothing stays.
    pub(super) fn run<R, E, F>(&self, f: F) -> Result<R, E>
    where
        R: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Result<R, E> + Send + 'static,
    {
        self.ask(f).recv().map_err(|_| E::from(StoreError::Closed))?
    }

    /// [`Keeper::run`] without the waiting. Nothing comes of the channel when the keeper is gone.
    fn ask<R, E, F>(&self, f: F) -> Receiver<Result<R, E>>
    where
        R: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Result<R, E> + Send + 'static,
    {
        let (answer, answered) = sync_channel(1);
        let job: Job = Box::new(move |tx| {
            let tx = match tx {
                Ok(tx) => tx,
                Err(none) => {
                    let _ = answer.send(Err(E::from(none)));
                    return None;
                }
            };
            let result = f(tx);
            let keep = result.is_ok();
            // The caller may have gone; the transaction stands either way.
            let answer = move |committed: Result<(), StoreError>| {
                let _ = answer.send(result.and_then(|r| committed.map(|()| r).map_err(E::from)));
            };
            Some(Ran { keep, answer: Box::new(answer) })
        });
        let _ = self.jobs.send(job);
        answered
    }
}

/// A transaction of one moment, for one job.
fn read(connection: &mut Connection, path: &Path, job: Job) {
    match connection.transaction() {
        Ok(transaction) => {
            if let Some(ran) = job(Ok(&mut SqliteTx { connection: &transaction, path })) {
                let done = transaction.commit().map_err(|e| from_sqlite(path, e));
                (ran.answer)(done);
            }
        }
        Err(e) => drop(job(Err(from_sqlite(path, e)))),
    }
}

/// A transaction that takes the write lock at once, for all jobs that wait.
fn write(connection: &mut Connection, path: &Path, first: Job, more: impl Iterator<Item = Job>) {
    let mut transaction = match connection.transaction_with_behavior(TransactionBehavior::Immediate)
    {
        Ok(transaction) => transaction,
        Err(e) => return drop(first(Err(from_sqlite(path, e)))),
    };
    let mut all_ran = Vec::new();
    let mut run = |job: Job| -> rusqlite::Result<()> {
        let mut savepoint = match transaction.savepoint() {
            Ok(savepoint) => savepoint,
            Err(e) => {
                drop(job(Err(given_up(path))));
                return Err(e);
            }
        };
        let ran = job(Ok(&mut SqliteTx { connection: &savepoint, path }));
        let keep = ran.as_ref().is_some_and(|r| r.keep);
        all_ran.extend(ran);
        if !keep {
            savepoint.rollback()?;
        }
        savepoint.commit()
    };
    let mut done = std::iter::once(first).chain(more).try_for_each(&mut run);
    // A disk that is full, or fails, can end the whole of it at once.
    let lost = transaction.is_autocommit();
    if !lost && done.is_ok() {
        done = transaction.commit();
    }
    let done = done.map_err(|e| match lost {
        true => given_up(path),
        false => from_sqlite(path, e),
    });
    for ran in all_ran {
        (ran.answer)(done.clone());
    }
}

/// The same can be asked again.
fn given_up(path: &Path) -> StoreError {
    StoreError::Io { path: path.to_owned(), what: "a transaction was given up".into() }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::time::Duration;

    use super::*;
    use crate::values;

    fn keeper(folder: &tempfile::TempDir) -> Keeper {
        let path = folder.path().join("t.db");
        let connection = Connection::open(&path).unwrap();
        connection.busy_timeout(Duration::ZERO).unwrap();
        connection.execute("CREATE TABLE t (v INTEGER UNIQUE)", []).unwrap();
        Keeper::start("test", connection, Arc::new(path), Together::Many).unwrap()
    }

    fn insert(tx: &mut dyn Tx, v: i64) -> Result<(), StoreError> {
        tx.execute("INSERT INTO t (v) VALUES ($1)", values![v]).map(|_| ())
    }

    fn all(keeper: &Keeper) -> Vec<i64> {
        let read = |tx: &mut dyn Tx| {
            tx.query("SELECT v FROM t ORDER BY v", &[])?.iter().map(|r| r.int(0)).collect()
        };
        keeper.run::<_, StoreError, _>(read).unwrap()
    }

    /// Holds the keeper until all of these wait for it, so that one transaction has them all.
    fn together<R: Send + 'static>(
        keeper: &Keeper,
        jobs: Vec<impl FnOnce(&mut dyn Tx) -> Result<R, StoreError> + Send + 'static>,
    ) -> Vec<Result<R, StoreError>> {
        let (begun, go_on) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
        let (in_begun, in_go_on) = (Arc::clone(&begun), Arc::clone(&go_on));
        let holder = keeper.clone();
        let held = thread::spawn(move || {
            holder.run::<_, StoreError, _>(move |_| {
                in_begun.wait();
                in_go_on.wait();
                Ok(())
            })
        });
        begun.wait();
        let asked: Vec<_> = jobs.into_iter().map(|job| keeper.ask(job)).collect();
        go_on.wait();
        // It was in the same transaction, so its answer says no more than theirs.
        let _ = held.join().unwrap();
        asked.into_iter().map(|answer| answer.recv().unwrap()).collect()
    }

    #[test]
    fn a_use_case_that_is_refused_takes_nothing_of_the_others_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let keeper = keeper(&folder);
        let jobs = (0..10).map(|v| {
            move |tx: &mut dyn Tx| {
                insert(tx, v)?;
                // Those that are odd had written already.
                if v % 2 == 1 { Err(StoreError::Corrupt("odd")) } else { Ok(v) }
            }
        });
        let answers = together(&keeper, jobs.collect());
        for (v, answer) in (0..).zip(answers) {
            let expected = if v % 2 == 1 { Err(StoreError::Corrupt("odd")) } else { Ok(v) };
            assert_eq!(answer, expected);
        }
        assert_eq!(all(&keeper), [0, 2, 4, 6, 8]);
    }

    #[test]
    fn nobody_hears_of_a_commit_that_was_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let keeper = keeper(&folder);
        // The second ends the transaction behind the back of all, as a full disk does.
        let jobs = (1..=3).map(|v| {
            move |tx: &mut dyn Tx| match v {
                2 => tx.execute("ROLLBACK", &[]).map(|_| ()),
                v => insert(tx, v),
            }
        });
        let answers = together(&keeper, jobs.collect());
        assert!(matches!(&answers[0], Err(e) if e.may_pass()), "{answers:?}");
        assert!(matches!(&answers[1], Err(e) if e.may_pass()), "{answers:?}");
        // The third was in the next transaction.
        assert_eq!(answers[2], Ok(()));
        assert_eq!(all(&keeper), [3]);
    }

    #[test]
    fn a_transaction_that_cannot_begin_says_why_to_each() {
        let folder = tempfile::tempdir().unwrap();
        let keeper = keeper(&folder);
        let other = Connection::open(folder.path().join("t.db")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let locked = keeper.run(|tx| insert(tx, 1)).unwrap_err();
        assert!(matches!(locked, StoreError::Locked(_)), "{locked:?}");
        other.execute_batch("ROLLBACK").unwrap();
        assert!(all(&keeper).is_empty());
    }
}
