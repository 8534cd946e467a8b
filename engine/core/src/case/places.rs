//! Where a look can be answered: what is lost when a place falls silent.

use super::model::Case;
use crate::action::{PodFacts, Source, Target};
use crate::frame::Place;
use crate::runbook::LookStep;

/// The places that can answer a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The control container, always.
    Control,
    /// The control container where the node offers it there, else the admin container.
    Either,
    /// The admin container, or the host through it. What the control container can say beside it
    /// is less.
    Admin,
    /// The Kubernetes API.
    Kubernetes,
}

/// Where a look of this case can be answered.
pub(super) fn reach(step: &LookStep, case: &Case) -> Reach {
    let node = case.nodes.first();
    let target = Target {
        node: node.and_then(|node| node.name.clone()),
        pod: node.and_then(|node| node.pod.as_ref()).map(|pod| PodFacts {
            namespace: pod.namespace.clone(),
            name: pod.name.clone(),
            uid: super::replay::ANY_UID.to_owned(),
            host_network: false,
        }),
        texts: Vec::new(),
    };
    match step.look.source(&target) {
        Ok(Source::Kube(_)) => Reach::Kubernetes,
        Ok(Source::Node(rungs)) => {
            let control = |rung: &crate::action::Rung| rung.place == Place::Control;
            match (
                rungs.first().is_some_and(control),
                rungs.iter().all(control),
            ) {
                (_, true) => Reach::Control,
                (true, false) => Reach::Either,
                (false, false) => Reach::Admin,
            }
        }
        // Without a target there is nowhere to ask.
        Err(_) => Reach::Control,
    }
}
