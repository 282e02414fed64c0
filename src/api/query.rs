//! Queries of searches as clients write them: one test, or groups of tests in groups, read into a
//! `Filter` of whatever is searched.

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use utoipa::openapi::schema::{
    AdditionalProperties, AnyOfBuilder, ArrayBuilder, Schema, SchemaType, Type,
};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::api::ApiError;
use crate::api::loose::{flag, moment};
use crate::domain::search::{Filter, Kind, Operator, Wanted};

/// Groups within groups.
const LEVELS: usize = 3;
/// Tests, or groups, in a group.
const IN_GROUP: usize = 15;

/// A field that can be asked for, with what it can be asked for.
pub(super) type Fields<F> = fn(&str) -> Option<(F, Kind)>;
/// A word of a field's vocabulary as the desk has it.
pub(super) type Words<F> = fn(&F, String) -> String;

/// A query, not yet read.
#[derive(Debug, Deserialize)]
pub(super) struct Query(Value);

impl PartialSchema for Query {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(SchemaType::new(Type::String));
        let test = || {
            ObjectBuilder::new()
                .property("field", text())
                .property("operator", text())
                .property("value", Schema::default())
                .required("field")
                .required("operator")
                .additional_properties(Some(AdditionalProperties::FreeForm(true)))
        };
        let group = ObjectBuilder::new()
            .property("operator", text().enum_values(Some(["AND", "OR"])))
            .property("value", ArrayBuilder::new().items(test().build()).max_items(Some(IN_GROUP)))
            .required("operator")
            .required("value");
        AnyOfBuilder::new().item(test()).item(group).into()
    }
}

impl ToSchema for Query {}

fn invalid(code: &'static str, sentence: &str) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, code, sentence)
}

impl Query {
    pub fn read<F>(&self, fields: Fields<F>, words: Words<F>) -> Result<Filter<F>, ApiError> {
        read(&self.0, fields, words, 0)
    }
}

fn read<F>(
    query: &Value,
    fields: Fields<F>,
    words: Words<F>,
    level: usize,
) -> Result<Filter<F>, ApiError> {
    let word = |name: &str| query.get(name).and_then(Value::as_str);
    let operator = word("operator").ok_or_else(|| {
        invalid("operator_not_found", "A test has a field, an operator and a value.")
    })?;
    if let "AND" | "OR" | "and" | "or" = operator {
        let Some(Value::Array(parts)) = query.get("value") else {
            return Err(invalid("data_invalid", "The value of AND and OR is a list of tests."));
        };
        if level + 1 >= LEVELS || parts.len() > IN_GROUP {
            let sentence = "A query has two levels of groups, of up to 15 tests each.";
            return Err(invalid("data_invalid", sentence));
        }
        let parts = parts.iter().map(|p| read(p, fields, words, level + 1));
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        return Ok(if operator.eq_ignore_ascii_case("AND") {
            Filter::All(parts)
        } else {
            Filter::Any(parts)
        });
    }
    let name = word("field").ok_or_else(|| invalid("field_not_found", "A test has a field."))?;
    let (field, kind) = fields(name).ok_or_else(|| {
        invalid("invalid_field", &format!("\"{name}\" is no field that can be searched.")).on(name)
    })?;
    let operator = Operator::from_sign(operator).filter(|o| kind.allows(*o)).ok_or_else(|| {
        invalid("data_invalid", &format!("\"{operator}\" means nothing for {name}.")).on(name)
    })?;
    let value = query.get("value").unwrap_or(&Value::Null);
    let wanted = wanted(value, kind).ok_or_else(|| {
        invalid("data_invalid", &format!("The value is nothing that {name} can be.")).on(name)
    })?;
    let wanted = match wanted {
        Wanted::Words(all) => Wanted::Words(all.into_iter().map(|w| words(&field, w)).collect()),
        other => other,
    };
    Ok(Filter::Test { field, operator, wanted })
}

/// A value, loosely written. Null is no value at all.
fn wanted(value: &Value, kind: Kind) -> Option<Wanted> {
    match (kind, value) {
        (_, Value::Null) => Some(Wanted::Words(Vec::new())),
        (Kind::Flag, value) => flag(value).map(Wanted::Flag),
        (Kind::Moment, value) => moment(value).map(Wanted::Moment),
        (_, Value::Array(all)) => all.iter().map(text).collect::<Option<_>>().map(Wanted::Words),
        (_, one) => text(one).map(|t| Wanted::Words(vec![t])),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
