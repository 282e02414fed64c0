//! Settings that belong to the desk, not to a teammate: words by key, and the logo.

use crate::store::StoreError;
use crate::store::sql::Tx;
use crate::values;

/// # Errors
/// What the database says.
pub fn get(tx: &mut dyn Tx, key: &str) -> Result<Option<String>, StoreError> {
    tx.first("SELECT value FROM meta WHERE key = $1", values![key])?.map(|r| r.text(0)).transpose()
}

/// # Errors
/// What the database says.
pub fn set(tx: &mut dyn Tx, key: &str, value: &str) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO meta (key, value) VALUES ($1, $2) \
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        values![key, value],
    )?;
    Ok(())
}

/// # Errors
/// What the database says.
pub fn remove(tx: &mut dyn Tx, key: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM meta WHERE key = $1", values![key])?;
    Ok(())
}

/// # Errors
/// What the database says.
pub fn logo(tx: &mut dyn Tx) -> Result<Option<Vec<u8>>, StoreError> {
    match tx.first("SELECT bytes FROM logo WHERE id = 1", &[])? {
        Some(row) => row.opt_blob(0),
        None => Ok(None),
    }
}

/// # Errors
/// What the database says.
pub fn set_logo(tx: &mut dyn Tx, bytes: Vec<u8>) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO logo (id, bytes) VALUES (1, $1) \
         ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes",
        values![bytes],
    )?;
    Ok(())
}
