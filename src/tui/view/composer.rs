//! The composers, which cannot be mistaken for one another: a reply has a double frame, a note a
//! dashed one and hatching at both sides. The foot says what sending does, from the function that
//! decides it (L3).

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;
use tui_textarea::TextArea;

use crate::desk::files::large_for_mail;
use crate::domain::Attachment;
use crate::domain::attachment::size_in_words;
use crate::tui::consequence;
use crate::tui::model::Model;
use crate::tui::update::composer::{Composer, Kind};
use crate::tui::view::theme::Role;
use crate::tui::view::{frame, paint, text};

/// Draws the composer; gives where the caret stands.
pub fn draw(model: &Model, area: Rect, buf: &mut Buffer) -> Option<(u16, u16)> {
    let composer = model.composer.as_ref()?;
    let theme = &model.theme;
    let (kind, title) = title(model, composer, usize::from(area.width.saturating_sub(6)));
    let room = usize::from(area.width).saturating_sub(text::width(&title) + 8);
    let inner = frame::draw(area, buf, theme, kind, &title, &saved(composer, room));
    let room = (inner.width.saturating_sub(2), inner.height / 2);
    let foot = foot(model, composer, room.0.into(), room.1.into());
    let foot_height = u16::try_from(foot.len()).unwrap_or(0).min(room.1);
    let text_area = Rect::new(
        inner.x + 1,
        inner.y,
        inner.width.saturating_sub(2),
        inner.height.saturating_sub(foot_height + 1),
    );
    let foot_area = Rect::new(inner.x + 1, text_area.bottom() + 1, text_area.width, foot_height);
    frame::rule(area, text_area.bottom(), buf, theme, kind, "");
    paint::put_all(buf, foot_area, &foot);
    if composer.kind == Kind::Note {
        hatch(buf, inner, theme.style(Role::Note));
    }
    let caret = editor(&composer.area, text_area, buf);
    Some(caret)
}

/// Draws an editor and gives where its caret stands on the screen.
pub fn editor(area: &TextArea<'static>, place: Rect, buf: &mut Buffer) -> (u16, u16) {
    area.render(place, buf);
    let at = area.screen_cursor();
    let (top, left) = area.scroll_offset();
    let within = |at: usize, from: u16, most: u16| {
        u16::try_from(at).unwrap_or(u16::MAX).saturating_sub(from).min(most.saturating_sub(1))
    };
    (place.x + within(at.col, left, place.width), place.y + within(at.row, top, place.height))
}

fn title(model: &Model, composer: &Composer, columns: usize) -> (frame::Kind, String) {
    let nobody = model.ticket().is_some_and(|v| v.contact.is_none());
    let (kind, before, after) = match composer.kind {
        Kind::Reply => (frame::Kind::Reply, "REPLY ▸ ", " WILL SEE THIS"),
        Kind::Note => (frame::Kind::Note, "NOTE ░ TEAM ONLY, ", " NEVER SEES THIS"),
    };
    let name = match composer.kind {
        Kind::Note if nobody => "NO CUSTOMER".to_owned(),
        Kind::Note | Kind::Reply => model.customer().to_uppercase(),
    };
    let name = text::name_beside(&name, &format!("{before}{after}"), columns);
    (kind, format!("{before}{name}{after}"))
}

/// How the draft stands, in as many words as there is room beside who will read it.
fn saved(composer: &Composer, room: usize) -> String {
    let words = match (composer.sending, composer.autosave_at(), composer.saved_at) {
        (true, ..) => ["sending".to_owned(), "sending".to_owned(), "…".to_owned()],
        (false, Some(_), _) => {
            ["draft not saved yet".to_owned(), "draft…".to_owned(), "…".to_owned()]
        }
        (false, None, Some(at)) => {
            [format!("draft saved {}", text::clock_seconds(at)), "saved".to_owned(), "✓".to_owned()]
        }
        (false, None, None) => return String::new(),
    };
    words.into_iter().find(|w| text::width(w) <= room).unwrap_or_default()
}

