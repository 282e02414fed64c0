//! The same things done by the screens, by the command line and by the API leave equal tickets and
//! equal ledgers.

use chrono::Duration;
use deskbell::clock::Clock;
use deskbell::desk::{Desk, Policy};
use deskbell::domain::{Action, Category, NewTicket, TicketId, TicketState, TicketTypeId, Time};
use deskbell::tui::exec::Hands;
use deskbell::tui::message::{Command, NewContact};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::bench::{ADA, Bench, folder};
use crate::support::http::Http;
use crate::support::program::Program;
use crate::support::story;

/// What is done to a ticket; tickets are picked modulo how many there are.
#[derive(Debug, Clone)]
enum Doing {
    Reply(String),
    Note(String),
    Answer(String),
    State(usize),
    Close,
    Reopen,
    Share,
    Unshare,
    Assign(bool),
    Rename(String),
    Tag(bool),
    Snooze,
    Link(usize, bool),
    Type(usize),
    Delete,
}

const STATES: [(&str, &str); 4] =
    [("submitted", "1"), ("in-progress", "2"), ("waiting", "3"), ("resolved", "4")];
const TICKETS: [(Category, &str); 4] = [
    (Category::Customer, "Refund"),
    (Category::BackOffice, "Chargeback"),
    (Category::BackOffice, "Ledger"),
    (Category::Tracker, "Payouts fail"),
];

/// Words, signs that mean something to HTML, and lines.
fn text() -> impl Strategy<Value = String> {
    "[A-Za-zäß]{1,8}( [A-Za-z0-9&'\"]{1,8}| < [a-z]{1,3}|\n[a-z]{1,8}){0,4}"
}

fn doing() -> impl Strategy<Value = Doing> {
    prop_oneof![
        4 => text().prop_map(Doing::Reply),
        2 => text().prop_map(Doing::Note),
        2 => text().prop_map(Doing::Answer),
        4 => (0_usize..4).prop_map(Doing::State),
        2 => Just(Doing::Close),
        1 => Just(Doing::Reopen),
        3 => Just(Doing::Share),
        2 => Just(Doing::Unshare),
        1 => any::<bool>().prop_map(Doing::Assign),
        1 => "[a-z]{1,8}( [a-z]{1,8}){0,2}".prop_map(Doing::Rename),
        2 => any::<bool>().prop_map(Doing::Tag),
        1 => Just(Doing::Snooze),
        2 => (0_usize..4, any::<bool>()).prop_map(|(o, on)| Doing::Link(o, on)),
        1 => (0_usize..3).prop_map(Doing::Type),
        1 => Just(Doing::Delete),
    ]
}

/// A desk that is worked by keys.
struct Screens {
    desk: Desk,
    _folder: tempfile::TempDir,
}

impl Screens {
    fn new() -> Self {
        let folder = folder();
        let policy = Policy { allow_acting_as_customer: true, ..Policy::default() };
        let desk = Desk::open(&folder.path().join("desk.db"), true, policy).unwrap();
        Self { desk, _folder: folder }
    }

    /// What a key has come to: the screens hand it to the desk like this.
    fn run(&self, command: Command, now: Time) {
        let me = self.desk.teammate("Mara Holt", now).unwrap().0;
        let _ = Hands::new(self.desk.clone(), Clock::frozen(now), me).unwrap().run(command);
    }

    fn submit(&self, category: Category, title: &str, now: Time) {
        let new = NewTicket {
            files: Vec::new(),
            category,
            title: title.into(),
            body: "What it is about.".into(),
            contact: None,
            shared: category == Category::Customer,
        };
        let contact = (category != Category::Tracker)
            .then(|| NewContact { email: ADA.into(), name: "Ada Park".into() });
        self.run(Command::Submit { new, contact }, now);
    }

