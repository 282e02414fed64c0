//! The use cases: the only place where the domain meets the store and the mail.
//!
//! A use case is one transaction, and blocks its caller until it is committed; asynchronous shells
//! call it from a blocking task. Time is an argument everywhere.

pub mod attachments;
pub mod changes;
pub mod contact_cards;
pub mod customer;
pub mod deliver;
pub mod drafts;
pub mod error;
pub mod files;
pub mod imap;
mod load;
pub mod mail_stop;
pub mod people;
pub mod perform;
pub mod quarantine;
pub mod query;
pub mod receive;
pub mod reply_address;
pub mod search;
pub mod settings;
pub mod tags;
pub mod ticket_types;
pub mod tokens;
pub mod view;
pub mod webhooks;

use std::path::Path;
use std::sync::Arc;

use chrono::Duration;
use tokio::sync::watch;

pub use crate::mail::parse::html_as_text;
pub use crate::store::tickets::InboxKey;
pub use error::DeskError;
pub use perform::Performed;
pub use query::CustomerDesk;
pub use view::{Draft, DraftKey, Outlook, TicketView, linked};

use crate::domain::EmailAddress;
use crate::domain::notify::DEFAULT_GRACE;
use crate::mail::Key;
use crate::store::Store;

/// What the configuration says of a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// N15: how long an immediate mail waits; 0 turns it off.
    pub grace: Duration,
    /// Whether a teammate may act as the customer outside of a demo desk.
    pub allow_acting_as_customer: bool,
    /// The desk's own mail address: From, Reply-To, and the host of its Message-IDs.
    pub address: Option<EmailAddress>,
    /// What stands between the desk's name and a tag in its addresses: `+`, or `-` where the mail
    /// server knows no other.
    pub delimiter: char,
    /// Signs reply and bounce addresses (M1). Without one, mails carry the desk's plain address.
    pub key: Option<Arc<Key>>,
    /// The name under which our own mail server reports on senders (RFC 8601). Without one, no
    /// sender is checked, for anyone can write such a report.
    pub authserv_id: Option<String>,
}

impl Policy {
    /// The desk's address; one that no mail reaches while none is configured.
    #[must_use]
    pub fn address(&self) -> &str {
        self.address.as_ref().map_or("support@deskbell.localhost", EmailAddress::as_str)
    }

    /// The key, where there is an address to sign as well.
    #[must_use]
    pub fn signing(&self) -> Option<&Key> {
        self.key.as_deref().filter(|_| self.address.is_some())
    }

    /// The right side of our Message-IDs.
    #[must_use]
    pub fn message_host(&self) -> &str {
        self.address().rsplit_once('@').map_or("deskbell.localhost", |(_, host)| host)
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            grace: DEFAULT_GRACE,
            allow_acting_as_customer: false,
            address: None,
            delimiter: '+',
            key: None,
            authserv_id: None,
        }
    }
}

/// A desk. Clones share its store.
#[derive(Debug, Clone)]
pub struct Desk {
    store: Store,
    policy: Arc<Policy>,
}

impl Desk {
    /// Opens the desk at `path`, made if `create` and it is not there.
    ///
    /// # Errors
    /// The store's sentence.
    pub fn open(path: &Path, create: bool, policy: Policy) -> Result<Self, DeskError> {
        Ok(Self { store: Store::open(path, create)?, policy: Arc::new(policy) })
    }

    /// This desk with the key that signs its addresses.
    #[must_use]
    pub fn with_key(self, key: Key) -> Self {
        let policy = Policy { key: Some(Arc::new(key)), ..(*self.policy).clone() };
        Self { policy: Arc::new(policy), ..self }
    }

    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Where the desk's database is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.store.path()
    }

    /// Says "look again", for this process's commits and others'.
    ///
    /// # Errors
    /// The store's.
    pub fn changes(&self) -> Result<watch::Receiver<u64>, DeskError> {
        Ok(self.store.changes()?)
    }

    pub(in crate::desk) fn store(&self) -> &Store {
        &self.store
    }
}
