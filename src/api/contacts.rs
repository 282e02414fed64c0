//! Contacts: the customers as other programs know them.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::acting::{missing, run};
use crate::api::loose::{Flag, Loose};
use crate::api::pages::{At, Pages, Pagination};
use crate::api::search::Wanted as Search;
use crate::api::{ApiError, App, Json, Path, Query, Team};
use crate::desk::Desk;
use crate::desk::contact_cards::CardChange;
use crate::desk::search::ContactField;
use crate::domain::contact::{ContactCard, Role};
use crate::domain::search::{Filter, Kind};
use crate::domain::{ContactId, EmailAddress, MailStop};

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
    email: Option<String>,
    name: Option<String>,
    unsubscribed_from_emails: Option<Flag>,
}

impl Wanted {
    fn read(self) -> Result<CardChange, ApiError> {
        let email = self.email.filter(|e| !e.trim().is_empty());
        let email = email.map(|e| EmailAddress::new(&e)).transpose();
        Ok(CardChange {
            name: self.name,
            email: email.map_err(|refusal| ApiError::from(refusal).on("email"))?,
            external_id: self.external_id.map(|l| l.0).filter(|id| !id.trim().is_empty()),
            role: self.role.map(|r| match r {
                RoleWord::User => Role::User,
                RoleWord::Lead => Role::Lead,
            }),
            unsubscribed: self.unsubscribed_from_emails.map(|f| f.0),
        })
    }
}

/// Makes a contact.
#[utoipa::path(
    post,
    path = "/contacts",
    request_body = Wanted,
    responses(
        (status = 200, description = "The new contact.", body = ContactBody),
        (status = 409, description = "Another one has that address or id.",
            body = crate::api::error::ErrorList)
    )
)]
async fn make(
    app: State<App>,
    Team(_): Team,
    Json(wanted): Json<Wanted>,
) -> Result<Json<ContactBody>, ApiError> {
    let new = wanted.read()?;
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
    let (id, change) = (id(&given)?, wanted.read()?);
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
        ("starting_after" = Option<String>, Query)
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

fn field(name: &str) -> Option<(ContactField, Kind)> {
    Some(match name {
        "id" => (ContactField::Id, Kind::Id),
        "email" => (ContactField::Email, Kind::Text),
        "email_domain" => (ContactField::EmailDomain, Kind::Text),
        "name" => (ContactField::Name, Kind::Text),
        "external_id" => (ContactField::ExternalId, Kind::Text),
        "role" => (ContactField::Role, Kind::Word),
        "created_at" => (ContactField::CreatedAt, Kind::Moment),
        "updated_at" => (ContactField::UpdatedAt, Kind::Moment),
        "has_hard_bounced" => (ContactField::HasHardBounced, Kind::Flag),
        "unsubscribed_from_emails" => (ContactField::Unsubscribed, Kind::Flag),
        _ => return None,
    })
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
    let at = wanted.pagination.unwrap_or_default().at()?;
    let filter = wanted.query.read(field, |_, word| word)?;
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
