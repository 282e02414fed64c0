//! Where the LMTP listener listens: a port of this machine, or a socket in the file system.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};

/// For its owner and its group: a mail server runs as another user, who is put into the group.
const MODE: u32 = 0o660;

/// A client, by whichever way it came.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// An open door.
#[derive(Debug)]
pub struct Door(Kind);

#[derive(Debug)]
enum Kind {
    Tcp(TcpListener, SocketAddr),
    Unix(UnixListener, Socket),
}

impl Door {
    /// Opens `127.0.0.1:24`, `[::1]:24`, `localhost:24`, or `unix:/path`. With port 0 the system
    /// chooses one.
    ///
    /// # Errors
    /// A sentence: it is not written so, lies open to other machines, or is taken.
    pub async fn open(address: &str) -> anyhow::Result<Self> {
        if let Some(path) = address.strip_prefix("unix:") {
            return unix(Path::new(path)).await;
        }
        let named = address.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
        let place: SocketAddr = named.as_deref().unwrap_or(address).parse().map_err(|_| {
            anyhow::anyhow!(
                "\"{address}\" is no place for --lmtp. Write it as 127.0.0.1:24 or unix:/path."
            )
        })?;
        anyhow::ensure!(
            place.ip().is_loopback(),
            "LMTP knows no passwords, so --lmtp opens no door to other machines: {place} is one. Name 127.0.0.1:{port}, or unix:/path.",
            port = place.port()
        );
        let cannot = || format!("LMTP cannot listen at {place} (--lmtp)");
        let listener = TcpListener::bind(place).await.with_context(cannot)?;
        let bound = listener.local_addr().with_context(cannot)?;
        Ok(Self(Kind::Tcp(listener, bound)))
    }

    pub(super) async fn accept(&self) -> io::Result<Box<dyn Stream>> {
        Ok(match &self.0 {
            Kind::Tcp(listener, _) => {
                let client = listener.accept().await?.0;
                // Its answers are short, and awaited.
                let _ = client.set_nodelay(true);
                Box::new(client)
            }
            Kind::Unix(listener, _) => Box::new(listener.accept().await?.0),
        })
    }
}

/// Where it is, in the form that opens it.
impl std::fmt::Display for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Kind::Tcp(_, bound) => write!(f, "{bound}"),
            Kind::Unix(_, socket) => write!(f, "unix:{}", socket.0.display()),
        }
    }
}

/// A socket's file, removed when nobody listens any more.
#[derive(Debug)]
struct Socket(PathBuf);

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

async fn unix(path: &Path) -> anyhow::Result<Door> {
    let shown = path.display();
    anyhow::ensure!(path.is_absolute(), "--lmtp unix:{shown} is no whole path; begin it with /.");
    match fs::symlink_metadata(path) {
        Ok(there) if !there.file_type().is_socket() => {
            anyhow::bail!(
                "{shown} (--lmtp) is there already, and is no socket. Name another place."
            )
        }
        Ok(_) if tokio::net::UnixStream::connect(path).await.is_ok() => {
            anyhow::bail!("LMTP cannot listen at {shown} (--lmtp): another program does.")
        }
        // One that nobody listens at is left from a program that was killed.
        Ok(_) | Err(_) => {}
    }
    let cannot = || format!("LMTP cannot listen at {shown} (--lmtp)");
    // Made in a folder of its own and moved: under its name it never had other rights than these.
    let parent = path.parent().unwrap_or(Path::new("/"));
    let private = tempfile::Builder::new().prefix(".").rand_bytes(4).tempdir_in(parent);
    let private = private.with_context(cannot)?;
    let fresh = private.path().join("s");
    let listener = UnixListener::bind(&fresh).with_context(cannot)?;
    fs::set_permissions(&fresh, fs::Permissions::from_mode(MODE)).with_context(cannot)?;
    fs::rename(&fresh, path).with_context(cannot)?;
    Ok(Door(Kind::Unix(listener, Socket(path.to_owned()))))
}
