//! Mails of others, found where the registry clients put them: none is lost, none stops the parser,
//! and what was written is shown. A set that is not on this machine is skipped, aloud.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod kept;

use std::path::{Path, PathBuf};

use deskbell::desk::receive::{Arrival, MailState};
use deskbell::desk::{Desk, Policy};
use deskbell::domain::{EmailAddress, Time};
use deskbell::mail::{BounceKind, Key, parse};
use deskbell::tui::commands::Keymap;
use deskbell::tui::model::Model;
use deskbell::tui::view;
use deskbell::tui::view::theme::{Preset, Theme};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

/// Says that a set is not here; where none may be missing, that is an error.
fn skipped(set: &str, how: &str) {
    assert!(std::env::var_os("ALL_CORPORA").is_none(), "missing: {set}: {how}");
    eprintln!("SKIPPED: {set} is not on this machine ({how})");
}

/// The sources of a package, when cargo has fetched it.
fn package(prefix: &str) -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".cargo")))?;
    let indexes = std::fs::read_dir(home.join("registry/src")).ok()?;
    indexes
        .flatten()
        .filter_map(|index| std::fs::read_dir(index.path()).ok())
        .flat_map(|packages| packages.flatten().map(|p| p.path()))
        .filter(|p| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with(prefix)))
        .max()
}

