//! Runbooks that others use.

use std::collections::BTreeMap;

use heeler_core::runbook::{FindingRule, Input, Runbook, Scope, Shelf, Used};
use heeler_core::syntax::Source;
use heeler_core::value::{Field, Kind};

/// Texts of runbooks by name.
#[derive(Default)]
pub(super) struct Library(pub(super) BTreeMap<String, String>);

impl Shelf for Library {
    fn text(&self, name: &str) -> Result<Option<Source>, String> {
        let text = self.0.get(name).cloned();
        Ok(text.map(|text| Source {
            name: name.into(),
            text,
        }))
    }

    fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}

/// What a runbook that uses another one has to know of it.
pub(super) struct Other {
    pub(super) name: String,
    pub(super) inputs: Vec<Input>,
    /// What expressions read of it: whether its findings hold.
    pub(super) kind: Kind,
    /// Whether that differs from node to node, whatever its inputs are given.
    pub(super) per_node: bool,
    /// Whether some of its looks are asked once a run.
    pub(super) of_run: bool,
}

impl Other {
    pub(super) fn of(runbook: Runbook) -> Other {
        let told = runbook.findings.iter().filter(|rule| is_told(rule));
        let per_node = told.clone().any(|rule| rule.scope == Scope::Node);
        let field = |rule: &FindingRule| {
            let kind = Kind::Bool;
            (Used::field(rule), Field { kind, help: "" })
        };
        Other {
            kind: Kind::Record(told.map(field).collect()),
            per_node,
            of_run: runbook.looks.iter().any(|step| step.scope == Scope::Run),
            name: runbook.name,
            inputs: runbook.inputs,
        }
    }
}

/// What goes over the nodes of a run is not told to others.
fn is_told(rule: &FindingRule) -> bool {
    let conditions = rule.for_each.iter().chain([&rule.when]);
    !conditions
        .flat_map(|condition| condition.reads())
        .any(|read| read.lifted)
}
