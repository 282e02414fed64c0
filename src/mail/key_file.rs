//! The file that holds the desk's key, beside the desk: made once, read by its owner alone. Never
//! replaces a key: with another one, no address that was given out would open anything.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rand::RngExt as _;
use thiserror::Error;

use crate::mail::reply_address::Key;

/// Why there is no key.
#[derive(Debug, Error)]
pub enum KeyError {
    #[error(
        "The key file {} can be read by others, who could answer in any customer's name. Run: chmod 600 {}",
        .0.display(), .0.display()
    )]
    Open(PathBuf),
    #[error(
        "The key file {} is not a deskbell key. Bring it back from a backup; without it, answers to mails sent before are not recognised.",
        .0.display()
    )]
    Broken(PathBuf),
    #[error("The key file {} cannot be used: {what}.", .path.display())]
    Io { path: PathBuf, what: String },
}

/// Where the key of a desk is: `desk.db.key` beside `desk.db`.
#[must_use]
pub fn key_path(desk: &Path) -> PathBuf {
    let mut name = desk.file_name().unwrap_or_default().to_owned();
    name.push(".key");
    desk.with_file_name(name)
}

/// The key at `path`, made there with mode 0600 when there is none.
///
/// # Errors
/// [`KeyError`], a sentence.
pub fn load_or_create(path: &Path) -> Result<Key, KeyError> {
    match load(path)? {
        Some(key) => Ok(key),
        None => {
            create(path)?;
            // Whoever was first has made the one key.
            load(path)?.ok_or_else(|| io(path, "it has gone again"))
        }
    }
}

/// The key at `path`; `None` when there is no such file.
///
/// # Errors
/// [`KeyError`], a sentence.
pub fn load(path: &Path) -> Result<Option<Key>, KeyError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(io(path, &e.to_string())),
    };
    let mode = file.metadata().map_err(|e| io(path, &e.to_string()))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(KeyError::Open(path.to_owned()));
    }
    let mut text = String::new();
    let read = file.take(1024).read_to_string(&mut text);
    match read.map(|_| from_hex(text.trim_end())) {
        Ok(Some(bytes)) => Ok(Some(Key::from_bytes(bytes))),
        Ok(None) => Err(KeyError::Broken(path.to_owned())),
        Err(e) if e.kind() == ErrorKind::InvalidData => Err(KeyError::Broken(path.to_owned())),
        Err(e) => Err(io(path, &e.to_string())),
    }
}

/// On the disk, whole, before it has its name; and the name is given only where there is none.
fn create(path: &Path) -> Result<(), KeyError> {
    let failed = |e: std::io::Error| io(path, &e.to_string());
    let bytes: [u8; 32] = rand::rng().random();
    let text: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unnamed = folder.join(format!(
        ".{}.{}-{:08x}",
        path.file_name().unwrap_or_default().to_string_lossy(),
        std::process::id(),
        rand::rng().random::<u32>()
    ));
    let write = || -> std::io::Result<()> {
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unnamed)?;
        file.write_all(format!("{text}\n").as_bytes())?;
        file.sync_all()?;
        match fs::hard_link(&unnamed, path) {
            Err(e) if e.kind() != ErrorKind::AlreadyExists => return Err(e),
            Ok(()) | Err(_) => {}
        }
        File::open(folder)?.sync_all()
    };
    let written = write();
    // A leftover is a key that nothing is signed with.
    let _ = fs::remove_file(&unnamed);
    written.map_err(failed)
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(bytes)
}

fn io(path: &Path, what: &str) -> KeyError {
    KeyError::Io { path: path.to_owned(), what: what.trim_end_matches('.').to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = key_path(&folder.path().join("desk.db"));
        assert_eq!(path, folder.path().join("desk.db.key"));
        assert!(load(&path).unwrap().is_none());
        // Many programs start on a new desk at the same moment: they get one key.
        let keys: Vec<Key> = std::thread::scope(|s| {
            let all: Vec<_> = (0..16).map(|_| s.spawn(|| load_or_create(&path).unwrap())).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
        assert_eq!(load_or_create(&path).unwrap(), keys[0]);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn one_that_others_can_read_or_that_is_none_is_refused_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.db.key");
        load_or_create(&path).unwrap();
        for mode in [0o640, 0o604, 0o622] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let wrong = load_or_create(&path).unwrap_err().to_string();
            assert!(wrong.ends_with(&format!("Run: chmod 600 {}", path.display())), "{wrong}");
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        for broken in ["", "00", &"g".repeat(64), &"é".repeat(32), &"0".repeat(5000)] {
            fs::write(&path, broken).unwrap();
            let wrong = load_or_create(&path).unwrap_err().to_string();
            assert!(wrong.contains("is not a deskbell key"), "{wrong}");
            assert_eq!(fs::read_to_string(&path).unwrap(), broken);
        }
        fs::write(&path, [0xff; 64]).unwrap();
        assert!(matches!(load_or_create(&path), Err(KeyError::Broken(_))));
        let nowhere = folder.path().join("none").join("desk.db.key");
        assert!(matches!(load_or_create(&nowhere), Err(KeyError::Io { .. })));
    }
}
