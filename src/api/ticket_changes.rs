//! What can be done to a ticket beside changing and answering it: another type, links, tags.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::acting::{actor, missing, no_ticket, notify, run, ticket_id};
use crate::api::attributes::Attributes;
use crate::api::loose::{Flag, Loose};
use crate::api::new_tickets::no_type;
use crate::api::shapes::{self, LinkedList, TicketBody};
use crate::api::tags::TagBody;
use crate::api::tickets::{StateId, attributes, shown, state};
use crate::api::types::TypeId;
use crate::api::version::Version;
use crate::api::{ApiError, App, Json, Path, Team};
use crate::desk::{Desk, DeskError, linked};
use crate::domain::{Action, Refusal, TicketId};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(change_type))
        .routes(routes!(link))
        .routes(routes!(unlink))
        .routes(routes!(tag))
        .routes(routes!(untag))
}

/// Another type for a ticket, with its state and attributes there.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = change_ticket_type_request)]
struct TypeChange {
    ticket_type_id: TypeId,
    ticket_state_id: StateId,
    ticket_attributes: Option<Attributes>,
    admin_id: Option<Loose>,
    /// Nobody is told.
    skip_notifications: Option<Flag>,
}

/// Moves a ticket to another type, of its category or another one.
///
/// What becomes a Customer ticket is shared by that. What cannot be shown to its customer any more,
/// or has links that would not fit, is refused.
#[utoipa::path(
    post,
    path = "/tickets/{id}/change_type",
    params(("id" = String, Path)),
    request_body = TypeChange,
    responses((status = 200, description = "The ticket as it is then.", body = TicketBody))
)]
async fn change_type(
    app: State<App>,
    Team(who): Team,
    version: Version,
    Path(id): Path<String>,
    Json(change): Json<TypeChange>,
) -> Result<Json<TicketBody>, ApiError> {
    let id = ticket_id(&id)?;
    run(&app, move |desk, now| {
        desk.ticket(id)?.ok_or_else(no_ticket)?;
        let to = change.ticket_type_id.read();
        let mut actions = vec![desk.change_type(id, to).map_err(no_type)?];
        actions.extend(attributes(change.ticket_attributes.unwrap_or_default()));
        actions.push(Action::SetState(state(&change.ticket_state_id)?));
        let actor = actor(desk, &who, change.admin_id.as_ref(), now)?;
        desk.change(&actor, id, actions, notify(change.skip_notifications.map(|f| f.0)), now)?;
        shown(desk, id, version)
    })
    .await
    .map(Json)
}

/// A ticket, as the talk that it is to others.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = conversation)]
struct Conversation {
    r#type: &'static str,
    id: String,
    title: String,
    created_at: i64,
    updated_at: i64,
    open: bool,
    /// `open` or `closed`.
    state: &'static str,
    linked_objects: LinkedList,
}

fn conversation(desk: &Desk, id: TicketId) -> Result<Conversation, ApiError> {
    let view = desk.ticket(id)?.ok_or_else(|| missing("conversation"))?;
    let ticket = &view.ticket;
    Ok(Conversation {
        r#type: "conversation",
        id: ticket.id.0.to_string(),
        title: ticket.title.clone(),
        created_at: ticket.created_at.timestamp(),
        updated_at: ticket.updated_at.timestamp(),
        open: ticket.open,
        state: if ticket.open { "open" } else { "closed" },
        linked_objects: shapes::linked(&view.links),
    })
}

/// What to link a ticket with.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = link_conversation_request)]
struct Link {
    /// The number of another ticket.
    conversation_id: Loose,
    admin_id: Option<Loose>,
}

