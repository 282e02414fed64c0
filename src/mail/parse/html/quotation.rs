//! What mail programs mark as quotation in their pages, and what an author indents by hand.

use super::tags::{attribute, has_word};

/// The head of a quoted mail of Outlook and others, on the desk, on the web and on telephones: all
/// below it is history.
pub(super) fn begins_history(tag: &str) -> bool {
    const IDS: &[&str] = &[
        "divrplyfwdmsg",
        "appendonsend",
        "olk_src_body_section",
        "ms-outlook-mobile-reference-message",
        "mail-editor-reference-message-container",
    ];
    let called = attribute(tag, "id").is_some_and(|id| {
        let id = id.to_lowercase();
        IDS.iter().any(|known| id.ends_with(known))
    });
    // Outlook on the desk gives it no name, but a line above that it draws nowhere else.
    let style = squeezed_style(tag);
    let has_line =
        style.contains("border:none;border-top:solid") && style.contains("padding:3.0pt");
    called || has_line && tag.starts_with("<div")
}

/// The style of an element in small letters, without white space.
fn squeezed_style(tag: &str) -> String {
    let style = attribute(tag, "style").unwrap_or_default().to_lowercase();
    style.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The attributions of Gmail, Thunderbird, Roundcube and ours, and Yahoo's history, which is not
/// indented. What is indented (blockquote) becomes `> ` lines by itself, and answers between them
/// stay.
pub(super) fn is_quotation(tag: &str) -> bool {
    const CLASSES: &[&str] =
        &["gmail_attr", "moz-cite-prefix", "yahoo_quoted", "reply-intro", "deskbell_quote"];
    is_called(tag, CLASSES)
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
