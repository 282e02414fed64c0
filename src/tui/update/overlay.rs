//! The boxes that can lie over the panes. The top one takes the keys; Esc closes it and nothing
//! happens.

use crate::domain::Time;
use crate::tui::commands::Scope;
use crate::tui::message::Command;
use crate::tui::model::Model;
use crate::tui::update::arrival::ArrivalPane;
use crate::tui::update::assign::AssignBox;
use crate::tui::update::confirm::Question;
use crate::tui::update::drafts::DraftsBox;
use crate::tui::update::files::FilesBox;
use crate::tui::update::first_run::FirstRunPane;
use crate::tui::update::help::HelpPane;
use crate::tui::update::ledger::LedgerPane;
use crate::tui::update::letter::LetterPane;
use crate::tui::update::new_ticket::NewTicketForm;
use crate::tui::update::palette::Palette;
use crate::tui::update::prompt::PromptBox;
use crate::tui::update::quarantine::QuarantinePane;
use crate::tui::update::settings::SettingsPane;
use crate::tui::update::share::ShareBox;
use crate::tui::update::state::StateBox;
use crate::tui::update::viewer::ViewerBox;
use crate::tui::update::{arrival, help, ledger, letter, new_ticket, quarantine, settings};

/// A box over the panes.
#[derive(Debug)]
pub enum Overlay {
    State(StateBox),
    Share(ShareBox),
    Assign(AssignBox),
    Prompt(PromptBox),
    Palette(Palette),
    NewTicket(Box<NewTicketForm>),
    Confirm(Question),
    Drafts(DraftsBox),
    Files(FilesBox),
    Viewer(ViewerBox),
    Ledger(LedgerPane),
    Letter(LetterPane),
    Quarantine(Box<QuarantinePane>),
    Arrival(Box<ArrivalPane>),
    Help(HelpPane),
    Settings(SettingsPane),
    FirstRun(FirstRunPane),
}

impl Overlay {
    #[must_use]
    pub const fn scope(&self) -> Scope {
        match self {
            Self::State(_) => Scope::State,
            Self::Share(_) => Scope::Share,
            Self::Assign(_) => Scope::Assign,
            Self::Prompt(_) => Scope::Prompt,
            Self::Palette(_) => Scope::Palette,
            Self::NewTicket(_) => Scope::NewTicket,
            Self::Confirm(_) => Scope::Confirm,
            Self::Drafts(_) => Scope::Drafts,
            Self::Files(_) => Scope::Files,
            Self::Viewer(_) => Scope::Viewer,
            Self::Ledger(_) => Scope::Ledger,
            Self::Letter(_) => Scope::Letter,
            Self::Quarantine(_) => Scope::Quarantine,
            Self::Arrival(_) => Scope::Arrival,
            Self::Help(_) => Scope::Help,
            Self::Settings(_) => Scope::Settings,
            Self::FirstRun(_) => Scope::FirstRun,
        }
    }

    /// When what was typed into it is to be kept.
    #[must_use]
    pub fn autosave_at(&self) -> Option<Time> {
        match self {
            Self::NewTicket(form) => form.save_at,
            _ => None,
        }
    }
}

/// Closes the top box.
pub fn close(model: &mut Model) -> Vec<Command> {
    if matches!(model.overlays.last(), Some(Overlay::NewTicket(_))) {
        return new_ticket::close(model);
    }
    model.overlays.pop();
    Vec::new()
}

/// Moves the mark of the top box.
pub fn choose(model: &mut Model, by: isize) -> Vec<Command> {
    let rows = crate::tui::view::overlay::choices(model);
    let step = |at: usize| -> usize {
        let count = isize::try_from(rows.max(1)).unwrap_or(1);
        let at = isize::try_from(at).unwrap_or(0);
        (at + by).rem_euclid(count).unsigned_abs()
    };
    match model.overlays.last_mut() {
        Some(Overlay::State(b)) => {
            b.row = step(b.row);
            b.digit = false;
        }
        Some(Overlay::Assign(b)) => b.row = step(b.row),
        Some(Overlay::Palette(b)) => b.row = step(b.row),
        Some(Overlay::Drafts(b)) => b.row = step(b.row),
        Some(Overlay::Files(b)) => b.row = step(b.row),
        Some(Overlay::Ledger(_)) => return ledger::choose(model, by),
        Some(Overlay::Help(_)) => return help::choose(model, by),
        Some(Overlay::Letter(_)) => return letter::scroll(model, by * 3),
        Some(Overlay::Quarantine(_)) => return quarantine::choose(model, by),
        Some(Overlay::Arrival(_)) => return arrival::scroll(model, by * 3),
        _ => {}
    }
    Vec::new()
}

pub fn open_ledger(model: &mut Model) -> Vec<Command> {
    ledger::open(model)
}

pub fn open_help(model: &mut Model) -> Vec<Command> {
    help::open(model)
}

pub fn open_settings(model: &mut Model) -> Vec<Command> {
    settings::open(model)
}
