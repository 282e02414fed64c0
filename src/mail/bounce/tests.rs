use super::*;
use crate::mail::parse;

fn report(action: &str, status: &str) -> Vec<u8> {
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example (Mail Delivery System)\r\nTo: desk+b1.x@desk.example\r\n\
         Message-ID: <1@mx.example>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\nOriginal-Envelope-Id: d7\r\n\r\n\
         Final-Recipient: rfc822; ada@lumen.example\r\nAction: {action}\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 <ada@lumen.example>: \r\n no such user\r\n\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <d.7.mac@desk.example>\r\nSubject: x\r\n\r\nhi\r\n--b--\r\n"
    )
    .into_bytes()
}

#[test]
fn the_action_decides_and_not_the_status() {
    for (action, status, kind) in [
        ("failed", "5.1.1", BounceKind::Permanent),
        ("failed", "4.3.0", BounceKind::Permanent),
        ("Failed (bad address)", "5.0.0", BounceKind::Permanent),
        ("delayed", "4.3.0", BounceKind::Delayed),
        ("delayed", "5.1.1", BounceKind::Delayed),
        ("relayed", "2.0.0", BounceKind::Delivered),
        ("delivered", "2.0.0", BounceKind::Delivered),
        ("", "4.2.2", BounceKind::Temporary),
        ("", "nonsense", BounceKind::Unknown),
    ] {
        let mail = parse(&report(action, status));
        let bounce = mail.bounce.unwrap();
        assert_eq!(bounce.kind, kind, "{action} {status}");
        assert_eq!(bounce.recipient.as_deref(), Some("ada@lumen.example"));
        assert_eq!(bounce.original_message_id.as_deref(), Some("d.7.mac@desk.example"));
        assert_eq!(bounce.original_envelope_id.as_deref(), Some("d7"));
        assert_eq!(
            bounce.diagnostic.as_deref(),
            Some("550 5.1.1 <ada@lumen.example>: no such user")
        );
        assert!(mail.do_not_acknowledge);
    }
}

#[test]
fn of_several_recipients_the_worst_off_decides_and_all_are_named() {
    let text = "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@x.example\nAction: delivered\nStatus: 2.0.0\n\n\
                Final-Recipient: rfc822; b@x.example\nAction: failed\nStatus: 5.2.2\n\n\
                Final-Recipient: rfc822; c@x.example\nAction: delayed\nStatus: 4.0.0\n";
    let raw = format!(
        "From: postmaster@x.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\
         Content-Type: message/delivery-status\r\n\r\n{text}\r\n--b--\r\n"
    );
    let bounce = parse(raw.as_bytes()).bounce.unwrap();
    assert_eq!(bounce.kind, BounceKind::Permanent);
    assert_eq!(bounce.recipient.as_deref(), Some("b@x.example"));
    assert_eq!(bounce.recipients.len(), 3);
}

#[test]
fn words_are_believed_of_mail_systems_only() {
    let body = "\r\n\r\n<ada@lumen.example>:\r\n550 5.1.1 user unknown. Delivery failed.\r\n";
    let person = format!("From: Bob <bob@lumen.example>\r\nSubject: I got this{body}");
    assert_eq!(parse(person.as_bytes()).bounce, None);
    let system = format!("Return-Path: <>\r\nFrom: x@mx.example\r\nSubject: failure notice{body}");
    let bounce = parse(system.as_bytes()).bounce.unwrap();
    assert_eq!((bounce.kind, bounce.status.as_deref()), (BounceKind::Permanent, Some("5.1.1")));
    // A vacation notice has a null sender, too, and is no bounce.
    let away = "Return-Path: <>\r\nFrom: ada@lumen.example\r\nAuto-Submitted: auto-replied\r\n\r\nI am away until Monday.\r\n";
    assert_eq!(parse(away.as_bytes()).bounce, None);
}

#[test]
fn patience_is_no_failure() {
    let raw = "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nX-Failed-Recipients: ada@lumen.example\r\n\r\n\
               This is a warning message only. Your mail to ada@lumen.example could not be delivered yet \
               and will be retried for 4 days.\r\n";
    assert_eq!(parse(raw.as_bytes()).bounce.unwrap().kind, BounceKind::Delayed);
}

