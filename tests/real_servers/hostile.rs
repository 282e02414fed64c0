//! What goes round in circles, what pretends to be the end of a mail, and ids that are nearly right
//! (threats 3, 11 and 24), with a real mail server in between.

use crate::lab::desk::{Desk, Way};
use crate::lab::post::Post;
use crate::lab::{Lab, seconds};

const ADA: &str = "ada@lumen.example";
const BOB: &str = "bob@quarry.example";

/// Two desks that are each other's customers: threat 11.
fn wired(strips: bool) {
    let desks = [("northwind.example", Way::Pipe), ("southwind.example", Way::Pipe)];
    let lab = Lab::with(&desks, |routes, _| {
        if strips {
            // A mail system that takes every sign of a machine's hand from the mails it carries.
            let signs = "/^(Auto-Submitted|X-Auto-Response-Suppress|X-Deskbell-Loop|Precedence):/";
            routes.main += &format!("header_checks = regexp:{{ {{{signs} IGNORE}} }}\n");
        }
    });
    let Some(lab) = lab else { return };
    let [north, south] = &lab.desks[..] else { panic!("two desks") };
    let new = ["new", "customer", "Are you there?", "--contact", &south.address];
    let id = north.run(&new).done().stdout.trim().to_owned();
    // And the other knows the first, so that none of the limits for strangers holds.
    let work = south.run(&["new", "back-office", "Peers", "--contact", &north.address]).done();
    south.run(&["note", work.stdout.trim(), "They write to us."]).done();
    let both = |f: &dyn Fn(&Desk)| [north, south].iter().for_each(|d| f(d));
    for round in 0..12 {
        lab.pass(seconds(30));
        if round == 2 {
            // Somebody writes, and the circle could begin anew.
            north.run(&["reply", &id, "Hello?"]).done();
            lab.pass(seconds(180));
        }
        both(&|desk| desk.work());
        lab.quiet();
    }
    let log = lab.postfix.log();
    let carried = log.matches("relay=pipe-").count();
    assert!((2..=6).contains(&carried), "{carried} mails\n{}", lab.state());
}

#[test]
fn two_desks_wired_to_each_other_fall_silent() {
    wired(false);
}

#[test]
fn two_desks_fall_silent_even_where_every_sign_of_a_machine_is_taken_away() {
    wired(true);
}

#[test]
fn a_reply_that_looks_like_the_end_of_a_mail_is_one_mail_with_all_of_its_text() {
    let Some(lab) = Lab::start(&[("northwind.example", Way::Pipe)]) else { return };
    let desk = lab.desk();
    let new = ["new", "customer", "Smuggled", "--contact", ADA];
    let id = desk.run(&new).done().stdout.trim().to_owned();
    let more =
        "MAIL FROM:<support@northwind.example>|RCPT TO:<bob@quarry.example>|DATA|Subject: x||y";
    let mut expected = String::new();
    let mut text = String::new();
    for (n, end) in ["\n", "\r", "\r\n"].into_iter().enumerate() {
        let block = format!("before {n}||.|..|{more}|.|after {n}|");
        text += &block.replace('|', end);
        expected += &block.replace('|', "\n");
    }
    desk.feed(&["reply", &id, "-"], text.as_bytes()).done();
    lab.pass(seconds(180));
    desk.work();
    lab.quiet();
    let mails = lab.mails_of(ADA);
    let told: Vec<_> = mails.iter().filter(|m| m.text.contains("Mara replied")).collect();
    assert_eq!(told.len(), 1, "{}", lab.state());
    let got = &told[0].text;
    assert!(got.contains(expected.trim()), "{got}\n---\n{expected}");
    assert_eq!(lab.mails_of(BOB).len(), 0);
    // No line of it on the way was anything but CRLF, and none was too long or not plain ASCII.
    let raw = &told[0].raw;
    let bare = |n: usize| {
        let before = n > 0 && raw[n - 1] == b'\r';
        let after = raw.get(n + 1) == Some(&b'\n');
        (raw[n] == b'\n' && !before) || (raw[n] == b'\r' && !after)
    };
    assert!(!(0..raw.len()).any(bare));
    assert!(raw.split(|b| *b == b'\n').all(|line| line.len() <= 999));
    assert!(raw.is_ascii());
}

/// With one bit of a base32 digit turned around.
fn turned(text: &str, at: usize) -> String {
    const DIGITS: &str = "abcdefghijklmnopqrstuvwxyz234567";
    let turn = |c: char| {
        let n = DIGITS.find(c).unwrap_or_else(|| panic!("{c} is no digit"));
        DIGITS.chars().nth(n ^ 1).unwrap()
    };
    text.chars().enumerate().map(|(n, c)| if n == at { turn(c) } else { c }).collect()
}

#[test]
fn an_id_with_one_bit_turned_joins_nothing() {
    let Some(lab) = Lab::start(&[("northwind.example", Way::Pipe)]) else { return };
    let desk = lab.desk();
    // So that a thread may be believed at all: ids alone are what is tried here.
    desk.configure(&format!("{}authserv_id = \"mx.northwind.example\"\n", desk.config()));
    let new = ["new", "customer", "Refund", "--contact", ADA];
    let id = desk.run(&new).done().stdout.trim().to_owned();
    lab.pass(seconds(10));
    desk.work();
    let told = lab.mail_of(ADA, 1);
    let vouched = "Authentication-Results: mx.northwind.example; dmarc=pass";
    let before = desk.parts(&id);

    let (tag, host) =
        told.reply_to().split_once('@').map(|(l, h)| (l.to_owned(), h.to_owned())).unwrap();
    let digits: Vec<usize> = (0..tag.len())
        .filter(|at| *at > "support+r1.".len() && tag.as_bytes()[*at] != b'.')
        .collect();
    let mut forged = 0;
    for at in [digits[0], digits[1], digits[2], digits[digits.len() / 2], digits[digits.len() - 1]]
    {
        let to = format!("{}@{host}", turned(&tag, at));
        lab.send(&Post::new(ADA, &to, &format!("Tag {at}"), "forged\n").with(vouched));
        forged += 1;
    }
    let message_id = told.header("Message-ID");
    let end = message_id.find('@').unwrap();
    for at in [3, 4, end - 1] {
        let wrong = turned(&message_id, at);
        let post = Post::new(ADA, &desk.address, &format!("Id {at}"), "forged\n").with(vouched);
        lab.send(
            &post.with(&format!("In-Reply-To: {wrong}")).with(&format!("References: {wrong}")),
        );
        forged += 1;
    }
    let number = Post::new(ADA, &desk.address, &format!("Re: Your ticket #{id}"), "forged\n");
    let pseudo = format!("References: <ticket.{id}@northwind.example>");
    lab.send(&number.with(vouched).with(&pseudo));
    forged += 1;
    lab.quiet();
    assert_eq!(desk.parts(&id), before, "{}", lab.state());
    let held = desk.run(&["quarantine", "list", "--json"]).json().as_array().unwrap().len();
    assert_eq!(desk.tickets().len() - 1 + held, forged, "each is somewhere: {}", lab.state());

    // The true ones do join, so that the others would have.
    let thread = Post::new(ADA, &desk.address, "Re: it", "by thread\n").with(vouched);
    lab.send(&thread.with(&format!("In-Reply-To: {message_id}")));
    assert_eq!(desk.has(&id, "by thread"), "customer_reply");
    lab.send(&Post::new(ADA, &told.reply_to(), "Re: it", "by tag\n"));
    assert_eq!(desk.has(&id, "by tag"), "customer_reply");
}
