//! L5, threat 15, with real processes: a worker that is killed at any moment loses no mail, and
//! sends none twice but the one it had handed over and not recorded.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use deskbell::clock::Clock;
use deskbell::desk::settings::DemoClock;
use deskbell::desk::{Desk, Policy};
use deskbell::domain::{
    Action, Actor, Category, Channel, Contact, Delivery, DeliveryId, EmailAddress, Event,
    NewTicket, Notify, Reason, Status, TicketId, TicketState,
};
use mail_parser::MessageParser;
use rusqlite::{Connection, OpenFlags};

use crate::support::sink::Sink;

const KILLS: usize = 300;
const TICKETS: usize = 8;
/// A desk's minute is a tenth of a second, so the 3 minutes of a reply are 0.3 s.
const SPEED: f64 = 600.0;

/// A pseudo-random sequence that is the same in every run (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) % n
    }
}

fn worker(folder: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_deskbell"))
        .args(["work", "--desk"])
        .arg(folder.join("desk.db"))
        .arg("--config")
        .arg(folder.join("config.toml"))
        .env("HOME", folder)
        .env("XDG_STATE_HOME", folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// What each kill met, read from the desk between the kill and the next worker.
#[derive(Debug, Default)]
struct Kills {
    /// The worker had mail claimed, and none of it handed over.
    before_the_dot: usize,
    /// How often each row's message was handed over and its answer not recorded: the only moment
    /// in which a kill may double a mail.
    in_the_dot: BTreeMap<DeliveryId, usize>,
    /// The worker had nothing in its hands.
    idle: usize,
}

impl Kills {
    /// Reads what the worker of this process had in its hands when it died.
    fn note(&mut self, desk: &Connection, worker: u32) {
        let claimed = "SELECT id, handed_over FROM deliveries WHERE status = 'sending' \
                       AND claimed_by LIKE ?1";
        let mut rows = desk.prepare_cached(claimed).unwrap();
        let rows: Vec<(i64, bool)> = rows
            .query_map([format!("{worker}-%")], |r| Ok((r.get(0)?, r.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let handed: Vec<i64> = rows.iter().filter(|(_, h)| *h).map(|(id, _)| *id).collect();
        assert!(handed.len() <= 1, "a worker hands over one mail at a time: {handed:?}");
        match handed.first() {
            Some(id) => *self.in_the_dot.entry(DeliveryId(*id)).or_default() += 1,
            None if rows.is_empty() => self.idle += 1,
            None => self.before_the_dot += 1,
        }
    }

    fn in_the_dot(&self) -> usize {
        self.in_the_dot.values().sum()
    }
}

#[test]
fn l5_three_hundred_kills_lose_no_mail_and_double_only_what_was_handed_over() {
    let folder = tempfile::tempdir().unwrap();
    let sink = Sink::start(Duration::from_millis(20));
    let config = format!("[mail]\nsmtp = \"smtp://{}\"\ngrace_seconds = 0\n", sink.address);
    fs::write(folder.path().join("config.toml"), config).unwrap();
    let policy = Policy { grace: chrono::Duration::zero(), ..Policy::default() };
    let path = folder.path().join("desk.db");
    let desk = Desk::open(&path, true, policy).unwrap();
    let real = Clock::system().now();
    let clock = DemoClock { real, desk: real, speed: SPEED };
    desk.set_demo_clock(clock).unwrap();
    let now = move || clock.at(Clock::system().now());

    let done = Arc::new(AtomicBool::new(false));
    let (writing, until) = (desk.clone(), Arc::clone(&done));
    let writer = thread::spawn(move || write(&writing, &until, &now));

    let looking = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut random = Random(7);
    let mut kills = Kills::default();
    for _ in 0..KILLS {
        let mut child = worker(folder.path());
        thread::sleep(Duration::from_millis(15 + random.below(105)));
        child.kill().unwrap(); // SIGKILL
        child.wait().unwrap();
        kills.note(&looking, child.id());
    }
    done.store(true, Ordering::Relaxed);
    let written = writer.join().unwrap();

    send_the_rest(&desk, folder.path());
    let never = check(&desk, &sink, &written, &kills);
    // A worker killed twice between the commit and the first byte: the mail rests as unknown, in
    // sight, and a teammate sends it again.
    for id in &never {
        assert!(desk.resend(*id, now()).unwrap());
    }
    send_the_rest(&desk, folder.path());
    nothing_is_lost(&sink, &written);
    let integrity: String =
        looking.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(integrity, "ok");
}

/// A worker that nobody kills sends all that waits.
fn send_the_rest(desk: &Desk, folder: &Path) {
    let mut last = worker(folder);
    let patience = Instant::now();
    while desk.outlook().unwrap().waiting > 0 {
        assert!(patience.elapsed() < Duration::from_secs(60), "{:?}", desk.outlook());
        thread::sleep(Duration::from_millis(50));
    }
    last.kill().unwrap();
    last.wait().unwrap();
}

/// Writes replies and state changes as long as workers are being killed. Returns what was written.
fn write(
    desk: &Desk,
    done: &AtomicBool,
    now: &dyn Fn() -> deskbell::domain::Time,
) -> Vec<(TicketId, String)> {
    let mara = Actor::Teammate(desk.teammate("Mara Holt", now()).unwrap().0);
    let tickets: Vec<TicketId> = (0..TICKETS)
        .map(|n| {
            let email = EmailAddress::new(&format!("customer{n}@lumen.example")).unwrap();
            let new = NewTicket {
                files: Vec::new(),
                category: Category::Customer,
                title: format!("Ticket {n}"),
                body: String::new(),
                contact: Some(Contact::unsaved("Ada Park", Some(email))),
                shared: true,
            };
            desk.submit(&mara, &new, Notify::Tell, false, now()).unwrap().id
        })
        .collect();
    let mut random = Random(11);
    let mut written = Vec::new();
    while !done.load(Ordering::Relaxed) {
        let id = tickets[random.below(TICKETS as u64) as usize];
        if random.below(4) == 0 {
            let state = TicketState::ALL[random.below(4) as usize];
            // Refused when it is that state already: then nothing is told either.
            let _ = desk.perform(&mara, id, &Action::SetState(state), now());
        } else {
            let body = format!("reply-{}-to-{}", written.len(), id.0);
            desk.perform(&mara, id, &Action::reply(body.clone()), now()).unwrap();
            written.push((id, body));
        }
        thread::sleep(Duration::from_millis(5 + random.below(60)));
    }
    written
}

/// Holds the ledger against what arrived, clause by clause. Gives the rows whose mail never did:
/// they rest as unknown.
fn check(
    desk: &Desk,
    sink: &Sink,
    written: &[(TicketId, String)],
    kills: &Kills,
) -> Vec<DeliveryId> {
    let mut copies: HashMap<String, Vec<Vec<u8>>> = HashMap::new();
    for raw in sink.accepted.all() {
        let id = MessageParser::default().parse(&raw).unwrap().message_id().unwrap().to_owned();
        copies.entry(id).or_default().push(raw);
    }
    let mut sent = 0;
    let mut doubled = 0;
    let mut unknown = 0;
    let mut never = Vec::new();
    for n in 1..=TICKETS as i64 {
        let view = desk.ticket(TicketId(n)).unwrap().unwrap();
        let emails: Vec<&Delivery> =
            view.deliveries.iter().filter(|d| d.channel == Channel::Email).collect();
        for row in &emails {
            let Some(message_id) = &row.message_id else { continue };
            let got = copies.remove(message_id).unwrap_or_default();
            match row.status {
                Status::Sent => {
                    sent += 1;
                    assert!(!got.is_empty(), "{message_id} is recorded as sent and never arrived");
                }
                Status::Unknown => {
                    unknown += 1;
                    assert!(row.lost_answers == 2, "{row:?}");
                    if got.is_empty() {
                        never.push(row.id);
                    }
                }
                Status::Suppressed => {
                    assert_eq!(row.reason, Some(Reason::Superseded), "{row:?}");
                    assert!(got.is_empty(), "a mail that rode in another went by itself: {row:?}");
                    assert!(row.carried_by.is_some(), "{row:?}");
                }
                other => panic!("{other:?} at the end: {row:?}"),
            }
            let in_the_dot = kills.in_the_dot.get(&row.id).copied().unwrap_or(0);
            // What was not past the hand-over when its worker died never goes twice.
            assert!(
                got.len() <= 1 + in_the_dot,
                "{} copies, {in_the_dot} kills: {row:?}",
                got.len()
            );
            assert_eq!(row.lost_answers as usize, in_the_dot, "{row:?}");
            assert!(got.len() <= 2, "{message_id} went {} times", got.len());
            if let [first, second] = got.as_slice() {
                doubled += 1;
                assert_eq!(first, second, "the second copy differs");
            }
        }
        let replies = view.parts.iter().filter(|p| p.event == Event::Reply);
        assert_eq!(replies.count(), written.iter().filter(|(id, _)| id.0 == n).count());
    }
    assert!(copies.is_empty(), "mails nobody planned: {:?}", copies.keys());
    let in_the_dot = kills.in_the_dot();
    eprintln!(
        "{KILLS} kills: {in_the_dot} after a hand-over, {} before one, {} of idle workers; \
         {} replies, {sent} mails sent, {doubled} doubled, {unknown} unknown, {} of these without a copy",
        kills.before_the_dot,
        kills.idle,
        written.len(),
        never.len(),
    );
    assert!(doubled <= in_the_dot, "{doubled} doubled by {in_the_dot} kills");
    assert!(never.len() <= 1, "{} of {unknown} unknown mails never arrived", never.len());
    assert!(sent > 20, "the test hardly tested anything: {sent} mails");
    assert!(in_the_dot > 0 && kills.before_the_dot > 0, "{kills:?}");
    never
}

/// Every reply is in a mail that arrived: its own, or the one that carried it (N13).
fn nothing_is_lost(sink: &Sink, written: &[(TicketId, String)]) {
    let text = |raw: &Vec<u8>| {
        MessageParser::default().parse(raw).unwrap().body_text(0).unwrap().into_owned()
    };
    let texts: Vec<String> = sink.accepted.all().iter().map(text).collect();
    for (_, body) in written {
        let told = |t: &String| t.lines().any(|l| l == body);
        assert!(texts.iter().any(told), "{body} was lost");
    }
}
