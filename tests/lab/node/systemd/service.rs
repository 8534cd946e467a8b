//! Between PID 1 and a service's program: joins the service's control group, leaves everybody
//! else's session, and becomes the program. Its own complaints go to the node's log.

use std::fs::File;
use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::work::Surroundings;
use crate::machine::cgroup;

/// The name by which the lab's binary is called to become this program.
pub(crate) const PROGRAM: &str = "lab-service";

/// What is to become of the process: the one argument, as JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Execution {
    pub(super) control_group: PathBuf,
    pub(super) surroundings: Surroundings,
    /// The program and its arguments, with nothing left to replace.
    pub(super) argv: Vec<String>,
}

/// What a process did not get as far as (systemd `src/shared/exit-status.c`).
#[derive(Debug, Clone, Copy)]
enum Step {
    Chdir = 200,
    Exec = 203,
    Stdout = 209,
}

/// Gives an exit code only where the program could not be executed.
pub(crate) fn main(arguments: &[String]) -> Result<i32> {
    let [execution] = arguments else {
        anyhow::bail!("usage: {PROGRAM} EXECUTION");
    };
    let execution: Execution = serde_json::from_str(execution)?;
    let (program, rest) = execution.argv.split_first().context("no program")?;
    cgroup::join(&execution.control_group)?;
    nix::unistd::setsid().context("making a session")?;
    // By then standard error may be the service's.
    let mut log = File::from(std::io::stderr().as_fd().try_clone_to_owned()?);
    let (step, error) = execute(program, rest, &execution.surroundings);
    let name = format!("{step:?}").to_uppercase();
    writeln!(
        log,
        "{program}: Failed at step {name} spawning {program}: {error}"
    )?;
    Ok(step as i32)
}

fn execute(program: &str, rest: &[String], to: &Surroundings) -> (Step, std::io::Error) {
    let mut command = Command::new(program);
    command.args(rest);
    if let Some(path) = &to.output {
        let opened = File::options().append(true).create(true).open(path);
        let both = opened.and_then(|file| Ok((file.try_clone()?, file)));
        match both {
            Ok((out, err)) => command.stdout(out).stderr(err),
            Err(error) => return (Step::Stdout, error),
        };
    }
    if let Some(folder) = &to.folder
        && let Err(error) = std::env::set_current_dir(&folder.path)
        && !folder.may_be_missing
    {
        return (Step::Chdir, error);
    }
    (Step::Exec, command.exec())
}
