//! Threats 3 to 37: what forgers, accidents and broken machines do, and what comes of it. The rows
//! of who may answer are in `mail_in.rs`; the whole table is in `threats.rs`.

use deskbell::desk::Policy;
use deskbell::desk::receive::{Arrival, Arrived, MailState};
use deskbell::domain::{EmailAddress, Status, TicketId};
use deskbell::mail::transport::Outcome;
use deskbell::mail::{Key, Smtp, SmtpSettings, Transport};
use deskbell::worker::Worker;

use crate::support::bench::{ADA, Bench, Mail, minutes};
use crate::support::post::{DESK, Post};
use crate::support::program::Program;
use crate::support::sink::Sink;

const EVE: &str = "eve@evil.example";

fn policy_of(address: &str, key: u8) -> Policy {
    Policy {
        address: Some(EmailAddress::new(address).unwrap()),
        key: Some(Key::from_bytes([key; 32]).into()),
        authserv_id: Some("mx.northwind.example".into()),
        ..Policy::default()
    }
}

fn bench() -> Bench {
    Bench::with(policy_of(DESK, 7))
}

/// Ada's ticket with a reply of Mara's that was mailed to her, and that mail.
fn mailed(bench: &Bench) -> (TicketId, Mail) {
    let id = bench.customer_ticket("Refund");
    bench.mara().replies(id, "Please try again.");
    bench.advance(minutes(3));
    (id, bench.ada().mails().pop().expect("the reply's mail"))
}

/// Our server vouches for its author.
fn vouched(post: Post) -> Post {
    post.with("Authentication-Results", "mx.northwind.example; dmarc=pass")
}

fn lands_raw(bench: &Bench, recipient: &str, raw: &[u8]) -> Arrived {
    let arrival = Arrival {
        mailbox: DESK.into(),
        recipient: recipient.into(),
        raw: raw.to_vec(),
        ..Arrival::default()
    };
    let id = bench.desk.store_raw(arrival, bench.now()).unwrap();
    bench.desk.apply_mail(id, bench.now()).unwrap()
}

#[test]
fn t03_a_message_id_with_one_letter_changed_is_nobodys_thread() {
    let bench = bench();
    let (id, mail) = mailed(&bench);
    let (local, host) = mail.message_id.split_once('@').unwrap();
    for at in 0..local.len() {
        let mut forged: Vec<u8> = local.bytes().collect();
        forged[at] ^= 1;
        let forged = format!("<{}@{host}>", String::from_utf8(forged).unwrap());
        let mut post = bench.ada().writes("Re: Your ticket #1", &format!("guess {at}"));
        post = post.with("References", &forged).with("In-Reply-To", &forged);
        assert_ne!(vouched(post).lands(&bench).ticket, Some(id), "{forged}");
    }
    // The right one, and the sender vouched for: theirs.
    let post = bench.ada().composes(&mail, "It is me").to(DESK);
    assert_eq!(vouched(post).lands(&bench).ticket, Some(id));
}

