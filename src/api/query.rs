//! Queries of searches as clients write them: one test, or groups of tests in groups, read into a
//! `Filter` of whatever is searched.

use std::borrow::Cow;
use std::marker::PhantomData;

use axum::http::StatusCode;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::api::ApiError;
use crate::api::loose::{Flag, Moment, flag, moment};
use crate::api::texts;
use crate::domain::search::{Filter, Kind, Operator, Wanted};

/// Groups within groups.
const LEVELS: usize = 3;
/// Tests, or groups, in a group.
const IN_GROUP: usize = 15;
/// The operators of groups.
const GROUPS: [&str; 4] = ["AND", "OR", "and", "or"];

/// The fields of something that is searched.
pub(super) trait Searchable: Clone + 'static {
    /// What a query is called in the description.
    const NAME: &'static str;
    /// The fields there are, with what each can be asked for.
    const FIELDS: &'static [(&'static str, Self, Kind)];
    /// What the names of further fields begin with, whose values may be of any kind.
    const OTHERS: Option<&'static str>;

    /// A further field, by the rest of its name.
    fn other(rest: &str) -> Option<Self>;

    /// A word of the field's vocabulary as the desk has it.
    fn word(&self, given: String) -> String {
        given
    }
}

/// A query, not yet read.
#[derive(Debug)]
pub(super) struct Query<F>(Value, PhantomData<F>);

impl<'de, F> Deserialize<'de> for Query<F> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Value::deserialize(from).map(|value| Self(value, PhantomData))
    }
}

fn of(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(kind))
}

/// What a field of this kind is compared with; nothing at all, too.
fn value(kind: Kind) -> AnyOfBuilder {
    let any = AnyOfBuilder::new().item(of(Type::Null));
    match kind {
        Kind::Flag => any.item(Flag::schema()),
        Kind::Moment => any.item(Moment::schema()),
        Kind::Id | Kind::Word | Kind::Text | Kind::Any => {
            let one = SchemaType::from_iter([Type::String, Type::Number, Type::Boolean]);
            let one = ObjectBuilder::new().schema_type(one).build();
            any.item(one.clone()).item(ArrayBuilder::new().items(one))
        }
    }
}

/// Every test there can be: the fields of one kind, with its operators and values.
fn tests<F: Searchable>() -> Vec<ObjectBuilder> {
    let test = |kind: Kind, field: ObjectBuilder| {
        let signs = Operator::SIGNS.iter().filter(|(_, operator)| kind.allows(*operator));
        ObjectBuilder::new()
            .property("field", field)
            .property("operator", texts::text().enum_values(Some(signs.map(|(sign, _)| *sign))))
            .property("value", value(kind))
            .required("field")
            .required("operator")
    };
    let known = Kind::ALL.into_iter().filter_map(|kind| {
        let mut names = F::FIELDS.iter().filter(|(_, _, k)| *k == kind).map(|(name, ..)| *name);
        let names = texts::text().enum_values(Some([names.next()?].into_iter().chain(names)));
        Some(test(kind, names))
    });
    let others = F::OTHERS.map(|begin| {
        let pattern = format!("^{}", begin.replace('.', "[.]"));
        test(Kind::Any, texts::text().pattern(Some(pattern)))
    });
    known.chain(others).collect()
}

fn level<F: Searchable>(groups: usize) -> AnyOfBuilder {
    let any = tests::<F>().into_iter().fold(AnyOfBuilder::new(), AnyOfBuilder::item);
    if groups == 0 {
        return any;
    }
    let parts = ArrayBuilder::new().items(level::<F>(groups - 1)).max_items(Some(IN_GROUP));
    any.item(
        ObjectBuilder::new()
            .property("operator", texts::text().enum_values(Some(GROUPS)))
            .property("value", parts)
            .required("operator")
            .required("value"),
    )
}

impl<F: Searchable> PartialSchema for Query<F> {
    fn schema() -> RefOr<Schema> {
        level::<F>(LEVELS - 1).into()
    }
}

impl<F: Searchable> ToSchema for Query<F> {
    fn name() -> Cow<'static, str> {
        F::NAME.into()
    }
}

fn invalid(code: &'static str, sentence: &str) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, code, sentence)
}

impl<F: Searchable> Query<F> {
    pub fn read(&self) -> Result<Filter<F>, ApiError> {
        read(&self.0, 0)
    }
}

fn field<F: Searchable>(name: &str) -> Option<(F, Kind)> {
    let known = F::FIELDS.iter().find(|(known, ..)| *known == name);
    known.map(|(_, field, kind)| (field.clone(), *kind)).or_else(|| {
        let rest = name.strip_prefix(F::OTHERS?)?;
        F::other(rest).map(|field| (field, Kind::Any))
    })
}

fn read<F: Searchable>(query: &Value, level: usize) -> Result<Filter<F>, ApiError> {
    let word = |name: &str| query.get(name).and_then(Value::as_str);
    let operator = word("operator").ok_or_else(|| {
        invalid("operator_not_found", "A test has a field, an operator and a value.")
    })?;
    if GROUPS.contains(&operator) {
        let Some(Value::Array(parts)) = query.get("value") else {
            return Err(invalid("data_invalid", "The value of AND and OR is a list of tests."));
        };
        if level + 1 >= LEVELS || parts.len() > IN_GROUP {
            let sentence = "A query has two levels of groups, of up to 15 tests each.";
            return Err(invalid("data_invalid", sentence));
        }
        let parts = parts.iter().map(|p| read(p, level + 1));
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        return Ok(if operator.eq_ignore_ascii_case("AND") {
            Filter::All(parts)
        } else {
            Filter::Any(parts)
        });
    }
    let name = word("field").ok_or_else(|| invalid("field_not_found", "A test has a field."))?;
    let (field, kind) = field::<F>(name).ok_or_else(|| {
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
        Wanted::Words(all) => Wanted::Words(all.into_iter().map(|w| field.word(w)).collect()),
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
