//! The steps of the talk with a server, and what a failure at each of them means for the mail and
//! for the queue. Pure.

use std::error::Error as _;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::{Response, Severity};
use tokio::time::timeout;

use crate::domain::text::clean_line;
use crate::mail::reply_address::kept::without_signatures;
use crate::mail::transport::Outcome;

/// The most characters that are kept of a server's words.
const WORDS: usize = 200;

/// How far the talk has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// DNS and TCP; with implicit TLS also its handshake.
    Connect,
    /// The server's first words, and EHLO.
    Greeting,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    /// The message, before its final dot.
    Message,
    /// The final dot and the answer to it.
    Dot,
}

impl Step {
    /// Stands before the server's own words; the title bar has room for little else.
    const fn label(self) -> &'static str {
        match self {
            Self::Connect => "no connection",
            Self::Greeting => "turned away",
            Self::StartTls => "no protection",
            Self::Auth => "login refused",
            Self::Mail => "our address refused",
            Self::Rcpt => "recipient",
            Self::Data => "DATA",
            Self::Message => "message",
            Self::Dot => "after the message",
        }
    }
}

/// Why a step did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    step: Step,
    kind: Kind,
    words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The server answered with this code.
    Refused(u16),
    /// No answer, half an answer, or nonsense.
    Lost,
    TimedOut,
    /// The server said before that it takes none of this length.
    TooLarge,
}

impl Trouble {
    pub(super) fn of(step: Step, error: &Error) -> Self {
        match error.status() {
            Some(code) => {
                let words = format!("{code} {}", words(error));
                Self { step, kind: Kind::Refused(code.into()), words }
            }
            None => Self::lost(step, &words(error)),
        }
    }

    pub(super) fn lost(step: Step, words: &str) -> Self {
        Self { step, kind: Kind::Lost, words: words.to_owned() }
    }

    pub(super) fn timed_out(step: Step, limit: Duration) -> Self {
        let words = format!("no answer within {} s", limit.as_secs_f32());
        Self { step, kind: Kind::TimedOut, words }
    }

    pub(super) fn too_large(bytes: usize, limit: u64) -> Self {
        let words = format!("the mail has {bytes} bytes, the server takes {limit}");
        Self { step: Step::Mail, kind: Kind::TooLarge, words }
    }

    /// The connection had ended before this was asked, as servers do with idle ones (421).
    pub(super) fn is_gone(&self) -> bool {
        matches!(self.kind, Kind::Lost | Kind::Refused(421))
    }

    /// The server has answered, so the talk can go on.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self.kind, Kind::Refused(_) | Kind::TooLarge)
    }

    /// True when it is name and password that the server does not take.
    pub(super) fn is_about_login(&self) -> bool {
        self.step == Step::Auth && matches!(self.kind, Kind::Refused(500..))
    }

    /// True when it may be a parameter that the server does not take, which it said it knows.
    pub(super) fn may_be_about_parameters(&self) -> bool {
        matches!((self.step, self.kind), (Step::Mail | Step::Rcpt, Kind::Refused(501 | 504 | 555)))
    }

    /// True when it is our own address that the server does not let us use: at MAIL; by a Postfix
    /// that says so at RCPT only; by an Exchange that says so when it has seen the whole message.
    /// Told by the words of these two alone, since a recipient's words must not stop all mail.
    pub(super) fn is_about_sender(&self) -> bool {
        let said = |one: &str| self.words.to_ascii_lowercase().contains(one);
        match (self.step, self.kind) {
            (Step::Mail, Kind::Refused(500..)) => true,
            (Step::Rcpt | Step::Data, Kind::Refused(553)) => {
                said("not owned by user") || said("not logged in")
            }
            (Step::Dot, Kind::Refused(550 | 554)) => {
                said("sendasdenied") || said("permissions to send as this sender")
            }
            _ => false,
        }
    }

    /// The table: step by step, what the failure means.
    pub(super) fn outcome(&self) -> Outcome {
        let words = match (self.step, self.kind) {
            (_, Kind::TooLarge) => format!("too large: {}", self.words),
            (Step::Auth, Kind::Refused(535)) => format!("password refused: {}", self.words),
            (Step::Rcpt | Step::Data, Kind::Refused(530 | 534 | 535 | 538)) => {
                format!("login wanted: {}", self.words)
            }
            (Step::Connect | Step::Greeting | Step::StartTls | Step::Auth, Kind::TimedOut)
            | (Step::Mail, Kind::TimedOut | Kind::Lost) => format!("no answer: {}", self.words),
            _ if self.is_about_sender() => format!("{}: {}", Step::Mail.label(), self.words),
            (step, _) => format!("{}: {}", step.label(), self.words),
        };
        let words = capped(&words);
        if self.is_about_sender() {
            return Outcome::Pause { words };
        }
        match (self.step, self.kind) {
            (_, Kind::TooLarge) => Outcome::Permanent { words },
            // No mail can leave: that is nothing against this one.
            (Step::Connect | Step::Greeting | Step::StartTls | Step::Auth | Step::Mail, _)
            // "Authentication required", said late.
            | (Step::Rcpt | Step::Data, Kind::Refused(530 | 534 | 535 | 538)) => {
                Outcome::Pause { words }
            }
            (Step::Rcpt | Step::Data | Step::Dot, Kind::Refused(500..)) => {
                Outcome::Permanent { words }
            }
            (Step::Rcpt, Kind::Refused(_)) => Outcome::Temporary { words, greylisted: true },
            (Step::Rcpt | Step::Data | Step::Message, _) | (Step::Dot, Kind::Refused(_)) => {
                Outcome::Temporary { words, greylisted: false }
            }
            (Step::Dot, Kind::Lost | Kind::TimedOut) => Outcome::Ambiguous { words },
        }
    }
}

/// What became of the final dot. Anything but a clear yes or no is a lost answer.
pub(super) fn answer(answer: Result<Response, Error>) -> Result<Response, Trouble> {
    match answer {
        Ok(yes) if yes.code().severity == Severity::PositiveCompletion => Ok(yes),
        Ok(neither) => Err(Trouble::lost(Step::Dot, &said(&neither))),
        Err(e) => Err(Trouble::of(Step::Dot, &e)),
    }
}

/// Waits for a step, but not for ever.
pub(super) async fn limited<T>(
    step: Step,
    limit: Duration,
    asked: impl Future<Output = Result<T, Error>>,
) -> Result<T, Trouble> {
    match timeout(limit, asked).await {
        Ok(answer) => answer.map_err(|e| Trouble::of(step, &e)),
        Err(_) => Err(Trouble::timed_out(step, limit)),
    }
}

/// A server's answer in one line: "250 2.0.0 Ok: queued as 4F".
pub(super) fn said(answer: &Response) -> String {
    let text: Vec<&str> = answer.message().collect();
    capped(&format!("{} {}", answer.code(), text.join(" ")))
}

/// The innermost words of an error, without lettre's own names for it.
pub(super) fn words(error: &Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

/// What is kept of a server's words. One that refuses an address of ours repeats it: its signature
/// goes into no database and no log.
fn capped(words: &str) -> String {
    without_signatures(&clean_line(words)).chars().take(WORDS).collect()
}
