//! The SQLite driver: opening a desk's file safely, and [`Tx`] over a rusqlite transaction.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode};

use crate::store::sql::{Row, Tx, Value};
use crate::store::{StoreError, schema};

/// How long a writer waits for another process's transaction.
const BUSY_FOR: Duration = Duration::from_secs(5);

/// Makes the folder (0700) and the file (0600) if they are not there. SQLite gives its `-wal` and
/// `-shm` files the mode of the database.
pub(super) fn create(path: &Path) -> Result<(), StoreError> {
    let io = |e: std::io::Error| StoreError::Io { path: path.to_owned(), what: e.to_string() };
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty() && !f.exists()) {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io)?;
    }
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Ok(file) => file.set_permissions(fs::Permissions::from_mode(0o600)).map_err(io),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(io(e)),
    }
}

/// Opens the file, which must be there.
pub(super) fn connect(path: &Path, read_only: bool) -> Result<Connection, StoreError> {
    let meta = fs::metadata(path)
        .map_err(|e| StoreError::Io { path: path.to_owned(), what: e.to_string() })?;
    if meta.is_dir() {
        return Err(StoreError::NoDatabase(path.to_owned()));
    }
    if meta.permissions().readonly() {
        return Err(StoreError::ReadOnly(path.to_owned()));
    }
    let connection = Connection::open_with_flags(
        path,
        rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(|e| from_sqlite(path, e))?;
    connection.busy_timeout(BUSY_FOR).map_err(|e| from_sqlite(path, e))?;
    // Before the first word that writes: the database of another program stays as it is.
    schema::version(&connection, path)?;
    let set_up = |c: &Connection| -> rusqlite::Result<()> {
        c.pragma_update(None, "journal_mode", "WAL")?;
        c.pragma_update(None, "synchronous", "FULL")?;
        c.pragma_update(None, "foreign_keys", true)?;
        c.pragma_update(None, "trusted_schema", false)?;
        c.pragma_update(None, "cell_size_check", true)?;
        // The bytes of a mail stand here while it is on its way, and hold an address that is valid.
        c.pragma_update(None, "secure_delete", true)?;
        c.set_prepared_statement_cache_capacity(128);
        if read_only {
            c.pragma_update(None, "query_only", true)?;
        }
        Ok(())
    };
    set_up(&connection).map_err(|e| from_sqlite(path, e))?;
    Ok(connection)
}

/// Says what SQLite said, in the words of the one who opened the desk.
pub(super) fn from_sqlite(path: &Path, error: rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    let code = error.sqlite_error_code();
    match code {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked(path),
        Some(ErrorCode::ReadOnly) => StoreError::ReadOnly(path),
        Some(ErrorCode::NotADatabase) => StoreError::NoDatabase(path),
        Some(ErrorCode::DiskFull) => StoreError::Full(path),
        // A quota or a limit on the size of files says so, and a disk that fails.
        Some(ErrorCode::SystemIoFailure) => StoreError::Io { path, what: error.to_string() },
        Some(ErrorCode::ConstraintViolation) => StoreError::Constraint(error.to_string()),
        Some(_) | None => StoreError::Database { path, what: error.to_string() },
    }
}

/// A use case's transaction on SQLite.
pub(super) struct SqliteTx<'a> {
    pub connection: &'a Connection,
    pub path: &'a Path,
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(v) => ValueRef::Integer(*v),
            Self::Text(v) => ValueRef::Text(v.as_bytes()),
            Self::Blob(v) => ValueRef::Blob(v),
        }))
    }
}

fn portable(sql: &str) -> String {
    sql.replace('$', "?")
}

impl Tx for SqliteTx<'_> {
    fn execute(&mut self, sql: &'static str, values: &[Value]) -> Result<usize, StoreError> {
        self.connection
            .prepare_cached(&portable(sql))
            .and_then(|mut s| s.execute(rusqlite::params_from_iter(values)))
            .map_err(|e| from_sqlite(self.path, e))
    }

    fn query(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let run = || -> rusqlite::Result<Vec<Row>> {
            let mut statement = self.connection.prepare_cached(&portable(sql))?;
            let columns = statement.column_count();
            let mut rows = statement.query(rusqlite::params_from_iter(values))?;
            let mut out = Vec::new();
            while let Some(row) = rows.next()? {
                let mut cells = Vec::with_capacity(columns);
                for i in 0..columns {
                    cells.push(match row.get_ref(i)? {
                        ValueRef::Null => Value::Null,
                        ValueRef::Integer(v) => Value::Int(v),
                        ValueRef::Real(_) => return Err(rusqlite::Error::InvalidQuery),
                        ValueRef::Text(v) => Value::Text(String::from_utf8_lossy(v).into_owned()),
                        ValueRef::Blob(v) => Value::Blob(v.to_vec()),
                    });
                }
                out.push(Row(cells));
            }
            Ok(out)
        };
        run().map_err(|e| from_sqlite(self.path, e))
    }
}
