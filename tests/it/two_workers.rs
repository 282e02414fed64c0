//! Several workers on one desk, alive and dead: no mail is sent twice but the one whose worker was
//! lost between handing it over and recording it, and none is lost.

use std::fs::{self, File};
use std::process::{Command, Stdio};

use deskbell::desk::deliver::{Kept, Parcel};
use deskbell::desk::{Desk, Policy};
use deskbell::domain::{Channel, Delivery, Status, TicketId, TicketState};
use deskbell::mail::transport::{Outcome, Transport};
use deskbell::worker::{Turn, Worker};

use crate::support::bench::{Bench, minutes};

/// A name as workers have, of a process that is long gone.
const DEAD: &str = "4000001-deadbeef";

/// A desk with one due mail on each of `n` tickets.
fn queue(bench: &Bench, n: usize) -> Vec<TicketId> {
    let tickets: Vec<TicketId> =
        (0..n).map(|i| bench.customer_ticket(&format!("Refund {i}"))).collect();
    for id in &tickets {
        bench.mara().replies(*id, "It is on its way.");
    }
    bench.skip(minutes(3));
    tickets
}

fn reply_row(bench: &Bench, id: TicketId) -> Delivery {
    bench.email_row(id, "reply")
}

fn claim(bench: &Bench, worker: &str, id: TicketId) -> Parcel {
    bench.desk.claim(worker, id, bench.now()).unwrap().parcels.remove(0)
}

#[test]
fn l5_two_workers_in_threads_never_send_one_row_twice() {
    let bench = Bench::new();
    let tickets = queue(&bench, 24);
    let (path, outbox, now) = (bench.path(), bench.outbox(), bench.now());
    let turns: Vec<Turn> = std::thread::scope(|scope| {
        let worker = || {
            let desk = Desk::open(&path, false, Policy::default()).unwrap();
            let mut worker = Worker::new(desk, Transport::Outbox(outbox.clone())).unwrap();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(worker.turn(now)).unwrap()
        };
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert_eq!(turns.iter().map(|t| t.sent).sum::<usize>(), tickets.len(), "{turns:?}");
    assert_eq!(turns.iter().map(|t| t.failed + t.retrying).sum::<usize>(), 0, "{turns:?}");
    for id in tickets {
        let row = reply_row(&bench, id);
        assert_eq!((row.status, row.attempts), (Status::Sent, 1));
    }
}

#[test]
fn l5_two_worker_processes_never_send_one_row_twice() {
    let bench = Bench::new();
    let tickets = queue(&bench, 12);
    let home = tempfile::tempdir().unwrap();
    let at = bench.now().to_rfc3339();
    let start = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deskbell"));
        command.env_clear().env("HOME", home.path()).arg("--desk").arg(bench.path());
        command.args(["--at", &at, "--json", "work", "--once"]).stdout(Stdio::piped());
        command.spawn().unwrap()
    };
    let mut sent = 0;
    for worker in [start(), start(), start()] {
        let output = worker.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let turn: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        sent += turn["sent"].as_u64().unwrap();
    }
    assert_eq!(sent, tickets.len() as u64);
    for id in tickets {
        assert_eq!(reply_row(&bench, id).attempts, 1);
    }
}

#[test]
fn l5_a_dead_workers_mail_that_was_not_handed_over_is_taken_up_at_once_and_sent_once() {
    let bench = Bench::new();
    let id = queue(&bench, 1)[0];
    let parcel = claim(&bench, DEAD, id);
    assert!(
        bench.desk.due_tickets(bench.now(), 0).unwrap().is_empty(),
        "it is in a worker's hands"
    );
    assert_eq!(bench.turn().sent, 1);
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].message_id, parcel.message_id);
    let row = reply_row(&bench, id);
    assert_eq!((row.status, row.attempts, row.lost_answers), (Status::Sent, 2, 0));
}

#[test]
fn l5_one_that_was_handed_over_goes_once_more_with_the_same_bytes() {
    let bench = Bench::new();
    let id = queue(&bench, 1)[0];
    let parcel = claim(&bench, DEAD, id);
    bench.desk.hand_over(DEAD, &parcel, bench.now()).unwrap().unwrap();
    // Neither a later word nor a new name changes a mail that may have arrived.
    bench.desk.set_messenger_name("Another name").unwrap();
    bench.mara().sets(id, TicketState::InProgress);
    assert_eq!(bench.turn().sent, 1);
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1);
    assert_eq!((&mails[0].raw, &mails[0].message_id), (&parcel.raw, &parcel.message_id));
    let row = reply_row(&bench, id);
    assert_eq!((row.status, row.attempts, row.lost_answers), (Status::Sent, 2, 1));
}

