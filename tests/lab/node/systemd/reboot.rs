//! What of a boot PID 1 does, the first time and again: it starts the API server, which starts the
//! containers. A reboot ends every process of the host and of its containers first; pods and the
//! network's wiring stay, as nothing on the node could make them anew.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::pid1::SERVICES;
use crate::machine::cgroup;
use crate::node::container::{CONTROL_GROUPS, SEARCH_PATH};
use crate::node::state::State;
use crate::node::{api, host, life};
use crate::program::APISERVER;

/// How long the node still runs once a reboot was asked for.
const GRACE: Duration = Duration::from_millis(300);
/// What is kept of `/run`: PID 1's own.
const KEPT: &str = "systemd";

/// What PID 1 has started at boot.
pub(super) struct Boot {
    server: Child,
}

impl Boot {
    pub(super) fn start() -> Result<Self> {
        let server = Command::new("/proc/self/exe")
            .arg0(APISERVER)
            .env_clear()
            .env("PATH", SEARCH_PATH)
            .stdin(Stdio::null())
            .spawn()
            .context("starting the API server")?;
        Ok(Self { server })
    }

    /// Does what a reboot does. Call [`announce`] first.
    pub(super) fn again(&mut self) -> Result<()> {
        std::thread::sleep(GRACE);
        let server = Pid::from_raw(i32::try_from(self.server.id())?);
        kill(server, Signal::SIGKILL).context("ending the API server")?;
        cgroup::end(Path::new(SERVICES))?;
        cgroup::end(&Path::new(CONTROL_GROUPS).join("host-containers"))?;
        for folder in ["/run", "/tmp"] {
            empty(Path::new(folder))?;
        }
        host::apply_boot_sysctls()?;
        empty_table()?;
        life::note_boot(&State::of_this_node()?)?;
        *self = Self::start()?;
        Ok(())
    }
}

/// From here on the node is not ready, until the API server says so again.
pub(super) fn announce() -> Result<()> {
    let ready = State::of_this_node()?.path(api::READY);
    fs::remove_file(&ready).with_context(|| format!("removing {}", ready.display()))
}

fn empty_table() -> Result<()> {
    let mut conntrack = Command::new("/usr/bin/conntrack")
        .arg("-F")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("emptying the table")?;
    // It has ended even where this is an error: then PID 1 has reaped it.
    conntrack.wait().ok();
    Ok(())
}

fn empty(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        let removed = if path.file_name().is_some_and(|name| name == KEPT) {
            Ok(())
        } else if path.is_dir() && !path.is_symlink() {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        removed.with_context(|| format!("removing {}", path.display()))?;
    }
    Ok(())
}
