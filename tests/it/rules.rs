//! The table of N, enumerated whole: categories × shared × states × open × events × who acts ×
//! address × asked not to notify, against the rule book written out once more by hand.

use chrono::Duration;
use deskbell::domain::notify::{Facts, Notify};
use deskbell::domain::{
    Action, Actor, Category, Contact, ContactId, Context, EmailAddress, Event, LinkedTicket,
    MailStop, NewTicket, Reason, Refusal, Teammate, TeammateId, Ticket, TicketId, TicketState,
    TicketTypeId, Time, Verdict, decide, submit,
};

const GRACE: Duration = Duration::seconds(10);

fn now() -> Time {
    Time::from_timestamp(1_780_000_000, 0).unwrap()
}

fn ada() -> Contact {
    Contact {
        id: ContactId(1),
        name: "Ada Park".into(),
        email: Some(EmailAddress::new("ada@lumen.example").unwrap()),
        mail_stop: None,
    }
}

fn mara() -> Actor {
    Actor::Teammate(Teammate { id: TeammateId(1), name: "Mara Holt".into() })
}

fn ticket(category: Category, shared: bool, state: TicketState, open: bool) -> Ticket {
    Ticket {
        id: TicketId(12),
        category,
        title: "Refund not received".into(),
        state,
        open,
        shared,
        contact: (category != Category::Tracker).then_some(ContactId(1)),
        assignee: None,
        priority: false,
        snoozed_until: None,
        tags: vec!["old".into()],
        created_at: now(),
        updated_at: now(),
        revision: 1,
        type_id: TicketTypeId(1),
        deleted_at: None,
    }
}

/// All combinations of category and share switch that V2 allows.
const SHARINGS: [(Category, bool); 4] = [
    (Category::Customer, true),
    (Category::BackOffice, false),
    (Category::BackOffice, true),
    (Category::Tracker, false),
];

fn other(category: Category) -> LinkedTicket {
    LinkedTicket {
        id: TicketId(99),
        category,
        title: "Other".into(),
        state: TicketState::Submitted,
        open: true,
        shared: false,
        contact: None,
    }
}

fn actions() -> Vec<(&'static str, Actor, Action)> {
    let mut all = vec![
        ("reply", mara(), Action::reply("Hello")),
        ("note", mara(), Action::note("Hush")),
        ("customer reply", Actor::Customer(ada()), Action::customer_reply("Hi")),
        ("close", mara(), Action::Close),
        ("reopen", mara(), Action::Reopen),
        ("share", mara(), Action::Share),
        ("unshare", mara(), Action::Unshare),
        (
            "assign",
            mara(),
            Action::Assign(Some(Teammate { id: TeammateId(2), name: "Sam".into() })),
        ),
        ("rename", mara(), Action::Rename("Other title".into())),
        ("tag", mara(), Action::Tag("new".into())),
        ("untag", mara(), Action::Untag("old".into())),
        ("priority", mara(), Action::SetPriority(true)),
        ("snooze", mara(), Action::Snooze(Some(now() + Duration::hours(1)))),
        ("link tracker", mara(), Action::Link(other(Category::Tracker))),
        ("link report", mara(), Action::Link(other(Category::Customer))),
    ];
    let (from, to) = ("Old".into(), "New".into());
    all.push(("attribute", mara(), Action::SetAttribute { name: "Size".into(), value: 4.into() }));
    all.push(("delete", mara(), Action::Delete));
    let category = Category::Customer;
    all.push(("type", mara(), Action::ChangeType { id: TicketTypeId(9), category, from, to }));
    for state in TicketState::ALL {
        all.push(("state", mara(), Action::SetState(state)));
    }
    all
}

/// What the rule book says of an action, in its own words.
#[derive(Debug, PartialEq)]
enum Book {
    Refused,
    /// Badge, Recent, thread, email: when it goes, or why not.
    Told {
        badge: bool,
        recent: bool,
        thread: bool,
        email: Result<Duration, Reason>,
    },
}

const SILENT: fn(Reason) -> Book =
    |r| Book::Told { badge: false, recent: false, thread: false, email: Err(r) };
const TOLD: fn(Duration) -> Book =
    |d| Book::Told { badge: true, recent: true, thread: true, email: Ok(d) };

