//! The one registry of what can be done on the screen. Footer, help, palette and the README's
//! table are made from it; nothing else binds a key to a command.

mod keymap;
mod table;

pub use keymap::{Found, Keymap};
pub use table::COMMANDS;
pub(crate) use table::{no_ticket, refused};

use crate::tui::message::Command;
use crate::tui::model::Model;

/// Where a command's keys are listened to: one pane, or one box over the panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    List,
    Thread,
    Messenger,
    /// The Messenger, acting as the customer.
    Acting,
    /// A field of the Messenger, acting as the customer.
    ActingText,
    /// The path of a file, acting as the customer.
    ActingPath,
    /// The filter line above the list.
    Filter,
    Composer,
    State,
    Share,
    Assign,
    Prompt,
    Palette,
    NewTicket,
    /// A question with a safe answer and another one.
    Confirm,
    Drafts,
    Files,
    /// A picture among the files.
    Viewer,
    Ledger,
    /// A mail, to be read before it goes.
    Letter,
    /// Mail that was not accepted.
    Quarantine,
    /// A mail that arrived, to be read.
    Arrival,
    Help,
    Settings,
    FirstRun,
}

impl Scope {
    /// The three panes: what works on a ticket works in each.
    pub const PANES: &'static [Self] = &[Self::List, Self::Thread, Self::Messenger];

    pub const EVERY: [Self; 25] = [
        Self::List,
        Self::Thread,
        Self::Messenger,
        Self::Acting,
        Self::ActingText,
        Self::ActingPath,
        Self::Filter,
        Self::Composer,
        Self::State,
        Self::Share,
        Self::Assign,
        Self::Prompt,
        Self::Palette,
        Self::NewTicket,
        Self::Confirm,
        Self::Drafts,
        Self::Files,
        Self::Viewer,
        Self::Ledger,
        Self::Letter,
        Self::Quarantine,
        Self::Arrival,
        Self::Help,
        Self::Settings,
        Self::FirstRun,
    ];

    /// The heading help gives it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::List => "ticket list",
            Self::Thread => "ticket thread",
            Self::Messenger => "Messenger",
            Self::Acting => "Messenger, acting as the customer",
            Self::ActingText => "Messenger, writing as the customer",
            Self::ActingPath => "Messenger, the path of a file",
            Self::Filter => "filter",
            Self::Composer => "composer",
            Self::State => "state box",
            Self::Share => "share box",
            Self::Assign => "assign box",
            Self::Prompt => "one-line question",
            Self::Palette => "commands",
            Self::NewTicket => "new ticket",
            Self::Confirm => "question",
            Self::Drafts => "drafts",
            Self::Files => "files",
            Self::Viewer => "picture",
            Self::Ledger => "deliveries",
            Self::Letter => "email to read",
            Self::Quarantine => "quarantine",
            Self::Arrival => "mail to read",
            Self::Help => "help",
            Self::Settings => "Messenger settings",
            Self::FirstRun => "first start",
        }
    }

    /// True where printable keys are typed into a field.
    #[must_use]
    pub const fn takes_text(self) -> bool {
        match self {
            Self::ActingText
            | Self::ActingPath
            | Self::Filter
            | Self::Composer
            | Self::Assign
            | Self::Prompt
            | Self::Palette
            | Self::NewTicket
            | Self::Help
            | Self::Settings => true,
            Self::List
            | Self::Thread
            | Self::Messenger
            | Self::Acting
            | Self::State
            | Self::Share
            | Self::Confirm
            | Self::Drafts
            | Self::Files
            | Self::Viewer
            | Self::Ledger
            | Self::Letter
            | Self::Quarantine
            | Self::Arrival
            | Self::FirstRun => false,
        }
    }
}

/// The column of help a command stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    Move,
    Answer,
    Act,
    CustomerSide,
    Find,
    System,
}

impl Group {
    pub const EVERY: [Self; 6] =
        [Self::Move, Self::Answer, Self::Act, Self::CustomerSide, Self::Find, Self::System];

    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Move => "MOVE",
            Self::Answer => "ANSWER",
            Self::Act => "ACT",
            Self::CustomerSide => "CUSTOMER SIDE",
            Self::Find => "FIND",
            Self::System => "SYSTEM",
        }
    }
}

/// A command: everything that is to be known about it, in one place.
#[derive(Clone, Copy)]
pub struct Spec {
    /// `ticket.reply`: how configuration and palette call it.
    pub name: &'static str,
    /// As [`Chord::parse`] reads them.
    ///
    /// [`Chord::parse`]: crate::tui::keys::Chord::parse
    pub keys: &'static [&'static str],
    /// A word or two for the footer.
    pub label: &'static str,
    /// One sentence for help and palette.
    pub description: &'static str,
    pub group: Group,
    pub scopes: &'static [Scope],
    /// What it means for the customer, where it can reach them.
    pub consequence: Option<&'static str>,
    /// True when it writes to the desk, or opens what writes.
    pub changes: bool,
    /// Lower stands further left in the footer; 0 stands in no footer.
    pub footer: u8,
    /// Why it cannot be done now: a sentence. None when it can.
    pub disabled: fn(&Model) -> Option<String>,
    pub run: fn(&mut Model) -> Vec<Command>,
}

impl std::fmt::Debug for Spec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Spec {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Spec {
    #[must_use]
    pub fn works_in(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

/// Finds a command by its name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Spec> {
    COMMANDS.iter().find(|c| c.name == name)
}

/// The commands of a scope whose keys work now, in the footer's order, with their keys.
#[must_use]
pub fn footer(model: &Model) -> Vec<(String, &'static Spec)> {
    let scope = model.scope();
    let mut hints: Vec<_> = COMMANDS
        .iter()
        .filter(|c| c.footer > 0 && c.works_in(scope) && (c.disabled)(model).is_none())
        .filter_map(|c| Some((model.keymap.key(c.name)?, c)))
        .collect();
    hints.sort_by_key(|(_, c)| c.footer);
    hints
}

/// The README's table of keys, in Markdown.
#[must_use]
pub fn markdown(keymap: &Keymap) -> String {
    let mut out = String::from("| Key | Command | What it does |\n|---|---|---|\n");
    for group in Group::EVERY {
        for spec in COMMANDS.iter().filter(|c| c.group == group) {
            let keys: Vec<String> =
                keymap.keys(spec.name).iter().map(|k| format!("`{k}`")).collect();
            let customer = spec.consequence.map_or_else(String::new, |c| format!(" {c}"));
            let cell = format!("{}{customer}", spec.description).replace('|', "\\|");
            out.push_str(&format!(
                "| {} | `{}` | {cell} |\n",
                keys.join(" ").replace('|', "\\|"),
                spec.name
            ));
        }
    }
    out
}

#[cfg(test)]
mod tests;
