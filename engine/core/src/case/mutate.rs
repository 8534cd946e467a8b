//! A case spoilt in every way in which a world can fail to answer. What is missing may leave a
//! verdict untold; it must never turn one.

use std::collections::BTreeSet;

use super::model::{Case, Node};
use super::needs;
use super::places::{self, Reach};
use super::replay::unseen;
use crate::runbook::{LookStep, Runbook, Scope};
use crate::value::{Unseen, Value, Version, Why};

/// A version before and one after everything that a runbook can mean.
const VERSIONS: [(u64, &str); 2] = [(0, "0.1.0"), (999, "999.0.0")];

/// A case with one thing about it changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Mutation {
    /// What was changed, for people: `kernel log: truncated`.
    pub what: String,
    /// The changed case. What it expects still is what the whole one does.
    pub case: Case,
    /// What has another value now: verdicts of findings that read it may be others.
    pub moved: Option<Vec<String>>,
}

/// Every mutation of a case.
pub fn mutations(runbook: &Runbook, case: &Case) -> Vec<Mutation> {
    let mut all = Vec::new();
    lost_looks(runbook, case, &mut all);
    lost_fields(runbook, case, &mut all);
    lost_places(runbook, case, &mut all);
    versions(runbook, case, &mut all);
    let mut changed = case.clone();
    changed.nodes.iter_mut().for_each(|node| node.cpus = None);
    all.push(mutation("the number of CPUs is not known", changed));
    if case.nodes.len() > 1 {
        let mut changed = case.clone();
        changed.nodes.reverse();
        all.push(mutation("the nodes in another order", changed));
    }
    all
}

fn mutation(what: impl Into<String>, case: Case) -> Mutation {
    Mutation {
        what: what.into(),
        case,
        moved: None,
    }
}

/// Each look dropped, cut, refused, and too slow: on all nodes, and on one of several.
fn lost_looks(runbook: &Runbook, case: &Case, all: &mut Vec<Mutation>) {
    let ways = [
        ("dropped", Why::NoAnswer("it was dropped".into())),
        ("truncated", Why::Truncated),
        ("refused", Why::Forbidden("this look".into())),
        ("timed out", Why::TimedOut(5)),
    ];
    for step in &runbook.looks {
        for (how, why) in &ways {
            let mut changed = case.clone();
            for value in values_of(&mut changed, step) {
                *value = unseen(&step.name, why.clone());
            }
            all.push(mutation(format!("{}: {how}", step.label), changed));
        }
        if step.scope == Scope::Run || case.nodes.len() < 2 {
            continue;
        }
        for (index, node) in case.nodes.iter().enumerate() {
            let mut changed = case.clone();
            if let Some(node) = changed.nodes.get_mut(index) {
                lose(node, step, &Why::Truncated);
            }
            let what = format!("{} of {}: truncated", step.label, node.title());
            all.push(mutation(what, changed));
        }
    }
}

/// Each value that the runbook reads, alone.
fn lost_fields(runbook: &Runbook, case: &Case, all: &mut Vec<Mutation>) {
    let paths: BTreeSet<Vec<String>> = needs::paths(runbook).into_iter().collect();
    for path in paths {
        let [look, fields @ ..] = path.as_slice() else {
            continue;
        };
        let step = runbook.looks.iter().find(|step| step.name == *look);
        let Some(step) = step.filter(|_| !fields.is_empty()) else {
            continue;
        };
        let mut changed = case.clone();
        for value in values_of(&mut changed, step) {
            if let Some(field) = at(value, fields) {
                *field = unseen(look, Why::Truncated);
            }
        }
        all.push(mutation(format!("{}: not seen", path.join(".")), changed));
    }
}

