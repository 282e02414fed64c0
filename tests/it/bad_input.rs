//! Bad input from outside: one clear sentence each, an exit code that is not 0, and nothing lost.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use rusqlite::Connection;

use crate::support::program::{Program, Ran};

/// A desk with one ticket of each category, the customer's with a reply, and what it holds.
fn desk() -> (Program, Vec<String>) {
    let p = Program::new();
    p.adas("Refund");
    p.run(&["new", "back-office", "VPN"]).done();
    p.run(&["new", "tracker", "Outage"]).done();
    p.run(&["reply", "1", "On its way."]).done();
    let held = p.dump();
    (p, held)
}

#[test]
fn an_unknown_ticket_is_named() {
    let (p, held) = desk();
    for args in [
        &["show", "99"][..],
        &["why", "99"],
        &["reply", "99", "Hello"],
        &["note", "99", "Hello"],
        &["state", "99", "resolved"],
        &["close", "99"],
        &["reopen", "99"],
        &["share", "99"],
        &["unshare", "99"],
        &["assign", "99", "Sam"],
        &["undo", "99"],
        &["rename", "99", "Title"],
        &["tag", "99", "bug"],
        &["priority", "99", "on"],
        &["snooze", "99", "2030-01-01T00:00:00Z"],
        &["contact", "99", "bo@ridge.example"],
        &["link", "1", "99"],
        &["link", "99", "1"],
        &["resend", "99"],
        &["reply", "99", "Hello", "--dry-run"],
        &["reply", "99", "Hello", "--json"],
    ] {
        p.run(args).fails(1, "There is no ticket #99.");
    }
    for number in ["0", "one", "1.5", "99999999999999999999", ""] {
        let ran = p.run(&["show", number]);
        assert_eq!(ran.code, 2, "{ran:#?}");
        assert!(ran.stderr.contains("not a ticket's number"), "{ran:#?}");
    }
    p.run(&["messenger", "nobody@x.example", "--plain"])
        .fails(1, "There is no contact nobody@x.example.");
    assert_eq!(p.dump(), held);
}

#[test]
fn titles_are_neither_empty_nor_over_long() {
    let (p, held) = desk();
    let empty = "The title is empty. Give the ticket a title of up to 200 characters.";
    for title in ["", "   ", "\n\t", "\u{1b}[2J", "\u{202e}"] {
        p.run(&["new", "tracker", title]).fails(1, empty);
        p.run(&["rename", "1", title]).fails(1, empty);
    }
    let over_long = "ü".repeat(201);
    let sentence = "The title has 201 characters; at most 200 fit.";
    p.run(&["new", "tracker", &over_long]).fails(1, sentence);
    p.run(&["rename", "1", &over_long]).fails(1, sentence);
    assert_eq!(p.dump(), held);
    p.run(&["rename", "1", &"ü".repeat(200)]).done();
}

#[test]
fn bodies_are_neither_empty_nor_over_64_kib() {
    let (p, held) = desk();
    for text in ["", " \n ", "\u{1b}[0m"] {
        let empty = "The text is empty. Write something first.";
        p.run(&["reply", "1", text]).fails(1, empty);
        p.run(&["note", "1", text]).fails(1, empty);
        p.feed(&["note", "1", "-"], text.as_bytes()).fails(1, empty);
    }
    let over_long = "x".repeat(65_537);
    let sentence = "The text has 65537 bytes; at most 65536 (64 KiB) fit.";
    p.run(&["reply", "1", &over_long]).fails(1, sentence);
    p.feed(&["note", "1", "-"], over_long.as_bytes()).fails(1, sentence);
    p.feed(&["new", "tracker", "Outage", "--body", "-"], over_long.as_bytes()).fails(1, sentence);
    assert_eq!(p.dump(), held);
    p.feed(&["note", "1", "-"], &over_long.as_bytes()[1..]).done();
}

#[test]
fn a_contact_that_is_no_address_is_refused() {
    let (p, held) = desk();
    for (given, shown) in [
        ("ada", "ada"),
        ("ada@", "ada@"),
        ("ada@lumen", "ada@lumen"),
        ("Ada <ada@lumen.example>", "Ada <ada@lumen.example>"),
        ("ada@lumen.example, bo@ridge.example", "ada@lumen.example, bo@ridge.example"),
        ("ada@lumen.example\r\nBcc: all@x.example", "ada@lumen.example Bcc: all@x.example"),
        ("\u{1b}]52;c;aGk=\u{7}ada", "ada"),
    ] {
        let sentence =
            format!("\"{shown}\" is not an email address. It should look like ada@example.com.");
        p.run(&["new", "customer", "Refund", "--contact", given]).fails(1, &sentence);
        p.run(&["contact", "2", given]).fails(1, &sentence);
        p.run(&["messenger", given, "--plain"]).fails(1, &sentence);
    }
    let name = ["new", "customer", "Refund", "--contact", "zoe@x.example", "--name"];
    let over_long = "n".repeat(101);
    p.run(&[&name[..], &[&over_long]].concat())
        .fails(1, "The name has 101 characters; at most 100 fit.");
    assert_eq!(p.dump(), held);
}

