//! Ticket types and states over HTTP.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::acting::{missing, run};
use crate::api::loose::Flag;
use crate::api::shapes::{state, state_id};
use crate::api::type_shapes::{AttributeBody, TypeBody};
use crate::api::{ApiError, App, Json, Path, Team};
use crate::desk::DeskError;
use crate::desk::ticket_types::{NewAttribute, TypeChange};
use crate::domain::{Category, DataType, TicketState, TicketTypeId};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(states))
        .routes(routes!(list, make))
        .routes(routes!(get, change))
        .routes(routes!(add_attribute))
        .routes(routes!(change_attribute))
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ticket_type_list)]
struct TypeList {
    r#type: &'static str,
    data: Vec<TypeBody>,
}

/// All ticket types.
#[utoipa::path(
    get,
    path = "/ticket_types",
    responses((status = 200, description = "The types, the first made first.", body = TypeList))
)]
async fn list(app: State<App>, Team(_): Team) -> Result<Json<TypeList>, ApiError> {
    run(&app, |desk, _| {
        let data = desk.ticket_types()?.iter().map(TypeBody::of).collect();
        Ok(Json(TypeList { r#type: "list", data }))
    })
    .await
}

/// A state, with the types that have it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ticket_state_of_types)]
struct StateOfTypes {
    r#type: &'static str,
    id: &'static str,
    category: &'static str,
    internal_label: &'static str,
    external_label: &'static str,
    archived: bool,
    ticket_types: TypeList,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ticket_state_list)]
struct StateList {
    r#type: &'static str,
    data: Vec<StateOfTypes>,
}

/// The four states, which all types have.
#[utoipa::path(
    get,
    path = "/ticket_states",
    responses((status = 200, description = "The states.", body = StateList))
)]
async fn states(app: State<App>, Team(_): Team) -> Result<Json<StateList>, ApiError> {
    run(&app, |desk, _| {
        let types = desk.ticket_types()?;
        let of = |s: TicketState| StateOfTypes {
            r#type: "ticket_state",
            id: state_id(s),
            category: state(s),
            internal_label: s.label(),
            external_label: s.customer_label(),
            archived: false,
            ticket_types: TypeList {
                r#type: "list",
                data: types.iter().map(TypeBody::of).collect(),
            },
        };
        Ok(Json(StateList { r#type: "list", data: TicketState::ALL.map(of).into() }))
    })
    .await
}

fn id(given: &str) -> Result<TicketTypeId, ApiError> {
    let id = given.parse::<i64>().ok().map(TicketTypeId);
    id.ok_or_else(|| missing("ticket type"))
}

/// A type by its number.
#[utoipa::path(
    get,
    path = "/ticket_types/{id}",
    params(("id" = String, Path)),
    responses((status = 200, description = "The type.", body = TypeBody))
)]
async fn get(
    app: State<App>,
    Team(_): Team,
    Path(given): Path<String>,
) -> Result<Json<TypeBody>, ApiError> {
    let id = id(&given)?;
    run(&app, move |desk, _| Ok(Json(TypeBody::of(&desk.ticket_type(id)?)))).await
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[schema(as = ticket_category)]
enum CategoryWord {
    #[default]
    Customer,
    #[serde(rename = "Back-office")]
    BackOffice,
    Tracker,
}

impl CategoryWord {
    const fn category(self) -> Category {
        match self {
            Self::Customer => Category::Customer,
            Self::BackOffice => Category::BackOffice,
            Self::Tracker => Category::Tracker,
        }
    }
}

/// A type that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = create_ticket_type_request)]
struct Wanted {
    #[schema(min_length = 1)]
    name: String,
    description: Option<String>,
    #[serde(default)]
    category: CategoryWord,
    /// An emoji.
    icon: Option<String>,
}

/// Adds a type to a category.
#[utoipa::path(
    post,
    path = "/ticket_types",
    request_body = Wanted,
    responses((status = 200, description = "The new type.", body = TypeBody))
)]
async fn make(
    app: State<App>,
    Team(_): Team,
    Json(wanted): Json<Wanted>,
) -> Result<Json<TypeBody>, ApiError> {
    run(&app, move |desk, now| {
        let (about, icon) =
            (wanted.description.unwrap_or_default(), wanted.icon.unwrap_or_default());
        let category = wanted.category.category();
        let made = desk.add_ticket_type(category, &wanted.name, &about, &icon, now)?;
        Ok(Json(TypeBody::of(&made)))
    })
    .await
}

