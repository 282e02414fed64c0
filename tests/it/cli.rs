//! The command line from outside: every form the project was asked for, run as a script would.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::program::Program;
use crate::support::sink::Sink;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn new_prints_the_number_alone_on_stdout_and_the_promise_on_stderr() {
    let p = Program::new();
    let ran = p
        .run(&[
            "new",
            "customer",
            "Refund",
            "--contact",
            "ada@lumen.example",
            "--body",
            "No money.",
        ])
        .done();
    assert_eq!(ran.stdout, "1\n");
    assert_eq!(
        ran.stderr,
        "Ticket submitted: Badge yes, Recent yes, Email at 2026-06-09 14:00:10\n"
    );
    assert_eq!(p.run(&["new", "tracker", "Outage"]).done().stdout, "2\n");
    assert_eq!(p.run(&["new", "back-office", "VPN", "--json"]).json(), json!({ "id": 3 }));
    let shared = ["new", "back-office", "Keys", "--shared", "--contact", "bo@ridge.example"];
    assert_eq!(p.run(&shared).done().stdout, "4\n");
    let body = p.run(&["show", "1", "--json"]).json()["parts"][0]["body"].clone();
    assert_eq!(body, "No money.");
}

#[test]
fn list_and_show_tell_the_team_what_is_there() {
    let p = Program::new();
    p.adas("Refund");
    p.run(&["new", "tracker", "Outage"]).done();
    p.run(&["new", "back-office", "VPN"]).done();
    p.run(&["state", "3", "waiting"]).done();
    let numbers = |args: &[&str]| -> Vec<i64> {
        let rows = p.run(args).json();
        rows.as_array().unwrap().iter().map(|r| r["id"].as_i64().unwrap()).collect()
    };
    assert_eq!(numbers(&["list", "--json"]), [3, 2, 1]);
    assert_eq!(numbers(&["list", "--json", "--category", "tracker"]), [2]);
    assert_eq!(numbers(&["list", "--json", "--state", "submitted"]), [2, 1]);
    let none = ["list", "--json", "--state", "waiting", "--category", "customer"];
    assert_eq!(numbers(&none), Vec::<i64>::new());
    let plain = p.run(&["list", "--category", "customer"]).done().stdout;
    assert_eq!(
        plain.split_whitespace().collect::<Vec<_>>(),
        ["#1", "customer", "submitted", "shared", "Ada", "Park", "Refund"]
    );
    let none = p.run(&["list", "--state", "resolved"]).done();
    assert_eq!((none.stdout.as_str(), none.stderr.as_str()), ("", "No tickets.\n"));

    let shown = p.run(&["show", "1"]).done().stdout;
    assert!(shown.starts_with("#1 Refund\nCustomer · shared · Submitted · open\n"), "{shown}");
    assert!(shown.contains("Contact   Ada Park <ada@lumen.example>\n"), "{shown}");
    let view = p.run(&["show", "2", "--json"]).json();
    assert_eq!(view["ticket"]["category"], "tracker");
    assert_eq!(view["contact"], Value::Null);
}

#[test]
fn a_ticket_goes_its_way_and_the_ledger_says_why() {
    let mut p = Program::new();
    let id = p.adas("Refund");
    p.at("14:01:00").run(&["reply", &id, "On its way."]).done();
    p.run(&["note", &id, "The bank is slow."]).done();
    p.run(&["state", &id, "in-progress"]).done();
    p.run(&["assign", &id, "Sam Reyes"]).done();
    p.run(&["close", &id]).done();

    let rows = p.run(&["why", &id, "--json"]).json();
    for row in rows.as_array().unwrap() {
        let has = keys(row);
        for key in ["event", "at", "channel", "contact", "status", "reason", "due_at", "sent_at"] {
            assert!(has.contains(&key), "{key} is missing in {row}");
        }
    }
    let reply =
        rows.as_array().unwrap().iter().find(|r| r["event"] == "reply" && r["channel"] == "email");
    let reply = reply.unwrap();
    assert_eq!(reply["at"], "2026-06-09T14:01:00Z");
    assert_eq!(reply["status"], "due");
    assert_eq!(reply["due_at"], "2026-06-09T14:04:00Z");
    assert_eq!(reply["contact"], "ada@lumen.example");
    assert_eq!((&reply["reason"], &reply["sent_at"]), (&Value::Null, &Value::Null));

    let due = |event: &str| (event.to_owned(), "due".to_owned(), None);
    let not =
        |event: &str, why: &str| (event.to_owned(), "suppressed".to_owned(), Some(why.to_owned()));
    assert_eq!(
        p.told(&id, "email"),
        [
            due("submitted"),
            due("reply"),
            not("note", "internal"),
            due("state"),
            not("assigned", "internal"),
            not("closed", "closed without being resolved"),
        ]
    );
    let story = p.run(&["why", &id]).done().stdout;
    assert!(story.contains("closed without being resolved"), "{story}");
    let assignee = p.run(&["show", &id, "--json"]).json()["assignee"]["name"].clone();
    assert_eq!(assignee, "Sam Reyes");
}

