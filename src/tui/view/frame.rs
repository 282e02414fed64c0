//! Frames: their shape says what is inside before any colour does. Draws lines and titles only.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::symbols::border::{DOUBLE, PLAIN, Set, THICK};
use ratatui::widgets::{Block, Borders, Widget};

use crate::tui::view::text;
use crate::tui::view::theme::{Role, Theme};

/// What a frame tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A pane.
    Plain,
    /// The pane or box that has the keys.
    Focus,
    /// A reply: the customer will see what is written here.
    Reply,
    /// A note: the customer never will.
    Note,
}

const DASHED: Set<'static> = Set {
    vertical_left: "╎",
    vertical_right: "╎",
    horizontal_top: "╌",
    horizontal_bottom: "╌",
    ..PLAIN
};

impl Kind {
    /// The frame of a pane.
    #[must_use]
    pub const fn pane(focused: bool) -> Self {
        if focused { Self::Focus } else { Self::Plain }
    }

    const fn set(self) -> Set<'static> {
        match self {
            Self::Plain => PLAIN,
            Self::Focus => THICK,
            Self::Reply => DOUBLE,
            Self::Note => DASHED,
        }
    }

    /// Left end, line and right end of a rule across the frame.
    const fn rule(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Plain => ("├", "─", "┤"),
            Self::Focus => ("┠", "─", "┨"),
            Self::Reply => ("╟", "─", "╢"),
            Self::Note => ("╎", "╌", "╎"),
        }
    }

    #[must_use]
    pub fn style(self, theme: &Theme) -> Style {
        theme.style(match self {
            Self::Plain => Role::Border,
            Self::Focus => Role::Focus,
            Self::Reply => Role::Reply,
            Self::Note => Role::Note,
        })
    }
}

/// Draws a frame with a title at its left and one at its right; gives what is inside. The left
/// title is cut before the right one.
pub fn draw(
    area: Rect,
    buf: &mut Buffer,
    theme: &Theme,
    kind: Kind,
    left: &str,
    right: &str,
) -> Rect {
    let style = kind.style(theme);
    let block = Block::new().borders(Borders::ALL).border_set(kind.set()).border_style(style);
    let inner = block.inner(area);
    block.render(area, buf);
    titles(area, buf, style, left, right);
    inner
}

fn titles(area: Rect, buf: &mut Buffer, style: Style, left: &str, right: &str) {
    // The corner, one piece of line, and a blank on each side of a title.
    let room = usize::from(area.width).saturating_sub(4);
    if room < 4 {
        return;
    }
    let right = if right.is_empty() {
        String::new()
    } else {
        format!(" {} ", text::truncate(right, room - 2))
    };
    let left_room = room.saturating_sub(text::width(&right));
    if !left.is_empty() && left_room > 4 {
        let left = format!(" {} ", text::truncate(left, left_room - 2));
        buf.set_string(area.x + 2, area.y, &left, style);
    }
    let columns = u16::try_from(text::width(&right)).unwrap_or(0);
    buf.set_string(area.right().saturating_sub(2 + columns), area.y, &right, style);
}

/// Draws a line across a frame at row `y`, with a title if it has one.
pub fn rule(area: Rect, y: u16, buf: &mut Buffer, theme: &Theme, kind: Kind, title: &str) {
    if y <= area.y || y + 1 >= area.bottom() || area.width < 2 {
        return;
    }
    let style = kind.style(theme);
    let (left, line, right) = kind.rule();
    let inside = usize::from(area.width) - 2;
    buf.set_string(area.x, y, format!("{left}{}{right}", line.repeat(inside)), style);
    if !title.is_empty() && inside > 6 {
        let title = format!(" {} ", text::truncate(title, inside - 4));
        buf.set_string(area.x + 2, y, title, style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(kind: Kind, left: &str, right: &str) -> Buffer {
        let area = Rect::new(0, 0, 24, 4);
        let mut buf = Buffer::empty(area);
        draw(area, &mut buf, &Theme::default(), kind, left, right);
        rule(area, 2, &mut buf, &Theme::default(), kind, "");
        for cell in &mut buf.content {
            cell.set_style(Style::reset());
        }
        buf
    }

    fn lines(buf: &Buffer) -> Vec<String> {
        buf.content
            .chunks(usize::from(buf.area.width))
            .map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect())
            .collect()
    }

    #[test]
    fn shapes_tell_a_reply_from_a_note_without_colour() {
        assert_eq!(
            lines(&drawn(Kind::Reply, "REPLY", "saved")),
            [
                "╔═ REPLY ══════ saved ═╗",
                "║                      ║",
                "╟──────────────────────╢",
                "╚══════════════════════╝"
            ]
        );
        assert_eq!(
            lines(&drawn(Kind::Note, "NOTE", ""))[..2],
            ["┌╌ NOTE ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌┐", "╎                      ╎"]
        );
    }

    #[test]
    fn the_left_title_is_cut_first() {
        let top = lines(&drawn(Kind::Focus, "Messenger (Adalbertina)", "AS ADA"))[0].clone();
        assert_eq!(top, "┏━ Messenger…  AS ADA ━┓");
    }

    #[test]
    fn small_frames_do_not_overflow() {
        for width in 0..8 {
            for height in 0..4 {
                let area = Rect::new(0, 0, width, height);
                let mut buf = Buffer::empty(area);
                draw(area, &mut buf, &Theme::default(), Kind::Plain, "Left", "right");
                rule(area, 1, &mut buf, &Theme::default(), Kind::Plain, "Title");
            }
        }
    }
}