#[test]
fn a_logo_that_is_none_leaves_the_settings_as_they_were() {
    let (p, held) = desk();
    let png = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/logo.png")).unwrap();
    let mut huge = png.clone();
    huge.resize(512 * 1024 + 1, 0);
    for (content, words) in [
        (&b"%PDF-1.7"[..], "neither a PNG nor a JPEG nor a GIF"),
        (b"", "neither a PNG nor a JPEG nor a GIF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "neither a PNG nor a JPEG nor a GIF"),
        (&huge, "(512 KiB)"),
        (&png[..20], "cut short"),
        (b"GIF89a\x01", "cut short"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "cut short"),
    ] {
        fs::write(p.home().join("logo"), content).unwrap();
        let ran = p.run(&["settings", "messenger", "--name", "Other", "--logo", "logo"]);
        assert!(ran.sentence(1).contains(words), "{ran:#?}");
    }
    let missing = p.run(&["settings", "messenger", "--logo", "no-such.png"]);
    assert!(missing.sentence(1).starts_with("The logo no-such.png cannot be read: No such file"));
    let folder = p.run(&["settings", "messenger", "--logo", "northwind"]);
    assert!(folder.sentence(1).starts_with("The logo northwind cannot be read: "));
    assert_eq!(p.dump(), held);
}

#[test]
fn a_wrong_configuration_is_named_with_file_line_and_nearest_key() {
    let (p, held) = desk();
    let path = p.home().join(".config/deskbell/config.toml");
    for (text, sentence) in [
        ("teammate = \"Mara\"\nallow_acting = true\n\n[mail]\nstmp = \"x\"\n", None),
        (
            "tema = \"Mara\"\n",
            Some("line 1: there is no setting \"tema\". Did you mean \"theme\"?"),
        ),
        (
            "[mail]\nstmp = \"x\"\n",
            Some("line 2: there is no setting \"stmp\". Did you mean \"smtp\"?"),
        ),
        ("ascii = 3\n", Some("line 1: invalid type: integer `3`, expected a boolean.")),
        ("teammate = \n", None),
        ("[mail\n", None),
    ] {
        p.configure(text);
        for args in [&["list"][..], &["reply", "1", "Hello"], &["work", "--once"]] {
            let ran = p.run(args);
            let begin = format!("{}, line ", path.display());
            assert!(ran.sentence(1).starts_with(&begin), "{ran:#?}");
            if let Some(sentence) = sentence {
                assert_eq!(ran.sentence(1), format!("{}, {sentence}", path.display()));
            }
        }
    }
    p.configure("[mail]\naddress = \"nobody\"\n");
    let ran = p.run(&["list"]);
    assert!(ran.sentence(1).contains("mail.address"), "{ran:#?}");
    assert_eq!(p.dump(), held);
}

#[test]
fn a_configuration_that_cannot_be_read_is_not_passed_over() {
    let (p, held) = desk();
    let ran = p.run(&["list", "--config", "none.toml"]);
    assert!(
        ran.sentence(1).starts_with("The configuration none.toml cannot be read: No such file")
    );
    fs::write(p.home().join("latin1.toml"), b"teammate = \"J\xfcrgen\"\n").unwrap();
    let ran = p.run(&["list", "--config", "latin1.toml"]);
    assert!(ran.sentence(1).starts_with("The configuration latin1.toml cannot be read: "));
    // In the default place, too, where an absent one is fine.
    fs::create_dir_all(p.home().join(".config/deskbell/config.toml")).unwrap();
    let ran = p.run(&["list"]);
    assert!(ran.sentence(1).contains("config.toml cannot be read: Is a directory"), "{ran:#?}");
    assert_eq!(p.dump(), held);
}

#[test]
fn a_locked_desk_says_so_and_loses_nothing() {
    let (p, held) = desk();
    let other = Connection::open(p.desk()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    // One that writes does not keep the others from reading.
    p.run(&["list"]).done();
    p.run(&["messenger", "ada@lumen.example", "--plain"]).done();
    // All wait at once, so that the test takes no longer than one wait.
    let waiting: Vec<(&[&str], _)> = [
        &["reply", "1", "Hello"][..],
        &["new", "tracker", "Second"],
        &["state", "1", "resolved"],
        &["undo", "1"],
        &["settings", "messenger", "--name", "Other"],
        &["assign", "1", "Somebody New"],
    ]
    .into_iter()
    .map(|args| {
        let mut command = p.command(args);
        (args, command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    })
    .collect();
    let sentence = format!(
        "The desk {} is locked by another program. Close that program, or try again in a moment.",
        p.desk().display()
    );
    for (args, child) in waiting {
        Ran::of(args, child.wait_with_output().unwrap()).fails(1, &sentence);
    }
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(p.dump(), held);
    p.run(&["reply", "1", "Hello"]).done();
}

#[test]
fn a_read_only_desk_says_so() {
    let (p, held) = desk();
    fs::set_permissions(p.desk(), fs::Permissions::from_mode(0o400)).unwrap();
    let sentence = format!(
        "The desk {} is read-only. Make the file writable, or name another one with --desk.",
        p.desk().display()
    );
    for args in [&["reply", "1", "Hello"][..], &["new", "tracker", "T"], &["work", "--once"]] {
        p.run(args).fails(1, &sentence);
    }
    fs::set_permissions(p.desk(), fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(p.dump(), held);
}

#[test]
fn what_is_no_desk_is_not_touched() {
    let (p, _) = desk();
    let folder = p.home().join("other");
    fs::create_dir(&folder).unwrap();
    let path = folder.join("file.db");
    let run = |args: &[&str]| {
        let mut command = p.bare();
        Ran::of(args, command.arg("--desk").arg(&path).args(args).output().unwrap())
    };
    let all = [&["list"][..], &["new", "tracker", "T"], &["work", "--once"]];
    let shown = path.display().to_string();

    fs::write(&path, "Dear diary,\n".repeat(500)).unwrap();
    let before = fs::read(&path).unwrap();
    for args in all {
        run(args).fails(
            1,
            &format!("{shown} is no database. Name a desk with --desk, or move this file away."),
        );
    }
    assert_eq!(fs::read(&path).unwrap(), before);

    fs::remove_file(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE songs (title TEXT); PRAGMA user_version = 1").unwrap();
    drop(other);
    let before = fs::read(&path).unwrap();
    for args in all {
        let ran = run(args);
        assert_eq!(
            ran.sentence(1),
            format!(
                "{shown} is a database of another program, not a desk. Name a desk with --desk."
            )
        );
    }
    assert!(fs::read(&path).unwrap() == before, "another program's database was written to");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "files were left beside it");

    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    for args in all {
        run(args).fails(
            1,
            &format!("{shown} is no database. Name a desk with --desk, or move this file away."),
        );
    }
    assert_eq!(fs::read_dir(&path).unwrap().count(), 0);
}

#[test]
fn a_newer_desk_is_left_to_the_newer_program() {
    let (p, _) = desk();
    Connection::open(p.desk()).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    let held = p.dump();
    let sentence = format!(
        "The desk {} is of a newer deskbell (version 99; this one knows up to {}). Update deskbell.",
        p.desk().display(),
        deskbell::store::schema::VERSION
    );
    for args in [&["list"][..], &["reply", "1", "Hello"], &["new", "tracker", "T"]] {
        p.run(args).fails(1, &sentence);
    }
    assert_eq!(p.dump(), held);
}

#[test]
fn a_damaged_desk_gives_a_sentence() {
    let (p, _) = desk();
    drop(Connection::open(p.desk()).unwrap().query_row(
        "PRAGMA wal_checkpoint(TRUNCATE)",
        [],
        |_| Ok(()),
    ));
    let whole = fs::read(p.desk()).unwrap();
    let mut torn = whole.clone();
    // The first page says what tables there are; the rest is gone to noise.
    torn[4096..].fill(0xa5);
    fs::write(p.desk(), &torn).unwrap();
    for args in [&["list"][..], &["reply", "1", "Hello"]] {
        let ran = p.run(args);
        assert!(ran.sentence(1).contains(&p.desk().display().to_string()), "{ran:#?}");
    }
}

#[test]
fn a_missing_desk_is_not_made_by_looking() {
    let p = Program::new();
    let sentence = format!(
        "There is no desk at {}. `deskbell new` or `deskbell` itself starts one.",
        p.desk().display()
    );
    for args in
        [&["list"][..], &["show", "1"], &["reply", "1", "Hello"], &["messenger", "a@b.example"]]
    {
        p.run(args).fails(1, &sentence);
    }
    assert!(!p.desk().parent().unwrap().exists());
    // A path that leads through a file leads nowhere.
    fs::write(p.home().join("northwind"), "").unwrap();
    let ran = p.run(&["new", "tracker", "T"]);
    assert!(ran.sentence(1).starts_with("The desk "), "{ran:#?}");
}

#[test]
fn without_a_home_or_a_terminal_there_is_a_sentence() {
    let p = Program::new();
    let homeless = p.bare().env_remove("HOME").arg("list").output().unwrap();
    let ran = Ran::of(&["list"], homeless);
    assert!(ran.sentence(1).starts_with("Neither XDG_DATA_HOME nor HOME is set"), "{ran:#?}");
    for args in [&[][..], &["demo"]] {
        p.run(args).fails(
            1,
            "The screens need a terminal. For scripts there are commands: deskbell --help.",
        );
    }
    assert_eq!(fs::read_dir(p.home()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn a_reader_that_goes_away_is_no_error_and_a_full_disk_is_one() {
    let (p, held) = desk();
    for _ in 0..20 {
        p.run(&["note", "1", &"long ".repeat(10_000)]).done();
    }
    let piped = format!(
        "'{}' --desk '{}' show 1 2>err | head -c 10 >/dev/null; echo ${{PIPESTATUS[0]}}; cat err",
        env!("CARGO_BIN_EXE_deskbell"),
        p.desk().display()
    );
    let mut shell = Command::new("bash");
    let out = shell.args(["-c", &piped]).current_dir(p.home()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&out.stdout), "0\n");

    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let out = p.command(&["list"]).stdout(full).output().unwrap();
    let ran = Ran::of(&["list"], out);
    assert!(ran.sentence(1).starts_with("Standard output cannot be written: "), "{ran:#?}");
    assert!(held.len() < p.dump().len());
}

/// Text of others, as bad as it comes.
const HOSTILE: &str =
    "a\u{1b}[31mb\u{1b}]52;c;aGk=\u{7}c\u{202e}d\u{9b}2Je\rf\u{8}g\u{7f}h\u{2066}i\u{0}";

#[test]
fn hostile_text_shows_clean_everywhere() {
    let p = Program::new();
    p.configure("allow_acting_as_customer = true\n");
    // An argument holds no NUL; standard input does.
    let text = HOSTILE.replace('\0', "");
    let new =
        ["new", "customer", &text, "--contact", "eve@x.example", "--name", &text, "--body", "-"];
    p.feed(&new, HOSTILE.as_bytes()).done();
    p.run(&["reply", "1", &text]).done();
    p.run(&["note", "1", &text]).done();
    p.run(&["customer", "eve@x.example", "reply", "1", &text]).done();
    p.run(&["assign", "1", &text]).done();
    p.run(&["settings", "messenger", "--name", &text]).done();

    // Whatever came into the file by other hands is cleaned again on its way out.
    let desk = Connection::open(p.desk()).unwrap();
    desk.execute("UPDATE contacts SET name = ?1", [HOSTILE]).unwrap();
    desk.execute("UPDATE tickets SET title = ?1", [HOSTILE]).unwrap();
    desk.execute("UPDATE parts SET body = ?1 WHERE body IS NOT NULL", [HOSTILE]).unwrap();

    for args in [
        &["list"][..],
        &["list", "--json"],
        &["show", "1"],
        &["show", "1", "--json"],
        &["why", "1"],
        &["why", "1", "--json"],
        &["messenger", "eve@x.example", "--plain"],
        &["messenger", "eve@x.example", "--plain", "--json"],
        &["messenger", "eve@x.example", "--plain", "--open", "1"],
        &["messenger", "eve@x.example", "--plain", "--open", "1", "--json"],
        &["settings", "messenger"],
        &["share", "1"],
        &["undo", "1", "--json"],
        &["work", "--once", "--at", "2027-01-01T00:00:00Z"],
        &["show", &text],
        &["new", &text, "Title"],
        &["--as", &text, "note", "77", "x"],
    ] {
        let ran = p.run(args);
        let shown = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!shown.is_empty(), "{ran:#?}");
        let bad = shown.chars().find(|c| deskbell::domain::text::is_unsafe(*c) && *c != '\n');
        assert_eq!(bad, None, "{ran:#?}");
    }
}