#[test]
fn as_names_the_teammate_and_the_customer_learns_the_first_name() {
    let p = Program::new();
    let id = p.adas("Refund");
    let mut reply = p.bare();
    reply.arg("--desk").arg(p.desk()).args(["--as", "Lee Quist", "reply", &id, "Hello"]);
    assert!(reply.output().unwrap().status.success());
    let parts = p.run(&["show", &id, "--json"]).json()["parts"].clone();
    assert_eq!(parts[1]["author"]["name"], "Lee Quist");
    p.configure("allow_acting_as_customer = true\nteammate = \"Kim Sørensen\"\n");
    let plain = p.run(&["messenger", "ada@lumen.example", "--plain", "--open", &id]).done().stdout;
    assert!(plain.contains("Lee") && !plain.contains("Quist"), "{plain}");

    let mut note = p.bare();
    note.arg("--desk").arg(p.desk()).args(["note", &id, "By whom?"]);
    assert!(note.output().unwrap().status.success());
    let parts = p.run(&["show", &id, "--json"]).json()["parts"].clone();
    assert_eq!(parts[2]["author"]["name"], "Kim Sørensen");
}

#[test]
fn sharing_and_unsharing_show_in_the_messenger_at_once() {
    let p = Program::new();
    let new = ["new", "back-office", "Refund by hand", "--contact", "ada@lumen.example"];
    p.run(&new).done();
    let messenger = || p.run(&["messenger", "ada@lumen.example", "--plain", "--json"]).json();
    assert_eq!(messenger(), json!({ "badge": 0, "recent_tickets": [] }));
    p.run(&["share", "1"]).done();
    let row = json!({ "id": 1, "title": "Refund by hand", "state": "Submitted", "unread": true });
    assert_eq!(messenger(), json!({ "badge": 1, "recent_tickets": [row] }));
    p.run(&["unshare", "1"]).done();
    assert_eq!(messenger(), json!({ "badge": 0, "recent_tickets": [] }));
    assert_eq!(
        p.told("1", "email").last().unwrap(),
        &("unshared".into(), "suppressed".into(), Some("not shared any more".into()))
    );
}

#[test]
fn the_messengers_json_has_the_agreed_shape() {
    let mut p = Program::new();
    p.configure("allow_acting_as_customer = true\n");
    let id = p.adas("Refund");
    p.at("14:02:00").run(&["reply", &id, "On its way."]).done();
    let open = ["messenger", "ada@lumen.example", "--plain", "--json", "--open", &id];
    assert_eq!(
        p.at("14:02:30").run(&open).json(),
        json!({
            "badge": 0,
            "recent_tickets":
                [{ "id": 1, "title": "Refund", "state": "Submitted", "unread": false }],
            "ticket": {
                "id": 1,
                "title": "Refund",
                "pill": "Submitted",
                "thread": [
                    { "kind": "event", "author": null, "text": "Ticket submitted",
                      "at": "2026-06-09T14:00:00Z" },
                    { "kind": "message", "author": "Mara", "text": "On its way.",
                      "at": "2026-06-09T14:02:00Z" },
                ],
            },
        })
    );
    // N12: opened counts as seen, so no mail follows.
    p.at("14:10:00").run(&["work", "--once"]).done();
    let (_, status, reason) = p.told(&id, "email").pop().unwrap();
    assert_eq!(status, "suppressed");
    assert!(reason.unwrap().starts_with("seen in Messenger at"));
}

#[test]
fn looking_without_open_marks_nothing_as_seen() {
    let mut p = Program::new();
    let id = p.adas("Refund");
    p.run(&["reply", &id, "On its way."]).done();
    for _ in 0..2 {
        let seen = p.run(&["messenger", "ada@lumen.example", "--plain", "--json"]).json();
        assert_eq!(seen["badge"], 1);
    }
    let open = p.run(&["messenger", "ada@lumen.example", "--plain", "--open", &id]);
    assert!(open.sentence(3).starts_with("Acting as the customer is off on this desk."));
    p.at("14:05:00").run(&["work", "--once"]).done();
    assert_eq!(p.mails().len(), 2, "the submission's and the reply's");
}

