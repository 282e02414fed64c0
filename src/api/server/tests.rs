//! Connections that are slow, by virtual time: a minute here is no time at all.

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::*;
use crate::api::Hosts;
use crate::clock::Clock;
use crate::desk::tokens::Principal;
use crate::desk::{Desk, Policy};
use crate::domain::Time;
use crate::domain::search::Filter;

/// A desk that is served, and the token of an admin.
struct Served {
    app: App,
    token: String,
    _folder: TempDir,
}

impl Served {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk::open(&folder.path().join("desk.db"), true, Policy::default()).unwrap();
        let now = Time::from_timestamp(1_780_300_800, 0).unwrap();
        let token = desk.new_token(Principal::Admin, None, now).unwrap().token;
        let app = App::new(desk, Clock::frozen(now), Hosts::new(true, &[]));
        Self { app, token, _folder: folder }
    }

    /// A connection, of which `bytes` may be on their way at once, and the talk on its other end.
    fn connect(&self, bytes: usize) -> (DuplexStream, JoinHandle<()>) {
        let (client, server) = duplex(bytes);
        let door = Arc::new(Doors::new(1)).open().unwrap();
        (client, tokio::spawn(talk(server, router(self.app.clone()), door, self.app.clone())))
    }

    /// Sends `first` at once, then `rest` letter by letter, one a second. What was answered, and the
    /// second in which the server ended it.
    async fn drip(&self, first: &str, rest: &str) -> (String, u64) {
        let begun = Instant::now();
        let (client, talk) = self.connect(64 * 1024);
        let (mut from, mut to) = tokio::io::split(client);
        let (first, rest) = (first.to_owned(), rest.to_owned());
        let sending = tokio::spawn(async move {
            to.write_all(first.as_bytes()).await.unwrap();
            let mut second = tokio::time::interval_at(begun + SECOND, SECOND);
            for letter in rest.bytes() {
                second.tick().await;
                if to.write_all(&[letter]).await.is_err() {
                    return;
                }
            }
        });
        let mut answer = Vec::new();
        from.read_to_end(&mut answer).await.unwrap();
        talk.await.unwrap();
        sending.abort();
        (String::from_utf8(answer).unwrap(), begun.elapsed().as_secs())
    }

    fn post(&self, length: usize) -> String {
        let token = &self.token;
        format!(
            "POST /contacts HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        )
    }

    fn contacts(&self) -> usize {
        self.app.desk().search_contacts(Filter::All(Vec::new()), None, 1).unwrap().total
    }
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn the_idle_one_that_waited_longest_makes_room_and_one_at_work_never_does() {
    let doors = Arc::new(Doors::new(2));
    let (first, second) = (doors.open().unwrap(), doors.open().unwrap());
    let work = Work::begin(&first.slot);
    let third = doors.open().unwrap();
    assert_eq!(Arc::strong_count(&second.slot), 1, "its place is taken");
    let other = Work::begin(&third.slot);
    assert!(doors.open().is_none(), "all are at work");
    drop(other);
    assert!(doors.open().is_some());
    drop(work);
}

#[tokio::test(start_paused = true)]
async fn a_head_has_ten_seconds_however_it_comes() {
    let served = Served::new();
    assert_eq!(served.drip("", "").await, (String::new(), 10), "it says nothing");
    assert_eq!(served.drip("GET /messenger HTTP/1.1\r\nHost: ", "").await, (String::new(), 10));
    let letters = "x".repeat(60);
    assert_eq!(served.drip("GET /messenger HTTP/1.1\r\nX: ", &letters).await, (String::new(), 10));
    // One that is whole in time is answered, and the next one has ten seconds again.
    let (answer, second) = served.drip("GET /tags HTTP/1.1\r\nHost: ", "local\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 421 "), "{answer}");
    assert_eq!(second, 9 + 10);
}

#[tokio::test(start_paused = true)]
async fn a_body_has_twenty_seconds_however_it_comes_and_leaves_nothing() {
    let served = Served::new();
    let body = r#"{"email":"ada@lumen.example"}"#;
    for rest in ["", body] {
        let (answer, second) = served.drip(&served.post(body.len()), rest).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
        assert!(answer.contains("The body took longer than 20 seconds."), "{answer}");
        assert_eq!(second, 20);
    }
    assert_eq!(served.contacts(), 0);
    // The same within its time.
    let (most, last) = body.split_at(body.len() - 15);
    let (answer, _) = served.drip(&(served.post(body.len()) + most), last).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(served.contacts(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_nobody_reads_stands_for_thirty_seconds() {
    let served = Served::new();
    let begun = Instant::now();
    let (mut client, talk) = served.connect(1024);
    let token = &served.token;
    let ask = format!(
        "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    client.write_all(ask.as_bytes()).await.unwrap();
    talk.await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 30);
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).await.unwrap();
    assert_eq!(answer.len(), 1024, "it was cut off");
}
