//! A mailbox on an IMAP server, from the client's side: looked through, read, tidied up, waited at.
//! Never decides what is read, and marks nothing as seen.
//!
//! async-imap frames and parses. Its own commands are not used, for several of them take an end of
//! the connection, or a NO, for an empty answer: here each command ends with its tagged OK, or is
//! a [`Trouble`]. Each has its own limit in time, and each answer one in size.

mod connect;
mod trouble;

use std::io::ErrorKind;
use std::time::Duration;

use async_imap::Session;
use async_imap::error::Error;
use async_imap::imap_proto::{
    AttributeValue, Capability, MailboxDatum, Response, ResponseCode, Status,
};
use async_imap::types::UnsolicitedResponse;
use tokio::time::{sleep, timeout};

pub use connect::{Stream, Wire, connect};
pub use trouble::{Kind, Trouble};

use crate::mail::capped::Capped;
use crate::mail::imap_settings::ImapSettings;
use crate::mail::inbound::RAW_BYTES;

/// The one folder that is read; every server has it under this name.
const INBOX: &str = "INBOX";
/// How long a command may take.
const COMMAND: Duration = Duration::from_secs(60);
/// How long is waited for the server to say something of itself, before it is asked whether it is
/// still there. RFC 2177 allows 29 minutes; what stands between forgets a silent line earlier.
const IDLE: Duration = Duration::from_secs(5 * 60);
/// How long the server may take to begin and to end that.
const IDLE_ANSWER: Duration = Duration::from_secs(30);
/// How often a server that cannot say anything of itself is asked.
const POLL: Duration = Duration::from_secs(60);
/// Bytes of a mail that are asked for at once.
const CHUNK: usize = 512 * 1024;

/// A mail as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    pub raw: Vec<u8>,
    /// Bytes that it has beyond those.
    pub left_out: usize,
}

/// What the server can do besides RFC 3501.
#[derive(Debug, Clone, Copy, Default)]
struct Can {
    idle: bool,
    move_away: bool,
    uid_plus: bool,
}

/// A mailbox that is open.
#[derive(Debug)]
pub struct Imap {
    session: Session<Capped<Wire>>,
    can: Can,
    news: bool,
}

