//! The house's own laws, read from the source: floors, who names the clock, where SQL stands, and
//! that no customer's surface can name what is the team's.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A source file below `src`, without its comments and without its unit tests.
struct Source {
    /// As in `desk/perform.rs`.
    name: String,
    code: String,
}

impl Source {
    /// The room it belongs to: the first folder, or the file itself.
    fn room(&self) -> &str {
        self.name.split('/').next().unwrap().trim_end_matches(".rs")
    }

    fn all() -> Vec<Self> {
        fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, found);
                } else if path.extension().is_some_and(|e| e == "rs") {
                    found.push(path);
                }
            }
        }
        let src = root().join("src");
        let mut paths = Vec::new();
        walk(&src, &mut paths);
        paths.sort();
        let sources: Vec<Self> = paths
            .iter()
            .map(|path| {
                let name = path.strip_prefix(&src).unwrap().to_str().unwrap().to_owned();
                Self { name, code: code_of(&fs::read_to_string(path).unwrap()) }
            })
            .filter(|s| !s.name.ends_with("tests.rs") && !s.name.contains("/tests/"))
            .collect();
        assert!(sources.len() > 50, "the sources were not found");
        sources
    }
}

/// What is compiled into the program: no comments, nothing below `#[cfg(test)] mod`.
fn code_of(text: &str) -> String {
    let mut lines = Vec::new();
    let mut rest = text.lines().peekable();
    while let Some(line) = rest.next() {
        let next = rest.peek().map_or("", |l| l.trim());
        if line.trim() == "#[cfg(test)]" && next.starts_with("mod ") && next.ends_with('{') {
            // Unit tests stand at the end of their file.
            break;
        }
        if !line.trim_start().starts_with("//") {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// The rooms of this crate that a file names: `crate::room`, `super::…` counted from where it
/// stands, and each branch of `use crate::{a, b}`.
fn named_rooms(source: &Source) -> Vec<String> {
    let mut rooms = Vec::new();
    let mut add = |path: &str| {
        let path = path.trim_start();
        if let Some(branches) = path.strip_prefix('{') {
            let mut depth = 0;
            let mut branch = String::new();
            for c in branches.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        rooms.push(std::mem::take(&mut branch));
                        continue;
                    }
                    _ => {}
                }
                branch.push(c);
            }
            rooms.push(branch);
        } else {
            rooms.push(path.to_owned());
        }
    };
    for root in ["crate::", "deskbell::"] {
        for (at, _) in source.code.match_indices(root) {
            add(&source.code[at + root.len()..]);
        }
    }
    // As many `super`s as the file is deep lead to the crate's root.
    let depth = source.name.matches('/').count()
        + usize::from(!source.name.ends_with("mod.rs") && source.name != "lib.rs");
    let up = "super::".repeat(depth);
    for (at, _) in source.code.match_indices(&up) {
        if !source.code[..at].ends_with("super::") {
            let path = &source.code[at + up.len()..];
            if !path.starts_with("super::") && depth > 0 {
                add(path);
            }
        }
    }
    let mut rooms: Vec<String> = rooms
        .iter()
        .map(|r| r.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .filter(|r: &String| r != source.room() && MAY_NAME.iter().any(|(room, _)| room == r))
        .collect();
    rooms.sort();
    rooms.dedup();
    rooms
}

/// The floors. Who stands here may name what stands beside it and nothing else of this crate.
const MAY_NAME: [(&str, &[&str]); 14] = [
    ("domain", &[]),
    ("clock", &["domain"]),
    ("config", &["domain"]),
    ("store", &["domain"]),
    ("mail", &["domain", "config"]),
    ("hook", &["domain"]),
    ("desk", &["domain", "store", "mail"]),
    ("worker", &["domain", "mail", "desk", "clock"]),
    ("intake", &["domain", "mail", "desk", "clock", "worker"]),
    ("webhook_worker", &["domain", "hook", "desk", "clock"]),
    ("demo", &["domain", "desk", "worker"]),
    ("tui", &["domain", "desk", "clock", "worker", "config", "mail"]),
    ("api", &["domain", "desk", "clock"]),
    (
        "cli",
        &[
            "domain",
            "mail",
            "hook",
            "desk",
            "clock",
            "config",
            "worker",
            "webhook_worker",
            "intake",
            "demo",
            "tui",
            "api",
        ],
    ),
];

#[test]
fn no_arrow_climbs() {
    let mut climbing = Vec::new();
    for source in Source::all() {
        let Some((_, allowed)) = MAY_NAME.iter().find(|(room, _)| *room == source.room()) else {
            assert!(["lib.rs", "main.rs"].contains(&source.name.as_str()), "{}", source.name);
            continue;
        };
        for room in named_rooms(&source) {
            if !allowed.contains(&room.as_str()) {
                climbing.push(format!("src/{} names {room}", source.name));
            }
        }
    }
    assert!(climbing.is_empty(), "{climbing:#?}");
}

#[test]
fn the_reader_of_arrows_sees_every_way_to_write_one() {
    let rooms =
        |name: &str, code: &str| named_rooms(&Source { name: name.into(), code: code_of(code) });
    assert_eq!(rooms("domain/ticket.rs", "use crate::store::Tx;"), ["store"]);
    assert_eq!(rooms("domain/ticket.rs", "let x = crate::clock::Clock::system();"), ["clock"]);
    assert_eq!(
        rooms("tui/app.rs", "use crate::{desk::Desk, store::{self, Tx}, clock};"),
        ["clock", "desk", "store"]
    );
    assert_eq!(rooms("tui/view/x.rs", "use super::super::super::store::Tx;"), ["store"]);
    assert_eq!(rooms("tui/view/x.rs", "use super::super::model::Model;"), Vec::<String>::new());
    assert_eq!(rooms("clock.rs", "use super::desk::Desk;"), ["desk"]);
    assert_eq!(
        rooms("domain/ticket.rs", "// crate::store\n#[cfg(test)]\nmod tests {\n crate::desk"),
        Vec::<String>::new()
    );
}

/// No domain without this: a function that reads a file, a socket, a clock or a die is not pure.
#[test]
fn the_domain_is_pure() {
    for source in Source::all().iter().filter(|s| s.room() == "domain") {
        for word in [
            "std::fs",
            "std::io",
            "std::net",
            "std::env",
            "std::time",
            "tokio",
            "async ",
            "rand::",
            "rusqlite",
            "lettre",
            "ratatui",
            "println!",
            "thread::",
            "Utc::now",
            "static mut",
        ] {
            assert!(!source.code.contains(word), "src/{} holds {word}", source.name);
        }
    }
}

#[test]
fn only_the_clock_reads_the_time() {
    for source in Source::all() {
        if source.name == "clock.rs" {
            continue;
        }
        for word in ["Utc::now", "Local::now", "Instant::now", "SystemTime::now"] {
            assert!(!source.code.contains(word), "src/{} reads {word}", source.name);
        }
    }
}

const SQL: [&str; 9] = [
    "SELECT ",
    "INSERT INTO",
    "UPDATE ",
    "DELETE FROM",
    "CREATE TABLE",
    "ALTER TABLE",
    "DROP TABLE",
    "PRAGMA ",
    "BEGIN IMMEDIATE",
];

#[test]
fn sql_stands_in_the_store_alone_and_is_never_put_together() {
    let mut statements = 0;
    for source in Source::all() {
        let sql = SQL.iter().map(|w| source.code.matches(w).count()).sum::<usize>();
        if source.room() != "store" {
            assert_eq!(sql, 0, "src/{} holds SQL", source.name);
            assert!(!source.code.contains("rusqlite"), "src/{} names rusqlite", source.name);
            continue;
        }
        statements += sql;
        for (at, _) in source.code.match_indices("format!(") {
            let end = source.code[at..].find(';').map_or(source.code.len(), |e| at + e);
            let made = &source.code[at..end];
            assert!(!SQL.iter().any(|w| made.contains(w)), "src/{}: {made}", source.name);
        }
        assert!(!source.code.contains("leak("), "src/{} makes a text static", source.name);
    }
    assert!(statements > 30, "only {statements} statements were found");
    // The seam takes a text that was there when the program was compiled, and nothing else.
    let seam = fs::read_to_string(root().join("src/store/sql.rs")).unwrap();
    for function in
        ["fn execute(&mut self, sql: ", "fn query(&mut self, sql: ", "fn first(&mut self, sql: "]
    {
        assert!(seam.contains(&format!("{function}&'static str")), "{function}");
    }
}

/// V1, V7: what a customer sees is made from shared threads. A file that draws or writes it and can
/// name a ticket, an event's internal kinds or the team's view could show one by mistake.
#[test]
fn a_customers_surface_cannot_name_what_is_the_teams() {
    let mut surfaces = 0;
    for source in Source::all() {
        let name = source.name.as_str();
        let draws = name.starts_with("tui/view/messenger");
        let writes = name.starts_with("mail/compose");
        let answers = name.starts_with("api/messenger") || name == "api/page.rs";
        if !draws && !writes && !answers {
            continue;
        }
        surfaces += 1;
        for word in
            ["TicketView", "Ticket", "Part", "Delivery", "Teammate", "LinkedTicket", "Author"]
        {
            assert!(!names(&source.code, word), "src/{name} names {word}");
        }
    }
    assert!(surfaces > 0, "no customer's surface was found");
    // Its projection may hold a ticket only inside a thread that asked for the proof.
    let project = fs::read_to_string(root().join("src/domain/messenger.rs")).unwrap();
    for word in ["TicketView", "Delivery", "Teammate", "LinkedTicket", "Author"] {
        assert!(!names(&code_of(&project), word), "src/domain/messenger.rs names {word}");
    }
    assert!(project.contains("pub fn project(threads: &[SharedThread], "));
}

/// True when `code` holds `word` as a whole name, outside of its texts.
fn names(code: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let mut kept = String::new();
    let mut chars = code.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                while let Some(c) = chars.next() {
                    match c {
                        '\\' => drop(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            // A character, not a lifetime: '"' would open a text that is none.
            '\'' if chars.peek() == Some(&'"') => drop(chars.next()),
            c => kept.push(c),
        }
    }
    kept.match_indices(word)
        .any(|(at, _)| !kept[..at].ends_with(part) && !kept[at + word.len()..].starts_with(part))
}

/// The proof has one way in: its fields are private, and one function makes it.
#[test]
fn a_shared_ticket_is_made_in_one_place() {
    let sources = Source::all();
    let literal = |s: &&Source| {
        s.code.matches("SharedTicket {").count() > s.code.matches("struct SharedTicket {").count()
    };
    let makers: Vec<&str> = sources.iter().filter(literal).map(|s| s.name.as_str()).collect();
    assert_eq!(makers, ["domain/ticket.rs"]);
    for (file, head) in [
        ("domain/ticket.rs", "pub struct SharedTicket<'a> {"),
        ("domain/messenger.rs", "pub struct SharedThread {"),
        ("domain/part.rs", "pub struct VisiblePart<'a>"),
    ] {
        let source = sources.iter().find(|s| s.name == file).unwrap();
        let (_, body) = source.code.split_once(head).unwrap_or_else(|| panic!("{head} in {file}"));
        let fields = body.split(['}', ';']).next().unwrap();
        assert!(!fields.contains("pub"), "{head} has a public field");
    }
}
