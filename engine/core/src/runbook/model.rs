//! A runbook after reading and checking: names resolved, kinds known, nothing left as text that
//! means something.

use std::sync::Arc;
use std::time::Duration;

use super::input::Input;
use super::step::{LookStep, Used};
use crate::action::{Carried, Change, ClusterChange, Evictions, Impact, NodeChange, RebootRules};
use crate::expr::{Expr, Template, World};
use crate::syntax::{Source, Span};
use crate::value::Value;

/// A checked runbook.
#[derive(Debug)]
pub struct Runbook {
    /// Its name, which is also its folder's.
    pub name: String,
    /// One sentence.
    pub summary: String,
    /// What it is pointed at.
    pub target: TargetKind,
    /// Values that the caller may give, by name.
    pub inputs: Vec<Input>,
    /// How long all looks of a run may take together.
    pub within: Option<Duration>,
    /// What is looked at: the looks of the file in its order, then those of the runbooks it uses.
    pub looks: Vec<LookStep>,
    /// The runbooks that it uses, each after those that it needs.
    pub used: Vec<Used>,
    /// What can be found, in the order of the file.
    pub findings: Vec<FindingRule>,
    /// What can be done about it.
    pub fixes: Vec<FixRule>,
    /// When a run makes a bundle of a node, where it does at all.
    pub bundle: Option<BundleRule>,
    /// The text that it was read from.
    pub source: Arc<Source>,
    /// SHA-256 of that text, and of those that it uses, in hexadecimal.
    pub digest: String,
}

impl Runbook {
    /// What its looks can do at worst.
    pub fn impact(&self) -> Impact {
        let impacts = self.looks.iter().map(|step| step.look.impact());
        impacts.max().unwrap_or(Impact::Read)
    }
}

/// What a runbook is pointed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    /// One or more nodes; a pod stands for its node.
    Node,
    /// A pod: the run needs one.
    Pod,
}

/// Once per node, or once per run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Once a run.
    Run,
    /// Once a node.
    Node,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; explains or prepares another finding.
    Note,
    /// Will hurt, or has hurt.
    Warning,
    /// Hurts now.
    Critical,
}

impl Severity {
    /// Its name in runbooks and events.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Critical => "critical",
        }
    }
}

/// One verdict that the runbook can give.
#[derive(Debug)]
pub struct FindingRule {
    /// kebab-case name.
    pub name: String,
    /// What people call it where it is ruled out: "insert clashes".
    pub label: String,
    /// How bad it is.
    pub severity: Severity,
    /// A list: the finding is judged for each of its items, as `each`.
    pub for_each: Option<Expr>,
    /// Holds or not.
    pub when: Expr,
    /// The looks that speak for it where it holds, in the order of the file.
    pub evidence: Vec<Evidence>,
    /// Names of findings that this one stands for where it holds.
    pub instead_of: Vec<String>,
    /// One line: what was found.
    pub says: Template,
    /// Further lines; one that needs something unseen is left out.
    pub details: Vec<Template>,
    /// Why it matters, or how it comes about.
    pub because: Option<Template>,
    /// The cure that lasts, with the workload that it concerns.
    pub lasting: Option<Template>,
    /// Names of fixes, in the order in which they are offered.
    pub fixes: Vec<String>,
    /// Once per node, or once per run.
    pub scope: Scope,
    /// Where it stands in the file.
    pub span: Span,
}

impl FindingRule {
    /// Whether nothing proves it: it is said as a suggestion, and has no fix.
    pub fn is_suggestion(&self) -> bool {
        let suggests = |evidence: &Evidence| evidence.strength == Strength::Suggests;
        !self.evidence.is_empty() && self.evidence.iter().all(suggests)
    }
}

/// A look that speaks for a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The look's name.
    pub look: String,
    /// How strongly.
    pub strength: Strength,
}

/// How strongly a look speaks for a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// What it has answered shows that the finding holds.
    Proves,
    /// It would answer the same for other reasons, too.
    Suggests,
}

/// One fix.
#[derive(Debug)]
pub struct FixRule {
    /// kebab-case name.
    pub name: String,
    /// What it does, for the line that offers it: "helps from 60 s on, whole after 120 s".
    pub effect: Option<Template>,
    /// May it start at all; not seen counts as no.
    pub require: Option<Expr>,
    /// What it changes, in order.
    pub changes: Vec<Box<dyn Change>>,
    /// The texts of each change, parsed.
    pub texts: Vec<ChangeTexts>,
    /// When it has worked.
    pub verify: Verify,
    /// When the node takes it back by itself, if nobody keeps it; or ends its lock, where nothing can
    /// take it back.
    pub undo_after: Duration,
    /// Where it stands in the file.
    pub span: Span,
}

