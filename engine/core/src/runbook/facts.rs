//! What the parts of a runbook know of one another while they are read.

use std::collections::BTreeSet;

use super::model::{Input, Scope};
use super::step::{LookStep, Used};
use crate::expr::{Names, Read};
use crate::value::Kind;

/// What the other parts have already said.
#[derive(Clone)]
pub(super) struct Facts {
    /// Kinds of everything that expressions can name.
    pub(super) names: Names,
    /// Inputs that must not be printed or sent.
    secrets: BTreeSet<String>,
}

/// What an expression reads: names, each with the field of it.
pub(super) type Roots = BTreeSet<(String, Option<String>)>;

impl Facts {
    /// What is known when the inputs have been read. Where one of them was faulty, what uses them
    /// is not blamed for that.
    pub(super) fn new(inputs: &[Input], sound: bool) -> Facts {
        let mut names = reserved_names();
        if sound {
            names.insert("inputs", kind_of(inputs));
        } else {
            names.insert_faulty("inputs");
        }
        let secret = |input: &&Input| input.secret;
        Facts {
            names,
            secrets: inputs
                .iter()
                .filter(secret)
                .map(|input| input.name.clone())
                .collect(),
        }
    }

    /// Adds a look that was read.
    pub(super) fn add_look(&mut self, step: &LookStep) {
        self.add(&step.name, step.kind(), step.scope);
    }

    /// Adds what the findings of a used runbook come to.
    pub(super) fn add_used(&mut self, used: &Used) {
        let fields = used.told().map(|finding| {
            let help = "whether the finding holds";
            (Used::field(finding), Kind::Bool, help)
        });
        self.add(&used.name, Kind::record(fields), used.scope());
    }

    fn add(&mut self, name: &str, kind: Kind, scope: Scope) {
        match scope {
            Scope::Node => self.names.insert_per_node(name, kind),
            Scope::Run => self.names.insert(name, kind),
        }
    }

    /// Adds a look that is faulty: what names it is not blamed.
    pub(super) fn add_faulty_look(&mut self, name: &str) {
        self.names.insert_faulty(name);
    }

    /// The same, and `each`: the item of a list; `None` where that list is faulty.
    pub(super) fn with_each(&self, item: Option<Kind>) -> Facts {
        Facts {
            names: self.names.with_each(item),
            secrets: self.secrets.clone(),
        }
    }

    /// The same where functions may go over the nodes of the run.
    pub(super) fn over_nodes(&self) -> Facts {
        Facts {
            names: self.names.over_nodes(),
            secrets: self.secrets.clone(),
        }
    }

    /// Once a node where anything that is read differs from node to node.
    pub(super) fn scope(&self, roots: &Roots) -> Scope {
        if roots.iter().any(|(name, _)| self.names.is_per_node(name)) {
            Scope::Node
        } else {
            Scope::Run
        }
    }

    /// Whether this reads one node, and no function lifts it to the run.
    pub(super) fn is_of_one_node(&self, read: &Read) -> bool {
        !read.lifted && self.names.is_per_node(&read.name)
    }

    /// The secret input among what is read, if there is one.
    pub(super) fn secret<'r>(&self, roots: &'r Roots) -> Option<&'r str> {
        roots.iter().find_map(|(name, field)| {
            let field = field.as_deref()?;
            (name == "inputs" && self.secrets.contains(field)).then_some(field)
        })
    }
}

fn kind_of(inputs: &[Input]) -> Kind {
    Kind::record(inputs.iter().map(|input| {
        let help = "an input of the runbook";
        (input.name.as_str(), input.kind.clone(), help)
    }))
}

/// The names that every runbook has.
fn reserved_names() -> Names {
    let mut names = Names::new();
    names.insert(
        "run",
        Kind::record([("id", Kind::Text, "the run's short id")]),
    );
    names.insert_per_node(
        "target",
        Kind::record([("name", Kind::Text, "what the run was pointed at")]),
    );
    names.insert_per_node(
        "pod",
        Kind::record([
            ("name", Kind::Text, "the pod that the run is about"),
            ("namespace", Kind::Text, "its namespace"),
        ]),
    );
    names.insert_per_node(
        "node",
        Kind::record([
            ("name", Kind::Text, "the node's name in Kubernetes"),
            ("instance", Kind::Text, "the EC2 instance's id"),
            ("cpus", Kind::Integer, "number of CPUs"),
            ("os_version", Kind::Version, "Bottlerocket's version"),
            ("boot_id", Kind::Text, "changes with every boot"),
        ]),
    );
    names
}
