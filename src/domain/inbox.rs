//! The team's inbox: what a row shows, which rows a filter keeps, and the order.

use serde::Serialize;

use crate::domain::{Category, TicketId, TicketState, Time};

/// A row of the inbox list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InboxRow {
    pub id: TicketId,
    pub category: Category,
    pub title: String,
    pub state: TicketState,
    pub open: bool,
    pub shared: bool,
    pub contact: Option<String>,
    pub contact_email: Option<String>,
    pub assignee: Option<String>,
    pub priority: bool,
    pub tags: Vec<String>,
    pub updated_at: Time,
    /// The customer wrote last and nobody has answered.
    pub awaits_reply: bool,
    /// When the next pending mail of this ticket is due.
    pub mail_due_at: Option<Time>,
    /// Linked reports of a tracker.
    pub reports: i64,
}

/// Open tickets and those that await a reply, per category, for the tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counters {
    pub customer: Counter,
    pub back_office: Counter,
    pub tracker: Counter,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counter {
    /// All tickets of the category.
    pub all: i64,
    pub open: i64,
    pub awaits_reply: i64,
}

impl Counters {
    #[must_use]
    pub const fn of(&self, category: Category) -> Counter {
        match category {
            Category::Customer => self.customer,
            Category::BackOffice => self.back_office,
            Category::Tracker => self.tracker,
        }
    }

    #[must_use]
    pub const fn total(&self) -> i64 {
        self.customer.all + self.back_office.all + self.tracker.all
    }
}

/// What the live filter keeps. Words are found in number, title, contact and address, whatever
/// their case; `state:`, `from:`, `assignee:`, `tag:` and `is:` look at one field; a leading `!`
/// turns a word around.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InboxFilter {
    pub category: Option<Category>,
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    inverted: bool,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    Word(String),
    State(String),
    From(String),
    Assignee(String),
    Tag(String),
    Is(String),
}

/// What `is:` takes.
const IS: [&str; 8] =
    ["open", "closed", "shared", "internal", "waiting", "unanswered", "priority", "pending"];

/// What `state:` takes; the beginning of a word will do.
const STATES: [&str; 7] =
    ["submitted", "in-progress", "waiting", "resolved", "open", "closed", "any"];

/// True for a value that `state:` takes.
fn is_state(value: &str) -> bool {
    ["any", "open", "closed"].contains(&value)
        || TicketState::ALL.iter().any(|state| names(*state, value))
}

/// True when a value is the beginning of a state's name.
fn names(state: TicketState, value: &str) -> bool {
    state.code().starts_with(value)
        || state.label().to_lowercase().replace(' ', "-").starts_with(value)
}

impl InboxFilter {
    /// Reads what was typed after `/`. Every text is a filter; what is not understood is a word.
    #[must_use]
    pub fn parse(category: Option<Category>, typed: &str) -> Self {
        let terms = typed
            .split_whitespace()
            .filter_map(|word| {
                let inverted = word.starts_with('!');
                let word = word.trim_start_matches('!').to_lowercase();
                let test = match word.split_once(':') {
                    Some(("state", v)) => Test::State(v.to_owned()),
                    Some(("from", v)) => Test::From(v.to_owned()),
                    Some(("assignee", v)) => Test::Assignee(v.trim_start_matches('@').to_owned()),
                    Some(("tag", v)) => Test::Tag(v.trim_start_matches('#').to_owned()),
                    Some(("is", v)) => Test::Is(v.to_owned()),
                    Some(_) | None => Test::Word(word),
                };
                (!test.is_empty()).then_some(Term { inverted, test })
            })
            .collect();
        Self { category, terms }
    }

    /// The first `is:` or `state:` with a value that there is not, as a sentence with those there
    /// are.
    #[must_use]
    pub fn unknown(&self) -> Option<String> {
        self.terms.iter().find_map(|term| {
            let (field, value, known) = match &term.test {
                Test::Is(v) if !IS.contains(&v.as_str()) => ("is", v, IS.join(", ")),
                Test::State(v) if !is_state(v) => ("state", v, STATES.join(", ")),
                Test::Is(_)
                | Test::State(_)
                | Test::Word(_)
                | Test::From(_)
                | Test::Assignee(_)
                | Test::Tag(_) => return None,
            };
            Some(format!("There is no {field}:{value}. {field}: takes {known}."))
        })
    }

    /// True when nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    #[must_use]
    pub fn keeps(&self, row: &InboxRow) -> bool {
        self.category.is_none_or(|c| c == row.category)
            && self.terms.iter().all(|t| t.test.holds(row) != t.inverted)
    }
}

impl Test {
    fn is_empty(&self) -> bool {
        match self {
            Self::Word(v)
            | Self::State(v)
            | Self::From(v)
            | Self::Assignee(v)
            | Self::Tag(v)
            | Self::Is(v) => v.is_empty(),
        }
    }

    fn holds(&self, row: &InboxRow) -> bool {
        let has = |text: &Option<String>, v: &str| {
            text.as_ref().is_some_and(|t| t.to_lowercase().contains(v))
        };
        match self {
            Self::Word(v) => {
                row.title.to_lowercase().contains(v)
                    || row.id.to_string().contains(v)
                    || has(&row.contact, v)
                    || has(&row.contact_email, v)
            }
            Self::State(v) => {
                v == "any"
                    || names(row.state, v)
                    || (v == "closed" && !row.open)
                    || (v == "open" && row.open)
            }
            Self::From(v) => has(&row.contact, v) || has(&row.contact_email, v),
            Self::Assignee(v) => {
                v == "any" || (v == "nobody" && row.assignee.is_none()) || has(&row.assignee, v)
            }
            Self::Tag(v) => row.tags.iter().any(|t| t.starts_with(v.as_str())),
            Self::Is(v) => match v.as_str() {
                "open" => row.open,
                "closed" => !row.open,
                "shared" => row.shared,
                "internal" => !row.shared,
                "waiting" | "unanswered" => row.awaits_reply,
                "priority" => row.priority,
                "pending" => row.mail_due_at.is_some(),
                _ => false,
            },
        }
    }
}
