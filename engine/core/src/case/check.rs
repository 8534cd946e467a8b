//! A case, and every mutation of it, held against what the case says.

use std::collections::BTreeSet;

use super::differ::{self, Difference, Explain};
use super::model::{Case, Ending, Node, Offer, Told};
use super::mutate::{Mutation, mutations};
use super::replay::{Outcome, Said, replay};
use crate::expr::{Expr, Template};
use crate::find::Wish;
use crate::runbook::{FixRule, Runbook};

/// What became of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// What came of it.
    pub outcome: Outcome,
    /// What came otherwise than it says.
    pub differences: Vec<Difference>,
    /// How many mutations were tried.
    pub mutations: usize,
    /// Mutations that turned a verdict.
    pub wrong: Vec<Wrong>,
}

/// A verdict that a mutation turned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// What was changed.
    pub mutation: String,
    /// The verdict with the whole case, and with the spoilt one.
    pub difference: Difference,
}

impl Checked {
    /// Whether everything came as it should.
    pub fn passed(&self) -> bool {
        self.differences.is_empty() && self.wrong.is_empty()
    }

    /// How many mutations turned a verdict.
    pub fn mutations_failed(&self) -> usize {
        let turned = self.wrong.iter().map(|wrong| wrong.mutation.as_str());
        turned.collect::<BTreeSet<_>>().len()
    }
}

/// Replays a case and all its mutations.
pub fn check(runbook: &Runbook, case: &Case) -> Checked {
    let outcome = replay(runbook, case);
    let mutations = mutations(runbook, case);
    let wrong = mutations
        .iter()
        .flat_map(|mutation| {
            let spoilt = replay(runbook, &mutation.case);
            wrong(runbook, (case, &outcome), (mutation, &spoilt))
        })
        .collect();
    Checked {
        differences: differ::differences(runbook, case, &outcome),
        outcome,
        mutations: mutations.len(),
        wrong,
    }
}

/// The verdicts that a mutation has turned: a missing answer may leave one untold, and another
/// version may change those that read it. Nothing else may come.
pub fn wrong(
    runbook: &Runbook,
    (case, whole): (&Case, &Outcome),
    (mutation, spoilt): (&Mutation, &Outcome),
) -> Vec<Wrong> {
    let mut pairs: Vec<(Option<&Node>, &Said, &Said)> = vec![(None, &whole.run, &spoilt.run)];
    for (node, said) in case.nodes.iter().zip(&whole.nodes) {
        let mut others = mutation.case.nodes.iter().zip(&spoilt.nodes);
        let other = others.find(|(other, _)| other.instance == node.instance);
        if let Some((_, other)) = other {
            pairs.push((Some(node), said, other));
        }
    }
    let turned = Turned {
        runbook,
        mutation,
        explain: Explain::of(runbook, &mutation.case),
    };
    let pairs = pairs.into_iter();
    pairs
        .flat_map(|(node, whole, spoilt)| turned.between(node, whole, spoilt))
        .map(|difference| Wrong {
            mutation: mutation.what.clone(),
            difference,
        })
        .collect()
}

struct Turned<'t> {
    runbook: &'t Runbook,
    mutation: &'t Mutation,
    explain: Explain<'t>,
}

impl Turned<'_> {
    fn between(&self, node: Option<&Node>, whole: &Said, spoilt: &Said) -> Vec<Difference> {
        let mut found = Vec::new();
        let mut differ = |about: &str, expected: String, came: String, because| {
            found.push(Difference {
                node: node.map(|node| node.title().to_owned()),
                about: about.to_owned(),
                expected,
                came,
                because,
                span: Default::default(),
            });
        };
        let index = node.and_then(|node| {
            let mut nodes = self.mutation.case.nodes.iter();
            nodes.position(|other| other.instance == node.instance)
        });
        for (name, verdict) in &whole.verdicts {
            let Some(other) = spoilt.verdicts.get(name) else {
                let expected = format!("{} or not seen", Told::of(verdict));
                differ(name, expected, "it was not judged".into(), Vec::new());
                continue;
            };
            let (told, came) = (Told::of(verdict), Told::of(other));
            // Where nothing stands for it any more, it is said by itself; what is ruled out would have
            // been so before.
            let freed = matches!(told, Told::Superseded(_)) && came != Told::RuledOut;
            let turned = !came.is_like(&told) && came != Told::NotSeen && !freed;
            if turned && !self.may_differ(name) {
                let because = self.explain.verdict(name, other, index);
                differ(
                    name,
                    format!("{told}, or not seen"),
                    came.to_string(),
                    because,
                );
            }
        }
        for fix in &self.runbook.fixes {
            let offered = |said: &Said| said.offer(&fix.name) == Some(Offer::Offered);
            if offered(spoilt) && !offered(whole) && !self.fix_may_differ(fix) {
                differ(
                    &fix.name,
                    "not offered".into(),
                    "offered".into(),
                    Vec::new(),
                );
            }
        }
        // What is missing makes one more bundle, and never one less.
        let named = self.runbook.bundle.iter().flat_map(|rule| &rule.findings);
        let lost = whole.bundle.is_some() && spoilt.bundle.is_none();
        if lost && !named.into_iter().any(|name| self.may_differ(name)) {
            let because = whole.bundle.iter().map(Wish::because).collect();
            differ("bundle", "made".into(), "not made".into(), because);
        }
        for (name, followed) in &spoilt.fixes {
            let whole = whole.fixes.get(name).map(|followed| followed.ending);
            if followed.ending == Ending::Kept && whole != Some(Ending::Kept) {
                let because = followed.samples.clone();
                differ(name, "not kept".into(), "kept".into(), because);
            }
        }
        found
    }

    /// Whether the mutation moved something that the finding reads.
    fn may_differ(&self, finding: &str) -> bool {
        let rule = self
            .runbook
            .findings
            .iter()
            .find(|rule| rule.name == finding);
        rule.is_some_and(|rule| {
            let read = rule.for_each.iter().chain([&rule.when]);
            self.reads(read.flat_map(Expr::paths).collect())
        })
    }

    fn fix_may_differ(&self, fix: &FixRule) -> bool {
        let findings = self.runbook.findings.iter();
        let mut naming = findings.filter(|rule| rule.fixes.contains(&fix.name));
        let required = fix.require.as_ref().map(Expr::paths).unwrap_or_default();
        let wanted = fix.templates().flat_map(Template::paths).collect();
        self.reads(required) || self.reads(wanted) || naming.any(|rule| self.may_differ(&rule.name))
    }

    fn reads(&self, paths: Vec<Vec<String>>) -> bool {
        let moved = self.mutation.moved.as_ref();
        moved.is_some_and(|moved| {
            let mut paths = paths.iter();
            // A whole record is read with everything in it.
            paths.any(|path| moved.starts_with(path) || path.starts_with(moved))
        })
    }
}
