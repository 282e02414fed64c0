//! Webhooks: who hears what, once, signed, and never what is the team's own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deskbell::api::webhooks::item;
use deskbell::desk::Policy;
use deskbell::domain::{
    Action, Category, Status, TicketId, TicketState, Topic, Webhook, WebhookDelivery,
};
use deskbell::hook::Post;
use deskbell::mail::Key;
use deskbell::mail::tls::client_config;
use deskbell::webhook_worker::WebhookWorker;
use hmac::{Hmac, Mac};

use crate::support::bench::{Bench, minutes, seconds};
use crate::support::program::{Program, Ran};
use crate::support::receiver::Receiver;
use crate::support::served::{Served, within};

/// A bench with a worker for its webhooks.
struct Hooks {
    bench: Bench,
    runtime: tokio::runtime::Runtime,
}

impl Hooks {
    fn new() -> Self {
        let policy = Policy { key: Some(Key::from_bytes([9; 32]).into()), ..Policy::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { bench: Bench::with(policy), runtime }
    }

    fn worker(&self) -> WebhookWorker {
        self.worker_that_may_tell(&["127.0.0.1"])
    }

    fn worker_that_may_tell(&self, hosts: &[&str]) -> WebhookWorker {
        let hosts = hosts.iter().map(|h| (*h).to_owned()).collect();
        let post = Post::new(client_config(None).unwrap());
        WebhookWorker::new(self.bench.desk.clone(), post, hosts, item)
    }

    /// Tells what is due now. Gives how many were taken.
    fn turn(&self) -> usize {
        self.runtime.block_on(self.worker().turn(self.bench.now())).unwrap()
    }

    fn add(&self, receiver: &Receiver, internal: bool) -> (Webhook, [u8; 32]) {
        let all = Topic::ALL.into_iter().filter(|t| internal || !t.is_internal());
        let topics: Vec<Topic> = all.collect();
        let added =
            self.bench.desk.add_webhook(&receiver.url(), &topics, internal, self.bench.now());
        added.unwrap()
    }

    fn log(&self, hook: &Webhook) -> Vec<WebhookDelivery> {
        let mut rows = self.bench.desk.webhook_deliveries(hook.id, 100).unwrap();
        rows.reverse();
        rows
    }

    fn newest(&self, hook: &Webhook) -> WebhookDelivery {
        self.log(hook).pop().unwrap()
    }
}

/// Everything that can be done to a ticket of a customer's, once.
fn life(bench: &Bench) -> TicketId {
    let id = bench.back_office("Ledger mismatch");
    let mara = bench.mara();
    mara.notes(id, "Internal word.");
    mara.shares(id);
    mara.replies(id, "We look into it.");
    bench.ada().replies(id, "Thank you.");
    mara.does(id, &Action::Tag("vip".into()));
    mara.does(id, &Action::Assign(Some(bench.sam().teammate())));
    mara.does(id, &Action::Snooze(Some(bench.now() + minutes(60))));
    mara.does(id, &Action::Snooze(None));
    mara.sets(id, TicketState::WaitingOnCustomer);
    mara.closes(id);
    mara.does(id, &Action::Reopen);
    mara.sets(id, TicketState::Resolved);
    mara.unshares(id);
    id
}

#[test]
fn v7_each_hears_what_is_for_its_ears_in_order_and_once() {
    let hooks = Hooks::new();
    let (outside, inside) = (Receiver::start(), Receiver::start());
    hooks.add(&outside, false);
    hooks.add(&inside, true);
    assert_eq!(hooks.turn(), 2);
    assert_eq!((outside.topics(), inside.topics()), (vec!["ping".into()], vec!["ping".into()]));
    let told = |of: &Receiver| {
        hooks.turn();
        of.topics()
    };
    let id = hooks.bench.back_office("Ledger mismatch");
    assert_eq!(told(&outside), [""; 0], "N9: it is not shared");
    let mara = hooks.bench.mara();
    mara.notes(id, "Internal word.");
    mara.shares(id);
    assert_eq!(told(&outside), ["ticket.created"], "N5");
    mara.replies(id, "We look into it.");
    hooks.bench.ada().replies(id, "Thank you.");
    mara.does(id, &Action::Tag("vip".into()));
    mara.sets(id, TicketState::WaitingOnCustomer);
    assert_eq!(
        told(&outside),
        ["ticket.admin.replied", "ticket.contact.replied", "ticket.state.updated"]
    );
    mara.closes(id);
    assert_eq!(told(&outside), [""; 0], "N4");
    mara.does(id, &Action::Reopen);
    mara.sets(id, TicketState::Resolved);
    assert_eq!(told(&outside), ["ticket.state.updated", "ticket.closed"]);
    mara.submits(Category::Tracker, "Payouts fail", None, false);
    assert_eq!(told(&outside), [""; 0], "V1");
    assert_eq!(
        inside.topics(),
        [
            "ticket.created",
            "ticket.note.created",
            "ticket.attribute.updated",
            "ticket.admin.replied",
            "ticket.contact.replied",
            "ticket.attribute.updated",
            "ticket.state.updated",
            "ticket.closed",
            "ticket.attribute.updated",
            "ticket.state.updated",
            "ticket.closed",
            "ticket.created",
        ]
    );
    assert_eq!(hooks.turn(), 0);
}

#[test]
fn a_message_is_signed_and_names_itself() {
    let hooks = Hooks::new();
    let receiver = Receiver::start();
    let (hook, secret) = hooks.add(&receiver, false);
    let id = hooks.bench.customer_ticket("Refund");
    hooks.turn();
    let told = receiver.all().pop().unwrap();
    assert!(told.head.starts_with("POST /hook HTTP/1.1\r\n"), "{}", told.head);
    let (uid, stamp) = (told.header("webhook-id"), told.header("webhook-timestamp"));
    assert_eq!(uid, hooks.newest(&hook).uid);
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&secret).unwrap();
    mac.update(format!("{uid}.{stamp}.").as_bytes());
    mac.update(&told.body);
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    assert_eq!(told.header("webhook-signature"), expected);
    assert!(told.header("x-hub-signature").starts_with("sha1="));
    let body = told.json();
    assert_eq!(body["type"], "notification_event");
    assert_eq!(body["topic"], "ticket.created");
    assert_eq!(body["id"], uid);
    assert_eq!(body["data"]["item"]["id"], id.0.to_string());
    assert_eq!(body["data"]["item"]["type"], "ticket");
    // The secret is not in the database.
    let shown = deskbell::hook::sign::shown(&secret);
    let database = std::fs::read(hooks.bench.path()).unwrap();
    for word in [shown.as_bytes(), &secret[..]] {
        assert!(!database.windows(word.len()).any(|w| w == word));
    }
}

