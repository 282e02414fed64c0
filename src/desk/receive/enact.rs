//! Does what a mail asks for, once it is known what that is. All of it in the transaction that
//! also takes the mail from the queue, so that a mail is applied once or not at all (M4).

use chrono::Duration;

use super::route::{Known, NO_AUTHOR, Route, route, wants_no_answer};
use super::{InboundId, bounced, brake, sender};
use crate::desk::perform::{known_contact, perform_in, see, submit_in};
use crate::desk::{DeskError, Policy};
use crate::domain::text::{BODY_BYTES, NAME_CHARS, TITLE_CHARS, clean_body, clean_line};
use crate::domain::{
    Action, Actor, Attachment, Category, Contact, ContactId, KeptMail, NewTicket, Notify, PartId,
    TicketId, Time,
};
use crate::mail::inbound::{Inbound, RAW_BYTES, Remark};
use crate::store::mailbox::{self, Arrived, End, Key, NewArrival, SenderCheck, State, seen_before};
use crate::store::{StoreError, Tx, attachments, contacts, strangers};

/// What is shown where a mail has no words, as one that holds a picture only.
const NO_TEXT: &str = "(This mail has no text.)";
/// The same, where it has some that cannot be read here.
const SEALED: &str =
    "(This mail is encrypted, or sealed into its signature. Open its file to read it.)";
const CUT: &str = "\n(The rest of this mail is too long to be shown. It is kept.)";

/// Applies a mail that waits; one that does not wait any more is left alone.
pub(super) fn enact(
    tx: &mut dyn Tx,
    policy: &Policy,
    id: InboundId,
    mail: &Inbound,
    now: Time,
) -> Result<(), DeskError> {
    let Some(arrived) = mailbox::load(tx, id.0)?.filter(|a| a.state == State::Stored) else {
        return Ok(());
    };
    let mail = &as_kept(mail, &arrived);
    let check = sender::check(policy, mail);
    let known = Known { arrived: &arrived, mail, check, now };
    let route = route(tx, policy, &known)?;
    let is_dropped = matches!(route, Route::Drop { .. });
    let mut end = End {
        state: State::Applied,
        cause: None,
        sender_check: check,
        author: mail.from.first().map(|f| f.address.clone()),
        subject: mail.subject.clone(),
        ticket: route.matched(),
        part: None,
        contact: None,
        key: key(id, mail, route.matched(), is_dropped),
        duplicate_of: None,
        matched_by: route.matched_by(),
        automatic: mail.automatic.is_some(),
        hidden_lines: u32::try_from(mail.hidden_lines).unwrap_or(u32::MAX),
    };
    let is_held = matches!(route, Route::Hold { .. });
    let same = seen_before::same(tx, &arrived.mailbox, &end.key)?;
    if let Some((first, true)) = same
        && !is_held
    {
        seen_before::give_way(tx, first, id.0, now)?;
    } else if let Some((first, _)) = same {
        end.state = State::Dropped;
        end.cause = Some(format!("The same mail arrived before, as mail {first}."));
        end.duplicate_of = Some(first);
        mailbox::settle(tx, id.0, &end, now)?;
        return Ok(());
    }
    if let Some(other) = seen_before::same_id_other_content(tx, &end.key)? {
        end.cause = Some(format!("It has the Message-ID of mail {other}, and other content."));
    }
    match route {
        Route::Reply { ticket, contact, .. } => {
            end.part = Some(reply(tx, policy, ticket, contact, mail, true, now)?);
            // They hold what only a mail to them held.
            strangers::remove(tx, contact)?;
        }
        Route::Automatic { ticket, .. } => {
            let actor = Actor::Desk;
            end.part = Some(keep(tx, policy, &actor, ticket, KeptMail::Automatic, mail, now)?);
        }
        Route::WhileNotShared { ticket, contact, .. } => {
            let actor = Actor::Customer(contact_of(tx, contact)?);
            end.part = Some(keep(tx, policy, &actor, ticket, KeptMail::WhileNotShared, mail, now)?);
        }
        Route::New { names } => match open(tx, policy, mail, check, names, now)? {
            Some((ticket, part)) => (end.ticket, end.part) = (Some(ticket), Some(part)),
            None => {
                end.state = State::Held;
                end.cause = Some(format!("{NO_AUTHOR}."));
            }
        },
        Route::Bounce { delivery, proven } => {
            if let Some(bounce) = &mail.bounce {
                (end.ticket, end.part) = bounced::enter(tx, policy, delivery, proven, bounce, now)?;
            }
        }
        Route::Hold { cause, ticket, contact } => {
            end.state = State::Held;
            end.cause = Some(cause);
            (end.ticket, end.contact) = (ticket, contact);
        }
        Route::Drop { cause } => {
            end.state = State::Dropped;
            end.cause = Some(cause);
        }
    }
    if let Some(part) = end.part {
        attach(tx, part, mail)?;
    }
    mailbox::settle(tx, id.0, &end, now)?;
    Ok(())
}

