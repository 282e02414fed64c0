//! The small boxes: assign, one-line questions, drafts, and the keys after a leader.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::desk::view::DraftKey;
use crate::tui::keys::Key;
use crate::tui::model::Model;
use crate::tui::update::assign::{AssignBox, Choice, choices};
use crate::tui::update::drafts::DraftsBox;
use crate::tui::update::prompt::{Kind, PromptBox};
use crate::tui::view::theme::Role;
use crate::tui::view::{frame, paint, text};

type Caret = Option<(u16, u16)>;

/// Draws a list of rows with one marked; gives where the mark is.
pub(super) fn rows(
    model: &Model,
    lines: Vec<Line<'static>>,
    marked: usize,
    area: Rect,
    buf: &mut Buffer,
) -> Caret {
    let theme = &model.theme;
    let height = usize::from(area.height);
    let from = (marked + 1).saturating_sub(height);
    let mut caret = None;
    for (at, mut line) in lines.into_iter().enumerate().skip(from).take(height) {
        let y = area.y + u16::try_from(at - from).unwrap_or(0);
        let here = at == marked;
        let mark = if here { "▶ " } else { "  " };
        line.spans.insert(0, paint::span(theme, Role::Focus, mark));
        paint::put(buf, area, y, &paint::cut(line, usize::from(area.width)));
        if here {
            let place = Rect::new(area.x, y, area.width, 1);
            paint::tint(buf, place, theme.style(Role::Selection));
            caret = Some((area.x, y));
        }
    }
    caret
}

pub(super) fn assign(model: &Model, b: &AssignBox, screen: Rect, buf: &mut Buffer) -> Caret {
    let theme = &model.theme;
    let view = model.ticket()?;
    let choices = choices(model, b.typed.text());
    let height = u16::try_from(choices.len()).unwrap_or(8).clamp(4, 10) + 5;
    let area = paint::centred(screen, 54, height, buf);
    let title = format!("Assign {}", view.ticket.id);
    let now = view.assignee.as_ref().map_or("nobody", |t| t.name.as_str());
    let right = format!("now: {}", text::truncate(now, 20));
    let inner = frame::draw(area, buf, theme, frame::Kind::Focus, &title, &right);
    let body = Rect::new(inner.x + 1, inner.y, inner.width.saturating_sub(2), inner.height);
    let caret = paint::field(buf, body, body.y, theme, "> ", &b.typed, true);
    let lines = choices
        .iter()
        .map(|choice| match choice {
            Choice::Teammate(t) if t.id == model.me.id => Line::from(vec![
                paint::span(theme, Role::Text, &t.name),
                paint::span(theme, Role::Dim, " (you)"),
            ]),
            Choice::Teammate(t) => Line::from(paint::span(theme, Role::Text, &t.name)),
            Choice::Nobody => Line::from(paint::span(theme, Role::Text, "nobody")),
            Choice::New(name) => Line::from(vec![
                paint::span(theme, Role::Text, name),
                paint::span(theme, Role::Dim, " (a new teammate)"),
            ]),
        })
        .collect();
    let list = Rect::new(body.x, body.y + 1, body.width, body.height.saturating_sub(3));
    rows(model, lines, b.row, list, buf);
    let foot = "The customer is told nothing of it.";
    let y = inner.bottom().saturating_sub(1);
    paint::put(buf, body, y, &Line::from(paint::span(theme, Role::Dim, foot)));
    Some(caret)
}

pub(super) fn prompt(model: &Model, b: &PromptBox, screen: Rect, buf: &mut Buffer) -> Caret {
    let theme = &model.theme;
    let id = model.ticket().map(|v| v.ticket.id.to_string()).unwrap_or_default();
    let shared = model.ticket().is_some_and(|v| v.ticket.as_shared().is_some());
    let (title, hint) = match b.kind {
        Kind::Rename if shared => (
            format!("Rename {id}"),
            "The customer reads the title; renaming tells nobody.".to_owned(),
        ),
        Kind::Rename => (format!("Rename {id}"), "Renaming tells nobody.".to_owned()),
        Kind::Tag => (
            format!("Tag {id}"),
            "One word; -word takes a tag away. The customer never sees tags.".to_owned(),
        ),
        Kind::Snooze => (
            format!("Snooze {id}"),
            "30m, 4h, 3d or 2w; empty wakes it. An answer of the customer wakes it too.".to_owned(),
        ),
        Kind::Link => (
            format!("Link {id} to"),
            "The number of a tracker, report, or customer ticket. Never shown outside.".to_owned(),
        ),
        Kind::Unlink => (format!("Unlink {id} from"), linked(model)),
        Kind::Contact => (
            format!("Whose is {id}?"),
            "ada@example.com Ada Park. Nobody is told; sharing is another step.".to_owned(),
        ),
        Kind::GoTo => ("Go to ticket".to_owned(), "Its number, then Enter.".to_owned()),
        Kind::Attach => (
            "Attach a file".to_owned(),
            "Its path, as in ~/report.pdf. It is kept with the draft at once.".to_owned(),
        ),
        Kind::Detach => ("Take a file away".to_owned(), attached(model)),
        Kind::Save { part, n } => (
            format!("Save {} to", saved_name(model, part, n)),
            "A folder, or a path with a name; empty for ~/Downloads, or here where there is none. \
             Never over another file."
                .to_owned(),
        ),
    };
    let area = paint::centred(screen, 64, 7, buf);
    let inner = frame::draw(area, buf, theme, frame::Kind::Focus, &title, "");
    let body = Rect::new(inner.x + 1, inner.y, inner.width.saturating_sub(2), inner.height);
    let caret = paint::field(buf, body, body.y + 1, theme, "> ", &b.edit, true);
    let hint = if b.waiting { "…".to_owned() } else { hint };
    let (words, role) = match &b.trouble {
        Some(trouble) => (trouble.clone(), Role::Danger),
        None => (hint, Role::Dim),
    };
    for (y, line) in (body.y + 3..body.bottom()).zip(text::wrap(&words, usize::from(body.width))) {
        paint::put(buf, body, y, &Line::styled(line, theme.style(role)));
    }
    Some(caret)
}

