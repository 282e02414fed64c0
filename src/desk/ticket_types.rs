//! Ticket types as the team keeps them, and tickets together with theirs.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::desk::load::load;
use crate::desk::{Desk, DeskError, Policy, TicketView};
use crate::domain::text::{clean_line, person_name};
use crate::domain::ticket_type::DESCRIPTION;
use crate::domain::{
    Action, Category, DataType, Event, Refusal, TicketId, TicketType, TicketTypeId, Time,
    TypeAttribute,
};
use crate::store::{StoreError, Tx, ticket_types};

/// A ticket with its type and the values it has of the type's attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedTicket {
    pub view: TicketView,
    pub kind: TicketType,
    /// What it is about; may be empty.
    pub description: String,
    pub attributes: BTreeMap<String, Value>,
}

/// An attribute that a type is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttribute {
    pub name: String,
    pub description: String,
    pub data_type: DataType,
    pub options: Vec<String>,
    pub required: bool,
}

/// What is to change on a type; what is not given stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TypeChange {
    pub name: Option<String>,
    pub description: Option<String>,
    pub icon: Option<String>,
    pub archived: Option<bool>,
}

impl Desk {
    /// # Errors
    /// The store's.
    pub fn ticket_types(&self) -> Result<Vec<TicketType>, DeskError> {
        self.store().read(|tx| Ok(ticket_types::all(tx)?))
    }

    /// # Errors
    /// [`DeskError::NoType`], or the store's.
    pub fn ticket_type(&self, id: TicketTypeId) -> Result<TicketType, DeskError> {
        self.store().read(move |tx| known(tx, id))
    }

    /// Adds a type to a category. Names are unique, whatever their case.
    ///
    /// # Errors
    /// A name that is empty, too long or taken; or the store's.
    pub fn add_ticket_type(
        &self,
        category: Category,
        name: &str,
        description: &str,
        icon: &str,
        now: Time,
    ) -> Result<TicketType, DeskError> {
        let mut kind = TicketType {
            id: TicketTypeId(0),
            category,
            name: person_name(name)?,
            description: line(description),
            icon: line(icon),
            archived: false,
            attributes: Vec::new(),
            created_at: now,
            updated_at: now,
        };
        self.store().write(move |tx| {
            free(tx, &kind.name)?;
            kind.id = ticket_types::insert(tx, &kind)?;
            Ok(kind)
        })
    }

    /// # Errors
    /// [`DeskError::NoType`], a name that does not do, or the store's.
    pub fn change_ticket_type(
        &self,
        id: TicketTypeId,
        change: TypeChange,
        now: Time,
    ) -> Result<TicketType, DeskError> {
        let name = change.name.as_deref().map(person_name).transpose()?;
        self.store().write(move |tx| {
            let mut kind = known(tx, id)?;
            if let Some(name) = name {
                if name.to_lowercase() != kind.name.to_lowercase() {
                    free(tx, &name)?;
                }
                kind.name = name;
            }
            kind.description = change.description.map_or(kind.description, |d| line(&d));
            kind.icon = change.icon.map_or(kind.icon, |i| line(&i));
            // A category always has its first type.
            let first = TicketTypeId::default_of(kind.category) == id;
            kind.archived = change.archived.unwrap_or(kind.archived) && !first;
            kind.updated_at = now;
            ticket_types::save(tx, &kind)?;
            Ok(kind)
        })
    }

    /// Adds an attribute to a type.
    ///
    /// # Errors
    /// [`DeskError::NoType`], a name that does not do or is taken, a list without options, or the
    /// store's.
    pub fn add_type_attribute(
        &self,
        id: TicketTypeId,
        new: NewAttribute,
        now: Time,
    ) -> Result<TypeAttribute, DeskError> {
        let mut attribute = TypeAttribute {
            id: 0,
            name: person_name(&new.name)?,
            description: line(&new.description),
            data_type: new.data_type,
            options: new.options.iter().map(|o| line(o)).filter(|o| !o.is_empty()).collect(),
            required: new.required,
            archived: false,
            created_at: now,
            updated_at: now,
        };
        if attribute.data_type == DataType::List && attribute.options.is_empty() {
            let wants = "options to choose from".into();
            return Err(Refusal::AttributeWants { name: attribute.name, wants }.into());
        }
        self.store().write(move |tx| {
            let kind = known(tx, id)?;
            let taken = |a: &TypeAttribute| a.name == attribute.name;
            if attribute.name.starts_with("_default_") || kind.attributes.iter().any(taken) {
                return Err(DeskError::Taken(format!("The attribute {}", attribute.name)));
            }
            attribute.id = ticket_types::insert_attribute(tx, id, &attribute)?;
            Ok(attribute)
        })
    }

