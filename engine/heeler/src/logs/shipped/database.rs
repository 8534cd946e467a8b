//! The rows of Fluent Bit's database.
//!
//! The file is opened as one that nobody changes: SQLite then makes no `-wal` and no `-shm` beside it, and
//! takes no lock. So it would also leave out a `-wal` that was copied with it: where there is one, both are
//! copied to a folder of our own, and read there.

use std::fs::{self, DirBuilder};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use heeler_core::logs::shipped::Row;
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use uuid::Uuid;

use super::NoPositions;

/// The bytes of a database that say how it is written, and what they are in WAL mode.
const MODE: std::ops::Range<usize> = 18..20;
const WAL: &[u8] = &[2, 2];

/// What was read.
pub(super) struct Read {
    pub(super) rows: Vec<Row>,
    pub(super) without_wal: Option<PathBuf>,
}

/// Reads the table of a database that has these bytes.
pub(super) fn read(path: &Path, bytes: Vec<u8>) -> Result<Read, NoPositions> {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    let wal = PathBuf::from(wal);
    let later = match super::bytes(&wal) {
        Ok(later) => Some(later),
        // Nothing was written that is not in the database.
        Err(NoPositions::Empty(_)) => Some(Vec::new()),
        Err(NoPositions::Absent(_)) => None,
        Err(other) => return Err(other),
    };
    let is_wal = bytes.get(MODE) == Some(WAL);
    let without_wal = (is_wal && later.is_none()).then_some(wal);
    let rows = match later.filter(|later| is_wal && !later.is_empty()) {
        Some(later) => {
            let copy = Copy::of(&bytes, &later).map_err(|error| NoPositions::Unread {
                path: path.to_owned(),
                error: format!("no copy could be made to read it with its -wal: {error}"),
            })?;
            rows(path, &copy.database(), "")
        }
        None => rows(path, path, "&immutable=1"),
    };
    Ok(Read {
        rows: rows?,
        without_wal,
    })
}

/// A database and its `-wal` in a folder of our own, which goes with it.
struct Copy(PathBuf);

impl Copy {
    fn of(bytes: &[u8], later: &[u8]) -> std::io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("heeler-{}", Uuid::now_v7()));
        DirBuilder::new().mode(0o700).create(&folder)?;
        let copy = Copy(folder);
        fs::write(copy.database(), bytes)?;
        fs::write(copy.0.join("positions-wal"), later)?;
        Ok(copy)
    }

    fn database(&self) -> PathBuf {
        self.0.join("positions")
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // What can't be removed is in the folder of temporary files.
        drop(fs::remove_dir_all(&self.0));
    }
}

/// The rows of the table in `file`; faults name `path`.
fn rows(path: &Path, file: &Path, how: &str) -> Result<Vec<Row>, NoPositions> {
    let fault = |error: rusqlite::Error| fault(path, &error);
    // Of a copy with a `-wal` SQLite makes the `-shm`, which is a change.
    let (mode, flags) = match how {
        "" => ("rw", OpenFlags::SQLITE_OPEN_READ_WRITE),
        _ => ("ro", OpenFlags::SQLITE_OPEN_READ_ONLY),
    };
    let whole = fs::canonicalize(file).map_err(|error| NoPositions::Unread {
        path: path.to_owned(),
        error: error.to_string(),
    })?;
    let name = percent_encode(whole.as_os_str().as_bytes(), NON_ALPHANUMERIC);
    let uri = format!(
        "file:{}?mode={mode}{how}",
        name.to_string().replace("%2F", "/")
    );
    let flags = flags | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(uri, flags).map_err(fault)?;
    // Nothing that the file says is run.
    connection
        .pragma_update(None, "trusted_schema", false)
        .map_err(fault)?;
    let check: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(fault)?;
    if check != "ok" {
        return Err(NoPositions::Damaged {
            path: path.to_owned(),
            error: check,
        });
    }
    let is_table = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'in_tail_files' AND rootpage > 0";
    let tables: i64 = connection
        .query_row(is_table, [], |row| row.get(0))
        .map_err(fault)?;
    if tables != 1 {
        return Err(NoPositions::NoTable(path.to_owned()));
    }
    let marker = "SELECT count(*) FROM pragma_table_info('in_tail_files') WHERE name IN ('offset_marker', 'offset_marker_size')";
    let markers: i64 = connection
        .query_row(marker, [], |row| row.get(0))
        .map_err(fault)?;
    let markers = match markers {
        2 => "offset_marker, offset_marker_size",
        _ => "0, 0",
    };
    let all =
        format!("SELECT id, name, offset, inode, created, rotated, {markers} FROM in_tail_files");
    let table = |error: rusqlite::Error| NoPositions::Table {
        path: path.to_owned(),
        error: error.to_string(),
    };
    let mut all = connection.prepare(&all).map_err(table)?;
    let rows = all.query_map([], row).map_err(table)?;
    rows.collect::<Result<Vec<Row>, _>>().map_err(table)
}

/// Numbers that are not set are 0.
fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let number =
        |index: usize| Ok::<i64, rusqlite::Error>(row.get::<_, Option<i64>>(index)?.unwrap_or(0));
    let name = row.get_ref(1)?.as_bytes_or_null()?.unwrap_or_default();
    Ok(Row {
        id: number(0)?,
        name: String::from_utf8_lossy(name).into_owned(),
        offset: number(2)?,
        inode: number(3)?,
        created: number(4)?,
        rotated: number(5)? != 0,
        marker: number(6)?,
        marker_size: number(7)?,
    })
}

fn fault(path: &Path, error: &rusqlite::Error) -> NoPositions {
    let (path, words) = (path.to_owned(), error.to_string());
    match error.sqlite_error_code() {
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::SystemIoFailure) => {
            NoPositions::Unread { path, error: words }
        }
        _ => NoPositions::Damaged { path, error: words },
    }
}
