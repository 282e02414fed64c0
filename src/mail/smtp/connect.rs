//! From nothing to a server that listens: the socket, the protection asked for, the login, and what
//! the server offers. Never goes on with less protection than was asked for.

use std::io;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::Ehlo;
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Smtp;
use super::offers::Offers;
use super::step::{Step, Trouble, limited, words};
use crate::mail::line_stream::LineStream;
use crate::mail::server_url::Security;
use crate::mail::tls::{Protected, client_config};

impl Smtp {
    /// A connection that is greeted, protected as asked and logged in.
    pub(super) async fn connect(&mut self, hello: &str) -> Result<AsyncSmtpConnection, Trouble> {
        self.step = Step::Connect;
        let hello = ClientId::Domain(hello.to_owned());
        let limits = self.settings.timeouts;
        let stream = self.stream().await?;
        let mut connection = match self.settings.security {
            Security::Implicit => {
                let failed = |e: io::Error| Trouble::lost(Step::Connect, &e.to_string());
                let trusted = client_config(self.settings.ca_pem.as_deref())
                    .map_err(|words| Trouble::lost(Step::Connect, &words))?;
                let shaking = Protected::handshake(trusted, &self.settings.host, stream);
                let stream = timeout(limits.connect, shaking)
                    .await
                    .map_err(|_| Trouble::timed_out(Step::Connect, limits.connect))?
                    .map_err(failed)?;
                self.step = Step::Greeting;
                let greeting =
                    AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello);
                limited(Step::Greeting, limits.command, greeting).await?
            }
            Security::StartTls | Security::PlainLoopback => {
                self.step = Step::Greeting;
                let greeting =
                    AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello);
                limited(Step::Greeting, limits.command, greeting).await?
            }
        };
        if self.settings.security == Security::StartTls {
            self.step = Step::StartTls;
            if !connection.can_starttls() {
                let words = "the server offers no STARTTLS, and nothing is sent unprotected";
                return Err(Trouble::lost(Step::StartTls, words));
            }
            let upgrade = connection.starttls(self.tls()?, &hello);
            limited(Step::StartTls, limits.command, upgrade).await?;
        }
        if let Some((user, password)) = &self.settings.login {
            self.step = Step::Auth;
            let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
            let login = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
            limited(Step::Auth, limits.command, login).await?;
        }
        // lettre keeps neither DSN nor SIZE of the answers it has read, and a server may offer more
        // to those who are logged in.
        self.step = Step::Greeting;
        let again = connection.command(Ehlo::new(hello));
        self.offers = match limited(Step::Greeting, limits.command, again).await {
            Ok(answer) => Offers::read(&answer),
            Err(trouble) if trouble.is_refusal() && !trouble.is_gone() => Offers::default(),
            Err(trouble) => return Err(trouble),
        };
        Ok(connection)
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

    /// Certificates are verified against the system's authorities and the configured one.
    fn tls(&self) -> Result<TlsParameters, Trouble> {
        let mut builder = TlsParameters::builder(self.settings.host.clone());
        let wrong = |e| Trouble::lost(self.step, &words(&e));
        if let Some(pem) = &self.settings.ca_pem {
            builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(wrong)?);
        }
        builder.build().map_err(wrong)
    }
}
