//! The journal's tables, and which release can read which file.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use heeler_core::event::FORMAT;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use super::fault::JournalFault;

/// How long is waited for another process.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// SQLite's application id: `Heel` in ASCII.
const APPLICATION: u32 = 0x4865_656c;

/// Records are only ever added. `event` is one line of JSON; `placement` repeats, for looking up,
/// what `resolved` events say about pods.
const TABLES: &str = "
CREATE TABLE run (
    id      TEXT PRIMARY KEY NOT NULL,
    letters TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE record (
    run    TEXT NOT NULL REFERENCES run (id),
    seq    INTEGER NOT NULL CHECK (seq > 0),
    at     TEXT NOT NULL,
    event  TEXT NOT NULL CHECK (json_valid(event)),
    prev   TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (run, seq)
) STRICT;
CREATE TABLE placement (
    namespace TEXT NOT NULL,
    pod       TEXT NOT NULL,
    at        TEXT NOT NULL,
    node      TEXT,
    instance  TEXT NOT NULL,
    run       TEXT NOT NULL REFERENCES run (id)
) STRICT;
CREATE INDEX placement_of_pod ON placement (namespace, pod, at);
";

/// Opens the file, makes the tables in an empty one, and refuses what is not ours to read.
pub(super) fn open(path: &Path) -> Result<Connection, JournalFault> {
    let fault = |error: rusqlite::Error| JournalFault::sqlite(path, &error);
    // Not CREATE: the file is there already, made for its owner alone.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(fault)?;
    connection.busy_timeout(PATIENCE).map_err(fault)?;
    let found = state(&connection.transaction().map_err(fault)?, path)?;
    if found == State::Empty {
        fill(&mut connection, path)?;
    }
    tune(&connection).map_err(fault)?;
    Ok(connection)
}

/// What a file is to this release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Empty,
    Ours,
}

/// Who can read whom: format 1 is the first and, so far, the only one. A release reads every
/// format up to its own and none beyond it; a new format comes with the step that brings the
/// older file up to it. All is read within one transaction: another process may be filling the
/// file just now.
fn state(transaction: &Transaction<'_>, path: &Path) -> Result<State, JournalFault> {
    let number = |query: &str| {
        transaction
            .query_row(query, (), |row| row.get::<_, u32>(0))
            .map_err(|error| JournalFault::sqlite(path, &error))
    };
    let application = number("PRAGMA application_id")?;
    let found = number("PRAGMA user_version")?;
    let objects = number("SELECT count(*) FROM sqlite_schema")?;
    match (application, found) {
        (0, 0) if objects == 0 => Ok(State::Empty),
        (APPLICATION, FORMAT) => Ok(State::Ours),
        (APPLICATION, found) if found > FORMAT => Err(JournalFault::Newer {
            path: path.into(),
            found,
            known: FORMAT,
        }),
        (APPLICATION, found) => Err(JournalFault::Damaged {
            path: path.into(),
            error: format!("no release has ever written format {found}"),
        }),
        (application, _) => Err(JournalFault::Foreign {
            path: path.into(),
            application,
        }),
    }
}

/// Makes the tables. Another process may be doing the same: whoever comes second finds them.
fn fill(connection: &mut Connection, path: &Path) -> Result<(), JournalFault> {
    let fault = |error: rusqlite::Error| JournalFault::sqlite(path, &error);
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(fault)?;
    if state(&transaction, path)? == State::Empty {
        transaction.execute_batch(TABLES).map_err(fault)?;
        for table in ["run", "record", "placement"] {
            transaction
                .execute_batch(&append_only(table))
                .map_err(fault)?;
        }
        transaction
            .pragma_update(None, "application_id", APPLICATION)
            .map_err(fault)?;
        transaction
            .pragma_update(None, "user_version", FORMAT)
            .map_err(fault)?;
    }
    transaction.commit().map_err(fault)
}

fn append_only(table: &str) -> String {
    ["UPDATE", "DELETE"]
        .map(|verb| {
            format!(
                "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} \
                 BEGIN SELECT RAISE(ABORT, 'the journal is only ever added to'); END;"
            )
        })
        .concat()
}

/// A commit is on the disk before it returns, also on macOS, where a plain sync is not enough.
fn tune(connection: &Connection) -> rusqlite::Result<()> {
    write_ahead(connection)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)
}

/// Switches to a write-ahead log, which the file then remembers. Several processes that do so at
/// once are in each other's way, and SQLite tells them so at once instead of waiting.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && Instant::now() < deadline =>
            {
                thread::sleep(Duration::from_millis(10));
            }
            outcome => return outcome,
        }
    }
}
