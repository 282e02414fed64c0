//! The Messenger's thread: the pill with the current state, the messages at their sides, the
//! events between them, and the box to answer in.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use super::{Mode, View, sign, state_role};
use crate::domain::attachment::size_in_words;
use crate::domain::messenger::{Entry, EntryFile, EntryKind, Thread};
use crate::tui::update::messenger::Field;
use crate::tui::view::text;
use crate::tui::view::theme::Role;

/// How far a customer's own messages stand in from the left.
const INDENT: usize = 4;

/// Where the thread's pieces stand.
struct Places {
    head: Rect,
    pill: Rect,
    messages: Rect,
    reply: Rect,
}

impl View<'_> {
    pub(super) fn thread(&self, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let parts = self.parts(area);
        self.put(buf, parts.head, 1, 0, "‹ Back", Role::Accent);
        self.put(buf, parts.head, 10, 0, self.desk_name, Role::Dim);
        if self.mode != Mode::Acting {
            self.launcher_line(area, buf);
        }
        let Some(thread) = self.pane.thread() else {
            let words = match self.pane.shown {
                Some(_) => format!("{} sees no such ticket.", self.pane.who),
                None => "…".into(),
            };
            self.put(buf, parts.messages, 1, 0, &words, Role::Dim);
            return None;
        };
        self.pill(parts.pill, buf, thread);
        let lines = self.lines(thread, usize::from(area.width));
        let room = usize::from(parts.messages.height);
        let above = lines.len().saturating_sub(room);
        let scroll = match self.mode {
            Mode::Preview { .. } => 0,
            Mode::Mirror | Mode::Unchanged | Mode::Acting => self.pane.scroll.min(above),
        };
        let first = above - scroll;
        for (line, y) in lines.iter().skip(first).take(room).zip(parts.messages.y..) {
            buf.set_line(parts.messages.x, y, line, parts.messages.width);
        }
        // What is out of sight is named where it would stand.
        if first > 0 && room > 2 {
            let words = text::pad(&format!(" ↑ {first} more"), usize::from(area.width));
            self.put(buf, parts.messages, 0, 0, &words, Role::Dim);
        }
        if scroll > 0 && room > 2 {
            let words = text::pad(&format!(" ↓ {scroll} more"), usize::from(area.width));
            self.put(buf, parts.messages, 0, parts.messages.height - 1, &words, Role::Dim);
        }
        self.reply_box(parts.reply, buf)
    }

    pub(super) fn thread_scroll(&self, area: Rect) -> usize {
        let Some(thread) = self.pane.thread() else { return 0 };
        let room = usize::from(self.parts(area).messages.height);
        self.lines(thread, usize::from(area.width)).len().saturating_sub(room)
    }

    fn parts(&self, area: Rect) -> Places {
        let low = area.height < 14;
        let pill = if low { 1 } else { 3 };
        let foot = u16::from(self.mode != Mode::Acting);
        let typing = self.pane.field == Some(Field::Reply);
        let reply: u16 = match (typing, low) {
            // It grows with what is typed.
            (true, _) => {
                let typed = self.pane.reply.lines().join("\n");
                let lines = text::wrap(&typed, usize::from(area.width.saturating_sub(6))).len();
                u16::try_from(lines + 2).unwrap_or(9).clamp(3, (area.height / 3).clamp(3, 9))
            }
            (false, true) => 0,
            (false, false) => 3,
        };
        let cut = |y: u16, height: u16| Rect::new(area.x, area.y + y, area.width, height);
        let bottom = area.height.saturating_sub(foot);
        let messages = bottom.saturating_sub(1 + pill + reply);
        Places {
            head: cut(0, 1),
            pill: cut(1, pill),
            messages: cut(1 + pill, messages),
            reply: cut(bottom.saturating_sub(reply), reply),
        }
    }

    /// The ticket pill: sign, number and the current state. Enter opens it.
    fn pill(&self, area: Rect, buf: &mut Buffer, thread: &Thread) {
        let inner = if area.height >= 3 {
            self.card(Rect { x: area.x + 1, width: area.width - 2, ..area }, buf)
        } else {
            Rect { x: area.x + 1, width: area.width - 2, ..area }
        };
        let words = format!("{} {} ", sign(thread.pill), thread.id);
        self.put(buf, inner, 1, 0, &words, Role::Strong);
        let at = u16::try_from(1 + text::width(&words)).unwrap_or(1);
        let label = thread.pill.customer_label();
        self.put(buf, inner, at, 0, label, state_role(thread.pill));
        self.put(buf, inner, inner.width.saturating_sub(2), 0, "›", Role::Dim);
    }

    /// All lines of the thread, oldest first.
    fn lines(&self, thread: &Thread, width: usize) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        for entry in &thread.thread {
            match entry.kind {
                EntryKind::Event => lines.push(self.event(entry, width)),
                EntryKind::Message if entry.own => self.own(entry, width, &mut lines),
                EntryKind::Message => self.theirs(entry, width, &mut lines),
            }
        }
        if let Mode::Preview { by, text } = self.mode {
            self.preview(by, text, width, &mut lines);
        }
        lines
    }

    /// `─ In progress 13:50 ──────── new ─`
    fn event(&self, entry: &Entry, width: usize) -> Line<'static> {
        let words = format!("─ {} {}", text::line(&entry.text), text::moment(self.now, entry.at));
        let new = if self.pane.is_new(entry) { " new " } else { "" };
        let room = width.saturating_sub(text::width(new) + 2);
        let words = text::truncate(&words, room);
        let fill = match room.saturating_sub(text::width(&words)) {
            0 => String::new(),
            fill => format!(" {}", "─".repeat(fill - 1)),
        };
        Line::from(vec![
            Span::styled(format!("{words}{fill}"), self.style(Role::Event)),
            Span::styled(new, self.style(Role::Badge)),
            Span::styled("──", self.style(Role::Event)),
        ])
    }

    /// The customer's own message, at the right.
    fn own(&self, entry: &Entry, width: usize, lines: &mut Vec<Line<'static>>) {
        let room = width.saturating_sub(INDENT + 2).max(4);
        let mut wrapped = text::wrap(&entry.text, room);
        wrapped.extend(files(entry, room));
        let widest = wrapped.iter().map(|l| text::width(l)).max().unwrap_or(0);
        let head = format!("You {}", text::moment(self.now, entry.at));
        let left = width.saturating_sub(widest.max(text::width(&head)) + 2);
        let blank = " ".repeat(left);
        lines.push(Line::styled(format!("{blank}{head}"), self.style(Role::Dim)));
        for line in wrapped {
            lines.push(Line::styled(format!("{blank}{line}"), self.style(Role::Customer)));
        }
        lines.push(Line::default());
    }

    /// A teammate's message, at the left under their first name.
    fn theirs(&self, entry: &Entry, width: usize, lines: &mut Vec<Line<'static>>) {
        let new = self.pane.is_new(entry);
        let at = text::moment(self.now, entry.at);
        let mark = if new { "new " } else { "" };
        let name = entry.author.as_deref().unwrap_or("");
        let room = width.saturating_sub(text::width(&at) + mark.len() + 3);
        lines.push(Line::from(vec![
            Span::styled(format!(" {} ", text::pad(name, room)), self.style(Role::Strong)),
            Span::styled(mark, self.style(Role::Badge)),
            Span::styled(at, self.style(Role::Dim)),
        ]));
        for line in text::wrap(&entry.text, width.saturating_sub(4).max(4)) {
            lines.push(Line::styled(format!("  {line}"), self.style(Role::Team)));
        }
        for line in files(entry, width.saturating_sub(4).max(4)) {
            lines.push(Line::styled(format!("  {line}"), self.style(Role::Accent)));
        }
        lines.push(Line::default());
    }

    /// A reply that is being written, where it will stand.
    fn preview(&self, by: &str, words: &str, width: usize, lines: &mut Vec<Line<'static>>) {
        let style = self.style(Role::Preview);
        let head = text::spread(by, "not sent yet", width.saturating_sub(4));
        lines.push(Line::styled(format!(" ╎ {head}"), style));
        for line in text::wrap(words.trim_end(), width.saturating_sub(5).max(4)) {
            lines.push(Line::styled(format!(" ╎ {line}"), style));
        }
    }

    fn reply_box(&self, area: Rect, buf: &mut Buffer) -> Option<Position> {
        if area.height < 3 {
            return None;
        }
        let inner = self.card(Rect { x: area.x + 1, width: area.width - 2, ..area }, buf);
        let inside = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
        if let Some(files) = self.attached(&self.pane.reply_files) {
            let line = Rect { width: area.width.saturating_sub(3), ..area };
            self.put(buf, line, 3, area.height - 1, &format!(" {files} "), Role::Accent);
        }
        if self.pane.field == Some(Field::Reply) {
            if self.pane.is_sending() {
                self.put(buf, area, 3, 0, " sending ", Role::Dim);
            }
            return self.area_field(inside, buf, &self.pane.reply, true);
        }
        let begun = self.pane.reply.lines().join(" ");
        let words = if begun.trim().is_empty() { "Reply…" } else { begun.as_str() };
        self.put(buf, inside, 0, 0, words, Role::Dim);
        None
    }
}

/// What came with a message: a line each.
fn files(entry: &Entry, columns: usize) -> Vec<String> {
    let line = |file: &EntryFile| {
        let size = format!(" {}", size_in_words(file.size));
        let room = columns.saturating_sub(text::width(&size) + 2);
        format!("+ {}{size}", text::truncate(&text::line(&file.name), room))
    };
    entry.files.iter().map(line).collect()
}
