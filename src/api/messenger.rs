//! The customer's own way in: what their Messenger shows, and what they do there. Fed by
//! `CustomerDesk` and what it projects; nothing of the team's can be named here.

mod events;
mod shape;

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::{ApiError, App, Customer, Json, Path, Query, texts};
use crate::domain::TicketId;
use shape::{Home, OpenTicket};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(home))
        .routes(routes!(submit))
        .routes(routes!(open))
        .routes(routes!(reply))
        .routes(routes!(file))
        .routes(routes!(logo))
        .routes(routes!(events::stream))
}

/// A number that can be a ticket's. What cannot is not there, as one that is not theirs.
fn ticket(given: &str) -> Result<TicketId, ApiError> {
    match given.parse::<i64>() {
        Ok(id) if id > 0 && given.bytes().all(|b| b.is_ascii_digit()) => Ok(TicketId(id)),
        Ok(_) | Err(_) => Err(ApiError::not_found()),
    }
}

/// What the Messenger shows on its launcher and its home: the badge, and recent tickets.
///
/// A browser that asks for HTML without a token gets the Messenger's page instead.
#[utoipa::path(
    get,
    path = "/messenger",
    tag = "messenger",
    responses((status = 200, description = "What this customer sees now.", body = Home))
)]
async fn home(app: State<App>, customer: Customer) -> Result<Json<Home>, ApiError> {
    app.blocking(move |desk, _| {
        let name = desk.messenger_settings()?.name;
        Ok(Json(Home::of(name, customer.contact.first_name(), &customer.desk.messenger(None)?)))
    })
    .await
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Opening {
    /// Marks what is in the thread as seen by the customer: say so when it is before their eyes,
    /// and not before. Email about it is called off then.
    #[serde(default)]
    #[param(required = false)]
    seen: bool,
}

/// One ticket: its state, and its conversation.
#[utoipa::path(
    get,
    path = "/messenger/tickets/{id}",
    tag = "messenger",
    params(("id" = String, Path, description = "The ticket's number."), Opening),
    responses((status = 200, description = "The ticket as this customer sees it.", body = OpenTicket))
)]
async fn open(
    app: State<App>,
    customer: Customer,
    Path(id): Path<String>,
    Query(opening): Query<Opening>,
) -> Result<Json<OpenTicket>, ApiError> {
    let id = ticket(&id)?;
    app.blocking(move |_, now| {
        let desk = &customer.desk;
        let messenger = if opening.seen { desk.see(id, now)? } else { desk.open(id)? };
        Ok(OpenTicket::of(messenger))
    })
    .await?
    .map(Json)
    .ok_or_else(ApiError::not_found)
}

/// What the customer writes.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = messenger_reply)]
struct Written {
    /// Plain text, up to 64 KiB.
    body: texts::Written,
}

/// Writes into a ticket's conversation. What was in it counts as seen.
#[utoipa::path(
    post,
    path = "/messenger/tickets/{id}/reply",
    tag = "messenger",
    params(("id" = String, Path, description = "The ticket's number.")),
    request_body = Written,
    responses((status = 200, description = "The ticket with the new message.", body = OpenTicket))
)]
async fn reply(
    app: State<App>,
    customer: Customer,
    Path(id): Path<String>,
    Json(written): Json<Written>,
) -> Result<Json<OpenTicket>, ApiError> {
    let id = ticket(&id)?;
    app.blocking(move |_, now| {
        customer.desk.reply(id, &written.body.0, now)?;
        Ok(OpenTicket::of(customer.desk.open(id)?))
    })
    .await?
    .map(Json)
    .ok_or_else(ApiError::not_found)
}

/// A new ticket.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = messenger_submission)]
struct Submission {
    /// One line, up to 200 characters.
    title: texts::Title,
    /// Plain text, up to 64 KiB.
    #[serde(default)]
    body: String,
}

/// Submits a ticket. Its conversation is open then, so its confirmation counts as seen.
#[utoipa::path(
    post,
    path = "/messenger/tickets",
    tag = "messenger",
    request_body = Submission,
    responses((status = 201, description = "The ticket.", body = OpenTicket))
)]
async fn submit(
    app: State<App>,
    customer: Customer,
    Json(new): Json<Submission>,
) -> Result<(StatusCode, Json<OpenTicket>), ApiError> {
    app.blocking(move |_, now| {
        let id = customer.desk.submit(&new.title.0, &new.body, now)?;
        Ok(OpenTicket::of(customer.desk.open(id)?))
    })
    .await?
    .map(|ticket| (StatusCode::CREATED, Json(ticket)))
    .ok_or_else(ApiError::not_found)
}

/// A file of a conversation, always as one to be saved.
#[utoipa::path(
    get,
    path = "/messenger/tickets/{id}/files/{n}",
    tag = "messenger",
    params(
        ("id" = String, Path, description = "The ticket's number."),
        ("n" = usize, Path, description = "Which file of the conversation, from 0."),
    ),
    responses((status = 200, description = "Its bytes.", content_type = "application/octet-stream"))
)]
async fn file(
    app: State<App>,
    customer: Customer,
    Path((id, n)): Path<(String, usize)>,
) -> Result<Response, ApiError> {
    let id = ticket(&id)?;
    let found = app
        .blocking(move |_, _| {
            let thread = customer.desk.open(id)?.thread;
            let files = thread.iter().flat_map(|t| &t.thread).flat_map(|e| &e.files);
            match files.into_iter().nth(n) {
                Some(file) => customer.desk.attachment(file.part, file.n),
                None => Ok(None),
            }
        })
        .await?;
    let (about, bytes) = found.ok_or_else(ApiError::not_found)?;
    Ok((download(&about.name), bytes).into_response())
}

/// A browser must save what strangers sent, and neither show nor run it.
fn download(name: &str) -> [(HeaderName, HeaderValue); 3] {
    let coded: String = name.bytes().fold(String::new(), |mut coded, b| {
        if b.is_ascii_alphanumeric() || b".-_".contains(&b) {
            coded.push(char::from(b));
        } else {
            coded += &format!("%{b:02X}");
        }
        coded
    });
    // RFC 6266 §4.3, RFC 8187.
    let disposition = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{coded}"));
    [
        (CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (
            CONTENT_DISPOSITION,
            disposition.unwrap_or_else(|_| HeaderValue::from_static("attachment")),
        ),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    ]
}

/// The Messenger's logo, as its mails carry it.
#[utoipa::path(
    get,
    path = "/messenger/logo",
    tag = "messenger",
    responses(
        (status = 200, description = "A PNG, JPEG or GIF.", content(
            (String = "image/png"), (String = "image/jpeg"), (String = "image/gif")
        ))
    )
)]
async fn logo(app: State<App>, _: Customer) -> Result<Response, ApiError> {
    let logo = app.blocking(|desk, _| Ok(desk.messenger_settings()?.logo())).await?;
    Ok(([(CONTENT_TYPE, logo.mime())], logo.bytes().to_vec()).into_response())
}
