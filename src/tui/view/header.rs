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
    let name = text::truncate(&model.desk_name, 30);
    let mut left = vec![
        paint::span(theme, Role::Focus, " deskbell"),
        Span::raw("   "),
        paint::span(theme, Role::Strong, &name),
    ];
    let room = usize::from(area.width).saturating_sub(left.iter().map(Span::width).sum());
    // Three blanks before it, and one behind.
    let right = fit(model, pieces(model, true), "   ", room.saturating_sub(4));
    // A wall clock elsewhere shows another hour than this screen does.
    let utc = paint::span(theme, Role::Dim, "   times in UTC");
    let taken: usize = right.iter().map(Span::width).sum();
    if taken + utc.width() + 4 <= room {
        left.push(utc);
    }
    let right = [right, vec![Span::raw(" ")]].concat();
    let line = paint::spread(Line::from(left), Line::from(right), usize::from(area.width));
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

/// Something the lines at the top may say.
struct Piece {
    /// The lowest is the last to be left out.
    rank: u8,
    role: Role,
    /// The longest first.
    words: Vec<String>,
}

/// What there is to say, from left to right: on the title bar, or beside the tabs without one.
fn pieces(model: &Model, long: bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut piece = |rank: u8, role: Role, words: Vec<String>| {
        pieces.push(Piece { rank, role, words });
    };
    if model.speed > 1.0 {
        let short = format!("x{}", model.speed);
        let whole = format!("demo clock {short} · {}", text::clock_seconds(model.now));
        piece(5, Role::Warn, if long { vec![whole, short] } else { vec![short] });
    }
    let trouble = |is: &str, in_short: &str, what: &str| {
        let words = [format!("× mail is not {is}"), format!("× mail {in_short}"), "×".to_owned()];
        let whole = format!("{}: {}", words[0], text::truncate(self::what(what), 40));
        [vec![whole], words.to_vec()].concat()
    };
    match (&model.outlook.trouble, &model.outlook.incoming_trouble) {
        (Some(_), Some(_)) if !long => {
            let words = ["× mail out × mail in", "× no mail", "×"];
            piece(0, Role::Danger, words.map(str::to_owned).to_vec());
        }
        (out, incoming) => {
            if let Some(what) = out {
                piece(0, Role::Danger, trouble("leaving", "out", what));
            }
            if let Some(what) = incoming {
                piece(1, Role::Danger, trouble("coming in", "in", what));
            }
        }
    }
    // The tabs of the narrowest screens leave no room for it: it stands in a line at the foot.
    let narrow = layout::shape(model.size) == layout::Shape::One;
    if let (Some(whole), Some(short)) = (held(model, true), held(model, false))
        && !narrow
    {
        piece(2, Role::Warn, if long { vec![whole, short] } else { vec![short] });
    }
    let count = usize::try_from(model.outlook.waiting).unwrap_or(0);
    let mails = format!("{} waiting", text::count(count, "email"));
    let due = model.outlook.next_due.filter(|_| model.mail_leaves());
    let next = due.map(|due| delivery::in_words(due, model.now));
    match (count, next) {
        (0, _) if long => piece(6, Role::Dim, vec!["no mail waiting".into()]),
        (0, _) => {}
        (_, Some(next)) if long => {
            piece(3, Role::Warn, vec![format!("{mails}, next {next}"), format!("email {next}")]);
        }
        (_, Some(next)) => piece(3, Role::Warn, vec![format!("email {next}")]),
        (_, None) => piece(3, Role::Warn, vec![mails, format!("{count} waiting")]),
    }
    let me = [&model.me.name, model.me.first_name()].map(|name| text::truncate(name, 24));
    piece(4, Role::Text, if long { me.to_vec() } else { vec![text::name(model.me.first_name())] });
    pieces
}

/// As many pieces as there is room for, the most important ones first, each of them whole and in as
/// many words as fit.
fn fit(model: &Model, pieces: Vec<Piece>, gap: &str, room: usize) -> Vec<Span<'static>> {
    let mut by_rank: Vec<usize> = (0..pieces.len()).collect();
    by_rank.sort_by_key(|at| pieces.get(*at).map(|p| p.rank));
    let columns = |words: Option<&String>| words.map_or(0, |w| text::width(w) + gap.len());
    // Which words of each are said, if any.
    let mut said: Vec<Option<usize>> = vec![None; pieces.len()];
    let mut left = room + gap.len();
    for at in &by_rank {
        let (Some(piece), Some(said)) = (pieces.get(*at), said.get_mut(*at)) else { continue };
        let fits = |w: &String| columns(Some(w)) <= left;
        // A sign alone is for where there is room for nothing else.
        let shortest = piece.words.iter().rposition(|w| w.len() > "×".len() && fits(w));
        *said = shortest.or_else(|| piece.words.iter().rposition(fits));
        left -= said.map_or(0, |at| columns(piece.words.get(at)));
    }
    for at in &by_rank {
        let (Some(piece), Some(said)) = (pieces.get(*at), said.get_mut(*at)) else { continue };
        let Some(now) = *said else { continue };
        let room = left + columns(piece.words.get(now));
        if let Some(longer) = piece.words.iter().position(|w| columns(Some(w)) <= room) {
            left = room - columns(piece.words.get(longer));
            *said = Some(longer);
        }
    }
    let mut line: Vec<Span<'static>> = Vec::new();
    for (piece, said) in pieces.iter().zip(said) {
        let Some(words) = said.and_then(|at| piece.words.get(at)) else { continue };
        line.extend((!line.is_empty()).then(|| Span::raw(gap.to_owned())));
        line.push(paint::span(&model.theme, piece.role, words));
    }
    line
}

/// "password refused: 535 5.7.8 …": what it means comes first, and the ledger has the rest.
fn what(trouble: &str) -> &str {
    trouble.split(": ").next().unwrap_or(trouble)
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
    if areas.title.is_none() {
        right = fit(model, pieces(model, false), " ", room.saturating_sub(1));
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
