//! The customer's side of the command line: fed by [`CustomerDesk`](crate::desk::CustomerDesk)
//! alone. Acting, and opening a thread, need what acting as the customer needs (N12).

use serde_json::json;

use crate::cli::args::CustomerAct;
use crate::cli::{Setting, files, print, text};
use crate::desk::{Desk, DeskError};
use crate::domain::{
    Action, Category, Contact, EmailAddress, NewTicket, Notify, Refusal, TicketId, attachment,
};

/// The contact with this address.
pub(super) fn contact(desk: &Desk, email: &str) -> Result<Contact, DeskError> {
    let email = EmailAddress::new(email)?;
    desk.contact_by_email(&email)?.ok_or_else(|| DeskError::NoContact(email.to_string()))
}

/// Prints what a customer sees now. `open` opens a thread first, and so marks it as seen.
pub fn plain(setting: &Setting, email: &str, open: Option<TicketId>) -> anyhow::Result<()> {
    let desk = setting.open(false)?;
    let contact = contact(&desk, email)?;
    let theirs = desk.customer(contact.id);
    if let Some(id) = open {
        desk.may_act_as_customer()?;
        desk.seen(contact.id, id, setting.now(&desk)?)?;
    }
    let messenger = match open {
        Some(id) => theirs.open(id)?,
        None => theirs.messenger(None)?,
    };
    if setting.args.json {
        print::json(&messenger)
    } else {
        print::data(&print::messenger(&messenger))
    }
}

/// Acts as the customer in the Messenger.
pub fn act(setting: &Setting, email: &str, act: &CustomerAct) -> anyhow::Result<()> {
    let desk = setting.open(false)?;
    let now = setting.now(&desk)?;
    desk.may_act_as_customer()?;
    match act {
        CustomerAct::Open { id } => {
            desk.seen(contact(&desk, email)?.id, *id, now)?;
            Ok(())
        }
        CustomerAct::Save { part, n, to } => {
            files::save_theirs(&desk, contact(&desk, email)?.id, *part, *n, to.as_deref())
        }
        CustomerAct::Reply { id, text: t, attach } => {
            let actor = desk.as_customer(&contact(&desk, email)?)?;
            let body = text(t)?;
            let taken = files::take(&attach.files)?;
            attachment::fit(&files::described(&taken)?).map_err(DeskError::from)?;
            let action = Action::customer_reply(body).with_files(files::keep(&desk, taken)?);
            match desk.perform(&actor, *id, &action, now) {
                // A customer cannot tell a ticket that is not theirs from none.
                Err(DeskError::NoTicket(id)) => Err(DeskError::from(Refusal::NotTheirs(id)).into()),
                other => other.map(drop).map_err(Into::into),
            }
        }
        CustomerAct::New { title, body, attach } => {
            let email = EmailAddress::new(email).map_err(DeskError::from)?;
            let contact = match desk.contact_by_email(&email)? {
                Some(contact) => contact,
                None => Contact::unsaved("", Some(email)),
            };
            let actor = desk.as_customer(&contact)?;
            let taken = files::take(&attach.files)?;
            let new = NewTicket {
                category: Category::Customer,
                title: title.clone(),
                body: body.as_deref().map(text).transpose()?.unwrap_or_default(),
                contact: Some(contact.clone()),
                shared: true,
                files: files::described(&taken)?,
            };
            desk.would_submit(&actor, &new, now)?;
            let new = NewTicket { files: files::keep(&desk, taken)?, ..new };
            let done = desk.submit(&actor, &new, Notify::Tell, true, now)?;
            if setting.args.json {
                print::json(&json!({ "id": done.id }))
            } else {
                print::data(&done.id.0.to_string())
            }
        }
    }
}
