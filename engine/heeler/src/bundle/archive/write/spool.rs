//! Room on the disk for one member at a time: a tar says how long a member is before it begins.

use std::fs::{self, File};
use std::io::{self, Read, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::place::create;

/// A file without a name, where the system can do that; it goes with the process then, however that ends.
pub(super) struct Spool {
    file: File,
    size: u64,
    /// Its name, where it had to keep it.
    named: Option<PathBuf>,
}

impl Spool {
    /// Makes one.
    pub(super) fn new(path: &Path) -> io::Result<Self> {
        let file = create(path)?;
        let named = fs::remove_file(path).is_err().then(|| path.to_owned());
        Ok(Spool {
            file,
            size: 0,
            named,
        })
    }

    /// Makes it empty.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.size = 0;
        self.file.set_len(0)?;
        self.file.rewind()
    }

    /// Goes back to the beginning, and gives all that was written.
    pub(super) fn all(&mut self) -> io::Result<(u64, impl Read + '_)> {
        self.file.seek(SeekFrom::Start(0))?;
        let size = self.size;
        Ok((size, (&self.file).take(size)))
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        if let Some(path) = &self.named {
            // Nobody is left to tell.
            let _ = fs::remove_file(path);
        }
    }
}
