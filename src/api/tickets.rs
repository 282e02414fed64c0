//! Tickets by number: looked at, changed, answered, deleted.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::acting::{Who, actor, known, missing, no_ticket, notify, run, ticket_id};
use crate::api::files::{self, WantedFile};
use crate::api::loose::{Flag, Loose, Moment};
use crate::api::shapes::{self, PartBody, TicketBody};
use crate::api::version::Version;
use crate::api::{ApiError, App, Customer, Json, Path, Team, html};
use crate::desk::{Desk, DeskError, Performed};
use crate::domain::ticket_type::{DESCRIPTION, TITLE};
use crate::domain::{
    Action, Actor, Contact, EmailAddress, NewPart, Part, TicketId, TicketState, Time,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get, update, delete)).routes(routes!(reply))
}

/// The ticket as the team sees it, in the version asked for.
pub(super) fn shown(desk: &Desk, id: TicketId, version: Version) -> Result<TicketBody, ApiError> {
    let typed = desk.typed_ticket(id)?.ok_or_else(no_ticket)?;
    let external = match &typed.view.contact {
        Some(contact) => desk.contact_card(contact.id)?.and_then(|card| card.external_id),
        None => None,
    };
    Ok(shapes::ticket(typed, external, version))
}

/// A ticket with its newest 500 parts. A contact's token sees what its Messenger shows.
#[utoipa::path(
    get,
    path = "/tickets/{id}",
    params(("id" = String, Path)),
    responses((status = 200, description = "The ticket.", body = TicketBody))
)]
async fn get(
    app: State<App>,
    who: Who,
    version: Version,
    Path(id): Path<String>,
) -> Result<Json<TicketBody>, ApiError> {
    let id = ticket_id(&id)?;
    match who {
        Who::Team(_) => run(&app, move |desk, _| shown(desk, id, version)).await.map(Json),
        Who::Customer(customer) => run(&app, move |_, _| theirs(&customer, id)).await.map(Json),
    }
}

fn theirs(customer: &Customer, id: TicketId) -> Result<TicketBody, ApiError> {
    let threads = customer.desk.threads()?;
    let thread = threads.iter().find(|t| t.ticket().is_some_and(|s| s.id() == id));
    thread.and_then(|t| shapes::thread(t, &customer.contact, None)).ok_or_else(no_ticket)
}

/// What is to change; what is not given stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = update_ticket_request)]
struct Changes {
    #[schema(value_type = Option<Object>)]
    ticket_attributes: Option<Map<String, Value>>,
    /// `1` submitted, `2` in progress, `3` waiting on customer, `4` resolved.
    ticket_state_id: Option<Loose>,
    /// Open or closed; nobody is told of it.
    open: Option<Flag>,
    /// Whether the customer can see it.
    is_shared: Option<Flag>,
    /// A time in the future.
    snoozed_until: Option<Moment>,
    /// Who acts; else whose the token is.
    admin_id: Option<Loose>,
    /// Who is to have it; 0 for nobody.
    assignee_id: Option<Loose>,
    /// Nobody is told.
    skip_notifications: Option<Flag>,
}

/// Changes a ticket. All of it is done, or nothing.
///
/// What is so already stays so, and nobody is told.
#[utoipa::path(
    put,
    path = "/tickets/{id}",
    params(("id" = String, Path)),
    request_body = Changes,
    responses((status = 200, description = "The ticket as it is then.", body = TicketBody))
)]
async fn update(
    app: State<App>,
    Team(who): Team,
    version: Version,
    Path(id): Path<String>,
    Json(changes): Json<Changes>,
) -> Result<Json<TicketBody>, ApiError> {
    let id = ticket_id(&id)?;
    run(&app, move |desk, now| {
        let view = desk.ticket(id)?.ok_or_else(no_ticket)?;
        let mut actions = attributes(changes.ticket_attributes.unwrap_or_default());
        match changes.is_shared.map(|f| f.0) {
            Some(true) => actions.push(Action::Share),
            Some(false) if view.ticket.shared => actions.push(Action::Unshare),
            Some(false) | None => {}
        }
        if let Some(until) = changes.snoozed_until {
            actions.push(Action::Snooze(Some(until.0)));
        }
        if let Some(to) = &changes.assignee_id {
            actions.push(Action::Assign(assignee(desk, to)?));
        }
        if let Some(state_id) = &changes.ticket_state_id {
            actions.push(Action::SetState(state(state_id)?));
        }
        match changes.open.map(|f| f.0) {
            Some(true) => actions.push(Action::Reopen),
            Some(false) => actions.push(Action::Close),
            None => {}
        }
        let actor = actor(desk, &who, changes.admin_id.as_ref(), now)?;
        let notify = notify(changes.skip_notifications.map(|f| f.0));
        desk.change(&actor, id, actions, notify, now)?;
        shown(desk, id, version)
    })
    .await
    .map(Json)
}

