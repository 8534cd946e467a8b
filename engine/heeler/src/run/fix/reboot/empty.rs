//! Emptying the node before it goes down.

use heeler_core::event::{ChangePlan, Reached};

use super::super::cluster::drain;
use super::Trip;
use crate::run::session::Session;

/// Evicts the pods of the plan. Where one of them stays, or another one has come, it is not empty.
pub(super) async fn drain(session: &mut Session, trip: &Trip<'_>) -> Reached {
    let evictions: Vec<ChangePlan> = evictions(&trip.planned.plan.changes).cloned().collect();
    let all = (evictions.as_slice(), &trip.rules.evictions);
    let drained = drain::evict(session, &trip.node.name, all).await;
    match (drained.trouble, drained.touched) {
        (None, _) if evictions.is_empty() => Reached::Idle("no pod had to go".to_owned()),
        (None, _) => Reached::Done(match evictions.len() {
            1 => "its pod is gone".to_owned(),
            pods => format!("its {pods} pods are gone"),
        }),
        (Some(why), false) => Reached::Refused(why),
        (Some(why), true) => Reached::Partly(why),
    }
}

/// The changes of a plan that are evictions.
fn evictions(changes: &[ChangePlan]) -> impl Iterator<Item = &ChangePlan> {
    changes.iter().filter(|change| change.object.is_some())
}
