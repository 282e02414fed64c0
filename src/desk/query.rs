//! What the desk answers without changing anything.

use crate::desk::load::load;
use crate::desk::{Desk, DeskError, Outlook, TicketView};
use crate::domain::inbox::{Counters, InboxFilter, InboxRow};
use crate::domain::{
    Attachment, Contact, ContactId, EmailAddress, Messenger, PartId, Refusal, SharedThread,
    Teammate, TicketId, project,
};
use crate::store::tickets::InboxKey;
use crate::store::{
    CustomerStore, contacts, deliveries, imap, mailbox, settings, teammates, tickets,
};

/// Rows read at once while a filter looks for enough that it keeps.
const PAGE: usize = 200;

impl Desk {
    /// Up to `limit` rows of the inbox that the filter keeps, newest change first, beginning after
    /// a row that is known already.
    ///
    /// # Errors
    /// The store's.
    pub fn inbox(
        &self,
        filter: &InboxFilter,
        after: Option<InboxKey>,
        limit: usize,
    ) -> Result<Vec<InboxRow>, DeskError> {
        let filter = filter.clone();
        self.store().read(move |tx| {
            let mut kept = Vec::new();
            let mut after = after;
            while kept.len() < limit {
                let page = tickets::inbox(tx, filter.category, after, PAGE)?;
                let Some(last) = page.last() else { break };
                after = Some(InboxKey::of(last));
                let full = page.len() == PAGE;
                kept.extend(page.into_iter().filter(|r| filter.keeps(r)));
                if !full {
                    break;
                }
            }
            kept.truncate(limit);
            Ok(kept)
        })
    }

    /// # Errors
    /// The store's.
    pub fn counters(&self) -> Result<Counters, DeskError> {
        self.store().read(|tx| Ok(tickets::counters(tx)?))
    }

    /// A ticket with all the team knows of it; `None` when there is none of that number.
    ///
    /// # Errors
    /// The store's.
    pub fn ticket(&self, id: TicketId) -> Result<Option<TicketView>, DeskError> {
        let policy = self.policy().clone();
        match self.store().read(move |tx| load(tx, &policy, id)) {
            Ok(view) => Ok(Some(view)),
            Err(DeskError::NoTicket(_)) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// The mail that waits on this desk.
    ///
    /// # Errors
    /// The store's.
    pub fn outlook(&self) -> Result<Outlook, DeskError> {
        self.store().read(|tx| {
            let (waiting, next_due) = deliveries::outlook(tx)?;
            let trouble = settings::get(tx, "mail_trouble")?;
            let incoming_trouble = imap::trouble(tx)?;
            let held = mailbox::quarantine::count(tx)?;
            Ok(Outlook { waiting, next_due, trouble, incoming_trouble, held })
        })
    }

    /// # Errors
    /// The store's.
    pub fn teammates(&self) -> Result<Vec<Teammate>, DeskError> {
        self.store().read(|tx| Ok(teammates::all(tx)?))
    }

    /// # Errors
    /// The store's.
    pub fn contact(&self, id: ContactId) -> Result<Option<Contact>, DeskError> {
        self.store().read(move |tx| Ok(contacts::load(tx, id)?))
    }

    /// # Errors
    /// The store's.
    pub fn contact_by_email(&self, email: &EmailAddress) -> Result<Option<Contact>, DeskError> {
        let email = email.clone();
        self.store().read(move |tx| Ok(contacts::by_email(tx, &email)?))
    }

    /// Contacts whose name or address holds what was typed, for suggestions.
    ///
    /// # Errors
    /// The store's.
    pub fn contacts_like(&self, typed: &str, limit: usize) -> Result<Vec<Contact>, DeskError> {
        let typed = typed.to_owned();
        self.store().read(move |tx| Ok(contacts::like(tx, &typed, limit)?))
    }

    /// The desk as one customer sees it: shared rows only, whatever is asked.
    #[must_use]
    pub fn customer(&self, contact: ContactId) -> CustomerDesk {
        CustomerDesk { desk: self.clone(), store: self.store().customer(contact) }
    }
}

/// The desk as one customer sees it. Reads through [`CustomerStore`] alone, and reading never marks
/// anything as seen (N12). What a customer does with it is the module `customer`'s.
#[derive(Debug, Clone)]
pub struct CustomerDesk {
    desk: Desk,
    store: CustomerStore,
}

impl CustomerDesk {
    pub(super) fn desk(&self) -> &Desk {
        &self.desk
    }

    pub(super) fn contact(&self) -> ContactId {
        self.store.contact()
    }

    /// # Errors
    /// The store's.
    pub fn threads(&self) -> Result<Vec<SharedThread>, DeskError> {
        Ok(self.store.threads()?)
    }

    /// What this customer's Messenger shows now, with the thread `open` opened if they may see it.
    ///
    /// # Errors
    /// The store's.
    pub fn messenger(&self, open: Option<TicketId>) -> Result<Messenger, DeskError> {
        Ok(project(&self.threads()?, open))
    }

    /// The `n`th file, from 0, of a part this customer may see now (V6), with its bytes; `None` for
    /// everything else, whatever the reason.
    ///
    /// # Errors
    /// The store's.
    pub fn attachment(
        &self,
        part: PartId,
        n: usize,
    ) -> Result<Option<(Attachment, Vec<u8>)>, DeskError> {
        Ok(self.store.attachment(part, n)?)
    }

    /// [`CustomerDesk::messenger`] with a thread that must be there.
    ///
    /// # Errors
    /// [`Refusal::NotTheirs`], or the store's.
    pub fn open(&self, id: TicketId) -> Result<Messenger, DeskError> {
        let messenger = self.messenger(Some(id))?;
        if messenger.thread.is_none() {
            return Err(Refusal::NotTheirs(id).into());
        }
        Ok(messenger)
    }
}
