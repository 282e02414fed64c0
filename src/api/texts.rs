//! Texts that clients send, each read within its bounds and described as just that wide: what the
//! description of a route allows is taken, and what is refused is nothing it allows.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{
    AnyOfBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::EmailAddress;
use crate::domain::text::{NAME_CHARS, TAG_CHARS, TITLE_CHARS, clean_line, is_unsafe, tag};

/// What nobody can read, as the inside of a character class: white space, and what
/// [`is_unsafe`] names. Patterns know no escape for the last plane, so it stands there as it is.
const BLANK: &str = "\\u0000-\\u0020\\u007f-\\u00a0\\u00ad\\u061c\\u115f\\u1160\\u1680\\u180e\
    \\u2000-\\u200b\\u200e\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000\\u3164\\ufeff\\uffa0\
    \\ufff9-\\ufffb\u{e0000}-\u{e0fff}";

/// A ticket's title.
pub(super) type Title = Text<TITLE_CHARS>;
/// A name of a person or a thing.
pub(super) type Name = Text<NAME_CHARS>;
/// The same, or none.
pub(super) type MaybeName = Line<NAME_CHARS>;
/// What is written into a ticket. How long it may be is counted in bytes, later.
pub(super) type Written = Text<{ usize::MAX }>;

/// A text with something to read in it, of at most `MOST` characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text<const MOST: usize>(pub String);

/// The same, or an empty one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Line<const MOST: usize>(pub String);

/// An address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Email(pub EmailAddress);

/// An address, or an empty text for none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MaybeEmail(pub Option<EmailAddress>);

/// A tag: one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag(pub String);

/// Whether there is something to read.
pub(super) fn is_readable(text: &str) -> bool {
    text.chars().any(|c| !is_blank(c))
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_unsafe(c)
}

/// A text.
pub(super) fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(Type::String))
}

/// A text with something to read in it, and in what.
pub(super) fn readable() -> ObjectBuilder {
    text().min_length(Some(1)).pattern(Some(format!("[^{BLANK}]")))
}

/// The pattern of a list with commas between, one of whose items can be read.
pub(super) fn some_item() -> String {
    format!("[^{BLANK},]")
}

fn fits<E: serde::de::Error>(given: String, most: usize) -> Result<String, E> {
    match given.chars().count() {
        n if n > most => Err(E::custom(format!("the text has {n} characters; at most {most} fit"))),
        _ => Ok(given),
    }
}

impl<'de, const MOST: usize> Deserialize<'de> for Text<MOST> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut given = fits(String::deserialize(from)?, MOST)?;
        if !is_readable(&given) {
            return Err(D::Error::custom("the text is empty"));
        }
        if clean_line(&given).is_empty() {
            // Terminal sequences and nothing else: their letters are what there is to read.
            given.retain(|c| !is_unsafe(c));
        }
        Ok(Self(given))
    }
}

impl<const MOST: usize> PartialSchema for Text<MOST> {
    fn schema() -> RefOr<Schema> {
        readable().max_length(Some(MOST).filter(|n| *n < usize::MAX)).into()
    }
}

impl<const MOST: usize> ToSchema for Text<MOST> {
    fn name() -> std::borrow::Cow<'static, str> {
        if MOST < usize::MAX { format!("text_of_{MOST}").into() } else { "text".into() }
    }
}

impl<'de, const MOST: usize> Deserialize<'de> for Line<MOST> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        fits(String::deserialize(from)?, MOST).map(Self)
    }
}

impl<const MOST: usize> PartialSchema for Line<MOST> {
    fn schema() -> RefOr<Schema> {
        text().max_length(Some(MOST)).into()
    }
}

impl<const MOST: usize> ToSchema for Line<MOST> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("line_of_{MOST}").into()
    }
}

fn address() -> ObjectBuilder {
    text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)))
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        EmailAddress::new(&String::deserialize(from)?).map(Self).map_err(D::Error::custom)
    }
}

impl PartialSchema for Email {
    fn schema() -> RefOr<Schema> {
        address().into()
    }
}

impl ToSchema for Email {
    fn name() -> std::borrow::Cow<'static, str> {
        "email".into()
    }
}

