//! The delivery ledger of a ticket: one row per part, newest first, and the story of the marked
//! one with the live countdown of its mail. Reads the ledger; the words come from
//! `domain::explain`.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::domain::explain::{Story, Wait, WaitKind};
use crate::domain::{Channel, Delivery, Status, TicketId, Time};
use crate::tui::model::Model;
use crate::tui::update::ledger::{LedgerPane, position, rows};
use crate::tui::view::theme::{Role, Theme};
use crate::tui::view::{frame, layout, mail_facts, paint, text};

/// Columns of Time, Badge, Recent and Email, each with the blank behind it.
const TIME: usize = 10;
const BADGE: usize = 6;
const RECENT: usize = 7;
const EMAIL: usize = 15;
/// Of Because, where there is room for it.
const BECAUSE: usize = 21;
/// Cells of the countdown's bar, at most.
const BAR: usize = 30;

/// Draws the pane; gives where the cursor stands in it.
pub fn draw(
    model: &Model,
    pane: &LedgerPane,
    screen: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let view = model.ticket()?;
    let area = place(model, screen);
    Clear.render(area, buf);
    let theme = &model.theme;
    let of = match &view.contact {
        Some(contact) => format!("Deliveries of {} to {}", view.ticket.id, contact.display_name()),
        None => format!("Deliveries of {}", view.ticket.id),
    };
    let inner = frame::draw(area, buf, theme, frame::Kind::Focus, &of, "why told, or not");
    let rows = rows(model, pane);
    let marked = position(&rows, pane);
    // The table takes what it needs up to the half; the story below it gets the rest.
    let most = usize::from(inner.height / 2).saturating_sub(2).max(3);
    let fit = rows.len().clamp(1, most);
    let first = (marked + 1).saturating_sub(fit);
    let width = usize::from(inner.width);
    paint::put(buf, inner, inner.y, &head(theme, width, rows.len(), fit));
    if rows.is_empty() {
        let words = "Nothing was recorded that a customer could be told of.";
        paint::put(buf, inner, inner.y + 1, &Line::from(paint::span(theme, Role::Dim, words)));
        return Some((inner.x, inner.y + 1));
    }
    let mut caret = (inner.x, inner.y + 1);
    for (y, (i, story)) in (inner.y + 1..).zip(rows.iter().enumerate().skip(first).take(fit)) {
        paint::put(buf, inner, y, &row(model, story, width, i == marked));
        if i == marked {
            paint::tint(buf, Rect::new(inner.x, y, inner.width, 1), theme.style(Role::Selection));
            caret = (inner.x, y);
        }
    }
    let story = rows.get(marked)?;
    let rule = inner.y + 1 + u16::try_from(fit).unwrap_or(1);
    let title = format!("{}, {}", story.what(), moment_seconds(model.now, story.part.at));
    frame::rule(area, rule, buf, theme, frame::Kind::Focus, &title);
    let below = Rect::new(
        inner.x + 1,
        rule + 1,
        inner.width.saturating_sub(2),
        inner.bottom().saturating_sub(rule + 1),
    );
    let who = &model.customer();
    let told = |brief| story_lines(model, story, view.ticket.id, who, below.width.into(), brief);
    let mut lines = told(false);
    if lines.len() > usize::from(below.height) {
        lines = told(true);
    }
    paint::put_all(buf, below, &lines);
    Some(caret)
}

/// Over thread and Messenger where the list has its own room, else over all panes.
pub(super) fn place(model: &Model, screen: Rect) -> Rect {
    let areas = layout::areas(model);
    let top = areas.tabs.bottom();
    let x = match layout::shape(model.size) {
        layout::Shape::Three => areas.list.map_or(0, |list| list.right()),
        layout::Shape::Two | layout::Shape::One => 0,
    };
    Rect::new(x, top, screen.width - x, areas.strip.y.saturating_sub(top)).intersection(screen)
}

/// Whether there is room for the reasons beside the rest.
const fn wide(width: usize) -> bool {
    width >= 1 + TIME + 18 + BADGE + RECENT + EMAIL + BECAUSE
}

const fn what_columns(width: usize) -> usize {
    let because = if wide(width) { BECAUSE } else { 0 };
    width.saturating_sub(1 + TIME + BADGE + RECENT + EMAIL + because)
}

