//! The Messenger's page: files that are the same for everybody, without a token and without data.
//!
//! What customers read arrives in the page by the same routes that anyone's Messenger uses, and is set
//! as text. The page may load and call nothing but this server, and nobody may frame it.

use axum::extract::Request;
use axum::http::Method;
use axum::http::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName,
    LOCATION, VARY,
};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::App;

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'";

const HTML: &str = include_str!("../../assets/messenger/index.html");

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(app))
        .routes(routes!(net))
        .routes(routes!(draw))
        .routes(routes!(style))
}

/// Gives a browser that was sent to `/messenger` the page; all else goes on to those with tokens.
pub(super) async fn instead(request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) || !is_browser(request.headers()) {
        return next.run(request).await;
    }
    match request.uri().path() {
        "/messenger" => {
            let headers =
                [(CONTENT_TYPE, "text/html; charset=utf-8"), (VARY, "Accept, Authorization")];
            (headers, asset(HTML)).into_response()
        }
        // The page's own links begin beside it.
        "/messenger/" => {
            (StatusCode::PERMANENT_REDIRECT, [(LOCATION, "../messenger")]).into_response()
        }
        _ => next.run(request).await,
    }
}

/// One that asks for a page, and brings no token.
fn is_browser(headers: &HeaderMap) -> bool {
    let accepts = headers.get(ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let html = accepts.split(',').any(|kind| {
        kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/html"))
    });
    html && !headers.contains_key(AUTHORIZATION)
}

type Asset = ([(HeaderName, &'static str); 2], &'static str);

/// Asked for anew each time: a page of one version never meets a script of another.
fn asset(text: &'static str) -> Asset {
    ([(CONTENT_SECURITY_POLICY, CSP), (CACHE_CONTROL, "no-cache")], text)
}

/// The page's program.
#[utoipa::path(get, path = "/messenger/app.js", tag = "page", security(()),
    responses((status = 200, description = "A script.", content_type = "text/javascript")))]
async fn app() -> impl IntoResponse {
    script(include_str!("../../assets/messenger/app.js"))
}

/// Its way to this API.
#[utoipa::path(get, path = "/messenger/net.js", tag = "page", security(()),
    responses((status = 200, description = "A script.", content_type = "text/javascript")))]
async fn net() -> impl IntoResponse {
    script(include_str!("../../assets/messenger/net.js"))
}

/// Its elements.
#[utoipa::path(get, path = "/messenger/draw.js", tag = "page", security(()),
    responses((status = 200, description = "A script.", content_type = "text/javascript")))]
async fn draw() -> impl IntoResponse {
    script(include_str!("../../assets/messenger/draw.js"))
}

/// Its look.
#[utoipa::path(get, path = "/messenger/style.css", tag = "page", security(()),
    responses((status = 200, description = "A style sheet.", content_type = "text/css")))]
async fn style() -> impl IntoResponse {
    (
        [(CONTENT_TYPE, "text/css; charset=utf-8")],
        asset(include_str!("../../assets/messenger/style.css")),
    )
}

fn script(text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], asset(text))
}
