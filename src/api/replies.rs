//! Replies and notes on a ticket, by the team or as its customer.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AllOfBuilder, AnyOfBuilder, ObjectBuilder, Schema};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::acting::{Who, actor, missing, no_ticket, notify, run, ticket_id};
use crate::api::files::{self, WantedFile};
use crate::api::loose::{Flag, Loose, Object};
use crate::api::shapes::{self, PartBody};
use crate::api::texts::{Email, Written, text};
use crate::api::tickets::theirs;
use crate::api::{ApiError, App, Customer, Json, Path, html};
use crate::desk::{Desk, DeskError, Performed, TicketView};
use crate::domain::{Action, Actor, Contact, NewPart, Part, TicketId, Time};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(reply))
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
#[schema(as = reply_of_anyone)]
struct Reply {
    message_type: Kind,
    /// `admin` for the team, `user` for the customer.
    r#type: Writer,
    /// HTML or plain text; markup becomes text.
    body: Written,
    /// Who writes, of the team.
    admin_id: Option<Loose>,
    /// Who writes, of the customers: by number,
    intercom_user_id: Option<Loose>,
    /// by the id of your own system,
    user_id: Option<Loose>,
    /// or by address; else the ticket's own contact.
    email: Option<Email>,
    /// Nobody is told.
    skip_notifications: Option<Flag>,
    /// No files are fetched from elsewhere: send them as `attachment_files`.
    #[schema(max_items = 0)]
    attachment_urls: Option<Vec<String>>,
    #[schema(max_items = 10)]
    #[schema(value_type = Option<Vec<WantedFile>>)]
    attachment_files: Option<Vec<Object<WantedFile>>>,
}

/// A reply as it may be: customers write comments.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct AnyReply(Reply);

impl PartialSchema for AnyReply {
    fn schema() -> RefOr<Schema> {
        let only = |name: &str, word: &str| {
            ObjectBuilder::new().property(name, text().enum_values(Some([word])))
        };
        let one_of =
            AnyOfBuilder::new().item(only("type", "admin")).item(only("message_type", "comment"));
        AllOfBuilder::new().item(Reply::schema()).item(one_of).into()
    }
}

impl ToSchema for AnyReply {
    fn name() -> std::borrow::Cow<'static, str> {
        "reply_ticket_request".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Reply::schemas(schemas);
    }
}

/// Replies to the customer, writes a note, or answers as the customer.
#[utoipa::path(
    post,
    path = "/tickets/{id}/reply",
    params(("id" = String, Path)),
    request_body = AnyReply,
    responses((status = 200, description = "What was written.", body = PartBody))
)]
async fn reply(
    app: State<App>,
    who: Who,
    Path(id): Path<String>,
    Json(AnyReply(reply)): Json<AnyReply>,
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
    let body = html::text(&reply.body.0);
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
    let view = desk.ticket(id)?.ok_or_else(no_ticket)?;
    let contact = writer(desk, &view, reply)?;
    if view.ticket.contact != Some(contact.id) {
        return Err(no_ticket());
    }
    Ok((Actor::Customer(contact), Action::customer_reply(html::text(&reply.body.0))))
}

/// The contact that is named, else the ticket's own.
fn writer(desk: &Desk, view: &TicketView, reply: &Reply) -> Result<Contact, ApiError> {
    let found = if let Some(id) = &reply.intercom_user_id {
        id.number().map(|id| desk.contact_card(crate::domain::ContactId(id))).transpose()?.flatten()
    } else if let Some(id) = &reply.user_id {
        desk.contact_by_external_id(&id.0)?
    } else if let Some(email) = &reply.email {
        let known = desk.contact_by_email(&email.0)?;
        known.map(|c| desk.contact_card(c.id)).transpose()?.flatten()
    } else {
        return view.contact.clone().ok_or_else(no_ticket);
    };
    found.map(|card| card.contact).ok_or_else(|| missing("contact"))
}

/// A customer with a token of their own: what is not theirs is not there.
fn own(customer: &Customer, id: TicketId, reply: &Reply) -> Result<(Actor, Action), ApiError> {
    theirs(customer, id)?;
    let contact = &customer.contact;
    let number = reply.intercom_user_id.as_ref().map(|n| n.number() == Some(contact.id.0));
    let email = reply
        .email
        .as_ref()
        .map(|e| contact.email.as_ref().is_some_and(|own| own.key() == e.0.key()));
    let mine = number.unwrap_or(true) && email.unwrap_or(true);
    if reply.r#type != Writer::User || reply.message_type != Kind::Comment || !mine {
        return Err(no_ticket());
    }
    Ok((Actor::Customer(contact.clone()), Action::customer_reply(html::text(&reply.body.0))))
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