fn files(dir: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn a_parsers_own_mails_go_through_without_loss() {
    let Some(package) = package("mail-parser-0.11") else {
        skipped("mail-parser 0.11", "cargo fetch");
        return;
    };
    let mails = files(&package.join("resources/eml"), ".eml");
    assert!(mails.len() >= 100, "{} mails", mails.len());
    let (mut trimmed, mut unreadable) = (0, Vec::new());
    for path in &mails {
        let raw = std::fs::read(path).unwrap();
        let mail = parse(&raw);
        assert_eq!(parse(&raw), mail, "the same bytes are the same mail: {path:?}");
        assert!(!mail.identity().is_empty(), "{path:?}");
        assert!(!mail.shown.is_empty() || mail.text.trim().is_empty(), "{path:?}");
        assert!(
            !mail.text.is_empty() || !mail.attachments.is_empty() || raw.len() < 2_000,
            "lost: {path:?} {mail:?}"
        );
        assert!(
            !mail.text.contains(|c| deskbell::domain::text::is_unsafe(c) && c != '\n' && c != '\t')
        );
        trimmed += usize::from(mail.hidden_lines > 0);
        if mail.remarks.contains(&deskbell::mail::Remark::Unreadable) {
            unreadable.push(path);
        }
    }
    println!("{} mails, {trimmed} of them trimmed, unreadable: {unreadable:?}", mails.len());
}

/// The unpacked sdist of flufl.bounce.
fn flufl() -> Option<PathBuf> {
    let sdist = std::env::var_os("FLUFL_BOUNCE").map(PathBuf::from);
    if sdist.is_none() {
        skipped(
            "flufl.bounce 6.0.0",
            "FLUFL_BOUNCE names its unpacked sdist: \
             pip download --no-deps --no-binary :all: flufl.bounce==6.0.0",
        );
    }
    sdist
}

/// The mails Python's own tests read, as Debian's libpython3-testsuite puts them.
fn python() -> Option<PathBuf> {
    let named = std::env::var_os("PYTHON_MAILS").map(PathBuf::from);
    let debian = || {
        let libraries = std::fs::read_dir("/usr/lib").ok()?.flatten().map(|e| e.path());
        libraries.map(|l| l.join("test/test_email/data")).filter(|d| d.is_dir()).max()
    };
    let found = named.or_else(debian);
    if found.is_none() {
        skipped("Python's test mails", "apt-get install libpython3-testsuite");
    }
    found
}

/// `('dsn', 'dsn_01.txt', [b'a@b'], False)` of the package's own table, as (file, addresses,
/// temporary). A file with several detectors is judged by those that name somebody.
fn verdicts(table: &str) -> Vec<(String, Vec<String>, bool)> {
    let start = table.find("DETECTORS = [").unwrap();
    let table = &table[start..start + table[start..].find("\n]").unwrap()];
    let table: String =
        table.lines().filter(|l| !l.trim().starts_with('#')).collect::<Vec<_>>().join(" ");
    let mut found: Vec<(String, Vec<String>, bool)> = Vec::new();
    for row in table.split("('").skip(1) {
        let strings: Vec<&str> = row.split('\'').collect();
        let file = strings.iter().find(|s| s.ends_with(".txt")).unwrap().to_string();
        let addresses: Vec<String> =
            strings.iter().filter(|s| s.contains('@')).map(|s| s.to_lowercase()).collect();
        let temporary = row.contains("], True");
        match found.iter_mut().find(|f| f.0 == file) {
            Some(known) if known.1.is_empty() => *known = (file, addresses, temporary),
            Some(_) => {}
            None => found.push((file, addresses, temporary)),
        }
    }
    found
}

#[test]
fn bounces_of_a_detectors_fixtures_are_judged_alike() {
    let Some(sdist) = flufl() else { return };
    let table = std::fs::read_to_string(sdist.join("tests/test_detectors.py")).unwrap();
    let (mut alike, mut same_people, mut wrong, mut falsely) = (0, 0, Vec::new(), Vec::new());
    let verdicts = verdicts(&table);
    assert!(verdicts.len() > 100);
    for (file, people, temporary) in &verdicts {
        let mail = parse(&std::fs::read(sdist.join("tests/data").join(file)).unwrap());
        let bounce = mail.bounce.as_ref();
        let kind = bounce.map_or(BounceKind::Unknown, |b| b.kind);
        let expected = match (people.is_empty(), temporary) {
            (true, _) => !matches!(kind, BounceKind::Permanent),
            (false, true) => matches!(kind, BounceKind::Delayed | BounceKind::Temporary),
            (false, false) => kind == BounceKind::Permanent,
        };
        let mut named: Vec<String> =
            bounce.iter().flat_map(|b| &b.recipients).map(|r| r.to_lowercase()).collect();
        let mut people = people.clone();
        named.sort();
        people.sort();
        alike += usize::from(expected);
        same_people += usize::from(expected && named == people);
        if !expected || named != people {
            wrong.push(format!(
                "{file}: {kind:?} {named:?}, expected {people:?} temporary {temporary}"
            ));
        }
        if kind == BounceKind::Permanent && (*temporary || people.is_empty()) {
            falsely.push(file.clone());
        }
    }
    println!("{alike} of {} verdicts alike, {same_people} with the same people", verdicts.len());
    println!("{}", wrong.join("\n"));
    assert!(falsely.is_empty(), "falsely permanent: {falsely:?}");
    assert!(alike * 100 >= verdicts.len() * 95, "{alike} of {}", verdicts.len());
}

/// The whole way in: kept, applied, and drawn for a teammate. Every mail has a row at the end, and
/// every row is seen somewhere: in a thread with the author's words, or in quarantine with a cause.
fn takes_in(mails: &[PathBuf]) {
    let folder = tempfile::tempdir().unwrap();
    let policy = Policy {
        address: Some(EmailAddress::new("help@northwind.example").unwrap()),
        key: Some(Key::from_bytes([7; 32]).into()),
        ..Policy::default()
    };
    let desk = Desk::open(&folder.path().join("desk.db"), true, policy).unwrap();
    let mut now: Time = "2026-06-09T14:05:29Z".parse().unwrap();
    let (me, _) = desk.teammate("Mara Holt", now).unwrap();
    let mut model =
        Model::new(now, (120, 36), me, Keymap::default(), Theme::new(Preset::default()));
    let mut terminal = Terminal::new(TestBackend::new(120, 36)).unwrap();
    let (mut threads, mut held, mut dropped) = (0, 0, 0);
    for path in mails {
        now += chrono::Duration::minutes(1);
        let raw = std::fs::read(path).unwrap();
        let mail = parse(&raw);
        let arrival = Arrival {
            mailbox: "help@northwind.example".into(),
            sender: mail.return_path.clone(),
            recipient: "help@northwind.example".into(),
            raw: raw.clone(),
            left_out: 0,
        };
        let id = desk.store_raw(arrival, now).unwrap();
        desk.apply_mail(id, now).unwrap();
        let row = desk.arrived(id).unwrap();
        assert_eq!(desk.raw_mail(id).unwrap(), raw, "kept as it came: {path:?}");
        let cause = row.cause.as_deref().unwrap_or_default();
        match row.state {
            MailState::Applied => {
                let ticket = row.ticket.expect("an applied mail has its ticket");
                let view = desk.ticket(ticket).unwrap().unwrap();
                let said = view.parts.iter().filter_map(|p| p.body.as_deref());
                let said: String = said.collect::<Vec<_>>().join("\n");
                for word in mail.shown.split_whitespace() {
                    let is_there = said.contains(word) || said.len() > 60 * 1024;
                    assert!(is_there, "{path:?} lost {word:?} of {:?}", mail.shown);
                }
                model.now = now;
                model.ready = true;
                model.thread.wanted = Some(ticket);
                model.thread.view = Some(Box::new(view));
                threads += 1;
            }
            MailState::Held => {
                assert!(desk.quarantine().unwrap().iter().any(|h| h.id == row.id), "{path:?}");
                assert!(!cause.is_empty(), "{path:?}");
                assert_eq!(desk.held_mail(id).unwrap().raw, raw);
                held += 1;
                continue;
            }
            MailState::Dropped => {
                assert!(cause.contains("arrived before"), "{path:?}: {cause}");
                dropped += 1;
                continue;
            }
            MailState::Stored | MailState::Poison => panic!("{path:?}: {row:?}"),
        }
        terminal.draw(|frame| view::draw(&model, frame)).unwrap();
        let screen = terminal.backend().to_string();
        let last = mail.shown.lines().rev().flat_map(str::split_whitespace).next();
        let word: String = last.unwrap_or_default().chars().take(8).collect();
        assert!(
            !word.chars().all(|c| c.is_ascii_alphanumeric()) || screen.contains(&word),
            "{path:?}: {word:?} is not on the screen:\n{screen}"
        );
    }
    assert_eq!(desk.all_arrived().unwrap().len(), mails.len(), "each has its row");
    println!(
        "{} mails: {threads} in threads, {held} in quarantine, {dropped} the same as another",
        mails.len()
    );
}

#[test]
fn a_parsers_own_mails_come_all_the_way_in() {
    let Some(package) = package("mail-parser-0.11") else {
        skipped("mail-parser 0.11", "cargo fetch");
        return;
    };
    takes_in(&files(&package.join("resources/eml"), ".eml"));
}

#[test]
fn the_mails_of_pythons_own_tests_come_all_the_way_in() {
    let Some(data) = python() else { return };
    let mails = files(&data, ".txt");
    assert!(mails.len() >= 40, "{} mails", mails.len());
    takes_in(&mails);
}

#[test]
fn a_detectors_bounces_come_all_the_way_in() {
    let Some(sdist) = flufl() else { return };
    let mails = files(&sdist.join("tests/data"), ".txt");
    assert!(mails.len() >= 100, "{} mails", mails.len());
    takes_in(&mails);
}
