//! A ticket's whole life by mail, from a customer's first mail to the answer that they write from a
//! notification; and the mail that comes back because its address is nobody's.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::headers;
use crate::lab::desk::Way;
use crate::lab::post::Post;
use crate::lab::{Lab, eventually, seconds};

const ADA: &str = "ada@lumen.example";
const LATER: &str = "later@lumen.example";
const NOBODY: &str = "unknown@lumen.example";

#[test]
fn a_tickets_whole_life_by_mail_through_postfix_and_its_pipe() {
    life(Way::Pipe);
}

#[test]
fn a_tickets_whole_life_by_mail_through_postfix_and_lmtp() {
    life(Way::Lmtp);
}

#[test]
fn a_tickets_whole_life_by_mail_through_postfix_dovecot_and_imap() {
    life(Way::Imap);
}

fn life(way: Way) {
    let Some(lab) = Lab::start(&[("northwind.example", way)]) else { return };
    let desk = lab.desk();
    desk.run(&["new", "tracker", "Payouts fail"]).done();
    desk.serve();

    let post = Post::new(ADA, &desk.address, "Refund not received", "Order 88-1203.\n");
    let asked = post.headers[0].strip_prefix("Message-ID: ").unwrap().to_owned();
    lab.send(&post);
    let id = desk.titled("Refund not received");
    lab.pass(seconds(10));
    let confirmed = lab.mail_of(ADA, 1);
    headers::check(&confirmed, desk, &id, "submitted");
    assert_eq!(confirmed.header("Auto-Submitted"), "auto-generated");
    // Postfix took it from nobody else: by STARTTLS, and under the desk's own name.
    let received = confirmed.header("Received");
    assert!(received.contains("using TLS"), "{received}");
    assert!(received.contains("(Authenticated sender: support)"), "{received}");
    assert!(lab.postfix.log().contains("submission/smtpd"), "{}", lab.state());

    desk.run(&["reply", &id, "It is on its way."]).done();
    lab.pass(seconds(170));
    assert_eq!(lab.mails_of(ADA).len(), 1, "unseen for less than 3 minutes");
    assert_eq!(desk.email(&id, "reply")["status"], "due");
    lab.pass(seconds(10));
    let told = lab.mail_of(ADA, 2);
    assert!(told.text.contains("It is on its way."), "{}", told.text);
    headers::check(&told, desk, &id, "reply");
    assert_eq!(told.headers("Auto-Submitted"), [""; 0], "Mara's own words");
    let thread =
        [&format!("<ticket.{id}@northwind.example>"), &asked, &confirmed.header("Message-ID")];
    assert_eq!(told.header("References").split(' ').collect::<Vec<_>>(), thread);

    lab.send(&told.answer("It has come. Thank you!"));
    assert_eq!(desk.has(&id, "It has come"), "customer_reply");
    let parts = desk.parts(&id);
    let answer = parts.iter().find(|(event, _)| event == "customer_reply").unwrap();
    assert_eq!(answer.1, "It has come. Thank you!");
    // It landed there and nowhere else, and nobody is told of what they did themselves.
    assert_eq!(desk.tickets(), [1, 2]);
    lab.pass(seconds(600));
    comes_back(&lab);
    assert_eq!(lab.mails_of(ADA).len(), 2, "{}", lab.state());
}

#[test]
fn a_warning_that_a_mail_is_delayed_changes_nothing_for_good() {
    let Some(lab) = Lab::start(&[("northwind.example", Way::Pipe)]) else { return };
    let desk = lab.desk();
    desk.serve();
    let new = ["new", "customer", "Slow", "--contact", LATER];
    let id = desk.run(&new).done().stdout.trim().to_owned();
    lab.pass(seconds(10));
    let row = || desk.email(&id, "submitted");
    let warned =
        || Some(row()).filter(|r| r["reason"].to_string().contains("delayed, not given up"));
    eventually("Postfix's warning", warned, || lab.state());
    let alike = || {
        assert_eq!(row()["status"], "sent");
        assert_eq!(desk.ticket(&id)["contact"]["mail_stop"], Value::Null);
        assert_eq!(desk.parts(&id).len(), 1, "nobody is told of it");
    };
    alike();
    lab.customers.is_ready.store(true, Ordering::Relaxed);
    assert_eq!(lab.mail_of(LATER, 1).header("Subject"), format!("Your ticket #{id}"));
    alike();
}

/// A real bounce of a real server in its ledger row.
fn comes_back(lab: &Lab) {
    let desk = lab.desk();
    let new = ["new", "customer", "Nobody's", "--contact", NOBODY];
    let id = desk.run(&new).done().stdout.trim().to_owned();
    lab.pass(seconds(10));
    let failed = || Some(desk.email(&id, "submitted")).filter(|row| row["status"] == "failed");
    let row = eventually("the bounce in its row", failed, || lab.state());
    let story = desk.run(&["why", &id]).done().stdout;
    assert!(story.contains("550 5.1.1 no such user here"), "{row} {story}");
    let told = desk.has(&id, "no such user here");
    assert_eq!(told, "mail_kept");
    assert_eq!(desk.ticket(&id)["contact"]["mail_stop"], json!("hard_bounce"));
    // No more mail goes there.
    desk.run(&["state", &id, "in-progress"]).done();
    assert_eq!(desk.email(&id, "state")["reason"], Value::from("hard bounce"));
}
