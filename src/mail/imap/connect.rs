//! From nothing to a mailbox that one is logged in to: the socket, the protection asked for, name
//! and password. Never goes on with less protection than was asked for.
//!
//! The first lines are read byte by byte: what a server, or someone between, sends behind its answer
//! to STARTTLS is held by nobody, and runs into the TLS handshake, which fails (RFC 3501 §6.2.1,
//! CVE-2021-33515 and its kin).

use std::time::Duration;

use async_imap::{Authenticator, Client, Session};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use super::trouble::{Kind, Trouble};
use crate::mail::capped::Capped;
use crate::mail::imap_settings::ImapSettings;
use crate::mail::server_url::Security;
use crate::mail::tls::client_config;

/// DNS, TCP and a TLS handshake, each.
const CONNECT: Duration = Duration::from_secs(30);
/// Greeting, CAPABILITY, STARTTLS and the login, each.
const STEP: Duration = Duration::from_secs(60);
/// The longest line before the login, in bytes.
const LINE: usize = 8 * 1024;
/// The most bytes of an answer after it: a piece of a mail, or the numbers of a very full mailbox.
const ANSWER: usize = 8 * 1024 * 1024;

/// A connection, protected or not.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug> Stream for T {}

pub type Wire = Box<dyn Stream>;

fn no_connection(said: &str) -> Trouble {
    Trouble::new(Kind::Lost, "no connection", said)
}

fn no_protection(said: &str) -> Trouble {
    Trouble::new(Kind::Lost, "no protection", said)
}

/// Waits for a step, but not for ever.
async fn limited<T>(
    limit: Duration,
    step: impl Future<Output = Result<T, Trouble>>,
) -> Result<T, Trouble> {
    timeout(limit, step).await.map_err(|_| Trouble::timed_out(limit))?
}

/// A connection to the mailbox's server, protected if it is so from the first byte.
///
/// # Errors
/// [`Trouble`].
pub async fn connect(settings: &ImapSettings) -> Result<Wire, Trouble> {
    let place = (settings.host.as_str(), settings.port);
    let stream = timeout(CONNECT, TcpStream::connect(place))
        .await
        .map_err(|_| Trouble::timed_out(CONNECT))?
        .map_err(|e| no_connection(&e.to_string()))?;
    let peer = stream.peer_addr()?;
    // What a name leads to is not known before: "localhost" could be somewhere else.
    if settings.security == Security::PlainLoopback && !peer.ip().is_loopback() {
        let words = format!("{peer} is not this machine, and no password is sent unprotected");
        return Err(no_protection(&words));
    }
    stream.set_nodelay(true)?;
    match settings.security {
        Security::Implicit => protect(Box::new(stream), settings).await,
        Security::StartTls | Security::PlainLoopback => Ok(Box::new(stream)),
    }
}

async fn protect(wire: Wire, settings: &ImapSettings) -> Result<Wire, Trouble> {
    let config = client_config(settings.ca_pem.as_deref()).map_err(|e| no_protection(&e))?;
    let name = ServerName::try_from(settings.host.clone());
    let name = name.map_err(|e| no_protection(&e.to_string()))?;
    let shaking = async {
        let protected = TlsConnector::from(config).connect(name, wire).await;
        protected.map_err(|e| no_protection(&e.to_string()))
    };
    Ok(Box::new(limited(CONNECT, shaking).await?))
}

/// Hears the greeting, protects where that comes later, and logs in.
pub(super) async fn login(
    mut wire: Wire,
    settings: &ImapSettings,
) -> Result<Session<Capped<Wire>>, Trouble> {
    let greeting = limited(STEP, line(&mut wire)).await?;
    // PREAUTH would spare us STARTTLS, and whoever stands between the password.
    if !starts_with(&greeting, "* OK") {
        return Err(Trouble::new(Kind::Lost, "turned away", &greeting));
    }
    if settings.security == Security::StartTls {
        let answer = limited(STEP, ask(&mut wire, "s1", "STARTTLS")).await?;
        if !answer.last().is_some_and(|done| starts_with(done, "s1 OK")) {
            let words = "the server offers no STARTTLS, and no password is sent unprotected";
            return Err(no_protection(words));
        }
        wire = protect(wire, settings).await?;
    }
    let offers = limited(STEP, ask(&mut wire, "s2", "CAPABILITY")).await?.join(" ").to_uppercase();
    let client = Client::new(Capped::new(wire, ANSWER));
    let (user, password) = (settings.user.as_str(), settings.password.reveal());
    let logged_in = async {
        let done = if offers.contains("AUTH=PLAIN") {
            client.authenticate("PLAIN", Plain { user, password }).await
        } else {
            client.login(user, password).await
        };
        done.map_err(|(wrong, _)| match Trouble::from(wrong) {
            refused if refused.kind() == Kind::Refused => {
                let said = refused.about("password refused").to_string();
                Trouble::new(Kind::Password, &said, "")
            }
            other => other,
        })
    };
    limited(STEP, logged_in).await
}

/// SASL PLAIN (RFC 4616).
struct Plain<'a> {
    user: &'a str,
    password: &'a str,
}

impl Authenticator for Plain<'_> {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        format!("\0{}\0{}", self.user, self.password)
    }
}

fn starts_with(line: &str, begin: &str) -> bool {
    line.get(..begin.len()).is_some_and(|given| given.eq_ignore_ascii_case(begin))
}

/// Says a command; gives the lines up to the one that ends it.
async fn ask(wire: &mut Wire, tag: &str, command: &str) -> Result<Vec<String>, Trouble> {
    wire.write_all(format!("{tag} {command}\r\n").as_bytes()).await?;
    wire.flush().await?;
    let mut lines = Vec::new();
    loop {
        let line = line(wire).await?;
        let last = starts_with(&line, &format!("{tag} "));
        lines.push(line);
        if last {
            return Ok(lines);
        }
        if lines.len() > 100 {
            return Err(Trouble::new(Kind::Lost, "not understood", "an answer without end"));
        }
    }
}

/// One line without its end.
async fn line(wire: &mut Wire) -> Result<String, Trouble> {
    let mut line = Vec::new();
    loop {
        match wire.read_u8().await {
            Ok(b'\n') => return Ok(String::from_utf8_lossy(&line).trim_end().to_owned()),
            Ok(byte) if line.len() < LINE => line.push(byte),
            Ok(_) => return Err(Trouble::new(Kind::Lost, "not understood", "a line without end")),
            Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => return Err(Trouble::lost()),
            Err(e) => return Err(e.into()),
        }
    }
}
