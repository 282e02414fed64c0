//! The lab: Postfix, Dovecot, the customers' own server and desks between them, each in a throwaway
//! folder, on ports that were free, and gone when the test is.

pub mod desk;
pub mod dovecot;
pub mod idle;
mod kept;
pub mod post;
pub mod postfix;
mod tls;
mod user;

use std::cell::Cell;
use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use rand::RngExt as _;
use tempfile::TempDir;

use crate::sink::{Sink, Taken};
use desk::{Desk, Way};
use dovecot::Dovecot;
use post::{Letter, Post};
use postfix::{Postfix, Routes};
use tls::Tls;
use user::User;

/// The desk's time runs beside the world's, and is ahead of it by what the test has let pass.
#[derive(Debug, Clone, Default)]
pub struct Ahead(Rc<Cell<Duration>>);

impl Ahead {
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        chrono::Utc::now() + self.0.get()
    }
}

pub struct Lab {
    // In the order in which they end: the desks first, the folder last.
    pub desks: Vec<Desk>,
    pub postfix: Postfix,
    pub dovecot: Dovecot,
    pub tls: Tls,
    /// The server of all customers.
    pub customers: Sink,
    ahead: Ahead,
    folder: TempDir,
}

impl Lab {
    /// Starts the servers with a desk for each domain, its address `support@…`, and the way in that
    /// mail to it takes. `None`, said aloud, on a machine that cannot.
    pub fn start(desks: &[(&str, Way)]) -> Option<Self> {
        Self::with(desks, |_, _| {})
    }

    /// [`Lab::start`], where the test has its own word about the routes.
    pub fn with(desks: &[(&str, Way)], change: impl FnOnce(&mut Routes, &[Desk])) -> Option<Self> {
        if let Some(why) = missing() {
            skip(&why);
            return None;
        }
        let user = User::of_the_lab();
        let folder = tempfile::Builder::new().prefix("deskbell-lab-").tempdir().unwrap();
        open_to_all(folder.path());
        let tls = Tls::make(&folder.path().join("tls"));
        let dovecot = Dovecot::start(&folder.path().join("dovecot"), user, &tls);
        let customers = Sink::start(Duration::ZERO);
        let program = folder.path().join("deskbell");
        if fs::hard_link(env!("CARGO_BIN_EXE_deskbell"), &program).is_err() {
            fs::copy(env!("CARGO_BIN_EXE_deskbell"), &program).unwrap();
        }
        let ahead = Ahead::default();
        let mut desks: Vec<Desk> = desks
            .iter()
            .map(|(domain, way)| Desk::new(folder.path(), domain, *way, user, ahead.clone()))
            .collect();
        let mut routes = Routes {
            pipes: desks.iter().map(Desk::pipe).collect(),
            main: desks.iter().map(Desk::pipe_limit).collect(),
            transports: desks.iter().map(|d| (d.domain.clone(), d.transport(&dovecot))).collect(),
            domains: desks.iter().map(|d| d.domain.as_str()).collect::<Vec<_>>().join(", "),
            customers: customers.address.port(),
        };
        change(&mut routes, &desks);
        let postfix = Postfix::start(&folder.path().join("postfix"), dovecot.sasl, &tls, &routes);
        for desk in &mut desks {
            desk.settle(&postfix, &dovecot, &tls);
        }
        let lab = Self { desks, postfix, dovecot, tls, customers, ahead, folder };
        lab.pass(Duration::ZERO);
        Some(lab)
    }

    pub fn desk(&self) -> &Desk {
        &self.desks[0]
    }

    /// So much time passes on every desk. A program that stays is started anew with the new time.
    pub fn pass(&self, time: Duration) {
        self.ahead.0.set(self.ahead.0.get() + time);
        let ahead = self.ahead.0.get().as_secs().to_string();
        fs::write(self.folder.path().join("ahead"), ahead).unwrap();
        for desk in &self.desks {
            desk.restart();
        }
    }

    /// A customer hands a mail to the world's mail system.
    pub fn send(&self, post: &Post) {
        post.send(self.postfix.smtp).unwrap();
    }

    /// The mails that have reached somebody, the oldest first.
    pub fn mails_of(&self, address: &str) -> Vec<Letter> {
        let taken = self.customers.accepted.taken();
        taken.into_iter().filter(|t| t.to == address).map(Letter::new).collect()
    }

    /// Waits for the `n`th mail to somebody, counted from one.
    pub fn mail_of(&self, address: &str, n: usize) -> Letter {
        let got = || self.mails_of(address).into_iter().nth(n - 1);
        eventually(&format!("mail {n} to {address}"), got, || self.state())
    }

    /// Waits until Postfix has nothing more to deliver.
    pub fn quiet(&self) {
        let empty = || self.postfix.queue().is_empty().then_some(());
        eventually("an empty queue", empty, || self.state());
    }

    /// For a test that fails.
    pub fn state(&self) -> String {
        let desks: Vec<String> = self.desks.iter().map(Desk::state).collect();
        let taken: Vec<Taken> = self.customers.accepted.taken();
        let taken: Vec<String> = taken.iter().map(|t| format!("{} -> {}", t.from, t.to)).collect();
        format!("{}\n{}\ncustomers: {taken:#?}", desks.join("\n"), self.postfix.log())
    }
}

pub fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// Polls until there is what is waited for; fails with the state of the lab.
pub fn eventually<T>(
    what: &str,
    mut look: impl FnMut() -> Option<T>,
    state: impl Fn() -> String,
) -> T {
    let patience = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(patience.elapsed() < Duration::from_secs(30), "never: {what}\n{}", state());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Why the lab cannot be had on this machine.
fn missing() -> Option<String> {
    for name in ["dovecot", "postfix", "openssl"] {
        if program(name).is_none() {
            return Some(format!("{name} is not installed"));
        }
    }
    (!user::is_root()).then(|| "Postfix is started by root alone".to_owned())
}

/// Past the test harness, which keeps what a passing test prints to itself.
fn skip(why: &str) {
    let required = std::env::var_os("DESKBELL_LAB").is_some_and(|v| v == "required");
    assert!(!required, "DESKBELL_LAB is \"required\", and {why}");
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    let _ = writeln!(std::io::stderr(), "SKIPPED {test}: {why}");
}

fn program(name: &str) -> Option<PathBuf> {
    let places = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"];
    places.iter().map(|place| Path::new(place).join(name)).find(|path| path.is_file())
}

/// A port that nobody listens on, outside of those that the system gives to outgoing connections.
fn free_port() -> u16 {
    let mut random = rand::rng();
    loop {
        let port = random.random_range(10_240..32_000);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Other users work below this folder.
fn open_to_all(path: &Path) {
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(path, open).unwrap();
}
