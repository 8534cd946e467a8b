//! Becoming root, which namespaces and connection tracking need: the lab alone, never cargo.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use nix::unistd::geteuid;

use crate::scene::Owner;

/// What passes through `sudo`: where programs are, and how a terminal is written to.
const KEPT: &[&str] = &[
    "PATH",
    "TERM",
    "COLORTERM",
    "NO_COLOR",
    "COLUMNS",
    "LANG",
    "LC_ALL",
];

/// Returns at once as root; otherwise this process is replaced by `sudo` and this program with
/// `arguments`.
pub(super) fn become_root<S: Into<OsString>>(arguments: impl IntoIterator<Item = S>) -> Result<()> {
    if geteuid().is_root() {
        return Ok(());
    }
    let Some(sudo) = program_on_path("sudo") else {
        bail!(
            "the lab needs root for network namespaces, and there is no sudo on this machine: \
             run it as root (su -c '…'), or apt-get install sudo"
        );
    };
    let kept = KEPT.iter().filter_map(|name| {
        let value = std::env::var_os(name)?;
        let mut assignment = OsString::from(name);
        assignment.push("=");
        assignment.push(value);
        Some(assignment)
    });
    let lab = std::env::current_exe().context("finding this program")?;
    let error = Command::new(sudo)
        .args(["--", "env"])
        .args(kept)
        .arg(lab)
        .args(arguments.into_iter().map(Into::into))
        .exec();
    Err(error).context("starting sudo")
}

/// Whoever called `sudo`; `None` for root itself.
pub(super) fn invoking_user() -> Option<Owner> {
    let id = |name: &str| std::env::var(name).ok()?.parse().ok();
    let owner = Owner {
        uid: id("SUDO_UID")?,
        gid: id("SUDO_GID")?,
    };
    (geteuid().is_root() && owner.uid != 0).then_some(owner)
}

fn program_on_path(name: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}
