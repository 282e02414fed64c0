//! An SMTP server on loopback that keeps every message it accepts. Never relays anything.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A message that was accepted.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The envelope's.
    pub from: String,
    pub to: String,
    /// The whole text after `DATA`, dots unstuffed.
    pub raw: Vec<u8>,
}

/// What has been accepted, in order.
#[derive(Debug, Clone, Default)]
pub struct Accepted(Arc<Mutex<Vec<Taken>>>);

impl Accepted {
    pub fn all(&self) -> Vec<Vec<u8>> {
        self.taken().into_iter().map(|t| t.raw).collect()
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.0.lock().unwrap().clone()
    }
}

/// A running sink. It ends with the test's process.
pub struct Sink {
    pub address: SocketAddr,
    pub accepted: Accepted,
    /// Whether it is ready for those called later.
    pub is_ready: Arc<AtomicBool>,
}

impl Sink {
    /// Accepts mail to everybody but those whom [`verdict`] refuses; after the final dot it waits up
    /// to `lag` before it answers, a different time for each message, so that a worker can be killed
    /// in between.
    pub fn start(lag: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let accepted = Accepted::default();
        let (kept, turn) = (accepted.clone(), Arc::new(AtomicU64::new(0)));
        let is_ready = Arc::new(AtomicBool::new(false));
        let ready = Arc::clone(&is_ready);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, turn, ready) = (kept.clone(), Arc::clone(&turn), Arc::clone(&ready));
                // A client that is killed ends its conversation with an error: that is the point.
                thread::spawn(move || drop(converse(&stream, &kept, &turn, &ready, lag)));
            }
        });
        Self { address, accepted, is_ready }
    }
}

fn converse(
    stream: &TcpStream,
    accepted: &Accepted,
    turn: &AtomicU64,
    ready: &AtomicBool,
    lag: Duration,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let say = |line: &str| (&*stream).write_all(format!("{line}\r\n").as_bytes());
    say("220 sink ESMTP")?;
    let mut line = Vec::new();
    let (mut from, mut to) = (String::new(), Vec::new());
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let verb = String::from_utf8_lossy(&line).trim_end().to_uppercase();
        match verb.split([' ', ':']).next().unwrap_or("") {
            "EHLO" | "HELO" => say("250-sink\r\n250 8BITMIME")?,
            "MAIL" => {
                (from, to) = (address(&line), Vec::new());
                say("250 2.1.0 ok")?;
            }
            "RCPT" => {
                let address = address(&line);
                let verdict = verdict(&address, ready.load(Ordering::Relaxed));
                if verdict.starts_with('2') {
                    to.push(address);
                }
                say(verdict)?;
            }
            "RSET" | "NOOP" => say("250 2.0.0 ok")?,
            "DATA" => {
                say("354 go on")?;
                let Some(message) = data(&mut reader)? else { return Ok(()) };
                let taken = Taken { from: from.clone(), to: to.join(" "), raw: message };
                accepted.0.lock().unwrap().push(taken);
                let n = turn.fetch_add(1, Ordering::Relaxed);
                // Golden-ratio steps: every length of lag comes up, none twice in a row.
                thread::sleep(lag.mul_f64((n as f64 * 0.618_033_988_75).fract()));
                say("250 2.0.0 kept")?;
            }
            "QUIT" => return say("221 2.0.0 bye"),
            _ => say("500 5.5.1 what?")?,
        }
    }
}

/// What stands between the brackets of MAIL and RCPT.
fn address(line: &[u8]) -> String {
    let line = String::from_utf8_lossy(line);
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or("", |(address, _)| address).to_owned()
}

/// Nobody here is called unknown, and who is called later is waited for.
fn verdict(address: &str, ready: bool) -> &'static str {
    match address {
        a if a.starts_with("unknown") => "550 5.1.1 no such user here",
        a if a.starts_with("later") && !ready => "451 4.3.0 not now",
        _ => "250 2.1.5 ok",
    }
}

/// The message up to `CRLF.CRLF`; `None` when the client went away before: nothing was accepted.
fn data(reader: &mut impl BufRead) -> std::io::Result<Option<Vec<u8>>> {
    let mut message = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if line == b".\r\n" {
            return Ok(Some(message));
        }
        message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
