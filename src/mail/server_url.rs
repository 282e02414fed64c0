//! Where a mail server is, read from a URL: `scheme://user@host:port`. Never repeats the URL in an
//! error, for it may hold a password.

use std::net::IpAddr;

use thiserror::Error;

/// How the talk is protected. There is no form that falls back to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (`smtps://`, `imaps://`), the certificate verified.
    Implicit,
    /// TLS after STARTTLS (`smtp://`, `imap://`), required, the certificate verified.
    StartTls,
    /// No TLS: a server on this machine only (`smtp://` or `imap://` with a loopback host).
    PlainLoopback,
}

/// A password. It can be neither printed nor compared.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    #[must_use]
    pub fn new(secret: String) -> Self {
        Self(secret)
    }

    pub(in crate::mail) fn reveal(&self) -> &str {
        &self.0
    }
}

/// Reads a password from where it is kept, which may take a while; `None` when it cannot be read.
pub type AskPassword = dyn Fn() -> Option<Secret> + Send + Sync;

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// What a URL speaks, and the setting that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// `mail.smtp`
    Smtp,
    /// `mail.imap`
    Imap,
}

impl Protocol {
    const fn scheme(self) -> &'static str {
        match self {
            Self::Smtp => "smtp",
            Self::Imap => "imap",
        }
    }

    /// The part of a password's settings that stands before `password_env`.
    const fn password_prefix(self) -> &'static str {
        match self {
            Self::Smtp => "",
            Self::Imap => "imap_",
        }
    }
}

/// Why a URL names no server that is used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UrlError {
    #[error("mail.{s} must be {s}s://user@host, {s}://user@host or {s}://user@127.0.0.1:port.", s = .0.scheme())]
    Shape(Protocol),
    #[error("mail.{} names a port that is not a number between 1 and 65535.", .0.scheme())]
    Port(Protocol),
    #[error("mail.{} names a host that no mail server can be on.", .0.scheme())]
    Host(Protocol),
    #[error(
        "mail.{} holds a password. Take it out, and set mail.{p}password_env, {p}password_file or \
         {p}password_command.", .0.scheme(), p = .0.password_prefix()
    )]
    Password(Protocol),
    /// The user it names.
    #[error(
        "mail.{} names the user {user}, but there is no password. Set mail.{p}password_env, \
         {p}password_file or {p}password_command{}.",
        .protocol.scheme(),
        if *.protocol == Protocol::Imap { ", or the one for mail.smtp" } else { "" },
        p = .protocol.password_prefix()
    )]
    NoPassword { protocol: Protocol, user: String },
    /// There is a password, or one is needed.
    #[error("mail.{s} names no user to log in as. Write it as {s}s://user@host.", s = .0.scheme())]
    NoUser(Protocol),
}

/// What a URL says.
#[derive(Debug)]
pub(in crate::mail) struct Place {
    protocol: Protocol,
    /// As it is written, percent-encoded.
    user: Option<String>,
    /// A name or an address, without brackets.
    pub(in crate::mail) host: String,
    pub(in crate::mail) port: Option<u16>,
    pub(in crate::mail) security: Security,
}

impl Place {
    /// Reads `<scheme>s://` as TLS from the first byte, and `<scheme>://` as STARTTLS, or as no TLS
    /// with a host on this machine.
    pub(in crate::mail) fn read(url: &str, protocol: Protocol) -> Result<Self, UrlError> {
        let (given, rest) = url.trim().split_once("://").ok_or(UrlError::Shape(protocol))?;
        let implicit = match given.strip_prefix(protocol.scheme()) {
            Some("s") => true,
            Some("") => false,
            _ => return Err(UrlError::Shape(protocol)),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(user.to_owned()), place),
            None => (None, rest),
        };
        let (host, port) = split_port(place).ok_or(UrlError::Port(protocol))?;
        let host = host_name(host).ok_or(UrlError::Host(protocol))?;
        let security = match (implicit, is_loopback(&host)) {
            (true, _) => Security::Implicit,
            (false, true) => Security::PlainLoopback,
            (false, false) => Security::StartTls,
        };
        Ok(Self { protocol, user, host, port, security })
    }

    /// Name and password, which go together.
    pub(in crate::mail) fn login(
        &self,
        password: Option<Secret>,
    ) -> Result<Option<(String, Secret)>, UrlError> {
        let protocol = self.protocol;
        match (&self.user, password) {
            (Some(user), _) if user.contains(':') => Err(UrlError::Password(protocol)),
            (Some(user), password) => {
                let user = percent_decoded(user).ok_or(UrlError::Shape(protocol))?;
                match password {
                    Some(password) => Ok(Some((user, password))),
                    None => Err(UrlError::NoPassword { protocol, user }),
                }
            }
            (None, Some(_)) => Err(UrlError::NoUser(protocol)),
            (None, None) => Ok(None),
        }
    }
}

/// `None` where the port is none.
fn split_port(place: &str) -> Option<(&str, Option<u16>)> {
    match place.rsplit_once(':') {
        // A colon inside of an IPv6 address.
        Some((_, tail)) if tail.contains(']') => Some((place, None)),
        Some((host, port)) => Some((host, Some(port.parse().ok().filter(|port| *port != 0)?))),
        None => Some((place, None)),
    }
}

/// A name in its ASCII form, or an address without brackets; `None` where it is neither.
fn host_name(host: &str) -> Option<String> {
    match url::Host::parse(host).ok()? {
        url::Host::Domain(name) => Some(name),
        url::Host::Ipv4(address) => Some(address.to_string()),
        url::Host::Ipv6(address) => Some(address.to_string()),
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// `None` where a `%` is not followed by two hex digits, or the result is no plain text.
fn percent_decoded(raw: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |b: Option<u8>| char::from(b?).to_digit(16);
        let (high, low) = (digit(rest.next())?, digit(rest.next())?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    let text = String::from_utf8(bytes).ok()?;
    (!text.is_empty() && !text.contains(char::is_control)).then_some(text)
}
