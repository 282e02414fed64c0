//! A desk on a workbench: a real desk in a throwaway folder, a real worker turned by hand, a clock
//! that moves only when it is told to, and people who talk to one another.
//!
//! Never sleeps and never reads a clock: `bench.advance(minutes(3))` is three minutes.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::Duration;
use deskbell::desk::{Desk, Policy, TicketView};
use deskbell::domain::{Category, Channel, Delivery, Part, TicketId, Time};
use deskbell::mail::transport::Transport;
use deskbell::worker::Worker;
use mail_parser::MessageParser;
use tempfile::TempDir;

use crate::support::people::{Customer, Mate};

pub const ADA: &str = "ada@lumen.example";
pub const BOB: &str = "bob@quarry.example";

pub fn minutes(n: i64) -> Duration {
    Duration::minutes(n)
}

pub fn seconds(n: i64) -> Duration {
    Duration::seconds(n)
}

/// When every bench begins: a round moment, so that a failing test is easy to read.
pub fn morning() -> Time {
    Time::from_timestamp(1_780_300_800, 0).unwrap()
}

/// A folder in memory where the machine has one: a desk syncs every commit to its disk.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let builder = || tempfile::Builder::new().prefix("deskbell-test-").rand_bytes(8).to_owned();
    if memory.is_dir()
        && let Ok(folder) = builder().tempdir_in(memory)
    {
        return folder;
    }
    builder().tempdir().unwrap()
}

/// A mail as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub message_id: String,
    pub raw: Vec<u8>,
    /// The bench's time when it was found in the outbox.
    pub at: Time,
}

impl Mail {
    pub fn parse(raw: Vec<u8>, at: Time) -> Self {
        let mail = MessageParser::default().parse(&raw).expect("a mail that can be parsed");
        let to = mail.to().and_then(|a| a.first()).and_then(|a| a.address()).unwrap_or_default();
        Self {
            to: to.to_owned(),
            subject: mail.subject().unwrap_or_default().to_owned(),
            text: mail.body_text(0).unwrap_or_default().into_owned(),
            html: mail.body_html(0).unwrap_or_default().into_owned(),
            message_id: mail.message_id().unwrap_or_default().to_owned(),
            at,
            raw: raw.clone(),
        }
    }

    /// The header as it stands in the mail, unfolded; the first of that name.
    pub fn header(&self, name: &str) -> Option<String> {
        let mail = MessageParser::default().parse(&self.raw)?;
        let raw = mail.header_raw(name.to_owned())?;
        Some(raw.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

pub struct Bench {
    pub desk: Desk,
    worker: RefCell<Worker>,
    runtime: tokio::runtime::Runtime,
    now: Cell<Time>,
    found: RefCell<BTreeSet<PathBuf>>,
    mails: RefCell<Vec<(Mail, bool)>>,
    ids: Cell<u32>,
    folder: TempDir,
}

impl Bench {
    pub fn new() -> Self {
        Self::with(Policy::default())
    }

    pub fn with(policy: Policy) -> Self {
        let folder = folder();
        let desk = Desk::open(&folder.path().join("desk.db"), true, policy).unwrap();
        let outbox = Transport::Outbox(folder.path().join("outbox"));
        let bench = Self {
            worker: RefCell::new(Worker::new(desk.clone(), outbox).unwrap()),
            desk,
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
            now: Cell::new(morning()),
            found: RefCell::default(),
            mails: RefCell::default(),
            ids: Cell::default(),
            folder,
        };
        // The first one is the only Mara and the only Sam the desk knows.
        bench.mara().teammate();
        bench.sam().teammate();
        bench
    }

    pub fn now(&self) -> Time {
        self.now.get()
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("desk.db")
    }

    pub fn outbox(&self) -> PathBuf {
        self.folder.path().join("outbox")
    }

    /// A connection of another program, for what the database itself must refuse.
    pub fn database(&self) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.path()).unwrap();
        connection.pragma_update(None, "foreign_keys", true).unwrap();
        connection
    }

    // -- People ------------------------------------------------------------------------------

    pub fn mara(&self) -> Mate<'_> {
        Mate { bench: self, name: "Mara Holt" }
    }

