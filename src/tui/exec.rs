//! Carries commands to the desk. Blocking: the loop runs it away from the screen, one command
//! after the other, so that what was asked first happens first.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::Clock;
use crate::desk::settings::DemoClock;
use crate::desk::{Desk, DeskError, InboxKey, files, linked};
use crate::domain::{
    Action, Actor, Attachment, Contact, ContactId, EmailAddress, NewTicket, Notify, PartId,
    Teammate, TicketId,
};
use crate::mail::Readable;
use crate::mail::logo::MAX_BYTES;
use crate::tui::mail_sheet::MailSheet;
use crate::tui::message::{Command, Done, HeldFile, Loaded, LogoFacts, Message, NewContact};
use crate::tui::pictures;
use crate::tui::terminal::cell_size;
use crate::tui::update::quarantine::ROWS;

/// Contacts suggested at a time.
const SUGGESTIONS: usize = 4;

/// What commands are carried out with.
#[derive(Debug, Clone)]
pub struct Hands {
    pub desk: Desk,
    pub clock: Clock,
    pub me: Teammate,
    /// The demo desk's clock as it was last read; clones share it.
    known: Arc<Mutex<Option<DemoClock>>>,
}

impl Hands {
    /// # Errors
    /// The store's.
    pub fn new(desk: Desk, clock: Clock, me: Teammate) -> Result<Self, DeskError> {
        let known = Arc::new(Mutex::new(desk.demo_clock()?));
        Ok(Self { desk, clock, me, known })
    }

    /// Another program may have turned a demo desk's clock forward: this one goes with it, so
    /// that what is done here is not done in the past.
    fn follow(&self) -> Result<(), DeskError> {
        let demo = self.desk.demo_clock()?;
        if let Some(demo) = demo.filter(|demo| self.knew(*demo) != Some(*demo)) {
            self.clock.advance_to(demo.at(Clock::system().now()));
        }
        Ok(())
    }

