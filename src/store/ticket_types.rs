//! Ticket types, their attributes, and the values that tickets have of them.

use serde_json::Value;

use crate::domain::{Category, DataType, TicketId, TicketType, TicketTypeId, TypeAttribute};
use crate::store::StoreError;
use crate::store::sql::{Row, Tx};
use crate::values;

/// All types, in the order they were made, each with its attributes.
///
/// # Errors
/// What the database says.
pub fn all(tx: &mut dyn Tx) -> Result<Vec<TicketType>, StoreError> {
    let rows = tx.query(
        "SELECT id, category, name, description, icon, archived, created_at, updated_at \
         FROM ticket_types ORDER BY id",
        &[],
    )?;
    rows.iter().map(|row| read(tx, row)).collect()
}

/// # Errors
/// What the database says.
pub fn load(tx: &mut dyn Tx, id: TicketTypeId) -> Result<Option<TicketType>, StoreError> {
    let row = tx.first(
        "SELECT id, category, name, description, icon, archived, created_at, updated_at \
         FROM ticket_types WHERE id = $1",
        values![id.0],
    )?;
    row.map(|row| read(tx, &row)).transpose()
}

/// Whether a type has this name, whatever its case.
///
/// # Errors
/// What the database says.
pub fn is_taken(tx: &mut dyn Tx, name: &str) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM ticket_types WHERE name_key = $1";
    Ok(tx.first(sql, values![name.to_lowercase()])?.is_some())
}

fn read(tx: &mut dyn Tx, row: &Row) -> Result<TicketType, StoreError> {
    let id = row.int(0)?;
    let attributes = tx.query(
        "SELECT id, name, description, data_type, options, required, archived, created_at, \
         updated_at FROM ticket_type_attributes WHERE type_id = $1 ORDER BY id",
        values![id],
    )?;
    Ok(TicketType {
        id: TicketTypeId(id),
        category: row.word(1, Category::from_code)?,
        name: row.text(2)?,
        description: row.text(3)?,
        icon: row.text(4)?,
        archived: row.flag(5)?,
        attributes: attributes.iter().map(attribute).collect::<Result<_, _>>()?,
        created_at: row.time(6)?,
        updated_at: row.time(7)?,
    })
}

fn attribute(row: &Row) -> Result<TypeAttribute, StoreError> {
    Ok(TypeAttribute {
        id: row.int(0)?,
        name: row.text(1)?,
        description: row.text(2)?,
        data_type: row.word(3, DataType::from_code)?,
        options: row.text(4)?.lines().map(str::to_owned).collect(),
        required: row.flag(5)?,
        archived: row.flag(6)?,
        created_at: row.time(7)?,
        updated_at: row.time(8)?,
    })
}

/// Stores a new type; its attributes are stored by themselves.
///
/// # Errors
/// What the database says.
pub fn insert(tx: &mut dyn Tx, new: &TicketType) -> Result<TicketTypeId, StoreError> {
    let row = tx.first(
        "INSERT INTO ticket_types (category, name, name_key, description, icon, archived, \
         created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
        values![
            new.category.code(),
            &new.name,
            new.name.to_lowercase(),
            &new.description,
            &new.icon,
            new.archived,
            new.created_at,
            new.updated_at,
        ],
    )?;
    Ok(TicketTypeId(row.ok_or(StoreError::Corrupt("an insert gave no id"))?.int(0)?))
}

/// Stores a changed type. Its category never changes: its tickets have it.
///
/// # Errors
/// What the database says.
pub fn save(tx: &mut dyn Tx, kind: &TicketType) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE ticket_types SET name = $1, name_key = $2, description = $3, icon = $4, \
         archived = $5, updated_at = $6 WHERE id = $7",
        values![
            &kind.name,
            kind.name.to_lowercase(),
            &kind.description,
            &kind.icon,
            kind.archived,
            kind.updated_at,
            kind.id.0,
        ],
    )?;
    Ok(())
}

/// # Errors
/// What the database says.
pub fn insert_attribute(
    tx: &mut dyn Tx,
    kind: TicketTypeId,
    new: &TypeAttribute,
) -> Result<i64, StoreError> {
    let row = tx.first(
        "INSERT INTO ticket_type_attributes (type_id, name, description, data_type, options, \
         required, archived, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
        values![
            kind.0,
            &new.name,
            &new.description,
            new.data_type.code(),
            new.options.join("\n"),
            new.required,
            new.archived,
            new.created_at,
            new.updated_at,
        ],
    )?;
    row.ok_or(StoreError::Corrupt("an insert gave no id"))?.int(0)
}

/// Stores a changed attribute. Its name and kind never change: values of tickets have them.
///
/// # Errors
/// What the database says.
pub fn save_attribute(tx: &mut dyn Tx, attribute: &TypeAttribute) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE ticket_type_attributes SET description = $1, options = $2, required = $3, \
         archived = $4, updated_at = $5 WHERE id = $6",
        values![
            &attribute.description,
            attribute.options.join("\n"),
            attribute.required,
            attribute.archived,
            attribute.updated_at,
            attribute.id,
        ],
    )?;
    Ok(())
}

/// The values of a ticket, by name.
///
/// # Errors
/// What the database says.
pub fn values_of(tx: &mut dyn Tx, ticket: TicketId) -> Result<Vec<(String, Value)>, StoreError> {
    tx.query(
        "SELECT name, value FROM ticket_attributes WHERE ticket_id = $1 ORDER BY name",
        values![ticket.0],
    )?
    .iter()
    .map(|row| Ok((row.text(0)?, json(&row.text(1)?)?)))
    .collect()
}

/// The values of all tickets from `first` to `last`, by ticket.
///
/// # Errors
/// What the database says.
pub fn values_between(
    tx: &mut dyn Tx,
    first: TicketId,
    last: TicketId,
) -> Result<Vec<(TicketId, String, Value)>, StoreError> {
    tx.query(
        "SELECT ticket_id, name, value FROM ticket_attributes \
         WHERE ticket_id BETWEEN $1 AND $2 ORDER BY ticket_id, name",
        values![first.0, last.0],
    )?
    .iter()
    .map(|row| Ok((TicketId(row.int(0)?), row.text(1)?, json(&row.text(2)?)?)))
    .collect()
}

fn json(text: &str) -> Result<Value, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt("an attribute cannot be read"))
}

/// Gives a ticket a value; null takes it away.
///
/// # Errors
/// What the database says.
pub fn set_value(
    tx: &mut dyn Tx,
    ticket: TicketId,
    name: &str,
    value: &Value,
) -> Result<(), StoreError> {
    if value.is_null() {
        tx.execute(
            "DELETE FROM ticket_attributes WHERE ticket_id = $1 AND name = $2",
            values![ticket.0, name],
        )?;
        return Ok(());
    }
    tx.execute(
        "INSERT INTO ticket_attributes (ticket_id, name, value) VALUES ($1, $2, $3) \
         ON CONFLICT (ticket_id, name) DO UPDATE SET value = excluded.value",
        values![ticket.0, name, value.to_string()],
    )?;
    Ok(())
}
