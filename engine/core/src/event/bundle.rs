//! Bundles that a runbook makes at the end of a run. Each is a run of its own, whose records tell the
//! rest.

use serde::{Deserialize, Serialize};

use super::ids::{InstanceId, RunId};

/// A step of a bundle that a runbook makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum BundleStep {
    /// It is about to be made. Without a following `Made` or `Failed` nobody knows what became of it;
    /// what lies on the node goes by itself.
    Begun {
        /// Which node.
        instance: InstanceId,
        /// Its own run.
        run: RunId,
        /// Why it is wanted, for people.
        because: String,
    },
    /// It was made.
    Made {
        /// Which node.
        instance: InstanceId,
        /// How many times its run has called `SendCommand`.
        commands: u32,
        /// The file.
        path: String,
        /// Its bytes.
        bytes: u64,
        /// Their SHA-256, in hexadecimal digits.
        sha256: String,
        /// What it lacks and why, for people.
        missing: Vec<String>,
        /// What is left on the node for a while, for people.
        left: Option<String>,
    },
    /// It could not be made.
    Failed {
        /// Which node.
        instance: InstanceId,
        /// How many times its run has called `SendCommand`.
        commands: u32,
        /// Why, for people.
        why: String,
    },
    /// It was wanted and not begun: the policy forbids it, or there are enough.
    LeftOut {
        /// Which node.
        instance: InstanceId,
        /// Why it was wanted, for people.
        because: String,
        /// Why there is none, for people.
        why: String,
    },
}