#[test]
fn t05_a_bad_address_and_an_unknown_one_get_the_same_answer() {
    let bench = bench();
    let (id, mail) = mailed(&bench);
    let good = bench.ada().composes(&mail, "").to;
    let (tag, mac) = good.split_once('@').unwrap().0.rsplit_once('.').unwrap();
    let other_mac = mac.chars().rev().collect::<String>();
    let bad = format!("{tag}.{other_mac}@northwind.example");
    let unknown = format!("help+r1.zz.zz.{mac}@northwind.example");
    let mut answers = Vec::new();
    for (n, to) in [&bad, &unknown].into_iter().enumerate() {
        let stranger = format!("stranger{n}@bank.example");
        let landed = bench.bob().writes("Hello", "Let me in").by(&stranger).to(to).lands(&bench);
        assert_ne!(landed.ticket, Some(id));
        bench.advance(minutes(1));
        let mut mails = bench.mails_to(&stranger);
        assert_eq!(mails.len(), 1);
        let number = landed.ticket.unwrap().to_string();
        let words = mails.remove(0).text.replace(&number, "#N");
        answers.push((landed.state, landed.cause, landed.sender_check, words));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(bench.ticket(id).parts.len(), 2, "nothing joined");
}

#[test]
fn t05_ten_thousand_guesses_by_mail_join_nothing_and_are_noticed() {
    let bench = bench();
    let (id, mail) = mailed(&bench);
    let good = bench.ada().composes(&mail, "").to;
    let (tag, mac) = good.split_once('@').unwrap().0.rsplit_once('.').unwrap();
    let letters = b"abcdefghijklmnopqrstuvwxyz234567";
    // As many addresses as are looked at in one mail, each the right one but for some letters.
    for n in 0..100 {
        let guesses = (0..100).map(|m| {
            let mut guess = mac.as_bytes().to_vec();
            let letter = letters.iter().position(|l| *l == guess[m % 26]).unwrap();
            guess[m % 26] = letters[(letter + 1 + n % 31) % 32];
            guess[n % 26] = letters[(letter + 7 + m) % 32];
            format!("<{tag}.{}@northwind.example>", String::from_utf8(guess).unwrap())
        });
        let to: Vec<String> = guesses.filter(|guess| !guess.contains(mac)).collect();
        assert!(to.len() > 90);
        let mut post = bench.ada().writes("Let me in", &format!("guess {n}"));
        post.to = to.join(", ");
        let landed = post.lands(&bench);
        assert_ne!(landed.ticket, Some(id));
    }
    assert_eq!(bench.ticket(id).parts.len(), 2, "nothing joined");
    let noticed = "SELECT SUM(n) FROM mail_counters WHERE kind = 'bad_token'";
    let counted = bench.database().query_row(noticed, [], |r| r.get::<_, i64>(0)).unwrap();
    assert_eq!(counted, 100);
    // The right one among a hundred wrong ones is found.
    let mut post = bench.ada().writes("It is me", "It is me");
    let wrong = good.replace(mac, &mac.chars().rev().collect::<String>());
    post.to = format!("{}, <{good}>", vec![format!("<{wrong}>"); 50].join(", "));
    assert_eq!(post.lands(&bench).ticket, Some(id));
}

#[test]
fn t06_an_address_that_was_mangled_still_finds_its_ticket() {
    let bench = bench();
    let (id, mail) = mailed(&bench);
    let good = bench.ada().composes(&mail, "").to;
    let (local, host) = good.split_once('@').unwrap();
    let mangled =
        [good.to_uppercase(), format!("\"Northwind, Support\" <{good}>"), good.replace('+', "-")];
    for (n, to) in mangled.iter().enumerate() {
        // The envelope was rewritten to the plain address; what is left is To.
        let mut post = bench.ada().writes("Re", &format!("mangled {n}"));
        post.to.clone_from(to);
        assert_eq!(post.lands(&bench).ticket, Some(id), "{to:?}");
        bench.advance(minutes(11));
    }
    // Or the envelope was, and To is lost.
    for recipient in [format!("<\"{local}\"@{host}>"), good.replace('+', "%2B")] {
        let mut post = bench.ada().writes("Re", &format!("mangled {recipient}"));
        post.recipient.clone_from(&recipient);
        assert_eq!(post.lands(&bench).ticket, Some(id), "{recipient:?}");
    }
    // A list on the way put its own address there.
    let mut post = bench.ada().writes("Re", "through a list").with("Delivered-To", &good);
    post.to = "list@lumen.example".into();
    assert_eq!(post.lands(&bench).ticket, Some(id));
}

#[test]
fn t07_a_stranger_in_cc_gains_nothing() {
    let bench = bench();
    let (id, mail) = mailed(&bench);
    for post in [
        bench.ada().composes(&mail, "Please tell Eve as well."),
        bench.ada().writes("New", "Please tell Eve as well."),
        bench.ada().composes(&mail, "No address.").to(DESK),
    ] {
        let post = post.with("Cc", EVE).with("Reply-To", EVE).with("Sender", EVE);
        assert_eq!(post.lands(&bench).state, MailState::Applied);
    }
    bench.mara().replies(id, "All is told here.");
    bench.advance(minutes(60));
    assert_eq!(bench.mails_to(EVE), []);
    assert!(bench.all_mails().iter().all(|m| m.to == ADA));
    assert!(bench.desk.contact_by_email(&EmailAddress::new(EVE).unwrap()).unwrap().is_none());
}

#[test]
fn t08_a_from_that_can_be_read_in_two_ways_is_not_the_customers() {
    let bench = bench();
    let (id, mail) = mailed(&bench);
    let before = bench.ticket(id).parts;
    let name = "=?utf-8?b?YWRhQGx1bWVuLmV4YW1wbGU=?=";
    for from in [
        format!("{ADA} <{EVE}>"),
        format!("\"{ADA}\" <{EVE}>"),
        format!("{name} <{EVE}>"),
        format!("<{ADA}>, <{EVE}>"),
        format!("<{EVE}>, <{ADA}>"),
        format!("friends: <{ADA}>, <{EVE}>;"),
        format!("<{EVE}>\r\nFrom: <{ADA}>"),
        format!("<{ADA}>\r\nFrom: <{EVE}>"),
        format!("<{ADA}>\r\nFROM: <{EVE}>"),
        "<>".to_owned(),
        String::new(),
    ] {
        let mut post = vouched(bench.ada().composes(&mail, &format!("as {from}")));
        post.from.clone_from(&from);
        let landed = post.lands(&bench);
        assert_eq!(landed.state, MailState::Held, "{from:?}: {landed:?}");
    }
    assert_eq!(bench.ticket(id).parts, before);
}

/// Carries what one desk mailed to another; `bare` is a relay that takes out what says that it
/// was a machine. Gives how many mails there were.
fn carry(from: &Bench, to: &Bench, address: &str, bare: bool) -> usize {
    let mails = from.mails_to(address);
    for mail in &mails {
        let raw = String::from_utf8(mail.raw.clone()).unwrap();
        let signs = ["Auto-Submitted:", "X-Auto-Response-Suppress:", "X-Deskbell-Loop:"];
        let kept = raw
            .split_inclusive("\r\n")
            .filter(|l| !bare || !signs.iter().any(|s| l.starts_with(s)));
        lands_raw(to, address, kept.collect::<String>().as_bytes());
    }
    mails.len()
}

#[test]
fn t11_two_desks_that_write_to_each_other_stop() {
    let addresses = ["help@one.example", "help@two.example"];
    for bare in [false, true] {
        let one = Bench::with(policy_of(addresses[0], 1));
        let two = Bench::with(policy_of(addresses[1], 2));
        // Somebody writes to the one in the name of the other.
        let mut post = one.bob().writes("Hello", "Hello").by(addresses[1]).to(addresses[0]);
        post.message_id = Some("first@two.example".into());
        assert_eq!(post.lands(&one).state, MailState::Applied);
        let mut mails = 0;
        // Two days of it, an hour a round.
        let days = 2;
        for _ in 0..24 * days {
            one.advance(minutes(60));
            two.advance(minutes(60));
            mails += carry(&one, &two, addresses[1], bare);
            mails += carry(&two, &one, addresses[0], bare);
        }
        // Where nothing is left to know a machine by, each confirms to a stranger, five times a day.
        let most = if bare { 2 * 5 * days } else { 6 };
        assert!((1..=most).contains(&mails), "{mails} mails, bare: {bare}");
    }
}

#[test]
fn t24_a_dot_in_a_text_ends_no_mail() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund");
    let sink = Sink::start(std::time::Duration::ZERO);
    let settings = SmtpSettings::parse(&format!("smtp://{}", sink.address), None, None).unwrap();
    let transport = Transport::Smtp(Box::new(Smtp::new(settings)));
    let mut worker = Worker::new(bench.desk.clone(), transport).unwrap();
    let smuggled = "MAIL FROM:<eve@evil.example>\r\nRCPT TO:<bob@quarry.example>\r\nDATA\r\n";
    let ends = ["\r\n.\r\n", "\n.\n", "\r.\r", "\n.\r\n", "\r\n.\n", "\r\n\0.\r\n", "\n..\n"];
    let body = ends.map(|end| format!("text{end}{smuggled}")).concat();
    bench.mara().replies(id, &body);
    bench.skip(minutes(3));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    assert_eq!(runtime.block_on(worker.turn(bench.now())).unwrap().sent, 1);
    let mails = sink.accepted.all();
    assert_eq!(mails.len(), 1);
    let mail = String::from_utf8(mails[0].clone()).unwrap();
    let lines: Vec<&str> = mail.split("\r\n").collect();
    // The sink has taken the second dot away again from lines that begin with one.
    assert!(lines.iter().all(|l| !l.contains(['\r', '\n', '\0'])), "{mail}");
    let text = Mail::parse(mails[0].clone(), bench.now()).text;
    assert_eq!(text.matches("MAIL FROM").count(), ends.len(), "all of it was said: {text}");
}

