//! What holds for every request: whom it is meant for, headers that keep browsers careful, and that
//! a fault of ours ends one request and no more.

use std::panic::AssertUnwindSafe;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;

use crate::api::{ApiError, App};

/// The names this server answers to.
///
/// A page of a stranger can have its own name point to this machine and so reach what listens here
/// for this machine alone (DNS rebinding). It cannot make the browser send another name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hosts {
    /// In lower case, without a port; none means any.
    names: Vec<String>,
}

impl Hosts {
    /// The configured names, and those of this machine when it listens there alone. Anything is
    /// answered to where it listens to others and no name is configured.
    #[must_use]
    pub fn new(loopback: bool, configured: &[String]) -> Self {
        let mut names: Vec<String> = configured.iter().map(|n| n.to_lowercase()).collect();
        if loopback || !names.is_empty() {
            names.extend(["localhost", "127.0.0.1", "[::1]"].map(str::to_owned));
        }
        Self { names }
    }

    fn know(&self, authority: &str) -> bool {
        let name = match authority.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => authority,
        };
        self.names.is_empty() || self.names.contains(&name.to_lowercase())
    }
}

/// Refuses what is meant for another name.
pub(super) async fn host(State(app): State<App>, request: Request, next: Next) -> Response {
    let named = request.headers().get(HOST).and_then(|v| v.to_str().ok());
    let asked = request.uri().authority().map(|a| a.as_str());
    // A request that names two hosts must mean us with both.
    let known = named.or(asked).is_some_and(|_| {
        named.is_none_or(|n| app.hosts.know(n)) && asked.is_none_or(|a| app.hosts.know(a))
    });
    if known {
        return next.run(request).await;
    }
    ApiError::new(
        StatusCode::MISDIRECTED_REQUEST,
        "misdirected_request",
        "This desk does not answer to that name. The setting api.hosts adds names.",
    )
    .into_response()
}

/// The headers that every answer has, unless its route has set its own.
pub(super) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let careful: [(HeaderName, &str); 5] = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in careful {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Turns a panic into a 500 without a word of it.
pub(super) async fn panics(request: Request, next: Next) -> Response {
    let place = format!("{} {}", request.method(), request.uri().path());
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => ApiError::internal(&format!("a panic at {place}")).into_response(),
    }
}