/// The actions that give a ticket these attributes; the title is one of them.
pub(super) fn attributes(given: Map<String, Value>) -> Vec<Action> {
    let action = |(name, value): (String, Value)| match (name.as_str(), &value) {
        (TITLE, Value::String(title)) => Action::Rename(title.clone()),
        (TITLE, other) => Action::Rename(crate::domain::ticket_type::shown(other)),
        (DESCRIPTION, Value::String(about)) => {
            Action::SetAttribute { value: html::text(about).into(), name }
        }
        _ => Action::SetAttribute { name, value },
    };
    given.into_iter().map(action).collect()
}

/// 0 is nobody.
pub(super) fn assignee(
    desk: &Desk,
    id: &Loose,
) -> Result<Option<crate::domain::Teammate>, ApiError> {
    if id.number() == Some(0) {
        return Ok(None);
    }
    known(desk, id, "assignee_not_found").map(Some)
}

/// A state by its id (S1).
pub(super) fn state(id: &Loose) -> Result<TicketState, ApiError> {
    TicketState::ALL.into_iter().find(|s| shapes::state_id(*s) == id.0).ok_or_else(|| {
        ApiError::new(
            StatusCode::BAD_REQUEST,
            "ticket_state_id_invalid",
            "Ticket state id is not valid or is not associated with the ticket type.",
        )
        .on("ticket_state_id")
    })
}

/// What was deleted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = deleted_ticket)]
struct Deleted {
    id: String,
    object: &'static str,
    deleted: bool,
}

/// Deletes a ticket: it leaves every surface at once. Its parts and its ledger stay in the database.
#[utoipa::path(
    delete,
    path = "/tickets/{id}",
    params(("id" = String, Path)),
    responses((status = 200, description = "It is gone.", body = Deleted))
)]
async fn delete(
    app: State<App>,
    Team(who): Team,
    Path(id): Path<String>,
) -> Result<Json<Deleted>, ApiError> {
    let id = ticket_id(&id)?;
    run(&app, move |desk, now| {
        desk.ticket(id)?.ok_or_else(no_ticket)?;
        desk.perform(&actor(desk, &who, None, now)?, id, &Action::Delete, now)?;
        Ok(Json(Deleted { id: id.0.to_string(), object: "ticket", deleted: true }))
    })
    .await
}

/// Who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = reply_author)]
#[serde(rename_all = "lowercase")]
enum Writer {
    Admin,
    User,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = reply_kind)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// The customer reads it.
    Comment,
    /// For the team alone.
    Note,
}

/// A reply or a note.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = reply_ticket_request)]
struct Reply {
    message_type: Kind,
    /// `admin` for the team, `user` for the customer.
    r#type: Writer,
    /// HTML or plain text; markup becomes text.
    #[schema(min_length = 1)]
    body: String,
    /// Who writes, of the team.
    admin_id: Option<Loose>,
    /// Who writes, of the customers: by number,
    intercom_user_id: Option<Loose>,
    /// by the id of your own system,
    user_id: Option<Loose>,
    /// or by address.
    email: Option<String>,
    /// Nobody is told.
    skip_notifications: Option<Flag>,
    /// No files are fetched from elsewhere: send them as `attachment_files`.
    #[schema(max_items = 0)]
    attachment_urls: Option<Vec<String>>,
    #[schema(max_items = 10)]
    attachment_files: Option<Vec<WantedFile>>,
}