#[test]
fn acting_as_the_customer_needs_the_setting() {
    let p = Program::new();
    let id = p.adas("Refund");
    for args in [
        &["customer", "ada@lumen.example", "open", &id][..],
        &["customer", "ada@lumen.example", "reply", &id, "Thanks"],
        &["customer", "ada@lumen.example", "new", "Another"],
    ] {
        let refused = p.run(args);
        assert!(refused.sentence(3).contains("allow_acting_as_customer = true"));
    }
    p.configure("allow_acting_as_customer = true\n");
    p.run(&["state", &id, "waiting"]).done();
    p.run(&["customer", "ada@lumen.example", "open", &id]).done();
    p.run(&["customer", "ada@lumen.example", "reply", &id, "Thanks"]).done();
    let body = ["customer", "ada@lumen.example", "new", "Another", "--body", "One more thing."];
    assert_eq!(p.run(&body).done().stdout, "2\n");
    let rows = p.run(&["list", "--json"]).json();
    assert_eq!(rows[1]["state"], "in-progress", "S3: {rows}");
    // A customer cannot tell a ticket that is not theirs from none.
    p.run(&["new", "tracker", "Outage"]).done();
    for other in ["3", "77"] {
        let sentence = format!("There is no ticket #{other} that this customer can see.");
        p.run(&["customer", "ada@lumen.example", "reply", other, "Hm"]).fails(3, &sentence);
        p.run(&["customer", "ada@lumen.example", "open", other]).fails(3, &sentence);
    }
}

#[test]
fn work_that_stays_begins_at_the_time_it_is_given_and_runs_on() {
    let mut p = Program::new();
    // Its email is due at 14:00:10.
    p.adas("Refund");
    let mut worker = p.at("14:00:09").command(&["work"]).spawn().unwrap();
    let patience = Instant::now();
    while p.mails().is_empty() && patience.elapsed() < Duration::from_secs(20) {
        thread::sleep(Duration::from_millis(20));
    }
    worker.kill().unwrap();
    worker.wait().unwrap();
    assert_eq!(p.mails().len(), 1, "a clock that stands still sends nothing");
}

#[test]
fn work_once_writes_one_mail_a_row_into_the_outbox() {
    let mut p = Program::new();
    let id = p.adas("Refund");
    let early = p.run(&["work", "--once"]).done();
    assert_eq!(early.stderr, "0 sent, 0 suppressed, 0 to be tried again, 0 failed.\n");
    p.at("14:00:10").run(&["work", "--once"]).done();
    let mails = p.mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("ada@lumen.example"), "{}", mails[0]);
    assert!(mails[0].contains("Your ticket #1"), "{}", mails[0]);
    p.at("14:01:00").run(&["reply", &id, "One"]).done();
    p.at("14:02:00").run(&["reply", &id, "Two"]).done();
    let turn = p.at("14:05:00").run(&["work", "--once", "--json"]).json();
    assert_eq!((&turn["sent"], &turn["failed"]), (&json!(1), &json!(0)), "N13: {turn}");
    assert_eq!(p.mails().len(), 2);
    p.at("15:00:00").run(&["work", "--once"]).done();
    assert_eq!(p.mails().len(), 2);
}

#[test]
fn undo_gives_the_text_back_and_withdraws_the_reply() {
    let mut p = Program::new();
    let id = p.adas("Refund");
    p.run(&["reply", &id, "Two lines,\nboth kept."]).done();
    let undone = p.run(&["undo", &id]).done();
    assert_eq!(undone.stdout, "Two lines,\nboth kept.\n");
    p.run(&["state", &id, "waiting"]).done();
    let undone = p.run(&["undo", &id, "--json"]).json();
    assert_eq!((&undone["event"], &undone["text"]), (&json!("state"), &Value::Null));
    assert_eq!(p.run(&["show", &id, "--json"]).json()["ticket"]["state"], "submitted");
    p.run(&["reply", &id, "Again."]).done();
    p.at("14:04:00").run(&["work", "--once"]).done();
    let late = p.run(&["undo", &id]);
    assert_eq!(late.sentence(3), "Ada was emailed about this at 14:04:00.");
}

#[test]
fn a_dash_reads_standard_input() {
    let p = Program::new();
    let new = ["new", "customer", "Refund", "--contact", "ada@lumen.example", "--body", "-"];
    p.feed(&new, b"First line\r\nsecond line\n").done();
    p.feed(&["reply", "1", "-"], "Grüße\n".as_bytes()).done();
    p.feed(&["note", "1", "-"], b"- a list\n- of two\n").done();
    p.run(&["note", "1", "-5 degrees"]).done();
    let parts = p.run(&["show", "1", "--json"]).json()["parts"].clone();
    let bodies: Vec<&str> = (0..4).map(|i| parts[i]["body"].as_str().unwrap()).collect();
    assert_eq!(bodies, ["First line\nsecond line", "Grüße", "- a list\n- of two", "-5 degrees"]);
}

