//! From nothing to a server that listens: the socket, the protection asked for, the login, and what
//! the server offers. Never goes on with less protection than was asked for.

use std::io;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::commands::{Ehlo, Starttls};
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::Smtp;
use super::lent::lend;
use super::offers::Offers;
use super::spoken::Spoken;
use super::step::{Step, Trouble, limited};
use crate::mail::line_stream::LineStream;
use crate::mail::server_url::Security;
use crate::mail::tls::{Protected, client_config};

impl Smtp {
    /// A connection that is greeted, protected as asked and logged in.
    pub(super) async fn connect(&mut self, hello: &str) -> Result<AsyncSmtpConnection, Trouble> {
        self.step = Step::Connect;
        let hello = ClientId::Domain(hello.to_owned());
        let stream = self.stream().await?;
        let mut connection = match self.settings.security {
            Security::PlainLoopback => self.greeting(Spoken::new(stream), &hello).await?,
            Security::Implicit => {
                let stream = self.protected(stream).await?;
                self.greeting(Spoken::new(stream), &hello).await?
            }
            Security::StartTls => {
                let (lent, lender) = lend(stream);
                let mut plain = self.greeting(Spoken::new(lent), &hello).await?;
                self.step = Step::StartTls;
                let failed = |words| Trouble::lost(Step::StartTls, words);
                if !plain.can_starttls() {
                    let words = "the server offers no STARTTLS, and nothing is sent unprotected";
                    return Err(failed(words));
                }
                let limit = self.settings.timeouts.command;
                limited(Step::StartTls, limit, plain.command(Starttls)).await?;
                let stream = lender.take_back().ok_or_else(|| failed("the connection is gone"))?;
                drop(plain);
                let stream = self.protected(stream).await?;
                // All that was said so far may have been anybody's: ask anew (RFC 3207 §4.2).
                self.greeting(Spoken::greeted(stream), &hello).await?
            }
        };
        self.ask_again().await;
        if let Some((user, password)) = &self.settings.login {
            self.step = Step::Auth;
            let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
            let login = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
            limited(Step::Auth, self.settings.timeouts.command, login).await?;
        }
        // lettre keeps neither DSN nor SIZE of the answers it has read, and a server may offer more
        // to those who are logged in.
        self.step = Step::Greeting;
        let again = connection.command(Ehlo::new(hello));
        self.offers = match limited(Step::Greeting, self.settings.timeouts.command, again).await {
            Ok(answer) if self.no_reports => Offers::read(&answer).without_reports(),
            Ok(answer) => Offers::read(&answer),
            Err(trouble) if trouble.is_refusal() && !trouble.is_gone() => Offers::default(),
            Err(trouble) => return Err(trouble),
        };
        Ok(connection)
    }

    /// The password as it is now, when the last one was refused.
    async fn ask_again(&mut self) {
        if let Some(ask) = self.password.clone().filter(|_| self.refused)
            && let Ok(Some(now)) = spawn_blocking(move || ask()).await
            && let Some((_, password)) = &mut self.settings.login
        {
            *password = now;
        }
    }

    /// A mail that is too large ends before it begins.
    pub(super) fn fits(&self, bytes: usize) -> Result<(), Trouble> {
        match self.offers.too_small_for(bytes) {
            Some(limit) => Err(Trouble::too_large(bytes, limit)),
            None => Ok(()),
        }
    }

    async fn stream(&self) -> Result<LineStream, Trouble> {
        let limit = self.settings.timeouts.connect;
        let place = (self.settings.host.as_str(), self.settings.port);
        let failed = |e: &io::Error| Trouble::lost(Step::Connect, &e.to_string());
        let stream = timeout(limit, TcpStream::connect(place))
            .await
            .map_err(|_| Trouble::timed_out(Step::Connect, limit))?
            .map_err(|e| failed(&e))?;
        // What a name leads to is not known before: "localhost" could be somewhere else.
        let peer = stream.peer_addr().map_err(|e| failed(&e))?;
        if self.settings.security == Security::PlainLoopback && !peer.ip().is_loopback() {
            let words = format!("{peer} is not this machine, and nothing is sent unprotected");
            return Err(Trouble::lost(Step::Connect, &words));
        }
        // Without it the final dot waits for the server's delayed ACK: 40 ms a mail.
        stream.set_nodelay(true).map_err(|e| failed(&e))?;
        Ok(LineStream::new(stream))
    }

    /// The server's greeting, and what it offers.
    async fn greeting(
        &mut self,
        stream: impl AsyncTokioStream + 'static,
        hello: &ClientId,
    ) -> Result<AsyncSmtpConnection, Trouble> {
        if self.step == Step::Connect {
            self.step = Step::Greeting;
        }
        let greeting = AsyncSmtpConnection::connect_with_transport(Box::new(stream), hello);
        limited(self.step, self.settings.timeouts.command, greeting).await
    }

    /// Certificates are verified against the system's authorities and the configured one.
    async fn protected(&self, stream: LineStream) -> Result<Protected, Trouble> {
        let (step, limits) = (self.step, self.settings.timeouts);
        let limit = if step == Step::Connect { limits.connect } else { limits.command };
        let failed = |words: &str| Trouble::lost(step, words);
        let trusted = client_config(self.settings.ca_pem.as_deref()).map_err(|e| failed(&e))?;
        let shaking = Protected::handshake(trusted, &self.settings.host, stream);
        timeout(limit, shaking)
            .await
            .map_err(|_| Trouble::timed_out(step, limit))?
            .map_err(|e| failed(&e.to_string()))
    }
}
