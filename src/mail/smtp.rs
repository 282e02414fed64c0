//! Hands mails to a server, one step of the talk after the other, each with its own limit in time.
//!
//! What must hold: what is said of an attempt follows from the step at which it ended, since a 550
//! to RCPT ends one mail and a 535 to AUTH must end none; a mail is ambiguous only when its final
//! dot may have left and no answer came back (L5); and nothing is ever sent with less protection
//! than was asked for. lettre alone has no limit but for connecting, so all waiting is limited here.

mod connect;
mod lent;
mod offers;
mod spoken;
mod step;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::response::Response;
use tokio::sync::Notify;
use tokio::time::timeout;

use self::offers::Offers;
use self::step::{Step, Trouble, limited, said};
use crate::domain::EmailAddress;
use crate::mail::header::ascii;
use crate::mail::server_url::{AskPassword, Security};
use crate::mail::smtp_settings::SmtpSettings;
use crate::mail::transport::{Envelope, Outcome};

/// How long a goodbye may take: nothing depends on it.
const GOODBYE: Duration = Duration::from_secs(5);
/// The message is written in pieces of this many bytes.
const PIECE: usize = 16 * 1024;

/// A server, and the connection to it that is kept from one mail to the next.
pub struct Smtp {
    settings: SmtpSettings,
    connection: Option<AsyncSmtpConnection>,
    /// Of that connection.
    offers: Offers,
    step: Step,
    /// The server takes the desk's plain address alone as a sender.
    plain: bool,
    /// The server lists DSN, and refuses what is asked by it.
    no_reports: bool,
    /// Where the password is, for when the one in the settings is refused.
    password: Option<Arc<AskPassword>>,
    refused: bool,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let connected = self.connection.is_some();
        write!(f, "Smtp {{ {:?}, connected: {connected} }}", self.settings)
    }
}

impl Smtp {
    #[must_use]
    pub fn new(settings: SmtpSettings) -> Self {
        Self {
            settings,
            connection: None,
            offers: Offers::default(),
            step: Step::Connect,
            plain: false,
            no_reports: false,
            password: None,
            refused: false,
        }
    }

    /// Has the password read anew when it was refused: somebody may have corrected it.
    #[must_use]
    pub fn asking(self, password: Arc<AskPassword>) -> Self {
        Self { password: Some(password), ..self }
    }

    /// "mail.example:587 with STARTTLS as me".
    #[must_use]
    pub fn describe(&self) -> String {
        let SmtpSettings { host, port, security, login, .. } = &self.settings;
        let protection = match security {
            Security::Implicit => "with TLS",
            Security::StartTls => "with STARTTLS, never without",
            Security::PlainLoopback => "on this machine, without TLS",
        };
        let who =
            login.as_ref().map_or("without login".to_owned(), |(user, _)| format!("as {user}"));
        format!("{host}:{port} {protection}, {who}")
    }

    /// Makes one attempt; see [`Transport::send`](crate::mail::transport::Transport::send).
    ///
    /// # Errors
    /// Those of `before_dot` alone. The connection is dropped then in the middle of the talk, and
    /// a server does not deliver what has no final dot.
    pub async fn send<E>(
        &mut self,
        envelope: &Envelope,
        raw: &[u8],
        before_dot: impl AsyncFnOnce() -> Result<(), E>,
    ) -> Result<Outcome, E> {
        let plain = envelope.plain_from.as_deref().map(address).transpose();
        let (from, plain, to) = match (address(&envelope.from), plain, address(&envelope.to)) {
            (Ok(from), Ok(plain), Ok(to)) => (from, plain, to),
            (Err(words), ..) | (_, Err(words), _) => return Ok(Outcome::Pause { words }),
            (.., Err(words)) => return Ok(Outcome::Permanent { words }),
        };
        let signed = (from, plain);
        let limit = self.settings.timeouts.before_message;
        let ready = match timeout(limit, self.ready(envelope, signed, &to, raw.len())).await {
            Ok(ready) => ready,
            Err(_) => Err(Trouble::timed_out(self.step, limit)),
        };
        let sent = match ready {
            Ok(mut connection) => {
                // A connection that is not put back is dropped, whatever happens here.
                before_dot().await?;
                let sent = self.message(&mut connection, raw).await;
                self.connection = Some(connection);
                sent
            }
            Err(trouble) => Err(trouble),
        };
        Ok(match sent {
            Ok(answer) => {
                self.refused = false;
                Outcome::Sent { words: said(&answer) }
            }
            Err(trouble) => {
                self.recover(&trouble).await;
                self.refused = trouble.is_about_login();
                // Told at the very end: the next attempt begins with the plain address.
                self.plain |= trouble.is_about_sender() && envelope.plain_from.is_some();
                trouble.outcome()
            }
        })
    }

    /// [`Smtp::by_sender`], and without parameters for reports where the server lists them and takes
    /// none.
    async fn ready(
        &mut self,
        envelope: &Envelope,
        (signed, plain): (Address, Option<Address>),
        to: &Address,
        bytes: usize,
    ) -> Result<AsyncSmtpConnection, Trouble> {
        let first = self.by_sender(envelope, (signed.clone(), plain.clone()), to, bytes).await;
        match first {
            Err(trouble) if trouble.may_be_about_parameters() && self.offers.asks_for_reports() => {
                self.recover(&trouble).await;
                self.offers = self.offers.without_reports();
                self.no_reports = true;
                let again = self.by_sender(envelope, (signed, plain), to, bytes).await;
                self.no_reports = again.is_ok();
                again
            }
            other => other,
        }
    }

