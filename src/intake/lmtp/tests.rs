//! Clients of every kind before the listener's desk, in virtual time.

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, DuplexStream, duplex};
use tokio::task::JoinHandle;

use super::*;
use crate::desk::Policy;
use crate::desk::receive::{Arrived, MailState};
use crate::domain::Time;
use crate::mail::inbound::RAW_BYTES;

const MAIL: &str = "From: Ada Park <ada@lumen.example>\r\nTo: help@northwind.example\r\n\
    Subject: Refund\r\nMessage-ID: <1@lumen.example>\r\n\r\nWhere is it?\r\n";

struct Bench {
    desk: Desk,
    stop: CancellationToken,
    _folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = Some(EmailAddress::new("help@northwind.example").unwrap());
        let policy = Policy { address, ..Policy::default() };
        let desk = Desk::open(&folder.path().join("desk.db"), true, policy).unwrap();
        Self { desk, stop: CancellationToken::new(), _folder: folder }
    }

    fn lmtp(&self) -> Lmtp {
        let now = Time::from_timestamp(1_780_300_800, 0).unwrap();
        Lmtp::new(self.desk.clone(), Clock::running_from(now, 1.0)).unwrap()
    }

    /// A client whose talk has begun.
    async fn client(&self) -> Client {
        let (near, far) = duplex(4096);
        let (lmtp, stop) = (self.lmtp(), self.stop.clone());
        let talk = tokio::spawn(async move { lmtp.talk(far, &stop).await });
        let mut client = Client { near, talk };
        assert_eq!(client.hears().await, "220 northwind.example LMTP deskbell\r\n");
        client
    }

    fn mails(&self) -> Vec<Arrived> {
        self.desk.all_arrived().unwrap()
    }
}

struct Client {
    near: DuplexStream,
    talk: JoinHandle<io::Result<()>>,
}

impl Client {
    async fn says(&mut self, words: &str) {
        self.near.write_all(words.as_bytes()).await.unwrap();
    }

    async fn hears(&mut self) -> String {
        let mut room = [0; 4096];
        let count = self.near.read(&mut room).await.unwrap();
        String::from_utf8(room[..count].to_vec()).unwrap()
    }

    /// Says a line and hears the answer's code, the last line's of several.
    async fn asks(&mut self, line: &str) -> String {
        self.says(&format!("{line}\r\n")).await;
        let heard = self.hears().await;
        heard.trim_end().rsplit("\r\n").next().unwrap().split(' ').next().unwrap().to_owned()
    }

    async fn begins(&mut self, recipients: &[&str]) {
        assert_eq!(self.asks("LHLO mx").await, "250");
        assert_eq!(self.asks("MAIL FROM:<ada@lumen.example>").await, "250");
        for to in recipients {
            assert_eq!(self.asks(&format!("RCPT TO:<{to}>")).await, "250");
        }
        assert_eq!(self.asks("DATA").await, "354");
    }
}

#[tokio::test(start_paused = true)]
async fn a_mail_is_on_the_disk_before_it_is_answered_and_applied_after() {
    let bench = Bench::new();
    let mut client = bench.client().await;
    client.begins(&["help@northwind.example", "help+x@northwind.example"]).await;
    client.says(&format!("{MAIL}..\r\n.\r\n")).await;
    assert_eq!(client.hears().await, "250 2.0.0 Kept as mail 1\r\n250 2.0.0 Kept as mail 2\r\n");
    assert_eq!(
        bench.desk.raw_mail(crate::desk::receive::InboundId(1)).unwrap(),
        format!("{MAIL}.\r\n").as_bytes()
    );
    assert_eq!(client.asks("QUIT").await, "221");
    client.talk.await.unwrap().unwrap();
    // M4: two arrivals, one event.
    let mails = bench.mails();
    let states: Vec<MailState> = mails.iter().map(|m| m.state).collect();
    assert_eq!(states, [MailState::Applied, MailState::Dropped]);
    assert_eq!(mails[0].envelope_sender.as_deref(), Some("ada@lumen.example"));
    assert_eq!(mails[1].envelope_recipient, "help+x@northwind.example");
    let ticket = bench.desk.ticket(mails[0].ticket.unwrap()).unwrap().unwrap();
    assert_eq!(ticket.ticket.title, "Refund");
}