/// Puts a row into quarantine for a mail that could not be had, and has nothing but its cause.
pub(in crate::desk) fn hold_unread(
    tx: &mut dyn Tx,
    mailbox: String,
    cause: String,
    now: Time,
) -> Result<i64, DeskError> {
    let id = mailbox::insert(
        tx,
        NewArrival {
            mailbox,
            envelope_sender: None,
            envelope_recipient: String::new(),
            size: 0,
            raw: Vec::new(),
            at: now,
        },
    )?;
    let end = End {
        state: State::Held,
        cause: Some(cause),
        sender_check: SenderCheck::NotChecked,
        author: None,
        subject: String::new(),
        ticket: None,
        part: None,
        contact: None,
        key: Key {
            message_id: format!("mail {id}"),
            author: String::new(),
            text_hash: String::new(),
            matched: None,
        },
        duplicate_of: None,
        matched_by: None,
        automatic: false,
        hidden_lines: 0,
    };
    mailbox::settle(tx, id, &end, now)?;
    Ok(id)
}

/// A mail that was too large has no text but this.
fn as_kept(mail: &Inbound, arrived: &Arrived) -> Inbound {
    let mut mail = mail.clone();
    if usize::try_from(arrived.size).is_ok_and(|size| size > RAW_BYTES) {
        // Only its header was kept.
        mail.text =
            format!("(This mail is too large: {} bytes. Its header is kept.)", arrived.size);
        mail.shown.clone_from(&mail.text);
    }
    mail
}

/// M4. A mail that can be recognised by nothing is like no other, and so is one that a rule drops:
/// whoever sends it first must not make the genuine one a duplicate.
fn key(id: InboundId, mail: &Inbound, matched: Option<TicketId>, is_dropped: bool) -> Key {
    let identity = match mail.identity().trim() {
        _ if is_dropped => format!("mail {}", id.0),
        "" => format!("mail {}", id.0),
        identity => identity.to_owned(),
    };
    Key {
        message_id: identity,
        author: mail.author().map_or(String::new(), |a| sender::key_of(&a.address)),
        text_hash: mail.dedupe_text_hash.clone(),
        matched,
    }
}

/// What its author wrote, in a part's limits.
pub(in crate::desk) fn body(mail: &Inbound) -> String {
    let shown = if mail.shown.trim().is_empty() { &mail.text } else { &mail.shown };
    let shown = clean_body(shown);
    let shown = shown.trim_end().trim_start_matches('\n');
    if shown.trim().is_empty() {
        let sealed = mail.remarks.contains(&Remark::Encrypted);
        return if sealed { SEALED } else { NO_TEXT }.into();
    }
    if shown.len() <= BODY_BYTES {
        return shown.to_owned();
    }
    let end = shown.floor_char_boundary(BODY_BYTES - CUT.len());
    format!("{}{CUT}", shown.get(..end).unwrap_or_default())
}

pub(in crate::desk) fn author_address(mail: &Inbound) -> String {
    let first = mail.from.first().map(|f| clean_line(&f.address));
    first.filter(|a| !a.is_empty()).unwrap_or_else(|| "nobody".into())
}

fn contact_of(tx: &mut dyn Tx, id: ContactId) -> Result<Contact, DeskError> {
    Ok(contacts::load(tx, id)?.ok_or(StoreError::Corrupt("a ticket's contact is missing"))?)
}

/// The customer's reply, by the same way as every other (S3, N7). If it is the customer who wrote, it
/// counts as having seen what was there (N12): when they wrote it, so that a reply which crossed it
/// on its way is mailed all the same (N2). What looks like a machine's words has seen nothing.
pub(in crate::desk) fn reply(
    tx: &mut dyn Tx,
    policy: &Policy,
    ticket: TicketId,
    contact: ContactId,
    mail: &Inbound,
    theirs: bool,
    now: Time,
) -> Result<PartId, DeskError> {
    let actor = Actor::Customer(contact_of(tx, contact)?);
    let action = Action::customer_reply(body(mail));
    let done = perform_in(tx, policy, &actor, ticket, action, Notify::Tell, now)?;
    if theirs && !mail.remarks.contains(&Remark::LooksLikeOutOfOffice) {
        // A mail's date has no fractions of a second.
        let written = mail.date.map_or(now, |date| date + Duration::milliseconds(999)).min(now);
        // What they answer they have read, whatever their clock says.
        let answered = mail.in_reply_to.iter().chain(&mail.references);
        let answered = answered.filter_map(|id| {
            let rows = &done.before.deliveries;
            rows.iter().find(|d| d.message_id.as_ref() == Some(id))?.sent_at
        });
        let written = answered.fold(written, Time::max);
        see(tx, &done.performed.decision.ticket, &done.before, written)?;
    }
    Ok(done.performed.part)
}

