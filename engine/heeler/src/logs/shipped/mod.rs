//! The position file of a log collector, as the user has copied it from a node: opened, and read into
//! what [`heeler_core::logs::shipped`] decides by. Nothing is written, neither to it nor beside it.

mod database;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use heeler_core::logs::shipped::{FluentBit, NoCheckpoints, Shipped, Vector};

/// A position file has a few hundred bytes for each file that is watched.
const MOST: u64 = 64 << 20;
/// What every SQLite file begins with.
const SQLITE: &[u8] = b"SQLite format 3\0";

/// Why a position file can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPositions {
    /// There is no such file.
    #[error("{} does not exist", .0.display())]
    Absent(PathBuf),
    /// It is a folder, or something else that is no file.
    #[error("{} is no file: name the collector's position file itself", .0.display())]
    NoFile(PathBuf),
    /// It can't be read.
    #[error("{} can't be read: {error}", path.display())]
    Unread {
        /// The file.
        path: PathBuf,
        /// The system's words.
        error: String,
    },
    /// It has no byte.
    #[error("{} is empty: the copy has failed, or the collector has not written to it yet", .0.display())]
    Empty(PathBuf),
    /// It is too large for what it should be.
    #[error("{} has more than {} MiB: it is no position file", .0.display(), MOST >> 20)]
    Large(PathBuf),
    /// It is neither a database nor JSON.
    #[error("{} is neither Fluent Bit's SQLite database nor Vector's checkpoints.json", .0.display())]
    Other(PathBuf),
    /// It is JSON, and no checkpoints that are known.
    #[error("{}: {error}", path.display())]
    Checkpoints {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: NoCheckpoints,
    },
    /// It is a database without the table.
    #[error("{} is a SQLite database, and not Fluent Bit's: it has no table in_tail_files", .0.display())]
    NoTable(PathBuf),
    /// It is Fluent Bit's, and its table lacks a column.
    #[error("the table in_tail_files in {} is not as Fluent Bit makes it: {error}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// SQLite's words.
        error: String,
    },
    /// It is damaged.
    #[error("{} is damaged, or was copied while it was written: {error}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// SQLite's words.
        error: String,
    },
}

/// What was read from a position file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Positions {
    /// What the collector has shipped.
    pub shipped: Shipped,
    /// The file is a database whose latest changes may be in a second file that was not copied with it:
    /// the second file's name. Positions may then lie behind, and rows be missing: duplicates, no loss.
    pub without_wal: Option<PathBuf>,
}

/// Reads the position file that a user names.
///
/// # Errors
/// Why it can't be read.
pub fn open(path: &Path) -> Result<Positions, NoPositions> {
    let bytes = bytes(path)?;
    if bytes.starts_with(SQLITE) {
        let read = database::read(path, bytes)?;
        return Ok(Positions {
            shipped: Shipped::FluentBit(FluentBit::of(read.rows)),
            without_wal: read.without_wal,
        });
    }
    let is_json = bytes.trim_ascii_start().starts_with(b"{");
    if !is_json {
        return Err(NoPositions::Other(path.to_owned()));
    }
    match Vector::read(&bytes) {
        Ok(vector) => Ok(Positions {
            shipped: Shipped::Vector(vector),
            without_wal: None,
        }),
        Err(error) => Err(NoPositions::Checkpoints {
            path: path.to_owned(),
            error,
        }),
    }
}

/// All of a file's bytes.
fn bytes(path: &Path) -> Result<Vec<u8>, NoPositions> {
    let unread = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => NoPositions::Absent(path.to_owned()),
        _ => NoPositions::Unread {
            path: path.to_owned(),
            error: error.to_string(),
        },
    };
    // Before it is opened: to open a pipe waits for who writes to it.
    let metadata = path.metadata().map_err(unread)?;
    if !metadata.is_file() {
        return Err(NoPositions::NoFile(path.to_owned()));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unread)?;
    file.take(MOST + 1)
        .read_to_end(&mut bytes)
        .map_err(unread)?;
    match bytes.len() as u64 {
        0 => Err(NoPositions::Empty(path.to_owned())),
        length if length > MOST => Err(NoPositions::Large(path.to_owned())),
        _ => Ok(bytes),
    }
}
