//! What stands below `look:`, checked: looks, and the runbooks that are used.

use std::collections::BTreeSet;
use std::time::Duration;

use super::input::Input;
use super::model::{FindingRule, Scope};
use crate::action::{Filling, Look, Place, Source, shell_quote};
use crate::expr::{Expr, Template, World};
use crate::syntax::Span;
use crate::value::{Field, Kind, Unseen, Value};

/// One look of the runbook.
#[derive(Debug)]
pub struct LookStep {
    /// snake_case name that expressions use; `health__table` is the look `table` of the runbook that
    /// is used as `health`.
    pub name: String,
    /// What people call it: "shares by state and address".
    pub label: String,
    /// The action's name.
    pub action: &'static str,
    /// The look with its parameters.
    pub look: Box<dyn Look>,
    /// Where its answer comes from, as far as that can be said of any target, and before the texts of
    /// its parameters are filled in.
    pub source: Option<Source>,
    /// The texts of its parameters that hold values, in the order of [`Look::texts`].
    pub texts: Vec<Template>,
    /// Once per node, or once per run.
    pub scope: Scope,
    /// Asked only where this is true.
    pub only_if: Option<Expr>,
    /// Asked once for each item of a list.
    pub for_each: Option<ForEach>,
    /// Looks that must have answered before this one is asked, by name: those that its expressions
    /// name, and those of `after`.
    pub after: Vec<String>,
    /// How long it may take, where that is less than its action allows.
    pub within: Option<Duration>,
    /// How often it is asked again where no answer came.
    pub retry: u8,
    /// The furthest hop that it may go to.
    pub hop: Place,
    /// Under which names it is used, from the outermost on; empty for a look of the file itself.
    pub home: Vec<String>,
    /// Where it stands in the file.
    pub span: Span,
}

/// The list that a look is asked for, item by item.
#[derive(Debug)]
pub struct ForEach {
    /// The list.
    pub list: Expr,
    /// The kind of its items.
    pub item: Kind,
}

impl LookStep {
    /// What the runbook calls it that it is a look of.
    pub fn own_name(&self) -> &str {
        self.name.rsplit("__").next().unwrap_or(&self.name)
    }

    /// The texts of its parameters, with their values filled in. `Err`: everything that is missing.
    pub fn fill(&self, world: &World) -> Result<Vec<String>, Vec<Unseen>> {
        let fillings = self.look.texts().iter().map(|text| text.filling);
        let mut missing = BTreeSet::new();
        let mut texts = Vec::new();
        for (template, filling) in self.texts.iter().zip(fillings) {
            let filled = match filling {
                Filling::Plain => template.fill(world, str::to_owned),
                Filling::Words => template.fill(world, shell_quote),
            };
            match filled {
                Ok(text) => texts.push(text),
                Err(reasons) => missing.extend(reasons),
            }
        }
        if missing.is_empty() {
            Ok(texts)
        } else {
            Err(missing.into_iter().collect())
        }
    }

    /// What its value is: what the action answers, or a list of that with each item.
    pub fn kind(&self) -> Kind {
        match (&self.for_each, self.look.kind()) {
            (Some(each), Kind::Record(mut fields)) => {
                let item = Field {
                    kind: each.item.clone(),
                    help: "the item that was asked for",
                };
                fields.insert("each".to_owned(), item);
                Kind::List(Box::new(Kind::Record(fields)))
            }
            (_, kind) => kind,
        }
    }
}

/// Another runbook that this one uses: its looks are among the runbook's own, its findings become a
/// record of what is true.
#[derive(Debug)]
pub struct Used {
    /// snake_case name that expressions use.
    pub name: String,
    /// The runbook's name.
    pub runbook: String,
    /// Its digest.
    pub digest: String,
    /// Its inputs, each with what it is given; `None`: its default.
    pub inputs: Vec<(Input, Option<Given>)>,
    /// Its findings.
    pub findings: Vec<FindingRule>,
    /// The runbooks that it uses itself.
    pub used: Vec<Used>,
    /// Its looks are asked only where this is true.
    pub only_if: Option<Expr>,
    /// Whether what it is given differs from node to node: then it is another one on each.
    pub per_node: bool,
}

impl Used {
    /// The findings that can be told of one node: what goes over all nodes belongs to a run of its
    /// own.
    pub fn told(&self) -> impl Iterator<Item = &FindingRule> {
        let goes_over_nodes = |finding: &&FindingRule| {
            let conditions = finding.for_each.iter().chain([&finding.when]);
            conditions.flat_map(Expr::reads).any(|read| read.lifted)
        };
        self.findings
            .iter()
            .filter(move |finding| !goes_over_nodes(finding))
    }

    /// Once per node where one of its findings is, or what it is given.
    pub fn scope(&self) -> Scope {
        if self.per_node {
            return Scope::Node;
        }
        let scopes = self.told().map(|finding| finding.scope);
        scopes.max().unwrap_or(Scope::Run)
    }

    /// The field that a finding is: `table_full` for `table-full`.
    pub fn field(finding: &FindingRule) -> String {
        finding.name.replace('-', "_")
    }
}

/// What an input of a used runbook is given.
#[derive(Debug)]
pub enum Given {
    /// A value.
    Value(Value),
    /// A text with values of the runbook that uses it.
    Text(Template),
}
