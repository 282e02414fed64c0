//! N: what tells the customer, from the key a teammate presses to the mail in the customer's hand.
//! Each test's name begins with the rule it holds.

use chrono::Duration;
use deskbell::desk::Policy;
use deskbell::domain::{
    Action, Category, Channel, Contact, MailStop, NewTicket, Notify, Reason, Status, TicketId,
    TicketState,
};

use crate::support::bench::{ADA, BOB, Bench, Mail, minutes, seconds};

/// Channel, status and reason of the rows of the newest part with this event.
fn rows(bench: &Bench, id: TicketId, event: &str) -> Vec<(Channel, Status, Option<Reason>)> {
    let view = bench.ticket(id);
    let part = view.parts.iter().rev().find(|p| p.event.code() == event).expect(event);
    let of_part = view.deliveries.iter().filter(|d| d.part_id == part.id);
    of_part.map(|d| (d.channel, d.status, d.reason)).collect()
}

fn silent(reason: Reason) -> Vec<(Channel, Status, Option<Reason>)> {
    Channel::ALL.map(|c| (c, Status::Suppressed, Some(reason))).to_vec()
}

#[test]
fn n1_submitted_by_a_teammate_by_the_customer_and_by_the_api_are_all_alike() {
    let bench = Bench::new();
    let (ada, mara) = (bench.ada(), bench.mara());
    let by_teammate = mara.submits(Category::Customer, "Refund", Some(&ada), true);
    let by_customer = ada.submits("Refund", "");
    let by_mail_or_api = ada.submits_by("Refund", "", false);
    for id in [by_teammate, by_customer, by_mail_or_api] {
        assert_eq!(bench.email_row(id, "submitted").due_at, Some(bench.now() + seconds(10)));
        assert_eq!(rows(&bench, id, "submitted")[0], (Channel::Badge, Status::Sent, None));
        assert_eq!(rows(&bench, id, "submitted")[1], (Channel::Recent, Status::Sent, None));
        assert_eq!(ada.reads(id), ["-- Ticket submitted"]);
        assert_eq!(ada.thread(id).thread.unwrap().pill, TicketState::Submitted);
    }
    // In the Messenger the thread stays open, so the badge of that one is seen at once.
    let unread: Vec<TicketId> =
        ada.messenger().recent_tickets.iter().filter(|t| t.unread).map(|t| t.id).collect();
    assert_eq!(unread, [by_mail_or_api, by_teammate]);
    bench.advance(seconds(9));
    assert!(ada.mails().is_empty(), "N15: an immediate mail waits its grace");
    bench.advance(seconds(1));
    let mails = ada.mails();
    assert_eq!(mails.len(), 3, "one mail each");
    for id in [by_teammate, by_customer, by_mail_or_api] {
        assert!(mails.iter().any(|m| m.subject == format!("Your ticket {id}")), "{mails:?}");
        assert_eq!(bench.email_row(id, "submitted").sent_at, Some(bench.now()));
    }
}

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
        &Action::Reply { body: "From a slower clock.".into() },
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
fn n3_a_state_change_by_whatever_teammate_tells_on_all_channels() {
    let states = [TicketState::InProgress, TicketState::WaitingOnCustomer, TicketState::Resolved];
    for (i, state) in states.into_iter().enumerate() {
        let bench = Bench::new();
        let id = bench.customer_ticket("Refund not received");
        bench.ada().opens(id);
        bench.skip(seconds(1));
        let mate = if i == 1 { bench.sam() } else { bench.mara() };
        mate.sets(id, state);
        let messenger = bench.ada().thread(id);
        assert_eq!(messenger.badge, 1);
        assert_eq!(messenger.recent_tickets[0].id, id);
        let thread = messenger.thread.unwrap();
        assert_eq!(thread.pill, state);
        let last = thread.thread.last().unwrap();
        assert_eq!((last.text.as_str(), &last.author), (state.customer_label(), &None));
        // Not conditional on being seen: that is for replies.
        bench.ada().opens(id);
        bench.advance(seconds(10));
        assert_eq!(bench.ada().mails().len(), 1, "{state:?}");
    }
}

