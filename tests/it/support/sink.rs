//! An SMTP server on loopback that keeps every message it accepts. Never relays anything.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What has been accepted, in order: the whole text after `DATA`, dots unstuffed.
#[derive(Debug, Clone, Default)]
pub struct Accepted(Arc<Mutex<Vec<Vec<u8>>>>);

impl Accepted {
    pub fn all(&self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().clone()
    }
}

/// A running sink. It ends with the test's process.
pub struct Sink {
    pub address: SocketAddr,
    pub accepted: Accepted,
}

impl Sink {
    /// Accepts everything; after the final dot it waits up to `lag` before it answers, a different
    /// time for each message, so that a worker can be killed in between.
    pub fn start(lag: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let accepted = Accepted::default();
        let (kept, turn) = (accepted.clone(), Arc::new(AtomicU64::new(0)));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, turn) = (kept.clone(), Arc::clone(&turn));
                // A client that is killed ends its conversation with an error: that is the point.
                thread::spawn(move || drop(converse(&stream, &kept, &turn, lag)));
            }
        });
        Self { address, accepted }
    }
}

fn converse(
    stream: &TcpStream,
    accepted: &Accepted,
    turn: &AtomicU64,
    lag: Duration,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let say = |line: &str| (&*stream).write_all(format!("{line}\r\n").as_bytes());
    say("220 sink ESMTP")?;
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let verb = String::from_utf8_lossy(&line).trim_end().to_uppercase();
        match verb.split([' ', ':']).next().unwrap_or("") {
            "EHLO" | "HELO" => say("250-sink\r\n250 8BITMIME")?,
            "MAIL" | "RCPT" | "RSET" | "NOOP" => say("250 2.0.0 ok")?,
            "DATA" => {
                say("354 go on")?;
                let Some(message) = data(&mut reader)? else { return Ok(()) };
                accepted.0.lock().unwrap().push(message);
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
