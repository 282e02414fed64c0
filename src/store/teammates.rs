//! Teammates: found by name, whatever its case.

use crate::domain::{Teammate, TeammateId, Time};
use crate::store::StoreError;
use crate::store::sql::{Row, Tx};
use crate::values;

fn read(row: &Row) -> Result<Teammate, StoreError> {
    Ok(Teammate { id: TeammateId(row.int(0)?), name: row.text(1)? })
}

/// # Errors
/// What the database says.
pub fn load(tx: &mut dyn Tx, id: TeammateId) -> Result<Option<Teammate>, StoreError> {
    tx.first("SELECT id, name FROM teammates WHERE id = $1", values![id.0])?
        .map(|r| read(&r))
        .transpose()
}

/// # Errors
/// What the database says.
pub fn all(tx: &mut dyn Tx) -> Result<Vec<Teammate>, StoreError> {
    tx.query("SELECT id, name FROM teammates ORDER BY name_key", &[])?.iter().map(read).collect()
}

/// Finds a teammate by name. A single word finds the one teammate who has it as first name.
///
/// # Errors
/// What the database says.
pub fn by_name(tx: &mut dyn Tx, name: &str) -> Result<Option<Teammate>, StoreError> {
    let key = name.to_lowercase();
    let exact =
        tx.first("SELECT id, name FROM teammates WHERE name_key = $1", values![key.as_str()])?;
    if let Some(row) = exact {
        return read(&row).map(Some);
    }
    let mut named: Vec<Teammate> =
        all(tx)?.into_iter().filter(|t| t.first_name().to_lowercase() == key).collect();
    Ok(if named.len() == 1 { named.pop() } else { None })
}

/// # Errors
/// What the database says.
pub fn insert(tx: &mut dyn Tx, name: &str, now: Time) -> Result<Teammate, StoreError> {
    let row = tx.first(
        "INSERT INTO teammates (name, name_key, created_at) VALUES ($1, $2, $3) RETURNING id",
        values![name, name.to_lowercase(), now],
    )?;
    let id = row.ok_or(StoreError::Corrupt("an insert gave no id"))?.int(0)?;
    Ok(Teammate { id: TeammateId(id), name: name.to_owned() })
}
