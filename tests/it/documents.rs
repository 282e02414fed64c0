//! The README and ARCHITECTURE.md say what the code says: keys, settings, commands, files.

use std::collections::BTreeSet;
use std::fs;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::Command;

use deskbell::api::Bounds;
use deskbell::config::{ApiConfig, Config, MailConfig};
use deskbell::tui::commands::{Keymap, by_name, markdown};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// What stands between two lines.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(begin).unwrap_or_else(|| panic!("{begin} is missing"));
    rest.split_once(end).unwrap_or_else(|| panic!("{end} is missing")).0
}

#[test]
fn the_readmes_table_of_keys_is_the_registrys() {
    let readme = read("README.md");
    let table = between(&readme, "<!-- keys -->\n", "<!-- /keys -->");
    assert!(
        table.trim() == markdown(&Keymap::default()).trim(),
        "put what `deskbell keys --markdown` prints between the two <!-- keys --> lines"
    );
}

#[test]
fn the_keys_to_begin_with_are_true() {
    let readme = read("README.md");
    let table = between(&readme, "The keys to begin with", "\n## ");
    let keymap = Keymap::default();
    let mut rows = 0;
    for row in table.lines().filter(|l| l.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let (key, name) = (cells[1].trim_matches('`'), cells[2].trim_matches('`'));
        assert!(by_name(name).is_some(), "{name}");
        assert!(keymap.keys(name).iter().any(|k| k == key), "{key} is not {name}");
        rows += 1;
    }
    assert!(rows > 10, "{rows}");
}

#[test]
fn the_readmes_configuration_is_whole_and_right() {
    let readme = read("README.md");
    let examples = readme.split("```toml\n").skip(1).map(|e| e.split("```").next().unwrap());
    let (whole, short): (Vec<&str>, Vec<&str>) = examples.partition(|e| e.contains("[keys]"));
    assert!(!short.is_empty());
    for example in short {
        Config::parse(example, Path::new("README.md")).unwrap();
    }
    let [whole] = whole[..] else { panic!("one example has it all") };
    // Without `..`: a setting that is added must be written down.
    let Config {
        teammate,
        desk,
        allow_acting_as_customer,
        theme,
        ascii,
        mail,
        api,
        webhooks,
        keys,
    } = Config::parse(whole, Path::new("README.md")).unwrap();
    assert!(!webhooks.private_hosts.is_empty());
    let MailConfig {
        smtp,
        imap,
        imap_processed,
        imap_password_env,
        imap_password_file,
        imap_password_command,
        address,
        delimiter,
        authserv_id,
        password_env,
        password_file,
        password_command,
        ca_file,
        grace_seconds,
    } = mail;
    assert!(teammate.is_some() && desk.is_some() && allow_acting_as_customer);
    assert!(theme.is_some() && ascii && smtp.is_some() && address.is_some());
    assert!(password_env.is_some() && password_file.is_some() && password_command.is_some());
    assert_eq!(delimiter, Some('+'), "the default");
    assert!(imap.is_some() && imap_password_env.is_some() && imap_password_file.is_some());
    assert_eq!(imap_processed.as_deref(), Some("Deskbell/Processed"), "the default");
    assert!(imap_password_command.is_some());
    assert!(authserv_id.is_some());
    assert!(ca_file.is_some() && grace_seconds == Some(10), "10 is the default");
    let ApiConfig { hosts, connections, requests } = api;
    assert_eq!(hosts.len(), 1);
    let usual = Bounds::default();
    assert_eq!(connections.map(NonZeroU32::get), u32::try_from(usual.connections).ok());
    assert_eq!(requests.map(NonZeroU32::get), Some(usual.requests));
    let keys: Vec<(String, String)> = keys.into_iter().collect();
    Keymap::with_overrides(&keys).unwrap();
}

#[test]
fn the_readme_names_every_command() {
    let help = Command::new(env!("CARGO_BIN_EXE_deskbell")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let readme = read("README.md");
    let said: BTreeSet<&str> = readme
        .lines()
        .filter_map(|l| l.strip_prefix("deskbell "))
        .filter_map(|l| l.split_whitespace().next())
        .collect();
    let there: BTreeSet<&str> = between(&help, "Commands:\n", "\nOptions:")
        .lines()
        .filter(|l| l.starts_with("  ") && !l.starts_with("   "))
        .filter_map(|l| l.split_whitespace().next())
        .filter(|c| *c != "help")
        .collect();
    assert_eq!(said, there);
}

#[test]
fn what_the_documents_link_to_is_there() {
    for document in ["README.md", "ARCHITECTURE.md"] {
        let text = read(document);
        for link in text.split("](").skip(1).map(|l| l.split(')').next().unwrap()) {
            if let Some(heading) = link.strip_prefix('#') {
                let there = text.lines().filter_map(|l| l.strip_prefix("## ")).any(|h| {
                    h.to_lowercase().replace(' ', "-").replace(['`', ',', ':'], "") == heading
                });
                assert!(there, "{document} links to #{heading}");
            } else if !link.contains("://") {
                assert!(root().join(link).exists(), "{document} links to {link}");
            }
        }
    }
}

/// Every file it names is there, and no folder is left out. A new file need not wait for its row.
#[test]
fn architecture_names_the_rooms_there_are() {
    let architecture = read("ARCHITECTURE.md");
    let rooms = between(&architecture, "<!-- rooms -->\n", "<!-- /rooms -->");
    let named: BTreeSet<PathBuf> = rooms
        .lines()
        .filter(|l| l.starts_with("| `"))
        .map(|l| root().join("src").join(l.split('`').nth(1).unwrap()))
        .collect();
    assert!(named.len() > 50, "{}", named.len());
    for file in &named {
        assert!(file.is_file(), "{} is gone", file.display());
    }
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        let mut sources = false;
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            sources |= name.ends_with(".rs") && !name.ends_with("tests.rs");
            if path.is_dir() && name != "snapshots" && name != "tests" {
                folders.push(path);
            }
        }
        let told = named.iter().any(|f| f.parent() == Some(&folder));
        assert!(told || !sources, "{} is not in ARCHITECTURE.md", folder.display());
    }
}