#[test]
fn t25_a_bomb_is_taken_in_little_time_and_memory() {
    let head = |kind: &str| {
        format!(
            "From: <{EVE}>\r\nSubject: Bomb\r\nMIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n"
        )
    };
    let mut nest = head("multipart/mixed; boundary=b0");
    for n in 0..20_000 {
        nest += &format!("--b{n}\r\nContent-Type: multipart/mixed; boundary=b{}\r\n\r\n", n + 1);
    }
    let bombs = [
        nest,
        head("multipart/mixed; boundary=b") + &"--b\r\n\r\nx\r\n".repeat(90_000),
        head("text/html") + &"<div>".repeat(100_000),
        head("text/html") + &"<blockquote>".repeat(40_000),
        "X: y\r\n".repeat(160_000) + &head("text/plain"),
        head("text/plain") + &format!("{}\r\n", "y".repeat(1_000_000)),
    ];
    let p = Program::new();
    p.configure(&format!("[mail]\naddress = \"{DESK}\"\n"));
    p.adas("Refund");
    for (n, bomb) in bombs.iter().enumerate() {
        let receive = p.command(&["receive", "--recipient", DESK, "--sender", EVE]);
        let mut command = std::process::Command::new("bash");
        // What is mapped counts, the program itself too: 512 MiB of addresses, 20 s of a processor
        // for a build that is not optimised.
        command.args(["-c", "ulimit -v 524288 -t 20; exec \"$0\" \"$@\""]);
        command.arg(receive.get_program()).args(receive.get_args());
        command.env_clear().env("HOME", p.home()).env("PATH", "/usr/bin:/bin");
        command.stdin(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        std::io::Write::write_all(&mut input, bomb.as_bytes()).unwrap();
        drop(input);
        assert!(child.wait().unwrap().success(), "bomb {n}");
        let rows = p.dump();
        let row = rows.iter().filter(|r| r.starts_with("inbound:")).nth(n).unwrap();
        assert!(!row.contains("stored") && !row.contains("poison"), "bomb {n} was not applied");
    }
}

#[test]
fn t28_whatever_its_charset_a_text_is_clean() {
    let bench = bench();
    let mut n = 0;
    let mut text = |charset: &str, bytes: &[u8]| {
        n += 1;
        let head = format!(
            "From: <{ADA}>\r\nSubject: Letters\r\nMessage-ID: <cs{n}@lumen.example>\r\n\
             MIME-Version: 1.0\r\nContent-Type: text/plain; charset={charset}\r\n\r\n"
        );
        let landed = lands_raw(&bench, DESK, &[head.as_bytes(), bytes].concat());
        assert_eq!(landed.state, MailState::Applied, "{charset}");
        bench.advance(minutes(2));
        let view = bench.ticket(landed.ticket.unwrap());
        let body = view.parts[0].body.clone().unwrap();
        let bad = |c: char| deskbell::domain::text::is_unsafe(c) && c != '\n' && c != '\t';
        assert!(!body.contains(bad), "{charset}: {body:?}");
        body
    };
    assert_eq!(text("iso-8859-1", b"Gr\xfc\xdfe"), "Grüße");
    assert_eq!(text("windows-1252", b"\x93Gr\xfc\xdfe\x94"), "“Grüße”");
    assert_eq!(text("utf-8", "Grüße\u{202e}".as_bytes()), "Grüße");
    // What was hidden in letters is what it would be if it stood there.
    assert_eq!(text("utf-7", b"+ADw-script+AD4- +ABs-[31mred"), "<script> red");
    // A label that lies, and one that is none: nothing is lost, nothing gets through.
    assert!(text("us-ascii", b"Gr\xfc\xdfe \x9b31m \x1b]0;t\x07").starts_with("Gr"));
    assert!(text("x-unknown", "Grüße".as_bytes()).starts_with("Gr"));
    assert!(text("utf-16", b"\xff\xfea\x00\x1b\x00[\x003\x001\x00m\x00b\x00").contains('a'));
}

#[test]
fn t37_of_two_workers_at_the_instant_a_lease_ends_one_sends() {
    let sent = Outcome::Sent { words: "250 ok".into() };
    let claim =
        |bench: &Bench, worker: &str, id| bench.desk.claim(worker, id, bench.now()).unwrap();
    let begun = || {
        let bench = Bench::new();
        let id = bench.customer_ticket("Refund");
        bench.mara().replies(id, "It is on its way.");
        bench.skip(minutes(3));
        let parcel = claim(&bench, "one", id).parcels.remove(0);
        bench.skip(minutes(20));
        (bench, id, parcel)
    };
    // The first is faster.
    let (bench, id, parcel) = begun();
    bench.desk.hand_over("one", &parcel, bench.now()).unwrap().unwrap();
    bench.desk.record("one", &parcel, &sent, bench.now()).unwrap();
    assert_eq!(claim(&bench, "two", id).parcels, []);
    // The second is faster: the first hands nothing over.
    let (bench, id, parcel) = begun();
    let taken = claim(&bench, "two", id).parcels.remove(0);
    assert!(bench.desk.hand_over("one", &parcel, bench.now()).is_err());
    bench.desk.hand_over("two", &taken, bench.now()).unwrap().unwrap();
    assert!(bench.desk.record("one", &parcel, &sent, bench.now()).is_err());
    bench.desk.record("two", &taken, &sent, bench.now()).unwrap();
    let row = bench.email_row(id, "reply");
    assert_eq!((row.status, row.attempts, row.lost_answers), (Status::Sent, 2, 0));
}

#[test]
fn t37_a_clock_that_jumps_loses_and_doubles_nothing() {
    for hours in [-30, -1, 1, 30] {
        let bench = Bench::new();
        let id = bench.customer_ticket("Refund");
        bench.mara().replies(id, "It is on its way.");
        bench.skip(minutes(3));
        let parcel = bench.desk.claim("one", id, bench.now()).unwrap().parcels.remove(0);
        bench.desk.hand_over("one", &parcel, bench.now()).unwrap().unwrap();
        // While the message is on its way.
        bench.skip(minutes(60 * hours));
        let put_off = Outcome::Temporary { words: "451 later".into(), greylisted: true };
        bench.desk.record("one", &parcel, &put_off, bench.now()).unwrap();
        let due = bench.email_row(id, "reply").due_at.unwrap();
        assert!(due > bench.now() && due <= bench.now() + minutes(60), "{hours}: {due}");
        // And back again, while it waits.
        bench.skip(minutes(-60 * hours));
        bench.advance(minutes(60 * 40));
        assert_eq!(bench.email_row(id, "reply").status, Status::Sent, "{hours}");
        assert_eq!(bench.ada().mails().len(), 1, "{hours}");
    }
}

#[test]
fn t17_an_outage_of_five_days_takes_nothing_from_the_days_of_a_mail() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund");
    bench.mara().replies(id, "It is on its way.");
    bench.skip(minutes(3));
    let next = |outcome: &Outcome| {
        let parcel = bench.desk.claim("one", id, bench.now()).unwrap().parcels.remove(0);
        let status = bench.desk.record("one", &parcel, outcome, bench.now()).unwrap();
        bench.skip(minutes(75));
        status
    };
    let pause = Outcome::Pause { words: "password refused: 535".into() };
    for _ in 0..5 * 24 {
        assert_eq!(next(&pause), Status::Retrying);
    }
    // The server is well again, and the recipient's has the habit of putting off.
    let put_off = Outcome::Temporary { words: "451 later".into(), greylisted: true };
    assert_eq!(next(&put_off), Status::Retrying);
    assert_eq!(next(&Outcome::Sent { words: "250 ok".into() }), Status::Sent);
}
