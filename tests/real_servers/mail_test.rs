//! `deskbell mail test` and `deskbell doctor` against real servers: what works, and in which words
//! they say what does not.

use std::fs;

use crate::lab::desk::Way;
use crate::lab::{Lab, seconds};

const ADA: &str = "ada@lumen.example";

#[test]
fn mail_test_sends_one_mail_and_says_what_does_not_work() {
    let Some(lab) = Lab::start(&[("northwind.example", Way::Pipe)]) else { return };
    let desk = lab.desk();
    let new = ["new", "customer", "Refund", "--contact", ADA];
    let id = desk.run(&new).done().stdout.trim().to_owned();
    let right = desk.config();

    let said = desk.run(&["mail", "test", "you@lumen.example"]).done().stdout;
    assert!(said.contains("The mail to you@lumen.example was taken (250 2.0.0 Ok"), "{said}");
    let mail = lab.mail_of("you@lumen.example", 1);
    assert!(mail.header("Received").contains("(Authenticated sender: support)"));

    // Each ends with one sentence that names the trouble, and no ticket's mail is harmed.
    desk.secret("wrong", "guess\n");
    let wrong = right.replace("/password\"", "/wrong\"");
    let untrusted = right
        .lines()
        .filter(|l| !l.starts_with("ca_file"))
        .fold(String::new(), |all, l| all + l + "\n");
    let elsewhere = right.replace("0.0.0.0:", "127.0.0.1:");
    lab.pass(seconds(10));
    for (config, words) in [
        (&wrong, "password refused"),
        (&untrusted, "certificate"),
        // Without TLS, as a server on this machine may be spoken to, Postfix offers no login.
        (&elsewhere, "login refused"),
    ] {
        assert_ne!(*config, right);
        desk.configure(config);
        let ran = desk.run(&["mail", "test", "you@lumen.example"]);
        assert_eq!(ran.code, 1, "{ran:?}");
        let sentence = ran.stderr.trim_end().trim_start_matches("deskbell: ").to_owned();
        assert!(!sentence.contains('\n'), "{sentence}");
        assert!(
            sentence.starts_with("No mail can leave at all.") && sentence.contains(words),
            "{sentence}"
        );
        assert!(!sentence.contains("guess") && !sentence.contains("secret"), "{sentence}");
        desk.run(&["work", "--once"]);
        let row = desk.email(&id, "submitted");
        assert!(row["status"] == "due" || row["status"] == "retrying", "{row} {}", lab.state());
    }
    assert_eq!(lab.mails_of("you@lumen.example").len(), 1);

    desk.configure(&right);
    let missing = desk.run(&["mail", "test", "unknown@lumen.example"]).done().stdout;
    assert!(missing.contains("was taken"), "Postfix finds out later: {missing}");
    lab.pass(seconds(3_600));
    desk.work();
    lab.mail_of(ADA, 1);
    let log = desk.home.join(".local/state/deskbell/deskbell.log");
    let log = fs::read_to_string(log).unwrap_or_default();
    assert!(!log.contains("guess") && !log.contains("secret"), "{log}");
}

/// Out by submission with a login, and back in by the way that is configured.
fn comes_back(way: Way) {
    let Some(lab) = Lab::start(&[("northwind.example", way)]) else { return };
    let desk = lab.desk();
    desk.run(&["new", "tracker", "The first ticket makes the desk"]).done();
    desk.serve();
    let said = desk.run(&["mail", "test"]).done().stdout;
    assert!(said.contains("was taken (250 2.0.0 Ok"), "{said}");
    assert!(said.contains("It came back, as mail 1. No ticket was opened for it."), "{said}");
    let tickets = desk.run(&["list", "--json"]).done().json();
    assert_eq!(tickets.as_array().unwrap().len(), 1, "{tickets}");
}

#[test]
fn mail_test_goes_round_through_postfix_and_its_pipe() {
    comes_back(Way::Pipe);
}

#[test]
fn mail_test_goes_round_through_postfix_and_lmtp() {
    comes_back(Way::Lmtp);
}

#[test]
fn mail_test_goes_round_through_postfix_dovecot_and_imap() {
    comes_back(Way::Imap);
}
