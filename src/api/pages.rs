//! Pages of what was found: how many a request wants, where it begins, and where the next begins.
//! A cursor names the last thing of the page before it, and the page's number.

use std::borrow::Cow;

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::api::ApiError;
use crate::api::loose::{Loose, number};
use crate::api::texts::text;

/// Things on a page, if nothing is said.
const PER_PAGE: usize = 20;
/// At most.
const PER_PAGE_MOST: usize = 150;

/// Which page is wanted.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = pagination)]
pub(super) struct Pagination {
    /// 1 to 150; 20 if not given.
    pub per_page: Option<PerPage>,
    /// The cursor of the page before; nothing for the first.
    pub starting_after: Option<Cursor>,
}

/// How many things a page is to have.
#[derive(Debug, Deserialize)]
pub(super) struct PerPage(Loose);

/// Where a page begins, as an earlier answer said it; an empty text is the first page.
#[derive(Debug, Deserialize)]
pub(super) struct Cursor(String);

impl PartialSchema for PerPage {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(SchemaType::new(Type::Integer));
        let words = text().pattern(Some("^([1-9][0-9]?|1[0-4][0-9]|150)$"));
        let number = number.minimum(Some(1)).maximum(Some(PER_PAGE_MOST as f64));
        AnyOfBuilder::new().item(number).item(words).into()
    }
}

impl ToSchema for PerPage {
    fn name() -> Cow<'static, str> {
        "per_page".into()
    }
}

impl PartialSchema for Cursor {
    fn schema() -> RefOr<Schema> {
        text().pattern(Some("^([1-9][0-9]{0,17}[.]([2-9]|[1-9][0-9]{1,8}))?$")).into()
    }
}

impl ToSchema for Cursor {
    fn name() -> Cow<'static, str> {
        "cursor".into()
    }
}

/// Where a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub per_page: usize,
    /// The number of the last thing of the page before.
    pub after: Option<i64>,
    page: usize,
}

/// Where this page is among all.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = pages)]
pub(super) struct Pages {
    r#type: &'static str,
    page: usize,
    per_page: usize,
    total_pages: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Next>,
}

/// What to ask for next.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = next_page)]
struct Next {
    per_page: usize,
    starting_after: String,
}

impl Pagination {
    pub fn at(&self) -> Result<At, ApiError> {
        let per_page = match &self.per_page {
            None => PER_PAGE,
            Some(PerPage(given)) => {
                let n = given.number().and_then(|n| usize::try_from(n).ok());
                n.filter(|n| (1..=PER_PAGE_MOST).contains(n)).ok_or_else(|| {
                    let sentence = "per_page is a whole number from 1 to 150.";
                    ApiError::new(StatusCode::BAD_REQUEST, "invalid_per_page", sentence)
                        .on("per_page")
                })?
            }
        };
        let Some(cursor) = self.starting_after.as_ref().map(|c| &c.0).filter(|c| !c.is_empty())
        else {
            return Ok(At { per_page, after: None, page: 1 });
        };
        let read = cursor.split_once('.').and_then(|(after, page)| {
            let after = number(after).filter(|n| *n > 0)?;
            let page = number(page).filter(|p| (2..1_000_000_000).contains(p))?;
            Some((after, usize::try_from(page).ok()?))
        });
        let (after, page) = read.ok_or_else(|| {
            ApiError::invalid("starting_after is no cursor of an earlier answer.")
                .on("starting_after")
        })?;
        Ok(At { per_page, after: Some(after), page })
    }
}

impl At {
    /// The page of an answer that ends with the number `last`, if there is `more`.
    pub fn pages(self, total: usize, last: Option<i64>, more: bool) -> Pages {
        let next = last.filter(|_| more).map(|last| Next {
            per_page: self.per_page,
            starting_after: format!("{last}.{}", self.page + 1),
        });
        Pages {
            r#type: "pages",
            page: self.page,
            per_page: self.per_page,
            total_pages: total.div_ceil(self.per_page),
            next,
        }
    }
}
