//! The form of a new ticket, with what the customer would be told at its foot.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::desk::DraftKey;
use crate::desk::files::large_for_mail;
use crate::domain::{Category, EmailAddress};
use crate::tui::consequence;
use crate::tui::model::Model;
use crate::tui::update::new_ticket::{Field, NewTicketForm, would};
use crate::tui::view::theme::Role;
use crate::tui::view::{composer, frame, layout, paint, text};

/// Columns of the labels.
const LABEL: u16 = 11;

pub(super) fn draw(
    model: &Model,
    form: &NewTicketForm,
    screen: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let theme = &model.theme;
    let foot = layout::areas(model).strip.y;
    let area = super::boxed(model, screen, 80, foot.saturating_sub(1).min(26), buf);
    let right = match (form.sending, form.save_at) {
        (true, _) => "sending",
        (false, Some(_)) => "draft…",
        (false, None) => "",
    };
    let inner = frame::draw(area, buf, theme, frame::Kind::Focus, "New ticket", right);
    let body = Rect::new(inner.x + 1, inner.y, inner.width.saturating_sub(2), inner.height);
    let foot = consequence_lines(model, form, usize::from(body.width));
    let foot_height = u16::try_from(foot.len()).unwrap_or(0).min(body.height / 2);
    let rule = body.bottom().saturating_sub(foot_height + 1);
    frame::rule(area, rule, buf, theme, frame::Kind::Focus, "");
    let foot_area = Rect::new(body.x, rule + 1, body.width, foot_height);
    paint::put_all(buf, foot_area, &foot);
    let mut caret = None;
    let mut y = body.y;
    for field in form.fields() {
        if y >= rule {
            break;
        }
        let active = *field == form.field;
        let line = Rect::new(body.x, y, body.width, 1);
        let at = draw_field(model, form, *field, active, line, rule, buf);
        if active {
            caret = at;
        }
        y += 1;
        if *field == Field::Email && active {
            y = suggestions(model, form, line, rule, buf);
        }
    }
    caret
}

fn draw_field(
    model: &Model,
    form: &NewTicketForm,
    field: Field,
    active: bool,
    line: Rect,
    rule: u16,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let theme = &model.theme;
    let label = |words: &str| text::pad(words, usize::from(LABEL));
    let head = if active { Role::Strong } else { Role::Dim };
    let choice = |words: &str, hint: &str| {
        Line::from(vec![
            Span::raw(""),
            paint::span(theme, Role::Text, words),
            paint::span(theme, Role::Dim, if active { hint } else { "" }),
        ])
    };
    let put_choice = |buf: &mut Buffer, name: &str, line_: Line<'static>| {
        let mut whole = Line::styled(label(name), theme.style(head));
        whole.spans.extend(line_.spans);
        paint::put(buf, line, line.y, &paint::cut(whole, line.width.into()));
        Some((line.x + LABEL, line.y))
    };
    match field {
        Field::Category => {
            let words = match form.category {
                Category::Customer => "1 Customer, always shared with its customer",
                Category::BackOffice => "2 Back-office, internal unless shared",
                Category::Tracker => "3 Tracker, never shared",
            };
            let key = model.keymap.key("new.category").unwrap_or_default();
            let how =
                if active { "   1 2 3 or ← →".into() } else { format!("   {key} changes it") };
            let room = usize::from(line.width.saturating_sub(LABEL));
            // The foot of the screen says the key, too: where there is no room, none of it is cut.
            let how = if text::width(words) + text::width(&how) > room { "" } else { &how };
            let words =
                vec![paint::span(theme, Role::Text, words), paint::span(theme, Role::Dim, how)];
            put_choice(buf, "Category", Line::from(words))
        }
        Field::Shared => {
            let words = if form.shared { "[x] from the start" } else { "[ ] internal" };
            put_choice(buf, "Shared", choice(words, "   Space turns it"))
        }
        Field::Email => {
            Some(paint::field(buf, line, line.y, theme, &label("Contact"), &form.email, active))
        }
        Field::Name => {
            Some(paint::field(buf, line, line.y, theme, &label("Name"), &form.name, active))
        }
        Field::Title => {
            Some(paint::field(buf, line, line.y, theme, &label("Title"), &form.title, active))
        }
        Field::Body => {
            let head = Line::styled(label("Text"), theme.style(head));
            paint::put(buf, line, line.y, &head);
            let place = Rect::new(
                line.x + LABEL,
                line.y,
                line.width.saturating_sub(LABEL),
                rule.saturating_sub(line.y),
            );
            (place.height > 0).then(|| composer::editor(&form.body, place, buf))
        }
    }
}

/// Contacts that fit, under the address; gives the next free row.
fn suggestions(
    model: &Model,
    form: &NewTicketForm,
    line: Rect,
    rule: u16,
    buf: &mut Buffer,
) -> u16 {
    let theme = &model.theme;
    let mut y = line.y + 1;
    for (at, contact) in form.suggestions.iter().enumerate().take(4) {
        if y + 4 >= rule {
            break;
        }
        let marked = form.suggestion == Some(at);
        let email = contact.email.as_ref().map_or("", EmailAddress::as_str);
        let words = Line::from(vec![
            paint::span(theme, Role::Focus, if marked { "▶ " } else { "  " }),
            paint::span(theme, Role::Text, email),
            paint::span(theme, Role::Dim, &format!("  {}", contact.name)),
        ]);
        let place = Rect::new(line.x + LABEL, y, line.width.saturating_sub(LABEL), 1);
        paint::put(buf, place, y, &words);
        if marked {
            paint::tint(buf, place, theme.style(Role::Selection));
        }
        y += 1;
    }
    y
}

fn consequence_lines(model: &Model, form: &NewTicketForm, columns: usize) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let decided = form.ticket().and_then(|new| {
        // The consequence does not hang on the title: show it before there is one.
        let mut new = new;
        if new.title.trim().is_empty() {
            new.title = "…".into();
        }
        Ok((would(model, &new)?, new.contact))
    });
    let told = decided.map(|(decision, contact)| {
        consequence::of(&decision, contact.as_ref(), model.mail_leaves(), model.now)
    });
    let mut lines = match &told {
        Ok(told) => super::consequence_lines(theme, told, columns),
        Err(refusal) => text::wrap(&refusal.to_string(), columns)
            .into_iter()
            .map(|l| Line::styled(l, theme.style(Role::Warn)))
            .collect(),
    };
    lines.retain(|l| paint::width(l) > 0);
    if told.is_ok() && form.title.text().trim().is_empty() {
        lines.insert(0, Line::styled("The ticket needs a title.", theme.style(Role::Warn)));
    }
    let files = model.files_of(DraftKey::NewTicket);
    if files.is_empty() {
        return lines;
    }
    let label = |at: usize| if at == 0 { "Files  " } else { "       " };
    let room = columns.saturating_sub(7);
    let words = text::wrap(&composer::listed(files, room, 2), room);
    let mut all: Vec<Line<'static>> = (0..)
        .zip(words)
        .map(|(at, words)| {
            let label = paint::span(theme, Role::Dim, label(at));
            Line::from(vec![label, paint::span(theme, Role::Accent, &words)])
        })
        .collect();
    let mailed = told.is_ok_and(|told| told.lines.iter().any(|t| t.yes && t.channel == "Email"));
    let large = large_for_mail(files.iter().map(|f| f.size).sum()).filter(|_| mailed);
    let large = large.map_or(Vec::new(), |words| text::wrap(&words, columns));
    all.extend(large.into_iter().map(|l| Line::styled(l, theme.style(Role::Warn))));
    all.extend(lines);
    all
}
