//! A webhook's receiver on loopback: keeps what it is told and answers as it was told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A message as it came.
#[derive(Debug, Clone)]
pub struct Told {
    pub head: String,
    pub body: Vec<u8>,
}

impl Told {
    pub fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find_map(|l| {
            let (found, value) = l.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        });
        line.unwrap_or_else(|| panic!("no {name} in {}", self.head))
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub fn topic(&self) -> String {
        self.json()["topic"].as_str().expect("a topic").to_owned()
    }
}

/// A running receiver. It ends with the test's process.
pub struct Receiver {
    pub address: SocketAddr,
    told: Arc<Mutex<Vec<Told>>>,
    answer: Arc<Mutex<String>>,
}

impl Receiver {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = Self {
            address: listener.local_addr().unwrap(),
            told: Arc::default(),
            answer: Arc::new(Mutex::new("200 OK".into())),
        };
        let (told, answer) = (Arc::clone(&receiver.told), Arc::clone(&receiver.answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (told, answer) = (Arc::clone(&told), Arc::clone(&answer));
                thread::spawn(move || {
                    let Some(message) = read(&stream) else { return };
                    told.lock().unwrap().push(message);
                    let status = answer.lock().unwrap().clone();
                    let _ = (&stream).write_all(
                        format!(
                            "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                        )
                        .as_bytes(),
                    );
                });
            }
        });
        receiver
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// What it answers from now on: a status line, and more header fields after line breaks.
    pub fn answers(&self, status: &str) {
        *self.answer.lock().unwrap() = status.to_owned();
    }

    /// All it was told so far.
    pub fn all(&self) -> Vec<Told> {
        self.told.lock().unwrap().clone()
    }

    /// The topics it was told since it was asked last.
    pub fn topics(&self) -> Vec<String> {
        self.told.lock().unwrap().drain(..).map(|t| t.topic()).collect()
    }
}

fn read(stream: &TcpStream) -> Option<Told> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = Told { head: head.clone(), body: Vec::new() };
    let mut body = vec![0; length.header("content-length").parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(Told { head, body })
}
