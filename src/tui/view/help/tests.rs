use super::*;
use crate::domain::{Teammate, TeammateId, Time};
use crate::tui::commands::{COMMANDS, Keymap, Scope};
use crate::tui::keys::{Chord, macro_keys};
use crate::tui::message::{Command, Exit, Input, Message};
use crate::tui::update::overlay::Overlay;
use crate::tui::update::update;
use crate::tui::view::picture;
use crate::tui::view::theme::Theme;
use insta::assert_snapshot;

fn model(size: (u16, u16)) -> Model {
    let now = Time::from_timestamp(1_781_273_021, 0).unwrap();
    let me = Teammate { id: TeammateId(1), name: "Mara Holt".into() };
    let keys = [("ticket.reply".to_owned(), "ctrl+r".to_owned())];
    let keymap = Keymap::with_overrides(&keys).unwrap();
    Model::new(now, size, me, keymap, Theme::default())
}

fn press(model: &mut Model, keys: &str) -> Vec<Command> {
    let press = |key| update(model, Message::Input(Input::Key(key)));
    macro_keys(keys).into_iter().flat_map(press).collect()
}

fn shown(model: &Model) -> String {
    let Some(Overlay::Help(pane)) = model.overlays.last() else { panic!("no help") };
    let mut buf = Buffer::empty(Rect::new(0, 0, model.size.0, model.size.1));
    draw(model, pane, buf.area, &mut buf).unwrap();
    picture::of(&buf)
}

#[test]
fn help_shows_what_works_here_with_the_users_own_keys() {
    let mut model = model((80, 24));
    let _ = press(&mut model, "?reply");
    assert_snapshot!("reply", shown(&model));
    let _ = press(&mut model, "<ctrl+u>zzz");
    assert!(shown(&model).contains("No command has these letters."));
}

#[test]
fn enter_runs_the_line_and_says_why_it_cannot() {
    let mut model = model((80, 24));
    let _ = press(&mut model, "?deliveries");
    assert_eq!(press(&mut model, "<enter>"), []);
    assert!(model.overlays.is_empty());
    assert_eq!(model.toast.as_ref().unwrap().text, "No ticket is open here.");
    let _ = press(&mut model, "?leaves deskbell at once");
    assert_eq!(press(&mut model, "<enter>"), [Command::Quit(Exit::Quit)]);
    let _ = press(&mut model, "?<f1>send");
    assert_eq!(press(&mut model, "<enter>"), []);
    assert!(model.toast.as_ref().unwrap().text.starts_with("It works in: "), "{:?}", model.toast);
}

#[test]
fn every_command_of_the_registry_is_found_in_help() {
    let mut model = model((120, 36));
    let _ = press(&mut model, "?<f1>");
    let Some(Overlay::Help(pane)) = model.overlays.last() else { panic!("no help") };
    assert_eq!(rows(&model, pane).len(), COMMANDS.len());
    let mut pane = HelpPane { all: false, ..pane.clone() };
    for scope in Scope::EVERY {
        pane.scope = scope;
        let here = rows(&model, &pane);
        assert!(!here.is_empty(), "{scope:?}");
        assert!(here.iter().all(|s| s.works_in(scope)));
    }
}

#[test]
fn the_key_to_be_written_down_is_one_that_is_understood() {
    let keymap = Keymap::default();
    for spec in COMMANDS {
        if let Some(key) = keymap.key(spec.name) {
            let written = config_key(&key);
            let read = Chord::parse(&written);
            let same = read.is_some_and(|chord| chord.to_string() == key);
            assert!(same || spec.keys.is_empty(), "{}: {key} is written {written}", spec.name);
        }
    }
}