/// The texts of one change.
#[derive(Debug)]
pub struct ChangeTexts {
    /// Those of the wanted value.
    pub wanted: Vec<Template>,
    /// Those of what the way back sets, where it can't be the present value.
    pub back: Vec<Template>,
}

impl ChangeTexts {
    /// The values of [`ChangeTexts::wanted`], for [`Change::wanted`].
    pub fn wanted_values(&self, world: &World) -> Vec<Value> {
        values(&self.wanted, world)
    }

    /// The values of [`ChangeTexts::back`], for [`Change::back`].
    pub fn back_values(&self, world: &World) -> Vec<Value> {
        values(&self.back, world)
    }
}

impl FixRule {
    /// Every text of its changes.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        let texts = self.texts.iter();
        texts.flat_map(|texts| texts.wanted.iter().chain(&texts.back))
    }

    /// The wanted value of each change, as the node writes it.
    ///
    /// # Errors
    /// In words, when one is not acceptable, unseen or absent.
    pub fn wanted(&self, world: &World) -> Result<Vec<String>, String> {
        let changes = self.changes.iter().zip(&self.texts);
        changes
            .map(|(change, texts)| change.wanted(&texts.wanted_values(world)))
            .collect()
    }

    /// Whether nothing can take it back.
    pub fn is_one_way(&self) -> bool {
        self.changes.iter().any(|change| !change.has_way_back())
    }

    /// How it reboots the node, where that is what it does: then it changes nothing else.
    pub fn reboot(&self) -> Option<&RebootRules> {
        self.node_changes().find_map(NodeChange::reboot)
    }

    /// Its changes that the node carries out: all of them, or none.
    pub fn node_changes(&self) -> impl Iterator<Item = &dyn NodeChange> {
        let carried = self.changes.iter().map(|change| change.carried());
        carried.filter_map(|carried| match carried {
            Carried::Node(change) => Some(change),
            Carried::Cluster(_) | Carried::Evictions(_) => None,
        })
    }

    /// Its changes that the Kubernetes API carries out, each with its texts: all of them, or none.
    pub fn cluster_changes(&self) -> impl Iterator<Item = (&dyn ClusterChange, &ChangeTexts)> {
        let changes = self.changes.iter().zip(&self.texts);
        changes.filter_map(|(change, texts)| match change.carried() {
            Carried::Cluster(change) => Some((change, texts)),
            Carried::Node(_) | Carried::Evictions(_) => None,
        })
    }

    /// Which pods of the node it evicts, where it does.
    pub fn evictions(&self) -> Option<&Evictions> {
        self.changes
            .iter()
            .find_map(|change| match change.carried() {
                Carried::Evictions(evictions) => Some(evictions),
                Carried::Node(_) | Carried::Cluster(_) => None,
            })
    }

    /// Whether the Kubernetes API carries it out, so that nothing on the node takes it back.
    pub fn is_of_cluster(&self) -> bool {
        self.node_changes().next().is_none()
    }

    /// What it can do at worst. It is a class more where it can be taken back, and nothing on the node
    /// does that.
    pub fn impact(&self) -> Impact {
        let impacts = self.changes.iter().map(|change| match change.carried() {
            Carried::Cluster(change) => change.impact().raised(),
            Carried::Node(_) | Carried::Evictions(_) => change.impact(),
        });
        impacts.max().unwrap_or(Impact::Reversible)
    }
}

fn values(texts: &[Template], world: &World) -> Vec<Value> {
    texts.iter().map(|text| text.value(world)).collect()
}

/// When a run makes a bundle of a node. It is of the class *borrowed*: nothing is changed, what lies on
/// the node for it is taken back, and nobody is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleRule {
    /// Names of findings: one is made where one of them holds, or could not be seen.
    pub findings: Vec<String>,
    /// Whether the logs of the node's pods are in it.
    pub pod_logs: bool,
    /// Where it stands in the file.
    pub span: Span,
}

impl BundleRule {
    /// The class of what it does, for people and in JSON.
    pub const CLASS: &'static str = "borrowed";
}

/// When a fix has worked.
#[derive(Debug)]
pub struct Verify {
    /// The condition.
    pub that: Expr,
    /// How long it must hold, compared first with last.
    pub hold: Duration,
    /// How long to wait for it in all.
    pub within: Duration,
}
