//! The quarantine as an inbox: mail that was not accepted, and what a teammate does about it. Each
//! is asked first, with what customers would be told of it (M2, L3).

use crate::desk::quarantine::{Acceptance, opens_none};
use crate::desk::receive::{Arrived, InboundId, MailState};
use crate::domain::TicketId;
use crate::tui::consequence;
use crate::tui::mail_sheet::MailSheet;
use crate::tui::message::Command;
use crate::tui::model::{Model, ToastKind};
use crate::tui::update::confirm::Question;
use crate::tui::update::overlay::Overlay;
use crate::tui::update::{arrival, go};
use crate::tui::view::layout::{Shape, shape};

/// Rows read at most; the command line lists all.
pub const ROWS: usize = 500;

/// The list over the panes, newest first.
#[derive(Debug, Default)]
pub struct QuarantinePane {
    pub rows: Vec<Arrived>,
    /// Shows all that ever arrived, not only what is held.
    pub every: bool,
    /// It was read once: before that an empty one cannot be told from a slow one.
    pub ready: bool,
    /// The marked mail. One that comes in does not move the mark.
    pub selected: Option<i64>,
    /// The marked mail's text, where there is room for it beside the list.
    pub sheet: Option<Box<MailSheet>>,
    /// The mail whose text was asked for last: it is asked for once, also when that fails.
    pub wanted: Option<i64>,
    pub asked: Option<Asked>,
}

/// What would come of accepting a mail, once the desk has said it.
#[derive(Debug)]
pub struct Asked {
    pub mail: i64,
    pub as_new: bool,
    /// Else why it cannot be accepted.
    pub answer: Option<Result<Box<Acceptance>, String>>,
}

impl QuarantinePane {
    /// Where the mark stands among the rows.
    #[must_use]
    pub fn position(&self) -> usize {
        self.rows.iter().position(|r| Some(r.id) == self.selected).unwrap_or(0)
    }

    #[must_use]
    pub fn marked(&self) -> Option<&Arrived> {
        self.rows.get(self.position())
    }
}

/// True for a mail that a teammate has to decide about.
#[must_use]
pub const fn waits(mail: &Arrived) -> bool {
    matches!(mail.state, MailState::Held | MailState::Poison)
}

#[must_use]
pub fn pane(model: &Model) -> Option<&QuarantinePane> {
    model.overlays.iter().find_map(|o| match o {
        Overlay::Quarantine(pane) => Some(pane.as_ref()),
        _ => None,
    })
}

pub(super) fn pane_mut(model: &mut Model) -> Option<&mut QuarantinePane> {
    model.overlays.iter_mut().find_map(|o| match o {
        Overlay::Quarantine(pane) => Some(pane.as_mut()),
        _ => None,
    })
}

/// The mail that keys are about: the one that is read, else the marked one.
#[must_use]
pub fn subject(model: &Model) -> Option<&Arrived> {
    let rows = pane(model);
    match arrival::pane(model) {
        Some(reading) => rows
            .and_then(|pane| pane.rows.iter().find(|r| r.id == reading.mail))
            .or_else(|| reading.sheet.as_ref().map(|sheet| &sheet.arrived)),
        None => rows.and_then(QuarantinePane::marked),
    }
}

pub fn open(model: &mut Model) -> Vec<Command> {
    model.overlays.push(Overlay::Quarantine(Box::default()));
    vec![Command::LoadQuarantine { every: false }]
}

/// The desk changed: the list, and what accepting would tell, are read again.
pub fn reload(model: &mut Model) -> Vec<Command> {
    let Some(pane) = pane_mut(model) else { return Vec::new() };
    let mut commands = vec![Command::LoadQuarantine { every: pane.every }];
    if let Some(Asked { mail, as_new, answer: Some(_) }) = pane.asked {
        commands.push(Command::WouldAccept { mail: InboundId(mail), as_new });
    }
    commands
}

pub fn take_rows(model: &mut Model, every: bool, rows: Vec<Arrived>) -> Vec<Command> {
    let Some(pane) = pane_mut(model).filter(|p| p.every == every) else { return Vec::new() };
    let at = pane.position();
    pane.rows = rows;
    pane.ready = true;
    // Of a mail that is gone from the list, the one that stands in its place.
    if !pane.rows.iter().any(|r| Some(r.id) == pane.selected) {
        let next = pane.rows.get(at.min(pane.rows.len().saturating_sub(1)));
        pane.selected = next.map(|r| r.id);
    }
    let changed = match (pane.marked(), &pane.sheet) {
        (Some(row), Some(sheet)) => row.id == sheet.arrived.id && *row != sheet.arrived,
        _ => false,
    };
    if changed {
        pane.wanted = None;
    }
    Vec::new()
}

/// Asks for the marked mail's text where it is shown and not there yet.
pub fn follow(model: &mut Model) -> Vec<Command> {
    let beside = shape(model.size) == Shape::Three;
    let Some(pane) = pane_mut(model).filter(|_| beside) else { return Vec::new() };
    if pane.selected == pane.wanted {
        return Vec::new();
    }
    pane.wanted = pane.selected;
    pane.selected.map(|id| Command::LoadArrived(InboundId(id))).into_iter().collect()
}

/// Moves the mark.
pub fn choose(model: &mut Model, by: isize) -> Vec<Command> {
    if let Some(pane) = pane_mut(model) {
        let last = pane.rows.len().saturating_sub(1);
        let to = pane.position().saturating_add_signed(by).min(last);
        pane.selected = pane.rows.get(to).map(|r| r.id);
    }
    Vec::new()
}

