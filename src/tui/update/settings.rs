//! The Messenger settings: name and logo. Nothing here touches the mail's template, which is
//! fixed (N11).

use std::path::PathBuf;

use crossterm::event::KeyCode;

use crate::tui::keys::Key;
use crate::tui::line_edit::LineEdit;
use crate::tui::message::{Command, LogoFacts};
use crate::tui::model::{Model, ToastKind};
use crate::tui::update::overlay::Overlay;

/// The form's two fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Field {
    #[default]
    Name,
    Logo,
}

/// What the desk has, and what is typed over it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SettingsPane {
    pub field: Field,
    pub name: LineEdit,
    /// A path to an image, to be read when the form is saved.
    pub logo: LineEdit,
    /// As the desk has them; None until they were read.
    pub saved: Option<(String, Option<LogoFacts>)>,
    pub saving: bool,
    /// Why it was not saved.
    pub trouble: Option<String>,
}

fn pane(model: &mut Model) -> Option<&mut SettingsPane> {
    match model.overlays.last_mut() {
        Some(Overlay::Settings(pane)) => Some(pane),
        _ => None,
    }
}

pub fn open(model: &mut Model) -> Vec<Command> {
    model.overlays.push(Overlay::Settings(SettingsPane::default()));
    vec![Command::LoadSettings]
}

pub fn close(model: &mut Model) -> Vec<Command> {
    model.overlays.retain(|o| !matches!(o, Overlay::Settings(_)));
    Vec::new()
}

pub fn next_field(model: &mut Model) -> Vec<Command> {
    if let Some(pane) = pane(model) {
        pane.field = match pane.field {
            Field::Name => Field::Logo,
            Field::Logo => Field::Name,
        };
    }
    Vec::new()
}

/// Typed text; Enter and the arrows go between the fields, and never save.
pub fn key(model: &mut Model, key: Key) -> Vec<Command> {
    if matches!(key.code, KeyCode::Enter | KeyCode::Up | KeyCode::Down) {
        return next_field(model);
    }
    typed(model, |field| field.key(key))
}

pub fn paste(model: &mut Model, text: &str) -> Vec<Command> {
    typed(model, |field| {
        field.insert(text);
        true
    })
}

fn typed(model: &mut Model, edit: impl FnOnce(&mut LineEdit) -> bool) -> Vec<Command> {
    if let Some(pane) = pane(model).filter(|p| !p.saving) {
        let field = match pane.field {
            Field::Name => &mut pane.name,
            Field::Logo => &mut pane.logo,
        };
        if edit(field) {
            pane.trouble = None;
        }
    }
    Vec::new()
}

/// Asks the desk to keep what was changed.
pub fn save(model: &mut Model) -> Vec<Command> {
    let Some(pane) = pane(model).filter(|p| !p.saving) else {
        return Vec::new();
    };
    let Some((saved, _)) = &pane.saved else {
        return Vec::new();
    };
    let name = Some(pane.name.text().to_owned()).filter(|name| name != saved);
    let logo = (!pane.logo.is_empty()).then(|| path(pane.logo.text()));
    if name.is_none() && logo.is_none() {
        model.toast(ToastKind::Info, "Nothing was changed.");
        return close(model);
    }
    pane.saving = true;
    vec![Command::SaveSettings { name, logo }]
}

/// A path as it is pasted or dropped: without blanks and quotes around it.
fn path(typed: &str) -> PathBuf {
    let bare = typed.trim();
    let bare = ['"', '\'']
        .into_iter()
        .find_map(|quote| bare.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(bare);
    PathBuf::from(bare)
}

/// What the desk has, for the form if it is open. What was typed meanwhile stays.
pub fn take(model: &mut Model, name: String, logo: Option<LogoFacts>) -> Vec<Command> {
    for overlay in &mut model.overlays {
        if let Overlay::Settings(pane) = overlay {
            let untouched = match &pane.saved {
                Some((before, _)) => pane.name.text() == before,
                None => pane.name.text().is_empty(),
            };
            if untouched {
                pane.name = LineEdit::new(&name);
            }
            pane.saved = Some((name.clone(), logo.clone()));
        }
    }
    Vec::new()
}

pub fn saved(model: &mut Model) -> Vec<Command> {
    close(model);
    model.toast(ToastKind::Done, "Saved. The Messenger and every mail from now on carry it.");
    vec![Command::LoadSettings]
}

/// What was typed stays, with the reason beside it.
pub fn failed(model: &mut Model, sentence: String) -> Vec<Command> {
    match pane(model) {
        Some(pane) => {
            pane.saving = false;
            pane.trouble = Some(sentence);
        }
        None => model.toast(ToastKind::Trouble, sentence),
    }
    // One of the two may have been kept before the other was refused.
    vec![Command::LoadSettings]
}
