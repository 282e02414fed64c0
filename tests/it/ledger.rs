//! L: one row per part, channel and contact, with its reason; never deleted, told as a story, and
//! honest about an answer that was lost.

use chrono::Duration;
use deskbell::desk::deliver::Parcel;
use deskbell::domain::{Channel, Delivery, Reason, Status, TicketId, TicketState};
use deskbell::mail::transport::Outcome;

use crate::support::bench::{Bench, Mail, minutes, seconds};

/// Claims the one mail of a ticket that is due, as a worker of this name.
fn claim(bench: &Bench, worker: &str, id: TicketId) -> Parcel {
    let mut parcels = bench.desk.claim(worker, id, bench.now()).unwrap().parcels;
    assert_eq!(parcels.len(), 1);
    parcels.remove(0)
}

fn lose_the_answer(bench: &Bench, id: TicketId) -> (Parcel, Status) {
    let parcel = claim(bench, "worker", id);
    bench.desk.hand_over("worker", &parcel, bench.now()).unwrap().unwrap();
    let outcome = Outcome::Ambiguous { words: "connection lost".into() };
    let status = bench.desk.record("worker", &parcel, &outcome, bench.now()).unwrap();
    (parcel, status)
}

fn find(bench: &Bench, id: TicketId, row: &Delivery) -> Delivery {
    bench.ledger(id).into_iter().find(|d| d.id == row.id).unwrap()
}

#[test]
fn l1_every_part_leaves_a_row_per_channel_also_when_nothing_is_sent() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().notes(id, "Hush.");
    bench.mara().closes(id);
    bench.ada().replies(id, "Hello?");
    let view = bench.ticket(id);
    assert_eq!(view.parts.len(), 5, "submitted, note, closed, reply, and the desk's own state");
    for part in &view.parts {
        let rows: Vec<_> = view.deliveries.iter().filter(|d| d.part_id == part.id).collect();
        assert_eq!(rows.iter().map(|d| d.channel).collect::<Vec<_>>(), Channel::ALL);
        for row in rows {
            assert_eq!(row.status == Status::Suppressed, row.reason.is_some(), "{row:?}");
            assert_eq!(row.contact_id, view.ticket.contact);
        }
    }
}

#[test]
fn l2_rows_are_unique_keep_their_message_id_and_are_never_deleted() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "It is on its way.");
    let planned = bench.email_row(id, "reply");
    let message_id = planned.message_id.clone().expect("fixed when the row is written");
    let before: Vec<_> = bench.ledger(id).iter().map(|d| d.id).collect();
    bench.mara().undoes(id);
    bench.mara().replies(id, "Now really.");
    bench.advance(Duration::days(4));
    let after = bench.ledger(id);
    assert_eq!(after.iter().take(before.len()).map(|d| d.id).collect::<Vec<_>>(), before);
    assert_eq!(find(&bench, id, &planned).message_id, Some(message_id));
    let database = bench.database();
    for (what, sql) in [
        (
            "a second row for the same part, channel and contact",
            "INSERT INTO deliveries (ticket_id, part_id, contact_id, channel, status, reason, at) \
             SELECT ticket_id, part_id, contact_id, channel, 'suppressed', 'internal', 0 FROM deliveries LIMIT 1",
        ),
        (
            "a second mail with one Message-ID",
            "UPDATE deliveries SET message_id = (SELECT MIN(message_id) FROM deliveries) \
             WHERE message_id IS NOT NULL",
        ),
    ] {
        let refused = database.execute(sql, []).unwrap_err().to_string();
        assert!(refused.contains("UNIQUE constraint failed"), "{what}: {refused}");
    }
    // Also where there is nobody to tell.
    let tracker = bench.tracker("Payments are down");
    let again = format!(
        "INSERT INTO deliveries (ticket_id, part_id, channel, status, reason, at) SELECT ticket_id, \
         part_id, channel, 'suppressed', 'internal', 0 FROM deliveries WHERE ticket_id = {}",
        tracker.0
    );
    assert!(database.execute(&again, []).is_err());
}

