//! Why something is not done: one sentence each, for every way in alike (V4).

use thiserror::Error;

use crate::domain::attachment::{FILE_BYTES, size_in_words};
use crate::domain::{TicketId, TicketState};

/// Why something is not done: a sentence for the one who asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("Tracker tickets are never shown to customers. Reply on a linked report.")]
    ReplyOnTracker,
    #[error("Tracker tickets are never shown to customers, so {0} cannot be shared.")]
    ShareTracker(TicketId),
    #[error("Tracker tickets are never shown to customers: a new one cannot be shared.")]
    NewTrackerShared,
    #[error(
        "Tracker tickets are never shown to customers: they have linked reports and no contact of their own."
    )]
    TrackerContact,
    #[error(
        "{0} is internal: its customer cannot see it, so there is nobody to reply to. Share it first, or write a note."
    )]
    ReplyWhileInternal(TicketId),
    #[error("{0} is a Customer ticket: it is always shared with its customer.")]
    AlwaysShared(TicketId),
    #[error(
        "{0} is a Customer ticket: it is always shared with its customer and cannot be unshared."
    )]
    CannotUnshare(TicketId),
    #[error("A Customer ticket needs a contact: say whose it is.")]
    CustomerNeedsContact,
    #[error("{0} has no contact, so there is nobody to share it with. Give it a contact first.")]
    ShareNeedsContact(TicketId),
    #[error("A shared Back-office ticket needs a contact: say whom to share it with.")]
    NewSharedNeedsContact,
    #[error("{0} is already shared.")]
    AlreadyShared(TicketId),
    #[error("{0} is not shared.")]
    NotShared(TicketId),
    #[error("{id} is already {}.", .state.label())]
    SameState { id: TicketId, state: TicketState },
    #[error("{0} is already closed.")]
    AlreadyClosed(TicketId),
    #[error("{0} is already open.")]
    AlreadyOpen(TicketId),
    #[error("{id} is already assigned to {name}.")]
    SameAssignee { id: TicketId, name: String },
    #[error("{0} is assigned to nobody already.")]
    NotAssigned(TicketId),
    #[error("There is no ticket {0} that this customer can see.")]
    NotTheirs(TicketId),
    #[error("The title is empty. Give the ticket a title of up to 200 characters.")]
    EmptyTitle,
    #[error("The title has {0} characters; at most 200 fit.")]
    TitleTooLong(usize),
    #[error("The text is empty. Write something first.")]
    EmptyBody,
    #[error("The text has {0} bytes; at most 65536 (64 KiB) fit.")]
    BodyTooLong(usize),
    #[error("There is no such file that this customer can see.")]
    NoFileOfTheirs,
    #[error("There are {0} files; at most 10 go with one message.")]
    TooManyFiles(usize),
    #[error(
        "The files have {} together; at most {} go with one message.",
        size_in_words(*.0),
        size_in_words(FILE_BYTES)
    )]
    FilesTooLarge(u64),
    #[error("\"{0}\" is not an email address. It should look like ada@example.com.")]
    NotAnAddress(String),
    #[error("The name is empty.")]
    EmptyName,
    #[error("The name has {0} characters; at most 100 fit.")]
    NameTooLong(usize),
    #[error("The title of {0} is the same already.")]
    SameTitle(TicketId),
    #[error("\"{0}\" is no tag: a tag is one word of at most 40 characters.")]
    NotATag(String),
    #[error("{id} has the tag {tag} already.")]
    HasTag { id: TicketId, tag: String },
    #[error("{id} has no tag {tag}.")]
    NoTag { id: TicketId, tag: String },
    #[error("The priority of {0} is that already.")]
    SamePriority(TicketId),
    #[error("A snooze must end in the future.")]
    SnoozeInThePast,
    #[error("{0} is not snoozed.")]
    NotSnoozed(TicketId),
    #[error("A ticket cannot be linked to itself.")]
    LinkToItself,
    #[error("{0} and {1} are linked already.")]
    AlreadyLinked(TicketId, TicketId),
    #[error("{0} and {1} are not linked.")]
    NotLinked(TicketId, TicketId),
    #[error("{0} is linked to a tracker already: a report belongs to one problem.")]
    OneTracker(TicketId),
    #[error("{0} came from a customer ticket already.")]
    OneOrigin(TicketId),
    #[error("{0} has 2,500 linked reports; no more fit.")]
    TrackerFull(TicketId),
    #[error(
        "{0} and {1} cannot be linked: a link joins a tracker with a report, or a back-office ticket with the customer ticket it came from."
    )]
    NoSuchLink(TicketId, TicketId),
    #[error("The contact of {0} can only be set while it is internal.")]
    ContactFixed(TicketId),
    #[error(
        "{0} was shared with its contact before, and another would see their talk: make a new ticket for another contact."
    )]
    ContactKnowsIt(TicketId),
    #[error("Mail to {0} is not stopped.")]
    MailNotStopped(String),
    #[error("{id} is a {name} already.")]
    SameType { id: TicketId, name: String },
    #[error(
        "{0} is linked to other tickets, whose links would not fit another category. Unlink them first."
    )]
    LinkedCategory(TicketId),
    #[error("\"{name}\" is no attribute of the ticket type {kind}.")]
    NoSuchAttribute { name: String, kind: String },
    #[error("The attribute \"{name}\" wants {wants}.")]
    AttributeWants { name: String, wants: String },
    #[error("The ticket type {kind} requires the attribute \"{name}\".")]
    AttributeMissing { name: String, kind: String },
    #[error("The ticket type {0} is archived: there are no new tickets of it.")]
    TypeArchived(String),
    #[error("The attribute \"{0}\" has that value already.")]
    SameAttribute(String),
    #[error("There is nothing on {0} that can be taken back.")]
    NothingToUndo(TicketId),
    #[error("{0}")]
    CannotUndo(String),
    #[error("{0} was changed meanwhile. Look again, then repeat.")]
    Changed(TicketId),
    #[error(
        "Acting as the customer is off on this desk. Set allow_acting_as_customer = true in the configuration, or try it in deskbell demo."
    )]
    ActingIsOff,
}

impl Refusal {
    /// True when what was asked for is so already: nothing is to be done, and nobody is told.
    #[must_use]
    pub const fn is_already_so(&self) -> bool {
        matches!(
            self,
            Self::AlwaysShared(_)
                | Self::AlreadyShared(_)
                | Self::NotShared(_)
                | Self::SameState { .. }
                | Self::AlreadyClosed(_)
                | Self::AlreadyOpen(_)
                | Self::SameAssignee { .. }
                | Self::NotAssigned(_)
                | Self::SameTitle(_)
                | Self::SamePriority(_)
                | Self::NotSnoozed(_)
                | Self::HasTag { .. }
                | Self::SameType { .. }
                | Self::SameAttribute(_)
        )
    }
}