fn head(theme: &Theme, width: usize, rows: usize, fit: usize) -> Line<'static> {
    let what = if rows > fit { format!("What ({rows} rows)") } else { "What".into() };
    let mut words = format!(
        " {}{}{}{}{}",
        text::pad("Time UTC", TIME),
        text::pad(&what, what_columns(width)),
        text::pad("Badge", BADGE),
        text::pad("Recent", RECENT),
        text::pad("Email", EMAIL),
    );
    if wide(width) {
        words.push_str("Because");
    }
    Line::styled(words, theme.style(Role::Dim))
}

fn row(model: &Model, story: &Story<'_>, width: usize, marked: bool) -> Line<'static> {
    let theme = &model.theme;
    let internal = story.part.event.is_internal();
    let what = if internal { Role::Internal } else { Role::Text };
    let at = match story.part.at.date_naive() == model.now.date_naive() {
        true => text::clock_seconds(story.part.at),
        false => text::date(model.now, story.part.at),
    };
    let on = |channel: Channel, columns: usize| {
        let (sign, role) = match story.shown(channel) {
            Some(true) => ("✓", Role::Ok),
            Some(false) => ("×", Role::Dim),
            None => ("-", Role::Dim),
        };
        Span::styled(text::pad(sign, columns), theme.style(role))
    };
    let mut spans = vec![
        Span::styled(if marked { "▶" } else { " " }, theme.style(Role::Accent)),
        Span::styled(text::pad(&at, TIME), theme.style(Role::Dim)),
        Span::styled(
            format!("{} ", text::pad(&story.what(), what_columns(width).saturating_sub(1))),
            theme.style(what),
        ),
        on(Channel::Badge, BADGE),
        on(Channel::Recent, RECENT),
        Span::styled(
            text::pad(&story.email_cell(model.now), EMAIL),
            theme.style(email_role(story)),
        ),
    ];
    if wide(width) {
        let because = text::truncate(&story.because(), BECAUSE);
        spans.push(Span::styled(because, theme.style(Role::Dim)));
    }
    Line::from(spans)
}

fn email_role(story: &Story<'_>) -> Role {
    match story.email.map(|row| row.status) {
        _ if story.held_back.is_some() => Role::Dim,
        Some(Status::Due | Status::Sending | Status::Retrying) => Role::Warn,
        Some(Status::Sent) => Role::Ok,
        Some(Status::Failed | Status::Unknown) => Role::Danger,
        Some(Status::Suppressed) | None => Role::Dim,
    }
}

/// The story of one row: its wait, what happened and what may, the rule, the mail's own facts.
/// Told briefly, without air, where there is little room.
fn story_lines(
    model: &Model,
    story: &Story<'_>,
    id: TicketId,
    who: &str,
    width: usize,
    brief: bool,
) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let mut lines = Vec::new();
    let stopped = model.ticket().and_then(|view| mail_facts::stopped(model, view));
    if let Some(words) = stopped.filter(|_| !story.part.event.is_internal()) {
        hung(&mut lines, "× ", &words, theme.style(Role::Danger), width, theme);
        lines.push(Line::default());
    }
    let waits = story.wait();
    if let (Some(_), Some(trouble)) = (waits, &model.outlook.trouble) {
        let words = format!("mail is not leaving: {trouble}");
        hung(&mut lines, "× ", &words, theme.style(Role::Danger), width, theme);
        lines.push(Line::default());
    }
    if let Some(wait) = waits {
        lines.push(countdown(theme, wait, model.now, width));
        lines.push(Line::default());
    }
    let mut moments = story.moments(id);
    if brief {
        moments.dedup_by(|next, last| {
            let one = !next.ahead && !last.ahead && next.at == last.at;
            if one {
                last.text = format!("{} · {}", last.text, next.text);
            }
            one
        });
    }
    for moment in moments {
        let (at, role) = match (moment.at, moment.ahead) {
            (Some(at), false) => (moment_seconds(model.now, at), Role::Text),
            (Some(at), true) => (moment_seconds(model.now, at), Role::Warn),
            (None, true) => ("·".repeat(8), Role::Warn),
            (None, false) => (" ".repeat(8), Role::Text),
        };
        hung(&mut lines, &format!("{at}  "), &moment.text, theme.style(role), width, theme);
    }
    lines.push(Line::default());
    hung(&mut lines, "Rule  ", story.rule(), theme.style(Role::Text), width, theme);
    let Some(row) = story.email else { return lines };
    if let Some(error) = row.last_error.as_ref().filter(|_| !row.is_dropped()) {
        hung(&mut lines, "Server  ", error, theme.style(Role::Danger), width, theme);
    }
    if row.attempts > 0 {
        let lost = match row.lost_answers {
            0 => String::new(),
            n => format!(", {} lost", text::count(usize::try_from(n).unwrap_or(0), "answer")),
        };
        let tried = text::count(usize::try_from(row.attempts).unwrap_or(0), "attempt");
        let words = format!("{tried}{lost}");
        hung(&mut lines, "Tried  ", &words, theme.style(Role::Text), width, theme);
    }
    if let Some(message_id) = &row.message_id {
        let words = format!("<{message_id}>");
        hung(&mut lines, "Message-ID  ", &words, theme.style(Role::Dim), width, theme);
    }
    if matches!(row.status, Status::Unknown | Status::Failed) {
        lines.push(Line::default());
        lines.push(choices(model, row, who));
    }
    if brief {
        lines.retain(|line| !line.spans.is_empty());
    }
    lines
}

