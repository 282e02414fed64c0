//! What is behind the pill: how far the ticket is, and its updates.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{Mode, View, state_role};
use crate::domain::TicketState;
use crate::domain::messenger::{EntryKind, Thread};
use crate::tui::view::text;
use crate::tui::view::theme::Role;

impl View<'_> {
    pub(super) fn detail(&self, area: Rect, buf: &mut Buffer) {
        self.put(buf, area, 1, 0, "‹ Back to conversation", Role::Accent);
        if self.mode != Mode::Acting {
            self.launcher_line(area, buf);
        }
        let Some(thread) = self.pane.thread() else {
            return;
        };
        let room = usize::from(self.detail_room(area));
        let lines = self.detail_lines(thread, usize::from(area.width));
        let above = lines.len().saturating_sub(room);
        let first = above - self.pane.scroll.min(above);
        for (line, y) in lines.iter().skip(first).take(room).zip(area.y + 2..) {
            buf.set_line(area.x, y, line, area.width);
        }
    }

    pub(super) fn detail_scroll(&self, area: Rect) -> usize {
        let Some(thread) = self.pane.thread() else { return 0 };
        let lines = self.detail_lines(thread, usize::from(area.width)).len();
        lines.saturating_sub(usize::from(self.detail_room(area)))
    }

    fn detail_room(&self, area: Rect) -> u16 {
        area.height.saturating_sub(2 + u16::from(self.mode != Mode::Acting))
    }

    fn detail_lines(&self, thread: &Thread, width: usize) -> Vec<Line<'static>> {
        let room = width.saturating_sub(2).max(8);
        let mut lines = Vec::new();
        let title = format!("{} {}", thread.id, thread.title);
        for line in text::wrap(&title, room) {
            lines.push(Line::styled(format!(" {line}"), self.style(Role::Strong)));
        }
        lines.push(Line::default());
        lines.push(self.steps(thread.pill, room));
        lines.push(Line::styled(
            format!(" {}", thread.pill.customer_label()),
            self.style(state_role(thread.pill)),
        ));
        for line in text::wrap(about(thread.pill), room) {
            lines.push(Line::styled(format!(" {line}"), self.style(Role::Dim)));
        }
        lines.push(Line::default());
        lines.push(Line::styled(" Updates", self.style(Role::Strong)));
        for entry in thread.thread.iter().rev().filter(|e| e.kind == EntryKind::Event) {
            let at = text::moment(self.now, entry.at);
            let words = text::truncate(&entry.text, room.saturating_sub(text::width(&at) + 2));
            lines.push(Line::from(vec![
                Span::styled(format!(" {at}  "), self.style(Role::Dim)),
                Span::styled(words, self.style(Role::Text)),
            ]));
        }
        lines
    }

    /// `●────◔────○────○`: what is behind, where it stands, what may follow.
    fn steps(&self, state: TicketState, room: usize) -> Line<'static> {
        let at = TicketState::ALL.iter().position(|s| *s == state).unwrap_or(0);
        let last = TicketState::ALL.len() - 1;
        let gap = "─".repeat((room / 5).clamp(2, 8));
        let mut spans = vec![Span::raw(" ")];
        for step in 0..=last {
            let (sign, role) = match step.cmp(&at) {
                std::cmp::Ordering::Less => ("●", Role::Text),
                std::cmp::Ordering::Equal if step == last => ("●", state_role(state)),
                std::cmp::Ordering::Equal => ("◔", state_role(state)),
                std::cmp::Ordering::Greater => ("○", Role::Dim),
            };
            if step > 0 {
                let role = if step <= at { Role::Text } else { Role::Dim };
                spans.push(Span::styled(gap.clone(), self.style(role)));
            }
            spans.push(Span::styled(sign, self.style(role)));
        }
        Line::from(spans)
    }
}

/// What the state means for the customer.
const fn about(state: TicketState) -> &'static str {
    match state {
        TicketState::Submitted => "We have it and will look at it soon.",
        TicketState::InProgress => "We are working on it.",
        TicketState::WaitingOnCustomer => {
            "We need something from you: please answer in the conversation."
        }
        TicketState::Resolved => "It is done. Answer if it is not.",
    }
}
