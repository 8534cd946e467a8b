//! A fix whose changes the Kubernetes API carries out. Nothing on the node takes it back: whoever
//! runs heeler does, by asking the API server what is there.
//!
//! Everything that it needs stands in the plan's own records, so that taking back depends on no
//! runbook. Each patch is bound to the state of the object that was read right before it.

mod barred;
pub(super) mod drain;
mod object;
mod plan;

use heeler_core::event::ChangePlan;
use heeler_core::guard::Sent;
use heeler_core::plan::{ChangeFault, Undone};

use self::object::{Object, Trouble};
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
pub(super) fn carries(changes: &[ChangePlan]) -> bool {
    changes.iter().any(|change| change.object.is_some())
}

/// Sets the values, one object after the other; none, where one of them is not as it was planned.
pub(super) async fn apply(session: &Session, changes: &[ChangePlan]) -> Sent<Vec<String>> {
    let (cluster, objects) = match all(session, changes) {
        Ok(found) => found,
        Err(why) => return Sent::NotTaken(why),
    };
    for (step, object) in (1..).zip(&objects) {
        match object.present(cluster).await {
            Ok(present) if present == object.from => {}
            Ok(present) => {
                let fault = ChangeFault::OtherValue {
                    step,
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
            Ok(value) => done.push(value.to_string()),
            Err(Trouble::Unknown(why)) => return Sent::Unknown(why),
            Err(trouble) if done.is_empty() => return Sent::NotTaken(trouble.to_string()),
            Err(trouble) => {
                return Sent::Answered(Err(ChangeFault::Stopped {
                    done,
                    present: object.from.to_string(),
                    text: trouble.to_string(),
                }));
            }
        }
    }
    Sent::Answered(Ok(done))
}

/// Takes the changes back; beside that whether asking again is hopeless.
pub(super) async fn undo(session: &Session, back: &[ChangePlan]) -> (Sent<Vec<Undone>>, bool) {
    let (cluster, objects) = match all(session, back) {
        Ok(found) => found,
        Err(why) => return (Sent::Unknown(why), true),
    };
    let mut undone = Vec::new();
    for object in &objects {
        match object.take_back(cluster).await {
            Ok(end) => undone.push(end),
            Err(why) => return (Sent::Unknown(why), false),
        }
    }
    (Sent::Answered(Ok(undone)), false)
}

/// The commands that a person has to give instead.
pub(super) fn by_hand(session: &Session, left: &[ChangePlan]) -> Vec<String> {
    let flags = Flags::of(&session.aws, session.place.context.as_deref());
    let objects = left.iter().filter_map(Object::of);
    objects
        .map(|object| patch(&flags, &object.reference, &object.to.patch()))
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
    let objects = changes.iter().map(Object::of).collect::<Option<_>>();
    let objects = objects.ok_or("the plan does not say which object has the values")?;
    Ok((cluster, objects))
}
