//! Files of replies and notes over HTTP: sent along in base 64, and loaded one by one.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::acting::{missing, run, ticket_id};
use crate::api::loose::Object;
use crate::api::{ApiError, App, Path, Team};
use crate::desk::Desk;
use crate::domain::{Attachment, Part, PartId};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(load))
}

/// The last character may carry bits that nothing is made of.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// A file that is sent along.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = attachment_file)]
pub(super) struct WantedFile {
    name: String,
    /// In base 64.
    #[schema(pattern = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$")]
    data: String,
    /// Proves nothing: the type is told by the content.
    #[serde(rename = "content_type")]
    _content_type: Option<String>,
}

/// A file of a part.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = part_attachment)]
pub(super) struct FileBody {
    r#type: &'static str,
    name: String,
    /// Where it is loaded from, with the same token.
    url: String,
    content_type: String,
    filesize: u64,
}

impl FileBody {
    pub fn all(part: &Part) -> Vec<Self> {
        let of = |(n, file): (usize, &Attachment)| Self {
            r#type: "upload",
            name: file.name.clone(),
            url: format!("/tickets/{}/parts/{}/files/{n}", part.ticket_id.0, part.id.0),
            content_type: file.mime.clone(),
            filesize: file.size,
        };
        part.files.iter().enumerate().map(of).collect()
    }
}

/// Keeps the files of a reply.
pub(super) fn keep(
    desk: &Desk,
    files: Vec<Object<WantedFile>>,
) -> Result<Vec<Attachment>, ApiError> {
    let keep = |Object(file): Object<WantedFile>| {
        let wrong = |_| ApiError::invalid("A file's data is not base 64.").on("attachment_files");
        let bytes = BASE64.decode(file.data.as_bytes()).map_err(wrong)?;
        Ok(desk.keep_file(&file.name, bytes)?)
    };
    files.into_iter().map(keep).collect()
}

/// A file of a part, by its place, from 0.
#[utoipa::path(
    get,
    path = "/tickets/{id}/parts/{part_id}/files/{n}",
    params(("id" = String, Path), ("part_id" = String, Path), ("n" = String, Path)),
    responses(
        (status = 200, description = "Its bytes.", content_type = "application/octet-stream")
    )
)]
async fn load(
    app: State<App>,
    Team(_): Team,
    Path((id, part, n)): Path<(String, String, String)>,
) -> Result<impl IntoResponse, ApiError> {
    let id = ticket_id(&id)?;
    let (Ok(part), Ok(n)) = (part.parse::<i64>(), n.parse::<usize>()) else {
        return Err(missing("file"));
    };
    run(&app, move |desk, _| {
        let found = desk.attachment(id, PartId(part), n)?;
        let (_, bytes) = found.ok_or_else(|| missing("file"))?;
        // Never shown by a browser, whatever it says it is.
        let headers =
            [(CONTENT_TYPE, "application/octet-stream"), (CONTENT_DISPOSITION, "attachment")];
        Ok((headers, bytes))
    })
    .await
}