#[test]
fn a_persons_mail_is_no_bounce_whatever_it_tells_or_encloses() {
    let away = "I am not available until Monday. Please write to bob@lumen.example.";
    for (header, body) in [
        (
            "Return-Path: <ada@x.example>\r\nFrom: ada@x.example\r\nSubject: Delivery problem with my order",
            "It could not be delivered, ask bob@lumen.example.",
        ),
        (
            "From: ada@x.example\r\nSubject: Re: Undeliverable mails",
            "Mails to bob@lumen.example are rejected with 550. Why?",
        ),
        (
            "Return-Path: <bounces@x.example>\r\nFrom: bounces@x.example\r\nSubject: Our offers",
            "Not found? Write to bob@lumen.example. 550 hotels.",
        ),
        (
            "Return-Path: <postmaster@x.example>\r\nFrom: postmaster@x.example\r\nSubject: A question",
            "Is the account of bob@lumen.example disabled?",
        ),
        ("Return-Path: <>\r\nFrom: ada@x.example\r\nSubject: Out of office", away),
        (
            "Return-Path: <>\r\nFrom: ada@x.example\r\nAuto-Submitted: auto-replied\r\nSubject: Re: x",
            away,
        ),
    ] {
        let mail = parse(format!("{header}\r\n\r\n{body}").as_bytes());
        assert_eq!(mail.bounce, None, "{header}");
    }
    let status =
        "Final-Recipient: rfc822; bob@lumen.example\r\nAction: failed\r\nStatus: 5.1.1\r\n";
    let enclosing = |header: &str, kind: &str, part: &str| {
        let raw = format!(
            "{header}\r\nContent-Type: multipart/{kind}; boundary=b\r\n\r\n--b\r\n\r\nI got this.\r\n\
             --b\r\nContent-Type: {part}\r\n\r\n{status}\r\n--b--\r\n"
        );
        parse(raw.as_bytes()).bounce.map(|b| b.kind)
    };
    let person = "Return-Path: <ada@x.example>\r\nFrom: ada@x.example";
    let system = "Return-Path: <>\r\nFrom: mailer-daemon@x.example";
    assert_eq!(enclosing(person, "mixed", "message/delivery-status"), None);
    // One who asks for a click first may call that a report; nobody's mail stops for it.
    let asks = enclosing(person, "report", "message/delivery-status");
    assert_eq!(asks, Some(BounceKind::Unknown));
    assert_eq!(enclosing(system, "report", "message/delivery-status"), Some(BounceKind::Permanent));
    assert_eq!(enclosing(system, "report", "message/feedback-report"), None);
    assert_eq!(enclosing(system, "report", "message/disposition-notification"), None);
}

#[test]
fn words_that_leave_it_open_are_not_permanent() {
    for words in [
        "Your message for ada@lumen.example is deferred: connection refused. We will try for 5 days.",
        "Delivery to ada@lumen.example has not succeeded so far. 451 greylisted.",
        "ada@lumen.example: 452 4.2.2 mailbox full, will be tried again.",
        "Die Nachricht an ada@lumen.example wird erneut versucht.",
        "Your message to ada@lumen.example was successfully delivered.",
    ] {
        for failed in ["", "X-Failed-Recipients: ada@lumen.example\r\n"] {
            let raw = format!(
                "Return-Path: <>\r\nFrom: MAILER-DAEMON@x.example\r\n{failed}Subject: Mail status\r\n\r\n{words}"
            );
            let kind = parse(raw.as_bytes()).bounce.map(|b| b.kind);
            let is_open = failed.is_empty() || !words.contains("successfully");
            assert!(kind != Some(BounceKind::Permanent) || !is_open, "{words}: {kind:?}");
        }
    }
}

#[test]
fn what_is_kept_of_a_report_is_clean() {
    let raw = "Return-Path: <>\r\nFrom: <mailer-daemon@mx.example>\r\nSubject: Mail delivery failed\r\n\r\n\
               A message could not be delivered.\r\n\r\n  ada@lumen.exam\u{7}ple\u{1b}]0;x\u{7}\r\n    550 5.1.1 unknown\r\n";
    let bounce = parse(raw.as_bytes()).bounce.unwrap();
    let dirty = |w: &String| w.chars().any(crate::domain::text::is_unsafe);
    assert!(!bounce.recipients.iter().chain(&bounce.recipient).any(dirty), "{bounce:?}");
}