/// The composer's files with the numbers they are taken away by.
pub(super) fn attached(model: &Model) -> String {
    let key = crate::tui::update::composer::taking_files(model);
    let files = key.map(|key| model.files_of(key)).unwrap_or_default();
    let named: Vec<String> =
        (1..).zip(files).map(|(n, file)| format!("{n} {}", text::line(&file.name))).collect();
    named.join(", ")
}

fn saved_name(model: &Model, part: crate::domain::PartId, n: usize) -> String {
    let part = model.ticket().and_then(|v| v.parts.iter().find(|p| p.id == part));
    let name = part.and_then(|p| p.files.get(n)).map_or("", |f| f.name.as_str());
    text::truncate(&text::line(name), 40)
}

fn linked(model: &Model) -> String {
    let ids: Vec<String> = model
        .ticket()
        .map(|v| v.links.iter().take(8).map(|l| l.id.to_string()).collect())
        .unwrap_or_default();
    format!("One of {}.", ids.join(", "))
}

pub(super) fn drafts(model: &Model, b: DraftsBox, screen: Rect, buf: &mut Buffer) -> Caret {
    let theme = &model.theme;
    let height = u16::try_from(model.drafts.len()).unwrap_or(10).min(12) + 4;
    let area = paint::centred(screen, 66, height, buf);
    let right = text::count(model.drafts.len(), "draft");
    let inner = frame::draw(area, buf, theme, frame::Kind::Focus, "Drafts", &right);
    let body = Rect::new(
        inner.x + 1,
        inner.y + 1,
        inner.width.saturating_sub(2),
        inner.height.saturating_sub(2),
    );
    let lines = model
        .drafts
        .values()
        .map(|draft| {
            let (role, what) = match draft.key {
                DraftKey::Reply(id) => (Role::Team, format!("reply {id}")),
                DraftKey::Note(id) => (Role::Internal, format!("note {id}")),
                DraftKey::NewTicket => (Role::Accent, "new ticket".to_owned()),
            };
            let words = match draft.key {
                DraftKey::NewTicket => "the form as it was left",
                DraftKey::Reply(_) | DraftKey::Note(_) => draft.text.as_str(),
            };
            let files = match draft.files.len() {
                0 => String::new(),
                n => format!("{}  ", text::count(n, "file")),
            };
            Line::from(vec![
                Span::styled(text::pad(&what, 13), theme.style(role)),
                Span::styled(
                    format!("{}  ", text::moment(model.now, draft.saved_at)),
                    theme.style(Role::Dim),
                ),
                Span::styled(files, theme.style(Role::Accent)),
                paint::span(theme, Role::Text, words),
            ])
        })
        .collect();
    rows(model, lines, b.row, body, buf)
}

/// The keys that may follow a leader, at the lower right.
pub(super) fn leader(model: &Model, key: Key, screen: Rect, buf: &mut Buffer) {
    let theme = &model.theme;
    let found = model.keymap.after_leader(model.scope(), key);
    let height = (u16::try_from(found.len()).unwrap_or(8) + 2).min(screen.height.saturating_sub(2));
    let area = Rect::new(
        screen.right().saturating_sub(34),
        screen.bottom().saturating_sub(height + 2),
        32.min(screen.width),
        height,
    );
    ratatui::widgets::Widget::render(ratatui::widgets::Clear, area, buf);
    let inner = frame::draw(area, buf, theme, frame::Kind::Focus, &format!("{key} then"), "");
    for (y, (key, spec)) in (inner.y..inner.bottom()).zip(found) {
        let shown = if spec.name == "ticket.go" { "0-9".to_owned() } else { key.to_string() };
        let line = Line::from(vec![
            Span::raw(" "),
            Span::styled(text::pad(&shown, 5), theme.style(Role::Key)),
            paint::span(theme, Role::Text, spec.label),
        ]);
        paint::put(buf, inner, y, &line);
    }
}