#[test]
fn a_failing_receiver_is_tried_again_in_order_and_rests_between() {
    let hooks = Hooks::new();
    let receiver = Receiver::start();
    let (hook, _) = hooks.add(&receiver, false);
    hooks.turn();
    receiver.topics();
    let id = hooks.bench.customer_ticket("Refund");
    receiver.answers("503 Busy");
    assert_eq!(hooks.turn(), 0);
    hooks.bench.mara().replies(id, "One moment.");
    // It rests: what came later is not tried before.
    assert_eq!(hooks.turn(), 0);
    let first = receiver.all();
    assert_eq!(first.len(), 1);
    let row = &hooks.log(&hook)[1];
    assert_eq!((row.status, row.attempts), (Status::Retrying, 1));
    assert_eq!(row.last_error.as_deref(), Some("it answered 503"));
    let known = hooks.bench.desk.webhooks().unwrap().remove(0);
    assert!(known.failing_since.is_some() && known.paused_until == row.due_at);
    assert_eq!(hooks.bench.desk.next_errand().unwrap(), row.due_at);
    receiver.answers("204 No Content");
    hooks.bench.skip(minutes(2));
    assert_eq!(hooks.turn(), 2);
    let all = receiver.all();
    let topics: Vec<String> = all.iter().map(|t| t.topic()).collect();
    assert_eq!(topics, ["ticket.created", "ticket.created", "ticket.admin.replied"]);
    assert_eq!(all[0].header("webhook-id"), all[1].header("webhook-id"), "the same telling");
    assert_eq!(all[1].json()["delivery_attempts"], 2);
    assert!(hooks.log(&hook).iter().all(|r| r.status == Status::Sent));
    assert_eq!(hooks.bench.desk.webhooks().unwrap()[0].failing_since, None);
}

