//! Why mail does not come in: in words, and in what follows from it.

use std::time::Duration;

use async_imap::error::Error;

use crate::domain::text::clean_line;

/// The most characters that are kept of a server's words.
const WORDS: usize = 200;

/// What follows from a trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The connection cannot be used any more.
    Lost,
    /// The server said no, and can be asked something else.
    Refused,
    /// Name or password are wrong: soon again would be no better.
    Password,
    /// The server offers IDLE and does not do it.
    NoIdle,
}

/// Why a talk did not go on. Its words are one line, cleaned; what it means stands first, and the
/// server's own words behind a colon.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Trouble {
    kind: Kind,
    words: String,
}

impl Trouble {
    #[must_use]
    pub fn new(kind: Kind, what: &str, said: &str) -> Self {
        let words = if said.is_empty() { what.to_owned() } else { format!("{what}: {said}") };
        Self { kind, words: clean_line(&words).chars().take(WORDS).collect() }
    }

    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The server's own words; empty where it had none.
    #[must_use]
    pub fn said(&self) -> &str {
        self.words.split_once(": ").map_or("", |(_, said)| said)
    }

    pub(super) fn lost() -> Self {
        Self::new(Kind::Lost, "connection lost", "the server hung up")
    }

    pub(super) fn timed_out(limit: Duration) -> Self {
        let words = format!("nothing within {} s", limit.as_secs());
        Self::new(Kind::Lost, "no answer", &words)
    }

    pub(super) fn refused(said: Option<&str>) -> Self {
        Self::new(Kind::Refused, "refused", said.unwrap_or_default())
    }

    pub(super) fn bye(said: Option<&str>) -> Self {
        Self::new(Kind::Lost, "turned away", said.unwrap_or_default())
    }

    /// The same, with what it was about in front instead of how it failed.
    pub(super) fn about(self, what: &str) -> Self {
        Self::new(self.kind, what, self.said())
    }
}

impl From<std::io::Error> for Trouble {
    fn from(wrong: std::io::Error) -> Self {
        Self::new(Kind::Lost, "connection lost", &wrong.to_string())
    }
}

impl From<Error> for Trouble {
    fn from(wrong: Error) -> Self {
        match wrong {
            Error::Io(e) => e.into(),
            Error::No(said) | Error::Bad(said) => Self::refused(Some(server_words(&said))),
            Error::ConnectionLost => Self::lost(),
            other => Self::new(Kind::Lost, "not understood", &other.to_string()),
        }
    }
}

/// async-imap gives `code: …, info: Some("the server's words")`.
fn server_words(said: &str) -> &str {
    let words = said.split_once("info: Some(\"").map_or(said, |(_, rest)| rest);
    words.strip_suffix("\")").unwrap_or(words)
}
