//! Files on this machine's disk: read to be attached, written to be looked at. Nothing is ever
//! overwritten, opened or run.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::desk::DeskError;
use crate::domain::Refusal;
use crate::domain::attachment::{FILE_BYTES, size_in_words};
use crate::domain::text::clean_line;

/// Names tried before giving up: `a.pdf`, `a (2).pdf` and so on.
const NAMES: usize = 1_000;

/// Reads a file that is to be attached: its name, not yet made harmless, and its bytes.
///
/// # Errors
/// One sentence with the path, or [`Refusal::FilesTooLarge`].
pub fn take(typed: &str) -> Result<(String, Vec<u8>), DeskError> {
    let path = path(typed);
    if path.as_os_str().is_empty() {
        return Err(DeskError::Other("Name a file, as in ~/report.pdf.".into()));
    }
    let cannot = |what: String| DeskError::Other(format!("{} {what}", shown(&path)));
    let bytes =
        read(&path, FILE_BYTES).map_err(|what| cannot(format!("cannot be read: {what}.")))?;
    if bytes.len() as u64 > FILE_BYTES {
        let size = path.metadata().map_or(bytes.len() as u64, |m| m.len());
        return Err(Refusal::FilesTooLarge(size).into());
    }
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    Ok((name, bytes))
}

/// The bytes of a file, and of one that has more than `most` no more than tells so.
///
/// # Errors
/// What is wrong, to stand behind "cannot be read: ".
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let what = |e: std::io::Error| match e.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "it may not be read by you".to_owned(),
        _ => e.to_string(),
    };
    let about = path.metadata().map_err(what)?;
    if about.is_dir() {
        return Err("it is a folder".into());
    }
    // A pipe or a device would keep the desk waiting.
    if !about.is_file() {
        return Err("it is not a file".into());
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(most.saturating_add(1)).read_to_end(&mut bytes))
        .map_err(what)?;
    Ok(bytes)
}

/// Writes a file into a folder, or under the name that `typed` ends in; never over another, and
/// readable by its owner alone. Gives the path it went to.
///
/// # Errors
/// One sentence with the path.
pub fn save(typed: &str, name: &str, bytes: &[u8]) -> Result<PathBuf, DeskError> {
    let to = path(typed);
    let to = if to.as_os_str().is_empty() { PathBuf::from(".") } else { to };
    let (folder, name) = if to.is_dir() {
        (to, name.to_owned())
    } else {
        let last = to.file_name().map(|n| n.to_string_lossy().into_owned());
        let folder = to.parent().map(Path::to_owned).unwrap_or_default();
        (folder, last.unwrap_or_else(|| name.to_owned()))
    };
    let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
    let cannot = |path: &Path, what: String| {
        DeskError::Other(format!("{} cannot be saved: {what}.", shown(path)))
    };
    if !folder.is_dir() {
        return Err(cannot(&folder.join(&name), format!("there is no folder {}", shown(&folder))));
    }
    for n in 1..=NAMES {
        let path = folder.join(numbered(&name, n));
        // A new file or none: a link that stands there under this name is not followed either.
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(mut file) => {
                return match file.write_all(bytes).and_then(|()| file.sync_all()) {
                    Ok(()) => Ok(path.canonicalize().unwrap_or(path)),
                    Err(e) => {
                        // Half a file helps nobody.
                        let _ = std::fs::remove_file(&path);
                        Err(cannot(&path, e.to_string()))
                    }
                };
            }
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
            Err(e) => return Err(cannot(&path, e.to_string())),
        }
    }
    Err(cannot(&folder.join(&name), format!("there are {NAMES} of that name already")))
}

/// `report (2).pdf`.
fn numbered(name: &str, n: usize) -> String {
    match (n, name.rsplit_once('.')) {
        (1, _) => name.to_owned(),
        (_, Some((stem, ending))) if !stem.is_empty() => format!("{stem} ({n}).{ending}"),
        (_, _) => format!("{name} ({n})"),
    }
}

