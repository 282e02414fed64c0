use super::*;
use unicode_width::UnicodeWidthChar;

fn at(s: i64) -> Time {
    Time::from_timestamp(1_780_000_000 + s, 0).unwrap()
}

#[test]
fn signs_are_one_cell_wide_and_stand_once() {
    for (i, (sign, plain)) in SIGNS.iter().enumerate() {
        assert_eq!(sign.width(), Some(1), "{sign}");
        assert!(plain.is_ascii_graphic() || *plain == ' ', "{sign}");
        assert!(SIGNS.iter().skip(i + 1).all(|(other, _)| other != sign), "{sign} twice");
    }
}

#[test]
fn no_source_of_the_screens_draws_another_sign() {
    let mut checked = 0;
    let mut rooms = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tui"))];
    while let Some(room) = rooms.pop() {
        for entry in std::fs::read_dir(room).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                rooms.push(path);
            } else if name.ends_with(".rs") && name != "tests.rs" {
                let source = std::fs::read_to_string(&path).unwrap();
                let code = source.split("#[cfg(test)]").next().unwrap_or("");
                // What people type and we only translate.
                let code = match code.split_once("const TYPED") {
                    Some((before, rest)) => {
                        format!("{before}{}", rest.split_once("];").map_or("", |(_, after)| after))
                    }
                    None => code.to_owned(),
                };
                for c in code.chars().filter(|c| !c.is_ascii()) {
                    let known = SIGNS.iter().any(|(sign, _)| *sign == c);
                    assert!(known, "{c} (U+{:04X}) in {}", u32::from(c), path.display());
                }
                checked += 1;
            }
        }
    }
    assert!(checked > 3);
}

#[test]
fn text_is_wrapped_at_blanks_by_display_width() {
    assert_eq!(wrap("one two three", 7), ["one two", "three"]);
    assert_eq!(wrap("one  two", 4), ["one", "two"]);
    assert_eq!(wrap("a\n\nb", 4), ["a", "", "b"]);
    assert_eq!(wrap("  kept", 9), ["  kept"]);
    assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
    assert_eq!(wrap("say abcdefghij", 6), ["say ab", "cdefgh", "ij"]);
    assert_eq!(wrap("日本語です", 4), ["日本", "語で", "す"]);
    assert_eq!(wrap("日", 1), ["…"]);
    assert_eq!(wrap("Well, then. (Go!)", 6), ["Well,", "then.", "(Go!)"]);
    assert_eq!(wrap("a\tb", 10), ["a   b"]);
    assert_eq!(wrap("", 10), [""]);
}

#[test]
fn what_would_move_the_cursor_is_gone_before_it_is_drawn() {
    assert_eq!(wrap("a\u{1b}[2Jb\u{202e}c", 10), ["abc"]);
    assert_eq!(truncate("a\u{1b}]0;x\u{7}b\nc", 10), "ab c");
}

#[test]
fn texts_are_cut_and_filled_by_display_width() {
    assert_eq!(truncate("Refund", 6), "Refund");
    assert_eq!(truncate("Refund", 4), "Ref…");
    assert_eq!(truncate("日本語", 4), "日…");
    assert_eq!(truncate("x", 0), "");
    assert_eq!(pad("日本", 5), "日本 ");
    assert_eq!(pad_left("7", 3), "  7");
    assert_eq!(spread("Mara", "new", 10), "Mara   new");
    assert_eq!(spread("A long name", "new", 10), "A lon… new");
    assert_eq!(spread("A", "", 3), "A  ");
}

#[test]
fn times_are_short() {
    assert_eq!(countdown(Duration::milliseconds(71_001)), "1:12");
    assert_eq!(countdown(Duration::seconds(72)), "1:12");
    assert_eq!(countdown(Duration::seconds(-5)), "0:00");
    assert_eq!(countdown(Duration::seconds(3_725)), "1:02:05");
    assert_eq!(age(at(59), at(0)), "now");
    assert_eq!(age(at(120), at(0)), "2m");
    assert_eq!(age(at(3 * 3_600), at(0)), "3h");
    assert_eq!(age(at(86_400), at(0)), "1d");
    assert_eq!(age(at(200 * 86_400), at(0)), "28 May");
    assert_eq!(age(at(0), at(60)), "now");
    assert_eq!(moment(at(0), at(60)), "20:27");
    assert_eq!(moment(at(0), at(-86_400)), "27 May 20:26");
    assert_eq!(date(at(0), at(-366 * 86_400)), "27 May 2025");
}

#[test]
fn ascii_screens_are_ascii_and_keep_their_columns() {
    let mut buffer = Buffer::with_lines(["┏━ ● #7 é 日 e\u{301} ━┓"]);
    let before = buffer.area;
    to_ascii(&mut buffer);
    let row: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
    assert_eq!(row, "+= * #7 ? ?  e =+");
    assert_eq!(buffer.area, before);
}

proptest::proptest! {
    #[test]
    fn wrapped_lines_fit_and_lose_no_letter(raw in "[a-z ,.\\n\u{4e00}-\u{4e20}]{0,80}", columns in 2usize..30) {
        let lines = wrap(&raw, columns);
        proptest::prop_assert!(lines.iter().all(|l| width(l) <= columns), "{lines:?}");
        let letters = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        proptest::prop_assert_eq!(letters(&lines.concat()), letters(&raw));
    }

    #[test]
    fn padded_texts_are_exactly_as_wide_as_asked(raw in proptest::prelude::any::<String>(), columns in 0usize..40) {
        proptest::prop_assert_eq!(width(&pad(&raw, columns)), columns);
        proptest::prop_assert_eq!(width(&spread(&raw, "x", columns)), columns);
    }
}
