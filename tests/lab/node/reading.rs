//! What a test reads of a node, past the node's own programs.

use anyhow::Result;

use super::Node;
use super::counters::{self, KernelCounters};
use super::state::file;

impl Node {
    /// The node's boot id.
    ///
    /// # Errors
    /// When the node's folder is gone.
    pub fn boot_id(&self) -> Result<String> {
        Ok(self.inner.state.read(file::BOOT_ID)?.trim().to_owned())
    }

    /// The node's settings as its API server has them now.
    ///
    /// # Errors
    /// When the node's folder is gone.
    pub fn settings(&self) -> Result<serde_json::Value> {
        self.inner.state.read_json(file::SETTINGS)
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

    /// The kernel's own counters for the node's network namespace.
    ///
    /// # Errors
    /// When the node has ended.
    pub fn kernel_counters(&self) -> Result<KernelCounters> {
        counters::conntrack(self.inner.init)
    }
}
