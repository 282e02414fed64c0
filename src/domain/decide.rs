//! What comes of an action: [`decide()`] and [`submit`].
//!
//! Pure: the same ticket, action and moment give the same decision, so a screen can show what an
//! action would do by deciding it and throwing the decision away (L3).

use crate::domain::action::{Action, Actor, Context, Decision, NewPart, NewTicket};
use crate::domain::notify::plan;
use crate::domain::part::{Author, Event};
use crate::domain::ticket::{Category, Ticket, TicketState};
use crate::domain::{
    Attachment, Refusal, TicketId, TicketTypeId, Time, attachment, links, text, ticket_type,
};

/// Decides an action on a ticket.
///
/// # Errors
/// A [`Refusal`]: nothing is to be recorded and no one is told.
pub fn decide(
    ticket: &Ticket,
    action: &Action,
    actor: &Actor,
    ctx: &Context<'_>,
    now: Time,
) -> Result<Decision, Refusal> {
    let mut draft = Draft { ticket: ticket.clone(), parts: Vec::new(), ctx, now };
    let author = actor.author();
    let id = ticket.id;
    // A customer writes, into their thread or in a mail that is kept; all else is the team's (V7).
    match (actor, action) {
        (Actor::Customer(_), Action::CustomerReply { .. } | Action::KeepMail { .. })
        | (Actor::Teammate(_) | Actor::Desk, _) => {}
        (Actor::Customer(_), _) => return Err(Refusal::NotTheirs(id)),
    }
    match action {
        Action::Reply { body, files } => {
            match ticket.category {
                Category::Tracker => return Err(Refusal::ReplyOnTracker), // V3, V4
                Category::BackOffice if !ticket.shared => {
                    return Err(Refusal::ReplyWhileInternal(id)); // V3
                }
                Category::Customer | Category::BackOffice => {}
            }
            draft.record_with(
                author,
                Event::Reply,
                Some(text::body(body)?),
                attachment::fit(files)?,
            );
        }
        Action::Note { body, files } => {
            draft.record_with(
                author,
                Event::Note,
                Some(text::body(body)?),
                attachment::fit(files)?,
            );
        }
        Action::CustomerReply { body, files } => {
            let theirs = match actor {
                Actor::Customer(c) => ticket.contact == Some(c.id),
                Actor::Teammate(_) | Actor::Desk => false,
            };
            if !theirs || ticket.as_shared().is_none() {
                return Err(Refusal::NotTheirs(id));
            }
            let (body, files) = (text::body(body)?, attachment::fit(files)?);
            draft.record_with(author, Event::CustomerReply, Some(body), files);
            draft.reopen_after_reply();
        }
        Action::SetState(to) => {
            if *to == ticket.state {
                return Err(Refusal::SameState { id, state: *to }); // S4
            }
            draft.ticket.state = *to;
            draft.ticket.open = *to != TicketState::Resolved; // S2, S5
            let event = Event::StateChanged { from: ticket.state, to: *to, was_open: ticket.open };
            draft.record(author, event, None);
        }
        Action::Close => {
            if !ticket.open {
                return Err(Refusal::AlreadyClosed(id));
            }
            draft.ticket.open = false; // S2: the state stays
            draft.record(author, Event::Closed, None);
        }
        Action::Reopen => {
            if ticket.open {
                return Err(Refusal::AlreadyOpen(id));
            }
            draft.ticket.open = true;
            draft.record(author, Event::Reopened, None);
        }
        Action::Share => {
            match ticket.category {
                Category::Tracker => return Err(Refusal::ShareTracker(id)), // V2
                Category::Customer => return Err(Refusal::AlwaysShared(id)),
                Category::BackOffice if ticket.shared => return Err(Refusal::AlreadyShared(id)),
                Category::BackOffice => {}
            }
            if ticket.contact.is_none() {
                return Err(Refusal::ShareNeedsContact(id)); // V3
            }
            draft.ticket.shared = true;
            draft.record(author, Event::Shared, None);
        }
        Action::Unshare => {
            match ticket.category {
                Category::Tracker => return Err(Refusal::ShareTracker(id)),
                Category::Customer => return Err(Refusal::CannotUnshare(id)), // V2
                Category::BackOffice if !ticket.shared => return Err(Refusal::NotShared(id)),
                Category::BackOffice => {}
            }
            draft.ticket.shared = false;
            draft.record(author, Event::Unshared, None);
        }
        Action::Assign(to) => {
            let to_id = to.as_ref().map(|t| t.id);
            if to_id == ticket.assignee {
                return Err(match to {
                    Some(t) => Refusal::SameAssignee { id, name: t.name.clone() },
                    None => Refusal::NotAssigned(id),
                });
            }
            draft.ticket.assignee = to_id;
            let name = to.as_ref().map(|t| t.name.clone());
            draft.record(author, Event::Assigned { from: ticket.assignee, to: to_id, name }, None);
        }
        Action::Rename(title) => {
            let to = text::title(title)?;
            if to == ticket.title {
                return Err(Refusal::SameTitle(id));
            }
            draft.ticket.title.clone_from(&to);
            draft.record(author, Event::Renamed { from: ticket.title.clone(), to }, None);
        }
        Action::Tag(tag) => {
            let tag = text::tag(tag)?;
            if ticket.tags.contains(&tag) {
                return Err(Refusal::HasTag { id, tag });
            }
            draft.ticket.tags.push(tag.clone());
            draft.ticket.tags.sort();
            draft.record(author, Event::Tagged { tag }, None);
        }
        Action::Untag(tag) => {
            let tag = text::tag(tag)?;
            if !ticket.tags.contains(&tag) {
                return Err(Refusal::NoTag { id, tag });
            }
            draft.ticket.tags.retain(|t| *t != tag);
            draft.record(author, Event::Untagged { tag }, None);
        }
        Action::SetPriority(high) => {
            if *high == ticket.priority {
                return Err(Refusal::SamePriority(id));
            }
            draft.ticket.priority = *high;
            draft.record(author, Event::PriorityChanged { high: *high }, None);
        }
        Action::Snooze(Some(until)) => {
            if *until <= now {
                return Err(Refusal::SnoozeInThePast);
            }
            draft.ticket.snoozed_until = Some(*until);
            draft.record(author, Event::Snoozed { until: *until }, None);
        }
        Action::Snooze(None) => {
            if ticket.snoozed_until.is_none() {
                return Err(Refusal::NotSnoozed(id));
            }
            draft.ticket.snoozed_until = None;
            draft.record(author, Event::Woken, None);
        }
        Action::Link(other) => {
            links::may_link(ticket, ctx.links, other, ctx.other_links)?;
            draft.record(author, Event::Linked { other: other.id }, None);
        }
        Action::Unlink(other) => {
            if !ctx.links.iter().any(|l| l.id == *other) {
                return Err(Refusal::NotLinked(id, *other));
            }
            draft.record(author, Event::Unlinked { other: *other }, None);
        }
        Action::SetContact(contact) => {
            match ticket.category {
                Category::Tracker => return Err(Refusal::TrackerContact), // V3
                Category::Customer => return Err(Refusal::ContactFixed(id)),
                Category::BackOffice if ticket.shared => return Err(Refusal::ContactFixed(id)),
                Category::BackOffice => {}
            }
            draft.ticket.contact = Some(contact.id);
            let name = contact.display_name().to_owned();
            draft.record(author, Event::ContactSet { name }, None);
        }
        Action::LiftMailStop => {
            let contact = ctx.facts.contact;
            let to = contact.map_or("nobody", |c| {
                c.email.as_ref().map_or(c.display_name(), crate::domain::EmailAddress::as_str)
            });
            let to = to.to_owned();
            let was = contact
                .and_then(|c| c.mail_stop)
                .ok_or_else(|| Refusal::MailNotStopped(to.clone()))?;
            draft.record(author, Event::MailStopLifted { was, to }, None);
        }
        Action::ChangeType { id: type_id, category, from, to } => {
            if *type_id == ticket.type_id {
                return Err(Refusal::SameType { id, name: to.clone() });
            }
            let shared = draft.change_category(*category)?;
            draft.ticket.type_id = *type_id;
            let event = Event::TypeChanged { from: from.clone(), to: to.clone() };
            draft.record(author.clone(), event, None);
            if shared {
                draft.record(author, Event::Shared, None); // V2, N5
            }
        }
        Action::SetAttribute { name, value } => {
            let shown = ticket_type::shown(value);
            let body = text::optional_body(&shown)?;
            let event = Event::AttributeSet { name: name.clone() };
            draft.record(author, event, (!body.is_empty()).then_some(body));
        }
        Action::Delete => {
            draft.ticket.deleted_at = Some(now);
            draft.record(author, Event::Deleted, None);
        }
        Action::KeepMail { why, from, body } => {
            let body = text::optional_body(body)?;
            let event = Event::MailKept { why: *why, from: text::clean_line(from) };
            draft.record(author, event, (!body.is_empty()).then_some(body));
        }
    }
    Ok(draft.finish())
}

