//! `deskbell serve`: stays until a signal, and does meanwhile what a worker does.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};

use crate::support::program::Program;
use crate::support::served::{Served, within};
use crate::support::sink::Sink;

/// A ticket of Ada's, submitted by the real clock.
fn adas_now(p: &Program) {
    let new = ["new", "customer", "Refund", "--contact", "ada@lumen.example"];
    assert!(p.bare().arg("--desk").arg(p.desk()).args(new).status().unwrap().success());
}

#[test]
fn it_sends_what_is_due_until_a_signal_says_stop() {
    for signal in ["TERM", "INT", "HUP"] {
        let p = Program::new();
        p.configure("[mail]\ngrace_seconds = 0\n");
        adas_now(&p);
        let mut served = Served::start(&p, &[]);
        within("the confirmation", || p.mails().len() == 1);
        assert!(served.is_running());
        served.signal(signal);
        let ran = served.ends().done();
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", "Serving until stopped.\n"));
    }
}

#[test]
fn a_desk_that_cannot_be_opened_is_one_sentence() {
    let p = Program::new();
    std::fs::create_dir_all(p.desk().parent().unwrap()).unwrap();
    std::fs::write(p.desk(), "This is no database at all, but a text of some length.").unwrap();
    let ran = Served::spawn(&p, &[]).ends();
    assert!(
        ran.sentence(1)
            .ends_with("is no database. Name a desk with --desk, or move this file away.")
    );
}

/// Says these lines to the LMTP listener and gives all that it answered.
fn lmtp(address: &str, lines: &[&str]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all((lines.join("\r\n") + "\r\n").as_bytes()).unwrap();
    std::io::read_to_string(stream).unwrap()
}

#[test]
fn a_mail_that_comes_by_lmtp_is_a_ticket_at_once() {
    let p = Program::new();
    p.configure("[mail]\naddress = \"help@northwind.example\"\n");
    let mut served = Served::spawn(&p, &["--lmtp", "127.0.0.1:0"]);
    let address = served.says("Taking mail by LMTP at ");
    served.says("Serving");
    let said = lmtp(
        &address,
        &[
            "LHLO mx",
            "MAIL FROM:<ada@lumen.example>",
            "RCPT TO:<help@northwind.example>",
            "DATA",
            "From: Ada Park <ada@lumen.example>",
            "Subject: Refund not received",
            "",
            "Where is it?",
            ".",
            "QUIT",
        ],
    );
    assert!(said.contains("\r\n250 2.0.0 Kept as mail 1\r\n"), "{said}");
    let shown = || p.bare().arg("--desk").arg(p.desk()).args(["show", "1"]).output().unwrap();
    within("the ticket", || String::from_utf8_lossy(&shown().stdout).contains("Where is it?"));
    served.signal("TERM");
    served.ends().done();
    assert!(TcpStream::connect(&address).is_err());
}

#[test]
fn a_door_that_cannot_be_opened_is_one_sentence_and_nothing_runs() {
    let p = Program::new();
    p.adas("Refund");
    let ran = Served::spawn(&p, &["--lmtp", "127.0.0.1:0"]).ends();
    assert!(ran.sentence(1).starts_with("mail.address is not set, so the desk has no address"));
    p.configure("[mail]\naddress = \"help@northwind.example\"\n");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap();
    let ran = Served::spawn(&p, &["--lmtp", &taken.to_string()]).ends();
    let sentence = format!("LMTP cannot listen at {taken} (--lmtp): Address already in use");
    assert!(ran.sentence(1).starts_with(&sentence), "{ran:#?}");
    drop(listener);
    let ran = Served::spawn(&p, &["--lmtp", "0.0.0.0:24"]).ends();
    assert!(ran.sentence(1).starts_with("LMTP knows no passwords"), "{ran:#?}");
    assert_eq!(p.mails(), Vec::<String>::new());
}

/// The pipe of a mail server: it hands the next mail that the sink takes to `deskbell receive`.
fn pipe(p: &Program, sink: &Sink, change: impl Fn(String) -> String) {
    let before = sink.accepted.all().len();
    within("the test mail", || sink.accepted.all().len() > before);
    let raw = String::from_utf8(sink.accepted.all()[before].clone()).unwrap();
    let to = ["receive", "--recipient", "help@northwind.example", "--sender", ""];
    p.feed(&to, change(raw).as_bytes()).done();
}

#[test]
fn mail_test_waits_for_its_own_mail_and_opens_no_ticket_for_it() {
    let p = Program::new();
    let sink = Sink::start(std::time::Duration::ZERO);
    p.configure(&format!(
        "[mail]\nsmtp = \"smtp://{}\"\naddress = \"help@northwind.example\"\n",
        sink.address
    ));
    p.run(&["work", "--once"]).done();
    for (n, change) in [
        (1, (|raw| raw) as fn(String) -> String),
        // As a service does that gives mails a Message-ID of its own.
        (2, |raw| raw.replacen("Message-ID: <t1.", "Message-ID: <ses.", 1)),
    ] {
        let ran = std::thread::scope(|s| {
            let test = s.spawn(|| p.run(&["mail", "test"]));
            pipe(&p, &sink, change);
            test.join().unwrap().done()
        });
        let says: Vec<&str> = ran.stdout.lines().collect();
        assert!(
            says[1].starts_with("The mail to help@northwind.example was taken (250"),
            "{says:?}"
        );
        let back = format!("It came back, as mail {n}. No ticket was opened for it.");
        assert_eq!(says[2], back, "{says:?}");
    }
    assert_eq!(p.run(&["list", "--json"]).json(), serde_json::json!([]));
    let held = p.run(&["quarantine", "list", "--all"]).done().stdout;
    assert_eq!(held.matches("A test mail of this desk came back").count(), 2, "{held}");
    assert_eq!(p.run(&["quarantine", "list"]).done().stdout.trim(), "");
}
