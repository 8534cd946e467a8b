//! What a test does to a node's `logdog`, and where its requests lie.

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::Node;
use super::state::file;

/// The folder of the requests on the host, one file for what all variants ask for and one besides.
pub(crate) const REQUESTS: &str = "/usr/share/logdog.d";
/// The files in it.
pub(super) const FILES: &[(&str, &str)] = &[
    (
        "logdog.common.conf",
        include_str!("logdog.d/logdog.common.conf"),
    ),
    (
        "logdog.kubelet.conf",
        include_str!("logdog.d/logdog.kubelet.conf"),
    ),
];

/// What goes wrong with `logdog`. That it is not there at all, or that its disk is full, a node has
/// from its start: [`super::NodeConfig`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogdogUpset {
    /// It hangs before its first request; there is a temporary folder, and no tarball.
    Hangs,
    /// It hangs when half of the tarball is written.
    HangsInTarball,
    /// It gathers everything and ends with exit code 1 and this line on standard error; there is no
    /// tarball.
    Fails(String),
    /// Each request takes so much longer.
    Slow {
        /// How much.
        milliseconds: u64,
    },
}

impl Node {
    /// What befalls `logdog` from its next start on; `None` lets it do its work.
    ///
    /// # Errors
    /// When the node's folder is gone.
    pub fn upset_logdog(&self, upset: Option<LogdogUpset>) -> Result<()> {
        self.inner.state.write_json(file::LOGDOG, &upset)
    }
}
