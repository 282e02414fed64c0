//! The type of a file, by its first bytes and its ending. Cautious: what is not known for sure is a
//! stream of bytes, which no program opens by itself.

/// `type/subtype` for a file of this name and content.
#[must_use]
pub fn file_type(name: &str, bytes: &[u8]) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    const STARTS: [(&[u8], &str); 6] = [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"%PDF-", "application/pdf"),
        (b"\x1f\x8b", "application/gzip"),
    ];
    if let Some((_, kind)) = STARTS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return kind;
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return match ending.as_str() {
            "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "odt" => "application/vnd.oasis.opendocument.text",
            "ods" => "application/vnd.oasis.opendocument.spreadsheet",
            _ => "application/zip",
        };
    }
    let text = std::str::from_utf8(bytes).is_ok_and(|t| !t.contains('\0'));
    match ending.as_str() {
        "txt" | "log" | "md" if text => "text/plain",
        "csv" if text => "text/csv",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_for_sure_has_a_type_of_its_own() {
        for (name, bytes, kind) in [
            ("a.bin", b"\x89PNG\r\n\x1a\n...".as_slice(), "image/png"),
            ("photo.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
            ("photo.jpg", b"MZ\x90", "application/octet-stream"),
            ("a.pdf", b"%PDF-1.7", "application/pdf"),
            ("a.pdf", b"<html>", "application/octet-stream"),
            ("page.html", b"<script>", "application/octet-stream"),
            ("a.svg", b"<svg>", "application/octet-stream"),
            ("a.zip", b"PK\x03\x04", "application/zip"),
            (
                "a.xlsx",
                b"PK\x03\x04",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ),
            ("a.TXT", "grüße".as_bytes(), "text/plain"),
            ("a.txt", b"gr\xfc\xdfe", "application/octet-stream"),
            ("a.csv", b"a,b\n", "text/csv"),
            ("", b"", "application/octet-stream"),
        ] {
            assert_eq!(file_type(name, bytes), kind, "{name}");
        }
    }
}
