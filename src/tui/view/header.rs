//! The lines above the panes: whose desk it is, what mail waits, and the tabs with their
//! counters. Shows no word that a customer wrote.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::model::{Model, Tab};
use crate::tui::view::layout::{self, Areas};
use crate::tui::view::theme::Role;
use crate::tui::view::{delivery, paint, text};

pub fn draw(model: &Model, areas: &Areas, buf: &mut Buffer) {
    if let Some(area) = areas.title {
        title(model, area, buf);
    }
    tabs(model, areas, buf);
}

fn title(model: &Model, area: Rect, buf: &mut Buffer) {
    let theme = &model.theme;
    let left = Line::from(vec![
        paint::span(theme, Role::Focus, " deskbell"),
        Span::raw("   "),
        paint::span(theme, Role::Strong, &model.desk_name),
        // A wall clock elsewhere shows another hour than this screen does.
        paint::span(theme, Role::Dim, "   times in UTC"),
    ]);
    let mut right = Vec::new();
    if model.speed > 1.0 {
        right.push(paint::span(
            theme,
            Role::Warn,
            &format!("demo clock x{} · {}", model.speed, text::clock_seconds(model.now)),
        ));
        right.push(Span::raw("   "));
    }
    if let Some(words) = held(model, true) {
        right.push(paint::span(theme, Role::Warn, &words));
        right.push(Span::raw("   "));
    }
    right.extend(mail(model, true));
    right.push(Span::raw("   "));
    right.push(paint::span(theme, Role::Text, &model.me.name));
    right.push(Span::raw(" "));
    let line = paint::spread(left, Line::from(right), usize::from(area.width));
    paint::put(buf, area, area.y, &line);
}

/// "2 held mails · g q", when there are some.
#[must_use]
pub fn held(model: &Model, long: bool) -> Option<String> {
    let key = model.keymap.key("quarantine").unwrap_or_default();
    match (usize::try_from(model.outlook.held).unwrap_or(0), long) {
        (0, _) => None,
        (n, true) => Some(format!("{} · {key}", text::count(n, "held mail"))),
        (n, false) => Some(format!("{n} held {key}")),
    }
}

/// The mail that waits, or why it does not leave.
fn mail(model: &Model, long: bool) -> Vec<Span<'static>> {
    let theme = &model.theme;
    let mut spans = Vec::new();
    if let Some(trouble) = &model.outlook.trouble {
        let words = format!("× mail is not leaving: {}", text::truncate(what(trouble), 40));
        spans.push(paint::span(theme, Role::Danger, &words));
        spans.push(Span::raw("   "));
    }
    if let Some(trouble) = &model.outlook.incoming_trouble {
        let words = format!("× mail is not coming in: {}", text::truncate(what(trouble), 40));
        spans.push(paint::span(theme, Role::Danger, &words));
        spans.push(Span::raw("   "));
    }
    let waiting = model.outlook.waiting;
    if waiting == 0 {
        if long {
            spans.push(paint::span(theme, Role::Dim, "no mail waiting"));
        }
        return spans;
    }
    let next = model.outlook.next_due.map(|due| delivery::in_words(due, model.now));
    let words = match (next, long) {
        (Some(next), true) => {
            let mails = text::count(usize::try_from(waiting).unwrap_or(0), "email");
            format!("{mails} waiting, next {next}")
        }
        (Some(next), false) => format!("email {next}"),
        (None, _) => format!("{waiting} waiting"),
    };
    spans.push(paint::span(theme, Role::Warn, &words));
    spans
}

/// "password refused: 535 5.7.8 …": what it means comes first, and the ledger has the rest.
fn what(trouble: &str) -> &str {
    trouble.split(": ").next().unwrap_or(trouble)
}

/// The trouble in as much room as the tabs leave: a sign at least.
fn short_trouble(trouble: &str, room: usize) -> String {
    let whole = format!("× mail: {}", what(trouble));
    if text::width(&whole) <= room {
        whole
    } else if room < 8 {
        "×".to_owned()
    } else {
        text::truncate(&format!("× {}", what(trouble)), room)
    }
}

