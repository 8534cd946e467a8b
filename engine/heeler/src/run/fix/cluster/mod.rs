//! A fix whose changes the Kubernetes API carries out. Nothing on the node takes it back: whoever
//! runs heeler does, by asking the API server what is there.
//!
//! Everything that it needs stands in the plan's own records, so that taking back depends on no
//! runbook. Each patch is bound to the state of the object that was read right before it.

mod barred;
pub(super) mod drain;
mod object;
mod plan;
mod trouble;

use std::collections::BTreeSet;

use heeler_core::event::ChangePlan;
use heeler_core::guard::Sent;
use heeler_core::plan::{ChangeFault, Undone};

use self::object::Object;
use self::trouble::Trouble;
use crate::run::session::Session;
use crate::world::Cluster;
use crate::world::equivalent::{Flags, patch};

pub(super) use self::plan::ready;

/// What would take such a fix back, for people.
pub(super) const UNDO: &str = "by heeler itself: nothing on the node does it; if heeler dies, by \
                               `heeler revert` with the id of the run that applies it";

/// The same for a node that is emptied.
pub(super) const NO_UNDO: &str = "by nothing and nobody: pods that were evicted are made anew on other nodes, and the node stays cordoned";

/// Whether these changes are made in the Kubernetes API: all of them are, or none.
pub fn carries(changes: &[ChangePlan]) -> bool {
    changes.iter().any(|change| change.object.is_some())
}

/// Sets the values, one object after the other; none, where one of them is not as it was planned.
pub(super) async fn apply(session: &Session, changes: &[ChangePlan]) -> Sent<Vec<String>> {
    let (cluster, objects) = match all(session, changes) {
        Ok(found) => found,
        Err(why) => return Sent::NotTaken(why),
    };
    let mut before = 0;
    for object in &objects {
        match object.check(cluster).await {
            Ok(()) => before += object.steps.len(),
            Err(Trouble::Other(index, present)) => {
                let fault = ChangeFault::OtherValue {
                    step: before + index + 1,
                    present: present.to_string(),
                };
                return Sent::Answered(Err(fault));
            }
            Err(trouble) => return Sent::NotTaken(trouble.to_string()),
        }
    }
    let mut done: Vec<String> = Vec::new();
    for object in &objects {
        match object.set(cluster).await {
            Ok(values) => done.extend(values),
            Err(Trouble::Unknown(why)) => return Sent::Unknown(why),
            Err(trouble) if done.is_empty() => return Sent::NotTaken(trouble.to_string()),
            Err(trouble) => {
                return Sent::Answered(Err(ChangeFault::Stopped {
                    done,
                    present: object.left_by(&trouble).to_string(),
                    text: trouble.to_string(),
                }));
            }
        }
    }
    Sent::Answered(Ok(done))
}

/// How far a way back has come that is tried again and again.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// The ends of the first changes.
    pub(super) ended: Vec<Undone>,
    /// The steps of the object after them of which a patch was sent without an end.
    unheard: BTreeSet<usize>,
}

/// Takes the changes back of which no end is known yet. Beside that whether asking again is hopeless.
pub(super) async fn undo(
    session: &Session,
    back: &[ChangePlan],
    progress: &mut Progress,
) -> (Sent<Vec<Undone>>, bool) {
    let (cluster, objects) = match all(session, back) {
        Ok(found) => found,
        Err(why) => return (Sent::Unknown(why), true),
    };
    let mut before = 0;
    for object in &objects {
        before += object.steps.len();
        if before <= progress.ended.len() {
            continue;
        }
        match object.take_back(cluster, &mut progress.unheard).await {
            Ok(ends) => progress.ended.extend(ends),
            Err(why) => return (Sent::Unknown(why), false),
        }
        progress.unheard.clear();
    }
    (Sent::Answered(Ok(progress.ended.clone())), false)
}

/// The commands that a person has to give instead.
pub(super) fn by_hand(session: &Session, left: &[ChangePlan]) -> Vec<String> {
    let flags = Flags::of(&session.aws, session.place.context.as_deref());
    let objects = Object::all(left).unwrap_or_default();
    let each = objects.iter();
    each.map(|object| patch(&flags, &object.reference, &object.patch()))
        .collect()
}

/// All objects of the changes, or why they can't be reached.
fn all<'s>(
    session: &'s Session,
    changes: &[ChangePlan],
) -> Result<(&'s dyn Cluster, Vec<Object>), String> {
    let cluster = session
        .cluster
        .as_deref()
        .ok_or("there is no kubeconfig, so the Kubernetes API can't be asked")?;
    let objects =
        Object::all(changes).ok_or("the plan does not say which object has the values")?;
    Ok((cluster, objects))
}
