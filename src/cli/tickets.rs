//! The commands that read and change tickets.

use serde_json::json;

use crate::cli::args::{Command, TypeOf, time};
use crate::cli::{Setting, files, print, text};
use crate::desk::{Desk, DeskError, TicketView, linked};
use crate::domain::inbox::InboxFilter;
use crate::domain::{
    Action, Actor, Contact, EmailAddress, NewTicket, Notify, Refusal, TicketId, TicketTypeId, Time,
};

/// Rows fetched at once for a listing, which prints all.
const PAGE: usize = 500;

pub fn run(setting: &Setting, command: &Command) -> anyhow::Result<()> {
    let creates = matches!(command, Command::New { .. });
    if let Command::Keys { markdown } = command {
        return super::shells::keys(setting, *markdown);
    }
    let desk = setting.open(creates)?;
    let now = setting.now(&desk)?;
    let cx = Cx { setting, desk: &desk, now };
    match command {
        Command::New { category, title, contact, name, body, shared, attach } => {
            let email = contact.as_deref().map(EmailAddress::new).transpose().map_err(rule)?;
            let contact = match (email, name) {
                (None, None) => None,
                (email, name) => Some(Contact::unsaved(name.as_deref().unwrap_or(""), email)),
            };
            let body = body.as_deref().map(text).transpose()?.unwrap_or_default();
            let (category, title, shared) = (*category, title.clone(), *shared);
            let new = NewTicket { category, title, body, contact, shared, files: Vec::new() };
            cx.submit(new, &attach.files)
        }
        Command::List { category, state } => cx.list(*category, *state),
        Command::Show { id } => {
            let view = cx.view(*id)?;
            if setting.args.json { print::json(&view) } else { print::data(&print::ticket(&view)) }
        }
        Command::Why { id } => cx.why(*id),
        Command::Reply { id, text: t, attach } => {
            cx.write(*id, Action::reply(text(t)?), &attach.files)
        }
        Command::Note { id, text: t, attach } => {
            cx.write(*id, Action::note(text(t)?), &attach.files)
        }
        Command::Attachments { id } => files::list(&cx.view(*id)?, setting.args.json),
        Command::Save { id, n, to } => files::save(&desk, &cx.view(*id)?, *n, to.as_deref()),
        Command::State { id, state } => cx.act(*id, Action::SetState(*state)),
        Command::Close { id } => cx.act(*id, Action::Close),
        Command::Reopen { id } => cx.act(*id, Action::Reopen),
        Command::Share { id } => cx.act(*id, Action::Share),
        Command::Unshare { id } => cx.act(*id, Action::Unshare),
        Command::Assign { id, name } => cx.assign(*id, name),
        Command::Undo { id } => cx.undo(*id),
        Command::Rename { id, title } => cx.act(*id, Action::Rename(title.clone())),
        Command::Contact { id, email, name } => {
            let email = EmailAddress::new(email).map_err(rule)?;
            let contact = Contact::unsaved(name.as_deref().unwrap_or(""), Some(email));
            cx.act(*id, Action::SetContact(contact))
        }
        Command::Tag { id, tag } => cx.act(*id, Action::Tag(tag.clone())),
        Command::Untag { id, tag } => cx.act(*id, Action::Untag(tag.clone())),
        Command::Priority { id, switch } => cx.act(*id, Action::SetPriority(switch == "on")),
        Command::Snooze { id, until } if until == "off" => cx.act(*id, Action::Snooze(None)),
        Command::Snooze { id, until } => {
            let until = time(until).map_err(anyhow::Error::msg)?;
            cx.act(*id, Action::Snooze(Some(until)))
        }
        Command::Link { id, other } => {
            let other = linked(&cx.view(*other)?);
            cx.act(*id, Action::Link(other))
        }
        Command::Unlink { id, other } => cx.act(*id, Action::Unlink(*other)),
        Command::Delete { id } => cx.act(*id, Action::Delete),
        Command::Type { what } => cx.types(what),
        Command::Resend { id } => cx.resend(*id),
        Command::Messenger { .. }
        | Command::Customer { .. }
        | Command::Work { .. }
        | Command::Serve(_)
        | Command::Settings { .. }
        | Command::Receive { .. }
        | Command::Quarantine { .. }
        | Command::MailStop { .. }
        | Command::Mail { .. }
        | Command::ReplyAddress { .. }
        | Command::Token { .. }
        | Command::Doctor
        | Command::Demo(_)
        | Command::Keys { .. }
        | Command::Webhook { .. } => anyhow::bail!("This command is another room's."),
    }
}

fn rule(refusal: Refusal) -> DeskError {
    DeskError::from(refusal)
}

struct Cx<'a> {
    setting: &'a Setting,
    desk: &'a Desk,
    now: Time,
}

