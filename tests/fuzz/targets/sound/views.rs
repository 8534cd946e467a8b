//! Nodes that have answered, with answers of the kinds that their looks declare.

use std::collections::BTreeMap;

use heeler_core::event::{NodeGroup, NodeTarget, PodTarget};
use heeler_core::find::View;
use heeler_core::frame::Ident;
use heeler_core::runbook::{LookStep, Runbook, Scope};
use heeler_core::value::Value;

use super::choices::Choices;
use super::values::{value, with_holes};

/// One to three nodes that have answered.
pub(super) fn views(runbook: &Runbook, absent: bool, choices: &mut Choices<'_>) -> Vec<View> {
    let of_run: BTreeMap<String, Value> = answers(runbook, Scope::Run, absent, choices);
    let count = 1 + choices.below(3);
    let view = |number| {
        let mut view = View::new(target(number));
        view.ident = Some(Ident {
            boot_id: "b".into(),
            cluster: None,
            os_version: "1.50.0".into(),
            cpus: 8,
            uptime_s: 5,
        });
        view.looks = of_run.clone();
        view.looks
            .extend(answers(runbook, Scope::Node, absent, choices));
        view
    };
    (0..count).map(view).collect()
}

fn answers(
    runbook: &Runbook,
    scope: Scope,
    absent: bool,
    choices: &mut Choices<'_>,
) -> BTreeMap<String, Value> {
    let steps = runbook.looks.iter().filter(|step| step.scope == scope);
    let answer = |step: &LookStep| (step.name.clone(), value(&step.kind(), absent, choices));
    steps.map(answer).collect()
}

fn target(number: usize) -> NodeTarget {
    NodeTarget {
        node: Some(format!("node-{number}")),
        instance: format!("i-{number:08x}").parse().expect("it is an id"),
        pod: Some(PodTarget {
            namespace: "shop".into(),
            name: "checkout".into(),
            uid: "0a".into(),
            host_network: false,
        }),
        boot: None,
        os_version: None,
        cpus: None,
        cluster_verified: Some(true),
        node_group: NodeGroup::Unseen,
    }
}

/// The same nodes, with answers missing. What is asked once a run is missing of all of them, or of
/// none.
pub(super) fn lossy(runbook: &Runbook, views: &[View], choices: &mut Choices<'_>) -> Vec<View> {
    let mut of_run: BTreeMap<&String, Value> = BTreeMap::new();
    let is_of_run = |name: &String| {
        let mut steps = runbook.looks.iter();
        steps.any(|step| step.scope == Scope::Run && step.name == *name)
    };
    let mut all = Vec::new();
    for view in views {
        let mut lossy = View::new(view.target.clone());
        lossy.ident.clone_from(&view.ident);
        for (name, value) in &view.looks {
            let less = match of_run.get(name) {
                Some(known) => known.clone(),
                None => with_holes(value, name, choices),
            };
            if is_of_run(name) {
                of_run.insert(name, less.clone());
            }
            lossy.looks.insert(name.clone(), less);
        }
        all.push(lossy);
    }
    all
}
