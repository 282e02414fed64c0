//! New tickets: submitted at once, or by way of the queue.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AllOfBuilder, AnyOfBuilder, ObjectBuilder, Schema};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::acting::{actor, missing, notify, run, ticket_id};
use crate::api::attributes::NewAttributes;
use crate::api::loose::{Flag, Loose, Moment, Object};
use crate::api::shapes::TicketBody;
use crate::api::texts::Email;
use crate::api::tickets::{assignee, shown};
use crate::api::types::TypeId;
use crate::api::version::Version;
use crate::api::{ApiError, App, Json, Path, Team, html};
use crate::desk::changes::Extras;
use crate::desk::tokens::Principal;
use crate::desk::{Desk, DeskError};
use crate::domain::text::clean_line;
use crate::domain::{Actor, Category, Contact, ContactId, NewTicket, Notify, Time};

/// A title taken from what a ticket is about, in characters.
const TITLE_CHARS: usize = 80;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(enqueue))
        .routes(routes!(job_status))
}

/// A ticket that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = create_ticket_request)]
struct Wanted {
    ticket_type_id: TypeId,
    /// Exactly one for a Customer ticket, at most one for a Back-office ticket, none for a Tracker.
    #[serde(default)]
    #[schema(max_items = 1)]
    contacts: Vec<AnyContact>,
    ticket_attributes: Option<NewAttributes>,
    /// The number of a ticket to link it with.
    conversation_to_link_id: Option<Loose>,
    /// When it came up elsewhere.
    created_at: Option<Moment>,
    #[schema(value_type = Option<Assignment>)]
    assignment: Option<Object<Assignment>>,
    /// Who submits it; else whose the token is.
    admin_id: Option<Loose>,
    /// Nobody is told.
    skip_notifications: Option<Flag>,
}

/// A contact, by one of these.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = contact_by_any_name)]
struct ContactRef {
    id: Option<Loose>,
    external_id: Option<Loose>,
    /// One that is not known yet is made.
    email: Option<Email>,
}

/// A contact: one of the three is there.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct AnyContact(Object<ContactRef>);

impl PartialSchema for AnyContact {
    fn schema() -> RefOr<Schema> {
        let with = |name: &str, what: RefOr<Schema>| {
            ObjectBuilder::new().property(name, what).required(name)
        };
        let one_of = AnyOfBuilder::new()
            .item(with("id", Loose::schema()))
            .item(with("external_id", Loose::schema()))
            .item(with("email", Email::schema()));
        AllOfBuilder::new().item(ContactRef::schema()).item(one_of).into()
    }
}

impl ToSchema for AnyContact {
    fn name() -> std::borrow::Cow<'static, str> {
        "contact_of_ticket".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        ContactRef::schemas(schemas);
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = assignment)]
struct Assignment {
    admin_assignee_id: Option<Loose>,
    /// There are no teams but the whole one.
    #[serde(rename = "team_assignee_id")]
    _team_assignee_id: Option<Loose>,
}

/// All that the desk must know for a new ticket.
struct Submission {
    actor: Actor,
    new: NewTicket,
    extras: Extras,
    notify: Notify,
}

/// Submits a ticket.
#[utoipa::path(
    post,
    path = "/tickets",
    request_body = Wanted,
    responses((status = 200, description = "The new ticket.", body = TicketBody))
)]
async fn create(
    app: State<App>,
    Team(who): Team,
    version: Version,
    Json(wanted): Json<Wanted>,
) -> Result<Json<TicketBody>, ApiError> {
    run(&app, move |desk, now| {
        let s = submission(desk, &who, wanted, now)?;
        let done = desk.submit_with(&s.actor, &s.new, s.extras, s.notify, now).map_err(no_type)?;
        shown(desk, done.id, version)
    })
    .await
    .map(Json)
}

/// A ticket that was asked for by way of the queue.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = job)]
struct Job {
    r#type: &'static str,
    id: String,
    /// `pending`, `success` or `failed`.
    status: &'static str,
    url: String,
    resource_type: &'static str,
    resource_id: String,
    resource_url: String,
}

impl Job {
    fn of(id: String, ticket: crate::domain::TicketId, status: &'static str) -> Self {
        Self {
            r#type: "job",
            status,
            url: format!("/jobs/status/{id}"),
            resource_type: "ticket",
            resource_id: ticket.0.to_string(),
            resource_url: format!("/tickets/{}", ticket.0),
            id,
        }
    }
}

