//! A mailbox read through all that can go wrong with one, in virtual time (threat 38).

mod losses;

use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::server::{Fault, Server};
use super::*;
use crate::desk::Policy;
use crate::desk::receive::{Arrived, MailState};
use crate::domain::{EmailAddress, Time};
use crate::mail::inbound::RAW_BYTES;
use crate::mail::server_url::Secret;

struct Bench {
    desk: Desk,
    clock: Clock,
    server: Server,
    folder: TempDir,
}

/// A reader that runs, and what stops it.
struct Running(CancellationToken, JoinHandle<anyhow::Result<()>>);

impl Running {
    async fn stops(self) {
        self.0.cancel();
        self.1.await.unwrap().unwrap();
    }

    /// As a kill would.
    async fn dies(self) {
        self.1.abort();
        assert!(self.1.await.unwrap_err().is_cancelled());
    }
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = Some(EmailAddress::new("help@northwind.example").unwrap());
        let policy = Policy { address, ..Policy::default() };
        let desk = Desk::open(&folder.path().join("desk.db"), true, policy).unwrap();
        let morning = Time::from_timestamp(1_780_300_800, 0).unwrap();
        let clock = Clock::running_from(morning, 1.0);
        Self { desk, clock, server: Server::new(), folder }
    }

    fn mailbox(&self, folder: Option<&str>) -> Mailbox {
        let url = "imap://me@127.0.0.1:1143";
        let password = Some(Secret::new("hunter2".into()));
        let settings = Arc::new(ImapSettings::parse(url, password, None, folder).unwrap());
        let (desk, clock) = (self.desk.clone(), self.clock.clone());
        Mailbox::dialled(desk, clock, settings, self.server.dial()).unwrap()
    }

    fn start(&self) -> Running {
        self.start_with(None)
    }

    fn start_with(&self, folder: Option<&str>) -> Running {
        let stop = CancellationToken::new();
        Running(stop.clone(), tokio::spawn(self.mailbox(folder).run(stop)))
    }

    fn mails(&self) -> Vec<Arrived> {
        self.desk.all_arrived().unwrap()
    }

    fn states(&self) -> Vec<MailState> {
        self.mails().iter().map(|m| m.state).collect()
    }

    fn says(&self) -> Option<String> {
        self.desk.outlook().unwrap().incoming_trouble
    }
}

fn mail(n: u32) -> Vec<u8> {
    format!(
        "Delivered-To: help@northwind.example\r\nFrom: Ada Park <ada@lumen.example>\r\n\
         Subject: Refund {n}\r\nMessage-ID: <{n}@lumen.example>\r\n\r\nWhere is it? {n}\r\n"
    )
    .into_bytes()
}

async fn pass(seconds: u64) {
    sleep(Duration::from_secs(seconds)).await;
}

const PROCESSED: &str = "Deskbell.Processed";

