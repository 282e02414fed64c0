//! Searches by field, operator and value, as programs ask for tickets and contacts. Pure: what is
//! searched is handed in field by field.

use crate::domain::Time;

/// Which of many are asked for. `F` names the fields there are.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter<F> {
    All(Vec<Self>),
    Any(Vec<Self>),
    Test { field: F, operator: Operator, wanted: Wanted },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Equals,
    Differs,
    In,
    NotIn,
    Greater,
    Less,
    AtLeast,
    AtMost,
    Contains,
    ContainsNot,
    StartsWith,
    EndsWith,
}

impl Operator {
    /// The signs that clients write.
    pub const SIGNS: [(&'static str, Self); 14] = [
        ("=", Self::Equals),
        ("!=", Self::Differs),
        ("IN", Self::In),
        ("in", Self::In),
        ("NIN", Self::NotIn),
        ("nin", Self::NotIn),
        (">", Self::Greater),
        ("<", Self::Less),
        (">=", Self::AtLeast),
        ("<=", Self::AtMost),
        ("~", Self::Contains),
        ("!~", Self::ContainsNot),
        ("^", Self::StartsWith),
        ("$", Self::EndsWith),
    ];

    /// The operator of a sign.
    #[must_use]
    pub fn from_sign(sign: &str) -> Option<Self> {
        Self::SIGNS.iter().find(|(s, _)| *s == sign).map(|(_, operator)| *operator)
    }
}

/// What a field can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Numbers of things: equal or not, one of many, in order.
    Id,
    /// Words of a fixed vocabulary.
    Word,
    Text,
    Flag,
    Moment,
    /// A value of any kind.
    Any,
}

impl Kind {
    pub const ALL: [Self; 6] =
        [Self::Id, Self::Word, Self::Text, Self::Flag, Self::Moment, Self::Any];

    /// Whether the operator means something here.
    #[must_use]
    pub const fn allows(self, operator: Operator) -> bool {
        use Operator::{
            AtLeast, AtMost, Contains, ContainsNot, Differs, EndsWith, Equals, Greater, In, Less,
            NotIn, StartsWith,
        };
        match (self, operator) {
            (_, Equals | Differs) | (Self::Any, _) => true,
            (Self::Flag, _) => false,
            (Self::Id | Self::Word | Self::Text, In | NotIn) => true,
            (Self::Id | Self::Moment, Greater | Less | AtLeast | AtMost) => true,
            (Self::Text, Contains | ContainsNot | StartsWith | EndsWith) => true,
            (Self::Id | Self::Moment, _) | (Self::Word | Self::Text, _) => false,
        }
    }
}

/// What a field is compared with. No value at all is an empty list.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    Words(Vec<String>),
    Moment(Time),
    Flag(bool),
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Datum {
    /// None, one or several of them.
    Words(Vec<String>),
    Text(String),
    Moment(Option<Time>),
    Flag(bool),
}

impl<F> Filter<F> {
    /// Whether something is asked for, given what its fields hold.
    pub fn keeps(&self, datum: &dyn Fn(&F) -> Datum) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|p| p.keeps(datum)),
            Self::Any(parts) => parts.iter().any(|p| p.keeps(datum)),
            Self::Test { field, operator, wanted } => holds(&datum(field), *operator, wanted),
        }
    }

    /// Whether any test asks for a field like this.
    pub fn asks(&self, wanted: &dyn Fn(&F) -> bool) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|p| p.asks(wanted)),
            Self::Test { field, .. } => wanted(field),
        }
    }
}

fn holds(datum: &Datum, operator: Operator, wanted: &Wanted) -> bool {
    match (datum, wanted) {
        (Datum::Flag(is), Wanted::Flag(wanted)) => (is == wanted) == is_positive(operator),
        (Datum::Moment(at), Wanted::Moment(wanted)) => at_holds(*at, operator, *wanted),
        (Datum::Moment(at), Wanted::Words(words)) if words.is_empty() => {
            at.is_none() == is_positive(operator)
        }
        (Datum::Words(have), Wanted::Words(wanted)) => words_hold(have, operator, wanted),
        (Datum::Text(text), Wanted::Words(wanted)) => {
            let have: Vec<String> = if text.is_empty() { Vec::new() } else { vec![text.clone()] };
            words_hold(&have, operator, wanted)
        }
        // Compared with what it can never be.
        (Datum::Flag(_) | Datum::Moment(_) | Datum::Words(_) | Datum::Text(_), _) => {
            !is_positive(operator)
        }
    }
}

const fn is_positive(operator: Operator) -> bool {
    !matches!(operator, Operator::Differs | Operator::NotIn | Operator::ContainsNot)
}

