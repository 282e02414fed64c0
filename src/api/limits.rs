//! How often a token may ask: so many requests in each window of ten seconds. Every answer says how
//! many are left, and when the next window begins.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::api::{ApiError, App};
use crate::desk::tokens::Bearer;

/// The length of a window, in seconds.
const WINDOW: i64 = 10;

/// What each token has asked in the window that it asked in last.
#[derive(Debug)]
pub(super) struct Limits {
    per_window: u32,
    asked: Mutex<HashMap<i64, (i64, u32)>>,
}

impl Limits {
    /// So many requests of each token in a window.
    pub fn new(per_window: u32) -> Self {
        Self { per_window, asked: Mutex::default() }
    }
}

/// What a request finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Left {
    remaining: Option<u32>,
    /// Unix seconds.
    reset: i64,
}

impl Limits {
    /// Counts a request at `second`; no number is left when it is one too many.
    fn count(&self, token: i64, second: i64) -> Left {
        let window = second.div_euclid(WINDOW);
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, count) = asked.entry(token).or_default();
        if *last != window {
            (*last, *count) = (window, 0);
        }
        *count = count.saturating_add(1);
        Left { remaining: self.per_window.checked_sub(*count), reset: (window + 1) * WINDOW }
    }
}

/// Lets through what is within the limit, and writes the headers that say how much is left.
pub(super) async fn limit(
    State((app, limits)): State<(App, Arc<Limits>)>,
    request: Request,
    next: Next,
) -> Response {
    let Some(token) = request.extensions().get::<Bearer>().map(|b| b.token) else {
        return next.run(request).await;
    };
    let left = limits.count(token, app.now().timestamp());
    let mut response = match left.remaining {
        Some(_) => next.run(request).await,
        None => ApiError::too_many("More than this token may ask in 10 seconds. Wait a little.")
            .into_response(),
    };
    for (name, value) in [
        ("x-ratelimit-limit", i64::from(limits.per_window)),
        ("x-ratelimit-remaining", i64::from(left.remaining.unwrap_or(0))),
        ("x-ratelimit-reset", left.reset),
    ] {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_ten_seconds_long_and_each_token_has_its_own() {
        let limits = Limits::new(2);
        assert_eq!(limits.count(1, 100), Left { remaining: Some(1), reset: 110 });
        assert_eq!(limits.count(1, 109), Left { remaining: Some(0), reset: 110 });
        assert_eq!(limits.count(1, 109), Left { remaining: None, reset: 110 });
        assert_eq!(limits.count(2, 109).remaining, Some(1));
        assert_eq!(limits.count(1, 110), Left { remaining: Some(1), reset: 120 });
    }
}