#[tokio::test(start_paused = true)]
async fn a_mail_is_kept_then_applied_then_moved_into_a_folder_that_is_made() {
    let bench = Bench::new();
    bench.server.receives(&mail(1));
    let running = bench.start();
    pass(2).await;
    assert_eq!(bench.states(), [MailState::Applied]);
    let arrived = &bench.mails()[0];
    assert_eq!(bench.desk.raw_mail(crate::desk::receive::InboundId(arrived.id)).unwrap(), mail(1));
    assert_eq!(
        (arrived.mailbox.as_str(), &arrived.envelope_sender),
        ("help@northwind.example", &None)
    );
    assert!(bench.server.state().inbox.is_empty());
    assert_eq!(bench.server.state().folders[PROCESSED], [mail(1)]);
    // IDLE says so, and it is there at once.
    bench.server.receives(&mail(2));
    pass(1).await;
    assert_eq!(bench.states(), [MailState::Applied; 2]);
    let heard = bench.server.state().heard.clone();
    assert!(!heard.iter().any(|c| c.contains("\\Seen") || c.contains("BODY[")), "{heard:?}");
    running.stops().await;
    assert_eq!(bench.desk.mailbox_holder("me@127.0.0.1:1143/INBOX").unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn threat_38_a_line_that_went_dead_in_idle_is_found_within_minutes() {
    let bench = Bench::new();
    bench.server.set(Some(Fault::DeadInIdle));
    let running = bench.start();
    pass(2).await;
    bench.server.receives(&mail(1));
    pass(60).await;
    assert_eq!(bench.states(), [], "nobody can know yet");
    pass(6 * 60).await;
    assert_eq!(bench.states(), [MailState::Applied]);
    assert_eq!(bench.server.state().calls, 2);
    running.stops().await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_closes_in_idle_is_made_again_at_once() {
    let bench = Bench::new();
    bench.server.set(Some(Fault::ClosesInIdle));
    let running = bench.start();
    pass(10).await;
    bench.server.receives(&mail(1));
    pass(2).await;
    assert_eq!(bench.states(), [MailState::Applied]);
    assert_eq!(bench.says(), None, "a line that broke once is no news");
    running.stops().await;
}

#[tokio::test(start_paused = true)]
async fn threat_38_mails_with_new_numbers_are_looked_at_again_and_are_duplicates() {
    let bench = Bench::new();
    let running = bench.start_with(Some(""));
    for n in 1..=3 {
        bench.server.receives(&mail(n));
        pass(1).await;
    }
    assert_eq!(bench.states(), [MailState::Applied; 3]);
    assert_eq!(bench.server.state().inbox.len(), 3, "an empty folder's name leaves them there");
    running.stops().await;
    bench.server.renumbers();
    bench.server.receives(&mail(4));
    let running = bench.start_with(Some(""));
    pass(5).await;
    let mut states = vec![MailState::Applied; 3];
    states.extend([MailState::Dropped; 3]);
    states.push(MailState::Applied);
    assert_eq!(bench.states(), states);
    running.stops().await;
    // The same numbers once more: nothing is fetched twice.
    let running = bench.start_with(Some(""));
    pass(5).await;
    assert_eq!(bench.states().len(), 7);
    running.stops().await;
}

#[tokio::test(start_paused = true)]
async fn the_first_look_leaves_what_is_old_where_it_is() {
    let bench = Bench::new();
    for n in 1..=3 {
        bench.server.receives_quietly(&mail(n), true);
    }
    bench.server.receives_quietly(&mail(4), false);
    let running = bench.start();
    pass(2).await;
    bench.server.receives(&mail(5));
    pass(2).await;
    let subjects: Vec<_> = bench.mails().into_iter().filter_map(|m| m.subject).collect();
    assert_eq!(subjects, ["Refund 4", "Refund 5"]);
    assert_eq!(bench.server.state().inbox.len(), 3);
    running.stops().await;
    // Nor are they taken by the next start.
    let running = bench.start();
    pass(5).await;
    assert_eq!(bench.mails().len(), 2);
    running.stops().await;
}

#[tokio::test(start_paused = true)]
async fn a_server_without_idle_is_asked_every_minute_and_one_without_move_by_copies() {
    let bench = Bench::new();
    bench.server.state().capabilities = "IMAP4rev1 LOGIN-REFERRALS UIDPLUS";
    let running = bench.start();
    pass(2).await;
    bench.server.receives(&mail(1));
    pass(61).await;
    assert_eq!(bench.states(), [MailState::Applied]);
    assert!(bench.server.state().inbox.is_empty());
    assert_eq!(bench.server.state().folders[PROCESSED].len(), 1);
    let heard = bench.server.state().heard.clone();
    for command in ["UID COPY 101 ", "UID STORE 101 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 101"] {
        assert!(heard.iter().any(|c| c.starts_with(command)), "{command} in {heard:?}");
    }
    assert!(!heard.iter().any(|c| c == "IDLE" || c.starts_with("UID MOVE") || c == "EXPUNGE"));
    running.stops().await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_offers_idle_and_refuses_it_is_asked_every_minute() {
    let bench = Bench::new();
    bench.server.set(Some(Fault::RefusesIdle));
    let running = bench.start();
    pass(60).await;
    bench.server.receives(&mail(1));
    pass(61).await;
    assert_eq!(bench.states(), [MailState::Applied]);
    let idles = bench.server.state().heard.iter().filter(|c| *c == "IDLE").count();
    assert_eq!(idles, 1, "once");
    running.stops().await;
}

#[tokio::test(start_paused = true)]
async fn threat_14_killed_between_kept_and_moved_nothing_is_doubled_and_it_is_moved_later() {
    let bench = Bench::new();
    bench.server.receives(&mail(1));
    bench.server.set(Some(Fault::ClosesAtMove));
    let running = bench.start();
    while bench.mails().is_empty() || bench.server.state().fault.is_some() {
        sleep(Duration::from_millis(10)).await;
    }
    running.dies().await;
    assert_eq!(bench.server.state().inbox.len(), 1, "it is still there");
    let running = bench.start();
    pass(2).await;
    assert_eq!(bench.states(), [MailState::Applied], "not even looked at again");
    assert_eq!(bench.server.state().folders[PROCESSED].len(), 1);
    assert!(bench.server.state().inbox.is_empty());
    running.stops().await;
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_cannot_be_moved_is_kept_once_and_stays() {
    let bench = Bench::new();
    bench.server.set(Some(Fault::RefusesMove));
    let running = bench.start();
    for n in 1..=2 {
        bench.server.receives(&mail(n));
        pass(2).await;
    }
    assert_eq!(bench.states(), [MailState::Applied; 2]);
    assert_eq!(bench.server.state().inbox.len(), 2);
    running.stops().await;
    bench.server.set(None);
    let running = bench.start();
    pass(2).await;
    assert_eq!(bench.server.state().folders[PROCESSED].len(), 2, "another day it works");
    assert_eq!(bench.states().len(), 2);
    running.stops().await;
}

#[tokio::test(start_paused = true)]
async fn a_large_mail_comes_in_pieces_and_of_one_too_large_the_header_is_kept() {
    let bench = Bench::new();
    let mut large = mail(1);
    large.resize(2_000_000, b'x');
    let mut huge = mail(2);
    huge.resize(RAW_BYTES + 1, b'x');
    bench.server.receives(&large);
    bench.server.receives(&huge);
    let running = bench.start();
    pass(5).await;
    let mails = bench.mails();
    let raw = |at: usize| {
        let id = crate::desk::receive::InboundId(mails[at].id);
        bench.desk.raw_mail(id).unwrap()
    };
    assert_eq!(raw(0), large);
    assert_eq!(usize::try_from(mails[1].size).unwrap(), huge.len());
    assert!(raw(1).ends_with(b"<2@lumen.example>\r\n\r\n"), "its header");
    assert_eq!(bench.states(), [MailState::Applied; 2]);
    running.stops().await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_password_is_said_and_not_tried_again_and_again() {
    let bench = Bench::new();
    bench.server.set(Some(Fault::WrongPassword));
    bench.server.receives(&mail(1));
    let running = bench.start();
    pass(2).await;
    let trouble = bench.says().unwrap();
    assert!(trouble.starts_with("password refused: "), "{trouble}");
    assert!(trouble.contains("Wrong name or password") && !trouble.contains("hunter2"));
    pass(3600).await;
    let calls = bench.server.state().calls;
    assert!((12..120).contains(&calls), "{calls} in an hour");
    bench.server.set(None);
    pass(301).await;
    assert_eq!(bench.says(), None);
    assert_eq!(bench.states(), [MailState::Applied]);
    running.stops().await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_away_is_called_with_growing_pauses_and_said_to_be() {
    let bench = Bench::new();
    bench.server.set(Some(Fault::Away));
    let running = bench.start();
    pass(30).await;
    assert_eq!(bench.says().as_deref(), Some("no connection: refused"));
    pass(24 * 3600).await;
    let calls = bench.server.state().calls;
    assert!((288..1500).contains(&calls), "{calls} in a day");
    // Nobody tries any more: then there is nothing to say either.
    running.stops().await;
    assert_eq!(bench.says(), None);
}

#[tokio::test(start_paused = true)]
async fn one_of_several_programs_reads_and_another_takes_over_when_it_is_gone() {
    let bench = Bench::new();
    let first = bench.start();
    pass(1).await;
    let second = bench.start();
    pass(10 * 60).await;
    assert_eq!(bench.server.state().calls, 1);
    first.dies().await;
    bench.server.receives(&mail(1));
    pass(10).await;
    assert_eq!(bench.states(), [MailState::Applied]);
    assert_eq!(bench.server.state().calls, 2);
    second.stops().await;
}

#[tokio::test(start_paused = true)]
async fn a_reader_whose_hold_has_run_out_keeps_nothing() {
    let bench = Bench::new();
    let reader = |holder: &str| Reader { mailbox: "m".into(), holder: holder.into() };
    let (old, new, now) = (reader("old"), reader("new"), bench.clock.now());
    assert!(bench.desk.hold_mailbox(&old, now).unwrap());
    assert!(!bench.desk.hold_mailbox(&new, now + HOLD / 2).unwrap());
    assert!(bench.desk.hold_mailbox(&new, now + HOLD).unwrap());
    assert!(!bench.desk.hold_mailbox(&old, now + HOLD).unwrap());
    let arrival = || Arrival { raw: mail(1), ..Arrival::default() };
    let late = bench.desk.store_fetched(&old, 5, arrival(), true, now).unwrap_err();
    assert_eq!(late.to_string(), "Another program reads this mailbox by now.");
    assert_eq!(bench.mails(), []);
    bench.desk.store_fetched(&new, 5, arrival(), true, now).unwrap();
    // A clock that was an hour ahead holds nothing for an hour.
    let ahead = now + chrono::Duration::hours(1);
    assert!(bench.desk.hold_mailbox(&reader("ahead"), ahead).unwrap());
    assert!(bench.desk.hold_mailbox(&new, now).unwrap());
}

#[tokio::test(start_paused = true)]
async fn m4_the_same_mail_by_imap_and_by_the_pipe_is_one_event() {
    let bench = Bench::new();
    let arrival = Arrival {
        mailbox: "help@northwind.example".into(),
        sender: Some("ada@lumen.example".into()),
        recipient: "help@northwind.example".into(),
        raw: mail(1),
        left_out: 0,
    };
    let id = bench.desk.store_raw(arrival, bench.clock.now()).unwrap();
    bench.desk.apply_mail(id, bench.clock.now()).unwrap();
    bench.server.receives(&mail(1));
    let running = bench.start();
    pass(2).await;
    assert_eq!(bench.states(), [MailState::Applied, MailState::Dropped]);
    running.stops().await;
    assert!(bench.folder.path().join("desk.db").exists());
}