#[tokio::test(start_paused = true)]
async fn everything_may_come_at_once() {
    let bench = Bench::new();
    let mut client = bench.client().await;
    let whole = format!(
        "LHLO mx\r\nMAIL FROM:<>\r\nRCPT TO:<ada@lumen.example>\r\n\
         RCPT TO:<help@northwind.example>\r\nDATA\r\n{MAIL}.\r\nQUIT\r\n"
    );
    client.says(&whole).await;
    let mut heard = String::new();
    client.near.read_to_string(&mut heard).await.unwrap();
    let codes: Vec<&str> =
        heard.lines().filter(|l| l.as_bytes()[3] == b' ').map(|l| &l[..3]).collect();
    assert_eq!(codes, ["250", "250", "550", "250", "354", "250", "221"]);
    assert_eq!(bench.mails().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_too_large_is_refused_and_nothing_of_it_kept() {
    let bench = Bench::new();
    let mut client = bench.client().await;
    client.begins(&["help@northwind.example"]).await;
    let line = format!("{}\r\n", "x".repeat(1022));
    for _ in 0..=RAW_BYTES / 1024 {
        client.says(&line).await;
    }
    client.says(".\r\n").await;
    assert!(client.hears().await.starts_with("552 5.3.4 "));
    assert_eq!(bench.mails(), []);
    assert_eq!(client.asks("NOOP").await, "250", "and it goes on");
}

#[tokio::test(start_paused = true)]
async fn a_message_that_breaks_off_leaves_nothing() {
    let bench = Bench::new();
    let mut client = bench.client().await;
    client.begins(&["help@northwind.example"]).await;
    client.says(&format!("{MAIL}\r\n.")).await;
    drop(client.near);
    assert!(client.talk.await.unwrap().is_err());
    assert_eq!(bench.mails(), []);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_dawdles_is_sent_away() {
    let bench = Bench::new();
    let mut silent = bench.client().await;
    assert!(silent.hears().await.starts_with("421 4.4.2 "), "after five minutes");
    // A byte now and then is no line.
    let mut slow = bench.client().await;
    let drip = async {
        while slow.near.write_all(b"N").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(50)).await;
        }
    };
    timeout(COMMAND * 2, drip).await.expect("it was hung up on");
    // Nor is a line now and then a message.
    let mut steady = bench.client().await;
    steady.begins(&["help@northwind.example"]).await;
    let drip = async {
        while steady.near.write_all(b"x\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(50)).await;
        }
    };
    timeout(MESSAGE * 2, drip).await.expect("it was hung up on");
    assert_eq!(bench.mails(), []);
}

#[tokio::test(start_paused = true)]
async fn lines_without_end_or_with_a_bare_lf_are_no_commands() {
    let bench = Bench::new();
    let mut client = bench.client().await;
    client.says(&"x".repeat(50_000)).await;
    client.says("\r\n").await;
    assert!(client.hears().await.starts_with("500 5.5.2 "));
    client.says("NOOP\n").await;
    assert!(client.hears().await.starts_with("500 5.5.2 "));
    assert_eq!(client.asks("NOOP").await, "250");
}

#[tokio::test(start_paused = true)]
async fn at_the_end_a_message_in_hand_is_taken_and_everyone_else_sent_away() {
    let bench = Bench::new();
    let mut idle = bench.client().await;
    let mut busy = bench.client().await;
    busy.begins(&["help@northwind.example"]).await;
    busy.says("From: a").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    bench.stop.cancel();
    assert!(idle.hears().await.starts_with("421 4.3.2 "));
    busy.says("@b.example\r\n\r\nText\r\n.\r\n").await;
    assert_eq!(busy.hears().await, "250 2.0.0 Kept as mail 1\r\n");
    assert!(busy.hears().await.starts_with("421 4.3.2 "));
}

#[tokio::test]
async fn a_socket_is_for_its_owner_and_group_and_does_not_outlive_its_listener() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lmtp");
    let address = format!("unix:{}", path.display());
    let door = Door::open(&address).await.unwrap();
    assert_eq!(door.to_string(), address);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o660);
    let names = || std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names(), 1, "nothing else is left");
    let taken = Door::open(&address).await.unwrap_err().to_string();
    assert!(taken.ends_with("another program does."), "{taken}");
    drop(door);
    assert_eq!(names(), 0);
    // What a killed program left is no hindrance; what is no socket is.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    drop(Door::open(&address).await.unwrap());
    std::fs::write(&path, "a file").unwrap();
    let there = Door::open(&address).await.unwrap_err().to_string();
    assert!(there.contains("is no socket"), "{there}");
    assert_eq!(std::fs::read(&path).unwrap(), b"a file");
}

#[tokio::test]
async fn no_door_is_opened_to_other_machines() {
    for address in ["0.0.0.0:0", "192.0.2.1:24", "[::]:0"] {
        let refused = Door::open(address).await.unwrap_err().to_string();
        assert!(refused.starts_with("LMTP knows no passwords"), "{refused}");
    }
    for address in ["", "24", "mail.example:24", "unix:lmtp", "127.0.0.1"] {
        let refused = Door::open(address).await.unwrap_err().to_string();
        assert!(refused.contains("--lmtp"), "{refused}");
    }
    let door = Door::open("localhost:0").await.unwrap();
    let taken = Door::open(&door.to_string()).await.unwrap_err().to_string();
    assert_eq!(taken, format!("LMTP cannot listen at {door} (--lmtp)"));
}

#[tokio::test]
async fn more_clients_than_seats_are_asked_to_come_back() {
    let bench = Bench::new();
    let door = Door::open("127.0.0.1:0").await.unwrap();
    let address = door.to_string();
    let run = tokio::spawn(bench.lmtp().run(door, bench.stop.clone()));
    let mut clients = Vec::new();
    for n in 0..=CLIENTS {
        let mut client = tokio::net::TcpStream::connect(&address).await.unwrap();
        let mut code = [0; 3];
        client.read_exact(&mut code).await.unwrap();
        assert_eq!(&code, if n < CLIENTS { b"220" } else { b"421" });
        clients.push(client);
    }
    bench.stop.cancel();
    run.await.unwrap().unwrap();
}
