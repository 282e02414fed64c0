use super::*;
use crate::domain::part::Author;
use crate::domain::{
    ContactId, DeliveryId, EmailAddress, PartId, TeammateId, TicketId, TicketState,
};

const ID: TicketId = TicketId(1042);

fn at(s: i64) -> Time {
    // 2026-06-12 14:03:41
    Time::from_timestamp(1_781_273_021 + s, 0).unwrap()
}

fn ada() -> Contact {
    Contact {
        id: ContactId(1),
        name: "Ada Park".into(),
        email: Some(EmailAddress::new("ada@lumen.example").unwrap()),
        mail_stop: None,
    }
}

fn part(event: Event) -> Part {
    let internal = event.is_internal();
    Part {
        id: PartId(5),
        ticket_id: ID,
        at: at(0),
        author: Author::Teammate { id: TeammateId(1), name: "Mara Holt".into() },
        event,
        body: None,
        files: Vec::new(),
        visible: !internal,
        badge: !internal,
        recent: !internal,
        withdrawn_at: None,
    }
}

fn row(channel: Channel, status: Status, reason: Option<Reason>) -> Delivery {
    Delivery {
        id: DeliveryId(9),
        ticket_id: ID,
        part_id: PartId(5),
        contact_id: Some(ContactId(1)),
        channel,
        status,
        reason,
        at: at(0),
        due_at: (channel == Channel::Email && reason.is_none()).then(|| at(180)),
        sent_at: (status == Status::Sent).then(|| at(181)),
        message_id: None,
        attempts: 0,
        lost_answers: 0,
        carried_by: None,
        last_error: None,
    }
}

/// The three rows of a part whose badge and Recent are there and whose mail is `email`.
fn told(email: Delivery) -> Vec<Delivery> {
    vec![row(Channel::Badge, Status::Sent, None), row(Channel::Recent, Status::Sent, None), email]
}

fn untold(reason: Reason) -> Vec<Delivery> {
    Channel::ALL.map(|c| row(c, Status::Suppressed, Some(reason))).to_vec()
}

fn line(event: Event, rows: &[Delivery]) -> String {
    let (parts, ada) = ([part(event)], ada());
    explain(&stories(&parts, rows, Some(&ada), |_| None)[0], at(108))
}

#[test]
fn a_line_says_when_what_and_what_came_of_it() {
    let state = || Event::StateChanged {
        from: TicketState::Submitted,
        to: TicketState::InProgress,
        was_open: true,
    };
    let seen = Reason::SeenInMessenger(at(105));
    let mut retrying = row(Channel::Email, Status::Retrying, None);
    retrying.last_error = Some("451 try later".into());
    let mut failed = row(Channel::Email, Status::Failed, None);
    failed.last_error = Some("550 no such user".into());
    let mut carried = row(Channel::Email, Status::Sent, None);
    carried.carried_by = Some(DeliveryId(12));
    for (event, rows, expected) in [
        (
            Event::Reply,
            told(row(Channel::Email, Status::Due, None)),
            "Reply by Mara · badge, Recent · email due 14:06:41 if unseen in the Messenger",
        ),
        (
            Event::Reply,
            told(row(Channel::Email, Status::Suppressed, Some(seen))),
            "Reply by Mara · badge, Recent · no email: seen in the Messenger at 14:05:26, after 1:45",
        ),
        (
            Event::Reply,
            told(row(Channel::Email, Status::Sent, None)),
            "Reply by Mara · badge, Recent · email sent 14:06:42",
        ),
        (
            Event::Reply,
            told(carried),
            "Reply by Mara · badge, Recent · email sent 14:06:42 in one mail with a later part",
        ),
        (
            state(),
            told(row(Channel::Email, Status::Due, None)),
            "State In progress · badge, Recent · email due 14:06:41",
        ),
        (
            state(),
            told(retrying),
            "State In progress · badge, Recent · email retrying: 451 try later, again at 14:06:41",
        ),
        (
            state(),
            told(failed),
            "State In progress · badge, Recent · email failed: 550 no such user",
        ),
        (
            state(),
            told(row(Channel::Email, Status::Unknown, None)),
            "State In progress · badge, Recent · email unknown: the server's answer was lost twice; resend or drop it",
        ),
        (
            state(),
            told(row(Channel::Email, Status::Suppressed, Some(Reason::NoAddress))),
            "State In progress · badge, Recent · no email: no address",
        ),
        (
            Event::Note,
            untold(Reason::Internal),
            "Note by Mara · nobody told: it stays with the team",
        ),
        (
            Event::Closed,
            untold(Reason::ClosedUnresolved),
            "Closed, not resolved · nobody told: closed without being resolved",
        ),
        (Event::Reply, untold(Reason::Undone), "Reply by Mara · nobody told: it was taken back"),
    ] {
        assert_eq!(line(event, &rows), format!("14:03:41 {expected}"));
    }
}

