//! Names of files from outside: safe as the last component of a path on any system. Never empty.

use crate::domain::text::clean_line;
use crate::mail::inbound::FILE_NAME_CHARS;

/// The longest ending that survives when a name is cut, in characters with its dot.
const ENDING_CHARS: usize = 12;
const UNNAMED: &str = "attachment";

/// Takes what stands behind the last `/` or `\`, without control and direction characters, without
/// dots, blanks and hyphens at the front or dots and blanks at the end, and never the name of a
/// device.
#[must_use]
pub fn clean_file_name(raw: &str) -> String {
    let last = raw.rsplit(['/', '\\', '∕', '⁄', '／', '＼']).next().unwrap_or_default();
    let line: String =
        clean_line(last).chars().map(|c| if "<>:\"|?*".contains(c) { '_' } else { c }).collect();
    let name = line.trim_start_matches(['.', ' ', '-', '~']).trim_end_matches(['.', ' ']);
    let name = shorten(name);
    if name.is_empty() {
        UNNAMED.to_owned()
    } else if is_device(&name) {
        format!("_{name}")
    } else {
        name
    }
}

fn shorten(name: &str) -> String {
    let chars = name.chars().count();
    if chars <= FILE_NAME_CHARS {
        return name.to_owned();
    }
    let ending = name.rfind('.').and_then(|at| name.get(at..)).unwrap_or_default();
    let ending = if ending.chars().count() <= ENDING_CHARS { ending } else { "" };
    let room = FILE_NAME_CHARS - ending.chars().count();
    let stem: String = name.chars().take(room).collect();
    format!("{}{ending}", stem.trim_end_matches(['.', ' ']))
}

/// Windows opens these whatever their ending and case.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    match stem.as_str() {
        "con" | "prn" | "aux" | "nul" | "conin$" | "conout$" | "clock$" => true,
        _ => {
            let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
            port.is_some_and(|n| {
                n.chars().count() == 1 && n.chars().all(|c| c.is_ascii_digit() || "¹²³".contains(c))
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_harmless_wherever_they_are_written() {
        // Threat 27
        for (raw, clean) in [
            ("../../x\0.png", "x.png"),
            ("..\\..\\windows\\system32\\evil.dll", "evil.dll"),
            ("/etc/passwd", "passwd"),
            ("C:\\fakepath\\a.pdf", "a.pdf"),
            ("C:a.pdf", "C_a.pdf"),
            ("a.txt:stream", "a.txt_stream"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("Aux .tar.gz", "_Aux .tar.gz"),
            ("com1.log", "_com1.log"),
            ("lpt¹", "_lpt¹"),
            ("company.log", "company.log"),
            ("-rf", "rf"),
            ("--output=x", "output=x"),
            (".bashrc", "bashrc"),
            ("..", "attachment"),
            ("", "attachment"),
            (" . . ", "attachment"),
            ("a/", "attachment"),
            ("report.pdf. . .", "report.pdf"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("in\u{200b}voice.pdf", "invoice.pdf"),
            ("a\r\nb\u{1b}[31m.txt", "a b.txt"),
            ("a\u{1b}]0;x\u{7}.txt", "a.txt"),
            ("~/.ssh/id", "id"),
            ("~root", "root"),
            ("what?*<>|\".doc", "what______.doc"),
            ("Übersicht März.xlsx", "Übersicht März.xlsx"),
            ("a／b＼c.txt", "c.txt"),
        ] {
            assert_eq!(clean_file_name(raw), clean, "{raw:?}");
        }
        let long = clean_file_name(&format!("{}.pdf", "x".repeat(500)));
        assert_eq!(long.chars().count(), 120);
        assert_eq!(std::path::Path::new(&long).extension().unwrap(), "pdf");
        assert_eq!(clean_file_name(&"é".repeat(500)).chars().count(), 120);
    }

    proptest::proptest! {
        #[test]
        fn any_name_is_one_plain_component(raw in proptest::prelude::any::<String>()) {
            let name = clean_file_name(&raw);
            proptest::prop_assert!(!name.is_empty() && name.chars().count() <= 121);
            proptest::prop_assert!(!name.starts_with(['.', '-', ' ']) && !name.contains(['/', '\\', '\0']));
            proptest::prop_assert!(!name.ends_with(['.', ' ']));
            proptest::prop_assert!(!name.chars().any(crate::domain::text::is_unsafe));
        }
    }
}
