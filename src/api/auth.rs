//! Who asks: the token of a request, and what its kind may reach.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::api::{ApiError, App};
use crate::desk::CustomerDesk;
use crate::desk::tokens::{Bearer, Principal};
use crate::domain::Contact;

/// Lets a request through that carries a good token, and notes whose it is.
pub(super) async fn authenticate(
    State(app): State<App>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(presented) = presented(request.headers()) else {
        return ApiError::unauthorized().into_response();
    };
    let bearer = match app.blocking(move |desk, now| desk.bearer(&presented, now)).await {
        Ok(Some(bearer)) => bearer,
        Ok(None) => return ApiError::unauthorized().into_response(),
        Err(error) => return error.into_response(),
    };
    let (noting, token) = (app.clone(), bearer.token);
    // Nobody waits for it, and nothing is lost if the desk is held by another program meanwhile.
    tokio::spawn(async move {
        let _ = noting.blocking(move |desk, now| desk.note_token_use(token, now)).await;
    });
    request.extensions_mut().insert(bearer);
    next.run(request).await
}

/// The token of a request's one Authorization header.
fn presented(headers: &HeaderMap) -> Option<String> {
    let mut given = headers.get_all(AUTHORIZATION).iter();
    let (one, more) = (given.next()?, given.next());
    let (scheme, token) = one.to_str().ok()?.split_once(' ')?;
    (more.is_none() && scheme.eq_ignore_ascii_case("bearer")).then(|| token.trim().to_owned())
}

fn bearer(parts: &Parts) -> Result<&Bearer, ApiError> {
    parts.extensions.get::<Bearer>().ok_or_else(ApiError::unauthorized)
}

/// The team's side: an admin's or a teammate's token. To a customer none of it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team(pub Principal);

impl FromRequestParts<App> for Team {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        match &bearer(parts)?.principal {
            Principal::Contact(_) => Err(ApiError::not_found()),
            team => Ok(Self(team.clone())),
        }
    }
}

/// The customer's side: a contact's token, and the desk as that contact sees it.
#[derive(Debug, Clone)]
pub struct Customer {
    pub token: i64,
    pub contact: Contact,
    pub desk: CustomerDesk,
}

impl FromRequestParts<App> for Customer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let bearer = bearer(parts)?;
        match &bearer.principal {
            Principal::Contact(contact) => Ok(Self {
                token: bearer.token,
                contact: contact.clone(),
                desk: app.desk().customer(contact.id),
            }),
            Principal::Admin | Principal::Teammate(_) => Err(ApiError::forbidden(
                "This is the customer's own side. It takes a contact's token: POST /contact_tokens \
                 makes one.",
            )),
        }
    }
}
