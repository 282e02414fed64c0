//! What comes with a request: bodies read within bounds of size and time, paths and queries; each
//! that is not well formed is refused with a sentence.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::api::loose::Object;
use crate::api::{ApiError, App};

/// The largest body, in bytes.
pub const BODY_BYTES: usize = 5 * 1024 * 1024;
/// How long a body may take from its first byte to its last.
const BODY_TIME: Duration = Duration::from_secs(20);

/// JSON, both ways; what comes in is an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &App) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        if !is_json(&parts.headers) {
            return Err(ApiError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "media_type_not_acceptable",
                "Send JSON, with the header Content-Type: application/json.",
            )
            .hanging_up());
        }
        let bytes = read(&parts.headers, body).await?;
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let read = serde_path_to_error::deserialize(&mut json);
        let Object(value) = read.map_err(|wrong| {
            let at = wrong.path().to_string();
            let what = wrong.inner().to_string();
            let what = what.trim_end_matches('.');
            let error = ApiError::invalid(&format!("The body is not as it must be: {what}."));
            if at == "." { error } else { error.on(&at) }
        })?;
        json.end()
            .map_err(|wrong| ApiError::invalid(&format!("The body is not JSON: {wrong}.")))?;
        Ok(Self(value))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => ([(CONTENT_TYPE, "application/json")], bytes).into_response(),
            Err(error) => {
                ApiError::internal(&format!("an answer is no JSON: {error}")).into_response()
            }
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let given = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mime = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    mime == "application/json" || (mime.starts_with("application/") && mime.ends_with("+json"))
}

/// Reads a body, never more than [`BODY_BYTES`] of it and never longer than [`BODY_TIME`].
async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, ApiError> {
    let too_large = || {
        ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "payload_too_large",
            "The body is larger than 5 MiB. Send less at once.",
        )
        .hanging_up()
    };
    let told = headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if told.is_some_and(|n| n > BODY_BYTES as u64) {
        return Err(too_large());
    }
    match timeout(BODY_TIME, http_body_util::Limited::new(body, BODY_BYTES).collect()).await {
        Ok(Ok(read)) => Ok(read.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(ApiError::invalid("The body ended before it was whole.").hanging_up()),
        Err(_) => Err(ApiError::new(
            StatusCode::REQUEST_TIMEOUT,
            "request_timeout",
            "The body took longer than 20 seconds. Send it in one go.",
        )
        .hanging_up()),
    }
}

/// The variable parts of a path. What cannot be one is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        axum::extract::Path::from_request_parts(parts, app)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| ApiError::not_found())
    }
}

/// What follows the `?`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        axum::extract::Query::from_request_parts(parts, app)
            .await
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|wrong| ApiError::invalid(&format!("{wrong}.")))
    }
}
