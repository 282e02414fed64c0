//! L5, with real processes: a worker that is killed at any moment loses no mail, and sends none
//! twice but the one it had handed over and not recorded.

use std::collections::HashMap;
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
    Action, Actor, Category, Channel, Contact, Delivery, EmailAddress, Event, NewTicket, Notify,
    Reason, Status, TicketId, TicketState,
};
use mail_parser::MessageParser;

use crate::support::sink::Sink;

const KILLS: usize = 200;
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

#[test]
fn l5_two_hundred_kills_lose_no_mail_and_double_only_what_was_handed_over() {
    let folder = tempfile::tempdir().unwrap();
    let sink = Sink::start(Duration::from_millis(20));
    let config = format!("[mail]\nsmtp = \"smtp://{}\"\ngrace_seconds = 0\n", sink.address);
    fs::write(folder.path().join("config.toml"), config).unwrap();
    let policy = Policy { grace: chrono::Duration::zero(), ..Policy::default() };
    let desk = Desk::open(&folder.path().join("desk.db"), true, policy).unwrap();
    let real = Clock::system().now();
    let clock = DemoClock { real, desk: real, speed: SPEED };
    desk.set_demo_clock(clock).unwrap();
    let now = move || clock.at(Clock::system().now());

    let done = Arc::new(AtomicBool::new(false));
    let (writing, until) = (desk.clone(), Arc::clone(&done));
    let writer = thread::spawn(move || write(&writing, &until, &now));

    let mut random = Random(7);
    for _ in 0..KILLS {
        let mut child = worker(folder.path());
        thread::sleep(Duration::from_millis(15 + random.below(105)));
        child.kill().unwrap(); // SIGKILL
        child.wait().unwrap();
    }
    done.store(true, Ordering::Relaxed);
    let written = writer.join().unwrap();

    let mut last = worker(folder.path());
    let patience = Instant::now();
    while desk.outlook().unwrap().waiting > 0 {
        assert!(patience.elapsed() < Duration::from_secs(60), "{:?}", desk.outlook());
        thread::sleep(Duration::from_millis(50));
    }
    last.kill().unwrap();
    last.wait().unwrap();
    check(&desk, &sink, &written);
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

fn check(desk: &Desk, sink: &Sink, written: &[(TicketId, String)]) {
    let mut copies: HashMap<String, Vec<Vec<u8>>> = HashMap::new();
    for raw in sink.accepted.all() {
        let id = MessageParser::default().parse(&raw).unwrap().message_id().unwrap().to_owned();
        copies.entry(id).or_default().push(raw);
    }
    let mut sent = 0;
    let mut doubled = 0;
    let mut unknown = 0;
    let mut never = 0;
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
                    never += usize::from(got.is_empty());
                }
                Status::Suppressed => {
                    assert_eq!(row.reason, Some(Reason::Superseded), "{row:?}");
                    assert!(got.is_empty(), "a mail that rode in another went by itself: {row:?}");
                    assert!(row.carried_by.is_some(), "{row:?}");
                }
                other => panic!("{other:?} at the end: {row:?}"),
            }
            assert!(got.len() <= 2, "{message_id} went {} times", got.len());
            if let [first, second] = got.as_slice() {
                doubled += 1;
                assert_eq!(first, second, "the second copy differs");
                assert!(row.lost_answers > 0, "doubled, though nothing was lost: {row:?}");
            }
        }
        // Every reply is in a mail that went: its own, or the one that carried it (N13).
        let replies = view.parts.iter().filter(|p| p.event == Event::Reply);
        assert_eq!(replies.count(), written.iter().filter(|(id, _)| id.0 == n).count());
    }
    assert!(copies.is_empty(), "mails nobody planned: {:?}", copies.keys());
    let texts: Vec<String> = sink
        .accepted
        .all()
        .iter()
        .map(|raw| MessageParser::default().parse(raw).unwrap().body_text(0).unwrap().into_owned())
        .collect();
    // A worker killed twice between the commit and the first byte: it rests as unknown, in sight.
    assert!(never <= 1, "{never} of {unknown} unknown mails never arrived");
    if never == 0 {
        for (_, body) in written {
            assert!(
                texts.iter().any(|t| t.lines().any(|l| l.contains(body.as_str()))),
                "{body} was lost"
            );
        }
    }
    eprintln!(
        "{KILLS} kills, {} replies, {sent} mails sent, {doubled} doubled, {unknown} unknown, {never} of these without a copy",
        written.len()
    );
    assert!(sent > 20, "the test hardly tested anything: {sent} mails");
}
