//! What the API's answers look like: tickets and their parts. Times are whole seconds since 1970,
//! ids are texts.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa::openapi::schema::{AnyOfBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};

use crate::api::files::FileBody;
use crate::api::html::paragraphs;
use crate::api::type_shapes::{StateBody, TypeBody};
use crate::api::version::Version;
use crate::desk::ticket_types::TypedTicket;
use crate::domain::ticket_type::{DESCRIPTION, TITLE, shown};
use crate::domain::{
    Author, Category, Contact, Event, LinkedTicket, Part, SharedThread, TicketState, Time,
};

/// The newest parts that a ticket carries.
const PARTS: usize = 500;
/// Links that a ticket carries.
const LINKS: usize = 1000;

/// A ticket. What only the team may know is missing where a customer asks.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ticket)]
pub(super) struct TicketBody {
    /// Always `ticket`.
    pub r#type: &'static str,
    pub id: String,
    /// The number people say.
    pub ticket_id: String,
    /// `Customer`, `Back-office` or `Tracker`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<&'static str>,
    /// `_default_title_`, `_default_description_`, and those of the ticket's type.
    #[schema(value_type = Object)]
    pub ticket_attributes: Map<String, Value>,
    pub ticket_state: StateBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket_type: Option<TypeBody>,
    pub contacts: ContactList,
    /// Who has it; 0 for nobody. A text before 2.16, a whole number from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = assignee)]
    pub admin_assignee_id: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = assignee)]
    pub team_assignee_id: Option<Value>,
    pub created_at: i64,
    pub updated_at: i64,
    pub open: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linked_objects: Option<LinkedList>,
    pub ticket_parts: PartList,
    /// True while the customer can see it.
    pub is_shared: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_ticket_state_id: Option<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ticket_contacts)]
pub(super) struct ContactList {
    pub r#type: &'static str,
    pub contacts: Vec<ContactRef>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = contact_reference)]
pub(super) struct ContactRef {
    pub r#type: &'static str,
    pub id: String,
    pub external_id: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = linked_object_list)]
pub(super) struct LinkedList {
    pub r#type: &'static str,
    pub data: Vec<LinkedBody>,
    pub total_count: usize,
    pub has_more: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = linked_object)]
pub(super) struct LinkedBody {
    pub r#type: &'static str,
    pub id: String,
    pub category: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ticket_parts)]
pub(super) struct PartList {
    pub r#type: &'static str,
    pub ticket_parts: Vec<PartBody>,
    pub total_count: usize,
}

/// One entry of a ticket's history.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ticket_part)]
pub(super) struct PartBody {
    pub r#type: &'static str,
    pub id: String,
    /// `comment`, `note`, `assignment`, `ticket_state_updated_by_admin` and others.
    pub part_type: &'static str,
    /// HTML, escaped.
    pub body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_ticket_state: Option<&'static str>,
    pub created_at: i64,
    pub updated_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<Reference>,
    pub author: AuthorBody,
    pub attachments: Vec<FileBody>,
    /// True for what was taken back.
    pub redacted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_attribute_data: Option<UpdatedAttribute>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = reference)]
pub(super) struct Reference {
    pub r#type: &'static str,
    pub id: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ticket_part_author)]
pub(super) struct AuthorBody {
    /// `admin`, `user` or `bot`.
    pub r#type: &'static str,
    /// Empty where it is not known, or not told.
    pub id: String,
    pub name: String,
    pub email: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = updated_attribute)]
pub(super) struct UpdatedAttribute {
    pub attribute: Labelled,
    pub value: Labelled,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = labelled)]
pub(super) struct Labelled {
    pub r#type: &'static str,
    pub id: String,
    pub label: String,
}

fn assignee() -> RefOr<Schema> {
    let of = |kind| ObjectBuilder::new().schema_type(SchemaType::new(kind));
    AnyOfBuilder::new().item(of(Type::String)).item(of(Type::Integer)).into()
}

/// The word of the API for a category.
pub(super) const fn category(category: Category) -> &'static str {
    category.label()
}

/// The word of the API for a state.
pub(super) const fn state(state: TicketState) -> &'static str {
    match state {
        TicketState::Submitted => "submitted",
        TicketState::InProgress => "in_progress",
        TicketState::WaitingOnCustomer => "waiting_on_customer",
        TicketState::Resolved => "resolved",
    }
}

