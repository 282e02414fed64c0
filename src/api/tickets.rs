//! Tickets by number: looked at, changed, deleted.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::acting::{Who, actor, known, no_ticket, notify, run, ticket_id};
use crate::api::attributes::Attributes;
use crate::api::loose::{Flag, Loose, Moment, one_of};
use crate::api::shapes::{self, TicketBody};
use crate::api::version::Version;
use crate::api::{ApiError, App, Customer, Json, Path, Team, html};
use crate::desk::Desk;
use crate::domain::ticket_type::DESCRIPTION;
use crate::domain::{Action, TicketId, TicketState};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get, update, delete))
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

/// The ticket as its customer sees it; what is not theirs is not there.
pub(super) fn theirs(customer: &Customer, id: TicketId) -> Result<TicketBody, ApiError> {
    let threads = customer.desk.threads()?;
    let thread = threads.iter().find(|t| t.ticket().is_some_and(|s| s.id() == id));
    thread.and_then(|t| shapes::thread(t, &customer.contact, None)).ok_or_else(no_ticket)
}

/// What is to change; what is not given stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = update_ticket_request)]
struct Changes {
    ticket_attributes: Option<Attributes>,
    /// `1` submitted, `2` in progress, `3` waiting on customer, `4` resolved.
    ticket_state_id: Option<StateId>,
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
pub(super) fn attributes(given: Attributes) -> Vec<Action> {
    let about = given.description.map(|about| (DESCRIPTION.into(), html::text(&about).into()));
    let set = about.into_iter().chain(given.own);
    let set = set.map(|(name, value)| Action::SetAttribute { name, value });
    given.title.map(Action::Rename).into_iter().chain(set).collect()
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

/// The id of a state, not looked at yet.
#[derive(Debug, Deserialize)]
pub(super) struct StateId(Loose);

impl PartialSchema for StateId {
    fn schema() -> RefOr<Schema> {
        one_of(TicketState::ALL.map(shapes::state_id))
    }
}

impl ToSchema for StateId {
    fn name() -> std::borrow::Cow<'static, str> {
        "ticket_state_id".into()
    }
}

/// A state by its id (S1).
pub(super) fn state(StateId(id): &StateId) -> Result<TicketState, ApiError> {
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
