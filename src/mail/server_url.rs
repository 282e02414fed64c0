//! Where a mail server is, read from a URL: `scheme://user@host:port`. Never repeats the URL in an
//! error, for it may hold a password.

use std::net::IpAddr;

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

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// Why a URL names no server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::mail) enum UrlError {
    Shape,
    Port,
    Host,
    /// It holds a password.
    Password,
    /// It names this user, and there is no password.
    NoPassword(String),
    /// There is a password, and it names no user.
    NoUser,
}

/// What a URL says.
#[derive(Debug)]
pub(in crate::mail) struct Place {
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
    pub(in crate::mail) fn read(url: &str, scheme: &str) -> Result<Self, UrlError> {
        let (given, rest) = url.trim().split_once("://").ok_or(UrlError::Shape)?;
        let implicit = match given.strip_prefix(scheme) {
            Some("s") => true,
            Some("") => false,
            _ => return Err(UrlError::Shape),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(user.to_owned()), place),
            None => (None, rest),
        };
        let (host, port) = split_port(place)?;
        let host = host_name(host)?;
        let security = match (implicit, is_loopback(&host)) {
            (true, _) => Security::Implicit,
            (false, true) => Security::PlainLoopback,
            (false, false) => Security::StartTls,
        };
        Ok(Self { user, host, port, security })
    }

    /// Name and password, which go together.
    pub(in crate::mail) fn login(
        &self,
        password: Option<Secret>,
    ) -> Result<Option<(String, Secret)>, UrlError> {
        match (&self.user, password) {
            (Some(user), _) if user.contains(':') => Err(UrlError::Password),
            (Some(user), password) => {
                let user = percent_decoded(user).ok_or(UrlError::Shape)?;
                match password {
                    Some(password) => Ok(Some((user, password))),
                    None => Err(UrlError::NoPassword(user)),
                }
            }
            (None, Some(_)) => Err(UrlError::NoUser),
            (None, None) => Ok(None),
        }
    }
}

fn split_port(place: &str) -> Result<(&str, Option<u16>), UrlError> {
    let (host, port) = match place.rsplit_once(':') {
        // A colon inside of an IPv6 address.
        Some((_, tail)) if tail.contains(']') => return Ok((place, None)),
        Some((host, port)) => (host, port),
        None => return Ok((place, None)),
    };
    match port.parse() {
        Ok(0) | Err(_) => Err(UrlError::Port),
        Ok(port) => Ok((host, Some(port))),
    }
}

/// A name in its ASCII form, or an address without brackets.
fn host_name(host: &str) -> Result<String, UrlError> {
    match url::Host::parse(host) {
        Ok(url::Host::Domain(name)) => Ok(name),
        Ok(url::Host::Ipv4(address)) => Ok(address.to_string()),
        Ok(url::Host::Ipv6(address)) => Ok(address.to_string()),
        Err(_) => Err(UrlError::Host),
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
