//! Values as clients write them: numbers as texts, texts as numbers, flags as `"true"`. Each is
//! read for what it means, and described as just that wide.

use std::marker::PhantomData;

use chrono::TimeZone as _;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use utoipa::openapi::schema::{AnyOfBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::Time;

/// The last second of the year 9999.
const LAST_SECOND: i64 = 253_402_300_799;

fn of(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(kind))
}

/// What JSON calls an object. Read by itself, a structure of Rust's can be a list, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Entries(PhantomData)).map(Self)
    }
}

struct Entries<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

/// One of these numbers, or the text of one.
pub(super) fn one_of<'a>(ids: impl IntoIterator<Item = &'a str>) -> RefOr<Schema> {
    let (words, numbers): (Vec<_>, Vec<_>) =
        ids.into_iter().map(|id| (id, number(id).unwrap_or_default())).unzip();
    let words = of(Type::String).enum_values(Some(words));
    AnyOfBuilder::new().item(words).item(of(Type::Integer).enum_values(Some(numbers))).into()
}

/// A text, or a number written down as one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Loose(pub String);

impl Loose {
    /// The number it is; `None` for a text that is none.
    pub fn number(&self) -> Option<i64> {
        number(&self.0)
    }
}

/// The number that a text is, written as numbers are: no sign, no zero before it.
pub(super) fn number(text: &str) -> Option<i64> {
    text.parse::<i64>().ok().filter(|n| *n >= 0 && n.to_string() == text)
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match Value::deserialize(from)? {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => match number.as_f64().filter(|n| n.fract() == 0.0) {
                // JSON knows one kind of numbers: 7.0 is 7.
                Some(whole) if number.is_f64() => Ok(Self(format!("{whole:.0}"))),
                Some(_) => Ok(Self(number.to_string())),
                None => Err(D::Error::custom("expected a text or a whole number")),
            },
            _ => Err(D::Error::custom("expected a text or a whole number")),
        }
    }
}

impl PartialSchema for Loose {
    fn schema() -> RefOr<Schema> {
        AnyOfBuilder::new().item(of(Type::String)).item(of(Type::Integer)).into()
    }
}

impl ToSchema for Loose {}

/// True or false, or the words for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Flag(pub bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(from)?;
        flag(&value).map(Self).ok_or_else(|| D::Error::custom("expected true or false"))
    }
}

impl PartialSchema for Flag {
    fn schema() -> RefOr<Schema> {
        let words = of(Type::String).enum_values(Some(["true", "false"]));
        AnyOfBuilder::new().item(of(Type::Boolean)).item(words).into()
    }
}

impl ToSchema for Flag {}

/// True or false, or the words for it.
pub(super) fn flag(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| match value.as_str() {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => None,
    })
}

/// A moment, in whole seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment(pub Time);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(from)?;
        let wrong = || D::Error::custom("expected a time, in whole seconds since 1970");
        moment(&value).map(Self).ok_or_else(wrong)
    }
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        let seconds = of(Type::Integer).minimum(Some(0)).maximum(Some(LAST_SECOND));
        let words = of(Type::String).pattern(Some("^[0-9]{1,11}$"));
        AnyOfBuilder::new().item(seconds).item(words).into()
    }
}

impl ToSchema for Moment {}

/// A number of at most the last second there is, if it is a whole one.
pub(super) fn whole(number: &serde_json::Number) -> Option<i64> {
    let near = number.as_f64().filter(|n| n.fract() == 0.0 && n.abs() <= LAST_SECOND as f64)?;
    number.as_i64().or_else(|| format!("{near:.0}").parse().ok())
}

/// A moment from its seconds, as a number or in words.
pub(super) fn moment(value: &Value) -> Option<Time> {
    let seconds = match value {
        Value::Number(n) => whole(n)?,
        Value::String(s) if s.len() <= 11 && s.bytes().all(|b| b.is_ascii_digit()) => {
            s.parse().ok()?
        }
        _ => return None,
    };
    let time = (0..=LAST_SECOND).contains(&seconds).then(|| chrono::Utc.timestamp_opt(seconds, 0));
    time.and_then(|t| t.single())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_is_no_list() {
        let read = |v| serde_json::from_value::<Object<(u8, u8)>>(v).map(|o| o.0).ok();
        assert_eq!(read(json!([1, 2])), None);
        let read = |v| serde_json::from_value::<Object<serde_json::Map<String, Value>>>(v).is_ok();
        assert!(read(json!({ "a": 1 })) && !read(json!([])) && !read(json!(null)));
    }

    #[test]
    fn what_clients_write_is_read_for_what_it_means() {
        for (given, text) in [
            (json!("7"), Some("7")),
            (json!(7), Some("7")),
            (json!(7.0), Some("7")),
            (json!(7.5), None),
            (json!([7]), None),
        ] {
            let read = serde_json::from_value::<Loose>(given.clone()).ok();
            assert_eq!(read.as_ref().map(|l| l.0.as_str()), text, "{given}");
        }
        for (given, is) in
            [(json!("true"), Some(true)), (json!(false), Some(false)), (json!(1), None)]
        {
            assert_eq!(
                serde_json::from_value::<Flag>(given.clone()).ok().map(|f| f.0),
                is,
                "{given}"
            );
        }
        let second = |v| serde_json::from_value::<Moment>(v).ok().map(|m| m.0.timestamp());
        assert_eq!(second(json!("1306054154")), Some(1_306_054_154));
        assert_eq!(second(json!(1_306_054_154)), Some(1_306_054_154));
        assert_eq!(second(json!(1_306_054_154.0)), Some(1_306_054_154));
        for none in [json!("soon"), json!(""), json!(1.5), json!(1e300), json!("000000000001")] {
            assert_eq!(second(none.clone()), None, "{none}");
        }
        for (given, is) in [("0", Some(0)), ("12", Some(12)), ("012", None), ("+1", None)] {
            assert_eq!(number(given), is);
        }
        assert_eq!(second(json!(-1)), None);
    }
}
