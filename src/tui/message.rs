//! What goes in and what comes out: [`Message`] in, [`Command`] out, the model between. Plain
//! data; nothing here does anything.

use std::sync::Arc;

use crossterm::event::{Event, KeyEventKind, MouseEvent};

use crate::desk::quarantine::Acceptance;
use crate::desk::receive::{Arrived, InboundId};
use crate::desk::view::{Draft, DraftKey, Outlook, TicketView};
use crate::domain::inbox::{Counters, InboxFilter, InboxRow};
use crate::domain::undo::Undo;
use crate::domain::{
    Action, Attachment, Contact, ContactId, Decision, DeliveryId, Messenger, NewTicket, PartId,
    Teammate, TicketId, Time,
};
use crate::mail::Readable;
use crate::tui::keys::Key;
use crate::tui::mail_sheet::MailSheet;
use crate::tui::pictures::{Shown, Way};

/// What a person did, or the terminal reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    Key(Key),
    /// Bracketed paste: goes into a text field or nowhere.
    Paste(String),
    Mouse(MouseEvent),
    /// Columns and rows.
    Resize(u16, u16),
    FocusGained,
    FocusLost,
    /// The terminal is gone, or the process was asked to end: keep drafts, leave.
    Closed,
}

impl Input {
    /// Reads a terminal event; None for what means nothing here, such as a key's release.
    #[must_use]
    pub fn from_event(event: Event) -> Option<Self> {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => Some(Self::Key(key.into())),
            Event::Key(_) => None,
            Event::Paste(text) => Some(Self::Paste(text)),
            Event::Mouse(mouse) => Some(Self::Mouse(mouse)),
            Event::Resize(columns, rows) => Some(Self::Resize(columns, rows)),
            Event::FocusGained => Some(Self::FocusGained),
            Event::FocusLost => Some(Self::FocusLost),
        }
    }
}

/// What the model is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    Input(Input),
    /// A moment the model asked for has come ([`Model::next_wake`]).
    ///
    /// [`Model::next_wake`]: crate::tui::model::Model::next_wake
    Tick,
    /// The desk changed, here or in another process: look again.
    Changed,
    Loaded(Loaded),
    Done(Done),
}

/// What was read from the desk.
#[derive(Debug, Clone, PartialEq)]
pub enum Loaded {
    Inbox {
        generation: u64,
        rows: Vec<InboxRow>,
        /// Appended to what is there, rather than in its place.
        more: bool,
        /// There are no further rows.
        complete: bool,
    },
    Overview {
        counters: Counters,
        outlook: Outlook,
    },
    Ticket {
        id: TicketId,
        /// None: there is no such ticket.
        view: Option<Box<TicketView>>,
    },
    /// What the contact sees in their Messenger now. Reading it marks nothing as seen (N12).
    Messenger {
        contact: ContactId,
        messenger: Messenger,
    },
    /// The name and the logo in the Messenger settings.
    Settings {
        name: String,
        logo: Option<LogoFacts>,
    },
    Teammates(Vec<Teammate>),
    Contacts {
        typed: String,
        contacts: Vec<Contact>,
    },
    Drafts(Vec<Draft>),
    /// A picture among the files of a part, made for so many columns and rows.
    Picture {
        file: (PartId, usize),
        room: (u16, u16),
        shown: Shown,
    },
    /// What is held, or all that ever arrived; the newest first.
    Quarantine {
        every: bool,
        rows: Vec<Arrived>,
    },
    /// A mail that arrived, to be read.
    Arrived(Box<MailSheet>),
    /// What accepting a held mail would come to (L3).
    Acceptance {
        mail: InboundId,
        as_new: bool,
        acceptance: Box<Acceptance>,
    },
    /// The mail of a ledger row as it will look; None when none is to go.
    Mail {
        delivery: DeliveryId,
        mail: Option<Box<Readable>>,
    },
}

/// A file that was read and is not kept yet.
#[derive(Clone)]
pub struct HeldFile {
    pub about: Attachment,
    pub bytes: Arc<Vec<u8>>,
}

impl PartialEq for HeldFile {
    fn eq(&self, other: &Self) -> bool {
        self.about == other.about
    }
}

impl std::fmt::Debug for HeldFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.about.fmt(f)
    }
}

/// What is told of a logo; its pixels stay with the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoFacts {
    /// `image/png` and the like.
    pub mime: String,
    pub bytes: usize,
    /// In pixels.
    pub width: u32,
    pub height: u32,
}

