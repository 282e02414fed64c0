//! The numbers of tags. A ticket has its tags by name; a tag's number is how programs name it.

use crate::store::StoreError;
use crate::store::sql::Tx;
use crate::values;

/// All tags that have a number, by name.
///
/// # Errors
/// What the database says.
pub fn all(tx: &mut dyn Tx) -> Result<Vec<(i64, String)>, StoreError> {
    tx.query("SELECT id, name FROM tags ORDER BY name", &[])?
        .iter()
        .map(|row| Ok((row.int(0)?, row.text(1)?)))
        .collect()
}

/// # Errors
/// What the database says.
pub fn name(tx: &mut dyn Tx, id: i64) -> Result<Option<String>, StoreError> {
    tx.first("SELECT name FROM tags WHERE id = $1", values![id])?.map(|r| r.text(0)).transpose()
}

/// The number of a tag, given to it where it has none.
///
/// # Errors
/// What the database says.
pub fn number(tx: &mut dyn Tx, name: &str) -> Result<i64, StoreError> {
    if let Some(row) = tx.first("SELECT id FROM tags WHERE name = $1", values![name])? {
        return row.int(0);
    }
    let row = tx.first("INSERT INTO tags (name) VALUES ($1) RETURNING id", values![name])?;
    row.ok_or(StoreError::Corrupt("an insert gave no id"))?.int(0)
}

/// The tags that tickets have, each once.
///
/// # Errors
/// What the database says.
pub fn in_use(tx: &mut dyn Tx) -> Result<Vec<String>, StoreError> {
    let mut names = Vec::new();
    for row in tx.query("SELECT DISTINCT tags FROM tickets WHERE tags <> ''", &[])? {
        names.extend(row.text(0)?.split_whitespace().map(str::to_owned));
    }
    names.sort();
    names.dedup();
    Ok(names)
}