/// RULES.md's tables, read from the top.
fn book(name: &str, action: &Action, t: &Ticket) -> Book {
    use Category::{BackOffice, Customer, Tracker};
    let shared = t.shared;
    match name {
        // V: "replies and notes", "replies only while shared", "notes only"; N2.
        "reply" if t.category == Tracker || !shared => Book::Refused,
        "reply" => TOLD(Duration::minutes(3)),
        // N7; a customer reaches shared tickets only.
        "customer reply" if !shared => Book::Refused,
        "customer reply" => {
            Book::Told { badge: false, recent: true, thread: true, email: Err(Reason::OwnAction) }
        }
        // N3, S4, N9.
        "state" => match action {
            Action::SetState(to) if *to == t.state => Book::Refused,
            _ if shared => TOLD(GRACE),
            _ => SILENT(Reason::NotShared),
        },
        // N4, N9.
        "close" if !t.open => Book::Refused,
        "close" if shared => SILENT(Reason::ClosedUnresolved),
        "close" => SILENT(Reason::NotShared),
        "reopen" if t.open => Book::Refused,
        // V2, N5, N6.
        "share" if t.category == BackOffice && !shared => TOLD(GRACE),
        "share" => Book::Refused,
        "unshare" if t.category == BackOffice && shared => SILENT(Reason::NotSharedAnyMore),
        "unshare" => Book::Refused,
        // As N6: a deleted ticket leaves every surface.
        "delete" if shared => SILENT(Reason::NotSharedAnyMore),
        "delete" => SILENT(Reason::NotShared),
        // V2, V3: a tracker has no contact to be shared with.
        "type" if t.category == Tracker => Book::Refused,
        // V3: which links there are.
        "link tracker" if t.category == Tracker => Book::Refused,
        "link report" if t.category == Customer => Book::Refused,
        // N8 and what else is the team's own.
        "note" | "reopen" | "assign" | "rename" | "tag" | "untag" | "priority" | "snooze"
        | "link tracker" | "link report" | "attribute" | "type" => SILENT(Reason::Internal),
        other => panic!("the book has no entry {other}"),
    }
}

fn facts<'a>(contact: Option<&'a Contact>, notify: Notify) -> Facts<'a> {
    Facts { contact, grace: GRACE, waiting_replies: &[], waiting_states: &[], notify }
}

#[test]
fn n1_to_n9_and_v2_to_v4_the_whole_table() {
    let ada = ada();
    let mut cases = 0;
    for (category, shared) in SHARINGS {
        for state in TicketState::ALL {
            for open in [true, false] {
                for (name, actor, action) in actions() {
                    let before = ticket(category, shared, state, open);
                    let contact = before.contact.map(|_| &ada);
                    let ctx = Context {
                        facts: facts(contact, Notify::Tell),
                        links: &[],
                        other_links: &[],
                    };
                    let expected = book(name, &action, &before);
                    let case = format!("{category:?} shared={shared} {state:?} open={open} {name}");
                    cases += 1;
                    match decide(&before, &action, &actor, &ctx, now()) {
                        Err(refusal) => {
                            assert_eq!(expected, Book::Refused, "{case}: {refusal}");
                            let sentence = refusal.to_string();
                            assert!(sentence.ends_with('.') && sentence.len() > 12, "{sentence}");
                        }
                        Ok(decision) => {
                            let plan = decision.parts[0].plan;
                            let told = Book::Told {
                                badge: plan.badge.is_due(),
                                recent: plan.recent.is_due(),
                                thread: plan.visible,
                                email: match plan.email {
                                    Verdict::Due(at) => Ok(at - now()),
                                    Verdict::Suppressed(reason) => Err(reason),
                                },
                            };
                            assert_eq!(told, expected, "{case}");
                            after(&case, &before, &decision.ticket, &action);
                            // N9: whatever the desk adds of itself tells nobody either; but what
                            // becomes a Customer ticket is shared by that (V2, N5).
                            for part in &decision.parts[1..] {
                                if name == "type" && part.event == Event::Shared {
                                    assert!(
                                        !shared && part.plan.email == Verdict::Due(now() + GRACE)
                                    );
                                    continue;
                                }
                                assert!(part.plan.is_silent(), "{case}: {:?}", part.event);
                            }
                        }
                    }
                }
            }
        }
    }
    assert_eq!(cases, 4 * 4 * 2 * 22);
}

