//! Reads an IMAP mailbox for as long as the program runs: what is new is kept, then applied, then
//! moved out of the inbox, in this order, so that nothing is lost wherever it ends.
//!
//! Several teammates may run the program: one of them reads, known by its row in the database and
//! by its sign of life. What is fetched twice all the same is a duplicate (M4).

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rand::RngExt as _;
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::desk::Desk;
use crate::desk::imap::{HOLD, Progress, REFUSALS, Reader, Refused};
use crate::desk::receive::Arrival;
use crate::domain::Time;
use crate::intake::{apply, blocking};
use crate::mail::imap::{Imap, Kind, Trouble, Wire, connect};
use crate::mail::imap_settings::ImapSettings;
use crate::mail::server_url::{AskPassword, Secret};
use crate::worker::{self, Alive};

/// How often the one who reads says that it lives.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);
/// How often the others look whether they are needed.
const STAND_BY: Duration = Duration::from_secs(5);
/// The longest pause before the server is called again.
const PAUSE: u64 = 5 * 60;
/// The pauses double from a second on; after a refused password they begin with a minute, for
/// servers lock an account that is tried too often.
const AFTER_PASSWORD: u32 = 6;
/// At the first look into a mailbox, mail that is older than this stays where it is.
const FIRST_LOOK: chrono::Duration = chrono::Duration::days(2);
/// After so many connections that broke at the same mail it counts as refused.
const BROKEN: u32 = 3;
/// How many mails are kept before they are moved together.
const BATCH: usize = 20;

type Dialled = Pin<Box<dyn Future<Output = Result<Wire, Trouble>> + Send>>;

/// Calls the server. A parameter so that a test can be the server.
pub type Dial = Arc<dyn Fn() -> Dialled + Send + Sync>;

/// The reader of one mailbox.
pub struct Mailbox {
    desk: Desk,
    clock: Clock,
    settings: Arc<ImapSettings>,
    dial: Dial,
    /// Where the password is, for when the one in the settings is refused.
    password: Option<Arc<AskPassword>>,
    reader: Reader,
    /// What is written into the envelope's place: by it duplicates are told apart, whichever way
    /// they came (M4).
    address: String,
    _alive: Alive,
}

/// What is known of the server from one connection to the next.
#[derive(Debug)]
struct Known {
    failures: u32,
    /// Read anew, since the one in the settings was refused.
    password: Option<Secret>,
    /// The mail that was being fetched when the last connections broke, and how many did.
    stuck: Option<(u32, u32)>,
    /// It does as it says when it offers IDLE.
    idle: bool,
}

impl Mailbox {
    /// # Errors
    /// A sentence: the desk has no address, or the folder beside the desk cannot be written.
    pub fn new(desk: Desk, clock: Clock, settings: ImapSettings) -> anyhow::Result<Self> {
        let settings = Arc::new(settings);
        let place = Arc::clone(&settings);
        let dial: Dial = Arc::new(move || {
            let place = Arc::clone(&place);
            Box::pin(async move { connect(&place).await })
        });
        Self::dialled(desk, clock, settings, dial)
    }

    /// [`Mailbox::new`] with another way to the server.
    ///
    /// # Errors
    /// As [`Mailbox::new`].
    pub fn dialled(
        desk: Desk,
        clock: Clock,
        settings: Arc<ImapSettings>,
        dial: Dial,
    ) -> anyhow::Result<Self> {
        let Some(address) = desk.policy().address.clone() else {
            anyhow::bail!(
                "mail.imap is set, but mail.address is not. Set it to the address customers write to."
            );
        };
        let holder = format!("imap-{}-{:08x}", std::process::id(), rand::rng().random::<u32>());
        let alive = Alive::claim(&worker::folder(desk.path()), &holder)?;
        let reader = Reader { mailbox: settings.name(), holder };
        let address = address.as_str().to_owned();
        Ok(Self { desk, clock, settings, dial, password: None, reader, address, _alive: alive })
    }

    /// Has the password read anew when it was refused: somebody may have corrected it.
    #[must_use]
    pub fn asking(self, password: Arc<AskPassword>) -> Self {
        Self { password: Some(password), ..self }
    }