/// The id of a state; the same for all types (S1).
pub(super) const fn state_id(state: TicketState) -> &'static str {
    match state {
        TicketState::Submitted => "1",
        TicketState::InProgress => "2",
        TicketState::WaitingOnCustomer => "3",
        TicketState::Resolved => "4",
    }
}

/// A ticket as the team sees it.
pub(super) fn ticket(typed: TypedTicket, external: Option<String>, version: Version) -> TicketBody {
    let TypedTicket { view, kind, description, attributes } = typed;
    let ticket = &view.ticket;
    let mut all = Map::new();
    all.insert(TITLE.into(), ticket.title.clone().into());
    all.insert(DESCRIPTION.into(), description.into());
    all.extend(attributes);
    let total_count = view.parts.len();
    let newest = view.parts.iter().skip(total_count.saturating_sub(PARTS));
    let previous = view.parts.iter().rev().find_map(|p| match &p.event {
        Event::StateChanged { from, .. } if p.withdrawn_at.is_none() => Some(state_id(*from)),
        _ => None,
    });
    TicketBody {
        r#type: "ticket",
        id: ticket.id.0.to_string(),
        ticket_id: ticket.id.0.to_string(),
        category: Some(category(ticket.category)),
        ticket_attributes: all,
        ticket_state: StateBody::of(ticket.state, true),
        ticket_type: Some(TypeBody::of(&kind)),
        contacts: contacts(view.contact.as_ref(), external),
        admin_assignee_id: Some(version.assignee(ticket.assignee.map_or(0, |a| a.0))),
        team_assignee_id: Some(version.assignee(0)),
        created_at: ticket.created_at.timestamp(),
        updated_at: ticket.updated_at.timestamp(),
        open: ticket.open,
        snoozed_until: ticket.snoozed_until.map(|t| t.timestamp()),
        linked_objects: Some(linked(&view.links)),
        ticket_parts: PartList {
            r#type: "ticket_part.list",
            ticket_parts: newest.map(|p| part(p, view.contact.as_ref())).collect(),
            total_count,
        },
        is_shared: ticket.shared,
        previous_ticket_state_id: previous.filter(|_| version.is_2_16()),
    }
}