/// To, Email, State; or that nothing changes. In few `rows`, what there is to beware of and the
/// email come first.
fn foot(model: &Model, composer: &Composer, columns: usize, rows: usize) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let line = |label: &str, words: &str, role: Role| {
        let label = paint::span(theme, Role::Dim, &text::pad(label, 9));
        let words = text::wrap(words, columns.saturating_sub(9));
        let mut lines = Vec::new();
        for (at, words) in words.into_iter().enumerate() {
            let words = paint::span(theme, role, &words);
            lines.push(if at == 0 {
                Line::from(vec![label.clone(), words])
            } else {
                Line::from(vec![ratatui::text::Span::raw(" ".repeat(9)), words])
            });
        }
        lines
    };
    let files = model.files_of(composer.key());
    let Some(decided) = model.would(&composer.action("…".into(), files.to_vec())) else {
        return Vec::new();
    };
    // Two lines of them, or what is left below what matters more.
    let attached = |taken: usize| match files {
        [] => Vec::new(),
        _ => {
            let rows = rows.saturating_sub(taken).clamp(1, 2);
            line("Files", &listed(files, columns.saturating_sub(9), rows), Role::Accent)
        }
    };
    let decision = match decided {
        Ok(decision) => decision,
        Err(refusal) => {
            let refused = line("Refused", &refusal.to_string(), Role::Danger);
            let attached = attached(refused.len());
            return [refused, attached].concat();
        }
    };
    let view = model.ticket();
    let contact = view.and_then(|v| v.contact.as_ref());
    if composer.kind == Kind::Note {
        let nothing = line("Customer", "nothing: no badge, no email", Role::Internal);
        let attached = attached(nothing.len());
        return [nothing, attached].concat();
    }
    let large = large_for_mail(files.iter().map(|f| f.size).sum());
    let large = large.map_or(Vec::new(), |words| text::wrap(&words, columns));
    let style = theme.style(Role::Warn);
    let large: Vec<_> = large.into_iter().map(|l| Line::styled(l, style)).collect();
    let told = consequence::of(&decision, contact, model.mail_leaves(), model.now);
    let mut email = Vec::new();
    for told in told.lines.iter().filter(|t| t.channel == "Email") {
        let role = if told.yes { Role::Text } else { Role::Warn };
        email = line("Email", &told.words, role);
        // The condition stays, whatever the length of the address.
        let to = contact.and_then(|c| c.email.as_ref()).filter(|_| email.len() > 2);
        if let Some(to) = to {
            let short = text::truncate(to.as_str(), columns.saturating_sub(9 + 12));
            email = line("Email", &told.words.replace(to.as_str(), &short), role);
        }
    }
    let name = contact.map_or("The customer", |c| c.display_name());
    let mut to = line("To", &format!("{name}, in the Messenger, at once"), Role::Text);
    let state = view.map_or("", |v| v.ticket.state.label());
    let mut state = line("State", &format!("stays {state}"), Role::Text);
    let attached = attached(large.len() + email.len());
    let needed = large.len() + email.len() + attached.len();
    if rows < 4 || needed + to.len() + state.len() > rows {
        state.clear();
    }
    if rows < 4 || needed + to.len() + state.len() > rows {
        to.clear();
    }
    [large, to, email, attached, state].concat()
}

/// "1 slip.pdf 3.0 KB · 2 note.txt 6 B": by these numbers they are taken away. In `rows` lines of
/// `columns` the last ones are only counted: "… and 3 more"; or all of them: "6 files, 9.0 MB".
pub fn listed(files: &[Attachment], columns: usize, rows: usize) -> String {
    let named = (1..).zip(files).map(|(n, file)| {
        format!("{n} {} {}", text::truncate(&text::line(&file.name), 40), size_in_words(file.size))
    });
    let named: Vec<String> = named.collect();
    let words = |shown: usize| {
        let mut words = named.get(..shown).unwrap_or_default().join(" · ");
        if shown < named.len() {
            words.push_str(&format!(" … and {} more", named.len() - shown));
        }
        words
    };
    let fits = |shown: &usize| text::wrap(&words(*shown), columns).len() <= rows;
    (1..=named.len()).rev().find(fits).map(words).unwrap_or_else(|| {
        let size = size_in_words(files.iter().map(|f| f.size).sum());
        format!("{}, {size}", text::count(files.len(), "file"))
    })
}

/// Hatching at both sides of a note.
fn hatch(buf: &mut Buffer, inner: Rect, style: ratatui::style::Style) {
    for y in inner.y..inner.bottom() {
        buf.set_string(inner.x, y, "░", style);
        buf.set_string(inner.right().saturating_sub(1), y, "░", style);
    }
}
