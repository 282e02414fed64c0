//! Mails of others, found where the registry clients put them: none is lost, none stops the parser,
//! and what was written is shown. A set that is not on this machine is skipped, aloud.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::path::PathBuf;

use deskbell::mail::{BounceKind, parse, trim::trim};

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

fn files(dir: &std::path::Path, ending: &str) -> Vec<PathBuf> {
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

/// What the authors of the fixtures wrote, by where it ends and what is not in it.
const REPLIES: &[(&str, &str, &str)] = &[
    ("correct_sig", "a correct -- signature.", "rick"),
    ("email_1_1", "-Abhishek Kona", "riak-users"),
    (
        "email_1_2",
        "delete all\nthe keys in a bucket, you’ll need to delete them all individually.\"",
        "mailing list",
    ),
    ("email_1_3", "-Abhishek Kona", "Hi,"),
    ("email_1_4", "another problem with it.", "Loader"),
    ("email_1_5", "for a while.", "On"),
    ("email_1_6", "I get proper rendering as well.", "wrote"),
    ("email_1_7", ":+1:", "Steps"),
    ("email_1_8", "and under this.", "Hey there"),
    ("email_2_1", "Outlook with a reply", "From:"),
    ("email_2_2", "Outlook with a reply directly above line", "From:"),
    ("email_2_3", "Outlook with a reply above headers using unusual format", "From:"),
    ("email_BlackBerry", "Here is another email", "BlackBerry"),
    ("email_bullets", "- and another", "Joe Smith"),
    ("email_gmail", "This is a test for inbox replying to a github message.", "wrote"),
    ("email_headers_no_delimiter", "And another reply!", "A reply\n"),
    ("email_iPhone", "Here is another email", "iPhone"),
    ("email_multi_word_sent_from_my_mobile_device", "Here is another email", "Verizon"),
    ("email_one_is_not_on", "when I run...", "good news"),
    ("email_partial_quote_header", "fails, the tunnel is not working.", "George"),
    ("email_sent_from_my_not_signature", "much easier then my mobile phone.", "\0"),
    ("email_sig_delimiter_in_middle_of_line", "kthxbai", "\0"),
    ("greedy_on", "fails, the tunnel is not working.", "George"),
    ("pathological", "get back to a computer.", "wrote"),
];

#[test]
fn replies_of_a_parsers_fixtures_are_trimmed() {
    let Some(package) = package("email_reply_parser-0.1.2") else {
        eprintln!("SKIPPED: email_reply_parser 0.1.2 is not in cargo's registry");
        return;
    };
    let mut wrong = Vec::new();
    for (name, end, hidden) in REPLIES {
        let raw =
            std::fs::read_to_string(package.join(format!("tests/emails/{name}.txt"))).unwrap();
        let shown = trim(&raw).shown;
        if !shown.ends_with(end) || shown.contains(hidden) && *name != "email_1_5" {
            wrong.push((name, shown));
        }
    }
    println!(
        "{} of {} replies trimmed as they should be",
        REPLIES.len() - wrong.len(),
        REPLIES.len()
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_parsers_own_mails_go_through_without_loss() {
    let Some(package) = package("mail-parser-0.11") else {
        eprintln!("SKIPPED: mail-parser 0.11 is not in cargo's registry");
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
    let Some(sdist) = std::env::var_os("FLUFL_BOUNCE").map(PathBuf::from) else {
        eprintln!(
            "SKIPPED: FLUFL_BOUNCE does not name the unpacked sdist of flufl.bounce 6.0.0 \
             (pip download --no-deps --no-binary :all: flufl.bounce==6.0.0)"
        );
        return;
    };
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
