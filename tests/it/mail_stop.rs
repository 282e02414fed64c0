//! M3, N14: mail to an address stops with the reason in the mail system's words, and goes again by
//! a teammate's hand; the customer learns of neither.

use deskbell::desk::DeskError;
use deskbell::domain::explain::{explain, stories};
use deskbell::domain::{Action, Event, MailStop, Reason, Refusal, Status, TicketId, TicketState};
use deskbell::mail::BounceToken;

use crate::mail_in::{bounce, key, mailed, policy};
use crate::support::bench::{ADA, Bench, minutes};
use crate::support::post::DESK;
use crate::support::program::Program;

/// Ada's ticket, whose reply bounced for good.
fn bounced(bench: &Bench) -> TicketId {
    let (id, _) = mailed(bench);
    let row = bench.email_row(id, "reply");
    let verp = BounceToken::mint(row.id, &key()).address(DESK, '+').unwrap();
    bounce(bench, &verp, "failed", "5.1.1", None);
    id
}

#[test]
fn m3_a_stop_is_told_to_the_team_in_the_mail_systems_words() {
    let bench = Bench::with(policy());
    let id = bounced(&bench);
    let stop = bench.ticket(id).mail_stop.expect("a stop");
    assert_eq!((stop.reason, stop.at), (MailStop::HardBounce, Some(bench.now())));
    assert!(stop.why().contains("550 5.1.1 said the server"), "{stop:?}");
    // Her other tickets say so, too.
    let other = bench.customer_ticket("Invoice");
    assert_eq!(bench.ticket(other).mail_stop, Some(stop));
}

/// The newest line of `deskbell why`.
fn told(bench: &Bench, id: TicketId) -> String {
    let view = bench.ticket(id);
    let contact = view.contact.as_ref();
    let stories = stories(&view.parts, &view.deliveries, contact, |d| view.held_back(d));
    explain(&stories[0], bench.now())
}

#[test]
fn n14_a_reply_that_waits_promises_no_mail_while_mail_is_stopped() {
    for lifted in [false, true] {
        let bench = Bench::with(policy());
        let id = bench.customer_ticket("Refund");
        bench.mara().replies(id, "It is on its way.");
        assert!(told(&bench, id).contains("email due"), "{}", told(&bench, id));
        let ada = bench.ada().contact().id;
        bench.desk.stop_mail(ada, MailStop::HardBounce, None, bench.now()).unwrap();
        // What is said is what `settle` will say; nothing is recorded before.
        let row = bench.email_row(id, "reply");
        let view = bench.ticket(id);
        assert_eq!((row.status, view.held_back(&row)), (Status::Due, Some(Reason::HardBounce)));
        let words = "no email: mail to ada@lumen.example is stopped (hard bounce)";
        assert!(told(&bench, id).ends_with(words), "{}", told(&bench, id));
        assert_eq!(view.next_mail(), None);
        assert_eq!(bench.desk.outlook().unwrap().waiting, 0);
        assert_eq!(bench.desk.outlook().unwrap().next_due, None);
        let filter = deskbell::domain::inbox::InboxFilter::default();
        assert_eq!(bench.desk.inbox(&filter, None, 10).unwrap()[0].mail_due_at, None);
        bench.advance(minutes(1));
        if lifted {
            bench.desk.lift_mail_stop(&bench.mara().actor(), ada, bench.now()).unwrap();
            assert_eq!(bench.ticket(id).held_back(&row), None);
            assert_eq!(bench.desk.outlook().unwrap().waiting, 1);
        }
        bench.advance(minutes(2));
        let ended = bench.email_row(id, "reply");
        let as_said = if lifted {
            (Status::Sent, None)
        } else {
            (Status::Suppressed, Some(Reason::HardBounce))
        };
        assert_eq!((ended.status, ended.reason), as_said);
        assert_eq!(bench.ada().mails().len(), usize::from(lifted));
    }
}

#[test]
fn n14_a_lifted_stop_lets_go_what_comes_from_now_on_and_nothing_before() {
    let bench = Bench::with(policy());
    let id = bounced(&bench);
    bench.mara().sets(id, TicketState::InProgress);
    let held_back = bench.email_row(id, "state");
    assert_eq!(held_back.reason, Some(Reason::HardBounce));
    let other = bench.customer_ticket("Invoice");
    bench.advance(minutes(1));

    let mara = bench.mara().actor();
    let ada = bench.ada().contact().id;
    let done = bench.desk.lift_mail_stop(&mara, ada, bench.now()).unwrap();
    assert_eq!(done.unwrap().id, id, "the ticket where it was noticed, not the newest");
    assert_eq!(bench.ticket(id).mail_stop, None);
    assert_eq!(bench.ada().contact().mail_stop, None);
    let view = bench.ticket(id);
    let part = view.parts.last().unwrap();
    let event = Event::MailStopLifted { was: MailStop::HardBounce, to: ADA.into() };
    assert_eq!((&part.event, part.author.name()), (&event, "Mara Holt"));
    assert!(!part.visible && !part.badge && !part.recent);

    bench.advance(minutes(10));
    assert_eq!(bench.ada().mails(), [], "nothing that was held back goes");
    let still = view.deliveries.iter().find(|d| d.id == held_back.id).unwrap();
    assert_eq!(still.status, Status::Suppressed);
    bench.mara().sets(other, TicketState::Resolved);
    bench.advance(minutes(1));
    assert_eq!(bench.ada().mails().len(), 1);
    // The mail that bounced can be sent again, by hand.
    let row = bench.email_row(id, "reply");
    assert_eq!(row.status, Status::Failed);
    assert!(bench.desk.resend(row.id, bench.now()).unwrap());
    bench.advance(minutes(1));
    assert_eq!(bench.email_row(id, "reply").status, Status::Sent);
}

