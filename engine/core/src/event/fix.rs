//! A fix on offer, and a fix as it would be carried out.

use std::fmt;

use serde::{Deserialize, Serialize};

use uuid::Uuid;

use super::ids::{BootId, InstanceId};
use crate::frame::Switch;
use crate::value::Value;

/// Hexadecimal digits of a digest that people see, and have to copy at least: 48 bits. It guards
/// against a plan that has moved on, not against somebody who searches for a second plan with the
/// same beginning: what another person signs is the whole digest.
const SHOWN: usize = 12;

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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixPlan {
    /// The fix.
    pub fix: String,
    /// The finding that was proved again just now.
    pub proof: String,
    /// What it costs and what it brings, as the runbook says it of the facts seen just now; plans of
    /// the first releases did not say it. Its numbers move: the digest leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
    /// The nodes, pinned to their boot.
    pub pins: Vec<(InstanceId, BootId)>,
    /// What is changed on each.
    pub changes: Vec<ChangePlan>,
    /// What is seen beside that, one line each: it moves by itself, so that the digest leaves it out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub now: Vec<String>,
    /// What would take it back if everything else failed, for people.
    pub undo: String,
    /// The same for programs; `None`: nothing on the node would.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub switch: Option<Armed>,
    /// Nothing takes it back, neither the node nor a person: unless it is kept it ends stuck.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub one_way: bool,
    /// The condition, as the runbook writes it.
    pub verify: String,
    /// How long it must hold, in seconds.
    pub hold_s: u64,
    /// How long is waited for it, in seconds.
    pub within_s: u64,
    /// The inputs that it was made with, without the secret ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<(String, Value)>,
    /// What the policy says of it; the first release had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ruling: Option<Ruling>,
    /// SHA-256 over all of the above and where it takes place, in hexadecimal. The numbers of the
    /// proof and the effect are left out: they go on.
    pub digest: String,
}

impl FixPlan {
    /// The digits of the digest that people see.
    pub fn short_digest(&self) -> &str {
        self.digest.get(..SHOWN).unwrap_or(&self.digest)
    }

    /// Whether somebody has written this plan's digest, or enough of its beginning.
    pub fn is_meant_by(&self, digits: &str) -> bool {
        digits.len() >= SHOWN && self.digest.starts_with(digits)
    }
}

/// What a policy says of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ruling {
    /// What can happen at worst: `reversible`, `disruptive` or `irreversible`.
    pub impact: String,
    /// Who has to approve: `nobody`, `operator`, `another` or `two`.
    pub approval: String,
    /// SHA-256 of the policy's text, in hexadecimal.
    pub policy: String,
    /// The file that it was read from, as it was named; `None`: there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The limits that nobody can keep, because what is under way elsewhere can't be told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unkept: Vec<String>,
}

/// The signature of another person below a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// The approval, which is used once.
    pub id: Uuid,
    /// The ARN that STS has said.
    pub by: String,
}

/// A dead man's switch, and its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Armed {
    /// What takes the change back.
    pub switch: Switch,
    /// How long after it was armed, in seconds.
    pub after_s: u64,
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
    /// The Kubernetes object that has the values; `None`: the node has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<PinnedObject>,
    /// What is sent for it; the first releases did not say it beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commands: Option<Commands>,
}

/// What is sent for a change, within what locks the node and arms its switch: a script for the node,
/// or a merge patch for the Kubernetes API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commands {
    /// Carries it out.
    pub apply: String,
    /// Takes it back; `None`: nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revert: Option<String>,
}

/// One Kubernetes object, and not another one that has its name later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinnedObject {
    /// API path prefix: `api/v1` or `apis/apps/v1`.
    pub api: String,
    /// Plural resource.
    pub resource: String,
    /// Namespace; `None` for cluster-wide resources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Name.
    pub name: String,
    /// uid, which no other object ever has.
    pub uid: String,
}

impl fmt::Display for PinnedObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{} {namespace}/{}", self.resource, self.name),
            None => write!(f, "{} {}", self.resource, self.name),
        }
    }
}

impl ChangePlan {
    /// The value that the way back sets.
    pub fn back(&self) -> &str {
        self.back.as_deref().unwrap_or(&self.from)
    }
}
