//! What mail programs mark as quotation in their pages, and what an author indents by hand.

use super::tags::{Piece, attribute, has_word, pieces};
use crate::mail::trim::{is_head, is_timed};

/// The head of a quoted mail is looked for in so much of a page, in bytes.
const HEAD_BYTES: usize = 4_096;
/// In a language that is not known, a head has at least so many fields.
const HEAD_FIELDS: usize = 4;

/// The head of a quoted mail of Outlook and others, on the desk, on the web and on telephones: all
/// below it is history. `behind` is what follows the tag.
pub(super) fn begins_history(tag: &str, behind: &str) -> bool {
    let called =
        attribute(tag, "id").is_some_and(|id| id.to_lowercase().ends_with("divrplyfwdmsg"));
    // Outlook on the desk and the mail program of Windows give it no name, but a line above; so
    // does an author to a paragraph.
    let style = squeezed_style(tag);
    let has_line = style.contains("border:none;border-top:solid")
        && style.contains("padding:3.0pt")
        || style.contains("border-top-style:solid") && style.contains("padding-top:5px");
    called || has_line && tag.starts_with("<div") && begins_with_head(behind)
}

/// True when an element begins with "From: …", "Sent: …"; in a language that is not known, when it
/// holds several such lines, one with an address and the second with a time.
fn begins_with_head(html: &str) -> bool {
    let html = html.get(..html.floor_char_boundary(HEAD_BYTES)).unwrap_or_default();
    let mut text = String::new();
    for piece in pieces(html) {
        match piece {
            Piece::Text(words) => {
                text.push_str(&words.replace("&nbsp;", " ").replace(['\n', '\r'], " "))
            }
            Piece::Close { name, .. } if name == "div" => break,
            Piece::Open { name, .. } if ["br", "p", "div", "tr"].contains(&name.as_str()) => {
                text.push('\n')
            }
            // The address may be behind the name.
            Piece::Open { name, source, .. } if name == "a" => {
                let href = attribute(source, "href").unwrap_or_default();
                text.push_str(href.strip_prefix("mailto:").unwrap_or_default());
                text.push(' ');
            }
            Piece::Open { .. } | Piece::Close { .. } => {}
        }
    }
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let is_field =
        |l: &&str| l.split_once([':', '：']).is_some_and(|(name, _)| name.split(' ').count() <= 3);
    let is_unknown_head = || {
        lines.len() >= HEAD_FIELDS
            && lines.iter().take(HEAD_FIELDS).all(is_field)
            && lines.iter().any(|l| l.contains('@'))
            && lines.get(1).is_some_and(|l| is_timed(l))
            && !lines.iter().take(HEAD_FIELDS).any(|l| is_in_a_form(l))
    };
    is_head(&lines) || is_unknown_head()
}

/// A field that forms have and no mail's head, in the languages of most of them.
fn is_in_a_form(line: &str) -> bool {
    const NAMES: &[&str] =
        &["name", "mail", "e-mail", "email", "message", "nachricht", "mensaje", "phone", "telefon"];
    let name = line.split_once([':', '：']).map_or("", |(name, _)| name).trim().to_lowercase();
    NAMES.contains(&name.as_str())
}

/// The style of an element in small letters, without white space.
fn squeezed_style(tag: &str) -> String {
    let style = attribute(tag, "style").unwrap_or_default().to_lowercase();
    style.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The attributions of Gmail, Thunderbird, Roundcube and ours, and the history of Yahoo and of some
/// of Outlook's and GMX's programs, which is not indented. What is indented (blockquote) becomes
/// `> ` lines by itself, and answers between them stay.
pub(super) fn is_quotation(tag: &str) -> bool {
    const CLASSES: &[&str] = &[
        "gmail_attr",
        "moz-cite-prefix",
        "yahoo_quoted",
        "reply-intro",
        "deskbell_quote",
        "olk_src_body_section",
        "ms-outlook-mobile-reference-message",
        "mail-editor-reference-message-container",
    ];
    let is_gmx = tag.starts_with("<div")
        && attribute(tag, "name").is_some_and(|name| name == "quote")
        && squeezed_style(tag).contains("border-left");
    is_called(tag, CLASSES) || is_gmx
}

/// What programs put around an attribution and a blockquote.
pub(super) fn is_wrapper(name: &str, tag: &str) -> bool {
    const CLASSES: &[&str] = &[
        "gmail_quote",
        "gmail_extra",
        "gmail_quote_container",
        "protonmail_quote",
        "yahoo_quoted",
        "zmail_extra",
        "moz-email-headers-table",
    ];
    name != "blockquote" && is_called(tag, CLASSES)
}

fn is_called(tag: &str, names: &[&str]) -> bool {
    ["class", "id"].iter().filter_map(|name| attribute(tag, name)).any(|value| {
        let value = value.to_lowercase();
        names.iter().any(|class| has_word(&value, class))
    })
}

/// True for a blockquote that the author set: the indentation of an editor, without a line; or one
/// that no program marks, below a text that does not say whose words follow. `before` is the last
/// character of the text above.
pub(super) fn set_by(tag: &str, before: Option<char>) -> bool {
    let of = |name| attribute(tag, name).unwrap_or_default().to_lowercase();
    let style = squeezed_style(tag);
    if style.contains("border:none") && style.contains("40px") {
        return true;
    }
    let names_who = matches!(before, None | Some(':' | '：' | '>' | ')'));
    let class = of("class");
    let is_cited = of("type") == "cite" || !of("cite").is_empty();
    let is_marked = is_cited || !class.is_empty() && class != "gmail_quote";
    // Gmail's button for a quotation draws its line, too, but outside of what it quotes itself.
    let has_line = style.contains("border-left") && class.is_empty();
    !names_who && !is_marked && !has_line && of("id").is_empty()
}
