//! In whose name a request acts: an admin's token in that of any teammate it names, a teammate's in
//! that teammate's alone.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;

use crate::api::loose::Loose;
use crate::api::{ApiError, App, Customer, Team};
use crate::desk::tokens::Principal;
use crate::desk::{Desk, DeskError};
use crate::domain::{Actor, Notify, Teammate, TeammateId, Time};

/// Who acts where an admin's token names nobody.
const NOBODY_NAMED: &str = "API";

/// Who asks, where both sides may.
#[derive(Debug, Clone)]
pub(super) enum Who {
    Team(Principal),
    Customer(Customer),
}

impl FromRequestParts<App> for Who {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        match Team::from_request_parts(parts, app).await {
            Ok(Team(principal)) => Ok(Self::Team(principal)),
            Err(_) => Customer::from_request_parts(parts, app).await.map(Self::Customer),
        }
    }
}

/// Runs what may fail in the API's own words, beside the asynchronous tasks.
pub(super) async fn run<R: Send + 'static>(
    app: &App,
    work: impl FnOnce(&Desk, Time) -> Result<R, ApiError> + Send + 'static,
) -> Result<R, ApiError> {
    app.blocking(move |desk, now| Ok(work(desk, now))).await?
}

/// The teammate who acts: the one that was named, who must be there.
pub(super) fn teammate(
    desk: &Desk,
    who: &Principal,
    named: Option<&Loose>,
    now: Time,
) -> Result<Teammate, ApiError> {
    let named = named.map(|n| known(desk, n, "admin_not_found")).transpose()?;
    match (who, named) {
        (Principal::Teammate(own), Some(named)) if named.id != own.id => {
            Err(ApiError::forbidden("This token acts for its own teammate only.").on("admin_id"))
        }
        (Principal::Teammate(own), _) => Ok(own.clone()),
        (Principal::Admin | Principal::Contact(_), Some(named)) => Ok(named),
        (Principal::Admin | Principal::Contact(_), None) => Ok(desk.teammate(NOBODY_NAMED, now)?.0),
    }
}

/// [`teammate`], as one who acts.
pub(super) fn actor(
    desk: &Desk,
    who: &Principal,
    named: Option<&Loose>,
    now: Time,
) -> Result<Actor, ApiError> {
    Ok(Actor::Teammate(teammate(desk, who, named, now)?))
}

/// A teammate of this number.
pub(super) fn known(desk: &Desk, id: &Loose, code: &'static str) -> Result<Teammate, ApiError> {
    let wanted = id.number().map(TeammateId);
    let found = desk.teammates()?.into_iter().find(|t| Some(t.id) == wanted);
    found.ok_or_else(|| ApiError::new(StatusCode::NOT_FOUND, code, "There is no such admin."))
}

/// N14.
pub(super) fn notify(skip: Option<bool>) -> Notify {
    if skip == Some(true) { Notify::AskedNot } else { Notify::Tell }
}

/// Something that was named and is not there.
pub(super) fn missing(what: &str) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "not_found", &format!("There is no such {what}."))
}

/// Nothing of that number.
pub(super) fn no_ticket() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "ticket_not_found", "There is no such ticket.")
}

/// The number in a path or body, `None` for what is no number.
pub(super) fn ticket_id(given: &str) -> Result<crate::domain::TicketId, ApiError> {
    let id = given.parse::<i64>().ok().filter(|id| *id > 0).map(crate::domain::TicketId);
    id.ok_or_else(no_ticket)
}

impl From<crate::domain::Refusal> for ApiError {
    fn from(refusal: crate::domain::Refusal) -> Self {
        DeskError::from(refusal).into()
    }
}