/// What can be done about a mail that rests.
fn choices(model: &Model, row: &Delivery, who: &str) -> Line<'static> {
    let key = |name: &str| {
        let key = model.keymap.key(name).unwrap_or_default();
        Span::styled(key, model.theme.style(Role::Key))
    };
    let words = |words: String| Span::styled(words, model.theme.style(Role::Text));
    let mut spans = vec![key("ledger.resend"), words(" Send it again".into())];
    if row.lost_answers > 0 {
        spans.push(words(format!(" ({who} may get it twice)")));
    }
    if row.status == Status::Unknown {
        spans.push(words("   ".into()));
        spans.push(key("ledger.drop"));
        spans.push(words(" Lay it to rest".into()));
    }
    Line::from(spans)
}

/// A dim label with its words hanging behind it.
fn hung(
    lines: &mut Vec<Line<'static>>,
    label: &str,
    words: &str,
    style: Style,
    width: usize,
    theme: &Theme,
) {
    let left = text::width(label);
    for (i, line) in text::wrap(words, width.saturating_sub(left).max(8)).into_iter().enumerate() {
        let label = if i == 0 { label.to_owned() } else { " ".repeat(left) };
        lines.push(Line::from(vec![
            Span::styled(label, theme.style(Role::Dim)),
            Span::styled(line, style),
        ]));
    }
}

/// `EMAIL FALLBACK  ██████░░░░  1:48 of 3:00  goes 14:06:41`
fn countdown(theme: &Theme, wait: Wait, now: Time, width: usize) -> Line<'static> {
    let label = match wait.kind {
        WaitKind::Fallback => "EMAIL FALLBACK  ",
        WaitKind::Grace => "EMAIL GRACE  ",
        WaitKind::Retry => "EMAIL AGAIN  ",
    };
    let at = text::clock_seconds(wait.due);
    let (whole, passed) = (wait.due - wait.from, (now - wait.from).min(wait.due - wait.from));
    let goes = if wait.due <= now { "  goes now".to_owned() } else { format!("  goes {at}") };
    let mut spans = vec![Span::styled(label, theme.style(Role::Strong))];
    if wait.kind == WaitKind::Retry {
        let left = text::countdown(wait.due - now);
        spans.push(Span::styled(format!("in {left}, at {at}"), theme.style(Role::Warn)));
        return Line::from(spans);
    }
    // Seconds that have passed are whole ones, so that both sides of "of" add up.
    let numbers = format!(
        "  {} of {}",
        text::countdown(chrono::Duration::seconds(passed.num_seconds())),
        text::countdown(whole)
    );
    let room = width.saturating_sub(text::width(label) + numbers.len() + goes.len());
    let cells = room.min(BAR);
    let (whole, passed) = (whole.num_milliseconds().max(1), passed.num_milliseconds().max(0));
    let filled = usize::try_from(passed).unwrap_or(0) * cells / usize::try_from(whole).unwrap_or(1);
    let bar = format!("{}{}", "█".repeat(filled), "░".repeat(cells - filled.min(cells)));
    spans.push(Span::styled(bar, theme.style(Role::Warn)));
    spans.push(Span::styled(numbers, theme.style(Role::Text)));
    spans.push(Span::styled(goes, theme.style(Role::Warn)));
    Line::from(spans)
}

/// `14:03:41` today, with its date on another day.
fn moment_seconds(now: Time, at: Time) -> String {
    match now.date_naive() == at.date_naive() {
        true => text::clock_seconds(at),
        false => format!("{} {}", text::date(now, at), text::clock_seconds(at)),
    }
}

#[cfg(test)]
mod tests;
