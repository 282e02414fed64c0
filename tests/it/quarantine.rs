//! M2, L3: what accepting a held mail would tell is said before, by the one function that decides.

use deskbell::desk::quarantine::Lands;
use deskbell::desk::receive::{Arrived, InboundId, MailState, MatchedBy, SenderCheck};
use deskbell::domain::{Reason, TicketId, TicketState, Verdict};

use crate::mail_in::{mailed, policy};
use crate::support::bench::{Bench, minutes};
use crate::support::post::DESK;
use crate::support::program::Program;

/// Ada's ticket, waiting on her, and Bob's answer to its mail.
fn held(bench: &Bench) -> (TicketId, Arrived) {
    let (id, mail) = mailed(bench);
    bench.mara().sets(id, TicketState::WaitingOnCustomer);
    bench.advance(minutes(1));
    bench.ada().mails();
    let arrived = bench.bob().composes(&mail, "I am her colleague.").lands(bench);
    assert_eq!(arrived.state, MailState::Held);
    (id, arrived)
}

#[test]
fn l3_what_accepting_would_tell_is_what_it_tells() {
    let bench = Bench::with(policy());
    let (id, arrived) = held(&bench);
    let mail = InboundId(arrived.id);
    let (before, contacts) = (bench.ticket(id), bench.desk.contacts_like("", 10).unwrap());

    let reply = bench.desk.acceptance(mail, false, bench.now()).unwrap();
    assert_eq!(reply.lands, Lands::Reply(id));
    assert_eq!(reply.contact.unwrap().first_name(), "Ada");
    assert_eq!(reply.decision.ticket.state, TicketState::InProgress, "S3");
    let plan = *reply.decision.plan().unwrap();
    assert_eq!(plan.email, Verdict::Suppressed(Reason::OwnAction), "N7");
    assert!(plan.visible && plan.recent.is_due() && !plan.badge.is_due());

    let new = bench.desk.acceptance(mail, true, bench.now()).unwrap();
    assert_eq!((new.lands, new.contact.unwrap().first_name()), (Lands::New, "Bob"));
    let promised = *new.decision.plan().unwrap();
    assert!(
        promised.badge.is_due() && promised.email.is_due(),
        "N1, N17: the first within an hour"
    );
    // Asking does nothing.
    assert_eq!(bench.ticket(id), before);
    assert_eq!(bench.desk.contacts_like("", 10).unwrap(), contacts);
    assert_eq!(bench.desk.quarantine().unwrap().len(), 1);

    let mara = bench.mara().actor();
    let opened = bench.desk.accept_mail(&mara, mail, true, bench.now()).unwrap();
    let Verdict::Due(due) = promised.email else { unreachable!() };
    assert_eq!(bench.email_row(opened, "submitted").due_at, Some(due));
    let gone = bench.desk.acceptance(mail, false, bench.now()).unwrap_err();
    assert_eq!(gone.to_string(), format!("Mail {} is not in quarantine.", arrived.id));
}

#[test]
fn v1_a_mail_about_an_unshared_ticket_would_stay_with_the_team() {
    let bench = Bench::with(policy());
    let id = bench.back_office("Ledger");
    bench.mara().shares(id);
    bench.advance(minutes(1));
    let mail = bench.ada().mails().pop().unwrap();
    let arrived = bench.bob().composes(&mail, "Me, too.").lands(&bench);
    bench.mara().unshares(id);
    let acceptance = bench.desk.acceptance(InboundId(arrived.id), false, bench.now()).unwrap();
    assert_eq!(acceptance.lands, Lands::Kept(id));
    assert!(acceptance.decision.plan().unwrap().is_silent());
    let mara = bench.mara().actor();
    bench.desk.accept_mail(&mara, InboundId(arrived.id), false, bench.now()).unwrap();
    assert_eq!(bench.ticket(id).parts.last().unwrap().event.code(), "mail_kept");
}

#[test]
fn m2_nothing_that_arrives_is_invisible() {
    let bench = Bench::with(policy());
    let (_, arrived) = held(&bench);
    let post = bench.ada().writes("Hello", "Once");
    post.lands(&bench);
    post.lands(&bench);
    let states = |every| -> Vec<MailState> {
        bench.desk.newest_mail(every, 10).unwrap().into_iter().map(|m| m.state).collect()
    };
    assert_eq!(states(false), [MailState::Held]);
    assert_eq!(states(true), [MailState::Dropped, MailState::Applied, MailState::Held]);
    assert_eq!(bench.desk.newest_mail(true, 1).unwrap().len(), 1);
    assert_eq!(bench.desk.outlook().unwrap().held, 1);
    let mara = bench.mara().actor();
    bench.desk.drop_mail(&mara, InboundId(arrived.id), bench.now()).unwrap();
    assert_eq!(bench.desk.outlook().unwrap().held, 0);
    assert_eq!(states(true).len(), 3);
}

#[test]
fn m1_m5_a_part_knows_the_mail_it_came_by() {
    let bench = Bench::with(policy());
    let (id, mail) = mailed(&bench);
    let by_address = bench.ada().answers(&mail, "One");
    let by_thread = bench
        .ada()
        .composes(&mail, "Two")
        .to(DESK)
        .with("Authentication-Results", "mx.northwind.example; dmarc=pass")
        .lands(&bench);
    let notice = bench.ada().composes(&mail, "I am away.").with("Auto-Submitted", "auto-replied");
    notice.lands(&bench);
    let view = bench.ticket(id);
    let facts: Vec<_> = view
        .mails
        .iter()
        .map(|m| (m.matched_by, m.sender_check, m.automatic, m.hidden_lines > 0))
        .collect();
    assert_eq!(
        facts,
        [
            (Some(MatchedBy::Address), SenderCheck::NotChecked, false, true),
            (Some(MatchedBy::Thread), SenderCheck::Pass, false, true),
            (Some(MatchedBy::Address), SenderCheck::NotChecked, true, true),
        ]
    );
    let part = view.parts.iter().find(|p| Some(p.id) == by_thread.part).unwrap();
    assert_eq!(view.mail_of(part).unwrap().mail, by_thread.id);
    assert_ne!(by_address.part, by_thread.part);
}

#[test]
fn a_dry_run_of_the_command_line_lets_nothing_in() {
    let p = Program::new();
    p.configure("[mail]\naddress = \"help@northwind.example\"\n");
    p.run(&["new", "tracker", "Outage"]).done();
    let receive = ["receive", "--recipient", "help@northwind.example", "--sender", "x@y.example"];
    p.feed(&receive, b"not a mail at all").done();
    let list = p.run(&["quarantine", "list"]).done().stdout;
    let drop = p.run(&["--dry-run", "quarantine", "drop", "1"]).done().stdout;
    assert!(drop.contains("Nobody is told"), "{drop}");
    assert_eq!(p.run(&["--dry-run", "quarantine", "accept", "1"]).code, 1);
    assert_eq!(p.run(&["quarantine", "list"]).done().stdout, list);
}
