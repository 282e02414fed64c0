//! Failures: an `error.list` with a sentence, whatever went wrong.

use axum::http::header::{CONNECTION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use rand::RngExt;
use serde::Serialize;
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa::{PartialSchema, ToSchema};

use crate::desk::DeskError;
use crate::domain::Refusal;
use crate::domain::text::clean_line;

/// The longest sentence that is sent, in characters: it may repeat what was sent to us.
const SENTENCE: usize = 300;

/// The body of every failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = error_list)]
pub struct ErrorList {
    /// Always `error.list`.
    #[schema(value_type = String)]
    pub r#type: &'static str,
    /// What to look for in the log; null where nothing is logged.
    pub request_id: Option<String>,
    pub errors: Vec<Problem>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = error)]
pub struct Problem {
    #[schema(value_type = String)]
    pub code: &'static str,
    /// A sentence: what, where, what to do.
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// A failure on its way to the one who asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError(Box<Failure>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Failure {
    status: StatusCode,
    request_id: Option<String>,
    problem: Problem,
    header: Option<(HeaderName, HeaderValue)>,
}

impl ApiError {
    /// A failure with a code for programs and a sentence for people. The sentence is cleaned and
    /// cut: it may repeat what was sent to us.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, sentence: &str) -> Self {
        let message = clean_line(sentence).chars().take(SENTENCE).collect();
        let problem = Problem { code, message, field: None };
        Self(Box::new(Failure { status, request_id: None, problem, header: None }))
    }

    /// The same with the field that is wrong.
    #[must_use]
    pub fn on(mut self, field: &str) -> Self {
        self.0.problem.field = Some(clean_line(field).chars().take(SENTENCE).collect());
        self
    }

    fn with(mut self, name: HeaderName, value: &'static str) -> Self {
        self.0.header = Some((name, HeaderValue::from_static(value)));
        self
    }

    /// Something that was sent is not as it must be.
    #[must_use]
    pub fn invalid(sentence: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "parameter_invalid", sentence)
    }

    /// What is not there, and what a customer may not see: they cannot be told apart.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this address.")
    }

    #[must_use]
    pub(super) fn method_not_allowed() -> Self {
        let sentence = "This address does not know that method.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", sentence)
    }

    #[must_use]
    pub(super) fn unauthorized() -> Self {
        let sentence = "Send a good token: Authorization: Bearer dbell_…";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", sentence)
            .with(WWW_AUTHENTICATE, "Bearer")
    }

    #[must_use]
    pub fn forbidden(sentence: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", sentence)
    }

    #[must_use]
    pub fn too_many(sentence: &str) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded", sentence)
            .with(RETRY_AFTER, "10")
    }

    /// Busy for a moment; the same can be asked again.
    #[must_use]
    pub(super) fn busy(sentence: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "service_unavailable", sentence)
            .with(RETRY_AFTER, "1")
    }

    /// The body is not read to its end, so nothing more can be understood on this connection.
    #[must_use]
    pub(super) fn hanging_up(self) -> Self {
        self.with(CONNECTION, "close")
    }

    /// A fault of ours. What happened is in the log, under the id that the answer carries.
    #[must_use]
    pub fn internal(what: &str) -> Self {
        let id = uuid::Builder::from_random_bytes(rand::rng().random()).into_uuid().to_string();
        tracing::error!(request_id = id, "{}", clean_line(what));
        let sentence = "Something failed here. The log of deskbell tells what, under this id.";
        let mut error = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", sentence);
        error.0.request_id = Some(id);
        error
    }

    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }
}

impl From<DeskError> for ApiError {
    fn from(error: DeskError) -> Self {
        let sentence = error.to_string();
        match &error {
            // Whose tickets there are is not told to customers.
            DeskError::Refused(Refusal::NotTheirs(_)) => Self::not_found(),
            DeskError::Refused(_) if error.is_rule() => {
                Self::new(StatusCode::FORBIDDEN, "action_refused", &sentence)
            }
            DeskError::Refused(Refusal::Changed(_)) => {
                Self::new(StatusCode::CONFLICT, "conflict", &sentence)
            }
            DeskError::Refused(_) | DeskError::Logo(_) => Self::invalid(&sentence),
            DeskError::NoTicket(_) => Self::not_found_as("ticket_not_found", &sentence),
            DeskError::Taken(_) => Self::new(StatusCode::CONFLICT, "conflict", &sentence),
            DeskError::NoContact(_) | DeskError::NoToken(_) | DeskError::NoType(_) => {
                Self::not_found_as("not_found", &sentence)
            }
            DeskError::Store(_) if error.is_locked() => {
                Self::busy("The desk is held by another program. Ask again in a moment.")
            }
            // These name files of this machine.
            DeskError::Store(_) | DeskError::Other(_) => Self::internal(&sentence),
        }
    }
}

impl ApiError {
    fn not_found_as(code: &'static str, sentence: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, sentence)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Failure { status, request_id, problem, header } = *self.0;
        let list = ErrorList { r#type: "error.list", request_id, errors: vec![problem] };
        let body = serde_json::to_vec(&list).unwrap_or_default();
        let mut response = (status, [(CONTENT_TYPE, "application/json")], body).into_response();
        if let Some((name, value)) = header {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// Describes the failures of every route: whatever is not written down there is an `error.list`.
pub(super) fn describe(openapi: &mut OpenApi) {
    let components = openapi.components.get_or_insert_default();
    components.schemas.insert("error_list".into(), ErrorList::schema());
    components.schemas.insert("error".into(), Problem::schema());
    let content = || {
        let list = RefOr::Ref(Ref::from_schema_name("error_list"));
        ContentBuilder::new().schema(Some(list)).build()
    };
    let failure = ResponseBuilder::new()
        .description("What is wrong, in a sentence.")
        .content("application/json", content())
        .build();
    for item in openapi.paths.paths.values_mut() {
        let operations =
            [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        for operation in operations.into_iter().flatten() {
            let responses = &mut operation.responses.responses;
            responses.entry("default".into()).or_insert_with(|| RefOr::T(failure.clone()));
        }
    }
}