#[test]
fn n3_a_state_change_at_once_with_no_grace() {
    let bench = Bench::with(Policy { grace: Duration::zero(), ..Policy::default() });
    let id = bench.customer_ticket("Refund not received");
    bench.mara().sets(id, TicketState::InProgress);
    bench.turn();
    assert_eq!(bench.ada().mails().len(), 1);
}

#[test]
fn n4_closed_without_being_resolved_tells_nobody() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    bench.ada().opens(id);
    let before = bench.ada().thread(id);
    bench.skip(seconds(1));
    bench.mara().closes(id);
    assert!(!bench.ticket(id).ticket.open);
    assert_eq!(bench.ada().thread(id), before, "no badge, no recent, no thread, no pill");
    bench.advance(Duration::days(1));
    assert!(bench.ada().mails().is_empty());
    assert_eq!(rows(&bench, id, "closed"), silent(Reason::ClosedUnresolved));
}

#[test]
fn n5_sharing_is_the_submission() {
    let bench = Bench::new();
    let id = bench.back_office("VPN certificate");
    bench.advance(minutes(5));
    assert!(bench.ada().messenger().recent_tickets.is_empty());
    bench.mara().shares(id);
    assert_eq!(bench.ada().messenger().badge, 1);
    assert_eq!(bench.ada().reads(id), ["-- Ticket submitted"]);
    bench.advance(seconds(10));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, format!("Your ticket {id}"));
}

#[test]
fn n6_unshared_leaves_every_surface_and_mail_not_yet_sent_is_suppressed() {
    let bench = Bench::new();
    let id = bench.shared_back_office("VPN certificate");
    bench.mara().replies(id, "Try the new one.");
    bench.mara().sets(id, TicketState::InProgress);
    bench.advance(seconds(5));
    bench.mara().unshares(id);
    let messenger = bench.ada().thread(id);
    assert_eq!(messenger.badge, 0);
    assert!(messenger.recent_tickets.is_empty() && messenger.thread.is_none());
    assert!(bench.ada().tries_to_open(id).is_err());
    for event in ["reply", "state"] {
        let row = bench.email_row(id, event);
        assert_eq!(row.reason, Some(Reason::NotSharedAnyMore), "{event}");
    }
    assert_eq!(rows(&bench, id, "unshared"), silent(Reason::NotSharedAnyMore));
    bench.advance(Duration::days(1));
    assert!(bench.ada().mails().is_empty());
}

#[test]
fn n6_shared_again_is_told_again_and_what_was_suppressed_stays_so() {
    let bench = Bench::new();
    let id = bench.shared_back_office("VPN certificate");
    bench.mara().replies(id, "Before.");
    bench.skip(seconds(30));
    bench.mara().unshares(id);
    bench.skip(seconds(30));
    bench.mara().shares(id);
    assert_eq!(bench.ada().messenger().badge, 1);
    bench.advance(Duration::days(1));
    assert_eq!(bench.ada().mails().len(), 1, "the sharing alone");
    // V6: it was written while the ticket was shared, and the ticket is shared now.
    assert_eq!(
        bench.ada().reads(id),
        ["-- Ticket submitted", "Mara: Before.", "-- Ticket submitted"]
    );
}

#[test]
fn n7_the_customers_own_reply_raises_the_ticket_and_tells_nothing_else() {
    let bench = Bench::new();
    let first = bench.customer_ticket("First");
    let second = bench.customer_ticket("Second");
    assert_eq!(bench.ada().messenger().recent_tickets[0].id, second);
    bench.ada().replies(first, "Any news?");
    let messenger = bench.ada().thread(first);
    assert_eq!(messenger.recent_tickets[0].id, first);
    assert_eq!(messenger.badge, 1, "the second one's submission alone");
    assert_eq!(bench.ada().reads(first), ["-- Ticket submitted", "Ada: Any news?"]);
    bench.advance(Duration::days(1));
    assert!(bench.ada().mails().is_empty());
    let own = Some(Reason::OwnAction);
    assert_eq!(
        rows(&bench, first, "customer_reply"),
        [
            (Channel::Badge, Status::Suppressed, own),
            (Channel::Recent, Status::Sent, None),
            (Channel::Email, Status::Suppressed, own),
        ]
    );
}

