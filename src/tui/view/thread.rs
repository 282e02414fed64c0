//! The thread: who may see it in words, the history with what each part told the customer, and
//! the linked tickets.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use crate::desk::view::TicketView;
use crate::domain::attachment::size_in_words;
use crate::domain::{Attachment, Author, Category, Event, Part, TicketState};
use crate::tui::model::{Focus, Model};
use crate::tui::view::theme::{Role, Theme};
use crate::tui::view::{delivery, frame, layout, mail_facts, paint, text};

/// Draws the pane; gives where the cursor stands in it.
pub fn draw(model: &Model, area: Rect, buf: &mut Buffer) -> Option<(u16, u16)> {
    let theme = &model.theme;
    let focused = model.focus == Focus::Thread && model.composer.is_none();
    let kind = frame::Kind::pane(focused);
    let Some(view) = model.ticket() else {
        frame::draw(area, buf, theme, kind, "", "");
        return None;
    };
    let title = format!("{} {}", view.ticket.id, view.ticket.title);
    let inner = frame::draw(area, buf, theme, kind, &title, short_banner(view));
    let columns = usize::from(inner.width);
    let head = [banner(theme, view, columns), who(model, view, columns)];
    paint::put_all(buf, inner, head.iter().map(|l| l as &Line<'_>));
    frame::rule(area, inner.y + 2, buf, theme, kind, "");
    let parts = layout::thread_parts(model, area);
    let height = usize::from(parts.history.height);
    // One line more than is drawn tells whether the story goes on above.
    let lines = tail(model, view, columns, height + model.thread.scroll.saturating_add(1));
    let most = lines.len().saturating_sub(height);
    let from = most - model.thread.scroll.min(most);
    paint::put_all(buf, parts.history, lines.iter().skip(from));
    let mut cursor = Some((parts.history.x, parts.history.y));
    if let Some(links) = parts.links {
        let words = links_title(view);
        frame::rule(area, links.y, buf, theme, kind, &words);
        cursor = draw_links(model, view, links, buf, focused).or(cursor);
    }
    if from > 0 && height > 0 {
        more(buf, theme, area, inner.y + 2, " ↑ older ");
    }
    if model.thread.scroll.min(most) > 0 && height > 0 {
        more(buf, theme, area, parts.history.bottom(), " ↓ newer ");
    }
    cursor
}

/// A word in the line above or below the history, where it goes on out of sight.
fn more(buf: &mut Buffer, theme: &Theme, area: Rect, y: u16, sign: &str) {
    let columns = u16::try_from(text::width(sign)).unwrap_or(0);
    let x = area.right().saturating_sub(columns + 2);
    if y < area.bottom() {
        buf.set_string(x, y, sign, theme.style(Role::Accent));
    }
}

/// How far up the history can be scrolled, when `wanted` lines are asked for.
#[must_use]
pub fn scroll_at_most(model: &Model, wanted: usize) -> usize {
    let areas = layout::areas(model);
    let Some(view) = model.ticket().filter(|_| areas.has_thread) else {
        return 0;
    };
    let parts = layout::thread_parts(model, areas.thread);
    let height = usize::from(parts.history.height);
    let columns = usize::from(areas.thread.width.saturating_sub(2));
    let lines = tail(model, view, columns, height.saturating_add(wanted)).len();
    lines.saturating_sub(height).min(wanted)
}

/// For the frame, where a scrolled thread still shows it.
fn short_banner(view: &TicketView) -> &'static str {
    match (view.ticket.category, view.ticket.as_shared().is_some()) {
        (Category::Tracker, _) => "NEVER SHARED",
        (_, true) => "SHARED",
        (_, false) => "INTERNAL",
    }
}

/// Who may see this ticket, in words.
fn banner(theme: &Theme, view: &TicketView, columns: usize) -> Line<'static> {
    let name = view.contact.as_ref().map(|c| text::name(c.first_name()).to_uppercase());
    let shared = view.ticket.as_shared().is_some();
    let (role, words) = match (view.ticket.category, shared, name) {
        (Category::Tracker, ..) => {
            (Role::Tracker, "TRACKER · NEVER SHARED WITH ANY CUSTOMER".to_owned())
        }
        (Category::Customer, _, name) => {
            (Role::Customer, format!("CUSTOMER TICKET · SHARED WITH {}", name.unwrap_or_default()))
        }
        (Category::BackOffice, true, name) => {
            (Role::Customer, format!("BACK-OFFICE · SHARED WITH {}", name.unwrap_or_default()))
        }
        (Category::BackOffice, false, Some(name)) => {
            let rest = "BACK-OFFICE · INTERNAL,  CANNOT SEE IT";
            let name = text::name_beside(&name, rest, columns);
            (Role::Internal, format!("BACK-OFFICE · INTERNAL, {name} CANNOT SEE IT"))
        }
        (Category::BackOffice, false, None) => {
            (Role::Internal, "BACK-OFFICE · INTERNAL, IT HAS NO CUSTOMER".to_owned())
        }
    };
    let mut span = paint::span(theme, role, &words);
    span.style = span.style.add_modifier(Modifier::BOLD);
    Line::from(span)
}

