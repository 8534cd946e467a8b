//! A fix on offer, and a fix as it would be carried out.

use serde::{Deserialize, Serialize};

use super::ids::{BootId, InstanceId};

/// There or back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// The change itself.
    Apply,
    /// Its inverse.
    Revert,
}

impl Direction {
    /// The word that is written for it.
    pub fn word(self) -> &'static str {
        match self {
            Direction::Apply => "apply",
            Direction::Revert => "revert",
        }
    }
}

/// A fix that would help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixOffer {
    /// Which node.
    pub instance: InstanceId,
    /// The fix.
    pub fix: String,
    /// The finding that it answers.
    pub finding: String,
    /// `120 → 60 s: helps from 60 s on`.
    pub effect: String,
    /// `None`: it may be started. Else why not.
    pub withheld: Option<String>,
}

/// A fix as it would be carried out, with the digest that an approval binds to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixPlan {
    /// The fix.
    pub fix: String,
    /// The finding that was proved again just now.
    pub proof: String,
    /// The nodes, pinned to their boot.
    pub pins: Vec<(InstanceId, BootId)>,
    /// What is changed on each.
    pub changes: Vec<ChangePlan>,
    /// What would take it back if everything else failed: `none on the node`.
    pub undo: String,
    /// The condition, as the runbook writes it.
    pub verify: String,
    /// How long it must hold, in seconds.
    pub hold_s: u64,
    /// How long is waited for it, in seconds.
    pub within_s: u64,
    /// SHA-256 over all of the above and where it takes place, in hexadecimal, shortened.
    pub digest: String,
}

/// One change of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangePlan {
    /// Which node.
    pub instance: InstanceId,
    /// What.
    pub subject: String,
    /// Present value, as the node writes it.
    pub from: String,
    /// Wanted value.
    pub to: String,
    /// The same for people: `120 s → 60 s`.
    pub diff: String,
    /// What the way back sets, where it can't be the present value: what was absent can't always be
    /// made absent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back: Option<String>,
    /// What it does beside that, one line each: what restarts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<String>,
}

impl ChangePlan {
    /// The value that the way back sets.
    pub fn back(&self) -> &str {
        self.back.as_deref().unwrap_or(&self.from)
    }
}
