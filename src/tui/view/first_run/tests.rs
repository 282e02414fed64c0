use super::*;
use crate::desk::view::Outlook;
use crate::domain::inbox::{Counter, Counters};
use crate::domain::{Teammate, TeammateId, Time};
use crate::tui::commands::Keymap;
use crate::tui::keys::macro_keys;
use crate::tui::message::{Command, Exit, Input, Loaded, Message};
use crate::tui::update::overlay::Overlay;
use crate::tui::update::update;
use crate::tui::view::picture;
use crate::tui::view::theme::Theme;

fn opened(tickets: i64) -> Model {
    let now = Time::from_timestamp(1_781_273_021, 0).unwrap();
    let me = Teammate { id: TeammateId(1), name: "Mara Holt".into() };
    let mut model = Model::new(now, (80, 24), me, Keymap::default(), Theme::default());
    read(&mut model, tickets);
    model
}

fn read(model: &mut Model, tickets: i64) {
    // Closed ones count: a desk with a past is not empty.
    let customer = Counter { all: tickets, open: 0, awaits_reply: 0 };
    let counters = Counters { customer, ..Counters::default() };
    let outlook = Outlook::default();
    let _ = update(model, Message::Loaded(Loaded::Overview { counters, outlook }));
}

fn press(model: &mut Model, keys: &str) -> Vec<Command> {
    let press = |key| update(model, Message::Input(Input::Key(key)));
    macro_keys(keys).into_iter().flat_map(press).collect()
}

fn offered(model: &Model) -> bool {
    matches!(model.overlays.last(), Some(Overlay::FirstRun(_)))
}

#[test]
fn an_empty_desk_offers_itself_once() {
    let mut model = opened(0);
    assert!(offered(&model));
    let Some(Overlay::FirstRun(pane)) = model.overlays.last() else { panic!("not offered") };
    let mut buf = Buffer::empty(Rect::new(0, 0, 80, 17));
    draw(&model, pane, buf.area, &mut buf).unwrap();
    insta::assert_snapshot!(picture::of(&buf));
    assert_eq!(press(&mut model, "j<enter>"), []);
    assert!(!offered(&model));
    read(&mut model, 0);
    assert!(!offered(&model), "not again");
    assert!(!offered(&opened(1)));
}

#[test]
fn the_demo_is_another_desk() {
    assert_eq!(press(&mut opened(0), "1"), [Command::Quit(Exit::OpenDemo)]);
    assert_eq!(press(&mut opened(0), "<enter>"), [Command::Quit(Exit::OpenDemo)]);
    assert_eq!(press(&mut opened(0), "2"), []);
    assert_eq!(press(&mut opened(0), "q"), [Command::Quit(Exit::Quit)]);
    let mut model = opened(0);
    assert_eq!(press(&mut model, "<esc>"), [], "Esc makes nothing and leaves nothing");
    assert!(!offered(&model));
}