/// Links two tickets: a tracker and a report, or a back-office ticket and where it came from.
#[utoipa::path(
    post,
    path = "/tickets/{id}/linked_conversations",
    params(("id" = String, Path)),
    request_body = Link,
    responses((status = 200, description = "The other end.", body = Conversation))
)]
async fn link(
    app: State<App>,
    Team(who): Team,
    Path(id): Path<String>,
    Json(link): Json<Link>,
) -> Result<Json<Conversation>, ApiError> {
    let (id, other) = (ticket_id(&id)?, ticket_id(&link.conversation_id.0)?);
    run(&app, move |desk, now| {
        desk.ticket(id)?.ok_or_else(no_ticket)?;
        let there = desk.ticket(other)?.ok_or_else(|| missing("conversation"))?;
        let actor = actor(desk, &who, link.admin_id.as_ref(), now)?;
        match desk.perform(&actor, id, &Action::Link(linked(&there)), now) {
            Ok(_) | Err(DeskError::Refused(Refusal::AlreadyLinked(..))) => {}
            Err(other) => return Err(other.into()),
        }
        conversation(desk, other)
    })
    .await
    .map(Json)
}

/// Unlinks two tickets.
#[utoipa::path(
    delete,
    path = "/tickets/{id}/linked_conversations/{conversation_id}",
    params(("id" = String, Path), ("conversation_id" = String, Path)),
    responses((status = 200, description = "The other end.", body = Conversation))
)]
async fn unlink(
    app: State<App>,
    Team(who): Team,
    Path((id, other)): Path<(String, String)>,
) -> Result<Json<Conversation>, ApiError> {
    let (id, other) = (ticket_id(&id)?, ticket_id(&other)?);
    run(&app, move |desk, now| {
        desk.ticket(id)?.ok_or_else(no_ticket)?;
        match desk.perform(&actor(desk, &who, None, now)?, id, &Action::Unlink(other), now) {
            Ok(_) => conversation(desk, other),
            Err(DeskError::Refused(Refusal::NotLinked(..))) => Err(missing("link")),
            Err(other) => Err(other.into()),
        }
    })
    .await
    .map(Json)
}

/// A tag for a ticket.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = tag_ticket_request)]
struct Tagging {
    /// The tag's number.
    id: Loose,
    admin_id: Option<Loose>,
}

/// Adds a tag to a ticket.
#[utoipa::path(
    post,
    path = "/tickets/{ticket_id}/tags",
    params(("ticket_id" = String, Path)),
    request_body = Tagging,
    responses((status = 200, description = "The tag.", body = TagBody))
)]
async fn tag(
    app: State<App>,
    Team(who): Team,
    Path(id): Path<String>,
    Json(tagging): Json<Tagging>,
) -> Result<Json<TagBody>, ApiError> {
    let id = ticket_id(&id)?;
    run(&app, move |desk, now| {
        desk.ticket(id)?.ok_or_else(no_ticket)?;
        let number = tagging.id.number();
        let tag =
            number.map(|n| desk.tag(n)).transpose()?.flatten().ok_or_else(|| missing("tag"))?;
        let actor = actor(desk, &who, tagging.admin_id.as_ref(), now)?;
        desk.change(&actor, id, vec![Action::Tag(tag.name.clone())], notify(None), now)?;
        Ok(Json(TagBody::of(tag)))
    })
    .await
}

/// Takes a tag from a ticket.
#[utoipa::path(
    delete,
    path = "/tickets/{ticket_id}/tags/{tag_id}",
    params(("ticket_id" = String, Path), ("tag_id" = String, Path)),
    responses((status = 200, description = "The tag.", body = TagBody))
)]
async fn untag(
    app: State<App>,
    Team(who): Team,
    Path((id, tag)): Path<(String, String)>,
) -> Result<Json<TagBody>, ApiError> {
    let id = ticket_id(&id)?;
    run(&app, move |desk, now| {
        desk.ticket(id)?.ok_or_else(no_ticket)?;
        let number = tag.parse::<i64>().ok();
        let tag =
            number.map(|n| desk.tag(n)).transpose()?.flatten().ok_or_else(|| missing("tag"))?;
        match desk.perform(
            &actor(desk, &who, None, now)?,
            id,
            &Action::Untag(tag.name.clone()),
            now,
        ) {
            Ok(_) => Ok(Json(TagBody::of(tag))),
            Err(DeskError::Refused(Refusal::NoTag { .. })) => Err(missing("tag on this ticket")),
            Err(other) => Err(other.into()),
        }
    })
    .await
}
