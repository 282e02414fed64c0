//! Which mailbox, how protected, as whom. Never talks to its server.

use thiserror::Error;

use crate::mail::server_url::{Place, Protocol, Secret, Security, UrlError};

/// Where mail goes that was taken in, when nothing else is set.
pub const PROCESSED: &str = "Deskbell/Processed";

/// A mailbox.
#[derive(Debug, Clone)]
pub struct ImapSettings {
    /// A name or an address, without brackets.
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub user: String,
    pub password: Secret,
    /// One more certificate authority to trust, or several: PEM.
    pub ca_pem: Option<Vec<u8>>,
    /// The folder that mail is moved to once it is kept, its levels parted by `/`; none leaves it
    /// where it is.
    pub processed: Option<String>,
}

/// Why a mailbox is not used. The URL is not repeated: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ImapSettingsError {
    #[error(transparent)]
    Url(#[from] UrlError),
    #[error(
        "mail.imap_processed must be a folder's name in ASCII letters, digits, blanks and -_./ as in Deskbell/Processed, or empty."
    )]
    Folder,
}

impl ImapSettings {
    /// Reads `imaps://user@host[:993]`, `imap://user@host[:143]` (STARTTLS required) or
    /// `imap://user@127.0.0.1[:143]` (also `localhost` and `[::1]`: no TLS). The user may be
    /// percent-encoded. An empty folder leaves mail where it is.
    ///
    /// # Errors
    /// [`ImapSettingsError`], a sentence that names the setting.
    pub fn parse(
        url: &str,
        password: Option<Secret>,
        ca_pem: Option<Vec<u8>>,
        processed: Option<&str>,
    ) -> Result<Self, ImapSettingsError> {
        let place = Place::read(url, Protocol::Imap)?;
        let (user, password) = place.login(password)?.ok_or(UrlError::NoUser(Protocol::Imap))?;
        let processed = processed.unwrap_or(PROCESSED).trim();
        let plain = |c: char| c.is_ascii_alphanumeric() || " -_./".contains(c);
        let whole = || processed.split('/').all(|level| !level.trim().is_empty());
        let named = processed.len() <= 200 && processed.chars().all(plain) && whole();
        if !named && !processed.is_empty() {
            return Err(ImapSettingsError::Folder);
        }
        let port = place.port.unwrap_or(match place.security {
            Security::Implicit => 993,
            Security::StartTls | Security::PlainLoopback => 143,
        });
        let processed = Some(processed.to_owned()).filter(|folder| !folder.is_empty());
        Ok(Self {
            host: place.host,
            port,
            security: place.security,
            user,
            password,
            ca_pem,
            processed,
        })
    }

    /// The name under which the desk keeps how far it has read.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}@{}:{}/INBOX", self.user, self.host, self.port)
    }

    /// For doctor, in a sentence's middle.
    #[must_use]
    pub fn describe(&self) -> String {
        let how = match self.security {
            Security::Implicit => "with TLS",
            Security::StartTls => "with STARTTLS",
            Security::PlainLoopback => "on this machine, without TLS",
        };
        format!("{}:{} {how}, as {}", self.host, self.port, self.user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str, folder: Option<&str>) -> Result<ImapSettings, ImapSettingsError> {
        ImapSettings::parse(url, Some(Secret::new("hunter2".into())), None, folder)
    }

    #[test]
    fn the_three_forms_are_read() {
        for (url, port, security) in [
            ("imaps://me@mail.example", 993, Security::Implicit),
            ("imap://me@mail.example", 143, Security::StartTls),
            ("imap://me@10.0.0.1:1143", 1143, Security::StartTls),
            ("imap://me@127.0.0.1:1143", 1143, Security::PlainLoopback),
            ("imap://me@localhost", 143, Security::PlainLoopback),
        ] {
            let settings = parse(url, None).unwrap();
            assert_eq!((settings.port, settings.security), (port, security), "{url}");
            assert_eq!(settings.user, "me");
            assert_eq!(settings.processed.as_deref(), Some("Deskbell/Processed"));
            assert!(!format!("{settings:?}").contains("hunter2"));
        }
        assert_eq!(parse("imaps://me@x.example", Some("")).unwrap().processed, None);
    }

    #[test]
    fn what_cannot_be_read_is_a_sentence_without_the_password() {
        for (url, folder, error) in [
            ("smtps://me@mail.example", None, UrlError::Shape(Protocol::Imap).into()),
            ("imapss://me@mail.example", None, UrlError::Shape(Protocol::Imap).into()),
            ("imaps://mail.example", None, UrlError::NoUser(Protocol::Imap).into()),
            ("imaps://me:hunter2@mail.example", None, UrlError::Password(Protocol::Imap).into()),
            ("imaps://me@mail.example:0", None, UrlError::Port(Protocol::Imap).into()),
            ("imaps://me@mail example", None, UrlError::Host(Protocol::Imap).into()),
            ("imaps://me@mail.example", Some("a\r\nb"), ImapSettingsError::Folder),
            ("imaps://me@mail.example", Some("Größe"), ImapSettingsError::Folder),
            ("imaps://me@mail.example", Some("a//b"), ImapSettingsError::Folder),
            ("imaps://me@mail.example", Some("a\"b"), ImapSettingsError::Folder),
        ] {
            let wrong = parse(url, folder).unwrap_err();
            assert_eq!(wrong, error, "{url}");
            assert!(!wrong.to_string().contains("hunter2"));
        }
        let none = ImapSettings::parse("imaps://me@mail.example", None, None, None).unwrap_err();
        assert_eq!(
            none,
            UrlError::NoPassword { protocol: Protocol::Imap, user: "me".into() }.into()
        );
    }
}
