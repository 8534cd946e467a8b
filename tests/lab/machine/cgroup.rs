//! One control group per lab run: where its processes are counted, and the one sure way to end
//! them all. Nothing here limits resources.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How long the processes of a control group may take to end once they were killed.
const END_WITHIN: Duration = Duration::from_secs(5);

/// Where this machine has the unified hierarchy (cgroup2) mounted.
pub(crate) fn unified_root() -> Result<PathBuf> {
    let mounts = fs::read_to_string("/proc/mounts").context("reading /proc/mounts")?;
    mounts
        .lines()
        .find_map(|line| {
            let mut fields = line.split(' ');
            let (_, at, kind) = (fields.next()?, fields.next()?, fields.next()?);
            (kind == "cgroup2").then(|| PathBuf::from(at))
        })
        .context(
            "no cgroup2 is mounted on this machine: mount -t cgroup2 none /sys/fs/cgroup/unified",
        )
}

/// A file into which a process writes `0` to join the control group at `path`, which is made if it
/// is missing.
pub(crate) fn open(path: &Path) -> Result<File> {
    fs::create_dir_all(path)
        .with_context(|| format!("making the control group {}", path.display()))?;
    let processes = path.join("cgroup.procs");
    File::options()
        .write(true)
        .open(&processes)
        .with_context(|| format!("opening {}", processes.display()))
}

/// Moves the calling process into the control group at `path`, which is made if it is missing.
pub(crate) fn join(path: &Path) -> Result<()> {
    open(path)?
        .write_all(b"0")
        .with_context(|| format!("joining the control group {}", path.display()))
}

/// The first process in a control group, by the number that it has in the caller's pid namespace.
pub(crate) fn first_process(path: &Path) -> Option<u32> {
    let processes = fs::read_to_string(path.join("cgroup.procs")).ok()?;
    processes
        .lines()
        .filter_map(|line| line.parse().ok())
        .find(|pid| *pid != 0)
}

/// Kills every process at or below the control group and removes it. Absent is fine.
pub(crate) fn end(path: &Path) -> Result<()> {
    if !path.exists() {
        return Ok(());
    }
    fs::write(path.join("cgroup.kill"), "1")
        .with_context(|| format!("killing what runs in {}", path.display()))?;
    let give_up = Instant::now() + END_WITHIN;
    while is_populated(path) {
        if Instant::now() > give_up {
            bail!(
                "processes in {} outlive SIGKILL by {END_WITHIN:?}: see {0}/cgroup.procs",
                path.display()
            );
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    remove_tree(path)
}

fn is_populated(path: &Path) -> bool {
    fs::read_to_string(path.join("cgroup.events"))
        .is_ok_and(|events| events.contains("populated 1"))
}

/// Removes a tree of control groups, the innermost first: they are folders, but never hold real files.
pub(crate) fn remove_tree(path: &Path) -> Result<()> {
    for entry in fs::read_dir(path).with_context(|| format!("reading {}", path.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_tree(&entry.path())?;
        }
    }
    fs::remove_dir(path).with_context(|| format!("removing the control group {}", path.display()))
}
