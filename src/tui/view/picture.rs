//! A drawn buffer as text, for snapshots: the lines, then the styles of each line in runs. Text
//! alone would not notice a selection that lost its colour.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Style};

/// Lines between bars, then `row: from..to style` for what is not plain.
pub(crate) fn of(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width);
    let mut lines = String::new();
    let mut styles = String::new();
    for (y, row) in buffer.content.chunks(width).enumerate() {
        let mut line = String::new();
        let mut runs: Vec<(usize, usize, String)> = Vec::new();
        let mut hidden = 0;
        for (x, cell) in row.iter().enumerate() {
            if hidden > 0 {
                hidden -= 1;
            } else {
                line.push_str(cell.symbol());
                hidden = super::text::width(cell.symbol()).saturating_sub(1);
            }
            let name = name(cell.style());
            match runs.last_mut() {
                Some((_, to, last)) if *last == name => *to = x + 1,
                _ => runs.push((x, x + 1, name)),
            }
        }
        lines.push_str(&format!("|{line}|\n"));
        let runs: Vec<String> = runs
            .into_iter()
            .filter(|(_, _, name)| !name.is_empty())
            .map(|(from, to, name)| format!("{from}..{to} {name}"))
            .collect();
        if !runs.is_empty() {
            styles.push_str(&format!("{y}: {}\n", runs.join(", ")));
        }
    }
    format!("{lines}\n{styles}")
}

fn name(style: Style) -> String {
    let mut parts = Vec::new();
    for (sign, color) in [("", style.fg), ("on ", style.bg)] {
        if let Some(color) = color.filter(|c| *c != Color::Reset) {
            parts.push(format!("{sign}{color}").to_lowercase());
        }
    }
    for (word, _) in style.add_modifier.iter_names() {
        parts.push(word.to_lowercase());
    }
    parts.join("+")
}
