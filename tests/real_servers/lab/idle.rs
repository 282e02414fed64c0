//! A client that waits at a mailbox beside the desk, to know when the server gives notice.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

pub struct Idle(BufReader<TcpStream>);

impl Idle {
    fn open(port: u16, user: &str) -> (Self, String) {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut client = Self(BufReader::new(stream));
        client.says(&format!("a LOGIN {user} secret"), "a OK");
        let selected = client.says("b SELECT INBOX", "b OK");
        (client, selected)
    }

    pub fn start(port: u16, user: &str) -> Self {
        let (mut client, _) = Self::open(port, user);
        client.says("c IDLE", "+ ");
        client
    }

    /// Under which the server numbers the mails.
    pub fn validity(port: u16, user: &str) -> String {
        let (_, selected) = Self::open(port, user);
        let (_, rest) = selected.split_once("UIDVALIDITY ").unwrap();
        rest.split(']').next().unwrap().to_owned()
    }

    /// Waits for the notice.
    pub fn hears_of_mail(mut self) -> Instant {
        self.hears("EXISTS");
        Instant::now()
    }

    fn says(&mut self, line: &str, until: &str) -> String {
        self.0.get_mut().write_all(format!("{line}\r\n").as_bytes()).unwrap();
        self.hears(until)
    }

    /// All lines up to one that holds these words.
    fn hears(&mut self, words: &str) -> String {
        let mut heard = String::new();
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "gone after {heard}");
            heard += &line;
            if line.contains(words) {
                return heard;
            }
        }
    }
}