#[test]
fn a_rule_refuses_with_three_and_usage_with_two() {
    let p = Program::new();
    p.run(&["new", "tracker", "Outage"]).done();
    p.run(&["reply", "1", "Hello"])
        .fails(3, "Tracker tickets are never shown to customers. Reply on a linked report.");
    p.run(&["share", "1"])
        .fails(3, "Tracker tickets are never shown to customers, so #1 cannot be shared.");
    p.run(&["state", "1", "submitted"]).fails(3, "#1 is already Submitted.");
    for usage in [
        &["state", "1", "done"][..],
        &["new", "bug", "Title"],
        &["show", "one"],
        &["show"],
        &["lsit"],
        &["list", "--at", "noon"],
    ] {
        let ran = p.run(usage);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:#?}");
        assert!(ran.stderr.starts_with("error: "), "{ran:#?}");
    }
    let help = p.run(&["--help"]).done();
    assert!(help.stdout.contains("Exit codes: 0 done, 1 failed, 2 usage, 3 refused by a rule."));
}

#[test]
fn a_dry_run_promises_and_does_nothing() {
    let p = Program::new();
    let id = p.adas("Refund");
    let before = p.run(&["show", &id, "--json"]).json();
    let promise = p.run(&["state", &id, "resolved", "--dry-run"]).done().stdout;
    assert_eq!(promise, "State Resolved: Badge yes, Recent yes, Email at 2026-06-09 14:00:10\n");
    let silence = p.run(&["close", &id, "--dry-run"]).done().stdout;
    let why = "closed without being resolved";
    assert_eq!(
        silence,
        format!("Closed, not resolved: Badge no ({why}), Recent no ({why}), Email no ({why})\n")
    );
    assert_eq!(p.run(&["show", &id, "--json"]).json(), before);
    // What was promised is what is done.
    assert_eq!(p.run(&["close", &id]).done().stderr, silence);
}

#[test]
fn the_messengers_name_and_logo_are_set_from_a_file() {
    let p = Program::new();
    let logo = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/logo.png");
    let logo = logo.to_str().unwrap();
    let set = ["settings", "messenger", "--name", "Northwind support", "--logo", logo, "--json"];
    let settings = p.run(&set).json();
    assert_eq!(settings["name"], "Northwind support");
    assert_eq!(settings["logo"]["type"], "image/png");
    assert_eq!(settings["logo"]["bytes"], fs::metadata(logo).unwrap().len());
    let plain = p.run(&["settings", "messenger"]).done().stdout;
    assert!(plain.starts_with("Name  Northwind support\nLogo  image/png, "), "{plain}");
}

#[test]
fn files_are_the_owners_alone_whatever_the_umask() {
    for umask in ["000", "022", "077"] {
        let p = Program::new();
        let run = |args: &str| {
            let script = format!(
                "umask {umask}; exec '{}' --desk '{}' {args}",
                env!("CARGO_BIN_EXE_deskbell"),
                p.desk().display()
            );
            let mut shell = std::process::Command::new("sh");
            let out = shell.args(["-c", &script]).env("HOME", p.home()).output().unwrap();
            assert!(out.status.success(), "{out:?}");
        };
        run("new customer Refund --contact ada@lumen.example");
        run("work --once --at 2099-01-01T00:00:00Z");
        assert_eq!(p.mails().len(), 1);
        let mut folders =
            vec![p.desk().parent().unwrap().to_owned(), p.home().join(".local/state")];
        while let Some(folder) = folders.pop() {
            assert_eq!(mode(&folder), 0o700, "{} under umask {umask}", folder.display());
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    assert_eq!(mode(&path), 0o600, "{} under umask {umask}", path.display());
                }
            }
        }
    }
}

#[test]
fn the_file_of_a_desk_that_nobody_has_open_is_whole() {
    let p = Program::new();
    let id = p.adas("Refund");
    p.run(&["reply", &id, "On its way."]).done();
    p.run(&["work", "--once"]).done();
    p.run(&["list"]).done();
    let copy = p.home().join("copy.db");
    fs::copy(p.desk(), &copy).unwrap();
    let mut show = p.bare();
    let out = show.arg("--desk").arg(&copy).args(["show", &id]).output().unwrap();
    assert!(String::from_utf8(out.stdout).unwrap().contains("On its way."));
    let folder = fs::read_dir(p.desk().parent().unwrap()).unwrap();
    let names = folder.map(|e| e.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|n| n.starts_with("desk.db-")).count(), 0, "nothing stays beside it");
}

