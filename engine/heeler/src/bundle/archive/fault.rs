//! Why something can't be done with a local archive.

use std::io;
use std::path::{Path, PathBuf};

/// Why something can't be done with a local archive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveFault {
    /// The file can't be opened.
    #[error("{path} can't be opened: {error}", path = path.display())]
    Unopened {
        /// The file.
        path: PathBuf,
        /// The system's words.
        error: String,
    },
    /// It is a folder.
    #[error("{path} is a folder, and no bundle", path = path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// A bundle is not written over another file.
    #[error("{path} is there already: a bundle overwrites nothing", path = path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The path names no file.
    #[error("{path} names no file to write to", path = path.display())]
    Unnamed {
        /// The path.
        path: PathBuf,
    },
    /// The disk is full.
    #[error("the disk is full where {path} is written: nothing of it was kept", path = path.display())]
    Full {
        /// The bundle.
        path: PathBuf,
    },
    /// The bundle can't be written.
    #[error("{path} can't be written, nothing of it was kept: {error}", path = path.display())]
    Unwritten {
        /// The bundle.
        path: PathBuf,
        /// The system's words.
        error: String,
    },
    /// A member can't have this label.
    #[error("no member can be called {label:?}: {why}")]
    Label {
        /// The label.
        label: String,
        /// Why.
        why: String,
    },
    /// The archive has no such member.
    #[error("{path} has no member {label:?}{near}", path = path.display(), near = near.as_ref().map(|near| format!(": did you mean {near}?")).unwrap_or_default())]
    NoMember {
        /// The archive.
        path: PathBuf,
        /// What was asked for.
        label: String,
        /// What it has instead.
        near: Option<String>,
    },
    /// The member is not there as far as the archive could be read.
    #[error("{path} has no member {label:?} as far as it could be read: {why}", path = path.display())]
    NotReached {
        /// The archive.
        path: PathBuf,
        /// What was asked for.
        label: String,
        /// What is wrong with the archive.
        why: String,
    },
    /// The answer can't be written; a reader that has gone away is none of these.
    #[error("the answer can't be written: {error}")]
    Answer {
        /// The system's words.
        error: String,
    },
    /// The reader of the answer has gone away: no failure, and nothing more to do.
    #[error("nobody reads the answer any more")]
    Gone,
}

impl ArchiveFault {
    /// What to do about it.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            ArchiveFault::Unopened { .. } | ArchiveFault::Folder { .. } => {
                "name a file that `heeler bundle` or logdog has made"
            }
            ArchiveFault::Exists { .. } | ArchiveFault::Unnamed { .. } => {
                "name another file with -o"
            }
            ArchiveFault::Full { .. } | ArchiveFault::Unwritten { .. } => {
                "make room, or name a file elsewhere with -o"
            }
            ArchiveFault::NoMember { .. } | ArchiveFault::NotReached { .. } => {
                "`heeler bundle show FILE` lists what is in it"
            }
            ArchiveFault::Answer { .. } => "make room where it goes, and ask again",
            ArchiveFault::Label { .. } | ArchiveFault::Gone => "try again",
        }
    }

    pub(super) fn unopened(path: &Path, error: &io::Error) -> Self {
        ArchiveFault::Unopened {
            path: path.into(),
            error: error.to_string(),
        }
    }

    pub(super) fn unwritten(path: &Path, error: &io::Error) -> Self {
        let path = path.into();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                ArchiveFault::Full { path }
            }
            _ => ArchiveFault::Unwritten {
                path,
                error: error.to_string(),
            },
        }
    }
}

/// What became of writing an answer.
impl From<io::Error> for ArchiveFault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => ArchiveFault::Gone,
            _ => ArchiveFault::Answer {
                error: error.to_string(),
            },
        }
    }
}
