//! Where everything stands, from the size alone and what is open. Pure: `view` draws by it,
//! `update` finds clicks and clamps scrolling by it.

use ratatui::layout::{Position, Rect};

use crate::domain::Category;
use crate::tui::model::{Focus, Model};

/// The smallest screen on which anything is drawn.
pub const SMALLEST: (u16, u16) = (60, 18);

/// How many panes there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// 110 columns and more: list, thread and Messenger.
    Three,
    /// 80 to 109: list and thread; `m` puts the Messenger in the list's place.
    Two,
    /// 60 to 79: one pane, Tab goes through them.
    One,
}

#[must_use]
pub const fn too_small(size: (u16, u16)) -> bool {
    size.0 < SMALLEST.0 || size.1 < SMALLEST.1
}

#[must_use]
pub const fn shape(size: (u16, u16)) -> Shape {
    match size.0 {
        110.. => Shape::Three,
        80.. => Shape::Two,
        _ => Shape::One,
    }
}

/// The screen's parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Areas {
    /// None below 110 columns: the tab line carries what matters of it.
    pub title: Option<Rect>,
    pub tabs: Rect,
    pub list: Option<Rect>,
    /// With its frame; the composer takes its lower part.
    pub thread: Rect,
    pub has_thread: bool,
    pub composer: Option<Rect>,
    pub messenger: Option<Rect>,
    /// What the customer has now.
    pub strip: Rect,
    pub toast: Rect,
    pub footer: Rect,
}

/// Lines of the thread's heading: banner, who and state, rule.
pub const THREAD_HEAD: u16 = 3;

/// What stands inside the thread's frame, under its heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadParts {
    pub history: Rect,
    /// With the line above them. None without links, and while something is being written.
    pub links: Option<Rect>,
}

/// Divides the thread's pane.
#[must_use]
pub fn thread_parts(model: &Model, thread: Rect) -> ThreadParts {
    let inside = Rect::new(
        thread.x + 1,
        thread.y + 1 + THREAD_HEAD,
        thread.width.saturating_sub(2),
        thread.height.saturating_sub(2 + THREAD_HEAD),
    );
    let (links, tracker) = model
        .ticket()
        .map_or((0, false), |v| (v.links.len(), v.ticket.category == Category::Tracker));
    let most = if tracker { inside.height / 2 } else { 4.min(inside.height / 3) };
    let wanted = u16::try_from(links).unwrap_or(u16::MAX).saturating_add(1);
    let tall = wanted.min(most);
    if links == 0 || tall < 2 || model.composer.is_some() {
        return ThreadParts { history: inside, links: None };
    }
    let history = inside.height - tall;
    ThreadParts {
        history: Rect::new(inside.x, inside.y, inside.width, history),
        links: Some(Rect::new(inside.x, inside.y + history, inside.width, tall)),
    }
}

fn row(y: u16, width: u16) -> Rect {
    Rect::new(0, y, width, 1)
}

/// Lays the screen out.
#[must_use]
pub fn areas(model: &Model) -> Areas {
    let (width, height) = model.size;
    let shape = shape(model.size);
    let title = (shape == Shape::Three && height >= 24).then(|| row(0, width));
    let top = u16::from(title.is_some());
    let body_top = top + 1;
    // Strip, toast and footer; low screens let the toast share the strip's line.
    let low = height < 28;
    let feet = if low { 2 } else { 3 };
    let body_height = height.saturating_sub(body_top + feet);
    let body = Rect::new(0, body_top, width, body_height);
    let strip = row(body.bottom(), width);
    let toast = if low { strip } else { row(strip.y + 1, width) };
    let footer = row(height.saturating_sub(1), width);
    let (list, main, messenger) = panes(model, shape, body);
    let has_thread = main.width > 0;
    let composer = (model.composer.is_some() && has_thread).then(|| {
        let share = if main.height >= 26 { 17 } else { main.height * 3 / 5 };
        let tall = share.clamp(8, main.height.max(8)).min(main.height);
        Rect::new(main.x, main.bottom().saturating_sub(tall), main.width, tall)
    });
    let thread = match composer {
        Some(c) => Rect::new(main.x, main.y, main.width, main.height - c.height),
        None => main,
    };
    Areas {
        title,
        tabs: row(top, width),
        list,
        thread,
        has_thread,
        composer,
        messenger,
        strip,
        toast,
        footer,
    }
}

/// True while the thread shows a ticket that no customer can ever see.
#[must_use]
pub fn is_tracker(model: &Model) -> bool {
    model.ticket().is_some_and(|v| v.ticket.category == Category::Tracker)
}

/// List, thread, Messenger.
fn panes(model: &Model, shape: Shape, body: Rect) -> (Option<Rect>, Rect, Option<Rect>) {
    let cut = |x: u16, width: u16| Rect::new(x, body.y, width, body.height);
    let nothing = Rect::new(body.x, body.y, 0, 0);
    match shape {
        Shape::Three => {
            let (list, side) = match body.width {
                160.. => (42, 42),
                _ => (38, 33),
            };
            // A tracker has no customer, so there is no Messenger to show.
            if is_tracker(model) {
                let rest = body.width - list;
                return (Some(cut(0, list)), cut(list, rest), None);
            }
            let middle = body.width - list - side;
            (Some(cut(0, list)), cut(list, middle), Some(cut(list + middle, side)))
        }
        Shape::Two => {
            let side = 32;
            let rest = body.width - side;
            if model.messenger_for_list {
                (None, cut(side, rest), Some(cut(0, side)))
            } else {
                (Some(cut(0, side)), cut(side, rest), None)
            }
        }
        Shape::One if model.composer.is_some() => (None, body, None),
        Shape::One => match model.focus {
            Focus::List => (Some(body), nothing, None),
            Focus::Thread => (None, body, None),
            Focus::Messenger => (None, nothing, Some(body)),
        },
    }
}

/// Lines a row of the list takes: two with its second line, three with air between.
#[must_use]
pub fn row_height(model: &Model) -> u16 {
    match model.size.1 {
        34.. => 3,
        20.. => 2,
        _ => 1,
    }
}

/// The lines of the list where rows stand: inside the frame, under the filter line.
#[must_use]
pub fn list_inside(model: &Model, list: Rect) -> Rect {
    let filter = u16::from(model.list.filtering || !model.list.filter.text().is_empty());
    Rect::new(
        list.x + 1,
        list.y + 1 + filter,
        list.width.saturating_sub(2),
        list.height.saturating_sub(2 + filter),
    )
}

/// Rows of the list that fit on the screen.
#[must_use]
pub fn rows_that_fit(model: &Model) -> usize {
    let height = match areas(model).list {
        Some(list) => list_inside(model, list).height,
        None => model.size.1.saturating_sub(6),
    };
    // The last row needs no air below it.
    let air = u16::from(row_height(model) == 3);
    usize::from((height + air) / row_height(model)).max(1)
}

/// The row of the list at a place on the screen.
#[must_use]
pub fn row_at(model: &Model, at: Position) -> Option<usize> {
    let inside = list_inside(model, areas(model).list?);
    if !inside.contains(at) {
        return None;
    }
    let row = model.list.offset + usize::from((at.y - inside.y) / row_height(model));
    (row < model.list.rows.len()).then_some(row)
}
