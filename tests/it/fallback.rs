//! N2 and what decides it: a reply is mailed only if it is not seen in the Messenger within 3
//! minutes (N12), by one who can be mailed at all (N14), and silence recalls nothing (N16).

use chrono::Duration;
use deskbell::domain::{
    Action, Category, Contact, MailStop, NewTicket, Notify, Reason, Status, TicketState,
};

use crate::support::bench::{Bench, minutes, seconds};
use crate::support::said::{rows, silent};

#[test]
fn n2_a_reply_seen_at_2_59_sends_no_mail_and_the_ledger_says_when() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "It is on its way.");
    bench.advance(minutes(2) + seconds(59));
    let seen = bench.now();
    bench.ada().opens(id);
    bench.advance(Duration::days(1));
    assert!(bench.ada().mails().is_empty());
    let row = bench.email_row(id, "reply");
    assert_eq!(row.status, Status::Suppressed);
    assert_eq!(row.reason, Some(Reason::SeenInMessenger(seen)));
    assert_eq!(row.due_at, None);
}

#[test]
fn n2_unseen_at_3_00_one_mail() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "It is on its way.");
    assert_eq!(bench.ada().messenger().badge, 1);
    bench.advance(minutes(3) - Duration::milliseconds(1));
    assert!(bench.ada().mails().is_empty());
    bench.advance(Duration::milliseconds(1));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("It is on its way."), "{}", mails[0].text);
    let row = bench.email_row(id, "reply");
    assert_eq!((row.status, row.sent_at), (Status::Sent, Some(bench.now())));
    assert_eq!(row.message_id.as_deref(), Some(mails[0].message_id.as_str()));
    // Seen afterwards, or never: no second mail.
    bench.ada().opens(id);
    bench.advance(Duration::days(1));
    assert!(bench.ada().mails().is_empty());
}

#[test]
fn n2_one_who_looked_before_the_reply_has_not_seen_it() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.ada().opens(id);
    bench.skip(seconds(1));
    bench.mara().replies(id, "It is on its way.");
    bench.advance(minutes(3));
    assert_eq!(bench.ada().mails().len(), 1);
}

#[test]
fn n2_within_one_moment_the_order_decides_what_was_seen() {
    let bench = Bench::new();
    let id = bench.ada().submits("Refund not received", "Where is it?");
    bench.mara().replies(id, "It is on its way.");
    assert_eq!(bench.ada().messenger().badge, 1, "the reply came after the look");
    let other = bench.customer_ticket("Wrong invoice");
    bench.mara().replies(other, "It is right.");
    bench.ada().opens(other);
    bench.advance(minutes(3));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("It is on its way."), "{}", mails[0].text);
    assert!(matches!(bench.email_row(other, "reply").reason, Some(Reason::SeenInMessenger(_))));
    // A clock that was set back does not make a reply seen that nobody has seen.
    bench.ada().opens(id);
    let done = bench.desk.perform(
        &bench.mara().actor(),
        id,
        &Action::reply("From a slower clock."),
        bench.now() - seconds(30),
    );
    done.unwrap();
    bench.advance(minutes(3));
    assert_eq!(bench.ada().mails().len(), 1);
}

#[test]
fn n2_a_reply_after_one_that_is_overdue_has_three_minutes_of_its_own() {
    // No worker ran over night; what was due then goes when one comes, and takes nothing along.
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "Yesterday's words.");
    bench.skip(Duration::hours(14));
    let done = bench.mara().replies(id, "This morning's words.");
    assert_eq!(
        done.decision.plan().unwrap().email,
        deskbell::domain::Verdict::Due(bench.now() + minutes(3))
    );
    bench.turn();
    assert_eq!(bench.ada().mails().len(), 1);
    bench.advance(seconds(100));
    bench.ada().opens(id);
    bench.advance(minutes(10));
    assert!(bench.ada().mails().is_empty(), "it was seen within its three minutes");
}

