//! The list of tickets. Draws the rows in sight only, whatever the desk holds.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::domain::inbox::InboxRow;
use crate::domain::{Category, TicketState};
use crate::tui::model::{Focus, Model, Tab};
use crate::tui::view::theme::Role;
use crate::tui::view::{frame, layout, paint, text};

/// Draws the list; gives where the cursor stands in it.
pub fn draw(model: &Model, area: Rect, buf: &mut Buffer) -> Option<(u16, u16)> {
    let theme = &model.theme;
    let focused = model.focus == Focus::List && model.composer.is_none();
    let kind = frame::Kind::pane(focused);
    let right = position(model);
    frame::draw(area, buf, theme, kind, model.tab.label(), &right);
    let inside = layout::list_inside(model, area);
    let caret = (inside.y > area.y + 1).then(|| {
        let line = Rect::new(inside.x, area.y + 1, inside.width, 1);
        let filtering = model.list.filtering;
        paint::field(buf, line, line.y, theme, "/ ", &model.list.filter, filtering)
    });
    let mut cursor = None;
    let tall = layout::row_height(model);
    let rows = model.list.rows.iter().skip(model.list.offset);
    let mut y = inside.y;
    for row in rows {
        if y >= inside.bottom() {
            break;
        }
        let lines = tall.min(2).min(inside.bottom() - y);
        let place = Rect::new(inside.x, y, inside.width, lines);
        let selected = model.list.selected == Some(row.id);
        draw_row(model, row, place, buf, selected, focused);
        if selected {
            cursor = Some((place.x, place.y));
        }
        y += tall;
    }
    if model.list.rows.is_empty() {
        nothing(model, inside, buf);
    }
    if model.list.filtering { caret } else { cursor }
}

/// "3 of 12", or how many there are.
fn position(model: &Model) -> String {
    let rows = model.list.rows.len();
    let total = match model.tab {
        Tab::Of(category) => model.counters.of(category).all,
        Tab::All => model.counters.total(),
    };
    let filtered = !model.list.filter.is_empty();
    let total = if filtered {
        let more = if model.list.complete { "" } else { "+" };
        format!("{rows}{more}")
    } else {
        total.to_string()
    };
    match model.list.position() {
        Some(at) => format!("{} of {total}", at + 1),
        None => total,
    }
}

fn nothing(model: &Model, area: Rect, buf: &mut Buffer) {
    if !model.ready {
        return;
    }
    let words = if model.list.filter.is_empty() {
        let new = model.keymap.key("ticket.new").unwrap_or_default();
        vec!["No tickets here.".to_owned(), format!("{new} submits a new one.")]
    } else {
        let what = model.filter().unknown().unwrap_or("No ticket fits the filter.".to_owned());
        vec![what, "Esc shows all again.".to_owned()]
    };
    let columns = usize::from(area.width).saturating_sub(2);
    let lines = words.iter().flat_map(|words| text::wrap(words, columns));
    for (y, words) in (area.y + 1..area.bottom()).zip(lines) {
        let line = Line::from(paint::span(&model.theme, Role::Dim, &format!(" {words}")));
        paint::put(buf, area, y, &line);
    }
}

fn draw_row(
    model: &Model,
    row: &InboxRow,
    area: Rect,
    buf: &mut Buffer,
    selected: bool,
    focused: bool,
) {
    let theme = &model.theme;
    let columns = usize::from(area.width);
    let unread = if row.awaits_reply { "●" } else { " " };
    let title = if row.awaits_reply || selected { Role::Strong } else { Role::Text };
    let mut left = vec![
        paint::span(theme, Role::Focus, if selected { "▶" } else { " " }),
        paint::span(theme, Role::Badge, unread),
        paint::span(theme, number_role(row.category), &row.id.to_string()),
        Span::raw(" "),
    ];
    if row.priority {
        left.push(paint::span(theme, Role::Danger, "! "));
    }
    left.push(paint::span(theme, title, &row.title));
    let when = Line::from(paint::span(theme, Role::Dim, &when(model, row)));
    let first = paint::spread(Line::from(left), when, columns);
    paint::put(buf, area, area.y, &first);
    if area.height > 1 {
        let second = paint::spread(facts(model, row, columns), promise(model, row), columns);
        paint::put(buf, area, area.y + 1, &second);
    }
    if selected && focused {
        paint::tint(buf, area, theme.style(Role::Selection));
    }
}

const fn number_role(category: Category) -> Role {
    match category {
        Category::Customer => Role::Customer,
        Category::BackOffice => Role::Internal,
        Category::Tracker => Role::Tracker,
    }
}

/// A time of day, or the date of another day: it does not grow stale while nothing happens.
fn when(model: &Model, row: &InboxRow) -> String {
    if row.updated_at.date_naive() == model.now.date_naive() {
        text::clock(row.updated_at)
    } else {
        text::date(model.now, row.updated_at)
    }
}

/// Whose it is, its state, who works on it.
fn facts(model: &Model, row: &InboxRow, columns: usize) -> Line<'static> {
    let theme = &model.theme;
    let state = match row.state {
        TicketState::WaitingOnCustomer => "Waiting",
        other => other.label(),
    };
    let mut words = Vec::new();
    match (row.category, &row.contact) {
        (Category::Tracker, _) => {
            words.push(text::count(usize::try_from(row.reports).unwrap_or(0), "report"));
        }
        // A narrow list has room for one name.
        (_, Some(name)) if columns < 50 => {
            words.push(crate::domain::text::first_name(name).to_owned());
        }
        (_, Some(name)) => words.push(name.clone()),
        (_, None) => {}
    }
    words.push(state.to_owned());
    if !row.open && row.state != TicketState::Resolved {
        words.push("closed".into());
    }
    if let Some(assignee) = &row.assignee {
        words.push(crate::domain::text::first_name(assignee).to_owned());
    }
    Line::from(paint::span(theme, Role::Dim, &format!("   {}", words.join(" · "))))
}

/// What is still to reach the customer, or that nothing ever will.
fn promise(model: &Model, row: &InboxRow) -> Line<'static> {
    let theme = &model.theme;
    let span = match (row.mail_due_at, row.category) {
        (Some(_), _) if !model.mail_leaves() => paint::span(theme, Role::Warn, "email waits"),
        (Some(due), _) => {
            let left =
                if due <= model.now { "due".to_owned() } else { text::countdown(due - model.now) };
            paint::span(theme, Role::Warn, &format!("email {left}"))
        }
        (None, Category::BackOffice) if row.shared => paint::span(theme, Role::Customer, "SHARED"),
        (None, Category::BackOffice) => paint::span(theme, Role::Internal, "INTERNAL"),
        (None, Category::Tracker) => paint::span(theme, Role::Tracker, "NEVER SHARED"),
        (None, Category::Customer) => Span::raw(""),
    };
    Line::from(span)
}