fn contacts(contact: Option<&Contact>, external_id: Option<String>) -> ContactList {
    let one =
        contact.map(|c| ContactRef { r#type: "contact", id: c.id.0.to_string(), external_id });
    ContactList { r#type: "contact.list", contacts: one.into_iter().collect() }
}

pub(super) fn linked(links: &[LinkedTicket]) -> LinkedList {
    let body = |l: &LinkedTicket| LinkedBody {
        r#type: "ticket",
        id: l.id.0.to_string(),
        category: category(l.category),
    };
    LinkedList {
        r#type: "list",
        data: links.iter().take(LINKS).map(body).collect(),
        total_count: links.len(),
        has_more: links.len() > LINKS,
    }
}

/// A part as the team sees it.
pub(super) fn part(part: &Part, contact: Option<&Contact>) -> PartBody {
    let withdrawn = part.withdrawn_at.is_some();
    let (now, before) = match &part.event {
        Event::StateChanged { from, to, .. } => (Some(state(*to)), Some(state(*from))),
        _ => (None, None),
    };
    let assigned_to = match &part.event {
        Event::Assigned { to, .. } => {
            let id = to.map_or(0, |t| t.0).to_string();
            Some(Reference { r#type: "admin", id })
        }
        _ => None,
    };
    let told = matches!(part.event, Event::AttributeSet { .. });
    let body = part.body.as_deref().filter(|_| !withdrawn && !told);
    PartBody {
        r#type: "ticket_part",
        id: part.id.0.to_string(),
        part_type: part_type(&part.event),
        body: body.map(paragraphs),
        ticket_state: now,
        previous_ticket_state: before,
        created_at: part.at.timestamp(),
        updated_at: part.withdrawn_at.unwrap_or(part.at).timestamp(),
        assigned_to,
        author: author(&part.author, contact),
        attachments: if withdrawn { Vec::new() } else { FileBody::all(part) },
        redacted: withdrawn,
        updated_attribute_data: updated(part),
    }
}

fn updated(part: &Part) -> Option<UpdatedAttribute> {
    let (name, value) = match &part.event {
        Event::AttributeSet { name } => (name.as_str(), part.body.clone().unwrap_or_default()),
        Event::Renamed { to, .. } => (TITLE, to.clone()),
        _ => return None,
    };
    let labelled = |r#type, text: &str| Labelled { r#type, id: text.into(), label: text.into() };
    let value = labelled("value", &shown(&value.into()));
    Some(UpdatedAttribute { attribute: labelled("attribute", name), value })
}

const fn part_type(event: &Event) -> &'static str {
    match event {
        Event::Reply | Event::CustomerReply => "comment",
        Event::Note | Event::MailKept { .. } => "note",
        Event::StateChanged { .. } => "ticket_state_updated_by_admin",
        Event::Closed => "close",
        Event::Reopened => "open",
        Event::Assigned { .. } => "assignment",
        Event::Snoozed { .. } => "snoozed",
        Event::Woken => "unsnoozed",
        Event::Renamed { .. } | Event::AttributeSet { .. } => "ticket_attribute_updated_by_admin",
        // These have no word of the API's own; the desk's are as good.
        other => other.code(),
    }
}

fn author(author: &Author, contact: Option<&Contact>) -> AuthorBody {
    let name = author.name().to_owned();
    match author {
        Author::Teammate { id, .. } => {
            AuthorBody { r#type: "admin", id: id.0.to_string(), name, email: String::new() }
        }
        Author::Customer { .. } => AuthorBody {
            r#type: "user",
            id: contact.map(|c| c.id.0.to_string()).unwrap_or_default(),
            name,
            email: contact
                .and_then(|c| c.email.as_ref())
                .map(ToString::to_string)
                .unwrap_or_default(),
        },
        Author::Desk => AuthorBody { r#type: "bot", id: String::new(), name, email: String::new() },
    }
}

/// A thread as its customer sees it: nothing of the team's side is in reach here (V7).
pub(super) fn thread(
    thread: &SharedThread,
    own: &Contact,
    external_id: Option<String>,
) -> Option<TicketBody> {
    use crate::domain::part::CustomerEvent;

    let shared = thread.ticket()?;
    let parts: Vec<PartBody> = thread
        .visible()
        .map(|p| {
            let (part_type, now) = match p.event() {
                CustomerEvent::Submitted => ("submitted", None),
                CustomerEvent::TeammateReply | CustomerEvent::OwnReply => ("comment", None),
                CustomerEvent::State(to) => ("ticket_state_updated_by_admin", Some(state(to))),
            };
            let own_part = p.is_own();
            let id = if own_part { own.id.0.to_string() } else { String::new() };
            PartBody {
                r#type: "ticket_part",
                id: p.id().0.to_string(),
                part_type,
                body: Some(p.text()).filter(|t| !t.is_empty()).map(paragraphs),
                ticket_state: now,
                previous_ticket_state: None,
                created_at: seconds(p.at()),
                updated_at: seconds(p.at()),
                assigned_to: None,
                author: AuthorBody {
                    r#type: if own_part { "user" } else { "admin" },
                    id,
                    // As in the Messenger: events are nobody's.
                    name: if part_type == "comment" {
                        p.author().to_owned()
                    } else {
                        String::new()
                    },
                    email: String::new(),
                },
                attachments: Vec::new(),
                redacted: false,
                updated_attribute_data: None,
            }
        })
        .collect();
    let mut attributes = Map::new();
    attributes.insert(TITLE.into(), shared.title().into());
    let first = thread.visible().next().map(|p| p.at());
    let last = thread.visible().next_back().map(|p| p.at());
    Some(TicketBody {
        r#type: "ticket",
        id: shared.id().0.to_string(),
        ticket_id: shared.id().0.to_string(),
        category: None,
        ticket_attributes: attributes,
        ticket_state: StateBody::of(shared.state(), false),
        ticket_type: None,
        contacts: contacts(Some(own), external_id),
        admin_assignee_id: None,
        team_assignee_id: None,
        created_at: first.map_or(0, seconds),
        updated_at: last.map_or(0, seconds),
        open: shared.state() != TicketState::Resolved,
        snoozed_until: None,
        linked_objects: None,
        ticket_parts: PartList {
            r#type: "ticket_part.list",
            total_count: parts.len(),
            ticket_parts: parts,
        },
        is_shared: true,
        previous_ticket_state_id: None,
    })
}

fn seconds(at: Time) -> i64 {
    at.timestamp()
}