    /// [`Smtp::prepare`] from the signed sender; from the plain one where the server does not let
    /// us use that, as strict providers do. A bounce is then known by the id it repeats.
    async fn by_sender(
        &mut self,
        envelope: &Envelope,
        (signed, plain): (Address, Option<Address>),
        to: &Address,
        bytes: usize,
    ) -> Result<AsyncSmtpConnection, Trouble> {
        match plain {
            Some(plain) if self.plain => self.prepare(envelope, &plain, to, bytes).await,
            Some(plain) => match self.prepare(envelope, &signed, to, bytes).await {
                Err(trouble) if trouble.is_about_sender() => {
                    self.recover(&trouble).await;
                    let again = self.prepare(envelope, &plain, to, bytes).await;
                    self.plain = again.is_ok();
                    again
                }
                other => other,
            },
            None => self.prepare(envelope, &signed, to, bytes).await,
        }
    }

    /// Says goodbye to the server, if there is a connection.
    pub async fn quit(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            // The mails are delivered; how the talk ends does not matter.
            let _ = timeout(GOODBYE, connection.quit()).await;
        }
    }

    /// All steps up to the server's "go ahead". The connection is kept in `self` only where it is
    /// fit for another mail, or for [`Smtp::recover`] to find out.
    async fn prepare(
        &mut self,
        envelope: &Envelope,
        from: &Address,
        to: &Address,
        bytes: usize,
    ) -> Result<AsyncSmtpConnection, Trouble> {
        let limits = self.settings.timeouts;
        let mail = |offers: Offers| Mail::new(Some(from.clone()), offers.with_mail(envelope));
        if self.connection.is_some() {
            self.fits(bytes)?;
        }
        let kept = match self.connection.take() {
            Some(mut kept) => {
                self.step = Step::Mail;
                let asked = kept.command(mail(self.offers));
                match limited(Step::Mail, limits.command, asked).await {
                    Ok(_) => Some(kept),
                    // The server has hung up since the last mail, which is its right: begin anew.
                    Err(trouble) if trouble.is_gone() => None,
                    Err(trouble) => {
                        self.connection = Some(kept);
                        return Err(trouble);
                    }
                }
            }
            None => None,
        };
        let mut connection = match kept {
            Some(kept) => kept,
            None => {
                let mut fresh = self.connect(from.domain()).await?;
                if let Err(trouble) = self.fits(bytes) {
                    self.connection = Some(fresh);
                    return Err(trouble);
                }
                self.step = Step::Mail;
                let asked = fresh.command(mail(self.offers));
                if let Err(trouble) = limited(Step::Mail, limits.command, asked).await {
                    self.connection = Some(fresh);
                    return Err(trouble);
                }
                fresh
            }
        };
        self.step = Step::Rcpt;
        let rcpt = connection.command(Rcpt::new(to.clone(), self.offers.with_recipient(to)));
        if let Err(trouble) = limited(Step::Rcpt, limits.command, rcpt).await {
            self.connection = Some(connection);
            return Err(trouble);
        }
        self.step = Step::Data;
        match limited(Step::Data, limits.data, connection.command(Data)).await {
            Ok(answer) if answer.has_code(354) => Ok(connection),
            // The talk is out of step: this connection is good for nothing more.
            Ok(answer) => Err(Trouble::lost(Step::Data, &said(&answer))),
            Err(trouble) => {
                self.connection = Some(connection);
                Err(trouble)
            }
        }
    }

    /// The message, the dot, and the answer to it.
    async fn message(
        &self,
        connection: &mut AsyncSmtpConnection,
        raw: &[u8],
    ) -> Result<Response, Trouble> {
        let limits = self.settings.timeouts;
        // lettre ends the last line itself.
        let raw = raw.strip_suffix(b"\r\n").unwrap_or(raw);
        // lettre asks for another piece when the last one has been written: then the dot follows.
        let written = Arc::new((AtomicBool::new(false), Notify::new()));
        let signal = Arc::clone(&written);
        let pieces = raw.chunks(PIECE).chain(std::iter::from_fn(move || {
            signal.0.store(true, Ordering::Relaxed);
            signal.1.notify_one();
            None
        }));
        let sending = connection.message_iter(pieces);
        tokio::pin!(sending);
        tokio::select! {
            biased;
            answer = &mut sending => {
                return if written.0.load(Ordering::Relaxed) {
                    step::answer(answer)
                } else {
                    answer.map_err(|e| Trouble::of(Step::Message, &e))
                };
            }
            () = written.1.notified() => {}
            () = tokio::time::sleep(limits.message) => {
                return Err(Trouble::timed_out(Step::Message, limits.message));
            }
        }
        match timeout(limits.answer, sending).await {
            Ok(answer) => step::answer(answer),
            Err(_) => Err(Trouble::timed_out(Step::Dot, limits.answer)),
        }
    }

    /// After a refusal the connection is fit for the next mail once the server has forgotten this
    /// one; after anything else it is dropped.
    async fn recover(&mut self, trouble: &Trouble) {
        let Some(mut connection) = self.connection.take() else { return };
        if trouble.is_refusal()
            && matches!(timeout(GOODBYE, connection.command(Rset)).await, Ok(Ok(_)))
        {
            self.connection = Some(connection);
        }
    }
}

fn address(raw: &str) -> Result<Address, String> {
    let address = EmailAddress::new(raw).map_err(|e| e.to_string())?;
    ascii(&address).map_err(|e| e.to_string())
}

#[cfg(test)]
mod server;
#[cfg(test)]
mod tests;
