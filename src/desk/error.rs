//! What can go wrong in a use case: always one sentence.

use thiserror::Error;

use crate::domain::{Refusal, TicketId};
use crate::store::StoreError;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DeskError {
    /// A rule, or the text given, does not allow it.
    #[error("{0}")]
    Refused(#[from] Refusal),
    #[error("There is no ticket {0}.")]
    NoTicket(TicketId),
    #[error("There is no contact {0}.")]
    NoContact(String),
    #[error("There is no ticket type {0}.")]
    NoType(i64),
    #[error("{0} exists already.")]
    Taken(String),
    #[error("There is no token {0}. `deskbell token list` shows those there are.")]
    NoToken(i64),
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Logo(String),
    #[error("{0}")]
    Other(String),
}

impl DeskError {
    /// True when another program held the desk: the same can be asked again.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        matches!(self, Self::Store(StoreError::Locked(_)))
    }

    /// True when another program held the desk, or its disk was full or failed: the same can be
    /// asked again.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Store(e) if e.may_pass())
    }

    /// True when a rule of the desk refused it, as against input that is not well formed or a
    /// machine that failed.
    #[must_use]
    pub const fn is_rule(&self) -> bool {
        match self {
            Self::Refused(refusal) => !matches!(
                refusal,
                Refusal::EmptyTitle
                    | Refusal::TitleTooLong(_)
                    | Refusal::EmptyBody
                    | Refusal::BodyTooLong(_)
                    | Refusal::NotAnAddress(_)
                    | Refusal::EmptyName
                    | Refusal::NameTooLong(_)
                    | Refusal::NotATag(_)
                    | Refusal::TooManyFiles(_)
                    | Refusal::FilesTooLarge(_)
                    | Refusal::Changed(_)
            ),
            Self::NoTicket(_)
            | Self::NoContact(_)
            | Self::NoType(_)
            | Self::Taken(_)
            | Self::NoToken(_)
            | Self::Store(_)
            | Self::Logo(_)
            | Self::Other(_) => false,
        }
    }
}
