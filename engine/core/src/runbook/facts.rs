//! What the parts of a runbook know of one another while they are read.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::input::Input;
use super::model::Scope;
use super::step::{LookStep, Used};
use crate::expr::{Names, Read};
use crate::syntax::Tree;
use crate::value::Kind;

/// What the other parts have already said.
#[derive(Clone)]
pub(super) struct Facts {
    /// Kinds of everything that expressions can name.
    pub(super) names: Names,
    /// Inputs that must not be printed or sent.
    secrets: BTreeSet<String>,
    /// What has been read so far. Noted wherever a text is checked, also by those who know more
    /// names, and wanted only at the end.
    reads: Rc<RefCell<Reads>>,
    /// Names of the looks, in the order of the file.
    looks: Vec<String>,
}

/// What the expressions and texts of a runbook read.
#[derive(Debug, Clone, Default)]
pub struct Reads {
    /// Names, each with the field of it; without one, all of it is read.
    pub roots: BTreeSet<(String, Option<String>)>,
    /// Every word of the texts that can't be parsed: it may be a name that they read.
    pub words: BTreeSet<String>,
}

impl Reads {
    /// Whether something reads a name, or that field of it, or may do so.
    pub fn has(&self, name: &str, field: Option<&str>) -> bool {
        let reads = |(root, read): &(String, Option<String>)| {
            root == name && (field.is_none() || read.is_none() || read.as_deref() == field)
        };
        self.roots.iter().any(reads) || self.words.contains(field.unwrap_or(name))
    }
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
            reads: Rc::default(),
            looks: Vec::new(),
        }
    }

    /// Notes what a text reads that could be parsed.
    pub(super) fn reads(&self, roots: Roots) {
        self.reads.borrow_mut().roots.extend(roots);
    }

    /// Notes what a text may read that could not be parsed.
    pub(super) fn may_read(&self, text: &str) {
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        let words = text.split(|letter| !is_part(letter)).map(str::to_owned);
        self.reads.borrow_mut().words.extend(words);
    }

    /// Notes what every text of a part may read.
    pub(super) fn may_read_all(&self, tree: &Tree) {
        let entries = tree.entries().unwrap_or_default();
        let values = entries.iter().map(|entry| &entry.value);
        for inner in values.chain(tree.items().unwrap_or_default()) {
            self.may_read_all(inner);
        }
        if let Some(text) = tree.as_text() {
            self.may_read(&text.value);
        }
    }

    /// The names, and what was read of them.
    pub(super) fn into_parts(self) -> (Names, Reads) {
        (self.names, self.reads.take())
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
        self.note(name);
        match scope {
            Scope::Node => self.names.insert_per_node(name, kind),
            Scope::Run => self.names.insert(name, kind),
        }
    }

    /// An entry is told twice where more becomes known of it.
    fn note(&mut self, name: &str) {
        if !self.looks.iter().any(|known| known == name) {
            self.looks.push(name.to_string());
        }
    }

    /// Adds a look that is faulty: what names it is not blamed.
    pub(super) fn add_faulty_look(&mut self, name: &str) {
        self.note(name);
        self.names.insert_faulty(name);
    }

    /// Names of the looks, in the order of the file.
    pub(super) fn looks(&self) -> impl Iterator<Item = &str> {
        self.looks.iter().map(String::as_str)
    }

    /// The same, and `each`: the item of a list; `None` where that list is faulty.
    pub(super) fn with_each(&self, item: Option<Kind>) -> Facts {
        Facts {
            names: self.names.with_each(item),
            ..self.clone()
        }
    }

    /// The same where functions may go over the nodes of the run.
    pub(super) fn over_nodes(&self) -> Facts {
        Facts {
            names: self.names.over_nodes(),
            ..self.clone()
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

fn reserved_names() -> Names {
    let mut names = Names::new();
    for (name, kind) in reserved() {
        // All of them but the run's own id differ from node to node.
        match name {
            "run" => names.insert(name, kind),
            _ => names.insert_per_node(name, kind),
        }
    }
    names
}

/// The names that every runbook has, besides its `inputs`.
pub fn reserved() -> Vec<(&'static str, Kind)> {
    vec![
        (
            "target",
            Kind::record([("name", Kind::Text, "what the run was pointed at")]),
        ),
        (
            "run",
            Kind::record([("id", Kind::Text, "the run's short id")]),
        ),
        (
            "pod",
            Kind::record([
                ("name", Kind::Text, "the pod that the run is about"),
                ("namespace", Kind::Text, "its namespace"),
            ]),
        ),
        (
            "node",
            Kind::record([
                ("name", Kind::Text, "the node's name in Kubernetes"),
                ("instance", Kind::Text, "the EC2 instance's id"),
                ("cpus", Kind::Integer, "number of CPUs"),
                ("os_version", Kind::Version, "Bottlerocket's version"),
                ("boot_id", Kind::Text, "changes with every boot"),
            ]),
        ),
    ]
}
