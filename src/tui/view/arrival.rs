//! A mail that arrived, to be read: who says it is from whom and what is known of that, why it is
//! held, its text and its files. All of it is cleaned; nothing of it is believed.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::desk::quarantine::opens_none;
use crate::desk::receive::{Arrived, MailState, SenderCheck};
use crate::tui::mail_sheet::{MailSheet, size};
use crate::tui::model::Model;
use crate::tui::update::arrival::{ArrivalPane, How, pane};
use crate::tui::update::quarantine as held;
use crate::tui::view::theme::Role;
use crate::tui::view::{frame, ledger, paint, quarantine, text};

/// Columns of the headers' names.
const LABEL: usize = 9;
/// The widest the text becomes: a mail is read in lines of about this many letters.
const WIDEST: u16 = 84;

/// Draws the box; gives where the caret stands in it.
pub fn draw(
    model: &Model,
    pane: &ArrivalPane,
    screen: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let area = place(model, screen);
    let lines = lines(model, pane.sheet.as_deref(), pane.how, inside(area).width.min(WIDEST));
    let rows = page(model);
    let more = match (pane.top > 0, pane.top + rows < lines.len()) {
        (false, false) => "",
        (true, true) => "↑ ↓ more",
        (true, false) => "↑ more",
        (false, true) => "↓ more",
    };
    let number = pane.among.iter().position(|id| *id == pane.mail);
    let title = match (number, pane.how) {
        (_, How::Raw) => format!("Mail {} as it arrived", pane.mail),
        (Some(at), _) => format!("Mail {} ({} of {})", pane.mail, at + 1, pane.among.len()),
        (None, _) => format!("Mail {}", pane.mail),
    };
    ratatui::widgets::Widget::render(ratatui::widgets::Clear, area, buf);
    frame::draw(area, buf, &model.theme, frame::Kind::Focus, &title, more);
    let body = inside(area);
    for (y, line) in (body.y..body.bottom()).zip(lines.iter().skip(pane.top)) {
        paint::put(buf, body, y, line);
    }
    Some((body.x, body.y))
}

/// Draws a mail beside the list, from its beginning.
pub fn preview(model: &Model, sheet: Option<&MailSheet>, area: Rect, buf: &mut Buffer) {
    let title = sheet.map_or(String::new(), |s| format!("Mail {}", s.arrived.id));
    frame::draw(area, buf, &model.theme, frame::Kind::Plain, &title, "");
    if held::pane(model).is_some_and(|p| p.rows.is_empty()) {
        return;
    }
    let body = inside(area);
    let lines = lines(model, sheet, How::Trimmed, body.width.min(WIDEST));
    paint::put_all(buf, body, &lines);
}

/// Over the thread and the Messenger, or beside the list of the quarantine.
fn place(model: &Model, screen: Rect) -> Rect {
    match held::pane(model) {
        Some(_) => quarantine::reader(model, screen),
        None => ledger::place(model, screen),
    }
}

fn inside(area: Rect) -> Rect {
    Rect::new(area.x + 2, area.y + 1, area.width.saturating_sub(4), area.height.saturating_sub(2))
}

fn here(model: &Model) -> Rect {
    inside(place(model, Rect::new(0, 0, model.size.0, model.size.1)))
}

/// Rows the box has for the mail.
#[must_use]
pub fn page(model: &Model) -> usize {
    usize::from(here(model).height).max(1)
}

/// The most lines that can stand above the first one shown.
#[must_use]
pub fn last_top(model: &Model) -> usize {
    pane(model).map_or(0, |pane| {
        let width = here(model).width.min(WIDEST);
        lines(model, pane.sheet.as_deref(), pane.how, width).len().saturating_sub(page(model))
    })
}

