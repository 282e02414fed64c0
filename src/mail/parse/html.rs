//! HTML to text. Never shows a link without its target beside it, never hides a text, and is
//! linear: html2text takes minutes on deep nesting, so such pages are stripped of their tags.

mod quotation;
mod tags;

use tags::{Piece, attribute, pieces};

use quotation::{begins_history, is_quotation, is_wrapper, set_by};

use crate::mail::inbound::HTML_BYTES;
use crate::mail::trim::Markup;

/// Deepest nesting that html2text is given.
const DEPTH: usize = 256;
/// Of a page that is too long for html2text this much is stripped of its tags, in bytes.
const PLAIN_BYTES: usize = 8 * HTML_BYTES;
/// Wide enough that no paragraph is broken; the terminal wraps.
const WIDTH: usize = 20_000;
/// The longest link target that is shown, in characters.
const TARGET_CHARS: usize = 300;
/// A line across the page.
const RULE: &str = "<p>________________</p>";
/// Stand around what a mail program marks as quotation; of the private use area, and removed from
/// the page before.
const OPEN: char = '\u{f8f0}';
const CLOSE: char = '\u{f8f1}';
/// The same around what the author indented.
const OPEN_OWN: char = '\u{f8f2}';
const CLOSE_OWN: char = '\u{f8f3}';
/// The same around what is cited otherwise.
const OPEN_CITED: char = '\u{f8f4}';
const CLOSE_CITED: char = '\u{f8f5}';
/// Elements that have no end.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// A page as text.
pub(super) struct Page {
    pub text: String,
    /// What the page's markup says of each line.
    pub markup: Vec<Markup>,
    /// Formatting was lost: too deep, too long or broken.
    pub as_plain: bool,
    /// The page is so long that only its beginning was read.
    pub cut: bool,
}

pub(super) fn to_text(html: &str) -> Page {
    let end = html.floor_char_boundary(PLAIN_BYTES);
    let clean: String = html
        .get(..end)
        .unwrap_or_default()
        .chars()
        .filter(|c| !(OPEN..=CLOSE_CITED).contains(c))
        .collect();
    let rendered = if html.len() > HTML_BYTES {
        None
    } else {
        let (page, deepest) = rewrite(&clean);
        (deepest <= DEPTH).then(|| render(&page)).flatten()
    };
    let as_plain = rendered.is_none();
    let text = rendered.unwrap_or_else(|| strip(&clean));
    let (text, markup) = marks(&text);
    Page { text, markup, as_plain, cut: end < html.len() }
}

fn render(page: &str) -> Option<String> {
    html2text::config::plain_no_decorate()
        .link_footnotes(false)
        .raw_mode(true)
        .no_link_wrapping()
        .allow_width_overflow()
        .string_from_read(page.as_bytes(), WIDTH)
        .ok()
}

/// The page with link targets as text and quotations marked, and how deep it is nested.
fn rewrite(html: &str) -> (String, usize) {
    let mut out = String::with_capacity(html.len() + 64);
    let mut open: Vec<(String, Option<char>, bool)> = Vec::new();
    // How many of the open elements are a program's wrapper around what it quotes.
    let mut wrappers = 0_usize;
    let mut indented = 0_usize;
    // The last character of the text so far that is not white space.
    let mut before = None;
    let mut deepest = 0;
    let mut rest_is_quoted = false;
    // The target of the link that is open, and where its text begins in `out`.
    let mut link: Option<(String, usize)> = None;
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) => {
                let text_end = text.trim_end().trim_end_matches("&nbsp;").trim_end();
                before = match text_end.strip_suffix("&gt;") {
                    Some(_) => Some('>'),
                    None => text_end.chars().next_back().or(before),
                };
                out.push_str(text);
            }
            Piece::Open { name, source, .. } if name == "a" => {
                end_link(&mut out, link.take());
                link = attribute(source, "href").map(|href| (href, out.len()));
            }
            Piece::Close { name, .. } if name == "a" => end_link(&mut out, link.take()),
            // A line as wide as the page is no use, and ten thousand of them are an attack.
            Piece::Open { name, .. } if name == "hr" => {
                if !out.ends_with(RULE) {
                    out.push_str(RULE);
                }
            }
            Piece::Open { name, source, behind } => {
                // What is indented is a quotation anyway, and an answer may follow below it.
                if !rest_is_quoted && indented == 0 && begins_history(source, behind) {
                    rest_is_quoted = true;
                    out.push(OPEN);
                }
                out.push_str(source);
                if !VOID.contains(&name.as_str()) && !source.ends_with("/>") {
                    let is_wrapper = is_wrapper(&name, source);
                    let own = name == "blockquote" && wrappers == 0 && set_by(source, before);
                    let marks = if rest_is_quoted {
                        None
                    } else if is_quotation(source) {
                        Some((OPEN, CLOSE))
                    } else if own {
                        Some((OPEN_OWN, CLOSE_OWN))
                    } else {
                        (name == "blockquote").then_some((OPEN_CITED, CLOSE_CITED))
                    };
                    out.extend(marks.map(|(begin, _)| begin));
                    let end = marks.map(|(_, end)| end);
                    wrappers += usize::from(is_wrapper);
                    indented += usize::from(name == "blockquote");
                    open.push((name, end, is_wrapper));
                    deepest = deepest.max(open.len());
                }
            }
            Piece::Close { name, source } => {
                // A paragraph or list item may be left open: what stands above goes with it, but
                // no further than a few, so that the whole stays linear.
                let from_top = open.iter().rev().take(16).position(|(n, _, _)| *n == name);
                if let Some(up) = from_top {
                    for (name, end, is_wrapper) in open.drain(open.len() - up - 1..) {
                        out.extend(end);
                        indented -= usize::from(name == "blockquote");
                        wrappers -= usize::from(is_wrapper);
                    }
                }
                out.push_str(source);
            }
        }
    }
    end_link(&mut out, link);
    (out, deepest)
}

