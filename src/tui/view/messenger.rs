//! The customer's Messenger, drawn from what `messenger::project` gave and the name in the
//! Messenger settings: nothing of the team's side is in reach here. Its title says which of three
//! modes it is in; drawing it marks nothing as seen (N12).

mod collapsed;
mod compose;
mod detail;
mod home;
mod thread;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use tui_textarea::TextArea;

use crate::domain::attachment::size_in_words;
use crate::domain::{TicketState, Time};
use crate::tui::message::HeldFile;
use crate::tui::model::Model;
use crate::tui::update::messenger::{Face, MessengerPane, PathBox, Subject};
use crate::tui::view::theme::{Role, Theme};
use crate::tui::view::{frame, layout, paint, text};

/// What looking at the pane means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode<'a> {
    /// What the customer has. Changes nothing.
    Mirror,
    /// With a reply that is not sent yet.
    Preview { by: &'a str, text: &'a str },
    /// A note is being written: the customer's side stays as it is.
    Unchanged,
    /// Keys act as the customer.
    Acting,
}

/// All that is drawn.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    pub pane: &'a MessengerPane,
    pub mode: Mode<'a>,
    /// The name in the Messenger settings.
    pub desk_name: &'a str,
    pub focused: bool,
    pub now: Time,
    pub theme: &'a Theme,
}

/// Draws the pane beside the thread; gives where the cursor stands in it, when it has the keys.
pub fn draw(model: &Model, area: Rect, buf: &mut Buffer, focused: bool) -> Option<(u16, u16)> {
    let preview = model.preview_text();
    let mode = match (&model.composer, &preview) {
        _ if model.messenger.acting => Mode::Acting,
        (Some(_), Some(text)) => Mode::Preview { by: model.me.first_name(), text },
        (Some(composer), None) if !composer.is_reply() => Mode::Unchanged,
        (Some(_) | None, _) => Mode::Mirror,
    };
    let view = View {
        pane: &model.messenger,
        mode,
        desk_name: &model.desk_name,
        focused,
        now: model.now,
        theme: &model.theme,
    };
    let caret = view.draw(area, buf).unwrap_or(Position::new(area.x + 1, area.y + 1));
    focused.then_some((caret.x, caret.y))
}

/// How many lines the face beside the thread can be scrolled up.
#[must_use]
pub fn scroll_at_most(model: &Model) -> usize {
    let view = View {
        pane: &model.messenger,
        mode: Mode::Mirror,
        desk_name: &model.desk_name,
        focused: false,
        now: model.now,
        theme: &model.theme,
    };
    layout::areas(model).messenger.map_or(0, |area| view.scroll_at_most(area))
}

