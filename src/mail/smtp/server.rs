//! A mail server that does as its script says, and writes down all that it sees.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The authority that the server's certificate is signed by.
pub(super) const CA: &[u8] = include_bytes!("../../../tests/data/tls/ca.pem");

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}
type Client = BufReader<Box<dyn Stream>>;

async fn protect(client: Client) -> std::io::Result<Client> {
    let certificate = include_bytes!("../../../tests/data/tls/server.pem");
    let key = include_bytes!("../../../tests/data/tls/server.key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(certificate).unwrap()],
            PrivateKeyDer::from_pem_slice(key).unwrap(),
        )
        .unwrap();
    let protected = TlsAcceptor::from(Arc::new(config)).accept(client.into_inner()).await?;
    Ok(BufReader::new(Box::new(protected)))
}

/// What the server does at a step.
#[derive(Debug, Clone)]
pub(super) enum Does {
    Say(&'static str),
    /// Says it once, and is friendly from then on.
    Once(&'static str),
    Stall,
    Close,
    /// Only at "GREETING": TLS from the first byte.
    Tls,
    /// Talks without end, and without the end of a line.
    Flood,
}

/// Steps are "GREETING", the verbs of SMTP, and "." for the end of the message. One that is not
/// in the script is answered as a friendly server would.
#[derive(Debug, Clone)]
pub(super) struct Server {
    pub(super) port: u16,
    log: Arc<Mutex<Vec<String>>>,
    lines: Arc<Mutex<Vec<String>>>,
    messages: Arc<Mutex<Vec<Vec<u8>>>>,
    script: Arc<Mutex<HashMap<&'static str, Does>>>,
}

impl Server {
    pub(super) async fn start(script: &[(&'static str, Does)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            log: Arc::default(),
            lines: Arc::default(),
            messages: Arc::default(),
            script: Arc::new(Mutex::new(script.iter().cloned().collect())),
        };
        let handle = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let handle = handle.clone();
                tokio::spawn(async move {
                    // A client that hangs up ends its talk.
                    let _ = handle.talk(stream).await;
                });
            }
        });
        server
    }

    /// From now on, does this at `step`.
    pub(super) fn set(&self, step: &'static str, does: Does) {
        self.script.lock().unwrap().insert(step, does);
    }

    pub(super) fn note(&self, what: &str) {
        self.log.lock().unwrap().push(what.to_owned());
    }

    /// The steps that were reached, in order.
    pub(super) fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// What was asked, word by word.
    pub(super) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// The messages that were ended by a dot, dot-stuffing taken off.
    pub(super) fn messages(&self) -> Vec<Vec<u8>> {
        self.messages.lock().unwrap().clone()
    }

    async fn does(&self, step: &str, stream: &mut Client) -> std::io::Result<bool> {
        self.note(step);
        let does = self.script.lock().unwrap().get(step).cloned();
        let say = match does {
            Some(Does::Close) => return Ok(false),
            Some(Does::Flood) => loop {
                stream.write_all(&[b'2'; 1024]).await?;
            },
            Some(Does::Stall) => {
                // Until the client hangs up.
                while stream.read_u8().await.is_ok() {}
                return Ok(false);
            }
            Some(Does::Say(say)) => say,
            Some(Does::Once(say)) => {
                self.script.lock().unwrap().remove(step);
                say
            }
            Some(Does::Tls) | None => match step {
                "GREETING" => "220 test ESMTP",
                "EHLO" => "250-test\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME",
                "AUTH" => "235 2.7.0 Welcome",
                "DATA" => "354 Go ahead",
                "." => "250 2.0.0 Ok: queued as 4F",
                "QUIT" => "221 Bye",
                _ => "250 Ok",
            },
        };
        stream.write_all(format!("{say}\r\n").as_bytes()).await?;
        Ok(!say.starts_with("421"))
    }

    async fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream: Client = BufReader::new(Box::new(stream));
        if matches!(self.script.lock().unwrap().get("GREETING"), Some(Does::Tls)) {
            stream = protect(stream).await?;
        }
        let mut go_on = self.does("GREETING", &mut stream).await?;
        while go_on {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                break;
            }
            self.lines.lock().unwrap().push(line.trim_end().to_owned());
            let verb = line.split_whitespace().next().unwrap_or("").to_owned();
            go_on = self.does(&verb, &mut stream).await?;
            if go_on && verb == "STARTTLS" {
                stream = protect(stream).await?;
                self.note("protected");
            }
            let taken = !matches!(
                self.script.lock().unwrap().get("DATA"),
                Some(Does::Say(say)) if !say.starts_with("354")
            );
            if go_on && verb == "DATA" && taken {
                let Some(message) = self.message(&mut stream).await? else { break };
                self.messages.lock().unwrap().push(message);
                go_on = self.does(".", &mut stream).await?;
            }
        }
        Ok(())
    }

    async fn message(&self, stream: &mut Client) -> std::io::Result<Option<Vec<u8>>> {
        let mut message = Vec::new();
        stream.fill_buf().await?;
        self.note("first byte");
        loop {
            let mut line = Vec::new();
            if stream.read_until(b'\n', &mut line).await? == 0 {
                return Ok(None);
            }
            if line == b".\r\n" {
                return Ok(Some(message));
            }
            message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }
}
