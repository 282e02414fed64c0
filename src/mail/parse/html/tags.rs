//! Cuts HTML into tags and texts, as far as marks must be set in it. Linear; understands no more
//! than where a tag ends. Scripts and styles are left out, comments too.

/// A piece of a page.
pub(super) enum Piece<'a> {
    Text(&'a str),
    /// The name in lower case, the whole tag, and all that follows it.
    Open {
        name: String,
        source: &'a str,
        behind: &'a str,
    },
    Close {
        name: String,
        source: &'a str,
    },
}

pub(super) fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    // Once one is missing to the end, it is not looked for again: that would be quadratic.
    let mut no_comment_end = false;
    std::iter::from_fn(move || {
        loop {
            if rest.is_empty() {
                return None;
            }
            let at = rest.find('<').unwrap_or(rest.len());
            if at > 0 {
                let (text, behind) = rest.split_at(at);
                rest = behind;
                return Some(Piece::Text(text));
            }
            if rest.starts_with("<!--") && !no_comment_end {
                if let Some(end) = rest.find("-->") {
                    rest = rest.get(end + 3..).unwrap_or_default();
                    continue;
                }
                no_comment_end = true;
            }
            let closes = rest.starts_with("</");
            let inner = rest.get(if closes { 2 } else { 1 }..).unwrap_or_default();
            if !inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!' || c == '?') {
                let (text, behind) = rest.split_at(1);
                rest = behind;
                // A lone `<` is a character; html2text must not take it for a tag either.
                return Some(Piece::Text(if text == "<" { "&lt;" } else { text }));
            }
            let end = tag_end(rest);
            let (source, behind) = rest.split_at(end);
            rest = behind;
            let name: String = inner
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == ':' || *c == '-')
                .take(32)
                .collect::<String>()
                .to_ascii_lowercase();
            if name.is_empty() {
                continue;
            }
            if closes {
                return Some(Piece::Close { name, source });
            }
            if (name == "script" || name == "style") && !source.ends_with("/>") {
                rest = behind_element(rest, &name);
                continue;
            }
            return Some(Piece::Open { name, source, behind });
        }
    })
}

/// Where the tag ends that `html` begins with. A `>` between quotation marks does not end it,
/// unless the marks are never closed.
fn tag_end(html: &str) -> usize {
    let mut quote = None;
    let mut first_end = None;
    for (at, b) in html.bytes().enumerate().take(8_192) {
        match (quote, b) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(b),
            (Some(q), b) if q == b => quote = None,
            (Some(_), b'>') if first_end.is_none() => first_end = Some(at + 1),
            _ if first_end.is_some_and(|end| at > end + 1_024) => break,
            _ => {}
        }
    }
    first_end.or_else(|| html.find('>').map(|at| at + 1)).unwrap_or(html.len())
}

/// What follows the end of a script or style; without an end, nothing does.
fn behind_element<'a>(html: &'a str, name: &str) -> &'a str {
    let mut rest = html;
    while let Some(at) = rest.find("</") {
        let tail = rest.get(at + 2..).unwrap_or_default();
        if tail.get(..name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name)) {
            let end = tail.find('>').map_or(tail.len(), |e| e + 1);
            return tail.get(end..).unwrap_or_default();
        }
        rest = tail;
    }
    ""
}

/// The value of an attribute, with the entities that occur in addresses undone.
pub(super) fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag.trim_start_matches('<');
    rest = rest.get(rest.find(|c: char| c.is_whitespace() || c == '/')?..).unwrap_or_default();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_whitespace() || "=>/".contains(c)).unwrap_or(rest.len());
        let (found, behind) = rest.split_at(end);
        let behind = behind.trim_start();
        let Some(value) = behind.strip_prefix('=') else {
            if behind.is_empty() || behind.starts_with('>') {
                return None;
            }
            // Always moves on, also past a `=` without a name.
            rest = if found.is_empty() { behind.get(1..).unwrap_or_default() } else { behind };
            continue;
        };
        let value = value.trim_start();
        let (value, behind) = match value.chars().next() {
            Some(q @ ('"' | '\'')) => {
                let value = value.get(1..).unwrap_or_default();
                value.split_once(q).unwrap_or((value, ""))
            }
            _ => {
                let end =
                    value.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(value.len());
                value.split_at(end)
            }
        };
        if found.eq_ignore_ascii_case(name) {
            return Some(value.replace("&amp;", "&").replace("&quot;", "\"").replace("&#39;", "'"));
        }
        rest = behind;
    }
}

/// True when one of the words in a class attribute is `word`, whatever a program put before it.
pub(super) fn has_word(value: &str, word: &str) -> bool {
    value.split_whitespace().any(|w| w.strip_suffix(word).is_some() || w.starts_with(word))
}
