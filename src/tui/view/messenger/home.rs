//! The Messenger's home: a greeting, Recent tickets, and the way to write a new message.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use super::{Mode, View, sign, state_role};
use crate::domain::messenger::RecentTicket;
use crate::tui::update::messenger::Subject;
use crate::tui::view::theme::Role;
use crate::tui::view::{paint, text};

/// Lines under the cards: "Send us a message" in its frame, and one for the launcher.
const FEET: u16 = 4;

impl View<'_> {
    pub(super) fn home(&self, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let mut marked = None;
        let mut y = 0;
        if let (Mode::Mirror, Subject::Hidden(id)) = (self.mode, self.pane.subject) {
            let words =
                format!("{} cannot see {id}. This is what is there instead:", self.pane.who);
            for line in text::wrap(&words, usize::from(area.width).saturating_sub(2)) {
                self.put(buf, area, 1, y, &line, Role::Internal);
                y += 1;
            }
            y += 1;
        }
        self.put(buf, area, 1, y, self.desk_name, Role::Dim);
        let greeting = format!("Hi {}, how can we help?", self.pane.who);
        self.put(buf, area, 1, y + 1, &greeting, Role::Strong);
        self.put(buf, area, 1, y + 3, "Recent tickets", Role::Dim);
        y += 4;
        let room = area.height.saturating_sub(y + FEET);
        let cards = Rect::new(area.x, area.y + y, area.width, room);
        if self.pane.shown.is_none() {
            self.put(buf, cards, 1, 0, "…", Role::Dim);
        } else if self.pane.tickets().is_empty() {
            self.put(buf, cards, 1, 0, "None yet.", Role::Dim);
        } else {
            marked = self.cards(cards, buf);
        }
        marked = marked.or(self.send_us(area, buf));
        if self.mode != Mode::Acting {
            self.launcher_line(area, buf);
        }
        marked
    }

    /// As many tickets as fit, around the marked one; two lines each and a rule between.
    fn cards(&self, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let mut marked = None;
        let tickets = self.pane.tickets();
        let fit = usize::from(area.height.saturating_sub(1) / 3).max(1);
        let more = tickets.len() > fit;
        // A line under the cards says how many there are; it takes the last card's room if it must.
        let fit = if more { usize::from(area.height.saturating_sub(2) / 3).max(1) } else { fit };
        let row = self.pane.row.min(tickets.len() - 1);
        let first = (row + 1).saturating_sub(fit);
        let shown = tickets.iter().enumerate().skip(first).take(fit);
        let height = u16::try_from(shown.clone().count() * 3 + 1).unwrap_or(area.height);
        if area.height < 3 {
            return None;
        }
        let card = Rect { height: height.min(area.height), ..area };
        self.card(card, buf);
        let mut y = 1;
        for (i, ticket) in shown {
            if y > 1 {
                let rule = format!("├{}┤", "─".repeat(usize::from(area.width) - 2));
                self.put(buf, card, 0, y - 1, &rule, Role::Border);
            }
            let here = self.focused && i == self.pane.row;
            if here {
                marked = Some(Position::new(card.x + 1, card.y + y));
            }
            self.ticket(card, y, buf, ticket, here);
            y += 3;
        }
        if more {
            let words = format!("{fit} of {} shown", text::count(tickets.len(), "ticket"));
            self.put(buf, area, 1, card.height, &words, Role::Dim);
        }
        marked
    }

    fn ticket(&self, card: Rect, y: u16, buf: &mut Buffer, ticket: &RecentTicket, marked: bool) {
        let inside = usize::from(card.width).saturating_sub(2);
        let mark = if marked { "▶" } else { " " };
        let unread = if ticket.unread { "●" } else { " " };
        let title =
            text::pad(&format!(" {} {}", ticket.id, ticket.title), inside.saturating_sub(2));
        let strong = if ticket.unread { Role::Strong } else { Role::Text };
        let title = Line::from(vec![
            Span::raw(mark),
            Span::styled(unread, self.style(Role::Badge)),
            Span::styled(title, self.style(strong)),
        ]);
        let age = match text::age(self.now, ticket.at) {
            age if age == "now" => "just now".to_owned(),
            age => age,
        };
        let state = format!("   {} {}", sign(ticket.state), ticket.state.customer_label());
        let age = text::pad(&format!(" · {age}"), inside.saturating_sub(text::width(&state)));
        let second = Line::from(vec![
            Span::styled(state, self.style(state_role(ticket.state))),
            Span::styled(age, self.style(Role::Dim)),
        ]);
        let width = card.width.saturating_sub(2);
        buf.set_line(card.x + 1, card.y + y, &title, width);
        buf.set_line(card.x + 1, card.y + y + 1, &second, width);
        if marked {
            let row = Rect::new(card.x + 1, card.y + y, card.width - 2, 2);
            paint::tint(buf, row, self.style(Role::Selection));
        }
    }

    fn send_us(&self, area: Rect, buf: &mut Buffer) -> Option<Position> {
        if area.height < FEET + 4 {
            return None;
        }
        let card = Rect::new(area.x, area.bottom() - FEET, area.width, 3);
        let inner = self.card(card, buf);
        let marked =
            self.focused && self.mode == Mode::Acting && self.pane.row >= self.pane.tickets().len();
        let mark = if marked { "▶" } else { " " };
        let words =
            text::spread(&format!("{mark}Send us a message"), "› ", usize::from(inner.width));
        self.put(buf, inner, 0, 0, &words, Role::Accent);
        if marked {
            paint::tint(buf, inner, self.style(Role::Selection));
        }
        marked.then(|| inner.as_position())
    }
}