#[test]
fn n14_only_a_stop_that_is_there_is_lifted_and_only_by_the_team() {
    let bench = Bench::with(policy());
    let (id, _) = mailed(&bench);
    let ada = bench.ada().contact();
    let refused = bench.mara().tries(id, &Action::LiftMailStop).unwrap_err();
    assert_eq!(refused, DeskError::Refused(Refusal::MailNotStopped(ADA.into())));
    let mara = bench.mara().actor();
    assert!(bench.desk.lift_mail_stop(&mara, ada.id, bench.now()).is_err());
    bench.desk.stop_mail(ada.id, MailStop::Unsubscribed, None, bench.now()).unwrap();
    let customer = deskbell::domain::Actor::Customer(ada.clone());
    let refused = bench.desk.perform(&customer, id, &Action::LiftMailStop, bench.now());
    assert_eq!(refused.unwrap_err(), DeskError::Refused(Refusal::NotTheirs(id)));
    assert_eq!(bench.ticket(id).mail_stop.unwrap().why(), "unsubscribed");
    // By the ticket's own action it is the same use case.
    bench.desk.perform(&mara, id, &Action::LiftMailStop, bench.now()).unwrap();
    assert_eq!(bench.ada().contact().mail_stop, None);
    assert_eq!(bench.desk.mail_stops().unwrap(), []);
}

#[test]
fn v7_the_customer_sees_neither_the_stop_nor_that_it_was_lifted() {
    let bench = Bench::with(policy());
    let (id, _) = mailed(&bench);
    let ada = bench.ada().contact();
    let before = bench.ada().reads(id);
    let words = Some("550 KLAXON no such user");
    bench.desk.stop_mail(ada.id, MailStop::HardBounce, words, bench.now()).unwrap();
    bench.desk.lift_mail_stop(&bench.mara().actor(), ada.id, bench.now()).unwrap();
    assert_eq!(bench.ada().reads(id), before);
    bench.mara().replies(id, "Does this reach you?");
    bench.advance(minutes(4));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1);
    let seen = format!("{mails:?}{:?}", bench.ada().messenger());
    assert!(!seen.contains("KLAXON") && !seen.contains("lifted"), "{seen}");
}

#[test]
fn the_command_line_lists_stops_and_lifts_one() {
    let p = Program::new();
    p.run(&["new", "customer", "Refund", "--contact", "ada@lumen.example", "--name", "Ada"]).done();
    assert_eq!(p.run(&["mail-stop", "list"]).done().stderr, "Mail is stopped to nobody.\n");
    let lift = ["mail-stop", "lift", "ADA@lumen.example"];
    assert_eq!(p.run(&lift).code, 3, "a rule refuses it");
    let desk = deskbell::desk::Desk::open(&p.desk(), false, Default::default()).unwrap();
    let ada = desk.ticket(TicketId(1)).unwrap().unwrap().contact.unwrap();
    let words = Some("550 5.1.1 no such\u{1b}[31m user");
    desk.stop_mail(ada.id, MailStop::HardBounce, words, "2026-06-09T14:04:00Z".parse().unwrap())
        .unwrap();
    let list = p.run(&["mail-stop", "list"]).done().stdout;
    assert!(list.contains("ada@lumen.example") && list.contains("2026-06-09 14:04:00"), "{list}");
    assert!(list.contains("550 5.1.1 no such") && !list.contains('\u{1b}'), "{list:?}");
    assert!(p.run(&["show", "1"]).done().stdout.contains("stopped: 550 5.1.1"));
    let dry = p.run(&["--dry-run", "mail-stop", "lift", "ada@lumen.example"]).done().stdout;
    assert!(dry.contains("told nothing"), "{dry}");
    assert!(!p.run(&["mail-stop", "list"]).done().stdout.is_empty(), "nothing was done");
    let said = p.run(&lift).done().stderr;
    assert!(said.contains("goes again from now on") && said.contains("#1 says who"), "{said}");
    let history = p.run(&["show", "1"]).done().stdout;
    assert!(history.contains("Mail to ada@lumen.example goes again (hard bounce lifted)"));
    assert!(!history.contains("stopped:"), "{history}");
}