#[test]
fn after_three_days_it_has_failed_and_a_teammate_may_try_again() {
    let hooks = Hooks::new();
    let receiver = Receiver::start();
    receiver.answers("500 No");
    let (hook, _) = hooks.add(&receiver, false);
    for _ in 0..200 {
        hooks.turn();
        if hooks.newest(&hook).status == Status::Failed {
            break;
        }
        hooks.bench.skip(minutes(72));
    }
    let row = hooks.newest(&hook);
    assert_eq!(row.status, Status::Failed);
    assert!(row.attempts > 20, "{row:?}");
    receiver.answers("200 OK");
    assert_eq!(hooks.bench.desk.resend_webhook(hook.id, hooks.bench.now()).unwrap(), 1);
    assert_eq!(hooks.turn(), 1);
    assert_eq!(hooks.newest(&hook).status, Status::Sent);
}

#[test]
fn n6_u1_what_is_taken_from_sight_meanwhile_is_not_told() {
    let hooks = Hooks::new();
    let receiver = Receiver::start();
    let (hook, _) = hooks.add(&receiver, false);
    hooks.turn();
    receiver.topics();
    let shared = hooks.bench.shared_back_office("Ledger");
    let other = hooks.bench.customer_ticket("Refund");
    hooks.turn();
    receiver.topics();
    hooks.bench.mara().replies(shared, "About to vanish.");
    hooks.bench.mara().replies(other, "A slip.");
    hooks.bench.mara().undoes(other);
    hooks.bench.mara().unshares(shared);
    assert_eq!(hooks.turn(), 0);
    assert_eq!(receiver.topics(), [""; 0]);
    let why: Vec<String> =
        hooks.log(&hook).iter().filter_map(|r| r.withheld.map(|w| w.to_string())).collect();
    assert_eq!(why, ["not shared any more", "undone"]);
}

#[test]
fn redirects_are_not_followed_and_410_ends_it() {
    let hooks = Hooks::new();
    let (receiver, elsewhere) = (Receiver::start(), Receiver::start());
    let (hook, _) = hooks.add(&receiver, false);
    receiver.answers(&format!("307 Elsewhere\r\nlocation: {}", elsewhere.url()));
    hooks.turn();
    assert_eq!(elsewhere.all().len(), 0);
    let words = hooks.newest(&hook).last_error.unwrap();
    assert_eq!(words, "it answered 307; redirects are not followed");
    receiver.answers("410 Gone");
    hooks.bench.skip(minutes(2));
    hooks.turn();
    hooks.bench.customer_ticket("Refund");
    hooks.bench.skip(minutes(120));
    hooks.turn();
    assert_eq!(receiver.all().len(), 2);
    assert!(hooks.bench.desk.webhooks().unwrap()[0].removed_at.is_some());
}

#[test]
fn t34_a_host_that_is_no_longer_named_is_not_told() {
    let hooks = Hooks::new();
    let receiver = Receiver::start();
    let (hook, _) = hooks.add(&receiver, false);
    let worker = hooks.worker_that_may_tell(&["hooks.internal.example"]);
    hooks.runtime.block_on(worker.turn(hooks.bench.now())).unwrap();
    assert_eq!(receiver.all().len(), 0);
    let row = hooks.newest(&hook);
    assert_eq!(row.status, Status::Retrying);
    assert!(row.last_error.unwrap().contains("begins with https://"));
}

#[test]
fn a_turn_that_finds_nothing_due_changes_nothing() {
    let hooks = Hooks::new();
    let receiver = Receiver::start();
    hooks.add(&receiver, false);
    hooks.turn();
    let mut changes = hooks.bench.desk.changes().unwrap();
    changes.mark_unchanged();
    assert_eq!(hooks.turn(), 0);
    assert!(!changes.has_changed().unwrap(), "it would wake itself for ever");
}

#[test]
fn two_workers_tell_each_thing_once() {
    let hooks = Hooks::new();
    let receiver = Receiver::start();
    hooks.add(&receiver, true);
    for n in 0..5 {
        hooks.bench.customer_ticket(&format!("Ticket {n}"));
    }
    let (one, two, now) = (hooks.worker(), hooks.worker(), hooks.bench.now());
    hooks.runtime.block_on(async {
        for _ in 0..20 {
            let (a, b) = tokio::join!(one.turn(now), two.turn(now));
            if a.unwrap() + b.unwrap() == 0 {
                break;
            }
        }
    });
    let mut uids: Vec<String> =
        receiver.all().iter().map(|t| t.header("webhook-id").to_owned()).collect();
    assert_eq!(uids.len(), 6);
    uids.sort();
    uids.dedup();
    assert_eq!(uids.len(), 6);
}

