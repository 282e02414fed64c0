//! The desk's mailbox on a real Dovecot: how soon a mail is in its ticket, and that none is lost or
//! doubled when the server counts its mails anew or the program is killed (threats 14 and 38).

use std::fs;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::lab::desk::Way;
use crate::lab::idle::Idle;
use crate::lab::post::Post;
use crate::lab::{Lab, eventually, seconds};

const ADA: &str = "ada@lumen.example";

/// How many mails the desk has kept, and how many of them are applied.
fn kept(desk: &Connection) -> (i64, i64) {
    let sql = "SELECT COUNT(*), COUNT(*) FILTER (WHERE state = 'applied') FROM inbound";
    desk.query_row(sql, [], |r| Ok((r.get(0)?, r.get(1)?))).unwrap()
}

/// A ticket of Ada's, confirmed by mail, with the desk serving.
fn lab() -> Option<Lab> {
    let lab = Lab::start(&[("northwind.example", Way::Imap)])?;
    lab.desk().run(&["new", "customer", "Refund", "--contact", ADA]).done();
    lab.desk().serve();
    lab.pass(seconds(10));
    Some(lab)
}

#[test]
fn a_mail_is_in_its_ticket_within_a_second_of_idles_notice() {
    let Some(lab) = lab() else { return };
    // The mails stay in the inbox: one that the desk has moved away by the time that Dovecot looks
    // is noticed by nobody else.
    lab.desk().configure(&format!("{}imap_processed = \"\"\n", lab.desk().config()));
    lab.pass(seconds(0));
    let told = lab.mail_of(ADA, 1);
    let desk = Connection::open(lab.desk().path()).unwrap();
    let mut slowest = Duration::ZERO;
    for n in 1..=3 {
        // Another client that waits at the same mailbox.
        let idle = Idle::start(lab.dovecot.imap, "support");
        let before = kept(&desk).1;
        lab.send(&told.answer(&format!("Answer {n}.")));
        let noticed = idle.hears_of_mail();
        let applied = || (kept(&desk).1 > before).then(Instant::now);
        let applied = eventually("the answer", applied, || lab.state());
        slowest = slowest.max(applied.saturating_duration_since(noticed));
        assert_eq!(lab.desk().has("1", &format!("Answer {n}.")), "customer_reply");
    }
    println!("{slowest:?} from the notice to the ticket");
    // Dovecot tells its clients one after the other, so this is no exact science.
    assert!(slowest < seconds(1) + Duration::from_millis(500), "{slowest:?}");
}

#[test]
fn mails_that_are_numbered_anew_are_not_taken_twice() {
    let Some(lab) = lab() else { return };
    let desk = lab.desk();
    // They stay in the inbox, where they can be found again.
    desk.configure(&format!("{}imap_processed = \"\"\n", desk.config()));
    lab.pass(seconds(0));
    let told = lab.mail_of(ADA, 1);
    lab.send(&told.answer("It has come."));
    assert_eq!(desk.has("1", "It has come."), "customer_reply");
    desk.stop();
    let before = Idle::validity(lab.dovecot.imap, "support");
    let mut removed = 0;
    for entry in fs::read_dir(lab.dovecot.maildir("support")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("dovecot") {
            fs::remove_file(path).unwrap();
            removed += 1;
        }
    }
    assert!(removed > 1);
    // Dovecot makes the new one of the time, in seconds.
    std::thread::sleep(Duration::from_millis(1100));
    assert_ne!(Idle::validity(lab.dovecot.imap, "support"), before);
    desk.serve();
    lab.send(&told.answer("And the rest, too."));
    assert_eq!(desk.has("1", "And the rest, too."), "customer_reply");
    let parts = desk.parts("1");
    let replies: Vec<&str> =
        parts.iter().filter(|p| p.0 == "customer_reply").map(|p| p.1.as_str()).collect();
    assert_eq!(replies, ["It has come.", "And the rest, too."]);
    assert_eq!(desk.tickets(), [1]);
    // It was looked at again, and known again.
    let list = desk.run(&["quarantine", "list", "--all"]).done().stdout;
    assert!(list.contains("arrived before"), "{list}");
    assert_eq!(lab.dovecot.mails("support").len(), 2, "all of them are still there");
}

#[test]
fn killed_between_keeping_and_moving_a_mail_loses_and_doubles_nothing() {
    let Some(lab) = lab() else { return };
    let desk = lab.desk();
    let told = lab.mail_of(ADA, 1);
    let store = Connection::open(desk.path()).unwrap();
    store.busy_timeout(seconds(10)).unwrap();
    let mut sent = 0;
    let mut caught = 0;
    while caught < 2 && sent < 4 {
        sent += 1;
        let before = kept(&store).0;
        lab.send(&told.answer(&format!("Answer {sent}.")));
        eventually("a kept mail", || (kept(&store).0 > before).then_some(()), || lab.state());
        // With the desk locked, the program can do no more than it has done.
        let inbox = || lab.dovecot.mails("support").len();
        store.execute_batch("BEGIN IMMEDIATE").unwrap();
        desk.kill();
        store.execute_batch("ROLLBACK").unwrap();
        caught += usize::from(inbox() == 1);
        desk.serve();
        let empty = || (inbox() == 0).then_some(());
        eventually("an empty inbox", empty, || lab.state());
    }
    assert!(caught > 0, "never killed in between");
    for n in 1..=sent {
        assert_eq!(desk.has("1", &format!("Answer {n}.")), "customer_reply");
    }
    let replies = desk.parts("1").iter().filter(|p| p.0 == "customer_reply").count();
    assert_eq!(replies, sent);
    assert_eq!(lab.dovecot.mails_in("support", "Deskbell.Processed").len(), sent);
    assert_eq!(desk.tickets(), [1]);
}

#[test]
fn a_mailbox_that_refuses_its_password_is_said_to_and_nothing_is_lost() {
    let Some(lab) = lab() else { return };
    let desk = lab.desk();
    desk.stop();
    let right = desk.config();
    desk.secret("wrong", "guess\n");
    let wrong = desk.home.join("wrong");
    desk.configure(&format!("{right}imap_password_file = \"{}\"\n", wrong.display()));
    lab.send(&Post::new(ADA, &desk.address, "Another matter", "Hello?\n"));
    desk.serve();
    let said = || fs::read_to_string(desk.home.join(".local/state/deskbell/deskbell.log")).ok();
    let refused = || said().filter(|log| log.contains("password refused"));
    let log = eventually("the refusal in the log", refused, || lab.state());
    assert!(!log.contains("guess"), "{log}");
    assert_eq!(desk.tickets(), [1]);
    desk.stop();
    desk.configure(&right);
    desk.serve();
    desk.titled("Another matter");
}
