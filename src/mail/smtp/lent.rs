//! A stream that is lent to lettre until the protection begins, and taken back then. What lettre holds
//! of it is thrown away, so nothing that was said unprotected is taken for a protected word.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::mail::line_stream::LineStream;

/// The borrower's end.
#[derive(Debug)]
pub(super) struct Lent(Arc<Mutex<Option<LineStream>>>);

/// The lender's end.
#[derive(Debug)]
pub(super) struct Lender(Arc<Mutex<Option<LineStream>>>);

/// Lends a stream.
pub(super) fn lend(stream: LineStream) -> (Lent, Lender) {
    let shared = Arc::new(Mutex::new(Some(stream)));
    (Lent(Arc::clone(&shared)), Lender(shared))
}

impl Lender {
    /// Takes it back: from then on the borrower reads and writes nothing.
    pub(super) fn take_back(self) -> Option<LineStream> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Lent {
    fn with<R>(&self, f: impl FnOnce(Pin<&mut LineStream>) -> R) -> io::Result<R> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match held.as_mut() {
            Some(stream) => Ok(f(Pin::new(stream))),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

impl AsyncTokioStream for Lent {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.with(|stream| stream.peer_addr())?
    }
}

impl AsyncRead for Lent {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_read(cx, out)).unwrap_or_else(|e| Poll::Ready(Err(e)))
    }
}

impl AsyncWrite for Lent {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.with(|stream| stream.poll_write(cx, bytes)).unwrap_or_else(|e| Poll::Ready(Err(e)))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_flush(cx)).unwrap_or_else(|e| Poll::Ready(Err(e)))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_shutdown(cx)).unwrap_or_else(|e| Poll::Ready(Err(e)))
    }
}
