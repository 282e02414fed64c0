//! What an IMAP talk runs over, and a limit to how long a server may go on without being asked.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The most bytes of an answer: a piece of a mail, or the numbers of a very full mailbox.
const ANSWER: usize = 8 * 1024 * 1024;

/// A connection, protected or not.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug> Stream for T {}

pub type Wire = Box<dyn Stream>;

/// Ends a talk in which the server never comes to an end: async-imap would hold 512 MiB of it.
#[derive(Debug)]
pub(super) struct Capped<S> {
    inner: S,
    /// Bytes read since the last were written.
    heard: usize,
}

impl<S> Capped<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner, heard: 0 }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Capped<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.heard > ANSWER {
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
