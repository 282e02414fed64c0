//! Which mail server, how protected, as whom. Never talks to it.

use std::time::Duration;

use thiserror::Error;

use crate::mail::server_url::{Place, Protocol, Secret, Security, UrlError};

/// How long each step may take (RFC 5321 §4.5.3.2).
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// DNS, TCP, and with implicit TLS its handshake.
    pub connect: Duration,
    /// Greeting and EHLO; STARTTLS, its handshake and the second EHLO; AUTH; MAIL; RCPT: each.
    pub command: Duration,
    /// DATA.
    pub data: Duration,
    /// All steps before the message together, so that a claim is not outlived by many slow ones.
    pub before_message: Duration,
    /// The message itself.
    pub message: Duration,
    /// The answer to the final dot. A short limit here makes copies: the server may be busy
    /// scanning a mail that it will take.
    pub answer: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let minutes = |n: u64| Duration::from_secs(n * 60);
        Self {
            connect: Duration::from_secs(30),
            command: minutes(5),
            data: minutes(2),
            before_message: minutes(5),
            message: minutes(3),
            answer: minutes(10),
        }
    }
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// A name or an address, without brackets.
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Name and password, for AUTH.
    pub login: Option<(String, Secret)>,
    /// One more certificate authority to trust, or several: PEM.
    pub ca_pem: Option<Vec<u8>>,
    pub timeouts: Timeouts,
}

/// Why a server's URL is not used. The URL is not repeated: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SmtpSettingsError {
    #[error(transparent)]
    Url(#[from] UrlError),
    #[error("mail.ca_file holds no certificate in PEM form.")]
    NoCertificate,
}

impl SmtpSettings {
    /// Reads `smtps://user@host[:465]`, `smtp://user@host[:587]` (STARTTLS required) or
    /// `smtp://127.0.0.1[:25]` (also `localhost` and `[::1]`: no TLS). The user may be left out
    /// together with the password, and may be percent-encoded.
    ///
    /// # Errors
    /// [`SmtpSettingsError`], a sentence that names the setting.
    pub fn parse(
        url: &str,
        password: Option<Secret>,
        ca_pem: Option<Vec<u8>>,
    ) -> Result<Self, SmtpSettingsError> {
        let place = Place::read(url, Protocol::Smtp)?;
        let login = place.login(password)?;
        let Place { host, port, security, .. } = place;
        let pem = ca_pem.as_deref().map(String::from_utf8_lossy);
        if pem.is_some_and(|pem| !pem.contains("-----BEGIN CERTIFICATE-----")) {
            return Err(SmtpSettingsError::NoCertificate);
        }
        let port = port.unwrap_or(match security {
            Security::Implicit => 465,
            Security::StartTls => 587,
            Security::PlainLoopback => 25,
        });
        Ok(Self { host, port, security, login, ca_pem, timeouts: Timeouts::default() })
    }
}

/// True for a server on this machine, which needs no TLS and, as a demo's, harms nobody.
#[must_use]
pub fn is_on_this_machine(url: &str) -> bool {
    Place::read(url, Protocol::Smtp).is_ok_and(|place| place.security == Security::PlainLoopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str, password: bool) -> Result<SmtpSettings, SmtpSettingsError> {
        SmtpSettings::parse(url, password.then(|| Secret::new("hunter2".into())), None)
    }

    #[test]
    fn the_three_forms_are_read() {
        for (url, host, port, security) in [
            ("smtps://me@mail.example", "mail.example", 465, Security::Implicit),
            ("smtps://me@mail.example:4465/", "mail.example", 4465, Security::Implicit),
            ("smtps://me@127.0.0.1", "127.0.0.1", 465, Security::Implicit),
            ("smtp://me@mail.example", "mail.example", 587, Security::StartTls),
            ("smtp://me@münchen.test:25", "xn--mnchen-3ya.test", 25, Security::StartTls),
            ("smtp://me@10.0.0.1", "10.0.0.1", 587, Security::StartTls),
            ("smtp://me@localhost.evil.example", "localhost.evil.example", 587, Security::StartTls),
            ("smtp://me@127.0.0.1:2525", "127.0.0.1", 2525, Security::PlainLoopback),
            ("smtp://me@[::1]:2525", "::1", 2525, Security::PlainLoopback),
            ("smtp://me@[::1]", "::1", 25, Security::PlainLoopback),
            ("smtp://me@localhost", "localhost", 25, Security::PlainLoopback),
        ] {
            let settings = parse(url, true).unwrap();
            assert_eq!(is_on_this_machine(url), security == Security::PlainLoopback);
            let read = (settings.host.as_str(), settings.port, settings.security);
            assert_eq!(read, (host, port, security), "{url}");
            assert_eq!(settings.login.unwrap().0, "me");
        }
        for user in ["me@lumen.example", "me%40lumen.example"] {
            let login = parse(&format!("smtps://{user}@mail.example"), true).unwrap().login;
            assert_eq!(login.unwrap().0, "me@lumen.example");
        }
        assert!(parse("smtp://127.0.0.1:2525", false).unwrap().login.is_none());
    }

    #[test]
    fn what_cannot_be_read_is_a_sentence_without_the_password() {
        let no_password = UrlError::NoPassword { protocol: Protocol::Smtp, user: "me".into() };
        for (url, password, error) in [
            ("mail.example", true, UrlError::Shape(Protocol::Smtp)),
            ("https://mail.example", true, UrlError::Shape(Protocol::Smtp)),
            ("smtps://%zz@mail.example", true, UrlError::Shape(Protocol::Smtp)),
            ("smtps://@mail.example", true, UrlError::Shape(Protocol::Smtp)),
            ("smtps://me@mail.example:0", true, UrlError::Port(Protocol::Smtp)),
            ("smtps://me@mail.example:70000", true, UrlError::Port(Protocol::Smtp)),
            ("smtps://me@", true, UrlError::Host(Protocol::Smtp)),
            ("smtps://me@mail example", true, UrlError::Host(Protocol::Smtp)),
            ("smtps://me@mail.example/path", true, UrlError::Host(Protocol::Smtp)),
            ("smtps://me:hunter2@mail.example", true, UrlError::Password(Protocol::Smtp)),
            ("smtps://me@mail.example", false, no_password),
            ("smtps://mail.example", true, UrlError::NoUser(Protocol::Smtp)),
        ] {
            let wrong = parse(url, password).unwrap_err();
            assert_eq!(wrong, SmtpSettingsError::Url(error), "{url}");
            assert!(!wrong.to_string().contains("hunter2"));
        }
        let pem = Some(b"nothing".to_vec());
        let wrong = SmtpSettings::parse("smtp://localhost", None, pem).unwrap_err();
        assert_eq!(wrong, SmtpSettingsError::NoCertificate);
    }

    #[test]
    fn a_password_is_not_printed() {
        let settings = parse("smtps://me@mail.example", true).unwrap();
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
