//! Threat 14, with real processes: `deskbell receive` is killed at any moment, as a mail server's
//! pipe may be. A mail that it took is in the desk once and becomes one reply; one that it did not
//! take comes again, as mail servers do, and becomes one reply as well.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use deskbell::domain::TicketId;
use mail_parser::MessageParser;
use rusqlite::Connection;

use crate::support::post::DESK;
use crate::support::program::Program;

/// Kills that hit a running `receive`.
const KILLS: usize = 100;
/// Each has one ticket. More than five mails of one author in ten minutes would be held.
const CUSTOMERS: usize = 40;
const MAILS: usize = CUSTOMERS * 4;

fn author(n: usize) -> String {
    format!("customer{n}@lumen.example")
}

/// A desk on which each customer has been mailed; gives the reply address of each.
fn begun(p: &Program) -> Vec<String> {
    p.configure(&format!("[mail]\naddress = \"{DESK}\"\ngrace_seconds = 0\n"));
    for n in 0..CUSTOMERS {
        let (title, email) = (format!("Ticket {n}"), author(n));
        p.run(&["new", "customer", &title, "--contact", &email]).done();
    }
    p.run(&["work", "--once"]).done();
    let mut addresses = BTreeMap::new();
    for mail in p.mails() {
        let mail = MessageParser::default().parse(mail.as_bytes()).unwrap().into_owned();
        let first = |a: &mail_parser::Address<'_>| a.first().unwrap().address().unwrap().to_owned();
        addresses.insert(first(mail.to().unwrap()), first(mail.reply_to().unwrap()));
    }
    (0..CUSTOMERS).map(|n| addresses[&author(n)].clone()).collect()
}

fn mail(n: usize, to: &str) -> Vec<u8> {
    let from = author(n % CUSTOMERS);
    format!(
        "From: <{from}>\r\nTo: {to}\r\nSubject: Re\r\nMessage-ID: <{n}.{from}>\r\n\r\nanswer {n}.\r\n"
    )
    .into_bytes()
}

fn receive(p: &Program, n: usize, to: &str) -> Child {
    let args = ["receive", "--recipient", to, "--sender", &author(n % CUSTOMERS)];
    let mut command = p.command(&args);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    // It may be gone before it has read all.
    let _ = child.stdin.take().unwrap().write_all(&mail(n, to));
    child
}

#[test]
fn t14_a_hundred_kills_of_receive_lose_no_mail_and_double_no_reply() {
    let p = Program::new();
    let addresses = begun(&p);
    let address = |n: usize| addresses[n % CUSTOMERS].as_str();
    let desk = Connection::open(p.desk()).unwrap();
    let count = |sql: &str| desk.query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap();

    // How long one takes on this machine, so that the kills are spread over all of it.
    let begin = Instant::now();
    assert!(receive(&p, 0, address(0)).wait().unwrap().success());
    let whole = begin.elapsed().max(Duration::from_millis(4));

    let (mut kills, mut taken) = (0_usize, 1_i64);
    for n in 1..MAILS {
        // The mail server tries again until it is told 0.
        loop {
            let mut child = receive(&p, n, address(n));
            if kills < KILLS {
                // Golden-ratio steps: every moment comes up, none twice in a row.
                let step = (kills as f64 + taken as f64) * 0.618_033_988_75;
                thread::sleep(whole.mul_f64(step.fract() * 1.1));
                child.kill().unwrap(); // SIGKILL; nothing where it has ended by itself
            }
            let ended = child.wait().unwrap();
            if ended.success() {
                taken += 1;
                break;
            }
            assert_eq!(ended.code(), None, "it ends with 0 or is killed");
            kills += 1;
        }
    }
    let stored = count("SELECT COUNT(*) FROM inbound");
    assert!(stored >= taken, "{taken} mails were taken, {stored} are there");
    let between = count("SELECT COUNT(*) FROM inbound WHERE state = 'stored'");

    p.run(&["work", "--once"]).done();
    // Whoever was killed after the commit left a row, which is a duplicate of the one that was taken.
    let applied = count("SELECT COUNT(*) FROM inbound WHERE state = 'applied'");
    let dropped =
        count("SELECT COUNT(*) FROM inbound WHERE state = 'dropped' AND duplicate_of IS NOT NULL");
    let mails = i64::try_from(MAILS).unwrap();
    assert_eq!((applied, applied + dropped), (mails, stored), "nothing else became of any");
    let replies = |n: usize| {
        let ticket = TicketId(i64::try_from(n % CUSTOMERS).unwrap() + 1);
        let body = format!("answer {n}.");
        let sql = "SELECT COUNT(*) FROM parts WHERE ticket_id = ?1 AND body = ?2 \
                   AND kind = 'customer_reply'";
        desk.query_row(sql, (ticket.0, body), |r| r.get::<_, i64>(0)).unwrap()
    };
    for n in 0..MAILS {
        assert_eq!(replies(n), 1, "of mail {n}");
    }
    assert_eq!(count("SELECT COUNT(*) FROM parts WHERE kind = 'customer_reply'"), mails);
    let integrity: String = desk.query_row("PRAGMA integrity_check", [], |r| r.get(0)).unwrap();
    assert_eq!(integrity, "ok");
    eprintln!(
        "{kills} kills of receive ({whole:?} each), {taken} mails taken, {stored} rows, \
         {dropped} of them came again, {between} were killed between the two commits"
    );
    assert!(kills >= KILLS / 2, "the test hardly killed anything: {kills}");
}
