//! A TCP stream that gives its reader one line at a time.
//!
//! What a server, or someone between, sends behind its answer to STARTTLS is not protected. lettre
//! keeps it in a buffer and takes it for the first protected answer (RFC 3207 §6; CVE-2021-38371
//! and its kin). Behind this stream nothing is buffered there: such bytes run into the TLS
//! handshake, which fails.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncBufRead as _, AsyncRead, AsyncWrite, BufReader, ReadBuf};
use tokio::net::TcpStream;

use crate::mail::capped::Capped;

/// The most bytes a server may say to one thing it was told, protected or not. Certificates of a
/// handshake are in it.
const ANSWER: usize = 64 * 1024;

/// See the file's header.
#[derive(Debug)]
pub(in crate::mail) struct LineStream {
    inner: BufReader<Capped<TcpStream>>,
}

impl LineStream {
    pub(in crate::mail) fn new(stream: TcpStream) -> Self {
        Self { inner: BufReader::new(Capped::new(stream, ANSWER)) }
    }
}

impl AsyncTokioStream for LineStream {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.inner.get_ref().get_ref().peer_addr()
    }
}

impl AsyncRead for LineStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut inner = Pin::new(&mut self.inner);
        let held = ready!(inner.as_mut().poll_fill_buf(cx))?;
        let line = held.split_inclusive(|b| *b == b'\n').next().unwrap_or_default();
        let taken = line.get(..out.remaining()).unwrap_or(line);
        let count = taken.len();
        out.put_slice(taken);
        inner.consume(count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for LineStream {
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
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_reader_with_room_for_more_gets_one_line_and_loses_nothing() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client =
            LineStream::new(TcpStream::connect(listener.local_addr().unwrap()).await.unwrap());
        let mut server = listener.accept().await.unwrap().0;
        server.write_all(b"220 Go ahead\r\n250-evil\r\n235 a rather long line").await.unwrap();
        drop(server);
        let mut room = [0; 1024];
        let mut reads = Vec::new();
        loop {
            let count = client.read(&mut room).await.unwrap();
            if count == 0 {
                break;
            }
            reads.push(String::from_utf8(room[..count].to_vec()).unwrap());
        }
        assert_eq!(reads, ["220 Go ahead\r\n", "250-evil\r\n", "235 a rather long line"]);
    }

    #[tokio::test]
    async fn what_has_no_end_is_cut_off_until_we_speak_again() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client =
            LineStream::new(TcpStream::connect(listener.local_addr().unwrap()).await.unwrap());
        let mut server = listener.accept().await.unwrap().0;
        tokio::spawn(async move { while server.write_all(&[b'x'; 1024]).await.is_ok() {} });
        let mut heard = 0;
        let mut room = [0; 1000];
        let wrong = loop {
            match client.read(&mut room).await {
                Ok(count) => heard += count,
                Err(wrong) => break wrong,
            }
        };
        assert!((ANSWER..=ANSWER + 8192).contains(&heard), "{heard}");
        assert_eq!(wrong.to_string(), "the server's answer has no end");
        client.write_all(b"QUIT\r\n").await.unwrap();
        assert!(client.read(&mut room).await.unwrap() > 0);
    }

    #[tokio::test]
    async fn a_line_that_is_longer_than_the_room_comes_in_pieces() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client =
            LineStream::new(TcpStream::connect(listener.local_addr().unwrap()).await.unwrap());
        listener.accept().await.unwrap().0.write_all(b"220 Go ahead\r\n").await.unwrap();
        let mut whole = Vec::new();
        let mut room = [0; 5];
        while let Ok(count @ 1..) = client.read(&mut room).await {
            whole.extend_from_slice(&room[..count]);
        }
        assert_eq!(whole, b"220 Go ahead\r\n");
    }
}
