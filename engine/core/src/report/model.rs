//! A run as plain data.

use jiff::Timestamp;

use super::bundle::BundleCourse;
use super::course::FixCourse;
use super::findings::Findings;
use crate::event::{
    BootId, CommandId, Exit, FixOffer, InstanceId, NodeTarget, Record, RunId, Where,
};

/// Everything that is known about a run from its records.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// The run; `None` when there is no record at all.
    pub run: Option<RunId>,
    /// When the first record was written.
    pub started_at: Option<Timestamp>,
    /// When the last record was written.
    pub last_at: Option<Timestamp>,
    /// What was asked for.
    pub order: Option<Order>,
    /// The bundle that it was judged from; `None`: the nodes were asked.
    pub bundle: Option<FromBundle>,
    /// Where it took place.
    pub place: Option<Where>,
    /// The nodes, in the order in which they were resolved.
    pub nodes: Vec<NodeReport>,
    /// Looks and findings that belong to no single node.
    pub whole: Findings,
    /// The commands that were sent or meant to be sent.
    pub commands: Vec<CommandCourse>,
    /// The fix, as far as there was one.
    pub fix: FixCourse,
    /// The bundles that the runbook wanted.
    pub bundles: Vec<BundleCourse>,
    /// What people should know and what changes no verdict.
    pub notes: Vec<Note>,
    /// What could not be done.
    pub failures: Vec<Failure>,
    /// `None`: the run has no recorded end.
    pub ending: Option<Ending>,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// `run`, `fix` or `revert`.
    pub command: String,
    /// The runbook's name.
    pub runbook: String,
    /// SHA-256 of the runbook's text.
    pub digest: String,
    /// The file that it was read from; `None`: it is bundled.
    pub file: Option<String>,
    /// Inputs as text, without the secret ones.
    pub inputs: Vec<(String, String)>,
    /// The run that a fix or a revert belongs to.
    pub about: Option<RunId>,
    /// Scripts of the runbook's own may be asked.
    pub unconfined: bool,
    /// The version of `heeler`.
    pub version: String,
}

/// The bundle that a report was judged from: nobody was asked anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FromBundle {
    /// The file.
    pub file: String,
    /// The node.
    pub node: String,
    /// When the node was asked.
    pub at: Timestamp,
    /// Why it is not all that was asked for.
    pub partial: Option<String>,
}

/// One node of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeReport {
    /// The node as it was resolved.
    pub target: NodeTarget,
    /// What it said about itself last.
    pub answer: Option<NodeAnswer>,
    /// Why it gave no usable answer, one for each command that failed.
    pub errors: Vec<Silence>,
    /// Its looks and findings.
    pub findings: Findings,
    /// Fixes that would help.
    pub offers: Vec<FixOffer>,
}

/// What a node said about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeAnswer {
    /// Its boot id.
    pub boot: BootId,
    /// The cluster that it believes in.
    pub cluster: Option<String>,
    /// Bottlerocket's version.
    pub os_version: String,
    /// Its number of CPUs.
    pub cpus: u32,
    /// Bytes of the answer on the wire.
    pub bytes: u64,
    /// The answer did not fit the listing.
    pub fetched: bool,
}

/// Whether the node is of the cluster that the run is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClusterCheck {
    /// The instance's tags or the node itself name the run's cluster.
    Verified,
    /// Nothing could be compared.
    Unverified,
    /// They name another cluster.
    Foreign,
}

/// One command of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandCourse {
    /// Counts from 1.
    pub step: u32,
    /// `look`, `plan`, `apply`, `verify`, `revert`.
    pub purpose: String,
    /// The instances.
    pub instances: Vec<InstanceId>,
    /// The comment by which it can be found again.
    pub comment: String,
    /// What became of it.
    pub fate: CommandFate,
}

/// A command to which a node gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// The command's step.
    pub step: u32,
    /// What and why, for people.
    pub error: String,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandFate {
    /// It was about to be sent, and nothing is recorded after that.
    Intended,
    /// SSM took it.
    Sent(CommandId),
    /// SSM refused it, and nothing was started.
    Refused(String),
}

/// Something that people should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// A stable code, kebab-case.
    pub code: String,
    /// The text.
    pub text: String,
}

/// Something that could not be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// A stable code, kebab-case.
    pub code: String,
    /// What.
    pub what: String,
    /// Where.
    pub place: String,
    /// What to do.
    pub help: String,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// How.
    pub exit: Exit,
    /// Milliseconds in all.
    pub elapsed_ms: u64,
    /// How many times `SendCommand` was called.
    pub commands: u32,
    /// Whether anything on a node was changed.
    pub changed: bool,
}

impl Report {
    /// Folds the records of one run, in their order. Records of other runs don't belong here:
    /// they would be taken as this run's.
    pub fn fold<'a>(records: impl IntoIterator<Item = &'a Record>) -> Report {
        let mut report = Report::default();
        for record in records {
            report.run.get_or_insert(record.run);
            report.started_at.get_or_insert(record.at);
            report.last_at = Some(record.at);
            report.take(&record.event);
        }
        report
    }

    /// The process's exit status, where the run has ended.
    pub fn exit_code(&self) -> Option<u8> {
        self.ending.map(|ending| ending.exit.code())
    }

    /// What people call a node.
    pub(super) fn name_of<'a>(&'a self, instance: &'a InstanceId) -> &'a str {
        let mut nodes = self.nodes.iter();
        let node = nodes.find(|node| node.target.instance == *instance);
        node.map_or(instance.as_str(), |node| node.target.name())
    }

    /// Whether a node is of the run's cluster.
    pub fn cluster_check(&self, node: &NodeReport) -> ClusterCheck {
        let expected = self.place.as_ref().and_then(|place| place.cluster.as_ref());
        let believed = node
            .answer
            .as_ref()
            .and_then(|answer| answer.cluster.as_ref());
        let by_node = expected.zip(believed).map(|(a, b)| a == b);
        match (node.target.cluster_verified, by_node) {
            (Some(false), _) | (_, Some(false)) => ClusterCheck::Foreign,
            (Some(true), _) | (_, Some(true)) => ClusterCheck::Verified,
            (None, None) => ClusterCheck::Unverified,
        }
    }
}
