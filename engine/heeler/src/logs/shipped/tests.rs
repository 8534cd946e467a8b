//! Position files as collectors leave them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use heeler_core::logs::shipped::{FluentBit, Shipped};
use rusqlite::Connection;
use uuid::Uuid;

use super::{NoPositions, Positions, open};

/// Fluent Bit's own words, of `tail_sql.h` before 5.0.3.
const CREATE: &str = "CREATE TABLE IF NOT EXISTS in_tail_files (  id      INTEGER PRIMARY KEY,  name    TEXT NOT NULL,  offset  INTEGER,  inode   INTEGER,  created INTEGER,  rotated INTEGER DEFAULT 0);";
/// And what 5.0.3 does to such a table.
const MARKERS: &str = "ALTER TABLE in_tail_files ADD COLUMN offset_marker INTEGER DEFAULT 0; ALTER TABLE in_tail_files ADD COLUMN offset_marker_size INTEGER DEFAULT 0;";
const ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// A folder that goes with its test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        // Names with what a URI has a meaning for.
        let folder = std::env::temp_dir().join(format!("heeler test #?%41 {}", Uuid::now_v7()));
        fs::create_dir(&folder).expect("a folder");
        Folder(folder)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        fs::write(self.file(name), bytes).expect("written");
        self.file(name)
    }

    /// What is in it, byte by byte.
    fn all(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let entries = fs::read_dir(&self.0).expect("a folder");
        let read = |path: PathBuf| (path.clone(), fs::read(path).unwrap_or_default());
        entries
            .map(|entry| read(entry.expect("an entry").path()))
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// A database as Fluent Bit has it open, with one row.
fn fluent_bit(path: &Path) -> Connection {
    let database = Connection::open(path).expect("a database");
    database.execute_batch(CREATE).expect("a table");
    database
        .execute_batch("PRAGMA synchronous=1; PRAGMA journal_mode=WAL;")
        .expect("WAL");
    database.execute_batch(MARKERS).expect("columns");
    let insert = "INSERT INTO in_tail_files (name, offset, inode, created, offset_marker, offset_marker_size) VALUES (?1, 4096, 77, 1795132800, -5, 32)";
    let link = format!("/var/log/containers/web-1_shop_app-{ID}.log");
    database.execute(insert, [link]).expect("a row");
    database
}

fn records(positions: &Positions) -> &FluentBit {
    match &positions.shipped {
        Shipped::FluentBit(records) => records,
        Shipped::Vector(_) => panic!("Vector's"),
    }
}

#[test]
fn a_database_is_read_and_nothing_is_written() {
    let folder = Folder::new();
    let path = folder.file("flb.db");
    drop(fluent_bit(&path));
    let before = folder.all();
    let read = open(&path).expect("positions");
    assert_eq!(folder.all(), before);
    let records = records(&read);
    assert_eq!((records.records.len(), records.others), (1, 0));
    let record = &records.records[0];
    assert_eq!(
        (record.byte, record.seen.map(|at| at.0)),
        (4096, Some(1_795_132_800_000_000_000))
    );
    assert!(record.marker.is_some());
    // Whether Fluent Bit has ended in good order, or its -wal was not copied, looks the same.
    assert_eq!(read.without_wal, Some(folder.file("flb.db-wal")));
}

#[test]
fn a_wal_that_was_copied_is_read_too_and_one_that_was_not_is_told() {
    let folder = Folder::new();
    let path = folder.file("flb.db");
    let database = fluent_bit(&path);
    database
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE); UPDATE in_tail_files SET offset = 9000;")
        .expect("later");
    // It is killed now: what is on the disk stays so.
    let copy = Folder::new();
    let main = copy.write("flb.db", &fs::read(&path).expect("a file"));
    let stale = open(&main).expect("positions");
    assert_eq!(records(&stale).records[0].byte, 4096);
    assert_eq!(stale.without_wal, Some(copy.file("flb.db-wal")));
    copy.write(
        "flb.db-wal",
        &fs::read(folder.file("flb.db-wal")).expect("a -wal"),
    );
    let before = copy.all();
    let both = open(&main).expect("positions");
    assert_eq!(copy.all(), before);
    assert_eq!(
        (records(&both).records[0].byte, both.without_wal),
        (9000, None)
    );
    drop(database);
}

