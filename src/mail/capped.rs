//! A limit to how much a server may say without being asked anything.
//!
//! The libraries that read its answers look at the length of one only when it has come to an end:
//! async-imap holds up to 512 MiB of it, lettre all.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A connection that ends when more than so many bytes were heard since the last were said.
#[derive(Debug)]
pub(in crate::mail) struct Capped<S> {
    inner: S,
    limit: usize,
    /// Bytes read since the last were written.
    heard: usize,
}

impl<S> Capped<S> {
    /// `limit` in bytes; a TLS handshake's are in it.
    pub(in crate::mail) fn new(inner: S, limit: usize) -> Self {
        Self { inner, limit, heard: 0 }
    }

    pub(in crate::mail) fn get_ref(&self) -> &S {
        &self.inner
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Capped<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.heard > self.limit {
            return Poll::Ready(Err(io::Error::other("the server's answer has no end")));
        }
        let before = out.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, out))?;
        self.heard += out.filled().len() - before;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Capped<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.heard = 0;
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