#[test]
fn n8_the_teams_own_doings_tell_nobody() {
    let bench = Bench::new();
    let id = bench.customer_ticket("Refund not received");
    let other = bench.back_office("Chargeback");
    bench.ada().opens(id);
    let before = bench.ada().thread(id);
    bench.skip(seconds(1));
    let mara = bench.mara();
    for (event, action) in [
        ("note", Action::Note { body: "Fraud?".into() }),
        ("assigned", Action::Assign(Some(bench.sam().teammate()))),
        ("tagged", Action::Tag("fraud".into())),
        ("untagged", Action::Untag("fraud".into())),
        ("priority", Action::SetPriority(true)),
        ("snoozed", Action::Snooze(Some(bench.now() + Duration::days(2)))),
        ("woken", Action::Snooze(None)),
        ("linked", Action::Link(deskbell::desk::linked(&bench.ticket(other)))),
        ("unlinked", Action::Unlink(other)),
    ] {
        mara.does(id, &action);
        assert_eq!(rows(&bench, id, event), silent(Reason::Internal), "{event}");
        assert_eq!(bench.ada().thread(id), before, "{event}");
    }
    mara.renames(id, "Refund for #77");
    assert_eq!(rows(&bench, id, "renamed"), silent(Reason::Internal));
    assert_eq!(bench.ada().messenger().badge, 0);
    bench.advance(Duration::days(3));
    assert!(bench.ada().mails().is_empty());
}

#[test]
fn n9_nothing_ever_happens_for_a_ticket_that_is_not_shared() {
    let bench = Bench::new();
    let mara = bench.mara();
    for id in [bench.back_office("VPN certificate"), bench.tracker("Mail outage")] {
        for state in [TicketState::InProgress, TicketState::Resolved, TicketState::Submitted] {
            mara.sets(id, state);
        }
        mara.notes(id, "We know.");
        mara.closes(id);
        assert!(mara.tries(id, &Action::Reply { body: "Hello".into() }).is_err());
        bench.advance(Duration::days(1));
        assert!(bench.ada().messenger().recent_tickets.is_empty());
        assert_eq!(bench.ada().thread(id).thread, None);
        assert_eq!(bench.ada().messenger().badge, 0);
        for row in bench.ledger(id) {
            assert_eq!(row.status, Status::Suppressed);
            let reason = row.reason.unwrap();
            assert!(matches!(reason, Reason::NotShared | Reason::Internal), "{reason}");
        }
    }
    assert!(bench.all_mails().is_empty());
}

#[test]
fn n10_every_mail_can_be_answered_directly() {
    let address = deskbell::domain::EmailAddress::new("help@northwind.example").unwrap();
    let bench = Bench::with(Policy { address: Some(address), ..Policy::default() });
    let id = bench.mara().submits(Category::Customer, "Refund", Some(&bench.ada()), true);
    bench.advance(minutes(1));
    bench.mara().replies(id, "It is on its way.");
    bench.advance(minutes(3));
    bench.mara().sets(id, TicketState::Resolved);
    bench.advance(seconds(10));
    let other = bench.back_office("VPN certificate");
    bench.mara().shares(other);
    bench.advance(seconds(10));
    let mails = bench.ada().mails();
    assert_eq!(mails.len(), 4, "submitted, replied, state, shared");
    for mail in mails {
        // RFC 5322 §3.6.2: an answer goes to Reply-To, else to From.
        let answer = mail.header("Reply-To").or_else(|| mail.header("From")).unwrap();
        assert!(answer.contains("help") && answer.contains("@northwind.example"), "{answer}");
        assert!(mail.message_id.ends_with("@northwind.example"), "{}", mail.message_id);
    }
}

