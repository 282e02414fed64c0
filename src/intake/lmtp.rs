//! The LMTP listener of `deskbell serve --lmtp`: the way in for a mail server on the same machine.
//! A mail is answered with 250 once it is on the disk, and not before.
//!
//! LMTP knows no passwords: whoever can reach the door can hand in mail, as they could by writing to
//! the desk. So the door is on this machine alone, and what comes through it proves nothing more
//! than any other mail does.

mod door;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::io::{BufReader, BufWriter};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

pub use door::Door;

use crate::clock::Clock;
use crate::desk::Desk;
use crate::desk::receive::Arrival;
use crate::domain::EmailAddress;
use crate::intake::{apply, keep};
use crate::mail::lmtp::{Kept, LINE, Letter, Message, Session, Step, answers};

/// How many clients may talk at once.
const CLIENTS: usize = 32;
/// How long a client may take for a line, and to take an answer (RFC 5321 §4.5.3.2.7).
const COMMAND: Duration = Duration::from_secs(5 * 60);
/// How long a client may take for a whole message, however it spreads its bytes.
const MESSAGE: Duration = Duration::from_secs(10 * 60);
/// How much of a message that is too large is read on, so that it can be refused with a word.
const TOO_MUCH: usize = 100 * 1024 * 1024;
/// How long is waited when the system gives no more connections.
const BREATH: Duration = Duration::from_secs(1);

/// What each talk needs.
#[derive(Debug, Clone)]
pub struct Lmtp {
    desk: Desk,
    clock: Clock,
    address: EmailAddress,
}

impl Lmtp {
    /// # Errors
    /// A sentence when the desk has no address that mail could be for.
    pub fn new(desk: Desk, clock: Clock) -> anyhow::Result<Self> {
        let address = desk.policy().address.clone().ok_or_else(|| {
            anyhow::anyhow!(
                "mail.address is not set, so the desk has no address to take mail for. Set it to the address customers write to."
            )
        })?;
        Ok(Self { desk, clock, address })
    }

