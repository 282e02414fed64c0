//! Mail that comes late, twice, by way of others or with a machine's words: what it must not undo.

use chrono::DateTime;
use deskbell::desk::quarantine::opens_none;
use deskbell::desk::receive::{Arrived, InboundId, MailState, SenderCheck};
use deskbell::domain::{Event, KeptMail, Reason, Status};
use deskbell::mail::BounceToken;

use crate::mail_in::{bounce_of, key, mailed, policy};
use crate::support::bench::{Bench, minutes, seconds};
use crate::support::post::{DESK, Post};
use crate::support::program::Program;

fn dated(post: Post, at: DateTime<chrono::Utc>) -> Post {
    post.with("Date", &at.to_rfc2822())
}

fn held(arrived: &Arrived, why: &str) {
    assert_eq!(arrived.state, MailState::Held, "{arrived:?}");
    assert!(arrived.cause.as_deref().unwrap().contains(why), "{arrived:?}");
}

#[test]
fn n2_a_reply_that_crossed_the_customers_mail_is_mailed_all_the_same() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    let written = bench.now();
    bench.advance(minutes(1));
    bench.mara().replies(id, "Please send us the serial number.");
    bench.advance(minutes(1));
    dated(bench.ada().composes(&mail, "I did, twice."), written).lands(&bench);
    assert_eq!(bench.email_row(id, "reply").status, Status::Due);
    bench.advance(minutes(2));
    assert!(bench.ada().mails().iter().any(|m| m.text.contains("serial number")));
    // N12: what was there when they wrote counts as seen, to the second; so does what was there now
    // for who wrote in the future, or says no time.
    for date in [Some(0), Some(3_600), None] {
        let (id, mail) = mailed(&bench);
        bench.mara().replies(id, "One more thing.");
        bench.advance(seconds(20));
        let post = bench.ada().composes(&mail, "Yes.");
        let post = match date {
            Some(later) => dated(post, bench.now() + seconds(later)),
            None => post,
        };
        post.lands(&bench);
        let row = bench.email_row(id, "reply");
        assert!(matches!(row.reason, Some(Reason::SeenInMessenger(_))), "{date:?} {row:?}");
    }
}

#[test]
fn n2_what_looks_like_an_out_of_office_notice_has_seen_nothing() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    bench.mara().replies(id, "Your refund needs your IBAN.");
    bench.advance(minutes(1));
    let mut post = bench.ada().composes(&mail, "I am away until Monday.");
    post.subject = "Out of office: your ticket".into();
    assert_eq!(post.lands(&bench).ticket, Some(id));
    assert_eq!(bench.email_row(id, "reply").status, Status::Due);
}

#[test]
fn m2_a_form_or_a_list_that_writes_in_our_name_for_somebody_is_seen_by_the_team() {
    let bench = Bench::with(policy());
    let ours = |reply_to: Option<&str>, from: &str| {
        let mut post = bench.ada().writes("Broken machine", "My machine smokes.").by(from);
        post.text += reply_to.unwrap_or_default();
        let post = reply_to.into_iter().fold(post, |post, to| post.with("Reply-To", to));
        post.lands(&bench)
    };
    let landed = ours(Some("Ada <ada@lumen.example>"), DESK);
    held(&landed, "asks to answer ada@lumen.example");
    // There is nobody it could be for until a teammate says so, and the screens know it.
    assert!(opens_none(&landed));
    let id = InboundId(landed.id);
    assert!(bench.desk.accept_mail(&bench.mara().actor(), id, false, bench.now()).is_err());
    // Our own is our own, by whatever tag.
    for from in [DESK, "help+sales@northwind.example", "HELP@northwind.example"] {
        for reply_to in [None, Some(DESK)] {
            let landed = ours(reply_to, from);
            assert_eq!(landed.state, MailState::Dropped, "{from} {reply_to:?}");
        }
    }
    assert_eq!(bench.desk.counters().unwrap().total(), 0);
}

#[test]
fn m3_what_an_address_was_passed_on_to_stops_no_mail_to_it() {
    let bench = Bench::with(policy());
    let (id, _) = mailed(&bench);
    let verp = BounceToken::mint(bench.email_row(id, "reply").id, &key());
    let verp = verp.address(DESK, '+').unwrap();
    let stopped = || bench.ada().contact().mail_stop;
    for original in ["", "Original-Recipient: rfc822; ada@lumen.example\r\n"] {
        let about = format!("{original}Final-Recipient: rfc822; bob@elsewhere.example\r\n");
        let landed = bounce_of(&bench, &verp, &about, "failed", "5.1.1", None);
        assert_eq!((landed.state, landed.ticket), (MailState::Applied, Some(id)));
        assert_eq!(stopped(), None, "{original}");
    }
    assert_eq!(bench.email_row(id, "reply").status, Status::Failed, "the team is told");
    let about = "Original-Recipient: rfc822; ada@lumen.example\r\n\
                 Final-Recipient: rfc822; ADA@lumen.example\r\n";
    bounce_of(&bench, &verp, about, "failed", "5.1.1", None);
    assert!(stopped().is_some());
}

