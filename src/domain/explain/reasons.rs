//! Reasons and rules in words, for those who have never read the rules.

use super::{Story, length};
use crate::domain::Contact;
use crate::domain::delivery::Reason;
use crate::domain::part::Event;

impl Story<'_> {
    /// The reason in 20 columns.
    pub(super) fn short_reason(&self, reason: Reason) -> String {
        match reason {
            Reason::Internal if self.part.event == Event::Note => "notes stay inside".into(),
            Reason::Internal => "the team's own".into(),
            Reason::NotShared => "ticket not shared".into(),
            Reason::ClosedUnresolved => "closed in silence".into(),
            Reason::OwnAction => "customer's own doing".into(),
            Reason::SeenInMessenger(at) => {
                format!("seen after {}", length(at - self.part.at))
            }
            Reason::NotSharedAnyMore => "not shared any more".into(),
            Reason::Superseded => "in a later mail".into(),
            Reason::Undone => "taken back".into(),
            Reason::NoAddress => "no address".into(),
            Reason::Unsubscribed => "unsubscribed".into(),
            Reason::HardBounce => "address bounced".into(),
            Reason::LoopBudget => "loop budget spent".into(),
            Reason::Import => "imported".into(),
            Reason::AskedNotToNotify => "asked not to notify".into(),
            Reason::Automatic => "a machine's mail".into(),
            Reason::Unverified => "unverified address".into(),
        }
    }

    /// The rule that decided, as a sentence.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        let reason = self.held_back.or_else(|| self.email.and_then(|row| row.reason));
        match (&self.part.event, reason) {
            (_, Some(Reason::NotShared)) => {
                "Nothing on a ticket that is not shared ever reaches a customer."
            }
            (_, Some(Reason::NotSharedAnyMore)) => {
                "A ticket that is unshared leaves every surface; its mail does not go."
            }
            (_, Some(Reason::Undone)) => {
                "What is taken back in time is never mailed and leaves the Messenger."
            }
            (_, Some(Reason::Import)) => "An import never notifies anyone.",
            (_, Some(Reason::AskedNotToNotify)) => {
                "Whoever recorded this asked that the customer is not notified."
            }
            (_, Some(Reason::NoAddress | Reason::Unsubscribed | Reason::HardBounce)) => {
                "No mail goes where there is no address that takes it; the Messenger still shows it."
            }
            (_, Some(Reason::LoopBudget)) => {
                "Two machines answering one another are stopped: no more mail for now."
            }
            (_, Some(Reason::Automatic)) => {
                "What a machine sends is kept and never answered, so that two machines cannot loop."
            }
            (_, Some(Reason::Unverified)) => {
                "A stranger's address is confirmed once an hour at most: confirmations are a spam relay."
            }
            (Event::MailKept { .. }, _) => {
                "This mail is kept for the team. It counts as nobody's reply and tells nobody."
            }
            (Event::Note, _) => "A note is for the team only: no badge, no email, ever.",
            (Event::Closed, _) => "Closing without resolving is silent.",
            (Event::Reply, _) => {
                "A reply is emailed only if unseen in the Messenger for 3 minutes."
            }
            (Event::Submitted, _) => {
                "A ticket that is submitted is confirmed at once: badge, Recent and email."
            }
            (Event::Shared, _) => "For the customer, sharing a ticket is its submission.",
            (Event::CustomerReply, _) => "Customers are not notified of what they did themselves.",
            (Event::StateChanged { .. }, Some(Reason::OwnAction)) => {
                "The customer's own reply moved the state, so they are not notified of it."
            }
            (Event::StateChanged { .. }, _) => {
                "Every change of a shared ticket's state tells: badge, Recent and email."
            }
            (Event::Unshared, _) => "A ticket that is unshared leaves every surface in silence.",
            _ => "What the team does among itself is never told.",
        }
    }
}

/// Why a mail that waits will not go: "mail to ada@lumen.example is stopped (hard bounce)".
#[must_use]
pub fn held_back(reason: Reason, contact: Option<&Contact>) -> String {
    let to = contact.and_then(|c| c.email.as_ref()).map_or("the customer", |e| e.as_str());
    match reason {
        Reason::HardBounce | Reason::Unsubscribed => format!("mail to {to} is stopped ({reason})"),
        reason => words(reason),
    }
}

/// The reason in a sentence.
pub(super) fn words(reason: Reason) -> String {
    match reason {
        Reason::OwnAction => "it is the customer's own doing".into(),
        Reason::Internal => "it stays with the team".into(),
        Reason::NotShared => "the ticket is not shared".into(),
        Reason::NotSharedAnyMore => "the ticket is not shared any more".into(),
        Reason::Superseded => "a later mail says it".into(),
        Reason::Undone => "it was taken back".into(),
        Reason::HardBounce => "the address does not take mail (hard bounce)".into(),
        Reason::Import => "an import notifies nobody".into(),
        Reason::LoopBudget => "loop budget spent".into(),
        Reason::ClosedUnresolved
        | Reason::SeenInMessenger(_)
        | Reason::NoAddress
        | Reason::Unsubscribed
        | Reason::AskedNotToNotify
        | Reason::Automatic
        | Reason::Unverified => reason.to_string(),
    }
}
