//! The files by which a node's own programs know the node: the lab's, not Bottlerocket's.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Where the lab's own folder is on the host.
pub(crate) const LAB: &str = "/.lab";

/// The folder of these files.
#[derive(Debug, Clone)]
pub(crate) struct State {
    folder: PathBuf,
}

impl State {
    /// The state in `folder`, a path of this machine.
    pub(crate) fn at(folder: &Path) -> Self {
        Self {
            folder: folder.join("state"),
        }
    }

    /// The state as seen from a process on the node: on the host, or in the admin container.
    pub(crate) fn of_this_node() -> Result<Self> {
        ["/.lab/state", "/.bottlerocket/rootfs/.lab/state"]
            .iter()
            .map(PathBuf::from)
            .find(|folder| folder.is_dir())
            .map(|folder| Self { folder })
            .context("this is no place on a lab node that sees its state")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes the whole file in place, so that binds of it keep showing it.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<()> {
        fs::create_dir_all(&self.folder)
            .with_context(|| format!("making {}", self.folder.display()))?;
        let path = self.path(name);
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))
    }

    /// The file's text, empty when there is none.
    pub(crate) fn read(&self, name: &str) -> Result<String> {
        let path = self.path(name);
        match fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            text => text.with_context(|| format!("reading {}", path.display())),
        }
    }

    /// Replaces a JSON file as a whole: a reader sees the old or the new one.
    pub(crate) fn write_json(&self, name: &str, value: &impl Serialize) -> Result<()> {
        let new = format!("{name}.new");
        self.write(&new, &serde_json::to_string(value)?)?;
        fs::rename(self.path(&new), self.path(name)).with_context(|| format!("replacing {name}"))
    }

    /// The JSON file's value, or the default when there is none.
    pub(crate) fn read_json<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T> {
        let text = self.read(name)?;
        if text.is_empty() {
            return Ok(T::default());
        }
        serde_json::from_str(&text)
            .with_context(|| format!("{} is damaged", self.path(name).display()))
    }

    /// Adds a line to a file.
    pub(crate) fn append(&self, name: &str, line: &str) -> Result<()> {
        use std::io::Write;
        let path = self.path(name);
        let mut file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)?;
        writeln!(file, "{line}").with_context(|| format!("adding to {}", path.display()))
    }
}

/// Files of the state folder.
pub(crate) mod file {
    /// The boot id, bound over `/proc/sys/kernel/random/boot_id`.
    pub(crate) const BOOT_ID: &str = "boot_id";
    /// The list of CPUs, bound over those in `/sys/devices/system/cpu`.
    pub(crate) const CPU_LIST: &str = "cpus";
    /// The CPUs' descriptions, bound over `/proc/cpuinfo`.
    pub(crate) const CPU_INFORMATION: &str = "cpuinfo";
    /// The boot ids so far, one line each.
    pub(crate) const BOOTS: &str = "boots";
    /// Seconds on the machine's clock at which the node booted.
    pub(crate) const BOOTED_AT: &str = "booted_at";
    /// Kernel log lines that a test planted: seconds, a tab, the text.
    pub(crate) const KERNEL_LINES: &str = "kernel_lines";
    /// Lines of the journal.
    pub(crate) const JOURNAL: &str = "journal.json";
    /// The ENA driver's counters.
    pub(crate) const ENA: &str = "ena.json";
    /// The settings document.
    pub(crate) const SETTINGS: &str = "settings.json";
    /// There once the settings are locked.
    pub(crate) const SETTINGS_LOCKED: &str = "settings_locked";
    /// What befalls `logdog`.
    pub(crate) const LOGDOG: &str = "logdog.json";
    /// What `set` restarted, one line each.
    pub(crate) const RESTARTS: &str = "restarts";
}