    /// Changes an attribute; what is not given stays. Its name and kind never change.
    ///
    /// # Errors
    /// [`DeskError::NoType`] when the type has no such attribute, or the store's.
    pub fn change_type_attribute(
        &self,
        id: TicketTypeId,
        attribute: i64,
        description: Option<String>,
        required: Option<bool>,
        archived: Option<bool>,
        now: Time,
    ) -> Result<TypeAttribute, DeskError> {
        self.store().write(move |tx| {
            let mut found = known(tx, id)?
                .attributes
                .into_iter()
                .find(|a| a.id == attribute)
                .ok_or(DeskError::NoType(attribute))?;
            found.description = description.map_or(found.description, |d| line(&d));
            found.required = required.unwrap_or(found.required);
            found.archived = archived.unwrap_or(found.archived);
            found.updated_at = now;
            ticket_types::save_attribute(tx, &found)?;
            Ok(found)
        })
    }

    /// The action that moves a ticket to another type.
    ///
    /// # Errors
    /// [`DeskError::NoTicket`], [`DeskError::NoType`], or the store's.
    pub fn change_type(&self, ticket: TicketId, to: TicketTypeId) -> Result<Action, DeskError> {
        let policy = self.policy().clone();
        self.store().read(move |tx| {
            let had = load(tx, &policy, ticket)?.ticket.type_id;
            let from = known(tx, had)?.name;
            let to = known(tx, to)?;
            Ok(Action::ChangeType { id: to.id, category: to.category, from, to: to.name })
        })
    }

    /// A ticket with its type; `None` when there is none of that number.
    ///
    /// # Errors
    /// The store's.
    pub fn typed_ticket(&self, id: TicketId) -> Result<Option<TypedTicket>, DeskError> {
        let policy = self.policy().clone();
        match self.store().read(move |tx| typed(tx, &policy, id)) {
            Ok(ticket) => Ok(Some(ticket)),
            Err(DeskError::NoTicket(_)) => Ok(None),
            Err(e) => Err(e),
        }
    }
}

fn known(tx: &mut dyn Tx, id: TicketTypeId) -> Result<TicketType, DeskError> {
    ticket_types::load(tx, id)?.ok_or(DeskError::NoType(id.0))
}

fn free(tx: &mut dyn Tx, name: &str) -> Result<(), DeskError> {
    if ticket_types::is_taken(tx, name)? {
        Err(DeskError::Taken(format!("The ticket type {name}")))
    } else {
        Ok(())
    }
}

/// One line, of up to 255 characters.
fn line(raw: &str) -> String {
    clean_line(raw).chars().take(255).collect()
}

/// Loads a ticket with its type and values.
pub(super) fn typed(
    tx: &mut dyn Tx,
    policy: &Policy,
    id: TicketId,
) -> Result<TypedTicket, DeskError> {
    let view = load(tx, policy, id)?;
    let kind = ticket_types::load(tx, view.ticket.type_id)?
        .ok_or(StoreError::Corrupt("a ticket's type is missing"))?;
    let mut attributes: BTreeMap<String, Value> =
        ticket_types::values_of(tx, id)?.into_iter().collect();
    let changed = attributes.remove(DESCRIPTION);
    let submitted =
        view.parts.iter().find(|p| p.event == Event::Submitted).and_then(|p| p.body.as_deref());
    let description = changed.as_ref().and_then(Value::as_str).or(submitted).unwrap_or_default();
    Ok(TypedTicket { kind, description: description.to_owned(), attributes, view })
}
