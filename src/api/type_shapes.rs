//! What the API's answers look like: ticket types, their attributes, and the states.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shapes::{category, state, state_id};
use crate::domain::ticket_type::{DESCRIPTION, TITLE};
use crate::domain::{TicketState, TicketType, TypeAttribute};

/// A type of tickets.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ticket_type)]
pub(super) struct TypeBody {
    pub r#type: &'static str,
    pub id: String,
    /// `Customer`, `Back-office` or `Tracker`.
    pub category: &'static str,
    pub name: String,
    pub description: String,
    pub icon: String,
    pub workspace_id: &'static str,
    pub is_internal: bool,
    pub archived: bool,
    pub ticket_type_attributes: AttributeList,
    pub ticket_states: StateList,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ticket_type_attributes)]
pub(super) struct AttributeList {
    pub r#type: &'static str,
    pub data: Vec<AttributeBody>,
}

/// An attribute of a type.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ticket_type_attribute)]
pub(super) struct AttributeBody {
    pub r#type: &'static str,
    pub id: String,
    pub workspace_id: &'static str,
    pub ticket_type_id: String,
    pub name: String,
    pub description: String,
    /// `string`, `integer`, `decimal`, `boolean`, `datetime` or `list`.
    pub data_type: &'static str,
    pub input_options: InputOptions,
    pub order: usize,
    pub required_to_create: bool,
    pub required_to_create_for_contacts: bool,
    pub visible_on_create: bool,
    pub visible_to_contacts: bool,
    /// True for title and description, which every type has.
    pub default: bool,
    pub archived: bool,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = input_options)]
pub(super) struct InputOptions {
    pub multiline: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub list_options: Vec<ListOption>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = list_option)]
pub(super) struct ListOption {
    pub id: String,
    pub label: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ticket_states)]
pub(super) struct StateList {
    pub r#type: &'static str,
    pub data: Vec<StateBody>,
}

/// One of the four states (S1).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ticket_state)]
pub(super) struct StateBody {
    pub r#type: &'static str,
    /// The same for all types.
    pub id: &'static str,
    /// `submitted`, `in_progress`, `waiting_on_customer` or `resolved`.
    pub category: &'static str,
    /// What the team reads; not told to customers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_label: Option<&'static str>,
    /// What the customer reads.
    pub external_label: &'static str,
    pub archived: bool,
}

impl StateBody {
    pub fn of(of: TicketState, for_the_team: bool) -> Self {
        Self {
            r#type: "ticket_state",
            id: state_id(of),
            category: state(of),
            internal_label: for_the_team.then_some(of.label()),
            external_label: of.customer_label(),
            archived: false,
        }
    }
}

impl TypeBody {
    pub fn of(kind: &TicketType) -> Self {
        let mut data: Vec<_> = AttributeBody::defaults(kind).into();
        let own = kind.attributes.iter().zip(2..);
        data.extend(own.map(|(a, order)| AttributeBody::of(a, kind, order)));
        Self {
            r#type: "ticket_type",
            id: kind.id.0.to_string(),
            category: category(kind.category),
            name: kind.name.clone(),
            description: kind.description.clone(),
            icon: kind.icon.clone(),
            workspace_id: super::WORKSPACE,
            is_internal: kind.category != crate::domain::Category::Customer,
            archived: kind.archived,
            ticket_type_attributes: AttributeList { r#type: "list", data },
            ticket_states: StateList {
                r#type: "list",
                data: TicketState::ALL.map(|s| StateBody::of(s, true)).into(),
            },
            created_at: kind.created_at.timestamp(),
            updated_at: kind.updated_at.timestamp(),
        }
    }
}

impl AttributeBody {
    /// Title and description, which every type has.
    pub fn defaults(kind: &TicketType) -> [Self; 2] {
        let first = |name: &str, order, multiline| Self {
            r#type: "ticket_type_attribute",
            id: format!("{}{name}", kind.id.0),
            workspace_id: super::WORKSPACE,
            ticket_type_id: kind.id.0.to_string(),
            name: name.to_owned(),
            description: String::new(),
            data_type: "string",
            input_options: InputOptions { multiline, list_options: Vec::new() },
            order,
            required_to_create: false,
            required_to_create_for_contacts: false,
            visible_on_create: true,
            visible_to_contacts: true,
            default: true,
            archived: false,
            created_at: kind.created_at.timestamp(),
            updated_at: kind.created_at.timestamp(),
        };
        [first(TITLE, 0, false), first(DESCRIPTION, 1, true)]
    }

    pub fn of(attribute: &TypeAttribute, kind: &TicketType, order: usize) -> Self {
        let option = |o: &String| ListOption { id: o.clone(), label: o.clone() };
        Self {
            r#type: "ticket_type_attribute",
            id: attribute.id.to_string(),
            workspace_id: super::WORKSPACE,
            ticket_type_id: kind.id.0.to_string(),
            name: attribute.name.clone(),
            description: attribute.description.clone(),
            data_type: attribute.data_type.code(),
            input_options: InputOptions {
                multiline: false,
                list_options: attribute.options.iter().map(option).collect(),
            },
            order,
            required_to_create: attribute.required,
            required_to_create_for_contacts: false,
            visible_on_create: true,
            visible_to_contacts: false,
            default: false,
            archived: attribute.archived,
            created_at: attribute.created_at.timestamp(),
            updated_at: attribute.updated_at.timestamp(),
        }
    }
}