    /// Remembers a demo clock; gives the one known before.
    fn knew(&self, demo: DemoClock) -> Option<DemoClock> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).replace(demo)
    }

    /// Does what a command says; a failure comes back as its sentence.
    #[must_use]
    pub fn run(&self, command: Command) -> Message {
        match self.try_run(&command) {
            Ok(message) => message,
            Err(error) => {
                if !error.is_rule() {
                    tracing::warn!(%error, "command failed");
                }
                Message::Done(Done::Failed {
                    command: Box::new(command),
                    sentence: error.to_string(),
                })
            }
        }
    }

    fn try_run(&self, command: &Command) -> Result<Message, DeskError> {
        self.follow()?;
        let (desk, now, actor) = (&self.desk, self.clock.now(), Actor::Teammate(self.me.clone()));
        let done = match command {
            Command::LoadInbox { .. }
            | Command::LoadOverview
            | Command::LoadTicket(_)
            | Command::LoadMessenger { .. }
            | Command::LoadSettings
            | Command::LoadTeammates
            | Command::LoadDrafts
            | Command::LoadMail { .. }
            | Command::LoadQuarantine { .. }
            | Command::LoadArrived(_)
            | Command::LoadPicture { .. }
            | Command::WouldAccept { .. }
            | Command::FindContacts(_) => return self.load(command).map(Message::Loaded),
            Command::Perform { id, action } => self.perform(*id, action.clone())?,
            Command::AssignTo { id, name } => {
                let (teammate, _) = desk.teammate(name, now)?;
                self.perform(*id, Action::Assign(Some(teammate)))?
            }
            Command::Link { id, other } => {
                let view = desk.ticket(*other)?.ok_or(DeskError::NoTicket(*other))?;
                self.perform(*id, Action::Link(linked(&view)))?
            }
            Command::SetContact { id, email, name } => {
                let contact = contact(&NewContact { email: email.clone(), name: name.clone() })?;
                self.perform(*id, Action::SetContact(contact))?
            }
            Command::Submit { new, contact: typed } => {
                let contact = typed.as_ref().map(contact).transpose()?;
                let new = NewTicket { contact, ..new.clone() };
                let done = desk.submit(&actor, &new, Notify::Tell, false, now)?;
                Done::Submitted { id: done.id, decision: done.decision }
            }
            Command::Undo(id) => Done::Undone { id: *id, undo: desk.undo(*id, now)? },
            Command::SaveDraft { key, text } => {
                desk.save_draft(self.me.id, *key, text, now)?;
                if text.is_empty() {
                    Done::DraftDropped(*key)
                } else {
                    Done::DraftSaved { key: *key, at: now }
                }
            }
            Command::DropDraft(key) => {
                desk.drop_draft(self.me.id, *key)?;
                Done::DraftDropped(*key)
            }
            Command::AttachFile { key, path } => {
                let (name, bytes) = files::take(path)?;
                let files = desk.attach_to_draft(self.me.id, *key, &name, bytes, now)?;
                Done::DraftFiles { key: *key, files }
            }
            Command::SetDraftFiles { key, files } => {
                desk.set_draft_files(self.me.id, *key, files, now)?;
                Done::DraftFiles { key: *key, files: files.clone() }
            }
            Command::SaveFile { ticket, part, n, to } => {
                let (file, bytes) = self.file(*ticket, *part, *n)?;
                let to = if to.is_empty() { files::default_folder() } else { to.clone() };
                let path = files::save(&to, &file.name, &bytes)?;
                Done::FileSaved(format!("Saved as {}.", path.display()))
            }
            Command::Resend(id) => Done::Said(if desk.resend(*id, now)? {
                "The email is queued again.".into()
            } else {
                "That email does not rest as unknown or failed.".into()
            }),
            Command::DropUnknown(id) => Done::Said(if desk.drop_unknown(*id)? {
                "The email is laid to rest; it will not be sent again.".into()
            } else {
                "That email does not rest as unknown.".into()
            }),
            Command::AcceptMail { mail, as_new } => {
                let told = Box::new(desk.acceptance(*mail, *as_new, now)?.decision);
                let ticket = desk.accept_mail(&actor, *mail, *as_new, now)?;
                Done::MailAccepted { mail: *mail, ticket, told }
            }
            Command::DropMail(mail) => {
                desk.drop_mail(&actor, *mail, now)?;
                Done::MailDropped(*mail)
            }
            Command::SaveSettings { name, logo } => {
                // The logo first: when it is refused, the name stays as it was, too.
                if let Some(path) = logo {
                    desk.set_messenger_logo(image(path)?)?;
                }
                if let Some(name) = name {
                    desk.set_messenger_name(name)?;
                }
                Done::SettingsSaved
            }
            Command::CustomerOpens { contact, ticket } => {
                self.customer(*contact)?;
                desk.seen(*contact, *ticket, now)?;
                Done::Acted { contact: *contact, ticket: Some(*ticket) }
            }
            Command::CustomerReplies { contact, ticket, text, files } => {
                let actor = desk.as_customer(&self.customer(*contact)?)?;
                let action = Action::customer_reply(text.clone());
                let view = desk.ticket(*ticket)?.ok_or(DeskError::NoTicket(*ticket))?;
                view.decide(&action.clone().with_files(described(files)), &actor, now)?;
                let action = action.with_files(self.keep(files)?);
                desk.perform(&actor, *ticket, &action, now)?;
                Done::Acted { contact: *contact, ticket: Some(*ticket) }
            }
            Command::CustomerSubmits { contact, title, body, files } => {
                let customer = self.customer(*contact)?;
                let actor = desk.as_customer(&customer)?;
                let new = NewTicket {
                    category: crate::domain::Category::Customer,
                    title: title.clone(),
                    body: body.clone(),
                    contact: Some(customer),
                    shared: true,
                    files: described(files),
                };
                desk.would_submit(&actor, &new, now)?;
                let new = NewTicket { files: self.keep(files)?, ..new };
                let done = desk.submit(&actor, &new, Notify::Tell, true, now)?;
                Done::Acted { contact: *contact, ticket: Some(done.id) }
            }
            Command::CustomerTakes { contact, path } => {
                let (name, bytes) = files::take(path)?;
                let about = Desk::describe_file(&name, &bytes)?;
                let file = HeldFile { about, bytes: Arc::new(bytes) };
                Done::CustomerTook { contact: *contact, file }
            }
            Command::FastForward => self.fast_forward()?,
            // The loop's own; they never come here.
            Command::Redraw | Command::Suspend | Command::Quit(_) => Done::Said(String::new()),
        };
        Ok(Message::Done(done))
    }

    fn load(&self, command: &Command) -> Result<Loaded, DeskError> {
        let desk = &self.desk;
        Ok(match command {
            Command::LoadInbox { generation, filter, after, limit } => {
                let key = after.as_ref().map(|row| InboxKey::of(row));
                let rows = desk.inbox(filter, key, *limit)?;
                Loaded::Inbox {
                    generation: *generation,
                    complete: rows.len() < *limit,
                    more: after.is_some(),
                    rows,
                }
            }
            Command::LoadTicket(id) => {
                Loaded::Ticket { id: *id, view: desk.ticket(*id)?.map(Box::new) }
            }
            Command::LoadMessenger { contact, open } => Loaded::Messenger {
                contact: *contact,
                messenger: desk.customer(*contact).messenger(*open)?,
            },
            Command::LoadSettings => {
                let settings = desk.messenger_settings()?;
                let logo = settings.logo.map(|logo| LogoFacts {
                    mime: logo.mime().to_owned(),
                    bytes: logo.bytes().len(),
                    width: logo.width(),
                    height: logo.height(),
                });
                Loaded::Settings { name: settings.name, logo }
            }
            Command::LoadTeammates => Loaded::Teammates(desk.teammates()?),
            Command::LoadDrafts => Loaded::Drafts(desk.drafts(self.me.id)?),
            Command::LoadMail { ticket, delivery } => {
                let raw = desk.preview_mail(*ticket, *delivery)?;
                let mail = raw.and_then(|raw| Readable::of(&raw)).map(Box::new);
                Loaded::Mail { delivery: *delivery, mail }
            }
            Command::LoadQuarantine { every } => {
                Loaded::Quarantine { every: *every, rows: desk.newest_mail(*every, ROWS)? }
            }
            Command::LoadArrived(id) => {
                Loaded::Arrived(Box::new(MailSheet::of(desk.held_mail(*id)?)))
            }
            Command::LoadPicture { ticket, part, n, way, room } => {
                let (file, bytes) = self.file(*ticket, *part, *n)?;
                let cell = if way.is_graphic() { cell_size() } else { None };
                let shown = pictures::show(&file.name, bytes, *way, *room, cell);
                let shown = shown.map_err(DeskError::Other)?;
                Loaded::Picture { file: (*part, *n), room: *room, shown }
            }
            Command::WouldAccept { mail, as_new } => {
                let acceptance = desk.acceptance(*mail, *as_new, self.clock.now())?;
                let acceptance = Box::new(acceptance);
                Loaded::Acceptance { mail: *mail, as_new: *as_new, acceptance }
            }
            Command::FindContacts(typed) => Loaded::Contacts {
                typed: typed.clone(),
                contacts: desk.contacts_like(typed, SUGGESTIONS)?,
            },
            _ => Loaded::Overview { counters: desk.counters()?, outlook: desk.outlook()? },
        })
    }

    /// Keeps files that go with what is sent next.
    fn keep(&self, files: &[HeldFile]) -> Result<Vec<Attachment>, DeskError> {
        let keep = |f: &HeldFile| self.desk.keep_file(&f.about.name, f.bytes.to_vec());
        files.iter().map(keep).collect()
    }

    /// A file of a part, and its bytes.
    fn file(
        &self,
        ticket: TicketId,
        part: PartId,
        n: usize,
    ) -> Result<(Attachment, Vec<u8>), DeskError> {
        let none = || DeskError::Other(format!("{ticket} has no such file."));
        self.desk.attachment(ticket, part, n)?.ok_or_else(none)
    }

    fn perform(&self, id: TicketId, action: Action) -> Result<Done, DeskError> {
        let actor = Actor::Teammate(self.me.clone());
        let done = self.desk.perform(&actor, id, &action, self.clock.now())?;
        Ok(Done::Performed { id, action, decision: done.decision })
    }

    /// The contact, where acting as the customer is allowed.
    fn customer(&self, id: ContactId) -> Result<Contact, DeskError> {
        self.desk.may_act_as_customer()?;
        self.desk.contact(id)?.ok_or_else(|| DeskError::NoContact(id.to_string()))
    }

    /// Demo: the clock jumps to the next mail, here and in every program on this desk.
    fn fast_forward(&self) -> Result<Done, DeskError> {
        let now = self.clock.now();
        let Some(due) = self.desk.outlook()?.next_due.filter(|due| *due > now) else {
            return Ok(Done::Said("No mail is waiting.".into()));
        };
        self.clock.advance_to(due);
        let real = Clock::system().now();
        let demo = DemoClock { real, desk: due, speed: self.clock.speed() };
        self.knew(demo);
        self.desk.set_demo_clock(demo)?;
        Ok(Done::Said(format!(
            "The demo clock jumped to {}, when the next email is due.",
            due.format("%H:%M:%S")
        )))
    }
}

/// Reads an image, and of one that is too large no more than tells so. `~/` is the home, as in a
/// shell.
fn image(path: &Path) -> Result<Vec<u8>, DeskError> {
    let path = files::path(&path.to_string_lossy());
    files::read(&path, MAX_BYTES as u64)
        .map_err(|what| DeskError::Logo(format!("{} cannot be read: {what}.", path.display())))
}

fn described(files: &[HeldFile]) -> Vec<Attachment> {
    files.iter().map(|f| f.about.clone()).collect()
}

/// A contact as typed: known by the address, or new.
fn contact(typed: &NewContact) -> Result<Contact, DeskError> {
    let email = match typed.email.trim() {
        "" => None,
        email => Some(EmailAddress::new(email)?),
    };
    Ok(Contact { id: ContactId(0), name: typed.name.clone(), email, mail_stop: None })
}
