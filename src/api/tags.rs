//! Tags: words that tickets have, each with a number.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::acting::{missing, run};
use crate::api::{ApiError, App, Json, Path, Team, texts};
use crate::desk::tags::Tag;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, make)).routes(routes!(get))
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = tag)]
pub(super) struct TagBody {
    r#type: &'static str,
    id: String,
    name: String,
}

impl TagBody {
    pub fn of(tag: Tag) -> Self {
        Self { r#type: "tag", id: tag.id.to_string(), name: tag.name }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = tag_list)]
struct TagList {
    r#type: &'static str,
    data: Vec<TagBody>,
}

/// All tags.
#[utoipa::path(
    get,
    path = "/tags",
    responses((status = 200, description = "The tags, by name.", body = TagList))
)]
async fn list(app: State<App>, Team(_): Team) -> Result<Json<TagList>, ApiError> {
    run(&app, |desk, _| {
        let data = desk.tags()?.into_iter().map(TagBody::of).collect();
        Ok(Json(TagList { r#type: "list", data }))
    })
    .await
}

/// A tag that is to be there.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = create_tag_request)]
struct Wanted {
    /// One word, of at most 40 characters.
    name: texts::Tag,
}

/// Makes a tag, or finds it.
#[utoipa::path(
    post,
    path = "/tags",
    request_body = Wanted,
    responses((status = 200, description = "The tag.", body = TagBody))
)]
async fn make(
    app: State<App>,
    Team(_): Team,
    Json(wanted): Json<Wanted>,
) -> Result<Json<TagBody>, ApiError> {
    run(&app, move |desk, _| Ok(Json(TagBody::of(desk.tag_named(&wanted.name.0)?)))).await
}

/// A tag by its number.
#[utoipa::path(
    get,
    path = "/tags/{id}",
    params(("id" = String, Path)),
    responses((status = 200, description = "The tag.", body = TagBody))
)]
async fn get(
    app: State<App>,
    Team(_): Team,
    Path(id): Path<String>,
) -> Result<Json<TagBody>, ApiError> {
    run(&app, move |desk, _| {
        let tag = id.parse::<i64>().ok().map(|n| desk.tag(n)).transpose()?.flatten();
        tag.map(|t| Json(TagBody::of(t))).ok_or_else(|| missing("tag"))
    })
    .await
}
