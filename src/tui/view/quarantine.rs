//! The quarantine as an inbox: each mail with its sender's address, its subject, why it is held and
//! where it would go. Shows no name without the address it came from.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::desk::quarantine::opens_none;
use crate::desk::receive::{Arrived, MailState};
use crate::tui::model::Model;
use crate::tui::update::quarantine::{QuarantinePane, ROWS, pane, waits};
use crate::tui::view::layout::{self, Shape};
use crate::tui::view::theme::Role;
use crate::tui::view::{arrival, frame, paint, text};

/// Lines a mail takes.
const TALL: u16 = 3;
/// Columns of the list where a mail is read beside it.
const LIST: u16 = 48;

/// Draws the list, and the marked mail beside it where there is room; gives where the mark is.
pub fn draw(
    model: &Model,
    pane: &QuarantinePane,
    screen: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let theme = &model.theme;
    let area = list(model, screen);
    let whole = body(model, screen);
    ratatui::widgets::Widget::render(ratatui::widgets::Clear, whole, buf);
    let title = if pane.every { "All mail that arrived" } else { "Quarantine" };
    let count = pane.rows.iter().filter(|m| waits(m)).count();
    let right = match (pane.ready, pane.rows.len()) {
        (false, _) => String::new(),
        (true, ROWS..) => format!("the newest {ROWS}"),
        (true, _) => format!("{count} held"),
    };
    let inner = frame::draw(area, buf, theme, frame::Kind::Focus, title, &right);
    if area.width < whole.width {
        let beside = Rect::new(area.right(), whole.y, whole.width - area.width, whole.height);
        let sheet = pane.sheet.as_deref().filter(|s| Some(s.arrived.id) == pane.selected);
        arrival::preview(model, sheet, beside, buf);
    }
    if pane.rows.is_empty() {
        let key = model.keymap.key("quarantine.every").unwrap_or_default();
        let words = match (pane.ready, pane.every) {
            (false, _) => "Looking…".to_owned(),
            (true, false) => format!("Nothing is held. {key} shows all that arrived."),
            (true, true) => "No mail ever arrived.".to_owned(),
        };
        paint::put(buf, inner, inner.y, &Line::from(paint::span(theme, Role::Dim, &words)));
        return Some((inner.x, inner.y));
    }
    let fit = usize::from(inner.height / TALL).max(1);
    let marked = pane.position();
    let first = (marked + 1).saturating_sub(fit);
    let mut caret = None;
    for (at, mail) in pane.rows.iter().enumerate().skip(first).take(fit) {
        let y = inner.y + TALL * u16::try_from(at - first).unwrap_or(0);
        for (line, y) in row(model, mail, usize::from(inner.width), at == marked).iter().zip(y..) {
            paint::put(buf, inner, y, line);
        }
        if at == marked {
            paint::tint(buf, Rect::new(inner.x, y, inner.width, 1), theme.style(Role::Selection));
            caret = Some((inner.x, y));
        }
    }
    caret
}

/// Mails of the list that fit on the screen.
#[must_use]
pub fn rows_that_fit(model: &Model) -> usize {
    let screen = Rect::new(0, 0, model.size.0, model.size.1);
    usize::from(list(model, screen).height.saturating_sub(2) / TALL).max(1)
}

/// All between the tabs and the lines at the foot.
fn body(model: &Model, screen: Rect) -> Rect {
    let areas = layout::areas(model);
    let top = areas.tabs.bottom();
    Rect::new(0, top, screen.width, areas.strip.y.saturating_sub(top)).intersection(screen)
}

fn list(model: &Model, screen: Rect) -> Rect {
    let body = body(model, screen);
    match layout::shape(model.size) {
        Shape::Three => Rect { width: LIST.min(body.width), ..body },
        Shape::Two | Shape::One => body,
    }
}

/// Where a mail is read: beside the list where there is room, else in its place.
#[must_use]
pub fn reader(model: &Model, screen: Rect) -> Rect {
    let body = body(model, screen);
    let taken = match (layout::shape(model.size), pane(model)) {
        (Shape::Three, Some(_)) => LIST.min(body.width),
        _ => 0,
    };
    Rect::new(body.x + taken, body.y, body.width - taken, body.height)
}

fn row(model: &Model, mail: &Arrived, width: usize, marked: bool) -> [Line<'static>; 3] {
    let theme = &model.theme;
    let mark = if marked { "▶ " } else { "  " };
    let sender = sender(mail);
    let role = if waits(mail) { Role::Strong } else { Role::Text };
    let at = text::moment(model.now, mail.received_at);
    let head = paint::spread(
        Line::from(vec![paint::span(theme, Role::Focus, mark), paint::span(theme, role, &sender)]),
        Line::from(paint::span(theme, Role::Dim, &at)),
        width,
    );
    let subject = mail.subject.as_deref().map(text::line).filter(|s| !s.is_empty());
    let subject = subject.as_deref().unwrap_or("(no subject)");
    let (what, role) = fate(mail);
    let why = mail.cause.as_deref().map_or(String::new(), |c| format!(" · {c}"));
    let fate = Line::from(vec![
        Span::raw("  "),
        paint::span(theme, role, &what),
        paint::span(theme, Role::Dim, &why),
    ]);
    [
        head,
        paint::cut(
            Line::from(vec![Span::raw("  "), paint::span(theme, Role::Text, subject)]),
            width,
        ),
        paint::cut(fate, width),
    ]
}

/// The address it says it is from, else the envelope's.
fn sender(mail: &Arrived) -> String {
    let envelope = mail.envelope_sender.as_deref().filter(|s| !s.is_empty());
    match (mail.author.as_deref().filter(|a| !a.is_empty()), envelope) {
        (Some(author), _) => author.to_owned(),
        (None, Some(envelope)) => format!("envelope {envelope}"),
        (None, None) => "nobody".to_owned(),
    }
}

/// Where a mail would go, or what became of it.
#[must_use]
pub fn fate(mail: &Arrived) -> (String, Role) {
    match (mail.state, mail.ticket, mail.contact) {
        (MailState::Held, Some(id), Some(_)) => (format!("held, for {id}"), Role::Warn),
        (MailState::Held, ..) if opens_none(mail) => {
            ("held, to be read or dropped".into(), Role::Warn)
        }
        (MailState::Held, ..) => ("held, for a new ticket".into(), Role::Warn),
        (MailState::Poison, ..) => ("cannot be read".into(), Role::Danger),
        (MailState::Stored, ..) => ("being understood".into(), Role::Accent),
        (MailState::Applied, Some(id), _) => (format!("in {id}"), Role::Ok),
        (MailState::Applied, None, _) => ("taken in".into(), Role::Ok),
        (MailState::Dropped, ..) => ("dropped".into(), Role::Dim),
    }
}
