//! The team: who there is, and whose the token is.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::acting::{known, missing, run, teammate};
use crate::api::loose::Loose;
use crate::api::{ApiError, App, Json, Path, Team};
use crate::desk::Desk;
use crate::domain::Teammate;

/// The whole team, as the one team there is: what is assigned to nobody is everybody's.
const TEAM: &str = "0";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(me))
        .routes(routes!(admins))
        .routes(routes!(admin))
        .routes(routes!(teams))
        .routes(routes!(team))
}

/// A teammate.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = admin)]
struct AdminBody {
    r#type: &'static str,
    id: String,
    name: String,
    /// A desk knows no addresses of its team.
    email: Option<String>,
    job_title: Option<String>,
    away_mode_enabled: bool,
    away_mode_reassign: bool,
    has_inbox_seat: bool,
    team_ids: Vec<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<AppBody>,
}

/// The desk.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = app)]
struct AppBody {
    r#type: &'static str,
    id_code: &'static str,
    name: String,
    timezone: &'static str,
    secure: bool,
    identity_verification: bool,
}

impl AdminBody {
    fn of(teammate: Teammate) -> Self {
        Self {
            r#type: "admin",
            id: teammate.id.0.to_string(),
            name: teammate.name,
            email: None,
            job_title: None,
            away_mode_enabled: false,
            away_mode_reassign: false,
            has_inbox_seat: true,
            team_ids: vec![0],
            app: None,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = admin_list)]
struct AdminList {
    r#type: &'static str,
    admins: Vec<AdminBody>,
}

/// Whose the token is; an admin's is the program's own.
#[utoipa::path(
    get,
    path = "/me",
    responses((status = 200, description = "The one in whose name it acts.", body = AdminBody))
)]
async fn me(app: State<App>, Team(who): Team) -> Result<Json<AdminBody>, ApiError> {
    run(&app, move |desk, now| {
        let mut body = AdminBody::of(teammate(desk, &who, None, now)?);
        body.app = Some(AppBody {
            r#type: "app",
            id_code: super::WORKSPACE,
            name: desk.messenger_settings()?.name,
            timezone: "Etc/UTC",
            secure: false,
            identity_verification: false,
        });
        Ok(Json(body))
    })
    .await
}

/// All teammates.
#[utoipa::path(
    get,
    path = "/admins",
    responses((status = 200, description = "The teammates, by name.", body = AdminList))
)]
async fn admins(app: State<App>, Team(_): Team) -> Result<Json<AdminList>, ApiError> {
    run(&app, |desk, _| {
        let admins = desk.teammates()?.into_iter().map(AdminBody::of).collect();
        Ok(Json(AdminList { r#type: "admin.list", admins }))
    })
    .await
}

/// A teammate.
#[utoipa::path(
    get,
    path = "/admins/{id}",
    params(("id" = String, Path)),
    responses((status = 200, description = "The teammate.", body = AdminBody))
)]
async fn admin(
    app: State<App>,
    Team(_): Team,
    Path(id): Path<String>,
) -> Result<Json<AdminBody>, ApiError> {
    run(&app, move |desk, _| {
        known(desk, &Loose(id), "admin_not_found").map(|t| Json(AdminBody::of(t)))
    })
    .await
}

/// The team as a whole.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = team)]
struct TeamBody {
    r#type: &'static str,
    id: &'static str,
    name: String,
    admin_ids: Vec<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = team_list)]
struct TeamList {
    r#type: &'static str,
    teams: Vec<TeamBody>,
}

fn whole(desk: &Desk) -> Result<TeamBody, ApiError> {
    Ok(TeamBody {
        r#type: "team",
        id: TEAM,
        name: desk.messenger_settings()?.name,
        admin_ids: desk.teammates()?.into_iter().map(|t| t.id.0).collect(),
    })
}

/// The teams: there is one, and all are in it.
#[utoipa::path(
    get,
    path = "/teams",
    responses((status = 200, description = "The one team.", body = TeamList))
)]
async fn teams(app: State<App>, Team(_): Team) -> Result<Json<TeamList>, ApiError> {
    run(&app, |desk, _| Ok(Json(TeamList { r#type: "team.list", teams: vec![whole(desk)?] }))).await
}

/// A team.
#[utoipa::path(
    get,
    path = "/teams/{id}",
    params(("id" = String, Path)),
    responses((status = 200, description = "The team.", body = TeamBody))
)]
async fn team(
    app: State<App>,
    Team(_): Team,
    Path(id): Path<String>,
) -> Result<Json<TeamBody>, ApiError> {
    if id != TEAM {
        return Err(missing("team"));
    }
    run(&app, |desk, _| whole(desk).map(Json)).await
}