/// Submits a ticket by way of the queue, which is never long here: it is there when this answers.
#[utoipa::path(
    post,
    path = "/tickets/enqueue",
    request_body = Wanted,
    responses((status = 200, description = "Where to ask.", body = Job))
)]
async fn enqueue(
    app: State<App>,
    Team(who): Team,
    Json(wanted): Json<Wanted>,
) -> Result<Json<Job>, ApiError> {
    run(&app, move |desk, now| {
        let s = submission(desk, &who, wanted, now)?;
        let (id, ticket) =
            desk.enqueue(&s.actor, &s.new, s.extras, s.notify, now).map_err(no_type)?;
        Ok(Json(Job::of(id, ticket, "pending")))
    })
    .await
}

/// What became of it.
#[utoipa::path(
    get,
    path = "/jobs/status/{id}",
    params(("id" = String, Path)),
    responses((status = 200, description = "The job.", body = Job))
)]
async fn job_status(
    app: State<App>,
    Team(_): Team,
    Path(id): Path<String>,
) -> Result<Json<Job>, ApiError> {
    run(&app, move |desk, _| {
        let ticket = desk.job(&id)?.ok_or_else(|| missing("job"))?;
        Ok(Json(Job::of(id, ticket, "success")))
    })
    .await
}

/// What was asked for names a type that is not there: a fault of the request, not of the address.
pub(super) fn no_type(error: DeskError) -> ApiError {
    match error {
        DeskError::NoType(_) => ApiError::invalid(&error.to_string()).on("ticket_type_id"),
        other => other.into(),
    }
}

fn submission(
    desk: &Desk,
    who: &Principal,
    wanted: Wanted,
    now: Time,
) -> Result<Submission, ApiError> {
    let kind = desk.ticket_type(wanted.ticket_type_id.read()).map_err(no_type)?;
    let NewAttributes(attributes) = wanted.ticket_attributes.unwrap_or_default();
    let given = attributes.title.unwrap_or_default();
    let body = attributes.description.unwrap_or_default();
    // Others require no title: what it is about stands in for it, else its type.
    let about = || body.lines().map(clean_line).find(|l| !l.is_empty());
    let title = match clean_line(&given) {
        none if none.is_empty() => {
            let about = about().unwrap_or_else(|| kind.name.clone());
            about.chars().take(TITLE_CHARS).collect()
        }
        title => title,
    };
    let contact = contact(desk, &wanted.contacts)?;
    let to = wanted.assignment.and_then(|a| a.0.admin_assignee_id);
    let link = wanted.conversation_to_link_id.map(|l| ticket_id(&l.0)).transpose()?;
    Ok(Submission {
        actor: actor(desk, who, wanted.admin_id.as_ref(), now)?,
        new: NewTicket {
            files: Vec::new(),
            category: kind.category,
            title,
            body: html::text(&body),
            contact,
            shared: kind.category == Category::Customer,
        },
        extras: Extras {
            ticket_type: Some(kind.id),
            attributes: attributes.own.into_iter().collect(),
            assignee: to.map(|t| assignee(desk, &t)).transpose()?.flatten(),
            link,
            created_at: wanted.created_at.map(|m| m.0),
        },
        notify: notify(wanted.skip_notifications.map(|f| f.0)),
    })
}

fn contact(desk: &Desk, given: &[AnyContact]) -> Result<Option<Contact>, ApiError> {
    let one = match given {
        [] => return Ok(None),
        [AnyContact(Object(one))] => one,
        [_, _, ..] => {
            return Err(ApiError::invalid("A ticket has one contact.").on("contacts"));
        }
    };
    if let Some(id) = &one.id {
        let card = id.number().map(|id| desk.contact_card(ContactId(id))).transpose()?.flatten();
        return card.map(|c| Some(c.contact)).ok_or_else(|| missing("contact"));
    }
    if let Some(id) = &one.external_id {
        let card = desk.contact_by_external_id(&id.0)?;
        return card.map(|c| Some(c.contact)).ok_or_else(|| missing("contact"));
    }
    let Some(email) = &one.email else {
        let sentence = "Say which contact: id, external_id or email.";
        let code = "parameter_not_found";
        return Err(ApiError::new(StatusCode::BAD_REQUEST, code, sentence).on("contacts"));
    };
    Ok(Some(Contact::unsaved("", Some(email.0.clone()))))
}