#[test]
fn n2_no_other_mail_gives_away_a_reply_that_may_still_be_seen() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "Words that wait.");
    bench.mara().sets(id, TicketState::InProgress);
    bench.advance(seconds(10));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("In progress"), "{}", mails[0].text);
    assert!(!mails[0].text.contains("Words that wait."), "{}", mails[0].text);
    assert!(!mails[0].html.contains("Words that wait."));
    // The reply's own mail, in turn, does not tell a state that can still be taken back.
    bench.advance(seconds(165));
    bench.mara().sets(id, TicketState::Resolved);
    bench.advance(seconds(5));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("Words that wait."));
    assert!(!mails[0].text.contains("Resolved"), "{}", mails[0].text);
    bench.mara().undoes(id);
}

#[test]
fn n12_looking_at_the_messenger_pane_marks_nothing_and_answering_does() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "Which card was it?");
    bench.skip(seconds(1));
    for _ in 0..3 {
        let mirror = bench.ada().thread(id);
        assert_eq!(mirror.badge, 1);
        assert!(mirror.recent_tickets[0].unread);
    }
    assert_eq!(bench.ticket(id).seen_at, None);
    bench.ada().replies(id, "The blue one.");
    let answered = bench.now();
    assert_eq!(bench.ada().messenger().badge, 0);
    assert_eq!(bench.ticket(id).seen_at, Some(answered));
    let row = bench.email_row(id, "reply");
    assert_eq!(row.reason, Some(Reason::SeenInMessenger(answered)));
    bench.advance(Duration::days(1));
    assert!(bench.ada().mails().is_empty());
}

#[test]
fn n14_who_cannot_be_mailed_still_has_the_messenger_and_the_ledger_says_why() {
    let bench = Bench::new();
    let nameless = Contact::unsaved("Carl Voss", None);
    let new = NewTicket {
        files: Vec::new(),
        category: Category::Customer,
        title: "Walk-in".into(),
        body: String::new(),
        contact: Some(nameless),
        shared: true,
    };
    let id = bench.mara().tries_to_submit(&new).unwrap().id;
    assert_eq!(bench.email_row(id, "submitted").reason, Some(Reason::NoAddress));
    let carl = bench.ticket(id).contact.unwrap();
    assert_eq!(bench.desk.customer(carl.id).messenger(None).unwrap().badge, 1);

    for (stop, reason) in
        [(MailStop::Unsubscribed, Reason::Unsubscribed), (MailStop::HardBounce, Reason::HardBounce)]
    {
        // Stopped before the reply, and while its mail waits.
        let id = bench.customer_ticket("Refund not received");
        bench.mara().replies(id, "It is on its way.");
        bench.desk.stop_mail(bench.ada().contact().id, stop, None, bench.now()).unwrap();
        bench.mara().sets(id, TicketState::InProgress);
        assert_eq!(bench.email_row(id, "state").reason, Some(reason));
        bench.advance(minutes(3));
        assert_eq!(bench.email_row(id, "reply").reason, Some(reason));
        let mara = bench.mara().actor();
        bench.desk.lift_mail_stop(&mara, bench.ada().contact().id, bench.now()).unwrap();
    }
    for (notify, reason) in
        [(Notify::Import, Reason::Import), (Notify::AskedNot, Reason::AskedNotToNotify)]
    {
        let id = bench.customer_ticket("Refund not received");
        let reply = Action::reply("Old words.");
        bench.desk.perform_as(&bench.mara().actor(), id, &reply, notify, bench.now()).unwrap();
        assert_eq!(rows(&bench, id, "reply"), silent(reason));
        assert_eq!(bench.ada().reads(id), ["-- Ticket submitted", "Mara: Old words."]);
    }
    bench.advance(Duration::days(1));
    assert!(bench.ada().mails().is_empty());
}

#[test]
fn n16_closing_in_silence_does_not_recall_the_mail_of_an_earlier_reply() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.mara().replies(id, "It is on its way.");
    bench.skip(seconds(20));
    bench.mara().closes(id);
    bench.advance(minutes(3));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("It is on its way."));
}
