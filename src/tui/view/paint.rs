//! Small strokes every view uses: clean spans, lines with two ends, boxes in the middle. Draws no
//! text from outside that has not gone through the cleaner.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::tui::view::text;
use crate::tui::view::theme::{Role, Theme};

/// A piece of a line, cleaned.
#[must_use]
pub fn span(theme: &Theme, role: Role, raw: &str) -> Span<'static> {
    Span::styled(text::line(raw).into_owned(), theme.style(role))
}

/// Columns a line takes.
#[must_use]
pub fn width(line: &Line<'_>) -> usize {
    line.spans.iter().map(|s| text::width(&s.content)).sum()
}

/// `left` cut to make room for `right`, which stands at the end of `columns`.
#[must_use]
pub fn spread(left: Line<'static>, right: Line<'static>, columns: usize) -> Line<'static> {
    let right_width = width(&right);
    let gap = usize::from(right_width > 0);
    let room = columns.saturating_sub(right_width + gap);
    let mut line = cut(left, room);
    let fill = columns.saturating_sub(width(&line) + right_width);
    line.spans.push(Span::raw(" ".repeat(fill)));
    line.spans.extend(right.spans);
    line
}

/// A line of at most `columns`, with `…` where something is missing.
#[must_use]
pub fn cut(line: Line<'static>, columns: usize) -> Line<'static> {
    if width(&line) <= columns {
        return line;
    }
    let mut left = columns;
    let mut spans = Vec::new();
    for span in line.spans {
        let w = text::width(&span.content);
        if w < left {
            left -= w;
            spans.push(span);
        } else {
            // A blank too many makes the cut visible when the next piece is what is missing.
            let content = format!("{} ", span.content);
            spans.push(Span::styled(truncate_kept(&content, left), span.style));
            break;
        }
    }
    Line::from(spans)
}

/// [`text::truncate`] without losing blanks at the ends.
fn truncate_kept(content: &str, columns: usize) -> String {
    text::truncate(content, columns)
}

/// Draws a line from the left edge of `area`'s row `y`, never beyond its width.
pub fn put(buf: &mut Buffer, area: Rect, y: u16, line: &Line<'_>) {
    if y < area.bottom() && y >= area.y && area.width > 0 {
        buf.set_line(area.x, y, line, area.width);
    }
}

/// Draws lines from the top of `area`, as many as fit.
pub fn put_all<'a>(buf: &mut Buffer, area: Rect, lines: impl IntoIterator<Item = &'a Line<'a>>) {
    for (y, line) in (area.y..area.bottom()).zip(lines) {
        put(buf, area, y, line);
    }
}

/// A box in the middle of the screen, no larger than it, with what was below wiped.
#[must_use]
pub fn centred(screen: Rect, width: u16, height: u16, buf: &mut Buffer) -> Rect {
    centred_above(screen, screen.bottom(), width, height, buf)
}

/// The same, ending above the row `foot`.
#[must_use]
pub fn centred_above(screen: Rect, foot: u16, width: u16, height: u16, buf: &mut Buffer) -> Rect {
    let room = foot.clamp(screen.y, screen.bottom()) - screen.y;
    let (width, height) = (width.min(screen.width), height.min(room));
    let area = Rect::new(
        screen.x + (screen.width - width) / 2,
        screen.y + ((screen.height - height) / 2).min(room - height),
        width,
        height,
    );
    Clear.render(area, buf);
    area
}

/// Gives a whole row one style, such as the selection's: one bar, not a patchwork of the colours
/// below it.
pub fn tint(buf: &mut Buffer, area: Rect, style: Style) {
    let plain = Style::new().fg(Color::Reset).remove_modifier(Modifier::DIM);
    buf.set_style(area, plain.patch(style));
}

/// A one-line field with its label; gives where the caret stands.
pub fn field(
    buf: &mut Buffer,
    area: Rect,
    y: u16,
    theme: &Theme,
    label: &str,
    edit: &crate::tui::line_edit::LineEdit,
    active: bool,
) -> (u16, u16) {
    let label_width = u16::try_from(text::width(label)).unwrap_or(0);
    let role = if active { Role::Strong } else { Role::Dim };
    put(buf, area, y, &Line::from(span(theme, role, label)));
    let room = usize::from(area.width.saturating_sub(label_width)).max(2);
    // The end of a long text stays in sight, with the caret.
    let before = text::width(edit.before_caret());
    let skip = before.saturating_sub(room - 1);
    let mut shown = String::new();
    let mut passed = 0;
    for c in edit.text().chars() {
        if passed >= skip {
            shown.push(c);
        }
        passed += text::width(c.encode_utf8(&mut [0; 4]));
    }
    let x = area.x + label_width;
    if y < area.bottom() {
        buf.set_stringn(x, y, &shown, room, theme.style(Role::Text));
    }
    let caret = u16::try_from(before - skip).unwrap_or(0);
    (x + caret, y)
}
