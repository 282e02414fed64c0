//! The talk of LMTP (RFC 2033), from the server's side: a line in, an answer out. Pure: it reads no
//! socket, keeps no mail, and decides nothing but what may be said next.
//!
//! After the message there is one answer for each recipient, so a mail server never has to guess
//! which of them got it. A message ends at CRLF.CRLF and at nothing that looks like it, for what
//! two servers read as two mails can be forged by anyone (SMTP smuggling).

mod command;
mod message;

use std::fmt::Write as _;

pub use message::Message;

use crate::domain::EmailAddress;
use crate::mail::inbound::RAW_BYTES;
use crate::mail::lmtp::command::Command;
use crate::mail::reply_address::is_own;

/// The longest command that is read, in bytes, CRLF included (RFC 5321 §4.5.3.1.4 asks for 512,
/// and more for extensions).
pub const LINE: usize = 2048;
/// How many recipients one mail may have: each is a row of its own.
const RECIPIENTS: usize = 20;
/// How many commands that bring no mail forward are answered between two mails.
const IDLE_COMMANDS: u32 = 100;

/// What is said to a line, and what comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Then the next line.
    Answer(String),
    /// Then the message.
    Message(String),
    /// Then nothing.
    Close(String),
}

/// Who a mail is from, and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Letter {
    /// Empty for the null sender of mail systems.
    pub sender: String,
    pub recipients: Vec<String>,
}

/// What became of a mail for one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is on the disk, as the mail of this number.
    As(i64),
    /// Nothing was kept, and nothing is wrong with the mail.
    NotNow,
    TooLarge,
}

/// One client's talk.
#[derive(Debug)]
pub struct Session {
    desk: EmailAddress,
    delimiter: char,
    greeted: bool,
    letter: Option<Letter>,
    idle_commands: u32,
}

impl Session {
    /// A talk with a desk of this address; it takes mail for that and its tags alone.
    #[must_use]
    pub fn new(desk: EmailAddress, delimiter: char) -> Self {
        Self { desk, delimiter, greeted: false, letter: None, idle_commands: 0 }
    }

    fn host(&self) -> &str {
        self.desk.as_str().rsplit_once('@').map_or("localhost", |(_, host)| host)
    }

    /// What is said before anything was heard.
    #[must_use]
    pub fn greeting(&self) -> String {
        format!("220 {} LMTP deskbell\r\n", self.host())
    }

    /// Answers one line, given without its CRLF.
    pub fn line(&mut self, line: &[u8]) -> Step {
        let command = Command::read(line);
        let forward =
            matches!(command, Ok(Command::Mail { .. } | Command::Rcpt { .. } | Command::Data));
        if !forward && let Some(close) = self.idle() {
            return close;
        }
        match command {
            Ok(command) => self.obey(command),
            Err(wrong) => Step::Answer(wrong.answer().to_owned()),
        }
    }

    /// Answers a line that is longer than [`LINE`], or does not end with CRLF.
    pub fn no_line(&mut self) -> Step {
        self.idle().unwrap_or_else(|| {
            Step::Answer("500 5.5.2 That is no line: at most 2048 bytes, then CR LF\r\n".into())
        })
    }

    /// Counts a line that brings no mail forward; one too many ends the talk.
    fn idle(&mut self) -> Option<Step> {
        self.idle_commands += 1;
        (self.idle_commands > IDLE_COMMANDS)
            .then(|| Step::Close("421 4.7.0 Too many commands that bring no mail\r\n".into()))
    }

    fn obey(&mut self, command: Command) -> Step {
        let answer = match command {
            Command::Lhlo => {
                (self.greeted, self.letter) = (true, None);
                format!(
                    "250-{}\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n\
                     250-SMTPUTF8\r\n250 SIZE {RAW_BYTES}\r\n",
                    self.host()
                )
            }
            Command::Mail { .. } if !self.greeted => "503 5.5.1 LHLO first\r\n".into(),
            Command::Mail { .. } if self.letter.is_some() => {
                "503 5.5.1 There is a sender already\r\n".into()
            }
            Command::Mail { size, .. } if size.is_some_and(|size| size > RAW_BYTES) => too_large(),
            Command::Mail { sender, .. } => {
                self.letter = Some(Letter { sender, recipients: Vec::new() });
                "250 2.1.0 Go on\r\n".into()
            }
            Command::Rcpt { recipient } => self.recipient(recipient),
            Command::Data => match &self.letter {
                Some(letter) if !letter.recipients.is_empty() => {
                    return Step::Message("354 End it with CR LF . CR LF\r\n".into());
                }
                Some(_) | None => "503 5.5.1 Nobody to give it to\r\n".into(),
            },
            Command::Rset => {
                self.letter = None;
                "250 2.0.0 Forgotten\r\n".into()
            }
            Command::Noop => "250 2.0.0 Here\r\n".into(),
            Command::Vrfy => "252 2.1.5 Send it, and see\r\n".into(),
            Command::Quit => return Step::Close("221 2.0.0 Goodbye\r\n".into()),
            Command::NotLmtp => "500 5.5.1 This is LMTP: say LHLO\r\n".into(),
        };
        Step::Answer(answer)
    }

    fn recipient(&mut self, recipient: String) -> String {
        let Some(letter) = &mut self.letter else {
            return "503 5.5.1 MAIL first\r\n".into();
        };
        if !is_own(&recipient, self.desk.as_str(), self.delimiter) {
            return "550 5.1.1 This is no address of this desk\r\n".into();
        }
        if letter.recipients.len() >= RECIPIENTS {
            return "452 4.5.3 Too many recipients; send it again to the others\r\n".into();
        }
        letter.recipients.push(recipient);
        "250 2.1.5 Go on\r\n".into()
    }

    /// The letter whose message has come; the next one begins.
    pub fn letter(&mut self) -> Letter {
        self.idle_commands = 0;
        self.letter.take().unwrap_or_default()
    }
}

/// What is said after the message: one answer a recipient, in their order.
#[must_use]
pub fn answers(kept: impl IntoIterator<Item = Kept>) -> String {
    let mut said = String::new();
    for kept in kept {
        // Writing into a String does not fail.
        let _ = match kept {
            Kept::As(id) => write!(said, "250 2.0.0 Kept as mail {id}\r\n"),
            Kept::NotNow => write!(said, "451 4.3.0 It cannot be kept now; try again\r\n"),
            Kept::TooLarge => write!(said, "{}", too_large()),
        };
    }
    said
}

fn too_large() -> String {
    format!("552 5.3.4 A mail has at most {RAW_BYTES} bytes\r\n")
}

#[cfg(test)]
mod tests;
