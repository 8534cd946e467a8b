//! What Fluent Bit has read: the table `in_tail_files` of its `in_tail` database.
//!
//! Facts, from its sources (5.1.1; `plugins/in_tail/`):
//! - The table has `id, name, offset, inode, created, rotated`, and from 5.0.3 on `offset_marker,
//!   offset_marker_size` (`tail_sql.h`, `SQL_CREATE_FILES`; added to old tables in `tail_db.c`,
//!   `flb_tail_db_open`). SQLite's `user_version` and `application_id` are not set.
//! - A row is found by its inode alone, the latest one (`SQL_GET_FILE`; with `db.compare_filename` also by the
//!   last part of its name). Its name is not mended when a file has got the inode of another one.
//! - `name` is the path as its pattern has found it, mostly the link below `/var/log/containers`; once the
//!   file is rotated it is the file's own path, and `rotated` is 1 (`tail_file.c`, `flb_tail_file_rotated`).
//! - `created` is when Fluent Bit has first seen the file, in whole seconds (`tail_db.c`, `db_file_insert`).
//! - `offset` counts the bytes of the file as it is on the disk, with the CRI's prefix; of a `.gz` those that
//!   are packed (`flb_tail_file_chunk`). From 5.0.3 on it is where the first line begins that was not whole;
//!   before, a part of that line lies before it (`tail_file.h`, `flb_tail_file_db_offset`). Parts of a line
//!   (`P`) that wait for its end count as read. It is written after each piece that was read.
//! - A row is removed `rotate_wait` (5 s) after its file was rotated, whether or not that was read to its
//!   end (`flb_tail_file_purge`), when its file is removed, when Fluent Bit ends in good order while it is
//!   rotated, and from 3.0.2 on at its start where the file is not watched any more (`flb_tail_db_stale_file_delete`).
//! - A file without a row is read from its end when Fluent Bit starts (`read_from_head` is off), and from
//!   its beginning when it is found later (`set_file_position`; every 60 s, and at once where the file before
//!   it was rotated).
//! - The database is in WAL mode (`db.journal_mode`), so that the latest rows may be in the `-wal` alone.
//! - A position says what was taken in, not what has arrived: what waited in memory is lost with the process.

use std::collections::BTreeMap;

use super::file::LogFile;
use super::marker::Marker;
use crate::logs::Moment;

const NANOS: i64 = 1_000_000_000;

/// A row of the table, as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The row's number: a later one is newer.
    pub id: i64,
    /// The file's path.
    pub name: String,
    /// So many bytes of it were read.
    pub offset: i64,
    /// The file's inode.
    pub inode: i64,
    /// When it was first seen, in seconds since 1970.
    pub created: i64,
    /// Whether it was rotated while it was watched.
    pub rotated: bool,
    /// The checksum of the bytes before the position; 0 in old tables.
    pub marker: i64,
    /// Of so many bytes.
    pub marker_size: i64,
}

/// How far a file of a container was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The file's path, as the collector knows it.
    pub path: String,
    /// What that says.
    pub file: LogFile,
    /// The byte that comes next.
    pub byte: u64,
    /// When the collector has first seen the file: within the second that begins then.
    pub seen: Option<Moment>,
    /// What was right before the position.
    pub marker: Option<Marker>,
}

/// What Fluent Bit has read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FluentBit {
    /// How far it has read files of containers, oldest row first.
    pub records: Vec<Record>,
    /// Rows that are of no container's log, or of none that can be told.
    pub others: usize,
}

impl FluentBit {
    /// Takes the rows of the table, in any order.
    pub fn of(rows: Vec<Row>) -> Self {
        // An inode that was used again has several: the latest one is the file's.
        let mut latest: BTreeMap<i64, Row> = BTreeMap::new();
        let count = rows.len();
        for row in rows {
            let known = latest.entry(row.inode).or_insert_with(|| row.clone());
            if known.id < row.id {
                *known = row;
            }
        }
        let mut rows: Vec<Row> = latest.into_values().collect();
        rows.sort_by_key(|row| row.id);
        let records: Vec<Record> = rows.into_iter().filter_map(Record::of).collect();
        FluentBit {
            others: count - records.len(),
            records,
        }
    }
}

impl Record {
    fn of(row: Row) -> Option<Self> {
        let file = LogFile::read(&row.name)?;
        let seen = row.created.checked_mul(NANOS).map(Moment);
        Some(Record {
            path: row.name,
            file,
            // Less than nothing was not read either.
            byte: u64::try_from(row.offset).unwrap_or(0),
            seen: seen.filter(|_| row.created > 0),
            marker: Marker::of(row.marker, row.marker_size),
        })
    }
}