/// Contact, state, assignee; tags, priority and snooze where there are some. Where there is no room
/// the address goes first, then the name's end.
fn who(model: &Model, view: &TicketView, columns: usize) -> Line<'static> {
    let theme = &model.theme;
    let ticket = &view.ticket;
    // What follows the contact.
    let mut left = Vec::new();
    if view.contact.is_some() && view.mail_stop.is_some() {
        left.push(paint::span(theme, Role::Danger, " mail stopped"));
    }
    if let Some(origin) = view
        .links
        .iter()
        .find(|l| ticket.category == Category::BackOffice && l.category == Category::Customer)
    {
        left.push(paint::span(theme, Role::Dim, &format!(" from {}", origin.id)));
    }
    for tag in &ticket.tags {
        left.push(paint::span(theme, Role::Accent, &format!(" #{tag}")));
    }
    let mut right = Vec::new();
    right.push(paint::span(theme, Role::Strong, ticket.state.label()));
    if !ticket.open && ticket.state != TicketState::Resolved {
        right.push(paint::span(theme, Role::Strong, ", closed"));
    }
    if ticket.snoozed_until.is_some_and(|until| until > model.now) {
        right.push(paint::span(theme, Role::Warn, ", snoozed"));
    }
    let assignee = match &view.assignee {
        Some(t) if t.id == model.me.id => "  @you".to_owned(),
        Some(t) => format!("  @{}", text::name(t.first_name())),
        None => "  @nobody".to_owned(),
    };
    right.push(paint::span(theme, Role::Dim, &assignee));
    let mut whole = Vec::new();
    if ticket.priority {
        whole.push(paint::span(theme, Role::Danger, "! "));
    }
    if let Some(contact) = &view.contact {
        let taken: usize = [&whole, &left, &right].into_iter().flatten().map(Span::width).sum();
        let room = columns.saturating_sub(taken + 1);
        let name = text::line(contact.display_name());
        let address = match &contact.email {
            Some(email) if !contact.name.is_empty() => format!(" <{email}>"),
            Some(_) => String::new(),
            None => " (no address)".to_owned(),
        };
        let fits = text::width(&name) + text::width(&address) <= room;
        whole.push(paint::span(theme, Role::Text, &text::truncate(&name, room.max(12))));
        if fits {
            whole.push(paint::span(theme, Role::Dim, &address));
        }
    }
    whole.extend(left);
    paint::spread(Line::from(whole), Line::from(right), columns)
}

/// The end of the history as lines of `columns`: at least `wanted` of them, or all there are.
/// What lies further up is neither wrapped nor measured, however long the story is.
fn tail(model: &Model, view: &TicketView, columns: usize, wanted: usize) -> Vec<Line<'static>> {
    let mut pieces: Vec<Vec<Line<'static>>> = Vec::new();
    let mut count = 0;
    for (at, part) in view.parts.iter().enumerate().rev() {
        if count >= wanted {
            break;
        }
        // Air around what people said; events follow one another closely.
        let before = at.checked_sub(1).and_then(|at| view.parts.get(at));
        let mut lines = Vec::new();
        if before.is_some_and(|before| spoken(before) || part.body.is_some()) {
            lines.push(Line::default());
        }
        part_lines(model, view, part, columns, &mut lines);
        count += lines.len();
        pieces.push(lines);
    }
    pieces.into_iter().rev().flatten().collect()
}

fn spoken(part: &Part) -> bool {
    matches!(part.event, Event::Reply | Event::CustomerReply | Event::Note)
}

