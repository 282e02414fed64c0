//! Contacts: the customers as other programs know them.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::openapi::schema::{AllOfBuilder, AnyOfBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::acting::{missing, run};
use crate::api::loose::{Flag, Loose, Object};
use crate::api::pages::{At, Cursor, Pages, Pagination};
use crate::api::query::Searchable;
use crate::api::texts::{self, Email, MaybeEmail, MaybeName};
use crate::api::{ApiError, App, Json, Path, Query, Team};
use crate::desk::Desk;
use crate::desk::contact_cards::CardChange;
use crate::desk::search::ContactField;
use crate::domain::contact::{ContactCard, Role};
use crate::domain::search::{Filter, Kind};
use crate::domain::{ContactId, MailStop};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, make))
        .routes(routes!(get, change, delete))
        .routes(routes!(search))
        .routes(routes!(by_external_id))
}

/// A contact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = contact)]
struct ContactBody {
    r#type: &'static str,
    id: String,
    workspace_id: &'static str,
    /// The id of your own system.
    external_id: Option<String>,
    /// `user` or `lead`.
    role: &'static str,
    email: Option<String>,
    phone: Option<String>,
    name: Option<String>,
    owner_id: Option<i64>,
    has_hard_bounced: bool,
    marked_email_as_spam: bool,
    unsubscribed_from_emails: bool,
    created_at: i64,
    updated_at: i64,
    signed_up_at: Option<i64>,
    last_seen_at: Option<i64>,
    #[schema(value_type = Object)]
    custom_attributes: Map<String, Value>,
}

impl ContactBody {
    fn of(card: ContactCard) -> Self {
        let ContactCard { contact, external_id, role, created_at, updated_at } = card;
        Self {
            r#type: "contact",
            id: contact.id.0.to_string(),
            workspace_id: super::WORKSPACE,
            external_id,
            role: role.code(),
            email: contact.email.map(|e| e.to_string()),
            phone: None,
            name: Some(contact.name).filter(|n| !n.is_empty()),
            owner_id: None,
            has_hard_bounced: contact.mail_stop == Some(MailStop::HardBounce),
            marked_email_as_spam: false,
            unsubscribed_from_emails: contact.mail_stop == Some(MailStop::Unsubscribed),
            created_at: created_at.timestamp(),
            updated_at: updated_at.timestamp(),
            signed_up_at: None,
            last_seen_at: None,
            custom_attributes: Map::new(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = contact_list)]
struct ContactPage {
    r#type: &'static str,
    data: Vec<ContactBody>,
    total_count: usize,
    pages: Pages,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = contact_role)]
#[serde(rename_all = "lowercase")]
enum RoleWord {
    User,
    Lead,
}

/// What a contact is to be; what is not given stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = contact_request)]
struct Wanted {
    role: Option<RoleWord>,
    external_id: Option<Loose>,
    email: Option<MaybeEmail>,
    name: Option<MaybeName>,
    unsubscribed_from_emails: Option<Flag>,
}

impl Wanted {
    fn read(self) -> CardChange {
        CardChange {
            name: self.name.map(|n| n.0),
            email: self.email.and_then(|e| e.0),
            external_id: self.external_id.map(|l| l.0).filter(|id| texts::is_readable(id)),
            role: self.role.map(|r| match r {
                RoleWord::User => Role::User,
                RoleWord::Lead => Role::Lead,
            }),
            unsubscribed: self.unsubscribed_from_emails.map(|f| f.0),
        }
    }
}

/// What a new contact is to be: it has an email, an external_id or a role.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct New(Wanted);

impl PartialSchema for New {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(SchemaType::new(Type::Integer));
        let own = AnyOfBuilder::new().item(texts::readable()).item(number);
        let with = |name: &str, what: RefOr<Schema>| {
            ObjectBuilder::new().property(name, what).required(name)
        };
        let one_of = AnyOfBuilder::new()
            .item(with("email", Email::schema()))
            .item(with("external_id", own.into()))
            .item(with("role", RoleWord::schema()));
        AllOfBuilder::new().item(Wanted::schema()).item(one_of).into()
    }
}

impl ToSchema for New {
    fn name() -> std::borrow::Cow<'static, str> {
        "create_contact_request".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Wanted::schemas(schemas);
    }
}

/// Makes a contact.
#[utoipa::path(
    post,
    path = "/contacts",
    request_body = New,
    responses(
        (status = 200, description = "The new contact.", body = ContactBody),
        (status = 409, description = "Another one has that address or id.",
            body = crate::api::error::ErrorList)
    )
)]
async fn make(
    app: State<App>,
    Team(_): Team,
    Json(New(wanted)): Json<New>,
) -> Result<Json<ContactBody>, ApiError> {
    let new = wanted.read();
    if new.email.is_none() && new.external_id.is_none() && new.role.is_none() {
        let sentence = "A contact has an email, an external_id or a role.";
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "parameter_not_found", sentence));
    }
    run(&app, move |desk, now| Ok(Json(ContactBody::of(desk.add_contact(new, now)?)))).await
}

fn id(given: &str) -> Result<ContactId, ApiError> {
    given.parse::<i64>().ok().map(ContactId).ok_or_else(|| missing("contact"))
}

/// A contact by its number.
#[utoipa::path(
    get,
    path = "/contacts/{contact_id}",
    params(("contact_id" = String, Path)),
    responses((status = 200, description = "The contact.", body = ContactBody))
)]
async fn get(
    app: State<App>,
    Team(_): Team,
    Path(given): Path<String>,
) -> Result<Json<ContactBody>, ApiError> {
    let id = id(&given)?;
    run(&app, move |desk, _| {
        let card = desk.contact_card(id)?.ok_or_else(|| missing("contact"))?;
        Ok(Json(ContactBody::of(card)))
    })
    .await
}