/// Decides a new ticket. Its id is the store's to give: the decision's ticket carries `id`.
///
/// # Errors
/// A [`Refusal`]; V2 and V3 are kept here.
pub fn submit(
    id: TicketId,
    new: &NewTicket,
    actor: &Actor,
    ctx: &Context<'_>,
    now: Time,
) -> Result<Decision, Refusal> {
    let title = text::title(&new.title)?;
    let body = text::optional_body(&new.body)?;
    let files = attachment::fit(&new.files)?;
    let shared = match new.category {
        Category::Customer if new.contact.is_none() => return Err(Refusal::CustomerNeedsContact),
        Category::Customer => true,
        Category::BackOffice if new.shared && new.contact.is_none() => {
            return Err(Refusal::NewSharedNeedsContact);
        }
        Category::BackOffice => new.shared,
        Category::Tracker if new.shared => return Err(Refusal::NewTrackerShared),
        Category::Tracker if new.contact.is_some() => return Err(Refusal::TrackerContact),
        Category::Tracker => false,
    };
    let ticket = Ticket {
        id,
        category: new.category,
        title,
        state: TicketState::Submitted,
        open: true,
        shared,
        contact: new.contact.as_ref().map(|c| c.id),
        assignee: None,
        priority: false,
        snoozed_until: None,
        tags: Vec::new(),
        created_at: now,
        updated_at: now,
        revision: 0,
        type_id: TicketTypeId::default_of(new.category),
        deleted_at: None,
    };
    let mut draft = Draft { ticket, parts: Vec::new(), ctx, now };
    let body = (!body.is_empty()).then_some(body);
    draft.record_with(actor.author(), Event::Submitted, body, files);
    Ok(draft.finish())
}