#[test]
fn an_old_table_and_one_without_wal_are_read() {
    let folder = Folder::new();
    let path = folder.file("old.db");
    let database = Connection::open(&path).expect("a database");
    database.execute_batch(CREATE).expect("a table");
    let rows = "INSERT INTO in_tail_files (name, offset, inode, created) VALUES ('/var/log/messages', 1, 2, 3);
        INSERT INTO in_tail_files (name, inode) VALUES ('/var/log/pods/shop_web-1_0c5e/app/0.log', 4);";
    database.execute_batch(rows).expect("rows");
    drop(database);
    let read = open(&path).expect("positions");
    assert_eq!(read.without_wal, None);
    let records = records(&read);
    assert_eq!((records.records.len(), records.others), (1, 1));
    let record = &records.records[0];
    assert_eq!((record.byte, record.seen, record.marker), (0, None, None));
}

#[test]
fn checkpoints_of_vector_are_told_from_a_database() {
    let folder = Folder::new();
    let json = br#" {"version":"1","checkpoints":[{"fingerprint":{"first_lines_checksum":78910},"position":1234,"modified":"2021-07-12T18:19:11.769003Z"}]}"#;
    let read = open(&folder.write("checkpoints.json", json)).expect("positions");
    let Shipped::Vector(vector) = read.shipped else {
        panic!("Fluent Bit's");
    };
    assert_eq!((vector.files(), read.without_wal), (1, None));
}

#[test]
fn what_is_no_position_file_is_refused_in_words() {
    let folder = Folder::new();
    let database = folder.file("whole.db");
    drop(fluent_bit(&database));
    let whole = fs::read(&database).expect("a file");
    let other = folder.file("other.db");
    let others = Connection::open(&other).expect("a database");
    others
        .execute_batch("CREATE TABLE x (y); CREATE VIEW in_tail_files AS SELECT 1")
        .expect("a table");
    drop(others);
    let columns = folder.file("columns.db");
    let less = Connection::open(&columns).expect("a database");
    less.execute_batch("CREATE TABLE in_tail_files (id INTEGER, name TEXT)")
        .expect("a table");
    drop(less);
    let mut broken = whole.clone();
    broken[4096..].fill(0xff);
    let sparse = folder.write("large.db", &whole);
    let large = fs::OpenOptions::new()
        .write(true)
        .open(&sparse)
        .expect("a file");
    large.set_len((64 << 20) + 1).expect("sparse");
    let half = whole[..whole.len() / 2].to_vec();
    for (path, says) in [
        (folder.file("absent"), "does not exist"),
        (folder.0.clone(), "is no file"),
        (folder.write("empty.db", b""), "is empty"),
        (
            folder.write("text", b"positions"),
            "is neither Fluent Bit's SQLite database nor",
        ),
        (
            folder.write("json", b"{\"version\":\"7\"}"),
            "version \"7\"",
        ),
        (folder.write("short", &whole[..40]), "is damaged"),
        (folder.write("half", &half), "is damaged"),
        (folder.write("broken", &broken), "is damaged"),
        (other, "it has no table in_tail_files"),
        (columns, "is not as Fluent Bit makes it: no such column"),
        (sparse, "has more than 64 MiB"),
    ] {
        let why = open(&path).expect_err(says).to_string();
        assert!(why.contains(says), "{why}");
        assert!(why.contains(&*path.to_string_lossy()), "{why}");
    }
    let unreadable = NoPositions::Absent(folder.file("x"));
    assert_eq!(open(&folder.file("x")), Err(unreadable));
}