/// What is to change on a type; its category never does.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = update_ticket_type_request)]
struct Change {
    #[schema(min_length = 1)]
    name: Option<String>,
    description: Option<String>,
    icon: Option<String>,
    /// No new tickets of it. The first type of a category stays.
    archived: Option<Flag>,
}

/// Changes a type.
#[utoipa::path(
    put,
    path = "/ticket_types/{id}",
    params(("id" = String, Path)),
    request_body = Change,
    responses((status = 200, description = "The type as it is then.", body = TypeBody))
)]
async fn change(
    app: State<App>,
    Team(_): Team,
    Path(given): Path<String>,
    Json(change): Json<Change>,
) -> Result<Json<TypeBody>, ApiError> {
    let id = id(&given)?;
    run(&app, move |desk, now| {
        let change = TypeChange {
            name: change.name,
            description: change.description,
            icon: change.icon,
            archived: change.archived.map(|f| f.0),
        };
        Ok(Json(TypeBody::of(&desk.change_ticket_type(id, change, now)?)))
    })
    .await
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = attribute_kind)]
#[serde(rename_all = "lowercase")]
enum Kind {
    String,
    Integer,
    Decimal,
    Boolean,
    Datetime,
    List,
}

impl Kind {
    const fn data_type(self) -> DataType {
        match self {
            Self::String => DataType::String,
            Self::Integer => DataType::Integer,
            Self::Decimal => DataType::Decimal,
            Self::Boolean => DataType::Boolean,
            Self::Datetime => DataType::Datetime,
            Self::List => DataType::List,
        }
    }
}

/// An attribute that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = create_ticket_type_attribute_request)]
struct WantedAttribute {
    #[schema(min_length = 1)]
    name: String,
    description: Option<String>,
    data_type: Kind,
    required_to_create: Option<Flag>,
    /// Of a list: what can be chosen, with commas between.
    list_items: Option<String>,
}

/// Adds an attribute to a type.
#[utoipa::path(
    post,
    path = "/ticket_types/{ticket_type_id}/attributes",
    params(("ticket_type_id" = String, Path)),
    request_body = WantedAttribute,
    responses((status = 200, description = "The new attribute.", body = AttributeBody))
)]
async fn add_attribute(
    app: State<App>,
    Team(_): Team,
    Path(given): Path<String>,
    Json(wanted): Json<WantedAttribute>,
) -> Result<Json<AttributeBody>, ApiError> {
    let id = id(&given)?;
    run(&app, move |desk, now| {
        let items = wanted.list_items.unwrap_or_default();
        let new = NewAttribute {
            name: wanted.name,
            description: wanted.description.unwrap_or_default(),
            data_type: wanted.data_type.data_type(),
            options: items.split(',').map(|i| i.trim().to_owned()).collect(),
            required: wanted.required_to_create.is_some_and(|f| f.0),
        };
        let made = desk.add_type_attribute(id, new, now)?;
        let kind = desk.ticket_type(id)?;
        Ok(Json(AttributeBody::of(&made, &kind, kind.attributes.len() + 1)))
    })
    .await
}

/// What is to change on an attribute; its name and kind never do.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = update_ticket_type_attribute_request)]
struct AttributeChange {
    description: Option<String>,
    required_to_create: Option<Flag>,
    /// Not to be given any more.
    archived: Option<Flag>,
}

/// Changes an attribute.
#[utoipa::path(
    put,
    path = "/ticket_types/{ticket_type_id}/attributes/{attribute_id}",
    params(("ticket_type_id" = String, Path), ("attribute_id" = String, Path)),
    request_body = AttributeChange,
    responses((status = 200, description = "The attribute as it is then.", body = AttributeBody))
)]
async fn change_attribute(
    app: State<App>,
    Team(_): Team,
    Path((given, attribute)): Path<(String, String)>,
    Json(change): Json<AttributeChange>,
) -> Result<Json<AttributeBody>, ApiError> {
    let id = id(&given)?;
    run(&app, move |desk, now| {
        let number = attribute.parse::<i64>().map_err(|_| missing("attribute"))?;
        let required = change.required_to_create.map(|f| f.0);
        let archived = change.archived.map(|f| f.0);
        let changed =
            desk.change_type_attribute(id, number, change.description, required, archived, now);
        let changed = match changed {
            Err(DeskError::NoType(n)) if n == number => return Err(missing("attribute")),
            other => other?,
        };
        let kind = desk.ticket_type(id)?;
        let order = kind.attributes.iter().position(|a| a.id == number).map_or(2, |p| p + 2);
        Ok(Json(AttributeBody::of(&changed, &kind, order)))
    })
    .await
}