/// To the second, as clients write them; "equal" is the same day, in UTC.
fn at_holds(at: Option<Time>, operator: Operator, wanted: Time) -> bool {
    let Some(at) = at else { return !is_positive(operator) };
    let (second, other) = (at.timestamp(), wanted.timestamp());
    match operator {
        Operator::Greater => second > other,
        Operator::Less => second < other,
        Operator::AtLeast => second >= other,
        Operator::AtMost => second <= other,
        Operator::Differs | Operator::NotIn | Operator::ContainsNot => {
            at.date_naive() != wanted.date_naive()
        }
        Operator::Equals
        | Operator::In
        | Operator::Contains
        | Operator::StartsWith
        | Operator::EndsWith => at.date_naive() == wanted.date_naive(),
    }
}

/// Whatever their case.
fn words_hold(have: &[String], operator: Operator, wanted: &[String]) -> bool {
    let fold = |w: &String| w.to_lowercase();
    let have: Vec<String> = have.iter().map(fold).collect();
    let wanted: Vec<String> = wanted.iter().map(fold).collect();
    let any =
        |test: &dyn Fn(&str, &str) -> bool| have.iter().any(|h| wanted.iter().any(|w| test(h, w)));
    let equal = || (have.is_empty() && wanted.is_empty()) || any(&|h, w| h == w);
    let ordered = |wanted_order: &dyn Fn(std::cmp::Ordering) -> bool| {
        any(&|h, w| match (h.parse::<f64>(), w.parse::<f64>()) {
            (Ok(h), Ok(w)) => h.partial_cmp(&w).is_some_and(wanted_order),
            _ => wanted_order(h.cmp(w)),
        })
    };
    match operator {
        Operator::Equals | Operator::In => equal(),
        Operator::Differs | Operator::NotIn => !equal(),
        Operator::Greater => ordered(&std::cmp::Ordering::is_gt),
        Operator::Less => ordered(&std::cmp::Ordering::is_lt),
        Operator::AtLeast => ordered(&std::cmp::Ordering::is_ge),
        Operator::AtMost => ordered(&std::cmp::Ordering::is_le),
        Operator::Contains => any(&|h, w| h.contains(w)),
        Operator::ContainsNot => !any(&|h, w| h.contains(w)),
        Operator::StartsWith => any(&|h, w| h.starts_with(w)),
        Operator::EndsWith => any(&|h, w| h.ends_with(w)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(w: &[&str]) -> Vec<String> {
        w.iter().map(|w| (*w).to_owned()).collect()
    }

    fn test(datum: &Datum, sign: &str, wanted: Wanted) -> bool {
        let operator = Operator::from_sign(sign).unwrap();
        Filter::Test { field: (), operator, wanted }.keeps(&|()| datum.clone())
    }

    #[test]
    fn texts_are_compared_whatever_their_case() {
        let title = Datum::Text("Refund Not Received".into());
        for (sign, value, kept) in [
            ("=", "refund not received", true),
            ("=", "refund", false),
            ("!=", "refund", true),
            ("~", "NOT", true),
            ("!~", "not", false),
            ("^", "refund", true),
            ("$", "received", true),
            ("$", "refund", false),
        ] {
            assert_eq!(test(&title, sign, Wanted::Words(words(&[value]))), kept, "{sign} {value}");
        }
    }

    #[test]
    fn ids_are_numbers_and_nobody_is_an_empty_list() {
        let ten = Datum::Words(words(&["10"]));
        assert!(test(&ten, ">", Wanted::Words(words(&["9"]))));
        assert!(test(&ten, "IN", Wanted::Words(words(&["9", "10"]))));
        assert!(test(&ten, "NIN", Wanted::Words(words(&["9"]))));
        assert!(test(&Datum::Words(vec![]), "=", Wanted::Words(vec![])));
        assert!(!test(&ten, "=", Wanted::Words(vec![])));
        assert!(test(&Datum::Moment(None), "=", Wanted::Words(vec![])));
    }

    #[test]
    fn moments_are_exact_to_the_second_and_equal_within_a_day() {
        let at = |s| Time::from_timestamp(s, 0).unwrap();
        let noon = Datum::Moment(Some(at(1_780_056_000)));
        for (sign, second, kept) in [
            (">", 1_780_055_999, true),
            (">", 1_780_056_000, false),
            (">=", 1_780_056_000, true),
            ("<", 1_780_056_001, true),
            ("=", 1_780_050_000, true),
            ("!=", 1_780_050_000, false),
            ("=", 1_780_156_000, false),
        ] {
            assert_eq!(test(&noon, sign, Wanted::Moment(at(second))), kept, "{sign} {second}");
        }
    }
}
