//! The collapsed Messenger: nothing but the launcher, and its badge when something is unseen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Mode, View};
use crate::tui::view::text;
use crate::tui::view::theme::Role;

/// Lines of the launcher with its badge.
const LAUNCHER: u16 = 5;

impl View<'_> {
    pub(super) fn collapsed(&self, area: Rect, buf: &mut Buffer) {
        let room = usize::from(area.width).saturating_sub(2);
        let mut y = 1;
        for paragraph in self.about_the_launcher() {
            for line in text::wrap(&paragraph, room) {
                if y + LAUNCHER + 1 < area.height {
                    self.put(buf, area, 1, y, &line, Role::Text);
                }
                y += 1;
            }
            y += 1;
        }
        self.launcher(area, buf);
    }

    fn about_the_launcher(&self) -> Vec<String> {
        let who = &self.pane.who;
        let badge = self.pane.badge();
        if self.mode == Mode::Acting {
            let mut words = vec!["Your Messenger is collapsed. Enter opens it.".to_owned()];
            if badge > 0 {
                words.push(format!("{} with something new.", text::count(badge, "ticket")));
            }
            return words;
        }
        let mut words = vec![format!("{who} sees only the launcher.")];
        if badge == 0 {
            words.push("It has no badge: nothing is unseen.".into());
        } else {
            let holds = if badge == 1 { "holds" } else { "hold" };
            words.push(format!(
                "The badge is on because {} {holds} something unseen.",
                text::count(badge, "ticket")
            ));
            words.push(format!("It goes off when {who} has seen it."));
        }
        words
    }

    fn launcher(&self, area: Rect, buf: &mut Buffer) {
        if area.height < LAUNCHER + 1 || area.width < 18 {
            return;
        }
        let badge = match self.pane.badge() {
            0 => None,
            n @ 1..100 => Some(n.to_string()),
            _ => Some("99+".into()),
        };
        let right = area.width - 2;
        let top = area.height - LAUNCHER - 1;
        let Some(badge) = badge else {
            for (y, line) in (top + 2..).zip(["┌──────┐", "│ ···  │", "└──────┘"])
            {
                self.put(buf, area, right - 8, y, line, Role::Accent);
            }
            return;
        };
        // The badge sits on the launcher's corner.
        let inside = badge.len() + 2;
        let line = "─".repeat(inside);
        let wide = u16::try_from(inside + 2).unwrap_or(5);
        let left = right.saturating_sub(wide + 5);
        self.put(buf, area, left + 5, top, &format!("┌{line}┐"), Role::Badge);
        self.put(buf, area, left, top + 1, "┌────┤", Role::Accent);
        self.put(buf, area, left + 5, top + 1, &format!("┤ {badge} │"), Role::Badge);
        self.put(buf, area, left, top + 2, "│", Role::Accent);
        self.put(
            buf,
            area,
            left + 5,
            top + 2,
            &format!("└─┬{}┘", "─".repeat(inside - 2)),
            Role::Badge,
        );
        self.put(buf, area, left, top + 3, "│ ···  │", Role::Accent);
        self.put(buf, area, left, top + 4, "└──────┘", Role::Accent);
    }
}
