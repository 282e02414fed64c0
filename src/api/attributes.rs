//! Attributes that clients give a ticket: title and description, which every type has, and those of
//! its own type by name. What the type does not have is refused later, by the desk.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::api::texts::{self, Line, Text, Title};
use crate::domain::text::TITLE_CHARS;
use crate::domain::ticket_type::{DESCRIPTION, TITLE, shown};

/// Attributes that are to be changed; a title that is given has something to read in it.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    pub title: Option<String>,
    pub description: Option<String>,
    /// Of the ticket's type.
    pub own: Map<String, Value>,
}

/// Attributes of a new ticket, whose title may be missing or empty.
#[derive(Debug, Default)]
pub(super) struct NewAttributes(pub Attributes);

/// Takes out a text, or what clients write for one.
fn take(given: &mut Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match given.remove(name) {
        Some(Value::Array(_) | Value::Object(_)) => Err(format!("{name} is a text")),
        value => Ok(value.map(|v| shown(&v))),
    }
}

fn read<E: serde::de::Error>(mut given: Map<String, Value>) -> Result<Attributes, E> {
    let title = take(&mut given, TITLE).map_err(E::custom)?;
    let description = take(&mut given, DESCRIPTION).map_err(E::custom)?;
    Ok(Attributes { title, description, own: given })
}

/// A title within the bounds of a `T`.
fn bounded<T: for<'a> Deserialize<'a>, E: serde::de::Error>(
    title: Option<String>,
    text: fn(T) -> String,
) -> Result<Option<String>, E> {
    let read = title.map(|title| T::deserialize(Value::from(title)).map(text)).transpose();
    read.map_err(|wrong| E::custom(format!("{TITLE}: {wrong}")))
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut read: Self = read(Map::deserialize(from)?)?;
        read.title = bounded(read.title, |Text(title): Title| title)?;
        Ok(read)
    }
}

impl<'de> Deserialize<'de> for NewAttributes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut read: Attributes = read(Map::deserialize(from)?)?;
        read.title = bounded(read.title, |Line(title): Line<TITLE_CHARS>| title)?;
        Ok(Self(read))
    }
}

/// A number or a flag, for a text.
fn other(kinds: &[Type]) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(kinds.iter().cloned().collect::<SchemaType>())
}

fn schema(title: RefOr<Schema>, others: &[Type]) -> RefOr<Schema> {
    let about = other(&[Type::String, Type::Number, Type::Boolean, Type::Null]);
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::Object))
        .property(TITLE, AnyOfBuilder::new().item(title).item(other(others)))
        .property(DESCRIPTION, about.description(Some("Plain text or HTML, up to 64 KiB.")))
        .description(Some("By name: title, description, and those of the ticket's type."))
        .into()
}

impl PartialSchema for Attributes {
    fn schema() -> RefOr<Schema> {
        schema(Title::schema(), &[Type::Number, Type::Boolean])
    }
}

impl ToSchema for Attributes {
    fn name() -> Cow<'static, str> {
        "ticket_attributes_request".into()
    }
}

impl PartialSchema for NewAttributes {
    fn schema() -> RefOr<Schema> {
        let line = texts::text().max_length(Some(TITLE_CHARS));
        schema(line.into(), &[Type::Number, Type::Boolean, Type::Null])
    }
}

impl ToSchema for NewAttributes {
    fn name() -> Cow<'static, str> {
        "new_ticket_attributes_request".into()
    }
}
