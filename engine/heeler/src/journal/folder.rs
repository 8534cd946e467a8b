//! Where the journal lies, and who may read it: only its owner.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::fault::JournalFault;

/// The name of the journal's file in the state folder.
const FILE: &str = "journal.sqlite";

/// The folder that holds what outlives a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateFolder(PathBuf);

impl StateFolder {
    /// A folder of the caller's choice.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        StateFolder(path.into())
    }

    /// `$HEELER_STATE_DIR`, else `$XDG_STATE_HOME/heeler`, else `~/.local/state/heeler`.
    ///
    /// # Errors
    /// [`JournalFault::NoPlace`] where none of the variables is set.
    pub fn from_environment() -> Result<Self, JournalFault> {
        Self::from_variables(|name| std::env::var_os(name))
    }

    pub(super) fn from_variables(
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, JournalFault> {
        let path = |name: &str| variable(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        // The XDG base directory specification: a relative path is to be ignored.
        let xdg = || path("XDG_STATE_HOME").filter(|state| state.is_absolute());
        path("HEELER_STATE_DIR")
            .or_else(|| xdg().map(|state| state.join("heeler")))
            .or_else(|| path("HOME").map(|home| home.join(".local/state/heeler")))
            .map(StateFolder)
            .ok_or(JournalFault::NoPlace)
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The journal's file.
    pub fn journal(&self) -> PathBuf {
        self.0.join(FILE)
    }

    /// Makes the folder and an empty file where they are missing, and sees to it that nobody else
    /// can read or replace the file.
    pub(super) fn prepare(&self) -> Result<PathBuf, JournalFault> {
        make_folder(&self.0).map_err(|error| unopened(&self.0, &error))?;
        refuse_exposed(&self.0)?;
        let file = self.journal();
        match create(&file) {
            Ok(()) => sync_folder(&self.0).map_err(|error| unopened(&self.0, &error))?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => close_to_others(&file)?,
            Err(error) => return Err(unopened(&file, &error)),
        }
        Ok(file)
    }
}

fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// An empty file, for its owner alone from its first moment. SQLite gives the files that it puts
/// beside it the same mode.
fn create(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Makes the file's name durable, not only what is in it.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(path)?.sync_all()
    } else {
        Ok(())
    }
}

/// A folder that others may write to is refused and not mended: it may well be one, such as
/// `/tmp`, that is meant to be so.
#[cfg(unix)]
fn refuse_exposed(path: &Path) -> Result<(), JournalFault> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata(path)?.permissions().mode() & 0o7777;
    if mode & 0o022 == 0 {
        return Ok(());
    }
    Err(JournalFault::Exposed {
        path: path.into(),
        mode,
    })
}

#[cfg(not(unix))]
fn refuse_exposed(_path: &Path) -> Result<(), JournalFault> {
    Ok(())
}

/// A file that others can read, after a copy or a restore, is closed to them again.
#[cfg(unix)]
fn close_to_others(path: &Path) -> Result<(), JournalFault> {
    use std::os::unix::fs::PermissionsExt as _;
    for file in [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")] {
        let Ok(found) = fs::symlink_metadata(&file) else {
            continue;
        };
        if !found.is_file() {
            return Err(JournalFault::NoFile { path: file });
        }
        if found.permissions().mode() & 0o077 == 0 {
            continue;
        }
        match fs::set_permissions(&file, fs::Permissions::from_mode(0o600)) {
            // Another process has just closed the journal, and taken its log away with it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            closed => closed.map_err(|error| unopened(&file, &error))?,
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn close_to_others(path: &Path) -> Result<(), JournalFault> {
    if metadata(path)?.is_file() {
        Ok(())
    } else {
        Err(JournalFault::NoFile { path: path.into() })
    }
}

fn metadata(path: &Path) -> Result<fs::Metadata, JournalFault> {
    fs::metadata(path).map_err(|error| unopened(path, &error))
}

fn unopened(path: &Path, error: &io::Error) -> JournalFault {
    JournalFault::Unopened {
        path: path.to_owned(),
        error: error.to_string(),
    }
}

#[cfg(unix)]
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