/// The inline images of a mail.
fn images(mail: &Mail) -> Vec<Vec<u8>> {
    let parsed = mail_parser::MessageParser::default().parse(&mail.raw).unwrap();
    let image = |p: &&mail_parser::MessagePart<'_>| {
        matches!(&p.body, mail_parser::PartType::Binary(_) | mail_parser::PartType::InlineBinary(_))
    };
    parsed.parts.iter().filter(image).map(|p| p.contents().to_vec()).collect()
}

#[test]
fn n11_the_logo_is_the_messengers_own_and_no_setting_changes_the_template() {
    let bench = Bench::new();
    let mut mails = Vec::new();
    let logo = b"GIF89a\x20\x00\x10\x00\x80\x00\x00\0\0\0\xff\xff\xff;".to_vec();
    for step in 0..3 {
        match step {
            1 => bench.desk.set_messenger_logo(logo.clone()).unwrap(),
            2 => bench.desk.set_messenger_name("Northwind care").unwrap(),
            _ => {}
        }
        bench.mara().submits(Category::Customer, "Refund", Some(&bench.ada()), true);
        bench.advance(seconds(10));
        mails.extend(bench.ada().mails());
    }
    let [before, with_logo, with_name] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!(images(before).len(), 1, "deskbell's own bell");
    assert_ne!(images(before), std::slice::from_ref(&logo));
    assert_eq!(images(with_logo), std::slice::from_ref(&logo));
    assert_eq!(images(with_name), [logo]);
    // But for the number, the moment and what was set, the words and the markup are the same.
    let alike = |mail: &Mail, n: i64| {
        let minute = |at: deskbell::domain::Time| at.format("%H:%M").to_string();
        (mail.text.clone() + &mail.html)
            .replace(&mail.message_id, "ID")
            .replace(&format!("#{n}"), "#N")
            .replace(&minute(mail.at), "TIME")
            .replace("Northwind care", "Support")
    };
    let template = |html: &str| -> String {
        // The logo's own size is part of the logo.
        let sizes = |s: &str| s.contains("width=") || s.contains("height=");
        html.split_inclusive(['<', '>', ' ']).filter(|s| !sizes(s)).collect()
    };
    let [a, b, c] = [alike(before, 1), alike(with_logo, 2), alike(with_name, 3)];
    assert_eq!(template(&a), template(&b));
    assert_eq!(b, c);
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
        bench.desk.set_mail_stop(&bench.ada().contact(), Some(stop)).unwrap();
        bench.mara().sets(id, TicketState::InProgress);
        assert_eq!(bench.email_row(id, "state").reason, Some(reason));
        bench.advance(minutes(3));
        assert_eq!(bench.email_row(id, "reply").reason, Some(reason));
        bench.desk.set_mail_stop(&bench.ada().contact(), None).unwrap();
    }
    for (notify, reason) in
        [(Notify::Import, Reason::Import), (Notify::AskedNot, Reason::AskedNotToNotify)]
    {
        let id = bench.customer_ticket("Refund not received");
        let reply = Action::Reply { body: "Old words.".into() };
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

#[test]
fn n9_one_customer_never_hears_of_anothers_ticket() {
    let bench = Bench::new();
    let adas = bench.customer_ticket("Refund not received");
    let bobs = bench.bob().submits("Wrong invoice", "Look.");
    bench.skip(seconds(1));
    bench.mara().replies(bobs, "For Bob alone.");
    bench.advance(Duration::days(1));
    assert!(bench.mails_to(ADA).is_empty());
    assert_eq!(bench.mails_to(BOB).len(), 2);
    assert_eq!(bench.ada().thread(bobs).thread, None);
    let refused = bench.ada().tries_to_reply(bobs, "Hello?").unwrap_err();
    let nowhere = bench.ada().tries_to_open(TicketId(999)).unwrap_err();
    assert_eq!(
        refused.to_string().replace(&bobs.to_string(), "#N"),
        nowhere.to_string().replace("#999", "#N"),
        "a customer cannot tell a ticket that is not theirs from none"
    );
    assert_eq!(bench.ada().messenger().recent_tickets.len(), 1);
    assert!(bench.bob().tries_to_open(adas).is_err());
}