/// S2, S3, S5, V2: how a ticket stands after what was done to it.
fn after(case: &str, before: &Ticket, after: &Ticket, action: &Action) {
    match action {
        Action::ChangeType { category, .. } => {
            assert_eq!(after.category, *category, "{case}");
            assert_eq!(after.type_id, TicketTypeId(9), "{case}");
        }
        _ => assert_eq!(after.category, before.category, "{case}"),
    }
    assert_eq!(after.revision, before.revision + 1, "{case}");
    match after.category {
        Category::Customer => assert!(after.shared, "{case}"),
        Category::Tracker => assert!(!after.shared && after.as_shared().is_none(), "{case}"),
        Category::BackOffice => {}
    }
    match action {
        Action::SetState(to) => {
            assert_eq!(after.state, *to, "{case}");
            assert_eq!(after.open, *to != TicketState::Resolved, "S2, S5 {case}");
        }
        Action::Delete => assert!(after.as_shared().is_none(), "{case}"),
        Action::Close => assert!(!after.open && after.state == before.state, "S2 {case}"),
        Action::CustomerReply { .. } => {
            assert!(after.open, "S3 {case}");
            let moved = !before.open
                || matches!(before.state, TicketState::Resolved | TicketState::WaitingOnCustomer);
            let expected = if moved { TicketState::InProgress } else { before.state };
            assert_eq!(after.state, expected, "S3 {case}");
        }
        _ => assert_eq!(after.state, before.state, "{case}"),
    }
}

#[test]
fn n1_submissions_of_all_kinds_by_whomever() {
    let ada = ada();
    for category in Category::ALL {
        for shared in [false, true] {
            for contact in [None, Some(ada.clone())] {
                for actor in [mara(), Actor::Customer(ada.clone())] {
                    let new = NewTicket {
                        files: Vec::new(),
                        category,
                        title: "T".into(),
                        body: "B".into(),
                        contact: contact.clone(),
                        shared,
                    };
                    let ctx = Context {
                        facts: facts(contact.as_ref(), Notify::Tell),
                        links: &[],
                        other_links: &[],
                    };
                    let result = submit(TicketId(1), &new, &actor, &ctx, now());
                    let allowed = match category {
                        Category::Customer => contact.is_some(),
                        Category::BackOffice => !shared || contact.is_some(),
                        Category::Tracker => !shared && contact.is_none(),
                    };
                    assert_eq!(result.is_ok(), allowed, "{new:?}");
                    let Ok(decision) = result else { continue };
                    let told = category == Category::Customer || shared;
                    let plan = decision.parts[0].plan;
                    assert_eq!(decision.ticket.shared, told);
                    assert_eq!(plan.visible, told);
                    assert_eq!(plan.badge.is_due(), told);
                    assert_eq!(plan.recent.is_due(), told);
                    let email = if told {
                        Verdict::Due(now() + GRACE)
                    } else {
                        Verdict::Suppressed(Reason::NotShared)
                    };
                    assert_eq!(plan.email, email, "{new:?} by {actor:?}");
                }
            }
        }
    }
}

#[test]
fn n14_who_has_no_address_or_asked_for_silence_gets_no_mail_and_the_reason_is_kept() {
    let base = ada();
    let no_address = Contact { email: None, ..base.clone() };
    let unsubscribed = Contact { mail_stop: Some(MailStop::Unsubscribed), ..base.clone() };
    let bounced = Contact { mail_stop: Some(MailStop::HardBounce), ..base.clone() };
    let cases = [
        (&no_address, Notify::Tell, Reason::NoAddress, true),
        (&unsubscribed, Notify::Tell, Reason::Unsubscribed, true),
        (&bounced, Notify::Tell, Reason::HardBounce, true),
        (&base, Notify::Import, Reason::Import, false),
        (&base, Notify::AskedNot, Reason::AskedNotToNotify, false),
    ];
    for (contact, notify, reason, badge) in cases {
        for action in [Action::reply("Hi"), Action::SetState(TicketState::Resolved)] {
            let before = ticket(Category::Customer, true, TicketState::Submitted, true);
            let ctx = Context { facts: facts(Some(contact), notify), links: &[], other_links: &[] };
            let plan = decide(&before, &action, &mara(), &ctx, now()).unwrap().parts[0].plan;
            assert_eq!(plan.email, Verdict::Suppressed(reason));
            assert_eq!(plan.badge.is_due(), badge);
            assert!(plan.visible);
        }
    }
}

