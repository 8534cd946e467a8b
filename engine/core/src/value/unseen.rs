//! Why something was not seen.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::number::Span;

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
    /// It runs a script of the runbook's own, which the caller has not allowed.
    Unconfined,
    /// The deadline of all looks passed before it answered; in seconds.
    Deadline(u64),
    /// Every way to the answer leads through a hop that the runbook forbids.
    HopForbidden(String),
    /// A value that was filled in makes no question; the text says what is wrong with it.
    Unusable(String),
    /// Items of a list beyond those that are asked for, and how many.
    LeftOut(u64),
    /// A bundle is judged, and what this look asks was not asked when it was made; the text is the time of that.
    NotRecorded(String),
    /// A bundle is judged, and the value was taken out of it as a secret.
    TakenOut,
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
            Why::Unconfined => {
                f.write_str("it runs a script of the runbook's own, and --unconfined is not given")
            }
            Why::Deadline(seconds) => write!(
                f,
                "the run's deadline of {} passed",
                Span(Duration::from_secs(*seconds))
            ),
            Why::HopForbidden(hop) => write!(f, "the runbook does not allow the {hop}"),
            Why::Unusable(text) => write!(f, "it can't be asked: {text}"),
            Why::LeftOut(1) => f.write_str("1 item more than are asked for"),
            Why::LeftOut(count) => write!(f, "{count} items more than are asked for"),
            Why::NotRecorded(moment) => write!(f, "the bundle of {moment} was not asked this"),
            Why::TakenOut => f.write_str("it was taken out of the bundle as a secret"),
        }
    }
}
