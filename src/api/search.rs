//! Searches for tickets. A page begins after a ticket's number, and numbers never change: nothing is
//! skipped and nothing comes twice, whatever happens between two pages.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::acting::run;
use crate::api::loose::Object;
use crate::api::pages::{Pages, Pagination};
use crate::api::query::{Query, Searchable};
use crate::api::shapes::{self, TicketBody};
use crate::api::version::Version;
use crate::api::{ApiError, App, Json, Team};
use crate::desk::search::TicketField;
use crate::domain::search::Kind;
use crate::domain::ticket_type::{DESCRIPTION, TITLE};
use crate::domain::{Category, TicketId, TicketState};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(search))
}

type Asked = Query<TicketField>;

/// What is searched for.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = search_request)]
struct Wanted {
    query: Asked,
    #[schema(value_type = Option<Pagination>)]
    pagination: Option<Object<Pagination>>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ticket_list)]
struct TicketList {
    r#type: &'static str,
    tickets: Vec<TicketBody>,
    total_count: usize,
    pages: Pages,
}

impl Searchable for TicketField {
    const NAME: &'static str = "ticket_query";
    const FIELDS: &'static [(&'static str, Self, Kind)] = &[
        ("id", Self::Id, Kind::Id),
        ("ticket_id", Self::Id, Kind::Id),
        ("created_at", Self::CreatedAt, Kind::Moment),
        ("updated_at", Self::UpdatedAt, Kind::Moment),
        ("snoozed_until", Self::SnoozedUntil, Kind::Moment),
        ("title", Self::Title, Kind::Text),
        ("description", Self::Description, Kind::Text),
        ("category", Self::Category, Kind::Word),
        ("ticket_type_id", Self::TicketType, Kind::Id),
        ("contact_ids", Self::Contact, Kind::Id),
        ("teammate_ids", Self::Teammate, Kind::Id),
        ("admin_assignee_id", Self::Assignee, Kind::Id),
        ("team_assignee_id", Self::Team, Kind::Id),
        ("open", Self::Open, Kind::Flag),
        ("state", Self::State, Kind::Word),
        ("tag", Self::Tag, Kind::Word),
        ("tag_ids", Self::Tag, Kind::Word),
    ];
    const OTHERS: Option<&'static str> = Some("ticket_attribute.");

    fn other(name: &str) -> Option<Self> {
        Some(match name {
            TITLE => Self::Title,
            DESCRIPTION => Self::Description,
            name => Self::Attribute(name.to_owned()),
        })
    }

    fn word(&self, given: String) -> String {
        let folded = given.to_lowercase();
        let category = match folded.as_str() {
            "request" => Some(Category::Customer),
            "task" => Some(Category::BackOffice),
            other => Category::ALL.into_iter().find(|c| c.label().to_lowercase() == other),
        };
        let state = TicketState::ALL
            .into_iter()
            .find(|s| shapes::state(*s) == folded || shapes::state_id(*s) == folded);
        match (self, category, state) {
            (Self::Category, Some(category), _) => category.code().to_owned(),
            (Self::State, _, Some(state)) => state.code().to_owned(),
            _ => given,
        }
    }
}

/// Searches for tickets, the newest first.
///
/// Fields: id, created_at, updated_at, title, description, category (request, task or tracker),
/// ticket_type_id, contact_ids, teammate_ids, admin_assignee_id, team_assignee_id, open, state,
/// snoozed_until, tag, and ticket_attribute.NAME. Times are compared to the second; "=" is the same
/// day in UTC.
#[utoipa::path(
    post,
    path = "/tickets/search",
    request_body = Wanted,
    responses((status = 200, description = "A page of what was found.", body = TicketList))
)]
async fn search(
    app: State<App>,
    Team(_): Team,
    version: Version,
    Json(wanted): Json<Wanted>,
) -> Result<Json<TicketList>, ApiError> {
    let at = wanted.pagination.map(|p| p.0).unwrap_or_default().at()?;
    let filter = wanted.query.read()?;
    run(&app, move |desk, _| {
        let found = desk.search_tickets(filter, at.after.map(TicketId), at.per_page)?;
        let last = found.items.last().map(|t| t.view.ticket.id.0);
        let mut tickets = Vec::with_capacity(found.items.len());
        for typed in found.items {
            let external = match &typed.view.contact {
                Some(contact) => desk.contact_card(contact.id)?.and_then(|c| c.external_id),
                None => None,
            };
            tickets.push(shapes::ticket(typed, external, version));
        }
        let pages = at.pages(found.total, last, found.more);
        Ok(Json(TicketList { r#type: "ticket.list", tickets, total_count: found.total, pages }))
    })
    .await
}
