//! The list of a ticket's files, newest first: whose they are, who sees them; saved by a key. Nothing
//! is ever opened or run.

use crate::desk::view::TicketView;
use crate::domain::{Attachment, Part};
use crate::tui::commands;
use crate::tui::message::Command;
use crate::tui::model::Model;
use crate::tui::update::overlay::Overlay;
use crate::tui::update::prompt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FilesBox {
    pub row: usize,
}

/// A row: the part, which of its files it is, and the file.
#[derive(Debug, Clone, Copy)]
pub struct FileRow<'a> {
    pub part: &'a Part,
    pub n: usize,
    pub file: &'a Attachment,
}

/// Every file of the ticket, those of the newest part first.
#[must_use]
pub fn rows(view: &TicketView) -> Vec<FileRow<'_>> {
    let parts = view.parts.iter().rev();
    parts
        .flat_map(|part| {
            part.files.iter().enumerate().map(move |(n, file)| FileRow { part, n, file })
        })
        .collect()
}

/// Why there is nothing to list.
#[must_use]
pub fn why_not(model: &Model) -> Option<String> {
    commands::no_ticket(model).or_else(|| {
        let none = model.ticket().is_none_or(|v| v.parts.iter().all(|p| p.files.is_empty()));
        none.then(|| "This ticket has no files.".into())
    })
}

pub fn open(model: &mut Model) -> Vec<Command> {
    model.overlays.push(Overlay::Files(FilesBox::default()));
    Vec::new()
}

/// The marked row.
#[must_use]
pub fn marked(model: &Model) -> Option<FileRow<'_>> {
    let Some(Overlay::Files(b)) = model.overlays.last() else { return None };
    rows(model.ticket()?).get(b.row).copied()
}

/// Marks the first file, or the last one.
pub fn end(model: &mut Model, last: bool) -> Vec<Command> {
    let count = model.ticket().map_or(0, |view| rows(view).len());
    if let Some(Overlay::Files(b)) = model.overlays.last_mut() {
        b.row = if last { count.saturating_sub(1) } else { 0 };
    }
    Vec::new()
}

/// Asks where the marked file is to go.
pub fn save(model: &mut Model) -> Vec<Command> {
    match marked(model).map(|row| (row.part.id, row.n)) {
        Some((part, n)) => prompt::open(model, prompt::Kind::Save { part, n }),
        None => Vec::new(),
    }
}
