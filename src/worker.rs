//! The background task: claims what is due, sends it, records what became of it.
//!
//! It turns inside the screens and alone as `deskbell work`; any number of workers may turn on one
//! desk. Each holds a lock on a file of its own beside the desk for as long as it lives, so that
//! another one can tell a dead worker from a slow one and take up its mail at once.

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use rand::RngExt;
use tokio::task::spawn_blocking;
use tokio::time::MissedTickBehavior;

use crate::clock::Clock;
use crate::desk::deliver::{Claimed, Kept, Parcel};
use crate::desk::settings::DemoClock;
use crate::desk::{Desk, DeskError};
use crate::domain::{Status, Time};
use crate::mail::transport::{Envelope, Outcome, Transport};

/// How long a worker rests at most before it looks again, in real time: a change of another
/// process wakes it anyway.
const REST: std::time::Duration = std::time::Duration::from_secs(30);

/// How long it rests at least between two looks, in real time, and when the desk itself was in
/// trouble.
const BREATH: std::time::Duration = std::time::Duration::from_millis(50);
const TROUBLED: std::time::Duration = std::time::Duration::from_secs(5);

/// When mail does not leave at all: how long until one mail is tried again, doubled each time up to
/// [`PAUSE`]. The desk's time.
const PROBE: chrono::Duration = chrono::Duration::seconds(30);
const PAUSE: chrono::Duration = chrono::Duration::minutes(15);

/// How often a desk that is locked, or whose disk is full, is asked again in the midst of a mail, and
/// the rest between. Each time waits for the lock as well: some minutes together, less than a claim
/// holds.
const PATIENT_TRIES: usize = 60;
const PATIENT_REST: std::time::Duration = std::time::Duration::from_millis(250);

/// What one turn did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Turn {
    /// Mails that arrived and were applied, held or dropped.
    pub received: usize,
    pub sent: usize,
    /// Turned out not to be wanted any more.
    pub suppressed: usize,
    /// Will be tried again.
    pub retrying: usize,
    /// Failed for good, or rest as unknown.
    pub failed: usize,
    /// Mail is not leaving at all; the rest of the queue waits.
    pub paused: bool,
    /// Tickets that could not be read; their mail waits.
    pub broken: usize,
}

/// A worker on one desk.
#[derive(Debug)]
pub struct Worker {
    desk: Desk,
    transport: Transport,
    name: String,
    _alive: Alive,
}

impl Worker {
    /// # Errors
    /// A sentence when the folder beside the desk cannot be written.
    pub fn new(desk: Desk, transport: Transport) -> anyhow::Result<Self> {
        let mut rng = rand::rng();
        let name = format!("{}-{:08x}", std::process::id(), rng.random::<u32>());
        let alive = Alive::claim(&folder(desk.path()), &name)?;
        Ok(Self { desk, transport, name, _alive: alive })
    }

    /// Sends all that is due at `now`, one mail after the other.
    ///
    /// # Errors
    /// What the desk says. Mail trouble is no error: it is in the ledger and in [`Turn::paused`].
    pub async fn turn(&mut self, now: Time) -> anyhow::Result<Turn> {
        self.turn_by(&|| now).await
    }

    /// [`Worker::turn`] by a clock that goes on: a long queue at a slow server takes longer than a
    /// claim holds, so each claim counts from the moment it is made.
    async fn turn_by(&mut self, clock: &(dyn Fn() -> Time + Sync)) -> anyhow::Result<Turn> {
        self.bury_the_dead().await?;
        let (desk, now) = (self.desk.clone(), clock());
        // What came in before what goes out: an answer may be why a mail is not wanted any more.
        let received = blocking(move || desk.apply_waiting_mail(now)).await?;
        let mut turn = Turn { received, ..Turn::default() };
        let mut broken = HashSet::new();
        loop {
            let (desk, now, known) = (self.desk.clone(), clock(), broken.len());
            let mut due = blocking(move || desk.due_tickets(now, known)).await?;
            due.retain(|id| !broken.contains(id));
            if due.is_empty() {
                break;
            }
            for id in due {
                let (desk, name, now) = (self.desk.clone(), self.name.clone(), clock());
                let claimed = blocking(move || desk.claim(&name, id, now)).await;
                let Claimed { parcels, suppressed } = match claimed {
                    Ok(claimed) => claimed,
                    Err(e) if e.downcast_ref().is_some_and(DeskError::may_pass) => return Err(e),
                    // A ticket that cannot be read holds up no other's mail.
                    Err(e) => {
                        tracing::error!(ticket = id.0, "its mail waits: {e:#}");
                        broken.insert(id);
                        continue;
                    }
                };
                turn.suppressed += suppressed;
                for parcel in parcels {
                    self.deliver(parcel, clock, &mut turn).await?;
                }
                if turn.paused {
                    self.transport.rest().await;
                    return Ok(turn);
                }
            }
        }
        turn.broken = broken.len();
        self.transport.rest().await;
        Ok(turn)
    }