/// Writes the target of a link behind its text, unless they are the same.
fn end_link(out: &mut String, link: Option<(String, usize)>) {
    let Some((href, from)) = link else { return };
    let target: String =
        href.trim().chars().filter(|c| !c.is_control()).take(TARGET_CHARS).collect();
    let shown: String = pieces(out.get(from..).unwrap_or_default())
        .filter_map(|p| if let Piece::Text(text) = p { Some(text) } else { None })
        .collect();
    let bare = |s: &str| {
        let s = s.trim().to_lowercase();
        let s = ["mailto:", "https://", "http://", "tel:"]
            .iter()
            .find_map(|p| s.strip_prefix(p))
            .unwrap_or(&s);
        s.trim_end_matches('/').to_owned()
    };
    let same = bare(&shown.replace("&amp;", "&")) == bare(&target);
    if !target.is_empty() && !target.starts_with('#') && !same {
        let escaped = target.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        out.push_str(" &lt;");
        out.push_str(&escaped);
        out.push_str("&gt;");
    }
}

/// The words of a page without any of its formatting, but for the ends of its paragraphs.
fn strip(html: &str) -> String {
    let mut out = String::new();
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Open { name, .. } | Piece::Close { name, .. } => {
                let block = [
                    "p",
                    "div",
                    "br",
                    "tr",
                    "li",
                    "blockquote",
                    "h1",
                    "h2",
                    "h3",
                    "table",
                    "ul",
                    "ol",
                ];
                if block.contains(&name.as_str()) && !out.is_empty() && !out.ends_with("\n\n") {
                    out.push('\n');
                }
            }
        }
    }
    for (entity, text) in [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ] {
        out = out.replace(entity, text);
    }
    out
}

/// Takes the marks out and says of each line what stood around it.
fn marks(text: &str) -> (String, Vec<Markup>) {
    let mut out = String::with_capacity(text.len());
    let mut markup = Vec::new();
    let (mut depth, mut own, mut cited) = (0usize, 0usize, 0usize);
    for line in text.trim_start_matches('\n').trim_end().split('\n') {
        let mut inside = depth > 0;
        let mut outside = false;
        let (mut is_own, mut is_cited) = (own > 0, cited > 0);
        for c in line.trim_end().chars() {
            match c {
                OPEN => depth += 1,
                CLOSE => depth = depth.saturating_sub(1),
                OPEN_OWN => own += 1,
                CLOSE_OWN => own = own.saturating_sub(1),
                OPEN_CITED => cited += 1,
                CLOSE_CITED => cited = cited.saturating_sub(1),
                c => {
                    inside |= depth > 0;
                    outside |= depth == 0 && !c.is_whitespace() && c != '>';
                    is_own |= own > 0;
                    is_cited |= cited > 0;
                    out.push(c);
                }
            }
        }
        markup.push(match (inside && !outside, is_own, is_cited) {
            (true, _, _) => Markup::Quotation,
            (false, true, _) => Markup::Own,
            (false, false, true) => Markup::Cited,
            (false, false, false) => Markup::Nothing,
        });
        out.push('\n');
    }
    out.pop();
    (out, markup)
}
