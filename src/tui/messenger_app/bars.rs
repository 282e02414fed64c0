//! The lines above and below a customer's own Messenger: whose it is, and the keys that work.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::MessengerApp;
use crate::tui::commands::Scope;
use crate::tui::update::messenger::Face;
use crate::tui::view::theme::Role;
use crate::tui::view::{paint, text};

impl MessengerApp {
    pub(super) fn bar(&self, frame: &mut Frame<'_>, screen: Rect) {
        let left = format!(" {}'s Messenger", self.whose);
        let speed = if (self.speed - 1.0).abs() > f64::EPSILON && self.speed > 0.0 {
            format!("demo clock x{} ", self.speed)
        } else {
            String::new()
        };
        let right = if self.may_act { speed } else { "looking only: acting is off here ".into() };
        let words = text::spread(&left, &right, screen.width.into());
        let line = Line::styled(words, self.theme.style(Role::Bar));
        paint::put(frame.buffer_mut(), screen, screen.y, &line);
    }

    /// A sentence if there is one to be read, else the keys that work.
    pub(super) fn foot(&self, frame: &mut Frame<'_>, area: Rect) {
        let line = match &self.notice {
            Some((sentence, _)) => {
                Line::from(paint::span(&self.theme, Role::Danger, &format!(" {sentence}")))
            }
            None => self.keys(),
        };
        let line = paint::cut(line, area.width.into());
        paint::put(frame.buffer_mut(), area, area.y, &line);
    }

    fn keys(&self) -> Line<'static> {
        let names: &[(&str, &str)] = match (self.pane.scope(), self.pane.face) {
            (Scope::ActingPath, _) => &[("acting.take", "Attach"), ("acting.leave", "Leave")],
            (Scope::ActingText, Face::Compose) => &[
                ("acting.send", "Send"),
                ("acting.next_field", "Field"),
                ("acting.leave", "Back"),
                ("acting.attach", "Attach file"),
            ],
            (Scope::ActingText, _) => &[
                ("acting.send", "Send"),
                ("acting.leave", "Leave"),
                ("acting.attach", "Attach file"),
            ],
            (Scope::Acting, Face::Collapsed) => &[("acting.open", "Open"), ("quit", "Quit")],
            (Scope::Acting, Face::Thread | Face::Detail) => &[
                ("acting.reply", "Reply"),
                ("acting.open", "Details"),
                ("acting.back", "Back"),
                ("acting.collapse", "Collapse"),
                ("quit.now", "Quit"),
            ],
            (Scope::Acting, _) => &[
                ("acting.open", "Open"),
                ("acting.new", "New message"),
                ("acting.collapse", "Collapse"),
                ("quit.now", "Quit"),
            ],
            (_, Face::Collapsed) => &[("open", "Open"), ("quit", "Quit")],
            (_, _) => &[
                ("open", "Open"),
                ("back", "Back"),
                ("messenger.collapse", "Collapse"),
                ("quit.now", "Quit"),
            ],
        };
        let attached = match self.pane.face {
            Face::Compose => &self.pane.new_files,
            _ => &self.pane.reply_files,
        };
        let detach = self.pane.scope() == Scope::ActingText && !attached.is_empty();
        let detach = detach.then_some(&("acting.detach", "Remove file"));
        let mut spans = Vec::new();
        for (name, words) in names.iter().chain(detach) {
            let key = self.keymap.key(name).unwrap_or_default();
            spans.push(Span::styled(format!(" {key}"), self.theme.style(Role::Key)));
            spans.push(Span::styled(format!(" {words} "), self.theme.style(Role::Dim)));
        }
        Line::from(spans)
    }
}