    async fn deliver(
        &mut self,
        parcel: Parcel,
        clock: &(dyn Fn() -> Time + Sync),
        turn: &mut Turn,
    ) -> anyhow::Result<()> {
        let envelope = Envelope {
            from: parcel.from.clone(),
            to: parcel.to.clone(),
            message_id: parcel.message_id.clone(),
            plain_from: Some(parcel.plain_from.clone()),
            envelope_id: parcel.envelope_id.clone(),
        };
        let (desk, name, kept) = (self.desk.clone(), self.name.clone(), parcel.clone());
        // Awaited after the server has said that it takes the message, before a byte of it goes.
        let before_dot = async move || {
            let now = clock();
            // A full disk may stay full; nothing is handed over yet, so nothing is lost by giving up.
            let handed =
                patiently(DeskError::is_locked, move || desk.hand_over(&name, &kept, now)).await;
            match handed {
                Ok(Ok(())) => Ok(()),
                Ok(Err(Kept::Unwanted(reason))) => Err(Stop::Unwanted(reason.to_string())),
                Ok(Err(Kept::Elsewhere)) => Err(Stop::Elsewhere),
                Err(e) => Err(Stop::Lost(e.to_string())),
            }
        };
        let outcome = match self.transport.send(&envelope, &parcel.raw, before_dot).await {
            Ok(outcome) => outcome,
            Err(Stop::Unwanted(reason)) => {
                tracing::info!(delivery = parcel.delivery.0, reason, "not wanted any more");
                turn.suppressed += 1;
                return Ok(());
            }
            Err(Stop::Elsewhere) => {
                tracing::info!(delivery = parcel.delivery.0, "goes to another address");
                return Ok(());
            }
            Err(Stop::Lost(words)) => {
                tracing::warn!(delivery = parcel.delivery.0, words, "lost to another worker");
                return Ok(());
            }
        };
        let (desk, name, told) = (self.desk.clone(), self.name.clone(), outcome.clone());
        let (id, now) = (parcel.delivery, clock());
        let recorded = move || desk.record(&name, &parcel, &told, now);
        let status = patiently(DeskError::may_pass, recorded).await;
        // Whatever is said of one mail alone shows that mail leaves.
        let trouble = match &outcome {
            Outcome::Pause { words } => Some(words.clone()),
            Outcome::Sent { .. }
            | Outcome::Temporary { .. }
            | Outcome::Permanent { .. }
            | Outcome::Ambiguous { .. } => None,
        };
        turn.paused = trouble.is_some();
        let desk = self.desk.clone();
        blocking(move || desk.set_mail_trouble(trouble.as_deref())).await?;
        match status {
            Ok(Status::Sent) => turn.sent += 1,
            Ok(Status::Retrying) => turn.retrying += 1,
            Ok(_) => turn.failed += 1,
            Err(e) => tracing::warn!(delivery = id.0, %e, "outcome not recorded"),
        }
        tracing::info!(delivery = id.0, ?outcome, "mail");
        Ok(())
    }

    /// Turns until `stop` says so: when mail falls due, and when the desk has changed.
    ///
    /// # Errors
    /// What the desk says, when it can no longer be used at all.
    pub async fn run(mut self, clock: Clock, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        let mut changes = self.desk.changes()?;
        let mut breath = tokio::time::interval(BREATH);
        breath.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut pauses = 0;
        let mut demo = None;
        tokio::pin!(stop);
        loop {
            // A desk that changes a thousand times a second is not looked through as often.
            breath.tick().await;
            changes.mark_unchanged();
            self.follow(&clock, &mut demo).await?;
            let mut least = BREATH;
            match self.turn_by(&|| clock.now()).await {
                // A server may take so many mails at a time, and no more.
                Ok(turn) if turn.paused && turn.sent > 0 => pauses = 1,
                Ok(turn) if turn.paused => pauses += 1,
                Ok(turn) => {
                    pauses = 0;
                    if turn.broken > 0 {
                        least = TROUBLED;
                    }
                }
                // A desk that is locked for a while, or its disk full, is no reason to stop.
                Err(e) => {
                    tracing::warn!("{e:#}");
                    least = TROUBLED;
                }
            }
            let now = clock.now();
            if pauses > 0 {
                // Mail is not leaving at all: one mail is tried now and then, whatever happens on
                // the desk meanwhile, and no row is harmed.
                let until = now + PAUSE.min(PROBE * 2_i32.pow(pauses.min(8) - 1));
                tokio::select! {
                    biased;
                    () = &mut stop => return Ok(()),
                    () = clock.sleep_until(until) => continue,
                }
            }
            let desk = self.desk.clone();
            let next = blocking(move || desk.next_wake()).await.unwrap_or_default();
            let rest = next.map_or(REST, |at| clock.until(at).min(REST));
            // Due mail that could not go now is not tried again in the same breath.
            let rest = rest.max(least);
            tokio::select! {
                biased;
                () = &mut stop => return Ok(()),
                changed = changes.changed() => if changed.is_err() { return Ok(()) },
                () = tokio::time::sleep(rest) => {}
            }
        }
    }