fn lines(model: &Model, sheet: Option<&MailSheet>, how: How, width: u16) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let Some(sheet) = sheet else {
        return vec![Line::styled("Reading it…", theme.style(Role::Dim))];
    };
    let width = usize::from(width);
    let mut lines = Vec::new();
    if how == How::Raw {
        let words = size(usize::try_from(sheet.arrived.size).unwrap_or(0));
        let words = format!("{words}, cleaned for this screen. Nothing of it is trimmed.");
        wrapped(model, &mut lines, &words, Role::Dim, width);
        lines.push(rule(model, width));
        body(model, &mut lines, &sheet.raw, width);
        return lines;
    }
    head(model, &mut lines, sheet, width);
    lines.push(rule(model, width));
    if !sheet.readable {
        let words = format!(
            "This mail cannot be read. {} shows it as it arrived.",
            model.keymap.key("arrival.raw").unwrap_or_default()
        );
        wrapped(model, &mut lines, &words, Role::Danger, width);
        return lines;
    }
    let all = how == How::Whole || sheet.shown.trim().is_empty();
    body(model, &mut lines, if all { &sheet.whole } else { &sheet.shown }, width);
    let key = model.keymap.key("arrival.whole").unwrap_or_default();
    let hidden = text::count(sheet.hidden_lines, "quoted line");
    let words = match (sheet.hidden_lines, how) {
        (0, _) => return lines,
        (_, How::Whole) => format!("({key} hides {hidden})"),
        _ => format!("… {hidden} hidden ({key} shows all)"),
    };
    wrapped(model, &mut lines, &words, Role::Accent, width);
    lines
}

/// What is known of the mail, before its text.
fn head(model: &Model, lines: &mut Vec<Line<'static>>, sheet: &MailSheet, width: usize) {
    let arrived = &sheet.arrived;
    let mut field = |name: &str, words: &str, role: Role| {
        let room = width.saturating_sub(LABEL).max(8);
        for (at, words) in text::wrap(words, room).into_iter().enumerate() {
            let name = if at == 0 { name } else { "" };
            lines.push(Line::from(vec![
                Span::styled(text::pad(name, LABEL), model.theme.style(Role::Dim)),
                Span::styled(words, model.theme.style(role)),
            ]));
        }
    };
    for author in &sheet.from {
        field("From", author, Role::Strong);
    }
    if sheet.from.is_empty() {
        field("From", "nobody", Role::Warn);
    }
    if let Some(envelope) = arrived.envelope_sender.as_deref().filter(|s| !s.is_empty())
        && arrived.author.as_deref().is_none_or(|a| !a.eq_ignore_ascii_case(envelope))
    {
        field("Envelope", envelope, Role::Text);
    }
    let (check, role) = checked(arrived);
    field("Sender", check, role);
    field("To", &arrived.envelope_recipient, Role::Text);
    field("Subject", &sheet.subject, Role::Strong);
    let at = arrived.received_at.format("%-d %b %Y, %H:%M:%S UTC").to_string();
    field("Arrived", &at, Role::Text);
    let (fate, role) = match (arrived.state, arrived.ticket, arrived.contact) {
        (MailState::Held, Some(id), Some(_)) => {
            (format!("held; it would be the reply of {id}'s customer"), Role::Warn)
        }
        (MailState::Held, ..) if opens_none(arrived) => {
            ("held; it can only be read or dropped".into(), Role::Warn)
        }
        (MailState::Held, ..) => ("held; it would open a new ticket".into(), Role::Warn),
        _ => quarantine::fate(arrived),
    };
    field("Now", &fate, role);
    if let Some(cause) = &arrived.cause {
        field("Because", cause, if held::waits(arrived) { Role::Danger } else { Role::Text });
    }
    if let Some(why) = sheet.automatic {
        field("Machine", why, Role::Warn);
    }
    for file in &sheet.files {
        field("File", file, Role::Accent);
    }
    for remark in &sheet.remarks {
        field("Note", remark, Role::Warn);
    }
}

/// What our own server says of the sender.
fn checked(arrived: &Arrived) -> (&'static str, Role) {
    match arrived.sender_check {
        Some(SenderCheck::Pass) => ("verified (DMARC passed)", Role::Ok),
        Some(SenderCheck::Fail) => ("not theirs: DMARC failed", Role::Danger),
        Some(SenderCheck::NotChecked) | None => ("not verified", Role::Warn),
    }
}

fn rule(model: &Model, width: usize) -> Line<'static> {
    Line::styled("─".repeat(width), model.theme.style(Role::Dim))
}

fn wrapped(model: &Model, lines: &mut Vec<Line<'static>>, words: &str, role: Role, width: usize) {
    let style = model.theme.style(role);
    lines.extend(text::wrap(words, width).into_iter().map(|l| Line::styled(l, style)));
}

fn body(model: &Model, lines: &mut Vec<Line<'static>>, body: &str, width: usize) {
    for line in body.lines() {
        let role = if line.starts_with('>') { Role::Dim } else { Role::Text };
        let before = lines.len();
        wrapped(model, lines, line, role, width);
        if lines.len() == before {
            lines.push(Line::default());
        }
    }
}
