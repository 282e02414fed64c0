//! `deskbell serve` over HTTP, as a process: tokens of the command line, silence, nonsense.

use std::io::Write as _;

use crate::support::program::{Program, Ran};
use crate::support::served::{Served, within};

/// A ticket of Ada's, submitted by the real clock.
fn adas_now(p: &Program) {
    let new = ["new", "customer", "Refund", "--contact", "ada@lumen.example"];
    assert!(p.bare().arg("--desk").arg(p.desk()).args(new).status().unwrap().success());
}

/// One request over a connection of its own, as it stands on the wire; the whole answer.
fn ask(address: &str, request: &str) -> String {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    std::io::read_to_string(stream).unwrap()
}

#[test]
fn it_answers_over_http_with_tokens_of_the_command_line() {
    let p = Program::new();
    adas_now(&p);
    let bare = |args: &[&str]| {
        let output = p.bare().arg("--desk").arg(p.desk()).args(args).output().unwrap();
        Ran::of(args, output)
    };
    let made = bare(&["token", "new", "--teammate", "Mara Holt", "--expires", "12h"]).done();
    let token = made.stdout.trim().to_owned();
    assert!(token.starts_with("dbell_teammate_"), "{token}");
    let listed = bare(&["token", "list"]).done().stdout;
    assert!(listed.contains("teammate Mara Holt") && listed.contains("never used"), "{listed}");
    assert!(!listed.contains(&token[15..]));
    let served = Served::start(&p, &["--listen", "127.0.0.1:0"]);
    let address = served.said("HTTP on http://");
    let head = format!("GET /openapi.json HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    let with = format!("{head}Authorization: Bearer {token}\r\n\r\n");
    assert!(ask(&address, &with).starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(ask(&address, &format!("{head}\r\n")).starts_with("HTTP/1.1 401 Unauthorized\r\n"));
    for nonsense in ["GET / HTTP/9\r\n\r\n", "\x16\x03\x01\x02\x00", "GET /\x00 HTTP/1.1\r\n\r\n"] {
        let answer = ask(&address, &format!("{nonsense}\r\n\r\n"));
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
    within("the use to be noted", || !bare(&["token", "list"]).stdout.contains("never used"));
    bare(&["token", "revoke", "1"]).done();
    assert!(ask(&address, &with).starts_with("HTTP/1.1 401 "));
    assert!(bare(&["token", "list"]).done().stdout.contains("revoked"));
    bare(&["token", "revoke", "9"]).sentence(1);
    // A connection that says nothing does not keep it from stopping.
    let _idle = std::net::TcpStream::connect(&address).unwrap();
    served.signal("TERM");
    served.ends().done();
}

/// Lets this program have `wanted` files open, or as many as the machine allows it.
fn files(wanted: usize) -> usize {
    let own = std::process::id().to_string();
    let limits = || {
        let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
        let line = limits.lines().find(|l| l.starts_with("Max open files"))?.to_owned();
        let mut numbers = line.split_whitespace().filter_map(|w| w.parse::<usize>().ok());
        Some((numbers.next()?, numbers.next()?))
    };
    let Some((soft, hard)) = limits() else { return 1024 };
    if soft < wanted {
        let more = format!("--nofile={}:{hard}", wanted.min(hard));
        let raised = std::process::Command::new("prlimit").args(["--pid", &own, &more]).status();
        if !raised.is_ok_and(|status| status.success()) {
            return soft;
        }
    }
    limits().map_or(soft, |(soft, _)| soft.min(wanted))
}

/// Ten thousand that stay, and say nothing or half a sentence, push one another out and nobody else.
#[test]
fn ten_thousand_connections_keep_nobody_out() {
    let p = Program::new();
    adas_now(&p);
    let mut served = Served::start(&p, &["--listen", "127.0.0.1:0"]);
    let address = served.said("HTTP on http://");
    let request = format!("GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    // Some are left for the rest of this program.
    let most = files(10_000 + 200) - 200;
    if most < 10_000 {
        eprintln!("this machine lets {most} connections stay open, not 10000");
    }
    let mut held = Vec::new();
    for n in 0..most {
        let mut stream = std::net::TcpStream::connect(&address).unwrap();
        if n % 2 == 1 {
            // The server may have hung up already.
            let _ = stream.write_all(b"GET /messenger HTTP/1.1\r\nHost: ");
        }
        held.push(stream);
        if n % 1000 == 999 {
            assert!(ask(&address, &request).starts_with("HTTP/1.1 401 "), "after {n}");
        }
    }
    assert_eq!(held.len(), most);
    assert!(ask(&address, &request).starts_with("HTTP/1.1 401 "));
    drop(held);
    assert!(ask(&address, &request).starts_with("HTTP/1.1 401 "));
    assert!(served.is_running());
    served.signal("TERM");
    served.ends().done();
}

#[test]
fn an_address_that_is_taken_is_one_sentence() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = Served::spawn(&Program::new(), &["--listen", &address]).ends();
    assert!(ran.sentence(1).contains(&format!("Nothing can listen at {address}")));
}
