//! What a test reads of a node, past the node's own programs.

use std::fs;

use anyhow::Result;

use super::container::Container;
use super::counters::{self, KernelCounters};
use super::state::file;
use super::{Node, Place};

impl Node {
    /// The node's boot id.
    ///
    /// # Errors
    /// When the node's folder is gone.
    pub fn boot_id(&self) -> Result<String> {
        Ok(self.inner.state.read(file::BOOT_ID)?.trim().to_owned())
    }

    /// How often the node has booted.
    ///
    /// # Errors
    /// When the node's folder is gone.
    pub fn boots(&self) -> Result<usize> {
        Ok(self.inner.state.read(file::BOOTS)?.lines().count())
    }

    /// The node's settings as its API server has them now.
    ///
    /// # Errors
    /// When the node's folder is gone.
    pub fn settings(&self) -> Result<serde_json::Value> {
        self.inner.state.read_json(file::SETTINGS)
    }

    /// Reads them at any time, without keeping the node from its end; null where it has ended.
    pub fn settings_reader(&self) -> impl Fn() -> serde_json::Value + Send + Sync + use<> {
        let state = self.inner.state.clone();
        move || state.read_json(file::SETTINGS).unwrap_or_default()
    }

    /// What settings changes have restarted so far, one line each, the oldest first.
    ///
    /// # Errors
    /// When the node's folder is gone.
    pub fn restarts(&self) -> Result<Vec<String>> {
        Ok(self
            .inner
            .state
            .read(file::RESTARTS)?
            .lines()
            .map(str::to_owned)
            .collect())
    }

    /// The command lines of what was started in a place since the boot and still runs there: scripts
    /// of the SSM agent and what they have left, on the host what its services have.
    ///
    /// # Errors
    /// Never: what has ended is not there.
    pub fn running(&self, place: Place) -> Result<Vec<String>> {
        let group = &self.inner.plan.control_group;
        let group = match place {
            Place::Host => group.join("system.slice"),
            Place::Admin => Container::Admin.control_group(group).join("exec"),
            Place::Control => Container::Control.control_group(group).join("exec"),
        };
        let processes = fs::read_to_string(group.join("cgroup.procs")).unwrap_or_default();
        let line = |pid: &str| fs::read_to_string(format!("/proc/{pid}/cmdline")).ok();
        let lines = processes.lines().filter_map(line);
        // One that has ended and was not waited for has none.
        let lines = lines.filter(|line| !line.is_empty());
        Ok(lines.map(|line| line.replace('\0', " ")).collect())
    }

    /// The kernel's own counters for the node's network namespace.
    ///
    /// # Errors
    /// When the node has ended.
    pub fn kernel_counters(&self) -> Result<KernelCounters> {
        counters::conntrack(self.inner.init)
    }
}
