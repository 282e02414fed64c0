//! The outbox: a folder where each mail is a file, for a desk without a mail server. The same mail
//! is the same file, so a second attempt leaves no second copy. Never reads or removes a mail.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use crate::domain::text::clean_line;
use crate::mail::transport::{Envelope, Outcome};

/// The longest file name without `.eml`, in bytes; systems allow 255.
const NAME_BYTES: usize = 200;

/// Writes a mail: it is there whole, or not at all.
pub(in crate::mail) async fn send<E>(
    folder: &Path,
    envelope: &Envelope,
    raw: &[u8],
    before_dot: impl AsyncFnOnce() -> Result<(), E>,
) -> Result<Outcome, E> {
    before_dot().await?;
    let (folder, name, raw) = (folder.to_owned(), file_name(&envelope.message_id), raw.to_owned());
    let shown = folder.display().to_string();
    let written = tokio::task::spawn_blocking(move || {
        write(&folder, &name, &raw).map(|()| format!("written to {name}"))
    })
    .await
    .unwrap_or_else(|e| Err(io::Error::other(e)));
    Ok(match written {
        Ok(words) => Outcome::Sent { words },
        Err(e) => Outcome::Pause {
            words: clean_line(&format!("the outbox {shown} cannot be written: {e}")),
        },
    })
}

/// In the folder already when it has another name, and on the disk before it has its own: a
/// crash at any moment leaves the whole file or none.
fn write(folder: &Path, name: &str, raw: &[u8]) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    // Made with mode 0600, and removed when anything below fails.
    let mut file = tempfile::Builder::new().prefix(".").suffix(".tmp").tempfile_in(folder)?;
    file.write_all(raw)?;
    file.as_file().sync_all()?;
    file.persist(folder.join(name)).map_err(|e| e.error)?;
    File::open(folder)?.sync_all()
}

/// A function of the Message-ID that cannot leave the folder or hide in it.
fn file_name(message_id: &str) -> String {
    let tame = |c: char| if c.is_ascii_alphanumeric() || "@-_.".contains(c) { c } else { '_' };
    let name: String = message_id.chars().map(tame).take(NAME_BYTES).collect();
    format!("{}.eml", name.trim_start_matches('.'))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn envelope(message_id: &str) -> Envelope {
        Envelope {
            from: "support@desk.example".into(),
            to: "ada@lumen.example".into(),
            message_id: message_id.into(),
            plain_from: None,
            envelope_id: None,
        }
    }

    async fn put(folder: &Path, id: &str, raw: &[u8]) -> Outcome {
        send::<()>(folder, &envelope(id), raw, async || Ok(())).await.unwrap()
    }

    #[tokio::test]
    async fn a_retry_overwrites_and_nothing_else_is_left() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("outbox");
        let sent = put(&folder, "d.abc@desk.example", b"first").await;
        assert_eq!(sent, Outcome::Sent { words: "written to d.abc@desk.example.eml".into() });
        put(&folder, "d.abc@desk.example", b"again").await;
        let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
        assert_eq!(files, [folder.join("d.abc@desk.example.eml")]);
        assert_eq!(fs::read(&files[0]).unwrap(), b"again");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&files[0])), (0o700, 0o600));
    }

    #[tokio::test]
    async fn what_may_not_go_is_not_written() {
        let home = tempfile::tempdir().unwrap();
        let refused = send(home.path(), &envelope("a@b"), b"x", async || Err("unwanted")).await;
        assert_eq!(refused, Err("unwanted"));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_pauses_the_queue() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("outbox");
        fs::write(&file, "in the way").unwrap();
        let outcome = put(&file, "a@b", b"x").await;
        let Outcome::Pause { words } = outcome else { panic!("{outcome:?}") };
        assert!(words.starts_with("the outbox /"), "{words}");
    }

    #[test]
    fn no_message_id_leads_out_of_the_folder() {
        assert_eq!(file_name("d.abc@desk.example"), "d.abc@desk.example.eml");
        assert_eq!(file_name("../../etc/passwd"), "_.._etc_passwd.eml");
        assert_eq!(file_name(".hidden\0\n"), "hidden__.eml");
        assert!(file_name(&"x".repeat(1000)).len() < 255);
    }
}