    fn act(&self, id: TicketId, doing: &Doing, now: Time) {
        let action = match doing {
            Doing::Reply(body) => Action::reply(body),
            Doing::Note(body) => Action::note(body),
            Doing::Answer(text) => {
                let contact = deskbell::domain::ContactId(1);
                let text = text.clone();
                return self.run(
                    Command::CustomerReplies { contact, ticket: id, text, files: Vec::new() },
                    now,
                );
            }
            Doing::State(n) => Action::SetState(TicketState::ALL[*n]),
            Doing::Close => Action::Close,
            Doing::Reopen => Action::Reopen,
            Doing::Share => Action::Share,
            Doing::Unshare => Action::Unshare,
            Doing::Assign(true) => {
                return self.run(Command::AssignTo { id, name: "Mara Holt".into() }, now);
            }
            Doing::Assign(false) => Action::Assign(None),
            Doing::Rename(title) => Action::Rename(title.clone()),
            Doing::Tag(true) => Action::Tag("vip".into()),
            Doing::Tag(false) => Action::Untag("vip".into()),
            Doing::Snooze => Action::Snooze(Some(now + Duration::hours(1))),
            Doing::Link(other, true) => {
                let other = number(*other);
                return self.run(Command::Link { id, other }, now);
            }
            Doing::Link(other, false) => Action::Unlink(number(*other)),
            // No key does it; the desk is asked as the screens ask it.
            Doing::Type(n) => {
                let to = TicketTypeId::default_of(Category::ALL[*n]);
                let Ok(action) = self.desk.change_type(id, to) else { return };
                action
            }
            Doing::Delete => Action::Delete,
        };
        self.run(Command::Perform { id, action }, now);
    }
}

fn number(n: usize) -> TicketId {
    TicketId(i64::try_from(n % TICKETS.len()).unwrap() + 1)
}

