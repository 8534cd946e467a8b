//! What became of the evictions of a node, as the events that say so. Of a pod whose end is not known
//! none is told.

use std::slice;

use super::outcome::{Outcome, failed};
use crate::event::{ChangePlan, Direction, Event};
use crate::plan::drain::{Course, Left};

/// A pod is gone; `found`: it was before anything was sent.
pub fn evicted(change: &ChangePlan, found: bool) -> Event {
    Event::ChangeApplied {
        instance: change.instance.clone(),
        subject: change.subject.clone(),
        value: change.to.clone(),
        direction: Direction::Apply,
        found,
    }
}

/// After the last look: the pods that certainly were not evicted, and why the node is not empty.
pub fn after_evictions(changes: &[ChangePlan], course: &Course) -> Outcome {
    let stand = changes.iter().enumerate().filter_map(|(pod, change)| {
        let Left::Stands(why) = course.left(pod)? else {
            return None;
        };
        Some(failed(slice::from_ref(change), &why, Direction::Apply))
    });
    Outcome {
        events: stand.flatten().collect(),
        trouble: (!course.is_whole()).then(|| course.says()),
    }
}

/// What somebody is told who wants evictions to be taken back. `stand`: those whose pods were seen to
/// be there still, or why nobody can say it.
pub fn no_pod_comes_back(changes: &[ChangePlan], stand: Result<&[String], &str>) -> String {
    let came_to = match stand {
        Err(why) => why.to_owned(),
        Ok(stand) => {
            let gone = changes.len().saturating_sub(stand.len());
            let mut says = format!("{gone} of {} pods are gone", changes.len());
            if !stand.is_empty() {
                says.push_str(&format!(", and there are still {}", stand.join(", ")));
            }
            says
        }
    };
    format!("there is no way back from an eviction: {came_to}")
}