/// What was done to the desk.
#[derive(Debug, Clone, PartialEq)]
pub enum Done {
    Performed {
        id: TicketId,
        action: Action,
        decision: Decision,
    },
    Submitted {
        id: TicketId,
        decision: Decision,
    },
    Undone {
        id: TicketId,
        undo: Undo,
    },
    /// The customer did something, by the hands of whoever acts as them.
    Acted {
        contact: ContactId,
        ticket: Option<TicketId>,
    },
    /// A file was read for what the customer writes.
    CustomerTook {
        contact: ContactId,
        file: HeldFile,
    },
    DraftSaved {
        key: DraftKey,
        at: Time,
    },
    DraftDropped(DraftKey),
    /// A held mail was let in, and what that told.
    MailAccepted {
        mail: InboundId,
        ticket: TicketId,
        told: Box<Decision>,
    },
    MailDropped(InboundId),
    /// All files that a draft has now.
    DraftFiles {
        key: DraftKey,
        files: Vec<Attachment>,
    },
    /// A file was saved; the sentence says where.
    FileSaved(String),
    SettingsSaved,
    /// Something else that succeeded, with the sentence to show.
    Said(String),
    /// A command failed: the sentence is for the one who asked.
    Failed {
        command: Box<Command>,
        sentence: String,
    },
}

/// What the model wants done. The loop runs these one after the other, in order, away from the
/// screen; each comes back as one message.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    LoadInbox {
        generation: u64,
        filter: InboxFilter,
        /// The last row there is, to read on behind it.
        after: Option<Box<InboxRow>>,
        limit: usize,
    },
    LoadOverview,
    LoadTicket(TicketId),
    /// As the team: marks nothing as seen (N12).
    LoadMessenger {
        contact: ContactId,
        open: Option<TicketId>,
    },
    LoadSettings,
    LoadTeammates,
    LoadDrafts,
    /// Composes the mail of a ledger row, to be read here; nothing is sent.
    LoadMail {
        ticket: TicketId,
        delivery: DeliveryId,
    },
    /// Mail that is held, or all that ever arrived.
    LoadQuarantine {
        every: bool,
    },
    /// A mail that arrived, to be read.
    LoadArrived(InboundId),
    /// Asks what accepting a held mail would come to; nothing is done.
    WouldAccept {
        mail: InboundId,
        as_new: bool,
    },
    AcceptMail {
        mail: InboundId,
        as_new: bool,
    },
    DropMail(InboundId),
    /// Contacts whose name or address has this text.
    FindContacts(String),
    Perform {
        id: TicketId,
        action: Action,
    },
    /// Assigns to the teammate of this name, who is added if there is none.
    AssignTo {
        id: TicketId,
        name: String,
    },
    /// Links two tickets by number.
    Link {
        id: TicketId,
        other: TicketId,
    },
    /// Gives an internal Back-office ticket a contact, who is added if there is none.
    SetContact {
        id: TicketId,
        email: String,
        name: String,
    },
    /// The contact is found by address, or added; None has none.
    Submit {
        new: NewTicket,
        contact: Option<NewContact>,
    },
    Undo(TicketId),
    SaveDraft {
        key: DraftKey,
        text: String,
    },
    DropDraft(DraftKey),
    /// Reads a file, as its path was typed, and attaches it to a draft.
    AttachFile {
        key: DraftKey,
        path: String,
    },
    /// Gives a draft these files and no others.
    SetDraftFiles {
        key: DraftKey,
        files: Vec<Attachment>,
    },
    /// Writes a file of a part into a folder, as it was typed; empty for the usual one.
    SaveFile {
        ticket: TicketId,
        part: PartId,
        n: usize,
        to: String,
    },
    /// Decodes a file of a part, to be shown in so many columns and rows.
    LoadPicture {
        ticket: TicketId,
        part: PartId,
        n: usize,
        way: Way,
        room: (u16, u16),
    },
    Resend(DeliveryId),
    DropUnknown(DeliveryId),
    SaveSettings {
        name: Option<String>,
        logo: Option<std::path::PathBuf>,
    },
    /// The customer opens a thread: this marks it as seen (N12).
    CustomerOpens {
        contact: ContactId,
        ticket: TicketId,
    },
    CustomerReplies {
        contact: ContactId,
        ticket: TicketId,
        text: String,
        files: Vec<HeldFile>,
    },
    CustomerSubmits {
        contact: ContactId,
        title: String,
        body: String,
        files: Vec<HeldFile>,
    },
    /// Reads a file, as its path was typed, to go with what the customer writes. The desk keeps it
    /// when that is sent, and not before.
    CustomerTakes {
        contact: ContactId,
        path: String,
    },
    /// Demo desks: the clock jumps to the next mail that is due.
    FastForward,
    /// Throw away what is on screen and draw it anew.
    Redraw,
    Suspend,
    Quit(Exit),
}

/// A contact as typed into a form; found by its address, or added.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewContact {
    pub email: String,
    pub name: String,
}

/// Why the screen was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Exit {
    #[default]
    Quit,
    /// The first-run screen asked for the demo.
    OpenDemo,
    /// The terminal went away or a signal came.
    Closed,
}