#[test]
fn l2_no_statement_of_the_store_deletes_a_row_of_the_ledger_or_the_history() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(source) = std::fs::read_to_string(&path) else { continue };
        for table in ["deliveries", "parts", "tickets"] {
            assert!(!source.contains(&format!("DELETE FROM {table}")), "{}", path.display());
        }
    }
}

#[test]
fn l5_an_answer_lost_once_is_tried_once_more_with_the_same_bytes() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "It is on its way.");
    bench.skip(minutes(3));
    let (first, status) = lose_the_answer(&bench, id);
    assert_eq!(status, Status::Retrying);
    let row = bench.email_row(id, "reply");
    assert_eq!((row.attempts, row.lost_answers), (1, 1));
    // What happens meanwhile changes nothing of a mail that may have arrived.
    bench.mara().sets(id, TicketState::InProgress);
    bench.mara().renames(id, "Refund for order 4711");
    bench.advance(minutes(2));
    let mails = bench.ada().mails();
    let again: Vec<&Mail> = mails.iter().filter(|m| m.message_id == first.message_id).collect();
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].raw, first.raw, "the same bytes, so that a reader can tell the copy");
    assert_eq!(bench.email_row(id, "reply").status, Status::Sent);
    bench.advance(Duration::days(4));
    assert!(bench.ada().mails().is_empty(), "never a third time");
}

#[test]
fn l5_an_answer_lost_twice_rests_as_unknown_until_a_teammate_resends_it() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "Words one.");
    bench.skip(minutes(1));
    bench.mara().replies(id, "Words two.");
    bench.skip(minutes(3));
    let (first, _) = lose_the_answer(&bench, id);
    let said = bench.mara().tries_to_undo(id).unwrap_err().to_string();
    assert_eq!(said, "Ada may have been emailed about this.");
    bench.skip(minutes(2));
    let (second, status) = lose_the_answer(&bench, id);
    assert_eq!((&second.raw, &second.message_id), (&first.raw, &first.message_id));
    assert_eq!(status, Status::Unknown);
    let row = bench.email_row(id, "reply");
    assert_eq!((row.attempts, row.lost_answers), (2, 2));
    bench.advance(Duration::days(4));
    assert!(bench.ada().mails().is_empty(), "it rests");
    let said = bench.mara().tries_to_undo(id).unwrap_err().to_string();
    assert_eq!(said, "Ada may have been emailed about this.");

    assert_eq!(bench.desk.resend_ticket(id, bench.now()).unwrap(), 1);
    bench.advance(seconds(1));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].message_id, first.message_id);
    let (one, two) = (mails[0].text.find("Words one."), mails[0].text.find("Words two."));
    let quoted = mails[0].text.find("wrote,").unwrap_or(usize::MAX);
    assert!(
        one.is_some_and(|at| at < quoted) && two.is_some(),
        "the burst whole: {}",
        mails[0].text
    );
    assert_eq!(bench.email_row(id, "reply").status, Status::Sent);
    assert_eq!(bench.desk.resend_ticket(id, bench.now()).unwrap(), 0);
}

#[test]
fn l5_an_unknown_mail_can_be_dropped_for_good() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "It is on its way.");
    bench.skip(minutes(3));
    lose_the_answer(&bench, id);
    bench.skip(minutes(2));
    lose_the_answer(&bench, id);
    let row = bench.email_row(id, "reply");
    assert!(bench.desk.drop_unknown(row.id).unwrap());
    assert!(!bench.desk.drop_unknown(row.id).unwrap());
    bench.advance(Duration::days(4));
    assert_eq!(bench.email_row(id, "reply").status, Status::Failed);
    assert!(bench.ada().mails().is_empty());
}

