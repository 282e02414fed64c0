//! A mail that arrived, to be read: what its author wrote, all of it, or as it came (M5). Reading
//! it changes nothing.

use crate::desk::receive::InboundId;
use crate::tui::commands;
use crate::tui::mail_sheet::MailSheet;
use crate::tui::message::Command;
use crate::tui::model::{Model, ToastKind};
use crate::tui::update::overlay::Overlay;
use crate::tui::update::quarantine;

/// The box over the quarantine or the thread.
#[derive(Debug)]
pub struct ArrivalPane {
    /// The mail's row.
    pub mail: i64,
    /// None until it was read.
    pub sheet: Option<Box<MailSheet>>,
    pub how: How,
    /// Lines above the first one shown.
    pub top: usize,
    /// The mails of the ticket it was opened from, in order; none from the quarantine, whose rows
    /// are stepped through.
    pub among: Vec<i64>,
}

/// How much of a mail is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Without quoted history and signature.
    Trimmed,
    Whole,
    Raw,
}

#[must_use]
pub fn pane(model: &Model) -> Option<&ArrivalPane> {
    model.overlays.iter().rev().find_map(|o| match o {
        Overlay::Arrival(pane) => Some(pane.as_ref()),
        _ => None,
    })
}

fn pane_mut(model: &mut Model) -> Option<&mut ArrivalPane> {
    model.overlays.iter_mut().rev().find_map(|o| match o {
        Overlay::Arrival(pane) => Some(pane.as_mut()),
        _ => None,
    })
}

pub fn open(model: &mut Model, mail: i64, among: Vec<i64>) -> Vec<Command> {
    let how = if among.is_empty() { How::Trimmed } else { How::Whole };
    let pane = ArrivalPane { mail, sheet: None, how, top: 0, among };
    model.overlays.push(Overlay::Arrival(Box::new(pane)));
    vec![Command::LoadArrived(InboundId(mail))]
}

/// Why the ticket has no mail to be read.
pub fn original_why_not(model: &Model) -> Option<String> {
    commands::no_ticket(model).or_else(|| {
        let none = model.ticket().is_some_and(|v| v.mails.is_empty());
        none.then(|| "Nothing on this ticket came by mail.".into())
    })
}

/// The ticket's newest mail as it was sent; the older ones are a key away.
pub fn original(model: &mut Model) -> Vec<Command> {
    let among: Vec<i64> =
        model.ticket().map(|v| v.mails.iter().map(|m| m.mail).collect()).unwrap_or_default();
    match among.last() {
        Some(newest) => open(model, *newest, among),
        None => Vec::new(),
    }
}

/// A mail's text has come, for whoever shows it.
pub fn take(model: &mut Model, sheet: Box<MailSheet>) -> Vec<Command> {
    if let Some(pane) = pane_mut(model).filter(|p| p.mail == sheet.arrived.id) {
        pane.sheet = Some(sheet.clone());
    }
    if let Some(pane) = quarantine::pane_mut(model).filter(|p| p.selected == Some(sheet.arrived.id))
    {
        pane.sheet = Some(sheet);
    }
    scroll(model, 0)
}

/// Scrolls by so many lines, never beyond the last one.
pub fn scroll(model: &mut Model, by: isize) -> Vec<Command> {
    let last = crate::tui::view::arrival::last_top(model);
    if let Some(pane) = pane_mut(model) {
        pane.top = pane.top.saturating_add_signed(by).min(last);
    }
    Vec::new()
}

/// Scrolls by pages.
pub fn page(model: &mut Model, by: isize) -> Vec<Command> {
    let rows = crate::tui::view::arrival::page(model);
    scroll(model, by.saturating_mul(isize::try_from(rows).unwrap_or(1)))
}

fn show(model: &mut Model, how: How) -> Vec<Command> {
    if let Some(pane) = pane_mut(model) {
        pane.how = if pane.how == how { How::Trimmed } else { how };
        pane.top = 0;
    }
    Vec::new()
}

/// Shows quoted history and signature too, or leaves them out again.
pub fn whole(model: &mut Model) -> Vec<Command> {
    show(model, How::Whole)
}

/// Shows the mail as it arrived, or as it reads.
pub fn raw(model: &mut Model) -> Vec<Command> {
    show(model, How::Raw)
}

/// The mail after this one, or before it.
pub fn step(model: &mut Model, by: isize) -> Vec<Command> {
    let Some(pane) = pane(model) else { return Vec::new() };
    let among: Vec<i64> = if pane.among.is_empty() {
        quarantine::pane(model).map(|q| q.rows.iter().map(|r| r.id).collect()).unwrap_or_default()
    } else {
        pane.among.clone()
    };
    let at = among.iter().position(|id| *id == pane.mail);
    let to = at.and_then(|at| at.checked_add_signed(by)).and_then(|to| among.get(to));
    let Some(to) = to.copied() else {
        model.toast(ToastKind::Info, "There is no further mail.");
        return Vec::new();
    };
    if let Some(pane) = pane_mut(model) {
        (pane.mail, pane.sheet, pane.top) = (to, None, 0);
    }
    if let Some(pane) = quarantine::pane_mut(model) {
        (pane.selected, pane.wanted) = (Some(to), Some(to));
    }
    vec![Command::LoadArrived(InboundId(to))]
}

/// Closes the box of a mail that was decided about.
pub fn close_of(model: &mut Model, mail: i64) {
    model.overlays.retain(|o| !matches!(o, Overlay::Arrival(pane) if pane.mail == mail));
}