/// The label of a tab: "1 Customer 12 ●3". The counters are open tickets and those that wait for
/// an answer.
fn label(model: &Model, at: usize, tab: Tab, short: bool) -> (String, String) {
    let (open, awaits) = match tab {
        Tab::Of(category) => {
            let counter = model.counters.of(category);
            (counter.open, counter.awaits_reply)
        }
        Tab::All => {
            let of = |f: fn(crate::domain::inbox::Counter) -> i64| {
                crate::domain::Category::ALL
                    .into_iter()
                    .map(|c| f(model.counters.of(c)))
                    .sum::<i64>()
            };
            (of(|c| c.open), of(|c| c.awaits_reply))
        }
    };
    let name = match (tab, short) {
        (Tab::Of(crate::domain::Category::BackOffice), true) => "Back-off",
        _ => tab.label(),
    };
    let badge = match awaits {
        0 => String::new(),
        n => format!(" ●{n}"),
    };
    (format!("{} {name} {open}", at + 1), badge)
}

/// Where each tab stands on the line.
fn places(model: &Model, area: Rect) -> Vec<(Tab, u16, u16)> {
    let short = area.width < 110;
    let gap = if short { 0 } else { 2 };
    let mut x = area.x;
    let mut out = Vec::new();
    for (at, tab) in Tab::EVERY.into_iter().enumerate() {
        let (words, badge) = label(model, at, tab, short);
        let columns = text::width(&words) + text::width(&badge) + 2;
        let columns = u16::try_from(columns).unwrap_or(0);
        out.push((tab, x, columns));
        x += columns + gap;
    }
    out
}

/// The tab at a column of the tab line.
#[must_use]
pub fn tab_at(model: &Model, area: Rect, x: u16) -> Option<Tab> {
    places(model, area)
        .into_iter()
        .find(|(_, from, columns)| (*from..from + columns).contains(&x))
        .map(|(tab, ..)| tab)
}

/// What a screen without a title bar has room to say, the most important first.
fn facts(model: &Model, room: usize) -> Vec<Span<'static>> {
    let theme = &model.theme;
    let mut pieces = Vec::new();
    let narrow = layout::shape(model.size) == layout::Shape::One;
    if let Some(words) = held(model, false).filter(|_| !narrow) {
        pieces.push(vec![paint::span(theme, Role::Warn, &words)]);
    }
    let waiting = mail(model, false);
    if !waiting.is_empty() {
        pieces.push(waiting);
    }
    if model.speed > 1.0 {
        pieces.push(vec![paint::span(theme, Role::Warn, &format!("x{}", model.speed))]);
    }
    pieces.push(vec![paint::span(theme, Role::Text, model.me.first_name())]);
    let mut line: Vec<Span<'static>> = Vec::new();
    let mut used = 0;
    for piece in pieces {
        let gap = usize::from(!line.is_empty());
        let columns = piece.iter().map(Span::width).sum::<usize>() + gap;
        if used + columns <= room {
            used += columns;
            line.extend((gap > 0).then(|| Span::raw(" ")));
            line.extend(piece);
        }
    }
    line
}

fn tabs(model: &Model, areas: &Areas, buf: &mut Buffer) {
    let theme = &model.theme;
    let area = areas.tabs;
    let short = area.width < 110;
    let mut end = area.x;
    for (at, (tab, x, columns)) in places(model, area).into_iter().enumerate() {
        let (words, badge) = label(model, at, tab, short);
        let chosen = tab == model.tab;
        let (open, close) = if chosen { ("▐", "▌") } else { (" ", " ") };
        let role = if chosen { Role::Focus } else { Role::Text };
        let line = Line::from(vec![
            paint::span(theme, Role::Focus, open),
            paint::span(theme, role, &words),
            paint::span(theme, Role::Badge, &badge),
            paint::span(theme, Role::Focus, close),
        ]);
        let place = Rect::new(x, area.y, columns.min(area.right().saturating_sub(x)), 1);
        paint::put(buf, place, area.y, &line);
        end = x + columns;
    }
    let room = usize::from(area.right().saturating_sub(end + 1));
    let mut right = Vec::new();
    let trouble = model.outlook.trouble.as_ref().or(model.outlook.incoming_trouble.as_ref());
    if let (None, Some(trouble)) = (areas.title, trouble) {
        let words = short_trouble(trouble, room.saturating_sub(1));
        right.push(paint::span(theme, Role::Danger, &words));
    } else if areas.title.is_none() {
        right = facts(model, room.saturating_sub(1));
    } else if !model.list.filter.text().is_empty() {
        let typed = format!("/ {}", model.list.filter.text());
        right.push(paint::span(theme, Role::Accent, &typed));
    }
    right.push(Span::raw(" "));
    let right = Line::from(right);
    let columns = u16::try_from(paint::width(&right)).unwrap_or(0);
    if usize::from(columns) <= room {
        let place = Rect::new(area.right() - columns, area.y, columns, 1);
        paint::put(buf, place, area.y, &right);
    }
}