/// Replies to the customer, writes a note, or answers as the customer.
#[utoipa::path(
    post,
    path = "/tickets/{id}/reply",
    params(("id" = String, Path)),
    request_body = Reply,
    responses((status = 200, description = "What was written.", body = PartBody))
)]
async fn reply(
    app: State<App>,
    who: Who,
    Path(id): Path<String>,
    Json(reply): Json<Reply>,
) -> Result<Json<PartBody>, ApiError> {
    let id = ticket_id(&id)?;
    run(&app, move |desk, now| {
        if reply.attachment_urls.as_ref().is_some_and(|a| !a.is_empty()) {
            let sentence = "No files are fetched from elsewhere: send them as attachment_files.";
            return Err(ApiError::invalid(sentence).on("attachment_urls"));
        }
        let notify = notify(reply.skip_notifications.map(|f| f.0));
        let (actor, action) = match who {
            Who::Team(principal) => {
                desk.ticket(id)?.ok_or_else(no_ticket)?;
                match reply.r#type {
                    Writer::Admin => {
                        let actor = actor(desk, &principal, reply.admin_id.as_ref(), now)?;
                        (actor, written(&reply))
                    }
                    Writer::User => as_customer(desk, id, &reply)?,
                }
            }
            Who::Customer(customer) => own(&customer, id, &reply)?,
        };
        let contact = match &actor {
            Actor::Customer(contact) => Some(contact.clone()),
            Actor::Teammate(_) | Actor::Desk => None,
        };
        // The rules first: files of what is refused are not kept.
        desk.ticket(id)?.ok_or_else(no_ticket)?.decide(&action, &actor, now)?;
        let files = files::keep(desk, reply.attachment_files.unwrap_or_default())?;
        let action = action.with_files(files);
        let done = desk.perform_as(&actor, id, &action, notify, now)?;
        recorded(done, contact.as_ref(), now).map(Json)
    })
    .await
}

fn written(reply: &Reply) -> Action {
    let body = html::text(&reply.body);
    match reply.message_type {
        Kind::Comment => Action::reply(body),
        Kind::Note => Action::note(body),
    }
}

fn mismatch(sentence: &str) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "parameter_mismatch", sentence)
}

/// The customer's answer, written down by the team's program.
fn as_customer(desk: &Desk, id: TicketId, reply: &Reply) -> Result<(Actor, Action), ApiError> {
    if reply.message_type != Kind::Comment {
        return Err(mismatch("Customers write comments.").on("message_type"));
    }
    let contact = writer(desk, reply)?;
    let view = desk.ticket(id)?.ok_or_else(no_ticket)?;
    if view.ticket.as_shared().is_some() && view.ticket.contact != Some(contact.id) {
        return Err(mismatch("The ticket is not this contact's."));
    }
    Ok((Actor::Customer(contact), Action::customer_reply(html::text(&reply.body))))
}

fn writer(desk: &Desk, reply: &Reply) -> Result<Contact, ApiError> {
    let found = if let Some(id) = &reply.intercom_user_id {
        id.number().map(|id| desk.contact_card(crate::domain::ContactId(id))).transpose()?.flatten()
    } else if let Some(id) = &reply.user_id {
        desk.contact_by_external_id(&id.0)?
    } else if let Some(email) = &reply.email {
        let known = desk.contact_by_email(&EmailAddress::new(email)?)?;
        known.map(|c| desk.contact_card(c.id)).transpose()?.flatten()
    } else {
        let sentence = "Say which contact writes: intercom_user_id, user_id or email.";
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "parameter_not_found", sentence));
    };
    found.map(|card| card.contact).ok_or_else(|| missing("contact"))
}

/// A customer with a token of their own: what is not theirs is not there.
fn own(customer: &Customer, id: TicketId, reply: &Reply) -> Result<(Actor, Action), ApiError> {
    theirs(customer, id)?;
    let contact = &customer.contact;
    let number = reply.intercom_user_id.as_ref().map(|n| n.number() == Some(contact.id.0));
    let email = reply.email.as_ref().map(|e| {
        let own = contact.email.as_ref().map(EmailAddress::key);
        EmailAddress::new(e).ok().map(|e| e.key()) == own
    });
    let mine = number.unwrap_or(true) && email.unwrap_or(true);
    if reply.r#type != Writer::User || reply.message_type != Kind::Comment || !mine {
        return Err(no_ticket());
    }
    Ok((Actor::Customer(contact.clone()), Action::customer_reply(html::text(&reply.body))))
}

/// What was just recorded, as a part.
fn recorded(done: Performed, contact: Option<&Contact>, at: Time) -> Result<PartBody, ApiError> {
    let Some(NewPart { author, event, body, files, plan }) = done.decision.parts.into_iter().next()
    else {
        return Err(DeskError::Other("A decision without parts.".into()).into());
    };
    let part = Part {
        id: done.part,
        ticket_id: done.id,
        at,
        author,
        event,
        body,
        files,
        visible: plan.visible,
        badge: plan.badge.is_due(),
        recent: plan.recent.is_due(),
        withdrawn_at: None,
    };
    Ok(shapes::part(&part, contact))
}