#[test]
fn l5_a_burst_that_failed_can_be_resent_whole_or_in_part() {
    for whole in [true, false] {
        let bench = Bench::new();
        let id = bench.customer_ticket("Refund not received");
        bench.mara().replies(id, "Words one.");
        let rider = bench.email_row(id, "reply");
        bench.skip(minutes(1));
        bench.mara().replies(id, "Words two.");
        bench.skip(minutes(3));
        let parcel = claim(&bench, "worker", id);
        let refused = Outcome::Permanent { words: "550 no such user".into() };
        let status = bench.desk.record("worker", &parcel, &refused, bench.now()).unwrap();
        assert_eq!(status, Status::Failed);
        assert_eq!(find(&bench, id, &rider).status, Status::Failed, "riders share its fate");
        if whole {
            assert!(bench.desk.resend_ticket(id, bench.now()).unwrap() > 0);
        } else {
            assert!(bench.desk.resend(rider.id, bench.now()).unwrap());
        }
        bench.advance(seconds(1));
        let mails = bench.ada().mails();
        assert_eq!(mails.len(), 1);
        assert!(mails[0].text.contains("Words one."), "{}", mails[0].text);
        let pending = bench.ledger(id).into_iter().filter(|d| d.status.is_pending()).count();
        assert_eq!(pending, 0, "nothing waits for ever");
    }
}

#[test]
fn l5_what_rides_in_a_mail_on_its_way_shares_its_fate_whatever_happens_meanwhile() {
    for opens in [true, false] {
        let bench = Bench::new();
        let id = bench.shared_back_office("VPN certificate");
        bench.mara().replies(id, "Words one.");
        let rider = bench.email_row(id, "reply");
        bench.skip(minutes(1));
        bench.mara().replies(id, "Words two.");
        bench.skip(minutes(3));
        let parcel = claim(&bench, "worker", id);
        bench.desk.hand_over("worker", &parcel, bench.now()).unwrap().unwrap();
        if opens {
            bench.ada().opens(id);
        } else {
            bench.mara().unshares(id);
        }
        let sent = Outcome::Sent { words: "250 ok".into() };
        assert_eq!(bench.desk.record("worker", &parcel, &sent, bench.now()).unwrap(), Status::Sent);
        assert_eq!(find(&bench, id, &rider).reason, Some(Reason::Superseded), "it was told");
    }
}

#[test]
fn l4_the_story_is_told_from_the_ledger() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "It is on its way.");
    bench.advance(seconds(90));
    bench.ada().opens(id);
    bench.mara().sets(id, TicketState::Resolved);
    bench.advance(minutes(1));
    let why = |json: bool| {
        let home = tempfile::tempdir().unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_deskbell"));
        command.env_clear().env("HOME", home.path()).arg("--desk").arg(bench.path());
        command.args(["--at", &bench.now().to_rfc3339(), "why", &id.0.to_string()]);
        command.args(json.then_some("--json"));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let rows: serde_json::Value = serde_json::from_str(&why(true)).unwrap();
    let rows = rows.as_array().unwrap();
    let ledger = bench.ledger(id);
    assert_eq!(rows.len(), ledger.len());
    for (told, row) in rows.iter().zip(&ledger) {
        assert_eq!(told["channel"], row.channel.code());
        assert_eq!(told["status"], row.status.code());
    }
    let story = why(false);
    for words in ["Reply", "seen", "08:02:30", "08:02:40"] {
        assert!(story.contains(words), "{words} is not in {story}");
    }
}

#[test]
fn l5_mail_that_waited_long_for_a_worker_is_still_tried_for_three_days() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "It is on its way.");
    bench.skip(Duration::days(4));
    for (tries, status) in [(1, Status::Retrying), (2, Status::Retrying)] {
        let parcel = claim(&bench, "worker", id);
        let greylisted = Outcome::Temporary { words: "451 try later".into(), greylisted: false };
        let now = bench.desk.record("worker", &parcel, &greylisted, bench.now()).unwrap();
        assert_eq!((now, bench.email_row(id, "reply").attempts), (status, tries));
        bench.skip(minutes(7));
    }
    bench.skip(Duration::days(3));
    let parcel = claim(&bench, "worker", id);
    let late = Outcome::Temporary { words: "451 try later".into(), greylisted: false };
    assert_eq!(bench.desk.record("worker", &parcel, &late, bench.now()).unwrap(), Status::Failed);
}
