//! What can be wrong with the journal: what, where, and what to do.

use std::path::{Path, PathBuf};

use heeler_core::event::RunId;
use rusqlite::ErrorCode;

/// The journal could not do its work. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalFault {
    /// No variable says where the state folder is.
    #[error("there is no place for the journal: neither HEELER_STATE_DIR nor HOME is set")]
    NoPlace,
    /// The folder or the file can't be made or opened.
    #[error("the journal can't be opened: {error}")]
    Unopened {
        /// The folder or the file.
        path: PathBuf,
        /// The system's words.
        error: String,
    },
    /// Others may write to the folder, and so replace the journal.
    #[error("other users may replace the journal: its folder has mode {mode:04o}")]
    Exposed {
        /// The folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The path leads to something that is no file of its own.
    #[error("the journal is no regular file")]
    NoFile {
        /// The file.
        path: PathBuf,
    },
    /// A SQLite file of another program.
    #[error("the file belongs to another program (application id {application:#x})")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// SQLite's application id.
        application: u32,
    },
    /// Written by a newer release.
    #[error("the journal has format {found}; this heeler reads up to {known}")]
    Newer {
        /// The file.
        path: PathBuf,
        /// The file's format.
        found: u32,
        /// The newest format that is known here.
        known: u32,
    },
    /// The file is damaged.
    #[error("the journal is damaged: {error}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// SQLite's words.
        error: String,
    },
    /// No room is left.
    #[error("no room is left for the journal")]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// It can be read, not written.
    #[error("the journal can't be written: {error}")]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// SQLite's words.
        error: String,
    },
    /// Another process holds it for too long.
    #[error("another process has held the journal for {seconds} s")]
    Busy {
        /// The file.
        path: PathBuf,
        /// How long was waited.
        seconds: u64,
    },
    /// Reading or writing failed below SQLite, or in a way that has no name of its own.
    #[error("the journal failed: {error}")]
    Failed {
        /// The file.
        path: PathBuf,
        /// SQLite's words.
        error: String,
    },
    /// A record is not the next of its run.
    #[error("record {got} of run {run} is not the next one, which is {wanted}")]
    OutOfOrder {
        /// The file.
        path: PathBuf,
        /// The run.
        run: RunId,
        /// The next number.
        wanted: u64,
        /// The number that was given.
        got: u64,
    },
    /// A stored record makes no sense.
    #[error("record {seq} of run {run} can't be read: {error}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The run.
        run: RunId,
        /// The record.
        seq: u64,
        /// What is wrong with it.
        error: String,
    },
    /// A record would not be readable once it is stored.
    #[error("record {seq} of run {run} can't be stored so that it can be read again: {error}")]
    Unstorable {
        /// The file.
        path: PathBuf,
        /// The run.
        run: RunId,
        /// The record.
        seq: u64,
        /// What is wrong with it.
        error: String,
    },
    /// The journal's own thread is gone.
    #[error("the journal has stopped")]
    Stopped {
        /// The file.
        path: PathBuf,
    },
}

impl JournalFault {
    /// A stable code, kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            JournalFault::NoPlace => "journal-no-place",
            JournalFault::Unopened { .. } => "journal-unopened",
            JournalFault::Exposed { .. } => "journal-exposed",
            JournalFault::NoFile { .. } => "journal-no-file",
            JournalFault::Foreign { .. } => "journal-foreign",
            JournalFault::Newer { .. } => "journal-newer",
            JournalFault::Damaged { .. } => "journal-damaged",
            JournalFault::Full { .. } => "journal-full",
            JournalFault::ReadOnly { .. } => "journal-read-only",
            JournalFault::Busy { .. } => "journal-busy",
            JournalFault::Failed { .. } => "journal-failed",
            JournalFault::OutOfOrder { .. } => "journal-out-of-order",
            JournalFault::Unreadable { .. } => "journal-unreadable",
            JournalFault::Unstorable { .. } => "journal-unstorable",
            JournalFault::Stopped { .. } => "journal-stopped",
        }
    }

    /// Where: the file or the folder.
    pub fn place(&self) -> String {
        self.path().map_or_else(
            || "the environment".to_owned(),
            |path| path.display().to_string(),
        )
    }

    /// What to do.
    pub fn help(&self) -> String {
        let place = self.place();
        match self {
            JournalFault::NoPlace => "set HEELER_STATE_DIR to a folder of your own".to_owned(),
            JournalFault::Exposed { .. } => format!("chmod go-w {}", quoted(&place)),
            JournalFault::Newer { .. } => {
                "use the newer heeler, or another HEELER_STATE_DIR with this one".to_owned()
            }
            JournalFault::Damaged { .. } => format!(
                "keep it as evidence and begin a new one: mv {} {}",
                quoted(&place),
                quoted(&format!("{place}.damaged"))
            ),
            JournalFault::Full { .. } => {
                "make room, or point HEELER_STATE_DIR at a disk with some; nothing is done on a \
                 node that can't be recorded first"
                    .to_owned()
            }
            JournalFault::Busy { .. } => {
                "wait for the other heeler, or look for one that hangs".to_owned()
            }
            JournalFault::Unreadable { .. } => {
                "a newer heeler may have written it, or somebody has changed it".to_owned()
            }
            JournalFault::Unstorable { .. } => {
                "a secret input is a word that the record itself needs, or a number is none: give \
                 another value"
                    .to_owned()
            }
            JournalFault::OutOfOrder { .. } => {
                "another process may have resumed this run: see what it reports".to_owned()
            }
            JournalFault::Unopened { .. }
            | JournalFault::NoFile { .. }
            | JournalFault::Foreign { .. }
            | JournalFault::ReadOnly { .. } => {
                "point HEELER_STATE_DIR at a folder that you own and can write to".to_owned()
            }
            JournalFault::Failed { .. } | JournalFault::Stopped { .. } => {
                "check the disk that it lies on, or set HEELER_STATE_DIR to another".to_owned()
            }
        }
    }

    fn path(&self) -> Option<&Path> {
        match self {
            JournalFault::NoPlace => None,
            JournalFault::Unopened { path, .. }
            | JournalFault::Exposed { path, .. }
            | JournalFault::NoFile { path }
            | JournalFault::Foreign { path, .. }
            | JournalFault::Newer { path, .. }
            | JournalFault::Damaged { path, .. }
            | JournalFault::Full { path }
            | JournalFault::ReadOnly { path, .. }
            | JournalFault::Busy { path, .. }
            | JournalFault::Failed { path, .. }
            | JournalFault::OutOfOrder { path, .. }
            | JournalFault::Unreadable { path, .. }
            | JournalFault::Unstorable { path, .. }
            | JournalFault::Stopped { path } => Some(path),
        }
    }

    /// Gives an error of SQLite its face.
    pub(super) fn sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        let (path, words) = (path.to_owned(), error.to_string());
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => JournalFault::Full { path },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                JournalFault::ReadOnly { path, error: words }
            }
            Some(ErrorCode::CannotOpen) => JournalFault::Unopened { path, error: words },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                JournalFault::Damaged { path, error: words }
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => JournalFault::Busy {
                path,
                seconds: super::schema::PATIENCE.as_secs(),
            },
            _ => JournalFault::Failed { path, error: words },
        }
    }
}

fn quoted(path: &str) -> String {
    format!("'{}'", path.replace('\'', r"'\''"))
}