/// Keeps a mail for the team (M3).
pub(in crate::desk) fn keep(
    tx: &mut dyn Tx,
    policy: &Policy,
    actor: &Actor,
    ticket: TicketId,
    why: KeptMail,
    mail: &Inbound,
    now: Time,
) -> Result<PartId, DeskError> {
    let action = Action::KeepMail { why, from: author_address(mail), body: body(mail) };
    Ok(perform_in(tx, policy, actor, ticket, action, Notify::Tell, now)?.performed.part)
}

/// The ticket that a mail would open, and what is told of it (M6).
pub(in crate::desk) struct Opening {
    /// Its contact may not be known yet.
    pub new: NewTicket,
    pub contact: Contact,
    pub notify: Notify,
    /// Nothing shows yet that they read what is sent to them (N17).
    pub stranger: bool,
}

/// What opening a ticket for a mail comes to; `None` when there is nobody it could be for.
pub(in crate::desk) fn opening(
    tx: &mut dyn Tx,
    policy: &Policy,
    mail: &Inbound,
    check: SenderCheck,
    now: Time,
) -> Result<Option<Opening>, DeskError> {
    let Some((author, address)) = sender::author(policy, mail) else { return Ok(None) };
    let known = contacts::by_email(tx, &address)?;
    let stranger = match &known {
        Some(contact) => strangers::is(tx, contact.id)?,
        None => true,
    };
    let contact = known.unwrap_or_else(|| {
        let name: String = clean_line(&author.name).chars().take(NAME_CHARS).collect();
        Contact::unsaved(&name, Some(address))
    });
    let notify = if wants_no_answer(mail) {
        Notify::Automatic
    } else if check == SenderCheck::Fail
        || (stranger && !strangers::may_confirm(tx, contact.id, now)?)
    {
        Notify::Unverified // N17
    } else if brake::is_spent(tx, mail, now)? {
        Notify::LoopBudget // N14
    } else {
        Notify::Tell
    };
    let title: String = clean_line(&mail.subject).chars().take(TITLE_CHARS).collect();
    let new = NewTicket {
        files: Vec::new(),
        category: Category::Customer,
        title: if title.is_empty() { "(no subject)".into() } else { title },
        body: body(mail),
        contact: Some(contact.clone()),
        shared: true,
    };
    Ok(Some(Opening { new, contact, notify, stranger }))
}

/// M6: a mail that matches no ticket opens one. `None` when there is nobody it could be for.
pub(in crate::desk) fn open(
    tx: &mut dyn Tx,
    policy: &Policy,
    mail: &Inbound,
    check: SenderCheck,
    names: Option<TicketId>,
    now: Time,
) -> Result<Option<(TicketId, PartId)>, DeskError> {
    let Some(Opening { new, contact, notify, stranger }) = opening(tx, policy, mail, check, now)?
    else {
        return Ok(None);
    };
    let is_new = contact.id == ContactId(0);
    let contact = known_contact(tx, contact, now)?;
    if is_new {
        strangers::add(tx, contact.id)?;
    }
    let new = NewTicket { contact: Some(contact.clone()), ..new };
    let actor = Actor::Customer(contact.clone());
    let done = submit_in(tx, policy, &actor, new, notify, None, now)?;
    let told = done.decision.plan().is_some_and(|plan| plan.email.is_due());
    if stranger && told {
        strangers::confirm(tx, done.part, contact.id, now)?;
    }
    if let Some(other) = names {
        let why = KeptMail::Names(other);
        let action = Action::KeepMail { why, from: author_address(mail), body: String::new() };
        perform_in(tx, policy, &Actor::Desk, done.id, action, Notify::Tell, now)?;
    }
    Ok(Some((done.id, done.part)))
}

/// The mail's files go with its part.
pub(in crate::desk) fn attach(
    tx: &mut dyn Tx,
    part: PartId,
    mail: &Inbound,
) -> Result<(), DeskError> {
    for (position, file) in mail.attachments.iter().enumerate() {
        let attached = Attachment {
            name: file.name.clone(),
            mime: file.mime.clone(),
            sha256: file.sha256.clone(),
            size: file.bytes.len() as u64,
            inline: file.inline,
        };
        attachments::keep(tx, &file.sha256, file.bytes.clone())?;
        attachments::add(tx, part, position, &attached)?;
    }
    Ok(())
}
