use super::*;
use crate::domain::{Teammate, TeammateId, Time};
use crate::tui::commands::Keymap;
use crate::tui::keys::macro_keys;
use crate::tui::message::{Command, Done, Input, Message};
use crate::tui::update::overlay::Overlay;
use crate::tui::update::{settings, update};
use crate::tui::view::picture;
use crate::tui::view::theme::Theme;
use insta::assert_snapshot;

fn model() -> Model {
    let now = Time::from_timestamp(1_781_273_021, 0).unwrap();
    let me = Teammate { id: TeammateId(1), name: "Mara Holt".into() };
    let mut model = Model::new(now, (80, 24), me, Keymap::default(), Theme::default());
    assert_eq!(settings::open(&mut model), [Command::LoadSettings]);
    let logo = LogoFacts { mime: "image/png".into(), bytes: 12_000, width: 320, height: 120 };
    let _ = settings::take(&mut model, "Northwind support".into(), Some(logo));
    model
}

fn press(model: &mut Model, keys: &str) -> Vec<Command> {
    let press = |key| update(model, Message::Input(Input::Key(key)));
    macro_keys(keys).into_iter().flat_map(press).collect()
}

fn shown(model: &Model) -> String {
    let Some(Overlay::Settings(pane)) = model.overlays.last() else { panic!("no settings") };
    let mut buf = Buffer::empty(Rect::new(0, 0, 80, 19));
    draw(model, pane, buf.area, &mut buf).unwrap();
    picture::of(&buf)
}

#[test]
fn only_what_was_changed_is_saved() {
    let mut model = model();
    assert_eq!(press(&mut model, "<backspace><backspace>rt, EU<enter>"), []);
    let save = press(&mut model, "<ctrl+s>");
    let name = Some("Northwind support, EU".to_owned());
    assert_eq!(save, [Command::SaveSettings { name, logo: None }]);
    assert_eq!(press(&mut model, "<ctrl+s>"), [], "not twice");
}

#[test]
fn a_logo_that_is_none_is_refused_beside_the_form() {
    let mut model = model();
    let save = press(&mut model, "<tab>'/tmp/my logo.txt'<ctrl+s>");
    let logo = Some("/tmp/my logo.txt".into());
    assert_eq!(save, [Command::SaveSettings { name: None, logo }]);
    let sentence = "The logo cannot be used: The logo is neither a PNG nor a JPEG nor a GIF. Save \
                    it as one of these.";
    let command = Box::new(save[0].clone());
    let failed = Message::Done(Done::Failed { command, sentence: sentence.into() });
    let _ = update(&mut model, failed);
    assert_snapshot!(shown(&model));
    let again = press(&mut model, "<ctrl+s>");
    assert_eq!(again, save, "what was typed stays");
    let _ = update(&mut model, Message::Done(Done::SettingsSaved));
    assert!(model.overlays.is_empty());
}

#[test]
fn esc_leaves_everything_as_it_is() {
    let mut model = model();
    assert_eq!(press(&mut model, "more<esc>"), []);
    assert!(model.overlays.is_empty());
}