#[test]
fn m4_a_mail_that_comes_again_when_its_ticket_is_out_of_reach_is_the_same_mail() {
    let bench = Bench::with(policy());
    let ada = bench.ada();
    let (id, mail) = mailed(&bench);
    let revoked = ada.composes(&mail, "It works now.");
    revoked.lands(&bench);
    bench.desk.revoke_reply_addresses(id).unwrap();
    let opening = ada.writes("Another matter", "It smokes.");
    let opened = opening.lands(&bench).ticket.unwrap();
    bench.mara().does(opened, &deskbell::domain::Action::Delete);
    let tickets = bench.desk.counters().unwrap().total();
    for again in [revoked, opening] {
        let landed = again.lands(&bench);
        assert_eq!(landed.state, MailState::Dropped, "{landed:?}");
        assert!(landed.cause.unwrap().contains("arrived before"));
    }
    assert_eq!(bench.desk.counters().unwrap().total(), tickets);
}

#[test]
fn m4_a_copy_that_was_held_keeps_the_straight_one_out_of_nothing() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    let post = bench.ada().composes(&mail, "It works now.");
    let checked = |result: &str| {
        let value = format!("mx.northwind.example; dmarc={result}");
        post.clone().with("Authentication-Results", &value).lands(&bench)
    };
    held(&checked("fail"), "DMARC failed");
    let landed = checked("pass");
    assert_eq!((landed.state, landed.sender_check), (MailState::Applied, Some(SenderCheck::Pass)));
    assert_eq!(landed.ticket, Some(id));
    for again in ["pass", "fail"] {
        assert_eq!(checked(again).state, MailState::Dropped, "{again}");
    }
}

#[test]
fn m1_an_address_under_an_international_domain_is_one_address() {
    let bench = Bench::with(policy());
    let opened = bench.ada().writes("Hello", "Hello").by("ada@münchen.example").lands(&bench);
    let id = opened.ticket.unwrap();
    bench.mara().replies(id, "Hello Ada.");
    bench.advance(minutes(3));
    let mail = bench.all_mails().into_iter().next_back().unwrap();
    assert!(mail.text.contains("Hello Ada."));
    let answer = bench.ada().composes(&mail, "Thank you.").by("ada@xn--mnchen-3ya.example");
    let landed = answer.lands(&bench);
    assert_eq!((landed.state, landed.ticket), (MailState::Applied, Some(id)));
}

#[test]
fn m1_a_mail_that_went_round_keeps_its_ticket_for_who_accepts_it() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    let mut post = bench.ada().composes(&mail, "Round and round.");
    for _ in 0..30 {
        post = post.with("Received", "from a by b");
    }
    let landed = post.lands(&bench);
    held(&landed, "go round");
    assert_eq!(landed.ticket, Some(id));
    let (mara, mail) = (bench.mara().actor(), InboundId(landed.id));
    assert_eq!(bench.desk.accept_mail(&mara, mail, false, bench.now()).unwrap(), id);
    assert!(bench.ada().reads(id).iter().any(|line| line.contains("Round and round.")));
}

#[test]
fn m3_a_machines_answer_with_anothers_link_becomes_nobodys_reply() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    let post = bench.bob().composes(&mail, "I am away.").with("Auto-Submitted", "auto-replied");
    let landed = post.lands(&bench);
    held(&landed, "answered with the link");
    let before = bench.ada().thread(id);
    let (mara, mail) = (bench.mara().actor(), InboundId(landed.id));
    assert_eq!(bench.desk.accept_mail(&mara, mail, false, bench.now()).unwrap(), id);
    assert_eq!(bench.ada().thread(id), before);
    let kept = bench.ticket(id).parts.into_iter().next_back().unwrap();
    assert!(matches!(kept.event, Event::MailKept { why: KeptMail::Automatic, .. }), "{kept:?}");
}

