//! What a customer does in their own Messenger, by whatever program shows it to them.

use crate::desk::{CustomerDesk, DeskError};
use crate::domain::{
    Action, Actor, Category, Contact, Messenger, NewTicket, Notify, Refusal, TicketId, Time,
};

impl CustomerDesk {
    /// Opens a thread of theirs: all that it returns counts as seen (N12), and nothing else does.
    /// What was new to them before is still marked as new.
    ///
    /// # Errors
    /// [`Refusal::NotTheirs`], or the store's.
    pub fn see(&self, id: TicketId, now: Time) -> Result<Messenger, DeskError> {
        let before = self.open(id)?;
        self.desk().seen(self.contact(), id, now)?;
        // Read after it was marked: what comes between is shown and stays unseen, never the reverse.
        let mut seen = self.open(id)?;
        let known = before.thread.map(|t| t.thread).unwrap_or_default();
        for (n, entry) in seen.thread.iter_mut().flat_map(|t| &mut t.thread).enumerate() {
            entry.new |= known.get(n).map_or(!entry.own, |before| before.new);
        }
        Ok(seen)
    }

    /// Writes into a thread of theirs.
    ///
    /// # Errors
    /// [`Refusal::NotTheirs`], what is wrong with the text, or the store's.
    pub fn reply(&self, id: TicketId, body: &str, now: Time) -> Result<(), DeskError> {
        // Asked first, so that a ticket of others takes no longer to refuse than none.
        self.open(id)?;
        let actor = Actor::Customer(self.me()?);
        match self.desk().perform(&actor, id, &Action::customer_reply(body), now) {
            Err(DeskError::NoTicket(id)) => Err(Refusal::NotTheirs(id).into()),
            done => done.map(drop),
        }
    }

    /// Submits a ticket, whose thread is open then (N1).
    ///
    /// # Errors
    /// What is wrong with the texts, or the store's.
    pub fn submit(&self, title: &str, body: &str, now: Time) -> Result<TicketId, DeskError> {
        let me = self.me()?;
        let new = NewTicket {
            files: Vec::new(),
            category: Category::Customer,
            title: title.to_owned(),
            body: body.to_owned(),
            contact: Some(me.clone()),
            shared: true,
        };
        Ok(self.desk().submit(&Actor::Customer(me), &new, Notify::Tell, true, now)?.id)
    }

    fn me(&self) -> Result<Contact, DeskError> {
        let id = self.contact();
        self.desk().contact(id)?.ok_or_else(|| DeskError::NoContact(id.0.to_string()))
    }
}