/// How a part with a text is drawn.
struct Look {
    bar: &'static str,
    bar_role: Role,
    heading: String,
    heading_role: Role,
}

fn look(view: &TicketView, part: &Part) -> Look {
    let customer = view.contact.as_ref().map_or("customer".into(), |c| text::name(c.first_name()));
    let author = part.author.name();
    match &part.event {
        Event::Note => Look {
            bar: "░",
            bar_role: Role::Internal,
            heading: format!("░ NOTE {author}, team only"),
            heading_role: Role::Internal,
        },
        Event::Reply => Look {
            bar: "▌",
            bar_role: Role::Team,
            heading: format!("{author} → {customer}"),
            heading_role: Role::Team,
        },
        _ => match (&part.author, part.visible) {
            (Author::Customer { .. }, _) => Look {
                bar: "│",
                bar_role: Role::Customer,
                heading: author.to_owned(),
                heading_role: Role::Customer,
            },
            (_, true) => Look {
                bar: "▌",
                bar_role: Role::Team,
                heading: format!("{author} for {customer}"),
                heading_role: Role::Team,
            },
            (_, false) => Look {
                bar: "░",
                bar_role: Role::Internal,
                heading: format!("░ {author}, team only"),
                heading_role: Role::Internal,
            },
        },
    }
}

fn part_lines(
    model: &Model,
    view: &TicketView,
    part: &Part,
    columns: usize,
    out: &mut Vec<Line<'static>>,
) {
    let theme = &model.theme;
    let at = text::moment(model.now, part.at);
    let told = delivery::words(view, part, model.mail_leaves(), model.now);
    let gone = part.withdrawn_at.is_some();
    let struck = |line: Line<'static>| {
        if gone {
            line.patch_style(theme.style(Role::Dim).add_modifier(Modifier::CROSSED_OUT))
        } else {
            line
        }
    };
    if let Some(body) = &part.body {
        let look = look(view, part);
        let bar = |words: &str, role: Role| {
            Line::from(vec![
                paint::span(theme, look.bar_role, &format!("{} ", look.bar)),
                Span::styled(words.to_owned(), theme.style(role)),
            ])
        };
        let mut heading = paint::span(theme, look.heading_role, &look.heading);
        heading.style = heading.style.add_modifier(Modifier::BOLD);
        let time = Line::from(paint::span(theme, Role::Dim, &at));
        out.push(paint::spread(Line::from(heading), time, columns));
        for line in text::wrap(body, columns.saturating_sub(2)) {
            out.push(struck(bar(&line, Role::Text)));
        }
        for line in file_lines(model, view, part, columns.saturating_sub(2)) {
            out.push(struck(bar(&line, Role::Accent)));
        }
        for (words, role) in mail_facts::of_part(model, view, part) {
            for line in text::wrap(&words, columns.saturating_sub(2)) {
                out.push(bar(&line, role));
            }
        }
        if let Some(taken) = part.withdrawn_at {
            let words = format!("taken back {}, before it was seen", text::clock_seconds(taken));
            out.push(bar(&words, Role::Warn));
        } else if let (Some(told), Event::Reply) = (&told, &part.event) {
            for line in text::wrap(told, columns.saturating_sub(2)) {
                out.push(bar(&line, Role::Dim));
            }
        }
    }
    if !matches!(part.event, Event::Reply | Event::CustomerReply | Event::Note) {
        let mut words = format!("·· {}", part.event.label());
        if let Author::Teammate { id, .. } = &part.author {
            let by = if *id == model.me.id { "you" } else { &text::name(part.author.first_name()) };
            words.push_str(&format!(" by {by}"));
        }
        match (&told, part.withdrawn_at) {
            (_, Some(taken)) => {
                words.push_str(&format!(", taken back {}", text::clock_seconds(taken)));
            }
            (Some(told), None) => words.push_str(&format!(" · {told}")),
            (None, None) => {}
        }
        let mut lines =
            text::wrap(&words, columns.saturating_sub(text::width(&at) + 2)).into_iter();
        let style = theme.style(Role::Event);
        if let Some(first) = lines.next() {
            let time = Line::from(paint::span(theme, Role::Dim, &at));
            out.push(struck(paint::spread(Line::styled(first, style), time, columns)));
        }
        out.extend(lines.map(|l| struck(Line::styled(format!("   {l}"), style))));
        if part.body.is_none() {
            let style = theme.style(Role::Accent);
            let files = file_lines(model, view, part, columns.saturating_sub(3));
            out.extend(files.into_iter().map(|l| struck(Line::styled(format!("   {l}"), style))));
        }
    }
}