fn by_command(program: &Program, id: TicketId, doing: &Doing, now: Time) {
    let id = id.0.to_string();
    let at = (now + Duration::hours(1)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let other;
    let args: Vec<&str> = match doing {
        Doing::Reply(body) => vec!["reply", &id, body],
        Doing::Note(body) => vec!["note", &id, body],
        Doing::Answer(body) => vec!["customer", ADA, "reply", &id, body],
        Doing::State(n) => vec!["state", &id, STATES[*n].0],
        Doing::Close => vec!["close", &id],
        Doing::Reopen => vec!["reopen", &id],
        Doing::Share => vec!["share", &id],
        Doing::Unshare => vec!["unshare", &id],
        Doing::Assign(on) => vec!["assign", &id, if *on { "Mara Holt" } else { "nobody" }],
        Doing::Rename(title) => vec!["rename", &id, title],
        Doing::Tag(on) => vec![if *on { "tag" } else { "untag" }, &id, "vip"],
        Doing::Snooze => vec!["snooze", &id, &at],
        Doing::Link(n, on) => {
            other = number(*n).0.to_string();
            vec![if *on { "link" } else { "unlink" }, &id, &other]
        }
        Doing::Type(n) => {
            other = (n + 1).to_string();
            vec!["type", "set", &id, &other]
        }
        Doing::Delete => vec!["delete", &id],
    };
    let code = program.run(&args).code;
    assert!([0, 1, 3].contains(&code), "{args:?} ends with {code}");
}

fn by_request(http: &Http<'_>, token: &str, id: TicketId, doing: &Doing, now: Time) {
    let path = format!("/tickets/{}", id.0);
    let reply = |kind: &str, body: &str| {
        let body = json!({ "message_type": kind, "type": "admin", "admin_id": "1", "body": body });
        http.post(&format!("{path}/reply"), token, &body)
    };
    let put = |changes: Value| http.put(&path, token, &changes);
    let answer = match doing {
        Doing::Reply(body) => reply("comment", body),
        Doing::Note(body) => reply("note", body),
        Doing::Answer(body) => {
            let body =
                json!({ "message_type": "comment", "type": "user", "email": ADA, "body": body });
            http.post(&format!("{path}/reply"), token, &body)
        }
        Doing::State(n) => put(json!({ "ticket_state_id": STATES[*n].1 })),
        Doing::Close => put(json!({ "open": false })),
        Doing::Reopen => put(json!({ "open": "true" })),
        Doing::Share => put(json!({ "is_shared": true })),
        Doing::Unshare => put(json!({ "is_shared": "false" })),
        Doing::Assign(on) => put(json!({ "assignee_id": i32::from(*on) })),
        Doing::Rename(title) => put(json!({ "ticket_attributes": { "_default_title_": title } })),
        Doing::Tag(true) => {
            let tag = http.post("/tags", token, &json!({ "name": "vip" })).done();
            http.post(&format!("{path}/tags"), token, &json!({ "id": tag["id"] }))
        }
        Doing::Tag(false) => {
            let tag = http.post("/tags", token, &json!({ "name": "vip" })).done();
            http.delete(&format!("{path}/tags/{}", tag["id"].as_str().unwrap()), token)
        }
        Doing::Snooze => {
            put(json!({ "snoozed_until": (now + Duration::hours(1)).timestamp().to_string() }))
        }
        Doing::Link(n, true) => {
            let body = json!({ "conversation_id": number(*n).0 });
            http.post(&format!("{path}/linked_conversations"), token, &body)
        }
        Doing::Link(n, false) => {
            http.delete(&format!("{path}/linked_conversations/{}", number(*n).0), token)
        }
        Doing::Type(n) => {
            let state = http.get(&path, token);
            let state = if state.status == 200 { state.json() } else { Value::Null };
            let body = json!({
                "ticket_type_id": n + 1,
                "ticket_state_id": state["ticket_state"]["id"].as_str().unwrap_or("1"),
            });
            http.post(&format!("{path}/change_type"), token, &body)
        }
        Doing::Delete => http.delete(&path, token),
    };
    if answer.status != 200 {
        assert!([400, 403, 404].contains(&answer.status), "{doing:?}: {}", answer.text());
        answer.fails(answer.status);
    }
}

/// All the team knows of a ticket, but the Message-IDs, which are random.
fn all(desk: &Desk, id: TicketId) -> Value {
    let mut view = serde_json::to_value(desk.ticket(id).unwrap()).unwrap();
    for row in view["deliveries"].as_array_mut().into_iter().flatten() {
        row["message_id"] = row["message_id"].is_string().into();
    }
    view
}

fn play(doings: &[(usize, Doing)]) {
    let screens = Screens::new();
    let mut program = Program::new();
    program.configure("allow_acting_as_customer = true\n");
    let bench = Bench::new();
    let start: Time = "2026-06-09T14:00:00Z".parse().unwrap();
    bench.skip(start - bench.now());
    let http = Http::new(&bench);
    let token = http.teammate(&bench.mara());

    let contact = json!({ "email": ADA, "name": "Ada Park" });
    let contact = http.post("/contacts", &token, &contact).done()["id"].clone();
    for (category, title) in TICKETS {
        screens.submit(category, title, start);
        let mut args = vec!["new", category.code(), title, "--body", "What it is about."];
        if category != Category::Tracker {
            args.extend(["--contact", ADA, "--name", "Ada Park"]);
        }
        program.run(&args).done();
        let contacts =
            if category == Category::Tracker { json!([]) } else { json!([{ "id": contact }]) };
        let body = json!({
            "ticket_type_id": TicketTypeId::default_of(category).0,
            "contacts": contacts,
            "ticket_attributes": {
                "_default_title_": title, "_default_description_": "What it is about.",
            },
        });
        http.post("/tickets", &token, &body).done();
    }
    for (n, doing) in doings {
        // Nothing happens in the same moment as something else.
        bench.skip(Duration::seconds(7));
        let now = bench.now();
        program.at(&now.format("%H:%M:%S").to_string());
        let id = number(*n);
        screens.act(id, doing, now);
        by_command(&program, id, doing, now);
        by_request(&http, &token, id, doing, now);
    }
    let commands = Desk::open(&program.desk(), false, Policy::default()).unwrap();
    for n in 0..TICKETS.len() {
        let by_keys = all(&screens.desk, number(n));
        assert_eq!(all(&commands, number(n)), by_keys, "command line and screens");
        assert_eq!(all(&bench.desk, number(n)), by_keys, "API and screens");
    }
}

proptest! {
    #![proptest_config(story::config(8))]

    #[test]
    fn l1_v4_screens_commands_and_requests_leave_equal_tickets_and_ledgers(
        doings in prop::collection::vec((0_usize..4, doing()), 1..12)
    ) {
        play(&doings);
    }
}

/// Every kind of doing at least once, whatever the dice say.
#[test]
fn each_thing_that_can_be_done_leaves_the_same_by_every_way() {
    let text = || "Look & see, 1 < 2.".to_owned();
    let each = [
        (1, Doing::Share),
        (1, Doing::Reply(text())),
        (0, Doing::Note(text())),
        (0, Doing::Answer(text())),
        (0, Doing::State(3)),
        (0, Doing::State(3)),
        (0, Doing::Answer("Still broken".into())),
        (1, Doing::Close),
        (1, Doing::Reopen),
        (1, Doing::Unshare),
        (3, Doing::Reply(text())),
        (3, Doing::Share),
        (0, Doing::Unshare),
        (0, Doing::Assign(true)),
        (0, Doing::Assign(true)),
        (0, Doing::Assign(false)),
        (0, Doing::Rename("Another title".into())),
        (0, Doing::Tag(true)),
        (0, Doing::Tag(false)),
        (0, Doing::Snooze),
        (3, Doing::Link(0, true)),
        (3, Doing::Link(0, false)),
        (2, Doing::Type(0)),
        (0, Doing::Type(2)),
        (2, Doing::Delete),
        (2, Doing::Close),
    ];
    play(&each);
}
