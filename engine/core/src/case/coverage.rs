//! Which verdicts and which conditions of a runbook its cases have brought about.

use std::collections::BTreeSet;

use super::model::{Case, Told};
use super::replay::{self, Outcome};
use crate::expr::{Expr, World};
use crate::find::{self, View};
use crate::runbook::{Runbook, Scope};

/// What the cases of a runbook have brought about, and what they have not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// Every finding with each verdict that it can come to.
    pub findings: Vec<Covered>,
    /// Every condition of the runbook, once true and once false.
    pub branches: Vec<Covered>,
}

/// One thing that a case can bring about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// Where it is in the runbook: `table-full`, or `the fix shorten-time-wait requires`.
    pub place: String,
    /// What: `holds`, or `table.count >= 0.9 * table.max is false`.
    pub what: String,
    /// How many cases have brought it about.
    pub cases: usize,
}

const VERDICTS: [&str; 3] = ["holds", "is ruled out", "is not seen"];

impl Coverage {
    /// Of a runbook, before any case.
    pub fn of(runbook: &Runbook) -> Coverage {
        let row = |place: &str, what: String| Covered {
            place: place.to_owned(),
            what,
            cases: 0,
        };
        let verdicts = |name| VERDICTS.map(|what| row(name, what.to_owned()));
        let findings = runbook.findings.iter();
        let mut branches = Vec::new();
        for condition in conditions(runbook) {
            let place = &condition.place;
            for text in condition.expr.atom_texts() {
                branches.push(row(place, format!("{text} is true")));
                branches.push(row(place, format!("{text} is false")));
            }
        }
        Coverage {
            findings: findings.flat_map(|rule| verdicts(&rule.name)).collect(),
            branches,
        }
    }

    /// Counts what a case has brought about.
    pub fn add(&mut self, runbook: &Runbook, case: &Case, outcome: &Outcome) {
        let said = outcome.nodes.iter().chain([&outcome.run]);
        let verdicts: Vec<_> = said.flat_map(|said| &said.verdicts).collect();
        for (row, verdict) in self.findings.iter_mut().zip(VERDICTS.iter().cycle()) {
            let came = |told: &Told| match told {
                Told::Holds(_) => VERDICTS.first() == Some(verdict),
                Told::RuledOut => VERDICTS.get(1) == Some(verdict),
                Told::NotSeen => VERDICTS.get(2) == Some(verdict),
                // What it would have come to by itself is not known.
                Told::Superseded(_) => false,
            };
            let mut named = verdicts.iter().filter(|(name, _)| **name == row.place);
            row.cases += usize::from(named.any(|(_, verdict)| came(&Told::of(verdict))));
        }
        let seen = truths(runbook, case);
        for (row, seen) in self.branches.iter_mut().zip(seen) {
            row.cases += usize::from(seen);
        }
    }

    /// Whether nothing is missing.
    pub fn is_whole(&self) -> bool {
        self.missed().next().is_none()
    }

    /// What no case has brought about.
    pub fn missed(&self) -> impl Iterator<Item = &Covered> {
        let all = self.findings.iter().chain(&self.branches);
        all.filter(|row| row.cases == 0)
    }
}

/// How many of these some case has brought about.
pub fn covered(rows: &[Covered]) -> usize {
    rows.iter().filter(|row| row.cases > 0).count()
}

/// A condition of the runbook.
struct Condition<'r> {
    place: String,
    expr: &'r Expr,
    /// The list that it goes over.
    list: Option<&'r Expr>,
    asked: Asked,
}

/// What a condition is asked of.
#[derive(Debug, Clone, Copy)]
enum Asked {
    /// What was seen of each node.
    Nodes,
    /// The run as a whole.
    Run,
    /// What was seen of a node after a fix.
    After,
}

fn conditions(runbook: &Runbook) -> Vec<Condition<'_>> {
    let condition = |place: String, expr| Condition {
        place,
        expr,
        list: None,
        asked: Asked::Nodes,
    };
    // What a used runbook asks is covered by its own cases.
    let own = runbook.looks.iter().filter(|step| step.home.is_empty());
    let looks = own.filter_map(|step| {
        let place = format!("the look {} only if", step.name);
        Some(condition(place, step.only_if.as_ref()?))
    });
    let findings = runbook.findings.iter();
    let findings = findings.map(|rule| Condition {
        list: rule.for_each.as_ref(),
        asked: match rule.scope {
            Scope::Node => Asked::Nodes,
            Scope::Run => Asked::Run,
        },
        ..condition(format!("{} when", rule.name), &rule.when)
    });
    let required = runbook.fixes.iter().filter_map(|fix| {
        let place = format!("the fix {} requires", fix.name);
        Some(condition(place, fix.require.as_ref()?))
    });
    let verified = runbook.fixes.iter().map(|fix| Condition {
        asked: Asked::After,
        ..condition(format!("the fix {} verifies", fix.name), &fix.verify.that)
    });
    looks
        .chain(findings)
        .chain(required)
        .chain(verified)
        .collect()
}

/// For every condition's parts: was it true, was it false, in the order of the rows.
fn truths(runbook: &Runbook, case: &Case) -> Vec<bool> {
    let inputs = replay::inputs(runbook, case);
    let world = |view: &View| view.world(runbook, &inputs, replay::run());
    let views = replay::views(runbook, case, &inputs);
    let mut before = Vec::new();
    let mut after = Vec::new();
    for (view, node) in views.iter().zip(&case.nodes) {
        if view.ident.is_some() {
            before.push(world(view));
            let samples = node.later.iter();
            after.extend(samples.map(|sample| world(&replay::sampled(view, sample))));
        }
    }
    let whole = vec![find::whole(runbook, &inputs, replay::run(), &views)];
    conditions(runbook)
        .iter()
        .flat_map(|condition| {
            let worlds = match condition.asked {
                Asked::Nodes => &before,
                Asked::Run => &whole,
                Asked::After => &after,
            };
            truth(condition, worlds)
        })
        .collect()
}

fn truth(condition: &Condition<'_>, worlds: &[World]) -> Vec<bool> {
    let mut came: BTreeSet<(usize, bool)> = BTreeSet::new();
    let items = worlds.iter().flat_map(|world| match condition.list {
        Some(list) => list.worlds(world).unwrap_or_default(),
        None => vec![world.clone()],
    });
    for world in items {
        for atom in condition.expr.atoms(&world) {
            came.extend(atom.holds.map(|holds| (atom.index, holds)));
        }
    }
    (0..condition.expr.atom_texts().len())
        .flat_map(|index| [true, false].map(|holds| came.contains(&(index, holds))))
        .collect()
}
