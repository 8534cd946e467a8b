//! What is known of one node: who it is, and what its looks have answered.

use std::collections::BTreeMap;

use crate::action::{PodFacts, Target};
use crate::event::{NodeTarget, RunId};
use crate::expr::World;
use crate::frame::{Held, Ident};
use crate::runbook::Runbook;
use crate::value::{Unseen, Value, Why};

/// One node with all that was seen of it.
#[derive(Debug)]
pub struct View {
    /// The node.
    pub target: NodeTarget,
    /// What the node said of itself; `None` until it has answered.
    pub ident: Option<Ident>,
    /// A change that is under way on the node, or was when nobody ended it.
    pub held: Option<Held>,
    /// The looks' values by name.
    pub looks: BTreeMap<String, Value>,
    /// Why the node is not to be judged at all, such as belonging to another cluster.
    pub barred: Option<String>,
}

impl View {
    /// A node of which nothing has been seen.
    pub fn new(target: NodeTarget) -> Self {
        View {
            target,
            ident: None,
            held: None,
            looks: BTreeMap::new(),
            barred: None,
        }
    }

    /// Whether it is to be judged: it has said who it is, or nothing was wanted of itself. A node that
    /// was asked and is silent is not: nothing is known of it.
    pub fn has_answered(&self) -> bool {
        let spared = !self.looks.is_empty() && !self.looks.values().any(is_silence);
        self.barred.is_none() && (self.ident.is_some() || spared)
    }

    /// What the looks of this node may know about it.
    pub fn facts(&self) -> Target {
        Target {
            node: self.target.node.clone(),
            pod: self.target.pod.as_ref().map(|pod| PodFacts {
                namespace: pod.namespace.clone(),
                name: pod.name.clone(),
                uid: pod.uid.clone(),
                host_network: pod.host_network,
            }),
            texts: Vec::new(),
        }
    }

    /// Everything that an expression of the runbook can name. A look without a value is unseen,
    /// never missing.
    pub fn world(&self, runbook: &Runbook, inputs: &BTreeMap<String, Value>, run: RunId) -> World {
        self.worlds(runbook, inputs, run).into_own()
    }

    /// What every runbook can name: the node, the pod, the run and its target.
    pub(super) fn reserved(&self, run: RunId) -> World {
        let target = Value::record([("name", Value::text(self.target.name()))]);
        [
            ("node", self.node_value()),
            ("pod", self.pod_value()),
            ("run", run_value(run)),
            ("target", target),
        ]
        .into_iter()
        .collect()
    }

    fn node_value(&self) -> Value {
        let unseen = || {
            let why = Why::NoAnswer("it has not said what it is".into());
            Value::Unseen(vec![Unseen {
                look: "node".into(),
                why,
            }])
        };
        let cpus = self
            .ident
            .as_ref()
            .map(|ident| ident.cpus)
            .filter(|cpus| *cpus > 0);
        let ident = |read: fn(&Ident) -> Value| self.ident.as_ref().map_or_else(unseen, read);
        Value::record([
            ("name", Value::text(self.target.name())),
            ("instance", Value::text(self.target.instance.as_str())),
            // 0 is how a node says that it could not tell.
            (
                "cpus",
                cpus.map_or_else(unseen, |cpus| Value::Integer(cpus.into())),
            ),
            (
                "os_version",
                ident(|ident| {
                    ident
                        .os_version
                        .parse()
                        .map_or(Value::Absent, Value::Version)
                }),
            ),
            ("boot_id", ident(|ident| Value::text(&ident.boot_id))),
        ])
    }

    fn pod_value(&self) -> Value {
        match &self.target.pod {
            Some(pod) => Value::record([
                ("namespace", Value::text(&pod.namespace)),
                ("name", Value::text(&pod.name)),
            ]),
            None => Value::Unseen(vec![Unseen {
                look: "pod".into(),
                why: Why::NoTarget("pod".into()),
            }]),
        }
    }
}

/// What texts can say of the run.
pub(super) fn run_value(run: RunId) -> Value {
    Value::record([("id", Value::text(run.short()))])
}

/// Whether a look, or the one for an item of a list, has met a silent node.
fn is_silence(value: &Value) -> bool {
    match value {
        Value::Unseen(missing) => missing
            .iter()
            .any(|unseen| matches!(unseen.why, Why::NoAnswer(_))),
        Value::List(items) => items.iter().any(is_silence),
        Value::Record(fields) => fields.values().any(is_silence),
        _ => false,
    }
}