#[test]
fn l5_lost_twice_it_rests_as_unknown_and_is_never_sent_a_third_time() {
    let bench = Bench::new();
    let id = queue(&bench, 1)[0];
    let first = claim(&bench, DEAD, id);
    bench.desk.hand_over(DEAD, &first, bench.now()).unwrap().unwrap();
    bench.desk.end_leases(DEAD).unwrap();
    let other = "4000002-deadbeef";
    let second = claim(&bench, other, id);
    assert_eq!((&second.raw, &second.message_id), (&first.raw, &first.message_id));
    bench.desk.hand_over(other, &second, bench.now()).unwrap().unwrap();
    assert_eq!(bench.turn().sent, 0);
    assert_eq!(reply_row(&bench, id).status, Status::Unknown);
    bench.advance(chrono::Duration::days(4));
    assert!(bench.ada().mails().is_empty());
    assert_eq!(reply_row(&bench, id).lost_answers, 2);
}

#[test]
fn l5_a_slow_worker_that_lives_is_left_alone_until_it_dies() {
    let bench = Bench::new();
    let id = queue(&bench, 1)[0];
    let folder = bench.path().with_file_name("desk.db.workers");
    let path = folder.join(DEAD);
    fs::create_dir_all(&folder).unwrap();
    let sign_of_life = File::create(&path).unwrap();
    sign_of_life.lock().unwrap();
    claim(&bench, DEAD, id);
    assert_eq!(bench.turn().sent, 0);
    bench.skip(minutes(15));
    assert_eq!(bench.turn().sent, 0, "its lease runs still");
    drop(sign_of_life);
    assert_eq!(bench.turn().sent, 1, "the system unlocks what the dead have locked");
    assert!(!path.exists(), "and nothing of it is left lying about");
}

#[test]
fn l5_one_that_was_thought_dead_changes_nothing_any_more() {
    let bench = Bench::new();
    let id = bench.shared_back_office("VPN certificate");
    bench.mara().replies(id, "Try the new one.");
    bench.skip(minutes(3));
    let late = claim(&bench, DEAD, id);
    bench.desk.end_leases(DEAD).unwrap();
    let parcel = claim(&bench, "a living one", id);
    bench.desk.hand_over("a living one", &parcel, bench.now()).unwrap().unwrap();
    bench.mara().unshares(id);
    let before = reply_row(&bench, id);
    assert!(bench.desk.hand_over(DEAD, &late, bench.now()).is_err());
    let sent = Outcome::Sent { words: "250 ok".into() };
    assert!(bench.desk.record(DEAD, &late, &sent, bench.now()).is_err());
    assert_eq!(reply_row(&bench, id), before);
    let status = bench.desk.record("a living one", &parcel, &sent, bench.now()).unwrap();
    assert_eq!(status, Status::Sent, "it had left before the switch was turned off");
}

#[test]
fn n2_seen_or_unshared_between_claim_and_handing_over_is_not_sent() {
    for opens in [true, false] {
        let bench = Bench::new();
        let id = bench.shared_back_office("VPN certificate");
        bench.mara().replies(id, "Try the new one.");
        bench.skip(minutes(3));
        let parcel = claim(&bench, "worker", id);
        if opens {
            bench.ada().opens(id);
        } else {
            bench.mara().unshares(id);
        }
        let kept = bench.desk.hand_over("worker", &parcel, bench.now()).unwrap();
        let Err(Kept::Unwanted(reason)) = kept else { panic!("{kept:?}") };
        let row = bench.ticket(id);
        let part = row.parts.iter().find(|p| p.event.code() == "reply").unwrap();
        let row = row.delivery(part, Channel::Email).unwrap();
        assert_eq!((row.status, row.reason), (Status::Suppressed, Some(reason)));
        bench.advance(chrono::Duration::days(1));
        assert!(bench.ada().mails().is_empty());
    }
}
