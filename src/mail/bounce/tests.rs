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
