//! Texts on their way through the API, which speaks HTML where a desk has text. What goes out is
//! escaped; what comes in becomes text. No markup of others is ever kept or passed on.

use crate::desk::html_as_text;

/// A text as paragraphs of HTML.
pub(super) fn paragraphs(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    for paragraph in text.split("\n\n").filter(|p| !p.is_empty()) {
        html.push_str("<p>");
        for c in paragraph.chars() {
            match c {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\'' => html.push_str("&#39;"),
                '\n' => html.push_str("<br>"),
                c => html.push(c),
            }
        }
        html.push_str("</p>");
    }
    html
}

/// What a client sent as HTML or as plain text, as text.
pub(super) fn text(body: &str) -> String {
    if is_html(body) { html_as_text(body).trim().to_owned() } else { body.to_owned() }
}

/// A tag, or a character written by its name.
fn is_html(body: &str) -> bool {
    let tag = body.match_indices('<').any(|(at, _)| {
        let mut rest = body.get(at + 1..).unwrap_or_default().chars();
        rest.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '/' || c == '!')
            && body.get(at..).is_some_and(|r| r.contains('>'))
    });
    let named = body.match_indices('&').any(|(at, _)| {
        let rest = body.get(at + 1..).unwrap_or_default();
        let name = rest.split_once(';').map_or("", |(name, _)| name);
        (1..=8).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#')
    });
    tag || named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_out_is_escaped() {
        assert_eq!(paragraphs("a\nb\n\n<i>"), "<p>a<br>b</p><p>&lt;i&gt;</p>");
        assert_eq!(paragraphs("\"x\" & 'y'"), "<p>&quot;x&quot; &amp; &#39;y&#39;</p>");
        assert_eq!(paragraphs(""), "");
    }

    #[test]
    fn what_comes_in_becomes_text() {
        for (given, kept) in [
            ("Plain\nlines & more, 1 < 2.", "Plain\nlines & more, 1 < 2."),
            ("<p>Hello</p>", "Hello"),
            ("<p>a &amp; b</p>", "a & b"),
            ("<script>alert(1)</script>Hello", "Hello"),
        ] {
            assert_eq!(text(given), kept);
        }
        assert!(!text("<p>Hi</p><img src=x onerror=alert(1)>").contains('<'));
    }

    proptest::proptest! {
        #[test]
        fn a_text_survives_the_way_out_and_in(t in "[a-z<>&\"']{1,10}( [a-z<>&]{1,10}){0,3}") {
            proptest::prop_assert_eq!(text(&paragraphs(&t)), t);
        }
    }
}
