//! Threat 14: a disk that is full at any moment. What was acknowledged is there, what was not leaves
//! nothing behind, a ticket and its ledger stay together, and the program says a sentence.
//!
//! No file may grow beyond a limit (`ulimit -f`), and the limit is moved in small steps over all
//! that a command writes: the database and its log are refused at every place in turn.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use rusqlite::Connection;

use crate::support::post::DESK;
use crate::support::program::{Program, Ran};

/// KiB between two limits: two pages of the database.
const STEP: usize = 8;

/// Runs a command with files limited to so many KiB.
fn limited(p: &Program, kib: usize, args: &[&str], input: &[u8]) -> Ran {
    let plain = p.command(args);
    let mut command = Command::new("bash");
    command.args(["-c", &format!("ulimit -f {kib}; exec \"$0\" \"$@\"")]);
    command.arg(plain.get_program()).args(plain.get_args());
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("HOME", p.home());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input);
    Ran::of(args, child.wait_with_output().unwrap())
}

/// A desk with one ticket, as files that each attempt begins with.
fn begun() -> (Program, Vec<u8>) {
    let p = Program::new();
    p.configure(&format!("[mail]\naddress = \"{DESK}\"\ngrace_seconds = 0\n"));
    p.adas("Refund");
    let desk = std::fs::read(p.desk()).unwrap();
    (p, desk)
}

/// Puts the desk back to how it began.
fn again(p: &Program, desk: &[u8]) {
    for end in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", p.desk().display()));
    }
    let _ = std::fs::remove_dir_all(p.outbox());
    std::fs::write(p.desk(), desk).unwrap();
}

fn count(desk: &Path, sql: &str) -> i64 {
    Connection::open(desk).unwrap().query_row(sql, [], |r| r.get(0)).unwrap()
}

/// What holds whatever happened: the file is sound, and each part has its three ledger rows.
fn sound(p: &Program) {
    let desk = Connection::open(p.desk()).unwrap();
    let word: String = desk.query_row("PRAGMA integrity_check", [], |r| r.get(0)).unwrap();
    assert_eq!(word, "ok");
    let alone = "SELECT COUNT(*) FROM parts WHERE (SELECT COUNT(*) FROM deliveries d \
                 WHERE d.part_id = parts.id) <> 3";
    assert_eq!(count(&p.desk(), alone), 0, "a part without its ledger");
    let empty = "SELECT COUNT(*) FROM tickets WHERE id NOT IN (SELECT ticket_id FROM parts)";
    assert_eq!(count(&p.desk(), empty), 0, "a ticket without its first part");
}

fn one_sentence(ran: &Ran) {
    let said = ran.stderr.trim_end();
    assert!(said.starts_with("deskbell: ") && !said.contains('\n'), "{ran:#?}");
    assert!(said.contains("desk.db") && said.ends_with('.'), "{ran:#?}");
}

#[test]
fn t14_receive_on_a_full_disk_takes_a_mail_whole_or_ends_with_75() {
    let (p, desk) = begun();
    let mail = format!(
        "From: <ada@lumen.example>\r\nMessage-ID: <1@lumen.example>\r\nSubject: Long\r\n\r\n{}",
        "All work and no play.\r\n".repeat(2_000)
    );
    let args = ["receive", "--recipient", DESK, "--sender", "ada@lumen.example"];
    let (mut refused, mut taken, mut kept_only) = (0, 0, 0);
    for kib in (0..280).step_by(STEP) {
        again(&p, &desk);
        let ran = limited(&p, kib, &args, mail.as_bytes());
        let rows = count(&p.desk(), "SELECT COUNT(*) FROM inbound");
        match ran.code {
            0 => {
                taken += 1;
                kept_only +=
                    count(&p.desk(), "SELECT COUNT(*) FROM inbound WHERE state = 'stored'");
                assert_eq!(rows, 1, "taken at {kib} KiB, and not there");
            }
            75 => {
                refused += 1;
                one_sentence(&ran);
                assert_eq!(rows, 0, "refused at {kib} KiB, and kept");
            }
            _ => panic!("{kib} KiB: {ran:#?}"),
        }
        sound(&p);
        // There is room again: the mail server brings what was refused, a worker what waits.
        if ran.code == 75 {
            assert_eq!(p.feed(&args, mail.as_bytes()).code, 0);
        }
        p.run(&["work", "--once"]).done();
        let replies = "SELECT COUNT(*) FROM tickets WHERE title = 'Long'";
        assert_eq!(count(&p.desk(), replies), 1, "at {kib} KiB");
    }
    assert!(refused > 5 && taken > 5 && kept_only > 0, "{refused} {taken} {kept_only}");
}

#[test]
fn t14_a_teammate_on_a_full_disk_is_told_and_nothing_is_half_written() {
    let (p, desk) = begun();
    let body = "All work and no play. ".repeat(2_000);
    let reply = ["reply", "1", body.as_str()];
    let new = ["new", "customer", "Second", "--contact", "bob@quarry.example", "--body", &body];
    let (mut refused, mut done) = (0, 0);
    for kib in (0..280).step_by(STEP * 2) {
        for args in [&reply[..], &new[..]] {
            again(&p, &desk);
            let before = p.dump();
            let ran = limited(&p, kib, args, b"");
            match ran.code {
                0 => done += 1,
                1 => {
                    refused += 1;
                    one_sentence(&ran);
                    assert_eq!(p.dump(), before, "{kib} KiB");
                }
                _ => panic!("{kib} KiB: {ran:#?}"),
            }
            sound(&p);
        }
    }
    assert!(refused > 5 && done > 5, "{refused} {done}");
}

#[test]
fn t15_a_worker_on_a_full_disk_says_so_and_every_mail_goes_in_the_end() {
    let (p, _) = begun();
    for n in 0..4 {
        p.run(&["reply", "1", &format!("reply {n}. {}", "More of it. ".repeat(1_000))]).done();
    }
    let desk = std::fs::read(p.desk()).unwrap();
    let (mut refused, mut done) = (0, 0);
    for kib in (0..256).step_by(STEP * 2) {
        again(&p, &desk);
        let late = ["work", "--once", "--at", "2026-06-09T15:00:00Z"];
        let ran = limited(&p, kib, &late, b"");
        match ran.code {
            0 => done += 1,
            1 => {
                refused += 1;
                assert_eq!(ran.stderr.lines().count(), 1, "{ran:#?}");
            }
            _ => panic!("{kib} KiB: {ran:#?}"),
        }
        sound(&p);
        // An hour later there is room: what was not sent goes, and what went does not go again.
        p.run(&["work", "--once", "--at", "2026-06-09T20:00:00Z"]).done();
        let waiting = "SELECT COUNT(*) FROM deliveries WHERE channel = 'email' \
                       AND status NOT IN ('sent', 'suppressed')";
        assert_eq!(count(&p.desk(), waiting), 0, "{kib} KiB");
        let mails = p.mails();
        for n in 0..4 {
            assert!(mails.iter().any(|m| m.contains(&format!("reply {n}."))), "{kib} KiB: {n}");
        }
        let sent = count(
            &p.desk(),
            "SELECT COUNT(*) FROM deliveries WHERE channel = 'email' AND status = 'sent'",
        );
        assert_eq!(i64::try_from(mails.len()).unwrap(), sent, "{kib} KiB");
    }
    assert!(refused > 0 && done > 3, "{refused} {done}");
}