#[test]
fn another_day_is_named() {
    let (parts, rows) = ([part(Event::Note)], untold(Reason::Internal));
    let line = explain(&stories(&parts, &rows, None, |_| None)[0], at(86_400));
    assert!(line.starts_with("2026-06-12 14:03:41 Note by Mara"), "{line}");
}

#[test]
fn a_waiting_reply_tells_both_of_its_ends() {
    let (parts, rows) = ([part(Event::Reply)], told(row(Channel::Email, Status::Due, None)));
    let ada = ada();
    let story = stories(&parts, &rows, Some(&ada), |_| None)[0];
    let wait = Wait { kind: WaitKind::Fallback, from: at(0), due: at(180) };
    assert_eq!(story.wait(), Some(wait));
    assert_eq!(story.email_cell(at(108)), "in 1:12");
    assert_eq!(story.email_cell(at(180)), "now");
    assert_eq!(story.because(), "unseen in Messenger");
    let told: Vec<String> = story.moments(ID).into_iter().map(|m| m.text).collect();
    assert_eq!(
        told,
        [
            "reply stored by Mara Holt, shown in the Messenger",
            "badge on",
            "#1042 first in Recent tickets",
            "Ada opens the thread before 14:06:41 → no email",
            "otherwise: email to ada@lumen.example",
        ]
    );
    let ahead: Vec<bool> = story.moments(ID).iter().map(|m| m.ahead).collect();
    assert_eq!(ahead, [false, false, false, true, true]);
}

#[test]
fn a_mail_that_is_tried_again_says_in_short_why_it_was_not_taken() {
    for (words, because) in [
        (Some("password refused: 535 5.7.8 Bad"), "password refused"),
        (Some("recipient: 451 greylisted"), "server: try later"),
        (None, "server: try later"),
    ] {
        let mut retrying = row(Channel::Email, Status::Retrying, None);
        retrying.last_error = words.map(str::to_owned);
        let (parts, rows) = ([part(Event::Reply)], told(retrying));
        assert_eq!(stories(&parts, &rows, None, |_| None)[0].because(), because);
    }
}

#[test]
fn a_mail_that_was_laid_to_rest_was_not_refused() {
    let mut dropped = row(Channel::Email, Status::Failed, None);
    dropped.last_error = Some(crate::domain::delivery::DROPPED.into());
    let (parts, rows) = ([part(Event::Reply)], told(dropped));
    let story = stories(&parts, &rows, None, |_| None)[0];
    assert_eq!(story.because(), "dropped by a teammate");
    let told = story.moments(ID).pop().unwrap().text;
    assert_eq!(told, "email dropped by a teammate; it may have arrived");
}

#[test]
fn every_reason_has_a_short_and_a_long_form_that_fit() {
    for reason in [
        Reason::NotShared,
        Reason::Internal,
        Reason::ClosedUnresolved,
        Reason::OwnAction,
        Reason::SeenInMessenger(at(105)),
        Reason::NotSharedAnyMore,
        Reason::Superseded,
        Reason::Undone,
        Reason::NoAddress,
        Reason::Unsubscribed,
        Reason::HardBounce,
        Reason::LoopBudget,
        Reason::Import,
        Reason::AskedNotToNotify,
    ] {
        let (parts, rows) = ([part(Event::Reply)], untold(reason));
        let story = stories(&parts, &rows, None, |_| None)[0];
        assert!((1..=21).contains(&story.because().len()), "{reason:?}: {}", story.because());
        assert!(story.rule().ends_with('.') && story.rule().len() <= 86, "{}", story.rule());
        let moments = story.moments(ID);
        assert!(moments.len() >= 2, "{reason:?}: {moments:?}");
    }
}