#[test]
fn a_telling_whose_process_was_lost_is_told_again_under_its_name() {
    let hooks = Hooks::new();
    let receiver = Receiver::start();
    let (hook, _) = hooks.add(&receiver, false);
    let lost = hooks.bench.desk.claim_errands("lost", hooks.bench.now()).unwrap();
    assert_eq!(lost.len(), 1);
    assert_eq!(hooks.turn(), 0, "it is in another's hands");
    hooks.bench.skip(minutes(2) + seconds(1));
    assert_eq!(hooks.turn(), 1);
    let row = hooks.newest(&hook);
    assert_eq!((row.status, row.attempts), (Status::Sent, 2));
    assert_eq!(receiver.all()[0].header("webhook-id"), lost[0].row.uid);
    let late = deskbell::desk::webhooks::Told::NotNow { words: "late".into() };
    let refused = hooks.bench.desk.record_errand("lost", &lost[0].row, &late, hooks.bench.now());
    assert!(refused.is_err(), "it is not the lost one's any more");
}

#[test]
fn v7_the_teams_own_topics_want_an_internal_webhook() {
    let hooks = Hooks::new();
    let desk = &hooks.bench.desk;
    let refused =
        desk.add_webhook("https://a.example/", &[Topic::NoteCreated], false, hooks.bench.now());
    assert_eq!(
        refused.unwrap_err().to_string(),
        "ticket.note.created is the team's own and goes to internal webhooks only. Leave it out, or add --internal."
    );
}

#[test]
fn the_program_registers_tells_and_says_what_it_told() {
    let p = Program::new();
    let receiver = Receiver::start();
    let run = |args: &[&str]| {
        let mut command = p.bare();
        command.arg("--desk").arg(p.desk()).args(args);
        Ran::of(args, command.output().unwrap())
    };
    run(&["new", "customer", "Refund", "--contact", "ada@lumen.example"]).done();
    let refused = run(&["webhook", "add", &receiver.url()]);
    assert!(refused.sentence(1).contains("webhooks.private_hosts"), "{}", refused.stderr);
    p.configure("[webhooks]\nprivate_hosts = [\"127.0.0.1\"]\n");
    let secret = run(&["webhook", "add", &receiver.url()]).done().stdout;
    assert!(secret.starts_with("whsec_"), "{secret}");
    assert_eq!(run(&["webhook", "secret", "1"]).done().stdout, secret);
    let wrong = run(&["webhook", "add", &receiver.url(), "--topics", "ticket.note.created"]);
    assert!(wrong.sentence(1).contains("--internal"));
    let served = Served::start(&p, &[]);
    within("the ping", || receiver.all().len() == 1);
    run(&["reply", "1", "We look into it."]).done();
    within("the reply", || receiver.all().len() == 2);
    assert!(String::from_utf8_lossy(&receiver.all()[1].body).contains("We look into it."));
    within("its row", || run(&["webhook", "log", "1"]).done().stdout.matches(" sent").count() == 2);
    let log = run(&["webhook", "log", "1"]).done().stdout;
    let lines: Vec<&str> = log.lines().collect();
    assert!(lines[0].contains("ticket.admin.replied") && lines[1].contains("ping"), "{log}");
    run(&["webhook", "remove", "1"]).done();
    assert!(run(&["webhook", "list"]).done().stdout.contains("removed"));
    run(&["webhook", "remove", "1"]).sentence(1);
    run(&["webhook", "ping", "7"]).sentence(1);
    served.signal("TERM");
    served.ends().done();
}

#[test]
fn every_action_writes_rows_in_its_own_transaction() {
    let hooks = Hooks::new();
    let receiver = Receiver::start();
    let (hook, _) = hooks.add(&receiver, true);
    let id = life(&hooks.bench);
    let rows = hooks.log(&hook);
    let parts = hooks.bench.ticket(id).parts;
    for part in &parts {
        assert!(rows.iter().any(|r| r.part_id == Some(part.id)), "{:?} is in no row", part.event);
    }
    assert!(rows.iter().all(|r| r.status == Status::Due), "nothing is told before it is kept");
}