/// Moves the mark by pages.
pub fn page(model: &mut Model, by: isize) -> Vec<Command> {
    let rows = crate::tui::view::quarantine::rows_that_fit(model);
    choose(model, by.saturating_mul(isize::try_from(rows).unwrap_or(1)))
}

/// What is held, or all that ever arrived.
pub fn every(model: &mut Model) -> Vec<Command> {
    let Some(pane) = pane_mut(model) else { return Vec::new() };
    pane.every = !pane.every;
    pane.ready = false;
    pane.rows.clear();
    vec![Command::LoadQuarantine { every: pane.every }]
}

/// Why there is no mail to be read.
pub fn none_marked(model: &Model) -> Option<String> {
    subject(model).is_none().then(|| "There is no mail here.".into())
}

/// Opens the marked mail.
pub fn read(model: &mut Model) -> Vec<Command> {
    match subject(model).map(|m| m.id) {
        Some(id) => arrival::open(model, id, Vec::new()),
        None => Vec::new(),
    }
}

/// Opens the marked mail as it arrived.
pub fn read_raw(model: &mut Model) -> Vec<Command> {
    let mut commands = read(model);
    commands.extend(arrival::raw(model));
    commands
}

/// Why the mail cannot be accepted or dropped.
pub fn decide_why_not(model: &Model) -> Option<String> {
    none_marked(model).or_else(|| {
        let done = subject(model).is_some_and(|mail| !waits(mail));
        done.then(|| "This mail is not in quarantine: it was decided about.".into())
    })
}

/// Why the mail cannot be accepted.
pub fn accept_why_not(model: &Model) -> Option<String> {
    decide_why_not(model).or_else(|| {
        let none = subject(model).is_some_and(opens_none);
        none.then(|| {
            "This mail does not name one author who can be answered: it can only be read or dropped."
                .into()
        })
    })
}

/// Asks, with what it would tell, before a mail is let in.
pub fn accept(model: &mut Model, as_new: bool) -> Vec<Command> {
    let Some(mail) = subject(model).map(|m| m.id) else { return Vec::new() };
    if pane(model).is_none() {
        return Vec::new();
    }
    if let Some(pane) = pane_mut(model) {
        pane.asked = Some(Asked { mail, as_new, answer: None });
    }
    model.overlays.push(Overlay::Confirm(Question::AcceptMail));
    vec![Command::WouldAccept { mail: InboundId(mail), as_new }]
}

/// The desk's answer to what accepting a mail would come to.
pub fn take_answer(
    model: &mut Model,
    id: InboundId,
    new: bool,
    answer: Result<Box<Acceptance>, String>,
) -> Vec<Command> {
    if let Some(asked) = pane_mut(model).and_then(|p| p.asked.as_mut())
        && (asked.mail, asked.as_new) == (id.0, new)
    {
        asked.answer = Some(answer);
    }
    Vec::new()
}

/// The question was answered with yes: only what the box has told is done.
pub fn accept_asked(model: &mut Model) -> Vec<Command> {
    let asked = pane_mut(model).and_then(|p| p.asked.take());
    match asked {
        Some(Asked { mail, as_new, answer: Some(Ok(_)) }) => {
            vec![Command::AcceptMail { mail: InboundId(mail), as_new }]
        }
        Some(unanswered) => {
            let words = match &unanswered.answer {
                Some(Err(why)) => why.clone(),
                _ => "Wait until the box says what it would tell.".to_owned(),
            };
            if let Some(pane) = pane_mut(model) {
                pane.asked = Some(unanswered);
            }
            model.overlays.push(Overlay::Confirm(Question::AcceptMail));
            model.toast(ToastKind::Info, words);
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// Asks before a mail is laid aside.
pub fn drop(model: &mut Model) -> Vec<Command> {
    if let Some(mail) = subject(model).map(|m| m.id) {
        model.overlays.push(Overlay::Confirm(Question::DropMail(mail)));
    }
    Vec::new()
}

/// A mail was let in.
pub fn accepted(
    model: &mut Model,
    mail: InboundId,
    ticket: TicketId,
    told: &crate::domain::Decision,
) -> Vec<Command> {
    arrival::close_of(model, mail.0);
    let told = consequence::told_in_short(told, model.mail_leaves(), model.now)
        .map_or(String::new(), |t| format!(" {t}"));
    model.toast(ToastKind::Done, format!("Mail {} is in {ticket}.{told}", mail.0));
    Vec::new()
}

/// A mail was laid aside.
pub fn dropped(model: &mut Model, mail: InboundId) -> Vec<Command> {
    arrival::close_of(model, mail.0);
    let words = format!("Mail {} is dropped. Its row and its bytes stay.", mail.0);
    model.toast(ToastKind::Done, words);
    Vec::new()
}

/// Why there is no ticket to go to.
pub fn ticket_why_not(model: &Model) -> Option<String> {
    none_marked(model).or_else(|| {
        let none = subject(model).is_some_and(|m| m.ticket.is_none());
        none.then(|| "This mail belongs to no ticket.".into())
    })
}

/// Leaves for the ticket that the mail is in, or would go to.
pub fn ticket(model: &mut Model) -> Vec<Command> {
    match subject(model).and_then(|m| m.ticket) {
        Some(id) => {
            model.overlays.clear();
            go::to(model, id)
        }
        None => Vec::new(),
    }
}
