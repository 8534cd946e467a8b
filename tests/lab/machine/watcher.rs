//! The process that tidies up after a lab, however the lab ended.
//!
//! It has a session of its own and waits for the end of a pipe whose other end only the lab holds:
//! the kernel closes that end also after SIGKILL.

use std::fs;
use std::io::{ErrorKind, Read, stdin};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result};

use super::{cgroup, conntrack_max};

/// The name by which the lab's binary is called to become a watcher.
pub(crate) const PROGRAM: &str = "lab-watcher";
/// How often a run's folder is removed that gets another entry each time.
const ATTEMPTS: u32 = 20;
/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(50);

pub(super) fn spawn(lab_binary: &Path, run_folder: &Path) -> Result<Child> {
    Command::new(lab_binary)
        .arg0(PROGRAM)
        .arg(run_folder)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .with_context(|| format!("starting the watcher ({})", lab_binary.display()))
}

/// What the watcher process does: waits for the lab's end, then leaves the machine as it was.
pub(crate) fn main(arguments: &[String]) -> Result<()> {
    let run_folder = Path::new(arguments.first().context("usage: lab-watcher RUN_FOLDER")?);
    // Fails where the process already leads its group; the group then protects from Ctrl-C as well.
    nix::unistd::setsid().ok();
    stdin().read_to_end(&mut Vec::new()).ok();
    tidy(run_folder)
}

/// Ends every process of a lab run, puts `nf_conntrack_max` back and removes the run's folder.
pub(super) fn tidy(run_folder: &Path) -> Result<()> {
    let run = super::run_id(run_folder)?;
    let killed = cgroup::end(&super::control_group(&run)?);
    // The value goes back even if some process could not be ended.
    let repaired = conntrack_max::repair_after(&run);
    killed.and(repaired)?;
    remove(run_folder)
}

/// What was about to be written when the processes were ended may still come: a folder that got
/// another entry meanwhile is removed once more.
fn remove(run_folder: &Path) -> Result<()> {
    let mut left = ATTEMPTS;
    loop {
        left -= 1;
        match fs::remove_dir_all(run_folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty && left > 0 => sleep(PAUSE),
            ended => {
                return ended.with_context(|| format!("removing {}", run_folder.display()));
            }
        }
    }
}
