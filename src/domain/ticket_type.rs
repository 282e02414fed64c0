//! Ticket types: one for each category from the start, more by name, each with attributes of its
//! own. The four states belong to every type alike (S1).

use serde::Serialize;
use serde_json::Value;

use crate::domain::refusal::Refusal;
use crate::domain::text::{clean_body, clean_line};
use crate::domain::{Category, TicketTypeId, Time};

/// The attribute that is a ticket's title.
pub const TITLE: &str = "_default_title_";
/// The attribute that is what a ticket is about.
pub const DESCRIPTION: &str = "_default_description_";

impl TicketTypeId {
    /// The type that a category has from the start.
    #[must_use]
    pub const fn default_of(category: Category) -> Self {
        match category {
            Category::Customer => Self(1),
            Category::BackOffice => Self(2),
            Category::Tracker => Self(3),
        }
    }
}

/// A type of tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TicketType {
    pub id: TicketTypeId,
    pub category: Category,
    pub name: String,
    pub description: String,
    /// An emoji, or empty.
    pub icon: String,
    pub archived: bool,
    /// Beside title and description, which every type has.
    pub attributes: Vec<TypeAttribute>,
    pub created_at: Time,
    pub updated_at: Time,
}

/// An attribute that the tickets of a type can have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TypeAttribute {
    pub id: i64,
    pub name: String,
    pub description: String,
    pub data_type: DataType,
    /// Of a list: what can be chosen.
    pub options: Vec<String>,
    /// A new ticket must have it.
    pub required: bool,
    pub archived: bool,
    pub created_at: Time,
    pub updated_at: Time,
}

/// What an attribute can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DataType {
    String,
    Integer,
    Decimal,
    Boolean,
    /// Whole seconds since 1970.
    Datetime,
    List,
}

impl DataType {
    pub const ALL: [Self; 6] =
        [Self::String, Self::Integer, Self::Decimal, Self::Boolean, Self::Datetime, Self::List];

    /// The word in the database and in the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Boolean => "boolean",
            Self::Datetime => "datetime",
            Self::List => "list",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.code() == code)
    }
}

impl TicketType {
    /// Checks the attributes a ticket of this type is given; texts are cleaned, and values that
    /// clients write as texts (`"42"`, `"true"`) become what they mean.
    ///
    /// # Errors
    /// [`Refusal::NoSuchAttribute`] or [`Refusal::AttributeWants`].
    pub fn checked(&self, name: &str, value: &Value) -> Result<Value, Refusal> {
        let attribute = self.attributes.iter().find(|a| a.name == name && !a.archived);
        match attribute {
            Some(_) if value.is_null() => Ok(Value::Null),
            Some(attribute) => attribute.checked(value),
            None => Err(Refusal::NoSuchAttribute {
                name: clean_line(name).chars().take(100).collect(),
                kind: self.name.clone(),
            }),
        }
    }

    /// # Errors
    /// [`Refusal::AttributeMissing`] when a new ticket lacks what its type requires.
    pub fn complete(&self, given: &[(String, Value)]) -> Result<(), Refusal> {
        let missing = self
            .attributes
            .iter()
            .filter(|a| a.required && !a.archived)
            .find(|a| !given.iter().any(|(name, value)| *name == a.name && !value.is_null()));
        missing.map_or(Ok(()), |a| {
            Err(Refusal::AttributeMissing { name: a.name.clone(), kind: self.name.clone() })
        })
    }
}

impl TypeAttribute {
    fn checked(&self, value: &Value) -> Result<Value, Refusal> {
        let (read, wants) = match self.data_type {
            DataType::String => (text(value).map(Value::from), "a text".to_owned()),
            DataType::Integer => (whole(value).map(Value::from), "a whole number".into()),
            DataType::Decimal => (decimal(value), "a number".into()),
            DataType::Boolean => (flag(value).map(Value::from), "true or false".into()),
            DataType::Datetime => {
                (whole(value).map(Value::from), "a time, in seconds since 1970".into())
            }
            DataType::List => (
                text(value).filter(|t| self.options.contains(t)).map(Value::from),
                format!("one of: {}", self.options.join(", ")),
            ),
        };
        read.ok_or_else(|| Refusal::AttributeWants { name: self.name.clone(), wants })
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(s) => Some(clean_body(s)),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(b) => Some(b.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn decimal(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(s) => serde_json::Number::from_f64(s.trim().parse().ok()?).map(Value::from),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn flag(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| value.as_str()?.trim().parse().ok())
}

/// A value as people read it.
#[must_use]
pub fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(s) => s.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn attribute(data_type: DataType) -> TypeAttribute {
        let at = Time::from_timestamp(0, 0).unwrap();
        TypeAttribute {
            id: 1,
            name: "Size".into(),
            description: String::new(),
            data_type,
            options: vec!["small".into(), "large".into()],
            required: true,
            archived: false,
            created_at: at,
            updated_at: at,
        }
    }

    #[test]
    fn values_become_what_they_mean_or_are_refused() {
        for (data_type, given, kept) in [
            (DataType::String, json!("a\u{1b}[31mb"), Some(json!("ab"))),
            (DataType::String, json!(4), Some(json!("4"))),
            (DataType::String, json!(["a"]), None),
            (DataType::Integer, json!("42"), Some(json!(42))),
            (DataType::Integer, json!(4.5), None),
            (DataType::Decimal, json!("4.5"), Some(json!(4.5))),
            (DataType::Decimal, json!("NaN"), None),
            (DataType::Boolean, json!("true"), Some(json!(true))),
            (DataType::Boolean, json!("yes"), None),
            (DataType::Datetime, json!(1_780_000_000), Some(json!(1_780_000_000))),
            (DataType::List, json!("large"), Some(json!("large"))),
            (DataType::List, json!("huge"), None),
        ] {
            assert_eq!(attribute(data_type).checked(&given).ok(), kept, "{data_type:?} {given}");
        }
    }
}
