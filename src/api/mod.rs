//! The HTTP API: the desk's use cases for other programs, and the customer's own way in.
//!
//! Every route is registered together with its description, so `/openapi.json` cannot forget one.
//! Every failure is an `error.list` with a sentence. Without a token everything is 401.

mod acting;
mod admins;
mod attributes;
pub mod auth;
pub mod body;
mod contacts;
pub mod error;
mod files;
mod guard;
mod html;
mod limits;
mod loose;
mod messenger;
mod new_tickets;
mod page;
mod pages;
mod query;
mod replies;
mod search;
pub mod server;
mod shapes;
mod streams;
mod tags;
mod texts;
mod ticket_changes;
mod tickets;
mod tokens;
mod type_shapes;
mod types;
mod version;
pub mod webhooks;

use std::sync::{Arc, LazyLock, OnceLock};

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema as _};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use auth::{Customer, Team};
pub use body::{Json, Path, Query};
pub use error::ApiError;
pub use guard::Hosts;
pub use streams::Streams;

use acting::Who;
use limits::Limits;

use crate::clock::Clock;
use crate::desk::{Desk, DeskError};
use crate::domain::{TicketType, Time};

/// The id of the desk, where others have many.
const WORKSPACE: &str = "deskbell";

/// How much is served at once, and how often a token may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Connections at once, streams of events included.
    pub connections: usize,
    /// Requests of one token in ten seconds.
    pub requests: u32,
}

impl Default for Bounds {
    /// 10,000 requests a minute are these in ten seconds.
    fn default() -> Self {
        Self { connections: 800, requests: 10_000 / 6 }
    }
}

/// What every handler has at hand. Clones share it.
#[derive(Debug, Clone)]
pub struct App {
    desk: Desk,
    clock: Clock,
    hosts: Arc<Hosts>,
    bounds: Bounds,
    streams: Arc<Streams>,
    /// One watch of the desk for all streams, begun with the first of them.
    changes: Arc<OnceLock<watch::Receiver<u64>>>,
    stop: CancellationToken,
}

impl App {
    #[must_use]
    pub fn new(desk: Desk, clock: Clock, hosts: Hosts) -> Self {
        Self {
            desk,
            clock,
            hosts: Arc::new(hosts),
            bounds: Bounds::default(),
            streams: Arc::default(),
            changes: Arc::default(),
            stop: CancellationToken::new(),
        }
    }

    /// The same, within other bounds.
    #[must_use]
    pub fn within(self, bounds: Bounds) -> Self {
        Self { bounds, ..self }
    }

    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    #[must_use]
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    #[must_use]
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Runs a use case beside the asynchronous tasks: the desk blocks its caller.
    ///
    /// # Errors
    /// What the use case says, as the one who asked over HTTP reads it.
    pub async fn blocking<R: Send + 'static>(
        &self,
        use_case: impl FnOnce(&Desk, Time) -> Result<R, DeskError> + Send + 'static,
    ) -> Result<R, ApiError> {
        let app = self.clone();
        match tokio::task::spawn_blocking(move || use_case(&app.desk, app.clock.now())).await {
            Ok(done) => done.map_err(ApiError::from),
            Err(ended) => Err(ApiError::internal(&format!("a use case ended early: {ended}"))),
        }
    }

    /// The streams of events that are open.
    #[must_use]
    pub fn streams(&self) -> &Arc<Streams> {
        &self.streams
    }

    /// Says "look again" for every change of the desk, by whatever program.
    ///
    /// # Errors
    /// What the desk says.
    pub async fn changes(&self) -> Result<watch::Receiver<u64>, ApiError> {
        if let Some(known) = self.changes.get() {
            return Ok(known.clone());
        }
        let begun = self.blocking(|desk, _| desk.changes()).await?;
        Ok(self.changes.get_or_init(|| begun).clone())
    }

    /// The same, with a signal at which what stays open ends: streams of events.
    #[must_use]
    pub fn until(self, stop: CancellationToken) -> Self {
        Self { stop, ..self }
    }

    /// Resolves when the program is about to stop.
    pub async fn stopped(&self) {
        self.stop.cancelled().await;
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "deskbell",
        description = "A help desk that knows what the customer knows.",
    ),
    modifiers(&Secured),
    security(("token" = []))
)]
struct Description;

struct Secured;

impl Modify for Secured {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token made by `deskbell token new`."))
            .build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// All that needs a token. A new room of routes is merged here.
fn closed() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(openapi))
        .merge(messenger::routes())
        .merge(tokens::routes())
        .merge(tickets::routes())
        .merge(replies::routes())
        .merge(files::routes())
        .merge(new_tickets::routes())
        .merge(ticket_changes::routes())
        .merge(search::routes())
        .merge(types::routes())
        .merge(contacts::routes())
        .merge(admins::routes())
        .merge(tags::routes())
}

/// What a browser loads before it has a token; holds no data.
fn open() -> OpenApiRouter<App> {
    page::routes()
}

/// The description of all routes.
#[must_use]
pub fn description() -> utoipa::openapi::OpenApi {
    let mut described = closed().into_openapi();
    described.merge(open().into_openapi());
    error::describe(&mut described);
    described
}

/// The description that a desk with these types gives of itself: it names them.
fn description_of(types: &[TicketType]) -> String {
    static ALL: LazyLock<utoipa::openapi::OpenApi> = LazyLock::new(description);
    let mut described = ALL.clone();
    let schemas = &mut described.components.get_or_insert_default().schemas;
    schemas.insert(types::TypeId::name().into(), types::TypeId::among(types));
    described.to_json().unwrap_or_default()
}

/// The whole of the API on one desk.
pub fn router(app: App) -> Router {
    let (closed, _) = closed().split_for_parts();
    let (open, _) = open().split_for_parts();
    let refuse = || async { ApiError::method_not_allowed() };
    let asked = Arc::new(Limits::new(app.bounds.requests));
    let closed = closed
        .fallback(async || ApiError::not_found())
        .method_not_allowed_fallback(refuse)
        .layer(from_fn_with_state((app.clone(), asked), limits::limit))
        .layer(from_fn_with_state(app.clone(), auth::authenticate))
        .layer(from_fn(version::echo));
    closed
        .merge(open.method_not_allowed_fallback(refuse))
        .layer(from_fn(page::instead))
        .layer(from_fn_with_state(app.clone(), guard::host))
        .layer(from_fn(guard::headers))
        .layer(from_fn(guard::panics))
        .with_state(app)
}

/// This description. To the team it names the ticket types there are now.
#[utoipa::path(
    get,
    path = "/openapi.json",
    responses((status = 200, description = "OpenAPI 3.1.", content_type = "application/json"))
)]
async fn openapi(app: State<App>, who: Who) -> Result<impl IntoResponse, ApiError> {
    static TEXT: LazyLock<String> = LazyLock::new(|| description().to_json().unwrap_or_default());
    let text = match who {
        Who::Customer(_) => TEXT.clone(),
        Who::Team(_) => description_of(&app.blocking(|desk, _| desk.ticket_types()).await?),
    };
    Ok(([(CONTENT_TYPE, "application/json")], text))
}
