//! Threats 16, 17 and 33: a mail server that misbehaves in seven ways. Each ends as the failure table
//! says, no row is harmed that is not to blame, all leaves once the server is well again, and nothing
//! that is written about it holds a secret.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use deskbell::domain::{Category, Channel, Delivery, Status, TicketId, Time};
use deskbell::mail::{Secret, Smtp, SmtpSettings, Timeouts, Transport};
use deskbell::worker::{Turn, Worker};

use crate::support::bench::{Bench, minutes};
use crate::support::program::Program;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Mode {
    Well,
    SilentAfterAccept,
    SilentAfterDot,
    ClosesAfterDot,
    Floods,
    PutsOff,
    Refuses,
    WrongPassword,
}

/// A server whose mode can be changed; it keeps what it was handed up to the final dot.
struct Tarpit {
    port: u16,
    mode: Arc<Mutex<Mode>>,
    handed: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Tarpit {
    fn start(mode: Mode) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let pit = Self { port, mode: Arc::new(Mutex::new(mode)), handed: Arc::default() };
        let (mode, handed) = (Arc::clone(&pit.mode), Arc::clone(&pit.handed));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (mode, handed) = (Arc::clone(&mode), Arc::clone(&handed));
                // A client that has had enough hangs up: that is the point.
                thread::spawn(move || drop(talk(&stream, &mode, &handed)));
            }
        });
        pit
    }

    fn transport(&self) -> Transport {
        let url = format!("smtp://me@127.0.0.1:{}", self.port);
        let password = Some(Secret::new("secret".into()));
        let mut settings = SmtpSettings::parse(&url, password, None).unwrap();
        let short = Duration::from_millis(300);
        settings.timeouts = Timeouts { command: short, answer: short, ..Timeouts::default() };
        Transport::Smtp(Box::new(Smtp::new(settings)))
    }
}

fn talk(
    stream: &TcpStream,
    mode: &Mutex<Mode>,
    handed: &Mutex<Vec<Vec<u8>>>,
) -> std::io::Result<()> {
    let mode = *mode.lock().unwrap();
    let mut reader = BufReader::new(stream);
    let say = |line: &str| (&*stream).write_all(format!("{line}\r\n").as_bytes());
    let silent = |reader: &mut BufReader<&TcpStream>| -> std::io::Result<()> {
        while reader.read_until(b'\n', &mut Vec::new())? > 0 {}
        Ok(())
    };
    match mode {
        Mode::SilentAfterAccept => return silent(&mut reader),
        Mode::Floods => loop {
            (&*stream).write_all(&[b'2'; 4096])?;
        },
        _ => say("220 tarpit ESMTP")?,
    }
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        match (line.get(..4).unwrap_or(""), mode) {
            ("EHLO", _) => say("250-tarpit\r\n250 AUTH PLAIN")?,
            ("AUTH", Mode::WrongPassword) => say("535 5.7.8 Authentication failed")?,
            ("AUTH", _) => say("235 Welcome")?,
            ("RCPT", Mode::PutsOff) => say("451 4.7.1 Greylisted, try again later")?,
            ("RCPT", Mode::Refuses) => say("550 5.1.1 Nobody of that name")?,
            ("QUIT", _) => return say("221 Bye"),
            ("DATA", _) => {
                say("354 Go ahead")?;
                let mut message = Vec::new();
                while !message.ends_with(b"\r\n.\r\n") {
                    if reader.read_until(b'\n', &mut message)? == 0 {
                        return Ok(());
                    }
                }
                handed.lock().unwrap().push(message);
                match mode {
                    Mode::SilentAfterDot => return silent(&mut reader),
                    Mode::ClosesAfterDot => return Ok(()),
                    _ => say("250 Ok")?,
                }
            }
            _ => say("250 Ok")?,
        }
    }
}

fn email(bench: &Bench, id: TicketId) -> Delivery {
    bench.ledger(id).into_iter().find(|d| d.channel == Channel::Email).unwrap()
}

/// What the table says of a mode: status, the head of the words, whether the queue pauses.
fn expected(mode: Mode) -> (Status, &'static str, bool) {
    match mode {
        Mode::Well => (Status::Sent, "", false),
        Mode::SilentAfterAccept => (Status::Retrying, "no answer: no answer within", true),
        Mode::Floods => (Status::Retrying, "turned away: the server's answer has no end", true),
        Mode::WrongPassword => (Status::Retrying, "password refused: 535 5.7.8", true),
        Mode::SilentAfterDot => (Status::Retrying, "after the message: no answer within", false),
        Mode::ClosesAfterDot => (Status::Retrying, "after the message: ", false),
        Mode::PutsOff => (Status::Retrying, "recipient: 451 4.7.1", false),
        Mode::Refuses => (Status::Failed, "recipient: 550 5.1.1", false),
    }
}

fn turn(worker: &mut Worker, now: Time) -> Turn {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(worker.turn(now)).unwrap()
}