/// A contact by the id of your own system.
#[utoipa::path(
    get,
    path = "/contacts/find_by_external_id/{external_id}",
    params(("external_id" = String, Path)),
    responses((status = 200, description = "The contact.", body = ContactBody))
)]
async fn by_external_id(
    app: State<App>,
    Team(_): Team,
    Path(given): Path<String>,
) -> Result<Json<ContactBody>, ApiError> {
    run(&app, move |desk, _| {
        let card = desk.contact_by_external_id(&given)?.ok_or_else(|| missing("contact"))?;
        Ok(Json(ContactBody::of(card)))
    })
    .await
}

/// Changes a contact.
#[utoipa::path(
    put,
    path = "/contacts/{contact_id}",
    params(("contact_id" = String, Path)),
    request_body = Wanted,
    responses((status = 200, description = "The contact as it is then.", body = ContactBody))
)]
async fn change(
    app: State<App>,
    Team(_): Team,
    Path(given): Path<String>,
    Json(wanted): Json<Wanted>,
) -> Result<Json<ContactBody>, ApiError> {
    let (id, change) = (id(&given)?, wanted.read());
    run(&app, move |desk, now| Ok(Json(ContactBody::of(desk.change_contact(id, change, now)?))))
        .await
}

/// What was deleted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = deleted_contact)]
struct Deleted {
    r#type: &'static str,
    id: String,
    external_id: Option<String>,
    object: &'static str,
    deleted: bool,
}

/// Deletes a contact: name, address and your own id of them go, and so does every token of theirs.
///
/// Their tickets and the ledger stay with the team.
#[utoipa::path(
    delete,
    path = "/contacts/{contact_id}",
    params(("contact_id" = String, Path)),
    responses((status = 200, description = "They are gone.", body = Deleted))
)]
async fn delete(
    app: State<App>,
    Team(_): Team,
    Path(given): Path<String>,
) -> Result<Json<Deleted>, ApiError> {
    let id = id(&given)?;
    run(&app, move |desk, now| {
        let card = desk.contact_card(id)?.ok_or_else(|| missing("contact"))?;
        desk.delete_contact(id, now)?;
        Ok(Json(Deleted {
            r#type: "contact",
            id: id.0.to_string(),
            external_id: card.external_id,
            object: "contact",
            deleted: true,
        }))
    })
    .await
}

/// Contacts, page by page, the newest first.
#[utoipa::path(
    get,
    path = "/contacts",
    params(
        ("per_page" = Option<i64>, Query, minimum = 1, maximum = 150),
        ("starting_after" = Option<Cursor>, Query)
    ),
    responses((status = 200, description = "A page of contacts.", body = ContactPage))
)]
async fn list(
    app: State<App>,
    Team(_): Team,
    Query(wanted): Query<Pagination>,
) -> Result<Json<ContactPage>, ApiError> {
    let at = wanted.at()?;
    run(&app, move |desk, _| page(desk, Filter::All(Vec::new()), at).map(Json)).await
}

impl Searchable for ContactField {
    const NAME: &'static str = "contact_query";
    const FIELDS: &'static [(&'static str, Self, Kind)] = &[
        ("id", Self::Id, Kind::Id),
        ("email", Self::Email, Kind::Text),
        ("email_domain", Self::EmailDomain, Kind::Text),
        ("name", Self::Name, Kind::Text),
        ("external_id", Self::ExternalId, Kind::Text),
        ("role", Self::Role, Kind::Word),
        ("created_at", Self::CreatedAt, Kind::Moment),
        ("updated_at", Self::UpdatedAt, Kind::Moment),
        ("has_hard_bounced", Self::HasHardBounced, Kind::Flag),
        ("unsubscribed_from_emails", Self::Unsubscribed, Kind::Flag),
    ];
    const OTHERS: Option<&'static str> = None;

    fn other(_: &str) -> Option<Self> {
        None
    }
}

type Asked = crate::api::query::Query<ContactField>;

/// What is searched for.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = search_contacts_request)]
struct Search {
    query: Asked,
    #[schema(value_type = Option<Pagination>)]
    pagination: Option<Object<Pagination>>,
}

/// Searches for contacts, the newest first.
///
/// Fields: id, email, email_domain, name, external_id, role, created_at, updated_at,
/// has_hard_bounced, unsubscribed_from_emails.
#[utoipa::path(
    post,
    path = "/contacts/search",
    request_body = Search,
    responses((status = 200, description = "A page of what was found.", body = ContactPage))
)]
async fn search(
    app: State<App>,
    Team(_): Team,
    Json(wanted): Json<Search>,
) -> Result<Json<ContactPage>, ApiError> {
    let at = wanted.pagination.map(|p| p.0).unwrap_or_default().at()?;
    let filter = wanted.query.read()?;
    run(&app, move |desk, _| page(desk, filter, at).map(Json)).await
}

fn page(desk: &Desk, filter: Filter<ContactField>, at: At) -> Result<ContactPage, ApiError> {
    let found = desk.search_contacts(filter, at.after.map(ContactId), at.per_page)?;
    let last = found.items.last().map(|c| c.contact.id.0);
    Ok(ContactPage {
        r#type: "list",
        pages: at.pages(found.total, last, found.more),
        data: found.items.into_iter().map(ContactBody::of).collect(),
        total_count: found.total,
    })
}
