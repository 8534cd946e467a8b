//! What concerns the whole machine: what it must have, what the lab borrows from it, and how
//! everything is given back, also after SIGKILL. It knows nothing of what a node looks like.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::Arc;

use anyhow::{Context, Result};

pub(crate) mod cgroup;
pub(crate) mod conntrack_max;
pub(crate) mod lock;
pub(crate) mod namespace;
pub(crate) mod requirements;
pub(crate) mod watcher;

pub use conntrack_max::{
    ConntrackMax, nf_conntrack_count, nf_conntrack_max, nf_conntrack_max_at_rest,
};
pub use requirements::{Missing, provisions, requirements};

use crate::node::image;

/// Where runs keep their images and node folders. Not below `/run` or `/tmp`, which may forbid exec.
const RUNS: &str = "/var/lib/heeler-lab";
const OWNER_LOCK: &str = "owner.lock";

/// This machine, ready to hold nodes. A cheap handle: the last one to go tidies everything up.
#[derive(Clone)]
pub struct Machine {
    run: Arc<Run>,
}

struct Run {
    folder: PathBuf,
    lab_binary: PathBuf,
    watcher: Child,
    /// Held as long as this process lives; only a folder whose lock is free is taken for a dead run's.
    _owner: lock::Held,
}

impl Machine {
    /// Repairs what a killed lab left behind, starts the watcher and builds the nodes' images.
    ///
    /// `lab_binary` is the program that calls [`crate::program::main_if_called`] first of all.
    ///
    /// # Errors
    /// When the machine lacks something ([`requirements`] says what), or is full.
    pub fn prepare(lab_binary: &Path) -> Result<Self> {
        let lab_binary = lab_binary
            .canonicalize()
            .with_context(|| format!("no {}", lab_binary.display()))?;
        conntrack_max::repair()?;
        tidy_dead_runs()?;
        let folder = Path::new(RUNS).join(format!("{:08x}", rand::random::<u32>()));
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        let owner = own(&folder)?;
        let watcher = watcher::spawn(&lab_binary, &folder)?;
        let machine = Self {
            run: Arc::new(Run {
                folder,
                lab_binary,
                watcher,
                _owner: owner,
            }),
        };
        image::build(&machine.image_folder(), &machine.run.lab_binary)?;
        Ok(machine)
    }

    /// Takes the right to change `nf_conntrack_max`, for one incident at a time on the machine.
    ///
    /// # Errors
    /// When another incident has it.
    pub fn lock_conntrack_max(&self) -> Result<ConntrackMax> {
        ConntrackMax::lock(&run_id(&self.run.folder)?)
    }

    pub(crate) fn lab_binary(&self) -> &Path {
        &self.run.lab_binary
    }

    pub(crate) fn image_folder(&self) -> PathBuf {
        self.run.folder.join("image")
    }

    /// A folder for a person's files, which go when the lab goes, also when it is killed.
    pub(crate) fn home_folder(&self, person: &str) -> PathBuf {
        self.run.folder.join("home").join(person)
    }

    /// A folder of its own for the node `name`.
    pub(crate) fn node_folder(&self, name: &str) -> PathBuf {
        self.run.folder.join("nodes").join(name)
    }

    /// The control group of the node `name`.
    pub(crate) fn node_control_group(&self, name: &str) -> Result<PathBuf> {
        Ok(control_group(&run_id(&self.run.folder)?)?.join(name))
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // The watcher does the work, so that the way of a killed lab is the way of every lab.
        drop(self.watcher.stdin.take());
        match self.watcher.wait() {
            Ok(status) if status.success() => {}
            ended => eprintln!(
                "lab: the watcher could not tidy {} ({ended:?})",
                self.folder.display()
            ),
        }
    }
}

/// Takes a run's folder. Its lock is held before it is called so: another lab that tidies up at that moment finds none
/// that is free.
fn own(folder: &Path) -> Result<lock::Held> {
    let begun = folder.join("owner.begun");
    let owner = lock::try_lock(&begun)?.context("a run's folder is not new")?;
    fs::rename(&begun, folder.join(OWNER_LOCK)).context("naming a run's lock")?;
    Ok(owner)
}

fn tidy_dead_runs() -> Result<()> {
    let Ok(runs) = fs::read_dir(RUNS) else {
        return Ok(());
    };
    for run in runs {
        let folder = run?.path();
        let lock = folder.join(OWNER_LOCK);
        if lock.exists() && lock::try_lock(&lock)?.is_some() {
            watcher::tidy(&folder)?;
        }
    }
    Ok(())
}

fn run_id(folder: &Path) -> Result<String> {
    let name = folder
        .file_name()
        .with_context(|| format!("{} is no run's folder", folder.display()))?;
    Ok(name.to_string_lossy().into_owned())
}

fn control_group(run: &str) -> Result<PathBuf> {
    Ok(cgroup::unified_root()?.join(format!("heeler-lab-{run}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_lives_is_nobody_elses() {
        let folder = tempfile::tempdir().unwrap();
        let owner = own(folder.path()).unwrap();
        let lock = folder.path().join(OWNER_LOCK);
        assert!(lock.exists() && lock::try_lock(&lock).unwrap().is_none());
        drop(owner);
        assert!(lock::try_lock(&lock).unwrap().is_some());
    }
}
