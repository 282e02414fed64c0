//! Files of parts: what is known of them. Their bytes stay in the store, under their SHA-256.

use serde::{Deserialize, Serialize};

use crate::domain::refusal::Refusal;

/// The most files of one reply, note or submission.
pub const FILES: usize = 10;
/// The most bytes of them together: 27 MB as they go by mail, which the larger mail servers take.
pub const FILE_BYTES: u64 = 20_000_000;

/// A file that belongs to a part, or is to. Who holds one holds no byte of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Safe as the last component of a path on any system.
    pub name: String,
    /// `type/subtype` in lower case, as its sender called it or as it was guessed. Proves nothing.
    pub mime: String,
    /// SHA-256 of the bytes, in hex: the store keeps them under it.
    pub sha256: String,
    /// In bytes.
    pub size: u64,
    /// Shown within the text of a mail, as the logo of a signature is.
    pub inline: bool,
}

impl Attachment {
    /// True for what the screens can show: PNG, JPEG and GIF, by the name of the type.
    #[must_use]
    pub fn is_picture(&self) -> bool {
        matches!(self.mime.as_str(), "image/png" | "image/jpeg" | "image/gif")
    }

    /// "report.pdf (1.2 MB, application/pdf)".
    #[must_use]
    pub fn describe(&self) -> String {
        let inline = if self.inline { ", inline" } else { "" };
        format!("{} ({}, {}{inline})", self.name, size_in_words(self.size), self.mime)
    }
}

/// "312 B", "4.2 KB", "1.2 MB": powers of 1,000, as file managers count.
#[must_use]
pub fn size_in_words(bytes: u64) -> String {
    let of = |unit: u64| {
        let tenths = bytes.saturating_add(unit / 20) / (unit / 10);
        match tenths {
            0..100 => format!("{}.{}", tenths / 10, tenths % 10),
            _ => (bytes.saturating_add(unit / 2) / unit).to_string(),
        }
    };
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..999_500 => format!("{} KB", of(1_000)),
        _ => format!("{} MB", of(1_000_000)),
    }
}

/// What one reply, note or submission may carry.
///
/// # Errors
/// [`Refusal::TooManyFiles`] or [`Refusal::FilesTooLarge`].
pub fn fit(files: &[Attachment]) -> Result<Vec<Attachment>, Refusal> {
    if files.len() > FILES {
        return Err(Refusal::TooManyFiles(files.len()));
    }
    let bytes = files.iter().fold(0u64, |sum, f| sum.saturating_add(f.size));
    if bytes > FILE_BYTES { Err(Refusal::FilesTooLarge(bytes)) } else { Ok(files.to_vec()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_as_people_say_them() {
        for (bytes, words) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 KB"),
            (4_249, "4.2 KB"),
            (9_949, "9.9 KB"),
            (9_960, "10 KB"),
            (48_213, "48 KB"),
            (999_499, "999 KB"),
            (999_500, "1.0 MB"),
            (FILE_BYTES, "20 MB"),
        ] {
            assert_eq!(size_in_words(bytes), words, "{bytes}");
        }
        assert_eq!(size_in_words(u64::MAX).split(' ').count(), 2);
    }

    #[test]
    fn so_many_files_fit_and_no_more() {
        let file = |size| Attachment {
            name: "a".into(),
            mime: "text/plain".into(),
            sha256: String::new(),
            size,
            inline: false,
        };
        assert!(fit(&vec![file(1); FILES]).is_ok());
        assert_eq!(fit(&vec![file(1); FILES + 1]), Err(Refusal::TooManyFiles(11)));
        assert!(fit(&[file(FILE_BYTES)]).is_ok());
        assert_eq!(fit(&[file(FILE_BYTES), file(1)]), Err(Refusal::FilesTooLarge(FILE_BYTES + 1)));
        assert!(fit(&[file(u64::MAX), file(u64::MAX)]).is_err());
    }
}