    pub fn sam(&self) -> Mate<'_> {
        Mate { bench: self, name: "Sam Okafor" }
    }

    pub fn ada(&self) -> Customer<'_> {
        Customer { bench: self, name: "Ada Park", email: ADA }
    }

    pub fn bob(&self) -> Customer<'_> {
        Customer { bench: self, name: "Bob Stone", email: BOB }
    }

    // -- Tickets -----------------------------------------------------------------------------

    /// Ada's Customer ticket, submitted by Mara a minute ago: its confirmation was mailed and
    /// read, and Ada has not opened it in the Messenger.
    pub fn customer_ticket(&self, title: &str) -> TicketId {
        let id = self.mara().submits(Category::Customer, title, Some(&self.ada()), true);
        self.advance(minutes(1));
        self.mails_to(ADA);
        id
    }

    /// A Back-office ticket about Ada, not shared with her.
    pub fn back_office(&self, title: &str) -> TicketId {
        self.mara().submits(Category::BackOffice, title, Some(&self.ada()), false)
    }

    /// A Back-office ticket shared with Ada from the start, its confirmation read.
    pub fn shared_back_office(&self, title: &str) -> TicketId {
        let id = self.mara().submits(Category::BackOffice, title, Some(&self.ada()), true);
        self.advance(minutes(1));
        self.mails_to(ADA);
        id
    }

    pub fn tracker(&self, title: &str) -> TicketId {
        self.mara().submits(Category::Tracker, title, None, false)
    }

    pub fn ticket(&self, id: TicketId) -> TicketView {
        self.desk.ticket(id).unwrap().expect("the ticket is there")
    }

    /// All ledger rows of a ticket, in the order of recording.
    pub fn ledger(&self, id: TicketId) -> Vec<Delivery> {
        self.ticket(id).deliveries
    }

    /// The row of a part on a channel.
    pub fn row(&self, id: TicketId, part: &Part, channel: Channel) -> Delivery {
        self.ticket(id).delivery(part, channel).expect("three rows a part").clone()
    }

    /// The email row of the newest part whose event has this code.
    pub fn email_row(&self, id: TicketId, event: &str) -> Delivery {
        let view = self.ticket(id);
        let part = view.parts.iter().rev().find(|p| p.event.code() == event);
        self.row(id, part.expect("such a part"), Channel::Email)
    }

    // -- Time --------------------------------------------------------------------------------

    /// One turn of the worker at this moment.
    pub fn turn(&self) -> deskbell::worker::Turn {
        let turn = self.runtime.block_on(self.worker.borrow_mut().turn(self.now())).unwrap();
        self.collect();
        turn
    }

    /// Lets time pass; the worker turns whenever it must, as the real one does.
    pub fn advance(&self, by: Duration) {
        let until = self.now() + by;
        for _ in 0..10_000 {
            let wake = self.desk.next_wake().unwrap();
            let Some(wake) = wake.filter(|at| *at <= until) else {
                self.now.set(until);
                return;
            };
            self.now.set(self.now().max(wake));
            self.turn();
        }
        panic!("the worker never comes to rest");
    }

    /// Lets time pass without a worker.
    pub fn skip(&self, by: Duration) {
        self.now.set(self.now() + by);
    }

    /// A Message-ID that no mail had before, by this author's program.
    pub fn new_id(&self, email: &str) -> String {
        self.ids.set(self.ids.get() + 1);
        format!("c.{}.{}", self.ids.get(), email)
    }

    // -- Mail --------------------------------------------------------------------------------

    /// The mails to this address that were not looked at before, the first sent first.
    pub fn mails_to(&self, email: &str) -> Vec<Mail> {
        let mut mails = self.mails.borrow_mut();
        let new = mails.iter_mut().filter(|(m, read)| m.to == email && !read);
        new.map(|(m, read)| {
            *read = true;
            m.clone()
        })
        .collect()
    }

    /// Every mail that ever left.
    pub fn all_mails(&self) -> Vec<Mail> {
        self.collect();
        self.mails.borrow().iter().map(|(m, _)| m.clone()).collect()
    }

    fn collect(&self) {
        let Ok(entries) = std::fs::read_dir(self.outbox()) else { return };
        let mut paths: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
        paths.retain(|p| p.extension().is_some_and(|e| e == "eml"));
        paths.sort();
        for path in paths {
            if self.found.borrow_mut().insert(path.clone()) {
                let mail = Mail::parse(std::fs::read(&path).unwrap(), self.now());
                self.mails.borrow_mut().push((mail, false));
            }
        }
    }
}
