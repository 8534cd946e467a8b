//! One fix on several nodes: which node comes when, and what became of it there. Each node's fix is a
//! run of its own, whose records tell the rest.

use serde::{Deserialize, Serialize};

use super::ids::{InstanceId, RunId};

/// A step of a fix on several nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum RampStep {
    /// How fast it may go, by the policy.
    Paced {
        /// Most nodes that are changed at the same time.
        at_once: u32,
        /// One node is changed and verified before the others.
        canary_first: bool,
        /// Most nodes on which it may fail before it is begun on no other one.
        max_errors: u32,
    },
    /// The fix was planned for a node.
    Planned {
        /// Which node.
        instance: InstanceId,
        /// The run that has made the plan.
        run: RunId,
        /// How many times that run has called `SendCommand`.
        commands: u32,
    },
    /// A node is left out: nothing is to be changed there, or it can't be planned.
    LeftOut {
        /// Which node.
        instance: InstanceId,
        /// The run that should have made the plan.
        run: RunId,
        /// How many times that run has called `SendCommand`.
        commands: u32,
        /// Why, for people.
        reason: String,
        /// It can't be told whether something is to be changed there.
        failed: bool,
    },
    /// The fix is about to begin on a node. Without a following `Ended` it is in doubt: the records
    /// of its run say how far it came.
    Begun {
        /// Which node.
        instance: InstanceId,
        /// The fix's own run there.
        run: RunId,
    },
    /// The fix has come to its end on a node.
    Ended {
        /// Which node.
        instance: InstanceId,
        /// The fix's own run there.
        run: RunId,
        /// How many times that run has called `SendCommand`.
        commands: u32,
        /// How.
        end: NodeEnd,
        /// The same for people.
        says: String,
    },
    /// It is begun on no other node, and there are some.
    Stopped {
        /// Why.
        reason: String,
    },
}

/// How a fix ended on one of several nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeEnd {
    /// It works and stays.
    Kept,
    /// It was refused; nothing was changed.
    Refused,
    /// It could not be begun; nothing was changed.
    Failed,
    /// It was taken back.
    Reverted,
    /// What stands on the node is not known.
    InDoubt,
    /// It could not be taken back.
    Stuck,
}

impl NodeEnd {
    /// The word that people read.
    pub fn word(self) -> &'static str {
        match self {
            NodeEnd::Kept => "kept",
            NodeEnd::Refused => "refused",
            NodeEnd::Failed => "failed",
            NodeEnd::Reverted => "reverted",
            NodeEnd::InDoubt => "in doubt",
            NodeEnd::Stuck => "STUCK",
        }
    }

    /// Its name for programs, kebab-case.
    pub fn name(self) -> &'static str {
        match self {
            NodeEnd::InDoubt => "in-doubt",
            NodeEnd::Stuck => "stuck",
            end => end.word(),
        }
    }

    /// Whether something stands on the node, or may stand.
    pub fn may_stand(self) -> bool {
        matches!(self, NodeEnd::Kept | NodeEnd::InDoubt | NodeEnd::Stuck)
    }
}
