//! Help, made from the registry: keys, words, and why a command is off now. Nothing is written
//! down here that the registry does not say, but the signs.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::commands::Spec;
use crate::tui::model::Model;
use crate::tui::update::help::{HelpPane, rows, why_not};
use crate::tui::view::theme::Role;
use crate::tui::view::{frame, paint, text};

/// Columns of the keys and of the command's word.
const KEYS: usize = 16;
const LABEL: usize = 18;
/// Lines about the marked command, and one for the signs.
const ABOUT: u16 = 4;

/// What the signs of the screens mean.
const SIGNS: &str = "Times: UTC  ● unread  ▶ marked  ▌ customer  ░ team  ╎ unsent  ✓ done  × not";

/// Draws the box; gives where the caret stands in it.
pub fn draw(model: &Model, pane: &HelpPane, screen: Rect, buf: &mut Buffer) -> Option<(u16, u16)> {
    let theme = &model.theme;
    let area = paint::centred(screen, 104, screen.height.saturating_sub(2), buf);
    let found = rows(model, pane);
    let title = match pane.all {
        true => "Help: everywhere".to_owned(),
        false => format!("Help: {}", pane.scope.label()),
    };
    let toggle = model.keymap.key("help.all").unwrap_or_default();
    let right = format!("{toggle} {}", if pane.all { "only here" } else { "everywhere" });
    let inner = frame::draw(area, buf, theme, frame::Kind::Focus, &title, &right);
    let body = Rect::new(inner.x + 1, inner.y, inner.width.saturating_sub(2), inner.height);
    let caret = paint::field(buf, body, body.y, theme, "/ ", &pane.typed, true);
    let custom = "* is your own key";
    if body.width > 60 && found.iter().any(|s| model.keymap.is_custom(s.name)) {
        let words = text::spread("", custom, usize::from(body.width) / 2);
        let half = Rect { x: body.right() - body.width / 2, width: body.width / 2, ..body };
        paint::put(buf, half, body.y, &Line::styled(words, theme.style(Role::Dim)));
    }
    let foot = body.bottom().saturating_sub(ABOUT + 2);
    let list = Rect::new(body.x, body.y + 1, body.width, foot.saturating_sub(body.y + 1));
    list_lines(model, pane, &found, list, buf);
    frame::rule(area, foot, buf, theme, frame::Kind::Focus, "");
    let about = Rect::new(body.x, foot + 1, body.width, ABOUT);
    match found.get(pane.row) {
        Some(spec) => {
            paint::put_all(buf, about, &about_lines(model, pane, spec, body.width.into()))
        }
        None => {
            let words = "No command has these letters.";
            paint::put(buf, about, about.y, &Line::styled(words, theme.style(Role::Dim)));
        }
    }
    let signs = text::truncate(SIGNS, body.width.into());
    paint::put(buf, body, body.bottom() - 1, &Line::styled(signs, theme.style(Role::Dim)));
    Some(caret)
}

/// The list with its group headings, around the marked line.
fn list_lines(model: &Model, pane: &HelpPane, found: &[&Spec], area: Rect, buf: &mut Buffer) {
    let theme = &model.theme;
    let mut lines: Vec<(Line<'static>, bool)> = Vec::new();
    let mut group = None;
    for (i, spec) in found.iter().enumerate() {
        if group != Some(spec.group) {
            group = Some(spec.group);
            lines.push((Line::styled(spec.group.label(), theme.style(Role::Strong)), false));
        }
        lines.push((row(model, pane, spec, i == pane.row, area.width.into()), i == pane.row));
    }
    let room = usize::from(area.height);
    let marked = lines.iter().position(|(_, marked)| *marked).unwrap_or(0);
    // The mark stands in the middle until an end of the list is in sight.
    let first = marked.saturating_sub(room / 2).min(lines.len().saturating_sub(room));
    for (y, (line, marked)) in (area.y..).zip(lines.iter().skip(first).take(room)) {
        paint::put(buf, area, y, line);
        if *marked {
            paint::tint(buf, Rect::new(area.x, y, area.width, 1), theme.style(Role::Selection));
        }
    }
}

fn row(model: &Model, pane: &HelpPane, spec: &Spec, marked: bool, width: usize) -> Line<'static> {
    let theme = &model.theme;
    let off = why_not(model, pane, spec).is_some();
    let own = if model.keymap.is_custom(spec.name) { "*" } else { " " };
    let keys = model.keymap.keys(spec.name).join(" ");
    let words = spec.consequence.unwrap_or(spec.description);
    let room = width.saturating_sub(3 + KEYS + LABEL);
    let (label, dim) = if off { (Role::Dim, Role::Dim) } else { (Role::Text, Role::Dim) };
    Line::from(vec![
        Span::styled(if marked { "▶" } else { " " }, theme.style(Role::Focus)),
        Span::styled(own, theme.style(Role::Warn)),
        Span::styled(format!("{} ", text::pad(&keys, KEYS - 1)), theme.style(Role::Key)),
        Span::styled(format!("{} ", text::pad(spec.label, LABEL - 1)), theme.style(label)),
        Span::styled(text::truncate(words, room), theme.style(dim)),
    ])
}

/// What the marked command does, whom it reaches, why it is off, and how its key is changed.
fn about_lines(model: &Model, pane: &HelpPane, spec: &Spec, width: usize) -> Vec<Line<'static>> {
    let theme = &model.theme;
    let mut lines = Vec::new();
    let mut say = |words: &str, role: Role| {
        for line in text::wrap(words, width) {
            lines.push(Line::styled(line, theme.style(role)));
        }
    };
    if let Some(reason) = why_not(model, pane, spec) {
        say(&format!("{} Off: {reason}", spec.description), Role::Warn);
    } else {
        let consequence = spec.consequence.unwrap_or("");
        say(format!("{} {consequence}", spec.description).trim_end(), Role::Text);
    }
    let key = model.keymap.key(spec.name).unwrap_or_default();
    say(&format!("Change it: [keys] \"{}\" = \"{}\"", spec.name, config_key(&key)), Role::Dim);
    lines
}

/// A key as the configuration writes it: `^S` is `ctrl+s`.
fn config_key(shown: &str) -> String {
    match shown.strip_prefix('^') {
        None if shown == "S-Tab" => "shift+tab".into(),
        Some(rest) if !rest.is_empty() => format!("ctrl+{}", rest.to_lowercase()),
        Some(_) | None => shown.to_owned(),
    }
}

#[cfg(test)]
mod tests;
