//! Where a bundle is written: under another name beside it until it is whole.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::super::fault::ArchiveFault;

/// Where a bundle is written. What is not kept is removed.
pub(super) struct Place {
    target: PathBuf,
    partial: PathBuf,
    spool: PathBuf,
    is_kept: bool,
}

impl Place {
    /// # Errors
    /// When something is there already, or the path names no file.
    pub(super) fn new(target: &Path) -> Result<Self, ArchiveFault> {
        let Some(name) = target.file_name() else {
            return Err(ArchiveFault::Unnamed {
                path: target.into(),
            });
        };
        let beside = |ending: &str| {
            let mut hidden = OsString::from(".");
            hidden.push(name);
            hidden.push(format!(".{}.{ending}", Uuid::now_v7().simple()));
            target.with_file_name(hidden)
        };
        let place = Place {
            target: target.into(),
            partial: beside("partial"),
            spool: beside("spool.partial"),
            is_kept: false,
        };
        match target.symlink_metadata() {
            Ok(_) => Err(place.taken()),
            Err(_) => Ok(place),
        }
    }

    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    pub(super) fn partial(&self) -> &Path {
        &self.partial
    }

    pub(super) fn spool(&self) -> &Path {
        &self.spool
    }

    /// Gives the file that was written its name.
    ///
    /// # Errors
    /// When something has that name by now, or it can't be given.
    pub(super) fn keep(mut self, file: &File) -> Result<(), ArchiveFault> {
        let unwritten = |error: io::Error| ArchiveFault::unwritten(&self.target, &error);
        file.sync_all().map_err(unwritten)?;
        // Renaming would replace what another one has put there meanwhile; a second name never does.
        match fs::hard_link(&self.partial, &self.target) {
            Ok(()) => {}
            Err(_) if self.target.symlink_metadata().is_ok() => return Err(self.taken()),
            // Not every disk knows second names.
            Err(_) => {
                fs::rename(&self.partial, &self.target).map_err(unwritten)?;
                self.is_kept = true;
            }
        }
        // The bundle is there by now; not every disk can do more for its name.
        let _ = self.sync_folder();
        // The first name goes when this does.
        Ok(())
    }

    /// Makes the name durable, not only what is in the file.
    fn sync_folder(&self) -> io::Result<()> {
        let folder = match self.target.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        if cfg!(unix) {
            File::open(folder)?.sync_all()
        } else {
            Ok(())
        }
    }

    fn taken(&self) -> ArchiveFault {
        ArchiveFault::Exists {
            path: self.target.clone(),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.is_kept {
            // It may never have been made.
            let _ = fs::remove_file(&self.partial);
        }
    }
}

/// A new file, for its owner alone from its first moment.
pub(super) fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
