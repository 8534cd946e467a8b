//! A container's log as containerd writes it and the kubelet rotates it. Source: kubernetes 1.36,
//! `pkg/kubelet/logs/container_log_manager.go`: before a rotation what is half done is removed,
//! then what is too much, then what was rotated before is packed; the newest rotated file stays plain.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// containerd cuts a longer line into parts of this size.
const PART: usize = 16_384;

/// The log of one container.
#[derive(Debug)]
pub struct PodLog {
    folder: PathBuf,
    restart: u32,
    /// `containerLogMaxFiles`: the current one is among them.
    most_files: usize,
    current: File,
    rotated: Option<Timestamp>,
}

impl PodLog {
    /// The log of a container of a pod below a node's `/var/log`, which keeps 5 files.
    ///
    /// # Errors
    /// When its folder can't be made.
    pub fn begin(
        logs: &Path,
        (namespace, name, uid): (&str, &str, &str),
        container: &str,
    ) -> Result<Self> {
        let folder = logs
            .join(format!("pods/{namespace}_{name}_{uid}"))
            .join(container);
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        Ok(Self {
            current: open(&folder, 0)?,
            folder,
            restart: 0,
            most_files: 5,
            rotated: None,
        })
    }

    /// Keeps so many files, the current one included.
    pub fn keep_files(&mut self, most: usize) {
        self.most_files = most.max(2);
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What a program writes as one line at this moment, to `stdout` or `stderr`.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn write(&mut self, at: Timestamp, stream: &str, text: &str) -> Result<()> {
        let mut rest = text.as_bytes();
        while rest.len() > PART {
            let (part, behind) = rest.split_at(PART);
            self.part(at, stream, "P", part)?;
            rest = behind;
        }
        self.part(at, stream, "F", rest)
    }

    /// One part of a line, tagged `P` or `F`.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn part(&mut self, at: Timestamp, stream: &str, tag: &str, text: &[u8]) -> Result<()> {
        let mut line = format!("{at:.9} {stream} {tag} ").into_bytes();
        line.extend_from_slice(text);
        line.push(b'\n');
        self.raw(&line)
    }

    /// Bytes that containerd would not write so.
    ///
    /// # Errors
    /// When they can't be written.
    pub fn raw(&mut self, bytes: &[u8]) -> Result<()> {
        self.current.write_all(bytes).context("writing to a log")
    }

    /// Rotates the log at this moment of the node's clock, which no other rotation has had.
    ///
    /// # Errors
    /// When a file can't be renamed or packed.
    pub fn rotate(&mut self, at: Timestamp) -> Result<()> {
        anyhow::ensure!(self.rotated != Some(at), "it was rotated at {at} already");
        self.rotated = Some(at);
        let mut rotated = self.rotated_files()?;
        for half in rotated.extract_if(.., |path| path.extension().is_some_and(|end| end == "tmp"))
        {
            fs::remove_file(half)?;
        }
        while rotated.len() + 2 > self.most_files {
            fs::remove_file(rotated.remove(0))?;
        }
        for plain in rotated
            .iter()
            .filter(|path| path.extension().is_none_or(|end| end != "gz"))
        {
            pack(plain)?;
        }
        let name = self.current_file();
        let stamp = at.to_zoned(TimeZone::UTC).strftime("%Y%m%d-%H%M%S");
        fs::rename(&name, format!("{}.{stamp}", name.display()))?;
        self.current = open(&self.folder, self.restart)?;
        Ok(())
    }

    /// Ends the container and starts it anew: the log of the one before stays, older ones go.
    ///
    /// # Errors
    /// When a file can't be removed or made.
    pub fn restart(&mut self) -> Result<()> {
        if let Some(gone) = self.restart.checked_sub(1) {
            for path in files(&self.folder, &format!("{gone}.log"))? {
                fs::remove_file(path)?;
            }
        }
        self.restart += 1;
        self.current = open(&self.folder, self.restart)?;
        Ok(())
    }

    /// The file that is written to.
    pub fn current_file(&self) -> PathBuf {
        self.folder.join(format!("{}.log", self.restart))
    }

    fn rotated_files(&self) -> Result<Vec<PathBuf>> {
        files(&self.folder, &format!("{}.log.", self.restart))
    }
}

fn open(folder: &Path, restart: u32) -> Result<File> {
    let path = folder.join(format!("{restart}.log"));
    let opened = OpenOptions::new().create(true).append(true).open(&path);
    opened.with_context(|| format!("opening {}", path.display()))
}

/// The files whose names begin so, sorted.
fn files(folder: &Path, beginning: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(beginning) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// Packs a rotated file: into `.tmp` first, then under its name, then without the plain one.
fn pack(plain: &Path) -> Result<()> {
    let (half, packed) = (with(plain, ".tmp"), with(plain, ".gz"));
    let mut encoder = GzEncoder::new(File::create(&half)?, Compression::default());
    io::copy(&mut File::open(plain)?, &mut encoder)?;
    encoder.finish()?;
    fs::rename(&half, &packed)?;
    fs::remove_file(plain).with_context(|| format!("removing {}", plain.display()))
}

fn with(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}
