//! Empties a cordoned node: its pods are evicted, none of them against its budget. What became of an
//! eviction is never taken from its answer: the pods of the node are looked at again until those of
//! the plan are gone.

mod end;
mod plan;
#[cfg(test)]
mod tests;

use heeler_core::action::Evictions;
use heeler_core::event::ChangePlan;
use heeler_core::guard;
use heeler_core::plan::drain::{Course, Eviction, Halt, Tenants, Turn, is_cordoned, tenants};
use tokio::time::{Instant, sleep};

use crate::run::session::Session;
use crate::world::port::{Evicted, ListRef, ObjectRef, Write};
use crate::world::{CallError, Cause, Cluster};

pub(in crate::run::fix) use self::end::{by_hand, no_way_back};
pub(in crate::run::fix) use self::plan::{Survey, ready, right, survey};

/// How the evictions of a node have ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::run::fix) struct Drained {
    /// Why the node is not empty, with what stands, for people; `None`: all pods of the plan are gone,
    /// and no others have come.
    pub(in crate::run::fix) trouble: Option<String>,
    /// Whether an eviction may have been carried out.
    pub(in crate::run::fix) touched: bool,
}

/// Evicts the pods of these changes, which [`survey`] has made, from a node that must be cordoned. That
/// they are started is written down already; what became of each is written here. It ends when they
/// are gone, or `evictions.within` later. Where somebody interrupts, the journal can't be written, the
/// node is not cordoned, pods have come that no change is about, or one can't be evicted at all, no
/// other eviction begins, and it ends when those that were told to go are gone.
pub(in crate::run::fix) async fn evict(
    session: &mut Session,
    node: &str,
    (changes, evictions): (&[ChangePlan], &Evictions),
) -> Drained {
    let mut course = Course::new(changes, evictions.within);
    let (cluster, began) = (session.cluster.clone(), Instant::now());
    while let Some(cluster) = cluster.as_deref() {
        if session.cancel.is_cancelled() {
            course.halt(Halt::Interrupted);
        }
        if let Some(failure) = session.recorder.broken() {
            course.halt(Halt::Unwritten(failure.what.clone()));
        }
        match course.turn(began.elapsed()) {
            Turn::End => break,
            Turn::Look(pause) => {
                sleep(pause).await;
                match look(cluster, node, evictions).await {
                    Ok((tenants, is_cordoned)) => {
                        let (gone, found) = course.saw(&tenants, is_cordoned);
                        let gone = gone.into_iter().filter_map(|pod| changes.get(pod));
                        let gone = gone.map(|change| guard::evicted(change, found));
                        session.recorder.record_all_anyway(gone.collect()).await;
                    }
                    Err(Unseen { why, hopeless }) => {
                        if hopeless {
                            course.halt(Halt::Refused(why.clone()));
                        }
                        course.missed(why);
                    }
                }
            }
            Turn::Evict(pod) => {
                let told = match changes.get(pod) {
                    Some(change) => ask(cluster, change, Write::Real).await,
                    None => break,
                };
                course.told(pod, told, began.elapsed());
            }
        }
    }
    let outcome = guard::after_evictions(changes, &course);
    session.recorder.record_all_anyway(outcome.events).await;
    Drained {
        trouble: outcome.trouble,
        touched: course.has_touched(),
    }
}

/// Why the pods of a node were not seen.
struct Unseen {
    why: String,
    hopeless: bool,
}

impl From<CallError> for Unseen {
    fn from(error: CallError) -> Self {
        Unseen {
            why: error.what(),
            hopeless: !error.is_passing(),
        }
    }
}

/// The pods of a node, and whether it is cordoned.
async fn look(
    cluster: &dyn Cluster,
    node: &str,
    evictions: &Evictions,
) -> Result<(Tenants, bool), Unseen> {
    let hopeless = |why: String| Unseen {
        why,
        hopeless: true,
    };
    let object = cluster.get(&ObjectRef::node(node)).await?;
    let object = object.ok_or_else(|| hopeless(format!("there is no node {node} any more")))?;
    let pods = cluster.list(&pods_of(node)).await?;
    let tenants = tenants(&pods, evictions).map_err(hopeless)?;
    Ok((tenants, is_cordoned(&object)))
}

/// The pods of a node.
pub(in crate::run::fix) fn pods_of(node: &str) -> ListRef {
    ListRef::core("pods", None).fields(format!("spec.nodeName={node}"))
}

/// Asks for one eviction.
async fn ask(cluster: &dyn Cluster, change: &ChangePlan, write: Write) -> Eviction {
    let Some(object) = &change.object else {
        return Eviction::Refused("the plan does not say which pod it is about".to_owned());
    };
    let pod = ObjectRef {
        api: object.api.clone(),
        resource: object.resource.clone(),
        namespace: object.namespace.clone(),
        name: object.name.clone(),
    };
    let error = match cluster.evict(&pod, &object.uid, write).await {
        Ok(Evicted::Yes) => return Eviction::Taken,
        Ok(Evicted::NotNow(why)) => return Eviction::NotNow(why),
        Err(error) => error,
    };
    let why = error.what();
    match error.cause {
        // Nothing was sent, or it was surely not taken.
        Cause::Unreachable(_) | Cause::Throttled(_) => Eviction::NotNow(why),
        // It is gone, or it is another pod of that name: the next look tells, as it does without an
        // answer.
        Cause::NotFound(_)
        | Cause::Conflict(_)
        | Cause::TimedOut(_)
        | Cause::Unavailable(_)
        | Cause::Unreadable(_)
        | Cause::Tls(_) => Eviction::Unknown(why),
        _ => Eviction::Refused(why),
    }
}