#[test]
fn v7_a_customer_can_do_nothing_to_a_ticket_but_write_into_its_thread() {
    let ada = ada();
    let ctx = Context { facts: facts(Some(&ada), Notify::Tell), links: &[], other_links: &[] };
    let theirs = ticket(Category::Customer, true, TicketState::Submitted, true);
    for (name, _, action) in actions() {
        let result = decide(&theirs, &action, &Actor::Customer(ada.clone()), &ctx, now());
        assert_eq!(result.is_ok(), name == "customer reply", "{name}");
    }
}

#[test]
fn v4_refusals_name_the_rule() {
    let tracker = ticket(Category::Tracker, false, TicketState::Submitted, true);
    let ctx = Context { facts: facts(None, Notify::Tell), links: &[], other_links: &[] };
    let refused = decide(&tracker, &Action::reply("x"), &mara(), &ctx, now());
    assert_eq!(
        refused.unwrap_err().to_string(),
        "Tracker tickets are never shown to customers. Reply on a linked report."
    );
    let same = ticket(Category::Customer, true, TicketState::InProgress, true);
    let refused = decide(&same, &Action::SetState(TicketState::InProgress), &mara(), &ctx, now());
    assert_eq!(refused.unwrap_err().to_string(), "#12 is already In progress.");
}

#[test]
fn v3_links_are_counted() {
    let ada = ada();
    let report = ticket(Category::Customer, true, TicketState::Submitted, true);
    let tracker = other(Category::Tracker);
    let mine = [LinkedTicket { id: TicketId(50), ..tracker.clone() }];
    let ctx = Context { facts: facts(Some(&ada), Notify::Tell), links: &mine, other_links: &[] };
    let refused = decide(&report, &Action::Link(tracker.clone()), &mara(), &ctx, now());
    assert_eq!(refused.unwrap_err(), Refusal::OneTracker(TicketId(12)));
    let full = vec![other(Category::Customer); 2_500];
    let ctx = Context { facts: facts(Some(&ada), Notify::Tell), links: &[], other_links: &full };
    let refused = decide(&report, &Action::Link(tracker), &mara(), &ctx, now());
    assert_eq!(refused.unwrap_err(), Refusal::TrackerFull(TicketId(99)));
}

#[test]
fn s3_the_customers_reply_wakes_and_reopens_and_the_desk_is_the_author() {
    let ada = ada();
    let mut before = ticket(Category::Customer, true, TicketState::Resolved, false);
    before.snoozed_until = Some(now() + Duration::days(1));
    let ctx = Context { facts: facts(Some(&ada), Notify::Tell), links: &[], other_links: &[] };
    let action = Action::customer_reply("Still broken");
    let decision = decide(&before, &action, &Actor::Customer(ada.clone()), &ctx, now()).unwrap();
    assert!(decision.ticket.open && decision.ticket.snoozed_until.is_none());
    let events: Vec<&str> = decision.parts.iter().map(|p| p.event.code()).collect();
    assert_eq!(events, ["customer_reply", "woken", "state"]);
    let state = &decision.parts[2];
    assert_eq!(state.author.name(), "deskbell");
    assert!(state.plan.visible && state.plan.is_silent());
    assert!(matches!(state.event, Event::StateChanged { to: TicketState::InProgress, .. }));
    assert_eq!(state.plan.email, Verdict::Suppressed(Reason::OwnAction));
    let stranger = Actor::Customer(Contact { id: ContactId(2), ..ada.clone() });
    assert_eq!(
        decide(&before, &action, &stranger, &ctx, now()).unwrap_err(),
        Refusal::NotTheirs(TicketId(12))
    );
}