    /// Reads until `stop` says so.
    ///
    /// # Errors
    /// None: trouble is in the title bar, and passes.
    pub async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let mut known = Known { failures: 0, password: None, stuck: None, idle: true };
        loop {
            let held = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                held = self.hold() => held,
            };
            if !held {
                tokio::select! {
                    biased;
                    () = stop.cancelled() => break,
                    () = sleep(STAND_BY) => continue,
                }
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                () = self.keep_holding() => {}
                () = self.read_on(&mut known) => {}
            }
        }
        let (desk, reader) = (self.desk.clone(), self.reader.clone());
        if let Err(e) = blocking(move || desk.release_mailbox(&reader)).await {
            // It is found dead by the next one.
            tracing::info!("the mailbox is not let go of: {e:#}");
        }
        Ok(())
    }

    /// True when this program is the one that reads from now on.
    async fn hold(&self) -> bool {
        let (desk, reader, now) = (self.desk.clone(), self.reader.clone(), self.clock.now());
        let held = blocking(move || {
            if desk.hold_mailbox(&reader, now)? {
                return Ok(true);
            }
            // A reader that is gone need not be waited for.
            let Some(holder) = desk.mailbox_holder(&reader.mailbox)? else { return Ok(false) };
            if !Alive::is_dead(&worker::folder(desk.path()), &holder) {
                return Ok(false);
            }
            desk.release_mailbox(&Reader { mailbox: reader.mailbox.clone(), holder })?;
            desk.hold_mailbox(&reader, now)
        });
        held.await.unwrap_or_else(|e| {
            tracing::warn!("the mailbox cannot be held: {e:#}");
            false
        })
    }

    /// Ends when another program reads.
    async fn keep_holding(&self) {
        let mut lost = 0;
        loop {
            sleep(SIGN_OF_LIFE).await;
            // A desk that is locked for a moment is asked again before the hold has run out.
            lost = if self.hold().await { 0 } else { lost + 1 };
            if lost * i32::try_from(SIGN_OF_LIFE.as_secs()).unwrap_or(i32::MAX)
                >= i32::try_from(HOLD.num_seconds()).unwrap_or(0)
            {
                return;
            }
        }
    }

    /// Reads for ever, one connection after the other.
    async fn read_on(&self, known: &mut Known) {
        loop {
            let mut fetching = None;
            let Err(trouble) = self.connection(known, &mut fetching).await;
            tracing::warn!(mailbox = self.reader.mailbox, "mail is not coming in: {trouble}");
            // The next server behind that name may do it again.
            known.idle = trouble.kind() != Kind::NoIdle;
            // A line that broke is no news when the next one holds.
            if known.failures > 0 || trouble.kind() == Kind::Password {
                self.tell(Some(&trouble.to_string())).await;
            }
            known.failures = known.failures.saturating_add(1);
            if trouble.kind() == Kind::Password {
                known.failures = known.failures.max(AFTER_PASSWORD);
                known.password = self.ask_again().await;
            }
            if let Err(e) = self.get_past(known, fetching, &trouble).await {
                tracing::warn!("{e}");
            }
            sleep(pause(known.failures)).await;
        }
    }

    /// The password as it is now.
    async fn ask_again(&self) -> Option<Secret> {
        let ask = Arc::clone(self.password.as_ref()?);
        spawn_blocking(move || ask()).await.ok().flatten()
    }

    /// A mail at which one connection after the other breaks counts as refused, so that those
    /// behind it come in.
    async fn get_past(
        &self,
        known: &mut Known,
        fetching: Option<u32>,
        trouble: &Trouble,
    ) -> Result<(), Trouble> {
        let Some(uid) = fetching else { return Ok(()) };
        let broken = match known.stuck {
            Some((stuck, broken)) if stuck == uid => broken + 1,
            _ => 1,
        };
        known.stuck = Some((uid, broken));
        if broken >= BROKEN {
            known.stuck = None;
            self.note_refusal(uid, trouble).await?;
        }
        Ok(())
    }

    /// One connection; `fetching` says which mail was asked for when it ended.
    async fn connection(
        &self,
        known: &mut Known,
        fetching: &mut Option<u32>,
    ) -> Result<std::convert::Infallible, Trouble> {
        let wire = (self.dial)().await?;
        let mut settings = ImapSettings::clone(&self.settings);
        settings.password = known.password.clone().unwrap_or(settings.password);
        let (mut imap, validity, highest) = Imap::open(wire, &settings).await?;
        let (desk, reader) = (self.desk.clone(), self.reader.clone());
        let progress = blocking(move || desk.mailbox_progress(&reader, validity));
        let progress = progress.await.map_err(desk_trouble)?;
        let mut look = Look { progress, may_move: true, fetching: None };
        self.tidy(&mut imap, &mut look).await?;
        loop {
            let taken = self.take_in(&mut imap, &mut look, highest).await;
            *fetching = look.fetching;
            taken?;
            known.failures = 0;
            self.tell(refusal(&look.progress.refused).as_deref()).await;
            imap = imap.wait(known.idle).await?;
        }
    }

    /// Takes in what is new, until there is nothing.
    async fn take_in(&self, imap: &mut Imap, look: &mut Look, highest: u32) -> Result<(), Trouble> {
        loop {
            imap.has_news();
            let first = !look.progress.looked;
            let uids = if first {
                // The first look, or the mails have other numbers now: what was dealt with before
                // is a duplicate. A look that was broken off goes on where it was.
                let seen = look.progress.seen_uid;
                let mut uids = imap.since(&day(look.progress.since - FIRST_LOOK)).await?;
                uids.retain(|uid| *uid > seen);
                uids
            } else {
                imap.after(look.progress.seen_uid).await?
            };
            let now = self.clock.now();
            let again = look.progress.refused.iter().filter(|r| is_due(r, now)).map(|r| r.uid);
            for uid in uids.into_iter().chain(again.collect::<Vec<_>>()) {
                self.take(imap, look, uid).await?;
                if look.progress.to_move.len() >= BATCH {
                    self.tidy(imap, look).await?;
                }
            }
            if first {
                self.looked(look, highest).await?;
            }
            self.tidy(imap, look).await?;
            if !imap.has_news() {
                return Ok(());
            }
        }
    }

    async fn take(&self, imap: &mut Imap, look: &mut Look, uid: u32) -> Result<(), Trouble> {
        look.fetching = Some(uid);
        let fetched = imap.fetch(uid).await;
        if !matches!(&fetched, Err(trouble) if trouble.kind() != Kind::Refused) {
            look.fetching = None;
        }
        let mail = match fetched {
            Ok(Some(mail)) => mail,
            // Somebody else has deleted it meanwhile.
            Ok(None) => return self.gone(look, uid).await,
            Err(refused) if refused.kind() == Kind::Refused => {
                return self.refused(look, uid, &refused).await;
            }
            Err(trouble) => return Err(trouble),
        };
        let arrival = Arrival {
            mailbox: self.address.clone(),
            sender: None,
            recipient: String::new(),
            raw: mail.raw,
            left_out: mail.left_out,
        };
        let (desk, reader, now) = (self.desk.clone(), self.reader.clone(), self.clock.now());
        let to_move = self.settings.processed.is_some();
        let kept = blocking(move || desk.store_fetched(&reader, uid, arrival, to_move, now));
        let id = kept.await.map_err(desk_trouble)?;
        look.dealt_with(uid);
        if to_move {
            look.progress.to_move.push(uid);
        }
        apply(&self.desk, &self.clock, id).await;
        Ok(())
    }

    async fn looked(&self, look: &mut Look, highest: u32) -> Result<(), Trouble> {
        let (desk, reader) = (self.desk.clone(), self.reader.clone());
        blocking(move || desk.mailbox_looked(&reader, highest)).await.map_err(desk_trouble)?;
        look.progress.looked = true;
        look.progress.seen_uid = look.progress.seen_uid.max(highest);
        Ok(())
    }

    async fn gone(&self, look: &mut Look, uid: u32) -> Result<(), Trouble> {
        let (desk, reader) = (self.desk.clone(), self.reader.clone());
        blocking(move || desk.mailbox_gone(&reader, uid)).await.map_err(desk_trouble)?;
        look.dealt_with(uid);
        Ok(())
    }

    /// It stays in the inbox and is asked for again; those behind it are not held up.
    async fn refused(&self, look: &mut Look, uid: u32, refused: &Trouble) -> Result<(), Trouble> {
        let noted = self.note_refusal(uid, refused).await;
        look.dealt_with(uid);
        look.progress.refused = noted?;
        Ok(())
    }

    async fn note_refusal(&self, uid: u32, refused: &Trouble) -> Result<Vec<Refused>, Trouble> {
        let mailbox = &self.reader.mailbox;
        tracing::error!(uid, mailbox, "the server does not give a mail: {refused}");
        let (desk, reader, now) = (self.desk.clone(), self.reader.clone(), self.clock.now());
        let (said, address) = (refused.said().to_owned(), self.address.clone());
        blocking(move || desk.mailbox_refused(&reader, uid, &said, &address, now))
            .await
            .map_err(desk_trouble)
    }

    /// Moves what is kept out of the inbox. Where the server does not let us, it stays there, and
    /// is moved another day.
    async fn tidy(&self, imap: &mut Imap, look: &mut Look) -> Result<(), Trouble> {
        let Some(folder) = &self.settings.processed else { return Ok(()) };
        if look.progress.to_move.is_empty() || !look.may_move {
            return Ok(());
        }
        let uids = std::mem::take(&mut look.progress.to_move);
        for uids in uids.chunks(BATCH) {
            match imap.move_away(uids, folder).await {
                Ok(()) => {
                    let (desk, reader) = (self.desk.clone(), self.reader.clone());
                    let uids = uids.to_vec();
                    let noted = blocking(move || desk.mailbox_moved(&reader, &uids));
                    noted.await.map_err(desk_trouble)?;
                }
                Err(refused) if refused.kind() == Kind::Refused => {
                    tracing::warn!(folder, "mail stays in the inbox: {refused}");
                    look.may_move = false;
                    return Ok(());
                }
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(())
    }

    async fn tell(&self, trouble: Option<&str>) {
        let (desk, reader) = (self.desk.clone(), self.reader.clone());
        let trouble = trouble.map(str::to_owned);
        let told = blocking(move || desk.set_mailbox_trouble(&reader, trouble.as_deref()));
        if let Err(e) = told.await {
            tracing::warn!("{e:#}");
        }
    }
}

/// What is known while one connection lasts.
#[derive(Debug)]
struct Look {
    progress: Progress,
    may_move: bool,
    /// The mail that is being asked for.
    fetching: Option<u32>,
}

impl Look {
    fn dealt_with(&mut self, uid: u32) {
        self.progress.seen_uid = self.progress.seen_uid.max(uid);
        self.progress.refused.retain(|r| r.uid != uid);
    }
}

/// True when a mail that was not given is asked for again: after a minute, then four times as long
/// each time, at last every six hours, for as long as it is there. A time that lies ahead was read
/// from another clock.
fn is_due(refused: &Refused, now: Time) -> bool {
    let minutes = 4_i64.saturating_pow(refused.tries.saturating_sub(1).min(8)).min(6 * 60);
    let waited = now - refused.asked_at;
    waited < chrono::Duration::zero() || waited >= chrono::Duration::minutes(minutes)
}

/// What is said of mails that are not given: what it means, and the server's words on the first.
/// One that a row in quarantine stands for is said there.
fn refusal(refused: &[Refused]) -> Option<String> {
    let refused: Vec<&Refused> = refused.iter().filter(|r| r.tries < REFUSALS).collect();
    let first = refused.first()?;
    let what = match refused.len() {
        1 => format!("mail UID {} is refused", first.uid),
        n => format!("{n} mails are refused"),
    };
    Some(Trouble::new(Kind::Refused, &what, &first.said).to_string())
}

/// The desk cannot keep a mail: that ends the connection, and nothing else.
fn desk_trouble(wrong: anyhow::Error) -> Trouble {
    Trouble::new(Kind::Lost, "the desk cannot keep it", &format!("{wrong:#}"))
}

/// Any time up to twice the one before, so that many programs do not call at once (full jitter).
fn pause(failures: u32) -> Duration {
    let most = 1_u64.checked_shl(failures.min(16)).unwrap_or(PAUSE).min(PAUSE) * 1000;
    Duration::from_millis(rand::rng().random_range(1000..=most.max(1001)))
}

/// A day as IMAP writes it, in English whatever the machine's language.
fn day(at: Time) -> String {
    at.format("%-d-%b-%Y").to_string()
}

#[cfg(test)]
mod server;
#[cfg(test)]
mod tests;
