//! A case after reading: what was seen of a world, and what must be said of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::event::InstanceId;
use crate::syntax::{Source, Span};
use crate::value::Value;

/// What was seen in one run, and the verdicts that it must give.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Its name: the file's, without the ending.
    pub name: String,
    /// The runbook that it belongs to.
    pub runbook: String,
    /// One sentence: what this world is like.
    pub about: String,
    /// Inputs that differ from the runbook's defaults.
    pub inputs: BTreeMap<String, Value>,
    /// Values of the looks that are asked once a run.
    pub looks: BTreeMap<String, Value>,
    /// The nodes, in the order of the file.
    pub nodes: Vec<Node>,
    /// What must be said of the run as a whole.
    pub then: Then,
    /// The text that it was read from.
    pub source: Arc<Source>,
}

/// One node, with what was seen of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its name in Kubernetes, where it is known.
    pub name: Option<String>,
    /// The EC2 instance.
    pub instance: InstanceId,
    /// Number of CPUs; `None`: the node could not tell.
    pub cpus: Option<u32>,
    /// Bottlerocket's version; `None`: the node could not tell.
    pub os_version: Option<String>,
    /// The pod that the run is about, where it is about one.
    pub pod: Option<Pod>,
    /// Why the node gave no answer at all; then nothing is said of it.
    pub silent: Option<String>,
    /// Values of the looks that are asked once a node.
    pub looks: BTreeMap<String, Value>,
    /// What was seen after a fix was applied, the earliest first.
    pub later: Vec<Sample>,
    /// What must be said of it.
    pub then: Then,
}

/// The pod that a run is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pod {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
}

/// What was seen some time after a fix was applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The time since the change.
    pub after: Duration,
    /// The looks that were asked again.
    pub looks: BTreeMap<String, Value>,
}

/// What must be said of a node, or of the run. Everything has its place in the case's text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Then {
    /// The verdict of every finding.
    pub verdicts: BTreeMap<String, (Told, Span)>,
    /// The fixes that would help where a finding holds: may they start?
    pub offers: BTreeMap<String, (Offer, Span)>,
    /// How the fixes end that are applied.
    pub fixes: BTreeMap<String, (Ending, Span)>,
    /// Where it stands.
    pub span: Span,
}

/// A verdict, as far as a case says it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// It holds, and this is its first line.
    Holds(String),
    /// It does not hold.
    RuledOut,
    /// It can't be told.
    NotSeen,
}

/// Whether a fix that would help may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Offer {
    /// It may.
    Offered,
    /// What it requires is false or not seen.
    Withheld,
}

/// How a fix that was applied ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Its condition has held for as long as it must.
    Kept,
    /// Its condition has not held in time, and the change is taken back.
    Reverted,
    /// The samples end before either is known.
    Undecided,
}

impl Node {
    /// The name that people use: the node's, or else the instance's.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(self.instance.as_str())
    }
}
