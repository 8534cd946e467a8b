//! The files of a container's log on a node's disk, rotated and packed as the kubelet leaves them.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::lines::{Log, Written};

/// `containerLogMaxFiles`, where nobody has set it.
pub(crate) const FILES: u64 = 5;

/// One container's files, in a folder.
pub(crate) struct Files {
    pub(crate) names: Vec<String>,
    pub(crate) folder: PathBuf,
    /// What they say, unpacked.
    pub(crate) written: Written,
}

impl Files {
    /// Writes a log of [`FILES`] files of so many bytes each, unpacked. Packed are, where that is wanted,
    /// all but the one that is written to and the one before.
    ///
    /// # Errors
    /// When there is no room for them.
    pub(crate) fn write(folder: &Path, seed: u64, each: u64, packed: bool) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let mut log = Log::seeded(seed);
        let mut files = Files {
            names: Vec::new(),
            folder: folder.to_owned(),
            written: Written::default(),
        };
        for number in 1..=FILES {
            let is_packed = packed && number + 1 < FILES;
            let name = match (number, is_packed) {
                (FILES, _) => "0.log".to_owned(),
                (_, true) => format!("0.log.20261120-1{number}0000.gz"),
                (_, false) => format!("0.log.20261120-1{number}0000"),
            };
            let path = folder.join(&name);
            let file = File::create(&path).with_context(|| format!("make {}", path.display()))?;
            let mut file = BufWriter::with_capacity(1 << 20, file);
            let written = if is_packed {
                let mut packer = GzEncoder::new(&mut file, Compression::fast());
                let written = log.write(each, &mut packer)?;
                packer.finish()?;
                written
            } else {
                log.write(each, &mut file)?
            };
            file.flush()?;
            files.written.bytes += written.bytes;
            files.written.lines += written.lines;
            files.names.push(name);
        }
        Ok(files)
    }

    /// Puts the same files into another folder, which takes no room.
    ///
    /// # Errors
    /// When it is not on the same file system.
    pub(crate) fn link(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder)?;
        for name in &self.names {
            fs::hard_link(self.folder.join(name), folder.join(name))?;
        }
        Ok(())
    }
}