#[test]
fn each_of_seven_tarpits_ends_as_the_failure_table_says() {
    for mode in [
        Mode::SilentAfterAccept,
        Mode::SilentAfterDot,
        Mode::ClosesAfterDot,
        Mode::Floods,
        Mode::PutsOff,
        Mode::Refuses,
        Mode::WrongPassword,
    ] {
        let bench = Bench::new();
        let pit = Tarpit::start(mode);
        let mut worker = Worker::new(bench.desk.clone(), pit.transport()).unwrap();
        let ids = [bench.ada(), bench.bob()]
            .map(|who| bench.mara().submits(Category::Customer, "Refund", Some(&who), true));
        let start = bench.now() + minutes(1);
        let (status, words, pauses) = expected(mode);

        let done = turn(&mut worker, start);
        assert_eq!(done.paused, pauses, "{mode:?}: {done:?}");
        let rows = ids.map(|id| email(&bench, id));
        let tried: Vec<&Delivery> = rows.iter().filter(|d| d.status != Status::Due).collect();
        // A pause spares whoever comes after; anything else is one mail's own trouble.
        assert_eq!(tried.len(), if pauses { 1 } else { 2 }, "{mode:?}");
        for row in &tried {
            assert_eq!(row.attempts, u32::from(!pauses), "{mode:?}: what hits all counts for none");
            assert_eq!(row.status, status, "{mode:?}: {row:?}");
            let said = row.last_error.as_deref().unwrap();
            assert!(said.starts_with(words), "{mode:?}: {said}");
            let after_dot = matches!(mode, Mode::SilentAfterDot | Mode::ClosesAfterDot);
            assert_eq!(row.lost_answers, u32::from(after_dot), "{mode:?}");
            if mode == Mode::PutsOff {
                assert!(row.due_at.unwrap() >= start + minutes(5), "{:?}", row.due_at);
            }
        }
        assert!(rows.iter().all(|row| (row.status == Status::Failed) == (mode == Mode::Refuses)));
        let trouble = bench.desk.outlook().unwrap().trouble;
        assert_eq!(trouble.is_some_and(|t| t.starts_with(words)), pauses, "{mode:?}");

        // The server is well again: everything leaves that was not refused for good.
        *pit.mode.lock().unwrap() = Mode::Well;
        turn(&mut worker, start + minutes(7));
        let kept = if mode == Mode::Refuses { Status::Failed } else { Status::Sent };
        for id in ids {
            assert_eq!(email(&bench, id).status, kept, "{mode:?}");
        }
        assert_eq!(bench.desk.outlook().unwrap().trouble, None, "{mode:?}");
        let mut handed = pit.handed.lock().unwrap().clone();
        let copies = handed.len();
        handed.sort();
        handed.dedup();
        let (mails, sent) = match mode {
            Mode::Refuses => (0, 0),
            // Past the dot: once more, and the same to the byte.
            Mode::SilentAfterDot | Mode::ClosesAfterDot => (2, 4),
            _ => (2, 2),
        };
        assert_eq!((handed.len(), copies), (mails, sent), "{mode:?}");
    }
}

/// Every file below a folder but these.
fn files(folder: &std::path::Path, but: &[&std::path::Path], found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, but, found);
        } else if !but.contains(&path.as_path()) {
            found.push(path);
        }
    }
}

#[test]
fn t33_no_secret_is_in_anything_the_program_writes() {
    use std::os::unix::fs::PermissionsExt as _;

    let secret = "Xyzzy-plugh-33";
    let mut p = Program::new();
    let password = p.home().join("password");
    std::fs::write(&password, secret).unwrap();
    std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o600)).unwrap();
    let key = deskbell::mail::key_file::key_path(&p.desk());
    let mut said = Vec::new();
    for (hour, mode) in
        [Mode::WrongPassword, Mode::Floods, Mode::ClosesAfterDot, Mode::Refuses, Mode::Well]
            .into_iter()
            .enumerate()
    {
        let pit = Tarpit::start(mode);
        p.configure(&format!(
            "[mail]\nsmtp = \"smtp://me@127.0.0.1:{}\"\naddress = \"help@northwind.example\"\n\
             password_file = \"{}\"\n",
            pit.port,
            password.display()
        ));
        let id = p.adas("Refund");
        p.at(&format!("{:02}:00:00", 15 + hour));
        for args in [
            &["work", "--once"][..],
            &["mail", "test", "ada@lumen.example"],
            &["doctor"],
            &["why", &id],
            &["show", &id, "--json"],
            &["settings", "messenger"],
        ] {
            let out = p.command(args).env("DESKBELL_LOG", "trace").output().unwrap();
            said.push([out.stdout, out.stderr].concat());
        }
    }
    // A configuration that is wrong is told without what stands in it.
    p.configure(&format!("[mail]\nsmtp = \"smtp://me:{secret}@127.0.0.1\"\n"));
    said.push(p.command(&["work", "--once"]).output().unwrap().stderr);
    let config = p.home().join(".config/deskbell/config.toml");
    let mut written = Vec::new();
    files(p.home(), &[&password, &key, &config], &mut written);
    assert!(written.iter().any(|f| f.ends_with("deskbell.log")), "{written:?}");
    said.extend(written.iter().map(|f| std::fs::read(f).unwrap()));

    let hex = std::fs::read_to_string(&key).unwrap();
    let bytes: Vec<u8> =
        (0..32).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect();
    // As it is, and as AUTH PLAIN, LOGIN and the key's file write it.
    let secrets: [&[u8]; 5] = [
        secret.as_bytes(),
        b"AG1lAFh5enp5LXBsdWdoLTMz",
        b"WHl6enktcGx1Z2gtMzM=",
        hex.trim().as_bytes(),
        &bytes,
    ];
    for words in &said {
        for secret in secrets {
            let there = words.windows(secret.len()).any(|w| w == secret);
            assert!(!there, "{}", String::from_utf8_lossy(words));
        }
    }
    let trouble = said.iter().any(|w| String::from_utf8_lossy(w).contains("password refused"));
    assert!(trouble, "the server was asked");
}