/// A decision in the making.
struct Draft<'a> {
    ticket: Ticket,
    parts: Vec<NewPart>,
    ctx: &'a Context<'a>,
    now: Time,
}

impl Draft<'_> {
    /// Appends a part, planned against the ticket as it stands by now (V8).
    fn record(&mut self, author: Author, event: Event, body: Option<String>) {
        let plan = plan(&self.ticket, &event, &author, &self.ctx.facts, self.now);
        self.parts.push(NewPart { author, event, body, files: Vec::new(), plan });
    }

    /// The same of what somebody wrote, with its files.
    fn record_with(
        &mut self,
        author: Author,
        event: Event,
        body: Option<String>,
        files: Vec<Attachment>,
    ) {
        self.record(author, event, body);
        if let Some(part) = self.parts.last_mut() {
            part.files = files;
        }
    }

    /// S3: the customer's reply wakes, reopens, and moves to In progress; the desk does it.
    fn reopen_after_reply(&mut self) {
        if self.ticket.snoozed_until.take().is_some() {
            self.record(Author::Desk, Event::Woken, None);
        }
        let was_open = self.ticket.open;
        let from = self.ticket.state;
        let moves = match from {
            TicketState::WaitingOnCustomer | TicketState::Resolved => true,
            TicketState::Submitted => !was_open,
            TicketState::InProgress => false,
        };
        self.ticket.open = true;
        if moves {
            self.ticket.state = TicketState::InProgress;
            let event = Event::StateChanged { from, to: TicketState::InProgress, was_open };
            self.record(Author::Desk, event, None);
        } else if !was_open {
            self.record(Author::Desk, Event::Reopened, None);
        }
    }

    /// Moves the ticket to another category, as far as V1 to V3 allow it. True when that shares it:
    /// what becomes a Customer ticket is shared from then on. What is shared stays so, for the
    /// customer's experience never differs (V5).
    fn change_category(&mut self, to: Category) -> Result<bool, Refusal> {
        let ticket = &mut self.ticket;
        if to == ticket.category {
            return Ok(false);
        }
        if !self.ctx.links.is_empty() {
            return Err(Refusal::LinkedCategory(ticket.id)); // V3
        }
        let shares = match to {
            Category::Tracker if ticket.contact.is_some() => return Err(Refusal::TrackerContact),
            Category::Customer if ticket.contact.is_none() => {
                return Err(Refusal::CustomerNeedsContact);
            }
            Category::Customer => !ticket.shared,
            Category::BackOffice | Category::Tracker => false,
        };
        ticket.category = to;
        ticket.shared = ticket.shared || shares;
        Ok(shares)
    }

    fn finish(mut self) -> Decision {
        self.ticket.updated_at = self.now;
        self.ticket.revision += 1;
        Decision { ticket: self.ticket, parts: self.parts }
    }
}
