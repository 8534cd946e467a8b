//! What a runbook reads of its looks. The rest need not stand in a case: no verdict depends on it.

use std::collections::BTreeMap;

use crate::expr::{Expr, Template};
use crate::runbook::{FindingRule, Given, LookStep, Runbook, Used};

/// How much of a value is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Need {
    /// The value itself: all of it, whatever it holds.
    whole: bool,
    /// Fields of it that are read.
    fields: BTreeMap<String, Need>,
}

impl Need {
    /// Everything that the value holds.
    pub(super) fn all() -> Need {
        Need {
            whole: true,
            fields: BTreeMap::new(),
        }
    }

    /// Every look that the runbook reads, with how much of it.
    pub(super) fn of(runbook: &Runbook) -> BTreeMap<String, Need> {
        let mut root = Need::default();
        for path in paths(runbook) {
            root.add(&path);
        }
        root.fields
            .into_iter()
            .filter(|(name, _)| runbook.looks.iter().any(|step| step.name == *name))
            .collect()
    }

    fn add(&mut self, path: &[String]) {
        match path {
            [] => self.whole = true,
            [field, rest @ ..] => self.fields.entry(field.clone()).or_default().add(rest),
        }
    }

    /// How much is read of a field; `None`: nothing.
    ///
    /// Where one plain field of a record is read, the plain ones beside it count as read too: what
    /// grows between two samples is told from a counter's total, not from its growth alone.
    pub(super) fn field(&self, name: &str, has_parts: bool) -> Option<Need> {
        if self.whole {
            return Some(Need::all());
        }
        let read = self.fields.get(name);
        let beside = || self.fields.values().any(|need| need.fields.is_empty());
        match read {
            Some(need) => Some(need.clone()),
            None if !has_parts && beside() => Some(Need::all()),
            None => None,
        }
    }

    /// How much is read of each item of a list.
    pub(super) fn item(&self) -> Need {
        Need::all()
    }
}

/// Everything that any expression or text of the runbook reads, and of those that it uses. A look
/// of a used runbook has the name that it has in the whole.
pub(super) fn paths(runbook: &Runbook) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for step in &runbook.looks {
        let asked = step.only_if.iter().chain(over(step));
        let read = asked.flat_map(Expr::paths);
        let read = read.chain(step.texts.iter().flat_map(Template::paths));
        all.extend(read.map(|path| within(&step.home, path)));
    }
    all.extend(of_findings(&runbook.findings, &[]));
    for used in &runbook.used {
        of_used(used, &[], &mut all);
    }
    let verified = runbook.fixes.iter().map(|fix| &fix.verify.that);
    let required = runbook.fixes.iter().flat_map(|fix| &fix.require);
    all.extend(verified.chain(required).flat_map(Expr::paths));
    let found = runbook.findings.iter().flat_map(|rule| {
        let more = rule.details.iter().chain(&rule.because);
        more.chain(&rule.lasting).chain([&rule.says])
    });
    let fixes = runbook.fixes.iter();
    let fixed = fixes.flat_map(|fix| fix.templates().chain(&fix.effect));
    all.extend(found.chain(fixed).flat_map(Template::paths));
    all
}

/// The list that a look goes over.
fn over(step: &LookStep) -> Option<&Expr> {
    step.for_each.as_ref().map(|each| &each.list)
}

fn of_findings(findings: &[FindingRule], home: &[String]) -> Vec<Vec<String>> {
    let findings = findings.iter();
    findings
        .flat_map(|rule| rule.for_each.iter().chain([&rule.when]))
        .flat_map(Expr::paths)
        .map(|path| within(home, path))
        .collect()
}

/// What a used runbook reads; `outer` is where it is used.
fn of_used(used: &Used, outer: &[String], all: &mut Vec<Vec<String>>) {
    let given = used.inputs.iter().filter_map(|(_, given)| match given {
        Some(Given::Text(text)) => Some(text.paths()),
        _ => None,
    });
    let asked = used.only_if.iter().map(Expr::paths);
    let read = given.chain(asked).flatten();
    all.extend(read.map(|path| within(outer, path)));
    let home = [outer, std::slice::from_ref(&used.name)].concat();
    all.extend(of_findings(&used.findings, &home));
    for inner in &used.used {
        of_used(inner, &home, all);
    }
}

/// A path of a used runbook, as the whole names it.
fn within(home: &[String], mut path: Vec<String>) -> Vec<String> {
    if let Some(root) = path.first_mut() {
        *root = [home, std::slice::from_ref(root)].concat().join("__");
    }
    path
}
