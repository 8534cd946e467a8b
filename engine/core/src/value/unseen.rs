//! Why something was not seen.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One look that gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unseen {
    /// The look's name in the runbook.
    pub look: String,
    /// What stood in the way.
    pub why: Why,
}

/// What stood in the way of a look. The text of a variant names the thing itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The admin container is disabled or not running on the node.
    AdminOff,
    /// The node has no such file, program or counter.
    NotThere(String),
    /// The script ran and failed; the text is its last line.
    Failed(String),
    /// The look's own time limit passed, in seconds.
    TimedOut(u64),
    /// The answer was cut before its end.
    Truncated,
    /// The answer could not be understood.
    Garbled(String),
    /// The node gave no answer at all.
    NoAnswer(String),
    /// Credentials or rights are missing; the text names the action or verb.
    Forbidden(String),
    /// The Kubernetes API gave no answer.
    KubernetesDown(String),
    /// `only-if` was false, or could not be told.
    NotAsked,
    /// The look needs a target that this run does not have, such as a pod.
    NoTarget(String),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::AdminOff => f.write_str("the admin container is off"),
            Why::NotThere(what) => write!(f, "the node has no {what}"),
            Why::Failed(text) => write!(f, "it failed: {text}"),
            Why::TimedOut(seconds) => write!(f, "no answer within {seconds} s"),
            Why::Truncated => f.write_str("the answer was cut"),
            Why::Garbled(text) => write!(f, "the answer makes no sense: {text}"),
            Why::NoAnswer(text) => write!(f, "the node did not answer: {text}"),
            Why::Forbidden(what) => write!(f, "not allowed: {what}"),
            Why::KubernetesDown(text) => write!(f, "the Kubernetes API did not answer: {text}"),
            Why::NotAsked => f.write_str("not asked"),
            Why::NoTarget(what) => write!(f, "this run has no {what}"),
        }
    }
}