/// What came with a part: a line each, behind the newest that leaves room for it the key of the
/// list. Where there is no room the type goes first, then the name's end.
fn file_lines(model: &Model, view: &TicketView, part: &Part, columns: usize) -> Vec<String> {
    let key = model.keymap.key("ticket.files");
    let hint = key.map_or(String::new(), |key| format!(" · {key} lists files"));
    let about = |file: &Attachment, of_type: bool, hint: &str| {
        let inline = if file.inline { ", inline" } else { "" };
        let mime = if of_type { format!(", {}", file.mime) } else { String::new() };
        format!(" ({}{mime}{inline}){hint}", size_in_words(file.size))
    };
    let room = |about: &str| columns.saturating_sub(text::width(about) + 2);
    let fits = |file: &Attachment, about: &str| text::width(&text::line(&file.name)) <= room(about);
    let with_hint =
        |part: &Part| part.files.last().is_some_and(|f| fits(f, &about(f, false, &hint)));
    let hinted = view.parts.iter().rfind(|p| with_hint(p)).is_some_and(|p| p.id == part.id);
    let last = part.files.len().saturating_sub(1);
    let line = |(at, file): (usize, &Attachment)| {
        let hint = if hinted && at == last { hint.as_str() } else { "" };
        let whole = about(file, true, hint);
        let about = if fits(file, &whole) { whole } else { about(file, false, hint) };
        format!("+ {}{about}", text::truncate(&text::line(&file.name), room(&about)))
    };
    part.files.iter().enumerate().map(line).collect()
}

fn links_title(view: &TicketView) -> String {
    let n = view.links.len();
    match view.ticket.category {
        Category::Tracker => {
            let mut customers: Vec<&str> =
                view.links.iter().filter_map(|l| l.contact.as_deref()).collect();
            customers.sort_unstable();
            customers.dedup();
            format!("Linked reports ({n}), {}", text::count(customers.len(), "customer"))
        }
        Category::Customer | Category::BackOffice => {
            format!("Linked ({n}), the customer never learns of it")
        }
    }
}

fn draw_links(
    model: &Model,
    view: &TicketView,
    area: Rect,
    buf: &mut Buffer,
    focused: bool,
) -> Option<(u16, u16)> {
    let theme = &model.theme;
    let height = usize::from(area.height.saturating_sub(1));
    let marked = model.thread.link.min(view.links.len().saturating_sub(1));
    let from = (marked + 1).saturating_sub(height);
    let mut cursor = None;
    for (at, link) in view.links.iter().enumerate().skip(from).take(height) {
        let y = area.y + 1 + u16::try_from(at - from).unwrap_or(0);
        let here = at == marked && focused;
        let shared = match (link.category, link.shared) {
            (Category::Tracker, _) => "NEVER SHARED",
            (_, true) => "shared",
            (_, false) => "internal",
        };
        let state = if link.open || link.state == TicketState::Resolved {
            link.state.label().to_owned()
        } else {
            format!("{}, closed", link.state.label())
        };
        // Whose a report is matters at a tracker; elsewhere the title does, where there is room
        // for one of the two.
        let contact = match link.contact.as_deref() {
            _ if area.width < 56 && view.ticket.category != Category::Tracker => String::new(),
            contact => format!("{} ", text::pad(contact.unwrap_or(""), 14)),
        };
        let left = Line::from(vec![
            paint::span(theme, Role::Focus, if here { "▶" } else { " " }),
            paint::span(theme, Role::Text, &text::pad(&link.id.to_string(), 7)),
            paint::span(theme, Role::Text, &contact),
            paint::span(theme, Role::Dim, &link.title),
        ]);
        let right = Line::from(paint::span(theme, Role::Dim, &format!("{state} · {shared}")));
        paint::put(buf, area, y, &paint::spread(left, right, usize::from(area.width)));
        if here {
            let row = Rect::new(area.x, y, area.width, 1);
            paint::tint(buf, row, theme.style(Role::Selection));
            cursor = Some((area.x, y));
        }
    }
    cursor
}
