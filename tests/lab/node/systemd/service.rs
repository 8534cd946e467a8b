//! Between PID 1 and a service's program: joins the service's control group, leaves everybody
//! else's session, and becomes the program.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::machine::cgroup;

/// The name by which the lab's binary is called to become this program.
pub(crate) const PROGRAM: &str = "lab-service";
/// systemd's exit code of a service whose program could not be executed.
const NOT_EXECUTED: i32 = 203;

/// `arguments` are the control group, the program and its own arguments.
pub(crate) fn main(arguments: &[String]) -> Result<i32> {
    let [control_group, program, rest @ ..] = arguments else {
        anyhow::bail!("usage: {PROGRAM} CONTROL_GROUP PROGRAM [ARGUMENT...]");
    };
    cgroup::join(Path::new(control_group))?;
    nix::unistd::setsid().context("making a session")?;
    let error = Command::new(program).args(rest).exec();
    eprintln!("{program}: Failed at step EXEC spawning {program}: {error}");
    Ok(NOT_EXECUTED)
}