impl<'de> Deserialize<'de> for MaybeEmail {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let given = String::deserialize(from)?;
        let read = (!given.is_empty()).then(|| EmailAddress::new(&given)).transpose();
        read.map(Self).map_err(D::Error::custom)
    }
}

impl PartialSchema for MaybeEmail {
    fn schema() -> RefOr<Schema> {
        AnyOfBuilder::new().item(address()).item(text().enum_values(Some([""]))).into()
    }
}

impl ToSchema for MaybeEmail {
    fn name() -> std::borrow::Cow<'static, str> {
        "email_or_none".into()
    }
}

impl<'de> Deserialize<'de> for Tag {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let given = fits(String::deserialize(from)?, TAG_CHARS)?;
        if given.chars().any(is_blank) {
            return Err(D::Error::custom("a tag is one word"));
        }
        tag(&given).map(Self).map_err(D::Error::custom)
    }
}

impl PartialSchema for Tag {
    fn schema() -> RefOr<Schema> {
        let pattern = format!("^#*[^#{BLANK}][^{BLANK}]*$");
        text().min_length(Some(1)).max_length(Some(TAG_CHARS)).pattern(Some(pattern)).into()
    }
}

impl ToSchema for Tag {
    fn name() -> std::borrow::Cow<'static, str> {
        "tag_name".into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn pattern_of<T: PartialSchema>() -> regex::Regex {
        let schema = serde_json::to_value(T::schema()).unwrap();
        regex::Regex::new(schema["pattern"].as_str().unwrap()).unwrap()
    }

    #[test]
    fn what_is_blank_is_what_the_pattern_says() {
        let pattern = pattern_of::<Written>();
        // Both planes where there are such characters, and their neighbours.
        let all = ('\0'..='\u{10fff}').chain('\u{dff00}'..='\u{e10ff}');
        let all: String = all.collect();
        let seen: String = pattern.find_iter(&all).map(|found| found.as_str()).collect();
        let readable: String = all.chars().filter(|c| !is_blank(*c)).collect();
        assert!(seen == readable, "{} and {} characters", seen.len(), readable.len());
    }

    #[test]
    fn texts_are_read_within_their_bounds() {
        let title = |given: &str| serde_json::from_value::<Title>(json!(given));
        assert_eq!(title("Refund").unwrap().0, "Refund");
        assert!(title(&"ü".repeat(200)).is_ok());
        for (given, sentence) in [
            ("", "the text is empty"),
            (" \u{202e}\u{1b}", "the text is empty"),
            (&*"ü".repeat(201), "the text has 201 characters; at most 200 fit"),
        ] {
            assert_eq!(title(given).unwrap_err().to_string(), sentence);
        }
        let email = |given: &str| serde_json::from_value::<MaybeEmail>(json!(given)).ok();
        assert_eq!(email(""), Some(MaybeEmail(None)));
        assert!(email("ada@lumen.example").is_some() && email("ada").is_none());
    }

    proptest! {
        #[test]
        fn what_can_be_read_is_taken_and_there_after_it_was_cleaned(
            given in "[\u{1b}\u{9b}\u{9d}\u{90}\u{7}c\\[\\]31mH \u{202e}\u{300}\\\\]{0,8}"
        ) {
            let read = serde_json::from_value::<Title>(json!(given));
            prop_assert_eq!(read.is_ok(), pattern_of::<Title>().is_match(&given));
            if let Ok(title) = read {
                prop_assert!(!clean_line(&title.0).is_empty());
            }
        }

        #[test]
        fn a_tag_is_taken_just_where_its_pattern_allows_it(
            given in "[#a\u{e9} \u{202e}\\-]{0,42}"
        ) {
            let schema = serde_json::to_value(Tag::schema()).unwrap();
            let most = usize::try_from(schema["maxLength"].as_u64().unwrap()).unwrap();
            let allowed = given.chars().count() <= most && pattern_of::<Tag>().is_match(&given);
            prop_assert_eq!(serde_json::from_value::<Tag>(json!(given)).is_ok(), allowed);
        }
    }
}
