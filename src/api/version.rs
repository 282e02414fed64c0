//! Versions of the API: which one a request is answered in, and how the few shapes that differ are
//! written in it.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::Value;

/// The header that asks for a version, and says which one was served.
pub(super) const VERSION: HeaderName = HeaderName::from_static("intercom-version");

/// A version whose shapes are known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(u8);

impl Version {
    const KNOWN: [(Self, &'static str); 5] = [
        (Self(12), "2.12"),
        (Self(13), "2.13"),
        (Self::DEFAULT, "2.14"),
        (Self(15), "2.15"),
        (Self(16), "2.16"),
    ];
    /// What is served to those who ask for none, or for one that is not known.
    pub const DEFAULT: Self = Self(14);

    fn of(headers: &HeaderMap) -> Self {
        let asked = headers.get(VERSION).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let known = Self::KNOWN.iter().find(|(_, name)| *name == asked.trim());
        known.map_or(Self::DEFAULT, |(version, _)| *version)
    }

    fn name(self) -> &'static str {
        Self::KNOWN.iter().find(|(v, _)| *v == self).map_or("2.14", |(_, name)| name)
    }

    /// Who has a ticket: a whole number from 2.16 on, a text before; 0 for nobody.
    pub fn assignee(self, id: i64) -> Value {
        if self >= Self(16) { id.into() } else { id.to_string().into() }
    }

    /// Whether tickets carry what came with 2.16.
    pub fn is_2_16(self) -> bool {
        self >= Self(16)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Version {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

/// Says in every answer which version was served.
pub(super) async fn echo(request: Request, next: Next) -> Response {
    let served = Version::of(request.headers()).name();
    let mut response = next.run(request).await;
    response.headers_mut().insert(VERSION, HeaderValue::from_static(served));
    response
}