impl Cx<'_> {
    fn view(&self, id: TicketId) -> anyhow::Result<TicketView> {
        Ok(self.desk.ticket(id)?.ok_or(DeskError::NoTicket(id))?)
    }

    fn actor(&self) -> anyhow::Result<Actor> {
        self.setting.actor(self.desk, self.now)
    }

    /// A new ticket with its files. What is refused is refused before a file is kept.
    fn submit(&self, new: NewTicket, paths: &[String]) -> anyhow::Result<()> {
        let (actor, taken) = (self.actor()?, files::take(paths)?);
        let new = NewTicket { files: files::described(&taken)?, ..new };
        let would = self.desk.would_submit(&actor, &new, self.now)?;
        if self.setting.args.dry_run {
            return print::data(&print::promise(&would));
        }
        let new = NewTicket { files: files::keep(self.desk, taken)?, ..new };
        let mailed = would.plan().is_some_and(|plan| plan.email.is_due());
        if let Some(warning) = files::warning(&new.files).filter(|_| mailed) {
            print::talk(&warning);
        }
        let done = self.desk.submit(&actor, &new, Notify::Tell, false, self.now)?;
        print::talk(&print::promise(&done.decision));
        if self.setting.args.json {
            print::json(&json!({ "id": done.id }))
        } else {
            print::data(&done.id.0.to_string())
        }
    }

    fn act(&self, id: TicketId, action: Action) -> anyhow::Result<()> {
        let actor = self.actor()?;
        if self.setting.args.dry_run {
            let decision =
                self.view(id)?.decide(&action, &actor, self.now).map_err(DeskError::from)?;
            return print::data(&print::promise(&decision));
        }
        let done = self.desk.perform(&actor, id, &action, self.now)?;
        print::talk(&print::promise(&done.decision));
        if self.setting.args.json {
            print::json(&json!({ "id": id, "part": done.part, "ticket": done.decision.ticket }))?;
        }
        Ok(())
    }

    /// A reply or a note, with its files. What is refused is refused before a file is kept.
    fn write(&self, id: TicketId, action: Action, paths: &[String]) -> anyhow::Result<()> {
        let taken = files::take(paths)?;
        let would = action.clone().with_files(files::described(&taken)?);
        self.view(id)?.decide(&would, &self.actor()?, self.now).map_err(DeskError::from)?;
        if self.setting.args.dry_run {
            return self.act(id, would);
        }
        let is_reply = matches!(action, Action::Reply { .. });
        let kept = files::keep(self.desk, taken)?;
        if let Some(warning) = files::warning(&kept).filter(|_| is_reply) {
            print::talk(&warning);
        }
        self.act(id, action.with_files(kept))
    }

    fn assign(&self, id: TicketId, name: &str) -> anyhow::Result<()> {
        let nobody = ["nobody", "none", "-"].contains(&name.to_lowercase().as_str());
        self.view(id)?;
        let to = if nobody {
            None
        } else {
            let (teammate, made) = self.desk.teammate(name, self.now)?;
            if made {
                print::talk(&format!("{} is new on this desk.", teammate.name));
            }
            Some(teammate)
        };
        self.act(id, Action::Assign(to))
    }

    fn types(&self, what: &TypeOf) -> anyhow::Result<()> {
        match what {
            TypeOf::List => {
                let all = self.desk.ticket_types()?;
                if self.setting.args.json {
                    return print::json(&all);
                }
                let line = |t: &crate::domain::TicketType| {
                    format!("{:>3}  {:<11}  {}", t.id.0, t.category.code(), t.name)
                };
                print::data(&all.iter().map(line).collect::<Vec<_>>().join("\n"))
            }
            TypeOf::Add { category, name, description, icon } => {
                let made =
                    self.desk.add_ticket_type(*category, name, description, icon, self.now)?;
                if self.setting.args.json {
                    print::json(&made)
                } else {
                    print::data(&made.id.0.to_string())
                }
            }
            TypeOf::Set { id, r#type } => {
                self.act(*id, self.desk.change_type(*id, TicketTypeId(*r#type))?)
            }
        }
    }

    fn undo(&self, id: TicketId) -> anyhow::Result<()> {
        let undo = self.desk.undo(id, self.now)?;
        print::talk(&format!("Taken back: {}.", undo.event.label()));
        if self.setting.args.json {
            return print::json(&json!({
                "id": id, "part": undo.part, "event": undo.event.code(), "text": undo.text,
            }));
        }
        match &undo.text {
            Some(text) => print::data(text),
            None => Ok(()),
        }
    }

    fn resend(&self, id: TicketId) -> anyhow::Result<()> {
        let queued = self.desk.resend_ticket(id, self.now)?;
        if queued == 0 {
            anyhow::bail!("No mail of {id} rests as unknown or failed.");
        }
        print::talk(&format!("{queued} put back into the queue."));
        Ok(())
    }

    fn list(
        &self,
        category: Option<crate::domain::Category>,
        state: Option<crate::domain::TicketState>,
    ) -> anyhow::Result<()> {
        let filter = InboxFilter::parse(category, "");
        let mut rows = Vec::new();
        let mut after = None;
        loop {
            let page = self.desk.inbox(&filter, after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some(crate::desk::InboxKey::of(last));
            rows.extend(page);
        }
        rows.retain(|r| state.is_none_or(|s| s == r.state));
        if self.setting.args.json {
            return print::json(&rows);
        }
        if rows.is_empty() {
            print::talk("No tickets.");
            return Ok(());
        }
        print::data(&print::list(&rows))
    }

    fn why(&self, id: TicketId) -> anyhow::Result<()> {
        let view = self.view(id)?;
        if self.setting.args.json {
            return print::json(&print::why(&view));
        }
        if let Some(trouble) = self.desk.outlook()?.trouble.filter(|_| view.next_mail().is_some()) {
            print::talk(&format!("Mail is not leaving: {trouble}."));
        }
        print::data(&super::print::story(&view, self.now))
    }
}