#[test]
fn the_default_desk_lives_under_the_data_home() {
    let p = Program::new();
    let new = |data: Option<&Path>| {
        let mut command = p.bare();
        if let Some(data) = data {
            command.env("XDG_DATA_HOME", data);
        }
        assert!(command.args(["new", "tracker", "Outage"]).output().unwrap().status.success());
    };
    new(None);
    let desk = p.home().join(".local/share/deskbell/desk.db");
    assert_eq!((mode(&desk), mode(desk.parent().unwrap())), (0o600, 0o700));
    let elsewhere = p.home().join("elsewhere");
    new(Some(&elsewhere));
    assert!(elsewhere.join("deskbell/desk.db").is_file());
    // XDG: a path that is not absolute does not count.
    new(Some(Path::new("relative")));
    assert!(!p.home().join("relative").exists());
}

#[test]
fn mail_test_sends_one_mail_and_says_what_works() {
    let program = Program::new();
    let ran = program.run(&["mail", "test"]);
    assert!(ran.sentence(1).starts_with("mail.address is not set, so there is nobody to write to"));
    let ran = program.run(&["mail", "test", "ada@lumen.example"]).done();
    assert!(ran.stdout.starts_with("No mail leaves: each is written into /"), "{}", ran.stdout);
    assert_eq!(program.mails().len(), 1);

    let sink = Sink::start(std::time::Duration::ZERO);
    let server =
        format!("smtp = \"smtp://{}\"\naddress = \"help@northwind.example\"", sink.address);
    program.configure(&format!("[mail]\n{server}\n"));
    let ran = program.run(&["mail", "test"]).done();
    let says: Vec<&str> = ran.stdout.lines().collect();
    let way =
        format!("Mail leaves by {} on this machine, without TLS, without login.", sink.address);
    assert_eq!(says[0], way);
    assert!(says[1].starts_with("The mail to help@northwind.example was taken (250"), "{says:?}");
    assert_eq!(sink.accepted.all().len(), 1);
    // No ticket, no ledger row: it is nobody's notification.
    assert!(!program.dump().iter().any(|row| row.starts_with("deliveries: ")));

    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    program.configure(&format!("[mail]\nsmtp = \"smtp://{free}\"\naddress = \"help@x.example\"\n"));
    let ran = program.run(&["mail", "test"]);
    assert!(
        ran.stderr.starts_with("deskbell: No mail can leave at all. no connection: "),
        "{ran:#?}"
    );
    assert_eq!(ran.code, 1);
}

#[test]
fn doctor_explains_each_mail_setting_and_changes_nothing() {
    let mut program = Program::new();
    let lost = program.run(&["doctor"]);
    assert!(lost.stdout.contains("!! address   mail.address is not set"), "{}", lost.stdout);
    assert!(lost.stdout.contains("!! desk      There is no desk at"), "{}", lost.stdout);
    assert!(!program.desk().exists());

    program.configure(
        "[mail]\nsmtp = \"smtps://me@mail.example\"\naddress = \"help@northwind.example\"\n\
         password_command = \"printf hunter2\"\n",
    );
    program.adas("Refund");
    let well = program.at("14:00:20").run(&["doctor"]).done();
    for says in [
        "ok server    Mail leaves by mail.example:465 with TLS, as me.",
        "ok password  It can be read from the command of mail.password_command.",
        "ok mailbox   mail.imap is not set: no mailbox is read.",
        "ok address   Mails are from help@northwind.example; answers come to its +r1. addresses.",
        "ok queue     One mail waits.",
    ] {
        assert!(well.stdout.contains(says), "{}", well.stdout);
    }
    assert!(!well.stdout.contains("hunter2"), "{}", well.stdout);
    assert!(program.mails().is_empty());

    let key = deskbell::mail::key_file::key_path(&program.desk());
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    program.configure("[mail]\nsmtp = \"smtps://me@mail.example\"\naddress = \"help@x.example\"\n");
    let ill = program.run(&["doctor"]);
    for says in ["!! password  mail.smtp names a user, but there is no password.", "Run: chmod 600"]
    {
        assert!(ill.stdout.contains(says), "{}", ill.stdout);
    }
    assert!(ill.stderr.ends_with("are not as they should be.\n"), "{}", ill.stderr);
    assert_eq!(ill.code, 1);
    // Threat 32: no other program starts with such a key either.
    assert!(program.run(&["list"]).sentence(1).contains("can be read by others"));
}