    /// Another program may have turned a demo desk's clock forward.
    async fn follow(&self, clock: &Clock, known: &mut Option<DemoClock>) -> anyhow::Result<()> {
        let desk = self.desk.clone();
        let demo = blocking(move || desk.demo_clock()).await?;
        if let (Some(demo), Some(before)) = (demo, std::mem::replace(known, demo))
            && demo != before
        {
            clock.advance_to(demo.at(Clock::system().now()));
        }
        Ok(())
    }

    /// Ends the leases of workers whose process is gone, and its own: what is left of its last turn
    /// could not be recorded, and is in nobody's hands now.
    async fn bury_the_dead(&self) -> anyhow::Result<()> {
        let (desk, own) = (self.desk.clone(), self.name.clone());
        blocking(move || {
            let folder = folder(desk.path());
            for name in desk.claimants()? {
                if name == own || Alive::is_dead(&folder, &name) {
                    desk.end_leases(&name)?;
                }
            }
            Alive::sweep(&folder);
            Ok(())
        })
        .await
    }
}

/// Why a mail was not handed over.
enum Stop {
    Unwanted(String),
    Elsewhere,
    Lost(String),
}

async fn blocking<R: Send + 'static>(
    f: impl FnOnce() -> Result<R, DeskError> + Send + 'static,
) -> anyhow::Result<R> {
    Ok(spawn_blocking(f).await.context("A task of the worker ended early")??)
}

/// [`blocking`], and asks again while the trouble is one that passes, as a desk that is locked or
/// whose disk is full: an answer of the server that is not recorded is a lost one, and its mail goes
/// twice (L5).
async fn patiently<R: Send + 'static>(
    passes: fn(&DeskError) -> bool,
    f: impl Fn() -> Result<R, DeskError> + Clone + Send + 'static,
) -> anyhow::Result<R> {
    for _ in 0..PATIENT_TRIES {
        match blocking(f.clone()).await {
            Err(e) if e.downcast_ref().is_some_and(passes) => {
                tokio::time::sleep(PATIENT_REST).await
            }
            other => return other,
        }
    }
    blocking(f).await
}

/// Where the workers of a desk keep their lock files, and others that must be known to live.
pub(crate) fn folder(desk: &Path) -> PathBuf {
    let mut name = desk.file_name().unwrap_or_default().to_owned();
    name.push(".workers");
    desk.with_file_name(name)
}

/// A worker's sign of life: a locked file, which the system unlocks when its process ends, however
/// it ends.
#[derive(Debug)]
pub(crate) struct Alive {
    path: PathBuf,
    _locked: File,
}

impl Alive {
    pub(crate) fn claim(folder: &Path, name: &str) -> anyhow::Result<Self> {
        let path = folder.join(name);
        // Locked under a name that nobody looks at: a file that is not locked yet looks dead.
        let unnamed = folder.join(format!(".{name}"));
        let cannot = || format!("The worker cannot write {}", path.display());
        let mut builder = fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(builder.recursive(true), 0o700);
        builder.create(folder).with_context(cannot)?;
        let file = File::create(&unnamed).with_context(cannot)?;
        file.lock().with_context(cannot)?;
        fs::rename(&unnamed, &path).with_context(cannot)?;
        Ok(Self { path, _locked: file })
    }

    /// True when the worker of that name can be shown to be gone. One without a file has ended in
    /// good order, and leaves nothing claimed.
    pub(crate) fn is_dead(folder: &Path, name: &str) -> bool {
        match File::open(folder.join(name)) {
            Ok(file) => !matches!(file.try_lock(), Err(TryLockError::WouldBlock)),
            Err(e) => e.kind() == std::io::ErrorKind::NotFound,
        }
    }

    /// Removes the files of the dead.
    fn sweep(folder: &Path) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            let Ok(file) = File::open(entry.path()) else { continue };
            if file.try_lock().is_ok() {
                // A leftover that cannot be removed harms nobody.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::store::StoreError;

    #[tokio::test(start_paused = true)]
    async fn l5_an_answer_is_recorded_however_long_the_desk_is_locked_or_full() {
        let tries = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&tries);
        let recorded =
            patiently(DeskError::may_pass, move || match counted.fetch_add(1, Ordering::SeqCst) {
                n if n < 20 => Err(DeskError::Store(StoreError::Locked("desk.db".into()))),
                n if n < 40 => Err(DeskError::Store(StoreError::Full("desk.db".into()))),
                n => Ok(n),
            });
        assert_eq!(recorded.await.unwrap(), 40);
        let refused =
            patiently(DeskError::may_pass, || Err::<(), _>(DeskError::Other("taken over".into())))
                .await;
        assert_eq!(refused.unwrap_err().to_string(), "taken over");
    }
}