/// Where files are saved if nothing else is said: `~/Downloads` where there is one, else here.
#[must_use]
pub fn default_folder() -> String {
    let there = home().is_some_and(|home| home.join("Downloads").is_dir());
    if there { "~/Downloads".into() } else { ".".into() }
}

/// A path as it was typed, pasted or dropped: `~/` is the home, quotes around it are a shell's.
#[must_use]
pub fn path(typed: &str) -> PathBuf {
    let typed = typed.trim();
    let bare = ['\'', '"']
        .iter()
        .find_map(|q| typed.strip_prefix(*q).and_then(|t| t.strip_suffix(*q)))
        .unwrap_or(typed);
    if let Ok(url) = url::Url::parse(bare)
        && url.scheme() == "file"
        && let Ok(path) = url.to_file_path()
    {
        return path;
    }
    let path = Path::new(bare);
    match (path.strip_prefix("~"), home()) {
        (Ok(rest), Some(home)) => home.join(rest),
        (Ok(_) | Err(_), _) => path.to_owned(),
    }
}

fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").map(PathBuf::from)
}

fn shown(path: &Path) -> String {
    clean_line(&path.to_string_lossy())
}

/// "The files have 12 MB together; ..." for those who are about to mail them: None where most
/// servers take them.
#[must_use]
pub fn large_for_mail(bytes: u64) -> Option<String> {
    // As base64, with its line ends.
    let mailed = bytes.saturating_mul(78) / 57;
    (mailed > USUAL_LIMIT).then(|| {
        format!(
            "The email will have {}, and many mail servers take no more than {}.",
            size_in_words(mailed),
            size_in_words(USUAL_LIMIT)
        )
    })
}

/// What Postfix takes unless it is told otherwise, in bytes.
const USUAL_LIMIT: u64 = 10_240_000;

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_file_is_saved_beside_what_is_there_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().to_str().unwrap();
        let outside = folder.path().join("outside");
        std::os::unix::fs::symlink(&outside, folder.path().join("a (2).pdf")).unwrap();
        let first = save(at, "a.pdf", b"one").unwrap();
        let second = save(at, "a.pdf", b"two").unwrap();
        assert!(first.ends_with("a.pdf") && second.ends_with("a (3).pdf"), "{second:?}");
        assert_eq!(std::fs::read(&first).unwrap(), b"one");
        assert_eq!(std::fs::metadata(&first).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!outside.exists(), "a link is not followed");
        let named = save(&format!("{at}/b.pdf"), "a.pdf", b"three").unwrap();
        assert!(named.ends_with("b.pdf"));
        assert!(save(at, "README", b"").unwrap().ends_with("README"));
        assert!(save(at, "README", b"").unwrap().ends_with("README (2)"));
        let error = save(&format!("{at}/no/such"), "a.pdf", b"").unwrap_err().to_string();
        assert!(error.contains("there is no folder"), "{error}");
    }

    #[test]
    fn what_cannot_be_attached_is_told_in_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().to_str().unwrap();
        let fails = |typed: &str| take(typed).unwrap_err().to_string();
        assert!(fails(&format!("{at}/none")).ends_with("cannot be read: there is no such file."));
        assert!(fails(at).ends_with("cannot be read: it is a folder."));
        assert!(fails("/dev/null").ends_with("cannot be read: it is not a file."));
        assert!(fails("  ").starts_with("Name a file"));
        let big = folder.path().join("big");
        File::create(&big).unwrap().set_len(FILE_BYTES + 1).unwrap();
        assert!(fails(big.to_str().unwrap()).contains("at most 20 MB"));
        std::fs::write(folder.path().join("a b.txt"), "x").unwrap();
        for typed in [
            format!("'{at}/a b.txt'"),
            format!("file://{at}/a%20b.txt"),
            format!(" {at}/a b.txt\n"),
        ] {
            assert_eq!(take(&typed).unwrap(), ("a b.txt".into(), b"x".to_vec()), "{typed}");
        }
    }

    #[test]
    fn many_servers_limits_are_told_before_anything_is_sent() {
        assert_eq!(large_for_mail(7_000_000), None);
        assert!(large_for_mail(8_000_000).unwrap().starts_with("The email will have 11 MB"));
    }
}