#[test]
fn receive_goes_by_the_return_path_where_no_sender_is_named() {
    let p = Program::new();
    p.configure("[mail]\naddress = \"help@northwind.example\"\n");
    p.adas("Refund");
    let mail = |path: &str, id: u32| {
        format!(
            "Return-Path: <{path}>\nFrom: Bob <bob@quarry.example>\nSubject: By procmail\n\
             Message-ID: <{id}@q>\n\nHello {id}\n"
        )
    };
    let automatic = |ticket: &str| {
        let story = p.run(&["why", ticket]).done().stdout;
        story.contains("automatic")
    };
    let args = ["receive", "--recipient", DESK];
    assert_eq!(p.feed(&args, mail("bob@quarry.example", 1).as_bytes()).code, 0);
    assert!(!automatic("2"));
    assert_eq!(p.feed(&args, mail("", 2).as_bytes()).code, 0);
    assert!(automatic("3"));
    let null = ["receive", "--recipient", DESK, "--sender", ""];
    assert_eq!(p.feed(&null, mail("bob@quarry.example", 3).as_bytes()).code, 0);
    assert!(automatic("4"));
}

#[test]
fn m2_a_mail_that_a_rule_drops_takes_none_from_quarantine_and_keeps_none_out() {
    let ours = |bench: &Bench, reply_to: Option<&str>| {
        let mut post = bench.ada().writes("Broken machine", "My machine smokes.").by(DESK);
        post.message_id = Some("form.1@northwind.example".into());
        let post = reply_to.into_iter().fold(post, |post, to| post.with("Reply-To", to));
        post.lands(bench)
    };
    let ada = Some("ada@lumen.example");
    for first in [ada, None] {
        let bench = Bench::with(policy());
        let second = if first.is_some() { None } else { ada };
        let states = [ours(&bench, first).state, ours(&bench, second).state];
        assert!(states.contains(&MailState::Held) && states.contains(&MailState::Dropped));
        assert_eq!(bench.desk.quarantine().unwrap().len(), 1, "{first:?}");
    }
    // Who knows the mark of our own mails makes nobody's mail a duplicate.
    let bench = Bench::with(policy());
    let genuine = bench.ada().writes("Refund", "Where is it?");
    let forged = genuine.clone().with("X-Deskbell-Loop", &key().installation());
    assert_eq!(forged.lands(&bench).state, MailState::Dropped);
    assert_eq!(genuine.lands(&bench).state, MailState::Applied);
    assert_eq!(genuine.lands(&bench).state, MailState::Dropped);
}

#[test]
fn m1_letters_that_look_like_the_customers_are_another_address() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    for from in ["ada@ｌumen.example", "ada@𝓵umen.example", "ada@lumen.example\u{a0}"] {
        let landed = bench.ada().composes(&mail, from).by(from).lands(&bench);
        assert_eq!(landed.state, MailState::Held, "{from}");
    }
    assert!(bench.ada().reads(id).iter().all(|line| !line.contains("umen.example")));
}

#[test]
fn m3_machines_under_an_international_domain_are_braked_too() {
    let bench = Bench::with(policy());
    let ida = "ida@xn--mnchen-3ya.example";
    let id = bench.ada().writes("Hello", "Hello").by(ida).lands(&bench).ticket.unwrap();
    bench.mara().replies(id, "Hello Ida.");
    bench.advance(minutes(3));
    let mail = bench.all_mails().into_iter().next_back().unwrap();
    let states: Vec<MailState> = (0..8)
        .map(|n| bench.ada().composes(&mail, &format!("ping {n}")).by(ida).lands(&bench).state)
        .collect();
    assert!(states.contains(&MailState::Held), "{states:?}");
}

#[test]
fn m1_a_contact_of_an_older_desk_is_found_under_the_key_it_has_there() {
    let bench = Bench::with(policy());
    let ida = "ida@xn--mnchen-3ya.example";
    let id = bench.ada().writes("Hello", "Hello").by(ida).lands(&bench).ticket.unwrap();
    let contact = bench.ticket(id).contact.unwrap().id;
    let sql = "UPDATE contacts SET email_key = ?1 WHERE id = ?2";
    bench.database().execute(sql, rusqlite::params![ida, contact.0]).unwrap();
    for from in [ida, "ida@münchen.example"] {
        let again = bench.ada().writes("Again", from).by(from).lands(&bench).ticket.unwrap();
        assert_eq!(bench.ticket(again).contact.unwrap().id, contact, "{from}");
    }
}

#[test]
fn n12_an_answer_has_read_the_mail_it_answers_however_slow_its_clock() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    bench.advance(minutes(2));
    let slow = bench.now() - minutes(6);
    dated(bench.ada().composes(&mail, "Thank you."), slow).lands(&bench);
    assert_eq!(bench.ada().messenger().badge, 0);
    assert!(bench.ticket(id).seen_at.is_some());
}