    /// Takes in mail until `stop` says so. A message that is being received then is still taken.
    ///
    /// # Errors
    /// None; a client's trouble is the client's.
    pub async fn run(self, door: Door, stop: CancellationToken) -> anyhow::Result<()> {
        let seats = Arc::new(Semaphore::new(CLIENTS));
        let mut talks = JoinSet::new();
        loop {
            let client = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(ended) = talks.join_next() => {
                    if ended.is_err_and(|e| e.is_panic()) {
                        tracing::error!("an LMTP talk ended in a fault of the program");
                    }
                    continue;
                }
                client = door.accept() => client,
            };
            match (client, Arc::clone(&seats).try_acquire_owned()) {
                (Ok(client), Ok(seat)) => {
                    let (lmtp, stop) = (self.clone(), stop.clone());
                    talks.spawn(async move {
                        let _seat = seat;
                        if let Err(e) = lmtp.talk(client, &stop).await {
                            tracing::info!("an LMTP client was lost: {e}");
                        }
                    });
                }
                (Ok(mut client), Err(_)) => {
                    tracing::warn!("more than {CLIENTS} LMTP clients at once");
                    talks.spawn(async move {
                        let full = client.write_all(b"421 4.3.2 Too many clients; come back\r\n");
                        let _ = timeout(BREATH, full).await;
                    });
                }
                (Err(e), _) => {
                    tracing::warn!("no LMTP client can be taken: {e}");
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
        while talks.join_next().await.is_some() {}
        Ok(())
    }

    /// One client's talk.
    ///
    /// # Errors
    /// The client went away, or was too slow.
    pub async fn talk(
        &self,
        client: impl AsyncRead + AsyncWrite + Unpin,
        stop: &CancellationToken,
    ) -> io::Result<()> {
        let mut client = BufReader::new(BufWriter::new(client));
        let mut session = Session::new(self.address.clone(), self.desk.policy().delimiter);
        say(&mut client, &session.greeting()).await?;
        loop {
            let line = tokio::select! {
                biased;
                () = stop.cancelled() => {
                    return say(&mut client, "421 4.3.2 This desk is closing; come back\r\n").await;
                }
                line = timeout(COMMAND, line(&mut client)) => line,
            };
            let step = match line {
                Ok(Ok(Line::Whole(line))) => session.line(&line),
                Ok(Ok(Line::None)) => session.no_line(),
                Ok(Ok(Line::End)) => return Ok(()),
                Ok(Err(e)) => return Err(e),
                Err(_) => return say(&mut client, "421 4.4.2 Nothing came\r\n").await,
            };
            match step {
                Step::Answer(words) => say(&mut client, &words).await?,
                Step::Close(words) => return say(&mut client, &words).await,
                Step::Message(words) => {
                    say(&mut client, &words).await?;
                    let Ok(message) = timeout(MESSAGE, message(&mut client)).await else {
                        return say(&mut client, "421 4.4.2 It took too long\r\n").await;
                    };
                    self.take(&mut client, session.letter(), message?).await?;
                }
            }
        }
    }

    /// Keeps a mail once for each recipient, says so, and applies it.
    async fn take(
        &self,
        client: &mut (impl AsyncWrite + Unpin),
        letter: Letter,
        message: Message,
    ) -> io::Result<()> {
        let too_large = message.left_out() > 0;
        let raw = message.into_bytes();
        let mut kept = Vec::new();
        for recipient in letter.recipients {
            let arrival = Arrival {
                mailbox: self.address.as_str().to_owned(),
                sender: Some(letter.sender.clone()),
                recipient,
                raw: raw.clone(),
                left_out: 0,
            };
            kept.push(if too_large {
                Err(Kept::TooLarge)
            } else {
                keep(&self.desk, &self.clock, arrival).await.map_err(|e| {
                    tracing::warn!("a mail was not kept: {e:#}");
                    Kept::NotNow
                })
            });
        }
        let said = kept.iter().map(|kept| kept.map_or_else(|refused| refused, |id| Kept::As(id.0)));
        let said = say(client, &answers(said)).await;
        // A client that has gone has sent its mail again, or will: that is a duplicate then (M4).
        for id in kept.into_iter().flatten() {
            apply(&self.desk, &self.clock, id).await;
        }
        said
    }
}

async fn say(client: &mut (impl AsyncWrite + Unpin), words: &str) -> io::Result<()> {
    let said = timeout(COMMAND, async {
        client.write_all(words.as_bytes()).await?;
        client.flush().await
    });
    said.await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

/// What came where a line was awaited.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    /// Without its CRLF.
    Whole(Vec<u8>),
    /// Too long, or ended by LF alone; it is read to its end.
    None,
    /// Nothing comes any more.
    End,
}

async fn line(client: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Line> {
    let mut line = Vec::new();
    let mut length = 0_usize;
    loop {
        let held = client.fill_buf().await?;
        if held.is_empty() {
            return Ok(Line::End);
        }
        let end = held.iter().position(|b| *b == b'\n');
        let piece = held.get(..end.map_or(held.len(), |at| at + 1)).unwrap_or(held);
        let count = piece.len();
        length = length.saturating_add(count);
        if length <= LINE {
            line.extend_from_slice(piece);
        }
        client.consume(count);
        if end.is_some() {
            return Ok(match line.strip_suffix(b"\r\n") {
                Some(whole) if length <= LINE => Line::Whole(whole.to_vec()),
                Some(_) | None => Line::None,
            });
        }
    }
}

async fn message(client: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Message> {
    let mut message = Message::default();
    loop {
        let held = client.fill_buf().await?;
        if held.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let (taken, ended) = message.take(held);
        client.consume(taken);
        if ended {
            return Ok(message);
        }
        if message.left_out() > TOO_MUCH {
            return Err(io::Error::other("a message without end"));
        }
    }
}

#[cfg(test)]
mod tests;