impl Imap {
    /// Greets, protects as the settings say, logs in, and opens the inbox. Gives its UIDVALIDITY
    /// and the highest UID it has given out.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn open(wire: Wire, settings: &ImapSettings) -> Result<(Self, u32, u32), Trouble> {
        let session = connect::login(wire, settings).await?;
        let mut imap = Self { session, can: Can::default(), news: false };
        let mut can = Can::default();
        imap.ask("CAPABILITY", |response| {
            if let Response::Capabilities(all) = response {
                let has = |name: &str| {
                    all.iter()
                        .any(|c| matches!(c, Capability::Atom(a) if a.eq_ignore_ascii_case(name)))
                };
                can = Can { idle: has("IDLE"), move_away: has("MOVE"), uid_plus: has("UIDPLUS") };
            }
        })
        .await?;
        imap.can = can;
        let (mut validity, mut next) = (None, None);
        imap.ask(&["SELECT", INBOX].join(" "), |response| {
            if let Response::Data { status: Status::Ok, outcome } = response {
                match outcome.code {
                    Some(ResponseCode::UidValidity(value)) => validity = Some(value),
                    Some(ResponseCode::UidNext(value)) => next = Some(value),
                    _ => {}
                }
            }
        })
        .await
        .map_err(|trouble| trouble.about("the inbox cannot be opened"))?;
        let Some(validity) = validity else {
            return Err(Trouble::new(
                Kind::Refused,
                "the server numbers no mails",
                "no UIDVALIDITY",
            ));
        };
        let highest = match next {
            Some(next) => next.saturating_sub(1),
            None => imap.search("UID *").await?.into_iter().max().unwrap_or(0),
        };
        Ok((imap, validity, highest))
    }

    /// Runs one command. What the server says before it is done goes to `each`.
    async fn ask(
        &mut self,
        command: &str,
        mut each: impl FnMut(&Response<'_>),
    ) -> Result<(), Trouble> {
        let (session, news) = (&mut self.session, &mut self.news);
        let talk = async {
            let tag = session.run_command(command).await?;
            loop {
                let Some(response) = session.read_response().await? else {
                    return Err(Trouble::lost());
                };
                match response.parsed() {
                    Response::Done { tag: done, status, outcome } if *done == tag => {
                        return match status {
                            Status::Ok => Ok(()),
                            Status::No | Status::Bad | Status::PreAuth | Status::Bye => {
                                Err(Trouble::refused(outcome.information.as_deref()))
                            }
                        };
                    }
                    Response::Data { status: Status::Bye, outcome } => {
                        return Err(Trouble::bye(outcome.information.as_deref()));
                    }
                    Response::MailboxData(MailboxDatum::Exists(_)) => *news = true,
                    other => each(other),
                }
            }
        };
        timeout(COMMAND, talk).await.map_err(|_| Trouble::timed_out(COMMAND))?
    }

    /// True when the server has spoken of mail since this was asked last.
    pub fn has_news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }

    async fn search(&mut self, what: &str) -> Result<Vec<u32>, Trouble> {
        let mut uids = Vec::new();
        self.ask(&format!("UID SEARCH {what}"), |response| {
            if let Response::MailboxData(MailboxDatum::Search(found)) = response {
                uids.extend_from_slice(found);
            }
        })
        .await?;
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }

    /// The mails that came after this one, the first to arrive first.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn after(&mut self, seen: u32) -> Result<Vec<u32>, Trouble> {
        let mut uids = self.search(&format!("UID {}:*", seen.saturating_add(1))).await?;
        // `n:*` is the last mail also where that is older than n.
        uids.retain(|uid| *uid > seen);
        Ok(uids)
    }

    /// The mails that arrived on that day (as in `1-Feb-2026`) or later, the first to arrive first.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn since(&mut self, day: &str) -> Result<Vec<u32>, Trouble> {
        self.search(&format!("SINCE {day}")).await
    }

    /// Reads a mail without marking it as seen; `None` when it is not there any more. Of one that
    /// is too large, no more than its beginning.
    ///
    /// # Errors
    /// [`Trouble`]; [`Kind::Refused`] when the server does not give this one.
    pub async fn fetch(&mut self, uid: u32) -> Result<Option<Fetched>, Trouble> {
        let mut raw = Vec::new();
        loop {
            let from = raw.len();
            let Some(piece) = self.piece(uid, from).await? else {
                return match from {
                    0 => Ok(None),
                    _ => Err(Trouble::new(Kind::Lost, "a mail went while it was read", "")),
                };
            };
            let last = piece.whole || piece.bytes.len() < CHUNK;
            raw.extend_from_slice(&piece.bytes);
            let too_large = piece.size > RAW_BYTES || raw.len() > RAW_BYTES;
            if too_large {
                // The header is in the first piece; of the rest nothing would be kept.
                let left_out = piece.size.saturating_sub(raw.len()).max(1);
                return Ok(Some(Fetched { raw, left_out }));
            }
            if last {
                return Ok(Some(Fetched { raw, left_out: 0 }));
            }
        }
    }

    async fn piece(&mut self, uid: u32, from: usize) -> Result<Option<Piece>, Trouble> {
        let mut found = None;
        let command = format!("UID FETCH {uid} (UID RFC822.SIZE BODY.PEEK[]<{from}.{CHUNK}>)");
        self.ask(&command, |response| {
            // Servers also speak of mails that were not asked for.
            if let Response::Fetch(_, values) = response
                && values.iter().any(|v| matches!(v, AttributeValue::Uid(of) if *of == uid))
            {
                let mut piece = Piece::default();
                let mut has_body = false;
                for value in values {
                    match value {
                        AttributeValue::Rfc822Size(size) => {
                            piece.size = usize::try_from(*size).unwrap_or(usize::MAX);
                        }
                        AttributeValue::BodySection { section: None, index, data } => {
                            has_body = true;
                            // A server that does not know of pieces gives all of it.
                            piece.whole = index.is_none() && from == 0;
                            piece.bytes = data.as_deref().unwrap_or_default().to_vec();
                        }
                        _ => {}
                    }
                }
                if has_body {
                    found = Some(piece);
                }
            }
        })
        .await?;
        Ok(found)
    }

    /// Moves mails into a folder, made where there is none.
    ///
    /// # Errors
    /// [`Trouble`]; [`Kind::Refused`] when the server does not do it, and they stay.
    pub async fn move_away(&mut self, uids: &[u32], folder: &str) -> Result<(), Trouble> {
        let set: Vec<String> = uids.iter().map(ToString::to_string).collect();
        let set = set.join(",");
        let parted = self.folder(folder).await?;
        match self.moved(&set, &parted).await {
            Err(trouble) if trouble.kind() == Kind::Refused => {}
            ended => return ended,
        }
        // It is not there yet; where all folders stand below the inbox, it must, too.
        for name in [parted.clone(), self.folder(&format!("{INBOX}/{folder}")).await?] {
            // What it says is that the folder is there already, or it is said at the next step.
            match self.ask(&format!("CREATE \"{name}\""), |_| {}).await {
                Err(trouble) if trouble.kind() != Kind::Refused => return Err(trouble),
                Ok(()) => drop(self.ask(&format!("SUBSCRIBE \"{name}\""), |_| {}).await),
                Err(_) => {}
            }
            match self.moved(&set, &name).await {
                Err(trouble) if trouble.kind() == Kind::Refused => {
                    tracing::info!(name, %trouble, "no folder for mail that was taken in");
                }
                ended => return ended,
            }
        }
        Err(Trouble::new(Kind::Refused, "mail cannot be moved", &parted))
    }

    async fn moved(&mut self, uids: &str, folder: &str) -> Result<(), Trouble> {
        if self.can.move_away {
            return self.ask(&format!("UID MOVE {uids} \"{folder}\""), |_| {}).await;
        }
        self.ask(&format!("UID COPY {uids} \"{folder}\""), |_| {}).await?;
        self.ask(&format!("UID STORE {uids} +FLAGS.SILENT (\\Deleted)"), |_| {}).await?;
        if self.can.uid_plus {
            self.ask(&format!("UID EXPUNGE {uids}"), |_| {}).await?;
        }
        // Without UIDPLUS an EXPUNGE would also take what somebody else has marked: it stays marked.
        Ok(())
    }

    /// The folder's name with the server's own sign between levels.
    async fn folder(&mut self, name: &str) -> Result<String, Trouble> {
        let mut delimiter = None;
        self.ask("LIST \"\" \"\"", |response| {
            if let Response::MailboxData(MailboxDatum::List(list)) = response {
                delimiter = list.delimiter.as_deref().map(str::to_owned);
            }
        })
        .await?;
        Ok(match delimiter.filter(|d| d.chars().all(|c| c.is_ascii_graphic() && c != '"')) {
            Some(delimiter) => name.replace('/', &delimiter),
            None => name.to_owned(),
        })
    }

    /// Waits until something may have come: the server says so, or a few minutes have passed. The
    /// connection is known to be alive after that.
    ///
    /// # Errors
    /// [`Trouble`]; [`Kind::NoIdle`] when the server offers to say so and does not.
    pub async fn wait(mut self, idle: bool) -> Result<Self, Trouble> {
        if !(idle && self.can.idle) {
            sleep(POLL).await;
            self.ask("NOOP", |_| {}).await?;
            return Ok(self);
        }
        let Self { session, can, .. } = self;
        let heard = session.unsolicited_responses.clone();
        let mail_came = || {
            let mut came = false;
            while let Ok(response) = heard.try_recv() {
                came |= matches!(response, UnsolicitedResponse::Exists(_));
            }
            came
        };
        mail_came();
        let mut waiting = session.idle();
        // One that says NO here is waited for by async-imap for ever.
        match timeout(IDLE_ANSWER, waiting.init()).await {
            Ok(Ok(())) => {}
            // BAD, with the server's words; without words the connection has ended.
            Ok(Err(Error::Io(e))) if e.kind() == ErrorKind::ConnectionRefused => {
                let said = e.to_string();
                return Err(if said.is_empty() { Trouble::lost() } else { no_idle(&said) });
            }
            Ok(Err(e)) => return Err(e.into()),
            Err(_) => return Err(no_idle("")),
        }
        // What came between the last look and now is said before it goes idle.
        if !mail_came() {
            // Its own clock begins anew with every "Still here".
            let (said, _interrupt) = waiting.wait_with_timeout(IDLE * 2);
            // A connection that ended looks like an interrupt: the NOOP below tells.
            let _ = timeout(IDLE, said).await;
        }
        let ended = timeout(IDLE_ANSWER, waiting.done()).await;
        let session = ended.map_err(|_| Trouble::timed_out(IDLE_ANSWER))??;
        let mut imap = Self { session, can, news: false };
        imap.ask("NOOP", |_| {}).await?;
        Ok(imap)
    }
}

fn no_idle(said: &str) -> Trouble {
    Trouble::new(Kind::NoIdle, "the server does not go idle", said)
}

/// A piece of a mail.
#[derive(Debug, Default)]
struct Piece {
    bytes: Vec<u8>,
    /// Of the whole mail, as the server counts it; some only estimate it.
    size: usize,
    whole: bool,
}