/// Whole places that do not answer.
fn lost_places(runbook: &Runbook, case: &Case, all: &mut Vec<Mutation>) {
    let silent = |look: Reach| match look {
        Reach::Kubernetes => Why::KubernetesDown("429 Too Many Requests".into()),
        _ => Why::NoAnswer("throttled".into()),
    };
    let off = |_| Why::AdminOff;
    let down = |_| Why::KubernetesDown("connection refused".into());
    type Loss<'l> = (&'l str, &'l [Reach], &'l dyn Fn(Reach) -> Why);
    let losses: [Loss<'_>; 4] = [
        ("the admin container is off", &[Reach::Admin], &off),
        (
            "the admin container is off, and /proc shows the least",
            &[Reach::Admin, Reach::Either],
            &off,
        ),
        ("the Kubernetes API is down", &[Reach::Kubernetes], &down),
        (
            "everything is throttled",
            &[
                Reach::Admin,
                Reach::Either,
                Reach::Control,
                Reach::Kubernetes,
            ],
            &silent,
        ),
    ];
    for (what, lost, why) in losses {
        let mut changed = case.clone();
        for step in &runbook.looks {
            let reach = places::reach(step, case);
            if lost.contains(&reach) {
                for value in values_of(&mut changed, step) {
                    *value = unseen(&step.name, why(reach));
                }
            }
        }
        all.push(mutation(what, changed));
    }
}

/// Other versions: of the system, and wherever a look gives one.
fn versions(runbook: &Runbook, case: &Case, all: &mut Vec<Mutation>) {
    for (major, text) in VERSIONS {
        let mut changed = case.clone();
        for node in &mut changed.nodes {
            node.os_version = Some(text.to_owned());
        }
        all.push(Mutation {
            moved: Some(vec!["node".into(), "os_version".into()]),
            ..mutation(format!("Bottlerocket {text}"), changed)
        });
        let minor = u64::from(major == 0);
        let other = Value::Version(Version {
            major,
            minor,
            patch: 0,
        });
        for step in &runbook.looks {
            for path in version_paths(case, step) {
                let mut changed = case.clone();
                for value in values_of(&mut changed, step) {
                    if let Some(field) = at(value, &path) {
                        *field = other.clone();
                    }
                }
                let path: Vec<String> = std::iter::once(step.name.clone()).chain(path).collect();
                let what = format!("{} {text}", path.join("."));
                all.push(Mutation {
                    moved: Some(path),
                    ..mutation(what, changed)
                });
            }
        }
    }
}

fn version_paths(case: &Case, step: &LookStep) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    let of_nodes = case
        .nodes
        .iter()
        .filter_map(|node| node.looks.get(&step.name));
    for value in of_nodes.chain(case.looks.get(&step.name)) {
        find_versions(value, &mut Vec::new(), &mut found);
    }
    found
}

fn find_versions(value: &Value, path: &mut Vec<String>, found: &mut BTreeSet<Vec<String>>) {
    match value {
        Value::Version(_) => {
            found.insert(path.clone());
        }
        Value::Record(fields) => {
            for (name, value) in fields {
                path.push(name.clone());
                find_versions(value, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

/// Every value of a look: once a run or once a node, and in every sample.
fn values_of<'c>(case: &'c mut Case, step: &LookStep) -> Vec<&'c mut Value> {
    let name = &step.name;
    let mut values: Vec<&mut Value> = case.looks.get_mut(name).into_iter().collect();
    for node in &mut case.nodes {
        values.extend(node.looks.get_mut(name));
        for sample in &mut node.later {
            values.extend(sample.looks.get_mut(name));
        }
    }
    values
}

fn lose(node: &mut Node, step: &LookStep, why: &Why) {
    let samples = node.later.iter_mut().map(|sample| &mut sample.looks);
    for looks in std::iter::once(&mut node.looks).chain(samples) {
        if let Some(value) = looks.get_mut(&step.name) {
            *value = Value::Unseen(vec![Unseen {
                look: step.name.clone(),
                why: why.clone(),
            }]);
        }
    }
}

/// The value behind a path of fields.
fn at<'v>(value: &'v mut Value, fields: &[String]) -> Option<&'v mut Value> {
    match fields {
        [] => Some(value),
        [field, rest @ ..] => match value {
            Value::Record(all) => at(all.get_mut(field)?, rest),
            _ => None,
        },
    }
}
