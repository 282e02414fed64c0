//! The registry is whole: no key twice, no forbidden key on a change, words for everything.

use std::collections::HashSet;

use super::keymap::is_forbidden;
use super::*;
use crate::tui::keys::Chord;

#[test]
fn every_default_key_is_a_key() {
    for spec in COMMANDS {
        for key in spec.keys {
            assert!(Chord::parse(key).is_some(), "{}: {key}", spec.name);
        }
    }
}

#[test]
fn no_two_commands_share_a_key_in_one_scope() {
    let clash = Keymap::default().clash();
    assert!(clash.is_none(), "{clash:?}");
}

#[test]
fn names_are_unique_and_everything_is_described() {
    let mut names = HashSet::new();
    for spec in COMMANDS {
        assert!(names.insert(spec.name), "{} is there twice", spec.name);
        assert!(!spec.label.is_empty(), "{}", spec.name);
        assert!(spec.description.ends_with('.'), "{}", spec.name);
        assert!(!spec.scopes.is_empty(), "{}", spec.name);
        if let Some(consequence) = spec.consequence {
            assert!(consequence.ends_with('.'), "{}", spec.name);
        }
    }
}

#[test]
fn forbidden_keys_change_nothing() {
    for spec in COMMANDS.iter().filter(|c| c.changes) {
        for key in spec.keys {
            let chord = Chord::parse(key).unwrap();
            assert!(!is_forbidden(&chord), "{key} runs {}", spec.name);
        }
    }
    // Enter neither sends nor shares.
    for name in ["composer.send", "share.do"] {
        let spec = by_name(name).unwrap();
        assert!(!spec.keys.contains(&"enter"), "{name}");
    }
}

#[test]
fn what_reaches_the_customer_says_what_it_does() {
    for name in [
        "ticket.reply",
        "ticket.state",
        "ticket.share",
        "ticket.new",
        "composer.send",
        "share.do",
        "state.do",
    ] {
        assert!(by_name(name).unwrap().consequence.is_some(), "{name}");
    }
}

fn own(name: &str, key: &str) -> Result<Keymap, String> {
    Keymap::with_overrides(&[(name.to_owned(), key.to_owned())])
}

#[test]
fn own_keys_replace_the_defaults_or_say_why_not() {
    let map = own("ticket.reply", "ctrl+r").unwrap();
    assert_eq!(map.key("ticket.reply").unwrap(), "^R");
    assert!(map.is_custom("ticket.reply"));
    let map = own("ticket.reply", "").unwrap();
    assert_eq!(map.key("ticket.reply"), None);
    assert_eq!(
        own("ticket.repyl", "r").unwrap_err(),
        "There is no command \"ticket.repyl\". The nearest is \"ticket.reply\"."
    );
    assert!(own("ticket.reply", "hyper+q").unwrap_err().contains("is no key"));
    assert!(own("ticket.reply", "n").unwrap_err().contains("ticket.note"));
    assert!(own("ticket.reply", "ctrl+d").unwrap_err().contains("too easily"));
    assert!(own("composer.send", "enter").unwrap_err().contains("never sends"));
    assert!(own("ticket.reply", "g").unwrap_err().contains("both"));
}
