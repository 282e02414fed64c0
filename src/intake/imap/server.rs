//! An IMAP server of a few hundred letters: one inbox, one user, and faults on demand.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::io::{DuplexStream, duplex};
use tokio::sync::watch;

use super::Dial;
use crate::mail::imap::{Kind, Trouble, Wire};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// From the next IDLE on nothing is said any more, and nothing heard.
    DeadInIdle,
    /// The next IDLE ends with the connection.
    ClosesInIdle,
    /// IDLE is offered, and answered with NO.
    RefusesIdle,
    /// The next UID MOVE or COPY ends with the connection, before anything is done.
    ClosesAtMove,
    /// The next UID FETCH of this mail ends with the connection.
    ClosesAtFetch(u32),
    /// Every UID FETCH of this mail does.
    AlwaysClosesAtFetch(u32),
    /// Every UID MOVE and COPY is answered with NO.
    RefusesMove,
    WrongPassword,
    /// Nobody answers the call.
    Away,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) validity: u32,
    next: u32,
    /// By UID: bytes, and whether it arrived long ago.
    pub(super) inbox: BTreeMap<u32, (Vec<u8>, bool)>,
    pub(super) folders: BTreeMap<String, Vec<Vec<u8>>>,
    deleted: Vec<u32>,
    pub(super) capabilities: &'static str,
    delimiter: &'static str,
    pub(super) fault: Option<Fault>,
    /// How often each of these is not given, and in what words.
    pub(super) refuses: BTreeMap<u32, (usize, &'static str)>,
    /// All commands, without their tags.
    pub(super) heard: Vec<String>,
    pub(super) calls: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Server {
    state: Arc<Mutex<State>>,
    news: Arc<watch::Sender<()>>,
}

impl Server {
    pub(super) fn new() -> Self {
        let state = State {
            validity: 7,
            next: 101,
            capabilities: "IMAP4rev1 AUTH=PLAIN IDLE MOVE UIDPLUS",
            delimiter: ".",
            ..State::default()
        };
        Self { state: Arc::new(Mutex::new(state)), news: Arc::new(watch::Sender::new(())) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(super) fn set(&self, fault: Option<Fault>) {
        self.state().fault = fault;
    }

    /// A mail arrives, and those who idle hear of it.
    pub(super) fn receives(&self, raw: &[u8]) -> u32 {
        let uid = self.receives_quietly(raw, false);
        self.news.send_replace(());
        uid
    }

    /// A mail is there, without a word.
    pub(super) fn receives_quietly(&self, raw: &[u8], long_ago: bool) -> u32 {
        let mut state = self.state();
        let uid = state.next;
        state.next += 1;
        state.inbox.insert(uid, (raw.to_vec(), long_ago));
        uid
    }

    /// Every mail gets another number under another validity.
    pub(super) fn renumbers(&self) {
        let mut state = self.state();
        state.validity += 1;
        let mails: Vec<_> = std::mem::take(&mut state.inbox).into_values().collect();
        state.inbox = (1..).zip(mails).collect();
        state.next = u32::try_from(state.inbox.len()).unwrap() + 1;
    }

    pub(super) fn dial(&self) -> Dial {
        let server = self.clone();
        Arc::new(move || {
            let server = server.clone();
            Box::pin(async move {
                server.state().calls += 1;
                if server.state().fault == Some(Fault::Away) {
                    return Err(Trouble::new(Kind::Lost, "no connection", "refused"));
                }
                let (near, far) = duplex(64 * 1024);
                tokio::spawn(async move { server.talk(far).await });
                Ok(Box::new(near) as Wire)
            })
        })
    }

    fn takes(&self, fault: Fault) -> bool {
        let mut state = self.state();
        let hit = state.fault == Some(fault);
        if hit {
            state.fault = None;
        }
        hit
    }

    async fn talk(&self, stream: DuplexStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        stream.write_all(b"* OK ready\r\n").await?;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let (tag, command) = line.trim_end().split_once(' ').unwrap();
            self.state().heard.push(command.to_owned());
            let mut words = command.split(' ');
            let verb = words.next().unwrap();
            let answer = match verb {
                "CAPABILITY" => {
                    format!("* CAPABILITY {}\r\n{tag} OK\r\n", self.state().capabilities)
                }
                "AUTHENTICATE" => {
                    stream.write_all(b"+ \r\n").await?;
                    let mut secret = String::new();
                    stream.read_line(&mut secret).await?;
                    self.login(tag, secret.trim_end() == "AG1lAGh1bnRlcjI=")
                }
                "LOGIN" => self.login(tag, command == "LOGIN \"me\" \"hunter2\""),
                "SELECT" => {
                    let state = self.state();
                    format!(
                        "* {} EXISTS\r\n* OK [UIDVALIDITY {}] valid\r\n* OK [UIDNEXT {}] next\r\n\
                         {tag} OK [READ-WRITE] selected\r\n",
                        state.inbox.len(),
                        state.validity,
                        state.next
                    )
                }
                "LIST" => format!(
                    "* LIST (\\Noselect) \"{}\" \"\"\r\n{tag} OK\r\n",
                    self.state().delimiter
                ),
                "CREATE" => {
                    let name = command[7..].trim_matches('"').to_owned();
                    if name.contains('/') {
                        format!("{tag} NO Invalid mailbox name\r\n")
                    } else {
                        self.state().folders.entry(name).or_default();
                        format!("{tag} OK created\r\n")
                    }
                }
                "IDLE" => match self.idle(tag, &mut stream).await? {
                    Some(answer) => answer,
                    None => return Ok(()),
                },
                "UID" if command.starts_with("UID FETCH") => {
                    let uid = command.split(' ').nth(2).unwrap().parse().unwrap();
                    let always = self.state().fault == Some(Fault::AlwaysClosesAtFetch(uid));
                    if always || self.takes(Fault::ClosesAtFetch(uid)) {
                        return Ok(());
                    }
                    let answer = self.fetch(tag, uid, command);
                    stream.write_all(&answer).await?;
                    continue;
                }
                "UID" => match self.uid(tag, command) {
                    Some(answer) => answer,
                    None => return Ok(()),
                },
                _ => format!("{tag} OK done\r\n"),
            };
            stream.write_all(answer.as_bytes()).await?;
        }
    }

    fn login(&self, tag: &str, right: bool) -> String {
        if right && self.state().fault != Some(Fault::WrongPassword) {
            format!("{tag} OK logged in\r\n")
        } else {
            format!("{tag} NO [AUTHENTICATIONFAILED] Wrong name or password\r\n")
        }
    }

    async fn idle(
        &self,
        tag: &str,
        stream: &mut BufReader<DuplexStream>,
    ) -> std::io::Result<Option<String>> {
        if self.state().fault == Some(Fault::RefusesIdle) {
            return Ok(Some(format!("{tag} NO not today\r\n")));
        }
        if self.takes(Fault::ClosesInIdle) {
            return Ok(None);
        }
        if self.takes(Fault::DeadInIdle) {
            stream.write_all(b"+ idling\r\n").await?;
            // The line is cut somewhere between: nobody is told.
            std::future::pending::<()>().await;
        }
        let mut news = self.news.subscribe();
        stream.write_all(b"+ idling\r\n").await?;
        let mut done = String::new();
        loop {
            tokio::select! {
                read = stream.read_line(&mut done) => {
                    read?;
                    return Ok(Some(format!("{tag} OK idled\r\n")));
                }
                _ = news.changed() => {
                    let count = self.state().inbox.len();
                    stream.write_all(format!("* {count} EXISTS\r\n").as_bytes()).await?;
                }
            }
        }
    }

    fn fetch(&self, tag: &str, uid: u32, command: &str) -> Vec<u8> {
        let mut state = self.state();
        if let Some((times, words)) = state.refuses.get_mut(&uid).filter(|(times, _)| *times > 0) {
            *times -= 1;
            return format!("{tag} NO {words}\r\n").into_bytes();
        }
        let (_, piece) = command.split_once("BODY.PEEK[]<").unwrap();
        let (from, count) = piece.trim_end_matches(">)").split_once('.').unwrap();
        let (from, count): (usize, usize) = (from.parse().unwrap(), count.parse().unwrap());
        let mut answer = Vec::new();
        // A word about another mail, as servers put in between.
        answer.extend_from_slice(b"* 1 FETCH (FLAGS (\\Seen))\r\n");
        if let Some((raw, _)) = state.inbox.get(&uid) {
            let piece = &raw[from.min(raw.len())..raw.len().min(from + count)];
            answer.extend_from_slice(
                format!(
                    "* 1 FETCH (UID {uid} RFC822.SIZE {} BODY[]<{from}> {{{}}}\r\n",
                    raw.len(),
                    piece.len()
                )
                .as_bytes(),
            );
            answer.extend_from_slice(piece);
            answer.extend_from_slice(b")\r\n");
        }
        answer.extend_from_slice(format!("{tag} OK fetched\r\n").as_bytes());
        answer
    }

    fn uid(&self, tag: &str, command: &str) -> Option<String> {
        let words: Vec<&str> = command.split(' ').collect();
        let set = |of: &str| of.split(',').map(|n| n.parse().unwrap()).collect::<Vec<u32>>();
        match words[1] {
            "SEARCH" => {
                let state = self.state();
                let last = state.inbox.keys().next_back().copied();
                let found: Vec<String> = match words[2] {
                    "SINCE" => {
                        state.inbox.iter().filter(|(_, (_, old))| !old).map(|(u, _)| *u).collect()
                    }
                    "UID" => {
                        let from: u32 = words[3].trim_end_matches(":*").parse().unwrap();
                        let mut found: Vec<u32> =
                            state.inbox.range(from..).map(|(u, _)| *u).collect();
                        // As the standard has it: `*` is the last one, whatever stands before it.
                        if found.is_empty() {
                            found.extend(last);
                        }
                        found
                    }
                    other => panic!("{other}"),
                }
                .iter()
                .map(ToString::to_string)
                .collect();
                Some(
                    format!("* SEARCH {}\r\n{tag} OK\r\n", found.join(" "))
                        .replace(" \r\n", "\r\n"),
                )
            }
            verb @ ("MOVE" | "COPY") => {
                if self.takes(Fault::ClosesAtMove) {
                    return None;
                }
                let mut state = self.state();
                let folder = words[3].trim_matches('"');
                if state.fault == Some(Fault::RefusesMove) || !state.folders.contains_key(folder) {
                    return Some(format!("{tag} NO [TRYCREATE] no such folder\r\n"));
                }
                for uid in set(words[2]) {
                    let mail = state.inbox.get(&uid).map(|(raw, _)| raw.clone());
                    if let (Some(mail), Some(to)) = (mail, state.folders.get_mut(folder)) {
                        to.push(mail);
                    }
                    if verb == "MOVE" {
                        state.inbox.remove(&uid);
                    }
                }
                Some(format!("{tag} OK moved\r\n"))
            }
            "STORE" => {
                self.state().deleted = set(words[2]);
                Some(format!("{tag} OK stored\r\n"))
            }
            "EXPUNGE" => {
                let mut state = self.state();
                for uid in set(words[2]) {
                    if state.deleted.contains(&uid) {
                        state.inbox.remove(&uid);
                    }
                }
                Some(format!("{tag} OK expunged\r\n"))
            }
            other => panic!("{other}"),
        }
    }
}
