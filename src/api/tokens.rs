//! Tokens for customers, made by the backend of whoever builds a Messenger.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Number;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::loose::whole;
use crate::api::texts::{Email, MaybeName};
use crate::api::{ApiError, App, Json, Path, Team};
use crate::desk::tokens::Principal;
use crate::domain::{Contact, Time};

/// The longest a token made here is good, in seconds: a year.
const LONGEST: i64 = 365 * 24 * 3600;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(make)).routes(routes!(revoke))
}

/// Whom a token is for.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = contact_token_request)]
struct Wanted {
    /// The customer's address. A desk that does not know it comes to know it by this.
    email: Email,
    /// The customer's name, kept for a contact that has none yet.
    #[serde(default)]
    name: MaybeName,
    /// How long the token is good, in seconds; up to a year, a day if not given.
    #[schema(value_type = i64, minimum = 1, maximum = 31_536_000)]
    #[serde(default = "a_day")]
    expires_in: Number,
}

fn a_day() -> Number {
    (24 * 3600).into()
}

/// A token, shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = contact_token)]
struct Made {
    /// Always `contact_token`.
    #[schema(value_type = String)]
    r#type: &'static str,
    /// The token's number, for revoking it.
    id: String,
    token: String,
    /// Unix seconds.
    expires_at: Option<i64>,
}

/// Makes a token for a customer's Messenger.
#[utoipa::path(
    post,
    path = "/contact_tokens",
    request_body = Wanted,
    responses((status = 201, description = "The token; it is never shown again.", body = Made))
)]
async fn make(
    app: axum::extract::State<App>,
    _: Team,
    Json(wanted): Json<Wanted>,
) -> Result<(StatusCode, Json<Made>), ApiError> {
    let seconds = whole(&wanted.expires_in).filter(|n| (1..=LONGEST).contains(n));
    let seconds = seconds.ok_or_else(|| {
        let sentence = "expires_in is a number of seconds, from 1 to 31536000 (a year).";
        ApiError::invalid(sentence).on("expires_in")
    })?;
    let made = app
        .blocking(move |desk, now| {
            let contact = Contact::unsaved(&wanted.name.0, Some(wanted.email.0));
            let expires = now + chrono::Duration::seconds(seconds);
            desk.new_token(Principal::Contact(contact), Some(expires), now)
        })
        .await?;
    let made = Made {
        r#type: "contact_token",
        id: made.id.to_string(),
        token: made.token,
        expires_at: made.expires_at.as_ref().map(Time::timestamp),
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Revokes a customer's token. Its streams of events end.
#[utoipa::path(
    delete,
    path = "/contact_tokens/{id}",
    params(("id" = i64, Path, description = "The token's number.")),
    responses((status = 204, description = "It opens nothing any more."))
)]
async fn revoke(
    app: axum::extract::State<App>,
    _: Team,
    Path(id): Path<i64>,
) -> Result<StatusCode, ApiError> {
    app.blocking(move |desk, now| desk.revoke_contact_token(id, now)).await?;
    Ok(StatusCode::NO_CONTENT)
}