impl View<'_> {
    /// Draws frame, title and face; gives where the caret or the marked row stands.
    pub fn draw(&self, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let kind = frame::Kind::pane(self.focused);
        let mode = self.mode_label();
        let title = match self.pane.who.as_str() {
            "" => "Messenger".to_owned(),
            who => format!("Messenger ({who})"),
        };
        let inner = frame::draw(area, buf, self.theme, kind, &title, &mode);
        if self.mode == Mode::Acting && area.width > 12 {
            // The one mode in which keys do something is not to be overlooked.
            let label = format!(" {mode} ");
            let columns = u16::try_from(text::width(&label)).unwrap_or(0);
            let x = area.right().saturating_sub(2 + columns).max(area.x + 1);
            buf.set_style(Rect::new(x, area.y, columns, 1), self.style(Role::Acting));
        }
        self.face(inner, buf)
    }

    /// The name of the mode, as the title says it.
    #[must_use]
    pub fn mode_label(&self) -> String {
        match self.mode {
            Mode::Mirror => "mirror".into(),
            Mode::Preview { .. } => "preview".into(),
            Mode::Unchanged => "unchanged".into(),
            Mode::Acting => format!("AS {}", self.pane.who.to_uppercase()),
        }
    }

    /// Draws the face without its frame; gives where the caret or the marked row stands.
    pub fn face(&self, area: Rect, buf: &mut Buffer) -> Option<Position> {
        if area.width < 12 || area.height < 3 {
            return None;
        }
        let who = &self.pane.who;
        if self.mode == Mode::Unchanged {
            let words = [
                format!("Nothing changes for {who}."),
                "Notes are never copied to the Messenger or to email.".into(),
            ];
            self.centre(area, buf, &words);
            return None;
        }
        if let (Subject::Tracker(id), false) = (self.pane.subject, self.pane.acting) {
            let words = [
                format!("No customer ever sees {id}."),
                "Trackers are never shared. Answer on a linked report.".into(),
            ];
            self.centre(area, buf, &words);
            return None;
        }
        if self.pane.contact.is_none() && self.pane.subject == Subject::None {
            let words = [
                "No ticket is open here.".to_owned(),
                "Beside a ticket stands its customer's Messenger.".to_owned(),
            ];
            self.centre(area, buf, &words);
            return None;
        }
        if self.pane.contact.is_none() {
            let words = [
                "Nobody's Messenger shows this ticket.".to_owned(),
                "It has no customer.".to_owned(),
            ];
            self.centre(area, buf, &words);
            return None;
        }
        let face = match self.mode {
            // A reply that is being written is seen where it will stand.
            Mode::Preview { .. } if self.pane.thread().is_some() => Face::Thread,
            Mode::Mirror | Mode::Preview { .. } | Mode::Unchanged | Mode::Acting => self.pane.face,
        };
        let caret = match face {
            Face::Collapsed => {
                self.collapsed(area, buf);
                None
            }
            Face::Home => self.home(area, buf),
            Face::Thread => self.thread(area, buf),
            Face::Detail => {
                self.detail(area, buf);
                None
            }
            Face::Compose => self.compose(area, buf),
        };
        match (&self.pane.path, self.mode) {
            (Some(path), Mode::Acting) => self.path(path, area, buf),
            _ => caret,
        }
    }

    /// The path of a file that is to be attached, over the end of the face.
    fn path(&self, path: &PathBox, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let hint = "Its path, as in ~/report.pdf. Enter attaches it, Esc does not.";
        let (words, role) = match &path.trouble {
            Some(trouble) => (trouble.as_str(), Role::Danger),
            None if path.waiting => ("…", Role::Dim),
            None => (hint, Role::Dim),
        };
        let lines = text::wrap(words, usize::from(area.width.saturating_sub(4)).max(8));
        let height = u16::try_from(lines.len() + 3).unwrap_or(5).min(area.height);
        let whole = Rect::new(area.x, area.bottom() - height, area.width, height);
        ratatui::widgets::Widget::render(ratatui::widgets::Clear, whole, buf);
        let kind = frame::Kind::Focus;
        let inner = frame::draw(whole, buf, self.theme, kind, "Attach a file", "");
        if inner.height == 0 {
            return None;
        }
        let line = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
        let (x, y) = paint::field(buf, line, line.y, self.theme, "> ", &path.edit, true);
        for (line, y) in lines.iter().zip(1..) {
            self.put(buf, inner, 1, y, line, role);
        }
        Some(Position::new(x, y))
    }

    /// "+ slip.pdf 21 B" for each file that goes with what is being written, in one line.
    fn attached(&self, files: &[HeldFile]) -> Option<String> {
        let named = files
            .iter()
            .map(|f| format!("+ {} {}", text::line(&f.about.name), size_in_words(f.about.size)));
        let named: Vec<String> = named.collect();
        (!named.is_empty()).then(|| named.join("  "))
    }

    /// How many lines the face can be scrolled up in this area, frame and all.
    #[must_use]
    pub fn scroll_at_most(&self, area: Rect) -> usize {
        let inner = Rect::new(
            area.x + 1,
            area.y + 1,
            area.width.saturating_sub(2),
            area.height.saturating_sub(2),
        );
        match self.pane.face {
            Face::Thread => self.thread_scroll(inner),
            Face::Detail => self.detail_scroll(inner),
            Face::Collapsed | Face::Home | Face::Compose => 0,
        }
    }

    fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// One line at column `x` of the area; what does not fit is cut.
    fn put(&self, buf: &mut Buffer, area: Rect, x: u16, y: u16, words: &str, role: Role) {
        if y < area.height && x < area.width {
            let room = usize::from(area.width - x);
            let words = text::truncate(words, room);
            buf.set_stringn(area.x + x, area.y + y, words, room, self.style(role));
        }
    }

    /// Paragraphs in the middle, the first one strong.
    fn centre(&self, area: Rect, buf: &mut Buffer, paragraphs: &[String]) {
        let room = usize::from(area.width).saturating_sub(4).max(8);
        let mut lines = Vec::new();
        for (i, words) in paragraphs.iter().enumerate() {
            if i > 0 {
                lines.push((String::new(), Role::Dim));
            }
            let role = if i == 0 { Role::Strong } else { Role::Dim };
            lines.extend(text::wrap(words, room).into_iter().map(|line| (line, role)));
        }
        let above = usize::from(area.height).saturating_sub(lines.len()) / 3;
        for (line, y) in lines.iter().zip(u16::try_from(above).unwrap_or(0)..) {
            self.put(buf, area, 2, y, &line.0, line.1);
        }
    }

    /// A thin frame of the Messenger's own.
    fn card(&self, area: Rect, buf: &mut Buffer) -> Rect {
        frame::draw(area, buf, self.theme, frame::Kind::Plain, "", "")
    }

    /// A text field with its caret, when it has the keys.
    fn area_field(
        &self,
        area: Rect,
        buf: &mut Buffer,
        field: &TextArea<'static>,
        active: bool,
    ) -> Option<Position> {
        ratatui::widgets::Widget::render(field, area, buf);
        if !active || area.is_empty() {
            return None;
        }
        let (caret, (top, left)) = (field.screen_cursor(), field.scroll_offset());
        let row = u16::try_from(caret.row).ok()?.checked_sub(top)?;
        let col = u16::try_from(caret.col).ok()?.checked_sub(left)?;
        let at = Position::new(area.x + col.min(area.width - 1), area.y + row);
        area.contains(at).then_some(at)
    }

    /// The line that tells of the launcher, which an open Messenger hides.
    fn launcher_line(&self, area: Rect, buf: &mut Buffer) {
        let y = area.height - 1;
        match self.pane.badge() {
            0 => self.put(buf, area, 1, y, "○ no badge on the launcher", Role::Dim),
            n => {
                let words = format!("● badge {n} on the launcher");
                self.put(buf, area, 1, y, &words, Role::Badge);
            }
        }
    }
}

/// The sign of a state on the pill.
const fn sign(state: TicketState) -> &'static str {
    match state {
        TicketState::Submitted => "○",
        TicketState::InProgress => "◔",
        TicketState::WaitingOnCustomer => "▸",
        TicketState::Resolved => "✓",
    }
}

/// What the state's sign and words are drawn as.
const fn state_role(state: TicketState) -> Role {
    match state {
        TicketState::Submitted => Role::Text,
        TicketState::InProgress => Role::Accent,
        TicketState::WaitingOnCustomer => Role::Warn,
        TicketState::Resolved => Role::Ok,
    }
}

#[cfg(test)]
mod tests;
