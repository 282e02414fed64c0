//! What a server says, made fit for lettre's reader: that one wants a blank behind the three digits of
//! a reply without text, which RFC 5321 §4.2 leaves out, and UTF-8 of servers that have never
//! promised it. To take such a yes for a lost answer would be to send the mail twice (L5).

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream that a server speaks on in plain words, protected or not. It reads no further than the
/// line that is wanted where the stream below gives one line at a time.
#[derive(Debug)]
pub(super) struct Spoken<S> {
    inner: S,
    /// Of a line whose end has not come yet.
    heard: Vec<u8>,
    /// Lines, to be read.
    ready: Vec<u8>,
}

impl<S> Spoken<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner, heard: Vec::new(), ready: Vec::new() }
    }

    /// One whose reader is greeted first: by ourselves, where the server has greeted us before the
    /// protection began.
    pub(super) fn greeted(inner: S) -> Self {
        Self { ready: b"220 protected\r\n".to_vec(), ..Self::new(inner) }
    }

    fn hear(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|b| *b == b'\n') {
            self.heard.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.heard);
                self.ready.extend(readable(&line));
            }
        }
    }
}

/// A whole line as lettre reads it.
fn readable(line: &[u8]) -> Vec<u8> {
    let words = line.strip_suffix(b"\r\n").or_else(|| line.strip_suffix(b"\n")).unwrap_or(line);
    let mut readable = match std::str::from_utf8(words) {
        Ok(_) => words.to_vec(),
        Err(_) => words.iter().map(|b| if b.is_ascii() { *b } else { b'?' }).collect(),
    };
    if readable.len() == 3 && readable.iter().all(u8::is_ascii_digit) {
        readable.push(b' ');
    }
    readable.extend_from_slice(b"\r\n");
    readable
}

impl<S: AsyncTokioStream> AsyncTokioStream for Spoken<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.inner.peer_addr()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Spoken<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.ready.is_empty() {
            let mut room = [0; 4096];
            let mut piece = ReadBuf::new(&mut room);
            ready!(Pin::new(&mut self.inner).poll_read(cx, &mut piece))?;
            if piece.filled().is_empty() {
                // The end. What is left of a line goes as it is.
                self.ready = std::mem::take(&mut self.heard);
                break;
            }
            self.hear(piece.filled());
        }
        let count = self.ready.len().min(out.remaining());
        out.put_slice(self.ready.get(..count).unwrap_or_default());
        self.ready.drain(..count);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Spoken<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    async fn said(bytes: &[u8]) -> String {
        let mut said = String::new();
        Spoken::new(bytes).read_to_string(&mut said).await.unwrap();
        said
    }

    #[tokio::test]
    async fn what_lettre_reads_stays_as_it_is_and_the_rest_becomes_so() {
        for same in ["250 ok\r\n", "250-a\r\n250 Größe\r\n", "", "250 cut off", "2500\r\n"] {
            assert_eq!(said(same.as_bytes()).await, same);
        }
        assert_eq!(said(b"250\r\n550\r\n").await, "250 \r\n550 \r\n");
        assert_eq!(said(b"250\n").await, "250 \r\n");
        assert_eq!(said(b"250 f\xfcr\r\n").await, "250 f?r\r\n");
    }

    #[tokio::test]
    async fn a_small_reader_gets_all_of_it() {
        let mut spoken = Spoken::greeted(&b"250\r\n"[..]);
        let (mut whole, mut room) = (Vec::new(), [0; 3]);
        while let Ok(count @ 1..) = spoken.read(&mut room).await {
            whole.extend_from_slice(&room[..count]);
        }
        assert_eq!(whole, b"220 protected\r\n250 \r\n");
    }
}
