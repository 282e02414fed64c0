//! A mail's header as the parser can read it: in one alphabet, and no letter of it in two pieces.

use super::fields::decode;

/// The longest encoded word that is looked at, in bytes (RFC 2047 allows 75).
const WORD: usize = 1_000;

/// The header with its raw bytes made UTF-8, and with encoded words joined that may have cut a
/// letter in two; `None` where there is nothing to mend.
pub(super) fn mended(head: &[u8]) -> Option<String> {
    let text = match std::str::from_utf8(head) {
        Ok(text) if !text.contains("=?") => return None,
        Ok(text) => text.to_owned(),
        Err(_) => head.split_inclusive(|b| *b == b'\n').map(decode).collect(),
    };
    let joined = joined(&text);
    (joined.as_bytes() != head).then_some(joined)
}

/// RFC 2047 forbids to cut a letter in two, and many programs do.
fn joined(head: &str) -> String {
    let mut out = String::with_capacity(head.len());
    let mut rest = head;
    let mut last: Option<Word<'_>> = None;
    while let Some((before, from)) = rest.find("=?").and_then(|at| rest.split_at_checked(at)) {
        let Some((word, after)) = Word::read(from) else {
            let (mark, after) = from.split_at_checked(2).unwrap_or((from, ""));
            out.push_str(before);
            out.push_str(mark);
            rest = after;
            last = None;
            continue;
        };
        let beside = before.ends_with([' ', '\t']) && before.trim().is_empty();
        if beside && last.is_some_and(|last| last.goes_on_in(&word)) {
            out.truncate(out.len().saturating_sub("?=".len()));
        } else {
            out.push_str(before);
            out.extend(["=?", word.charset, "?", word.encoding, "?"]);
        }
        out.extend([word.data, "?="]);
        rest = after;
        last = Some(word);
    }
    out.push_str(rest);
    out
}

/// `=?charset?encoding?data?=`.
#[derive(Debug, Clone, Copy)]
struct Word<'a> {
    charset: &'a str,
    encoding: &'a str,
    data: &'a str,
}

impl<'a> Word<'a> {
    /// The word that a text begins with, and what stands behind it.
    fn read(text: &'a str) -> Option<(Self, &'a str)> {
        let near = text.get(..text.floor_char_boundary(WORD))?;
        let (charset, tail) = near.strip_prefix("=?")?.split_once('?')?;
        let (encoding, tail) = tail.split_once('?')?;
        let (data, tail) = tail.split_once("?=")?;
        let is_word = |s: &str| s.bytes().all(|b| b.is_ascii_graphic() && b != b'?');
        let is_one = [charset, encoding, data].into_iter().all(is_word);
        let rest = text.get(near.len() - tail.len()..)?;
        is_one.then_some((Self { charset, encoding, data }, rest))
    }

    /// True when the next one goes on where this one ends: base64 does so in groups of four.
    fn goes_on_in(&self, next: &Self) -> bool {
        let whole = self.encoding.eq_ignore_ascii_case("q")
            || self.encoding.eq_ignore_ascii_case("b") && self.data.len().is_multiple_of(4);
        whole
            && self.encoding.eq_ignore_ascii_case(next.encoding)
            && self.charset.eq_ignore_ascii_case(next.charset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_side_by_side_are_one_and_all_else_stays() {
        for (head, becomes) in [
            ("Subject: hello\r\n", None),
            ("Subject: =?utf-8?q?a?=\r\n", None),
            ("S: =?utf-8?q?=E4=BD?= =?UTF-8?Q?=A0?=\r\n", Some("S: =?utf-8?q?=E4=BD=A0?=\r\n")),
            ("S: =?x?b?5L2g?=\r\n\t=?x?b?5aW9?=\r\n", Some("S: =?x?b?5L2g5aW9?=\r\n")),
            // Not of one kind, not whole, not side by side.
            ("S: =?x?b?5L2g?= =?y?b?5aW9?= =?x?q?a?=\r\n", None),
            ("S: =?x?b?5L2?= =?x?b?5aW9?=\r\n", None),
            ("S: =?x?q?a?==?x?q?b?= and =?x?q?c?=\r\n=?x?q?d?=\r\n", None),
            ("S: =? =?x =?x?q?a b?= =?x?q?c?= =?x?q?d\r\n", None),
        ] {
            assert_eq!(mended(head.as_bytes()).as_deref(), becomes, "{head:?}");
        }
        assert_eq!(mended(b"S: Gr\xfc\xdfe\r\nT: \xc3\xbc\r\n").unwrap(), "S: Grüße\r\nT: ü\r\n");
    }
}
