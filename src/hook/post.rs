//! The talk with a webhook's receiver: its name is looked up once, it is talked to at an address
//! that was checked, and what it answers is a number and nothing more.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{Client, StatusCode, redirect};
use tokio::time::timeout;
use tokio_rustls::rustls::ClientConfig;

use crate::hook::Target;
use crate::hook::sign::Signature;

/// From looking up the name to a listening server.
const CONNECT: Duration = Duration::from_secs(5);
/// All of it. A receiver that works longer than this should answer first.
const TOTAL: Duration = Duration::from_secs(10);

/// What came of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 2xx.
    Taken,
    /// 410: the receiver wants no more of it.
    Gone,
    /// A phrase that says why not.
    Not(String),
}

/// Sends messages to receivers.
#[derive(Debug, Clone)]
pub struct Post {
    tls: Arc<ClientConfig>,
}

impl Post {
    #[must_use]
    pub fn new(tls: Arc<ClientConfig>) -> Self {
        Self { tls }
    }

    /// Sends one message. Redirects are not followed, no proxy of the environment is used, and
    /// nothing of the answer's body is read.
    pub async fn send(&self, target: &Target, signature: &Signature, body: Vec<u8>) -> Answer {
        match timeout(TOTAL, self.talk(target, signature, body)).await {
            Ok(Ok(status)) if status.is_success() => Answer::Taken,
            Ok(Ok(StatusCode::GONE)) => Answer::Gone,
            Ok(Ok(status)) if status.is_redirection() => {
                Answer::Not(format!("it answered {}; redirects are not followed", status.as_u16()))
            }
            Ok(Ok(status)) => Answer::Not(format!("it answered {}", status.as_u16())),
            Ok(Err(words)) => Answer::Not(words),
            Err(_) => Answer::Not(format!("no answer within {} seconds", TOTAL.as_secs())),
        }
    }

    async fn talk(
        &self,
        target: &Target,
        signature: &Signature,
        body: Vec<u8>,
    ) -> Result<StatusCode, String> {
        let (host, port) = target.host_and_port();
        let found = timeout(CONNECT, tokio::net::lookup_host((host.as_str(), port)))
            .await
            .map_err(|_| format!("{host} could not be looked up in time"))?
            .map_err(|_| format!("{host} could not be looked up"))?;
        let addresses: Vec<SocketAddr> = found.collect();
        // One that is not public spoils them all: nobody has such a name by accident.
        if let Some(private) = addresses.iter().find(|a| !target.allows(a.ip())) {
            return Err(format!("{host} is at {}, which is no public address", private.ip()));
        }
        if addresses.is_empty() {
            return Err(format!("{host} has no address"));
        }
        let client = Client::builder()
            .tls_backend_preconfigured((*self.tls).clone())
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .resolve_to_addrs(&host, &addresses)
            .build()
            .map_err(|e| words(&e))?;
        let mut request = client
            .post(target.url().clone())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("deskbell/", env!("CARGO_PKG_VERSION")))
            .body(body);
        for (name, value) in [
            (HeaderName::from_static("webhook-id"), &signature.id),
            (HeaderName::from_static("webhook-timestamp"), &signature.timestamp),
            (HeaderName::from_static("webhook-signature"), &signature.standard),
            (HeaderName::from_static("x-hub-signature"), &signature.hub),
        ] {
            request =
                request.header(name, HeaderValue::from_str(value).map_err(|e| e.to_string())?);
        }
        Ok(request.send().await.map_err(|e| words(&e))?.status())
    }
}

/// The last cause says most: "connection refused", "invalid peer certificate". Without the URL,
/// whose path may be a secret.
fn words(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    if std::ptr::addr_eq(cause, error) {
        "it could not be talked to".into()
    } else {
        cause.to_string()
    }
}
