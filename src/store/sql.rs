//! The seam between the store's one SQL text and a database: [`Value`], [`Row`] and [`Tx`].
//!
//! One text serves SQLite and PostgreSQL. Traps, found in a trial and avoided everywhere:
//! 1. Write `$1`; the SQLite driver turns `$` into `?` (SQLite's own `$1` is a named parameter).
//! 2. `LIKE` folds ASCII case in SQLite only: compare keys folded in Rust.
//! 3. `CAST(SUM(x) AS BIGINT)`. 4. No two-argument `max()`, no `greatest()`.
//! 5. `CAST($1 AS TEXT) IS NULL`. 6. Say `NULLS LAST`.
//! 7. Never quote identifiers: a misspelt one is a string in SQLite.
//! 8. Times are 64-bit milliseconds, UTC. 9. Columns are named in every INSERT.

use chrono::TimeZone;

use crate::domain::Time;
use crate::store::StoreError;

/// A value on its way in or out.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl From<i64> for Value {
    fn from(v: i64) -> Self {
        Self::Int(v)
    }
}

impl From<u32> for Value {
    fn from(v: u32) -> Self {
        Self::Int(i64::from(v))
    }
}

impl From<bool> for Value {
    fn from(v: bool) -> Self {
        Self::Int(i64::from(v))
    }
}

impl From<&str> for Value {
    fn from(v: &str) -> Self {
        Self::Text(v.to_owned())
    }
}

impl From<String> for Value {
    fn from(v: String) -> Self {
        Self::Text(v)
    }
}

impl From<&String> for Value {
    fn from(v: &String) -> Self {
        Self::Text(v.clone())
    }
}

impl From<Vec<u8>> for Value {
    fn from(v: Vec<u8>) -> Self {
        Self::Blob(v)
    }
}

impl From<Time> for Value {
    fn from(v: Time) -> Self {
        Self::Int(v.timestamp_millis())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Self {
        v.map_or(Self::Null, Into::into)
    }
}

/// A row of an answer; columns are read from the left, by number.
#[derive(Debug, Clone)]
pub struct Row(pub Vec<Value>);

impl Row {
    fn value(&self, column: usize) -> Result<&Value, StoreError> {
        self.0.get(column).ok_or(StoreError::Corrupt("a column is missing"))
    }

    /// # Errors
    /// [`StoreError::Corrupt`] when the column holds no number.
    pub fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.opt_int(column)?.ok_or(StoreError::Corrupt("a number is missing"))
    }

    /// # Errors
    /// [`StoreError::Corrupt`] when the column holds neither a number nor NULL.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Int(v) => Ok(Some(*v)),
            Value::Text(_) | Value::Blob(_) => {
                Err(StoreError::Corrupt("no number where one was expected"))
            }
        }
    }

    /// # Errors
    /// [`StoreError::Corrupt`] when the column holds no number.
    pub fn flag(&self, column: usize) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    /// # Errors
    /// [`StoreError::Corrupt`] when the column holds no number a `u32` can hold.
    pub fn count(&self, column: usize) -> Result<u32, StoreError> {
        u32::try_from(self.int(column)?).map_err(|_| StoreError::Corrupt("a count is out of range"))
    }

    /// # Errors
    /// [`StoreError::Corrupt`] when the column holds no text.
    pub fn text(&self, column: usize) -> Result<String, StoreError> {
        self.opt_text(column)?.ok_or(StoreError::Corrupt("a text is missing"))
    }

    /// # Errors
    /// [`StoreError::Corrupt`] when the column holds neither text nor NULL.
    pub fn opt_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Text(v) => Ok(Some(v.clone())),
            Value::Int(_) | Value::Blob(_) => {
                Err(StoreError::Corrupt("no text where one was expected"))
            }
        }
    }

    /// # Errors
    /// [`StoreError::Corrupt`] when the column holds neither bytes nor NULL.
    pub fn opt_blob(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Blob(v) => Ok(Some(v.clone())),
            Value::Int(_) | Value::Text(_) => {
                Err(StoreError::Corrupt("no bytes where some were expected"))
            }
        }
    }

    /// # Errors
    /// [`StoreError::Corrupt`] when the column holds no moment.
    pub fn time(&self, column: usize) -> Result<Time, StoreError> {
        self.opt_time(column)?.ok_or(StoreError::Corrupt("a time is missing"))
    }

    /// # Errors
    /// [`StoreError::Corrupt`] when the column holds a number that is no moment.
    pub fn opt_time(&self, column: usize) -> Result<Option<Time>, StoreError> {
        self.opt_int(column)?
            .map(|ms| {
                chrono::Utc
                    .timestamp_millis_opt(ms)
                    .single()
                    .ok_or(StoreError::Corrupt("a time is out of range"))
            })
            .transpose()
    }

    /// Reads a word of the database's own vocabulary.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it is not in the vocabulary.
    pub fn word<T>(&self, column: usize, read: fn(&str) -> Option<T>) -> Result<T, StoreError> {
        read(&self.text(column)?).ok_or(StoreError::Corrupt("a word is not in the vocabulary"))
    }
}

/// A transaction in the making. Dropped without a commit, it leaves nothing behind.
pub trait Tx {
    /// Runs a statement and says how many rows it touched.
    ///
    /// # Errors
    /// What the database says.
    fn execute(&mut self, sql: &'static str, values: &[Value]) -> Result<usize, StoreError>;

    /// Runs a statement that answers with rows.
    ///
    /// # Errors
    /// What the database says.
    fn query(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, StoreError>;

    /// The first row of an answer, if it has one.
    ///
    /// # Errors
    /// What the database says.
    fn first(&mut self, sql: &'static str, values: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, values)?.into_iter().next())
    }
}

/// Values for a statement, each turned into a [`Value`].
#[macro_export]
macro_rules! values {
    ($($v:expr),* $(,)?) => { &[$($crate::store::sql::Value::from($v)),*] };
}
