//! Ticket types and states over HTTP.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AllOfBuilder, AnyOfBuilder, ObjectBuilder, Schema};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::acting::{missing, run};
use crate::api::loose::{Flag, Loose, number, one_of};
use crate::api::shapes::{state, state_id};
use crate::api::texts::{self, Name};
use crate::api::type_shapes::{AttributeBody, TypeBody};
use crate::api::{ApiError, App, Json, Path, Team};
use crate::desk::DeskError;
use crate::desk::ticket_types::{NewAttribute, TypeChange};
use crate::domain::{Category, DataType, TicketState, TicketType, TicketTypeId};

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

/// The number of a type, in a body.
#[derive(Debug, Deserialize)]
pub(super) struct TypeId(Loose);

impl TypeId {
    /// No type has the number of what is none.
    pub fn read(&self) -> TicketTypeId {
        TicketTypeId(self.0.number().unwrap_or(0))
    }

    /// The numbers there are, for the description that this desk gives of itself.
    pub fn among(types: &[TicketType]) -> RefOr<Schema> {
        let ids: Vec<String> = types.iter().map(|t| t.id.0.to_string()).collect();
        one_of(ids.iter().map(String::as_str))
    }
}

impl PartialSchema for TypeId {
    fn schema() -> RefOr<Schema> {
        Loose::schema()
    }
}

impl ToSchema for TypeId {
    fn name() -> std::borrow::Cow<'static, str> {
        "ticket_type_id".into()
    }
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
    name: Name,
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
        let made = desk.add_ticket_type(category, &wanted.name.0, &about, &icon, now)?;
        Ok(Json(TypeBody::of(&made)))
    })
    .await
}

/// What is to change on a type; its category never does.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = update_ticket_type_request)]
struct Change {
    name: Option<Name>,
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
            name: change.name.map(|n| n.0),
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
#[schema(as = attribute_of_any_kind)]
struct WantedAttribute {
    name: Name,
    description: Option<String>,
    data_type: Kind,
    required_to_create: Option<Flag>,
    /// Of a list: what can be chosen, with commas between.
    list_items: Option<String>,
}

/// An attribute as it may be: a list has something to choose from.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct AnyAttribute(WantedAttribute);

impl PartialSchema for AnyAttribute {
    fn schema() -> RefOr<Schema> {
        let of_kind = |kinds: &[DataType]| {
            let kinds: Vec<&str> = kinds.iter().map(|k| k.code()).collect();
            ObjectBuilder::new().property("data_type", texts::text().enum_values(Some(kinds)))
        };
        let items = texts::text().pattern(Some(texts::some_item()));
        let list = of_kind(&[DataType::List]).property("list_items", items).required("list_items");
        let others = DataType::ALL.into_iter().filter(|k| *k != DataType::List);
        let one_of = AnyOfBuilder::new().item(of_kind(&others.collect::<Vec<_>>())).item(list);
        AllOfBuilder::new().item(WantedAttribute::schema()).item(one_of).into()
    }
}

impl ToSchema for AnyAttribute {
    fn name() -> std::borrow::Cow<'static, str> {
        "create_ticket_type_attribute_request".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        WantedAttribute::schemas(schemas);
    }
}

/// Adds an attribute to a type.
#[utoipa::path(
    post,
    path = "/ticket_types/{ticket_type_id}/attributes",
    params(("ticket_type_id" = String, Path)),
    request_body = AnyAttribute,
    responses((status = 200, description = "The new attribute.", body = AttributeBody))
)]
async fn add_attribute(
    app: State<App>,
    Team(_): Team,
    Path(given): Path<String>,
    Json(AnyAttribute(wanted)): Json<AnyAttribute>,
) -> Result<Json<AttributeBody>, ApiError> {
    let id = id(&given)?;
    run(&app, move |desk, now| {
        let items = wanted.list_items.unwrap_or_default();
        let new = NewAttribute {
            name: wanted.name.0,
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
        let kind = desk.ticket_type(id)?;
        if AttributeBody::defaults(&kind).iter().any(|a| a.id == attribute) {
            let sentence = "Title and description belong to every type: they do not change.";
            return Err(ApiError::forbidden(sentence));
        }
        let number = number(&attribute).ok_or_else(|| missing("attribute"))?;
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
