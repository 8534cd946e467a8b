//! The plan of emptying a node: which pods will be evicted, what is left alone, and what the API server
//! says to each eviction now.

use futures::stream::{self, StreamExt as _};
use heeler_core::action::{Evictions, others};
use heeler_core::event::{ChangePlan, NodeTarget};
use heeler_core::find::View;
use heeler_core::plan::drain::{Eviction, Tenant, is_cordoned, tenants};

use super::super::super::plan::Ready;
use super::super::super::proof::prove;
use super::super::super::{Order, Stop};
use super::super::barred::Barred;
use super::super::plan::{failed, no_reboot, pinned, refused, target_node};
use super::{ask, pods_of};
use crate::run::session::Session;
use crate::world::Cluster;
use crate::world::port::{ObjectRef, Write};

/// Evictions that are tried out at the same time.
const TRIED_AT_ONCE: usize = 8;
/// What an admission webhook makes of a dry run that it does not support, after its name. Source:
/// apiserver `admission/plugin/webhook/errors/statuserror.go`, `NewDryRunUnsupportedErr`.
const NO_DRY_RUN: &str = "does not support dry run";

/// What emptying a node comes to.
#[derive(Debug)]
pub(in crate::run::fix) struct Survey {
    /// The evictions, each a change of its own.
    pub(in crate::run::fix) changes: Vec<ChangePlan>,
    /// What is seen beside them and moves by itself, one line each: what is left alone, and which
    /// budgets let none go now.
    pub(in crate::run::fix) now: Vec<String>,
    /// Who else may drain, reboot or remove the node, one line each.
    pub(in crate::run::fix) others: Vec<String>,
    /// Whether the node is cordoned.
    pub(in crate::run::fix) cordoned: bool,
}

/// The plan of a fix that empties its node.
pub(in crate::run::fix) async fn ready(
    session: &Session,
    order: &Order<'_>,
    (view, evictions): (&View, &Evictions),
) -> Result<Ready, Stop> {
    let boot = pinned(session, order, view).await?;
    let world = view.world(order.runbook, order.inputs, session.recorder.run());
    let proof = prove(order, &world)?;
    let cluster = session
        .cluster
        .as_deref()
        .ok_or_else(|| refused("there is no kubeconfig, so no pod can be evicted".to_owned()))?;
    let earlier = order
        .earlier
        .iter()
        .flat_map(|earlier| &earlier.plan.changes);
    let earlier: Vec<ChangePlan> = earlier.cloned().collect();
    let survey = survey(cluster, &order.target, evictions, &earlier).await?;
    if !survey.cordoned {
        return Err(Barred::NotCordoned(target_node(&order.target)?.to_owned()).into());
    }
    Ok(Ready {
        proof,
        changes: survey.changes,
        now: survey.others.into_iter().chain(survey.now).collect(),
        boot,
        armed: None,
    })
}

/// What emptying a node would do now; nothing is done. `earlier` are the changes of a plan that was
/// approved before, or none: where all pods that are there now are among its pods, it stands. What has
/// gone since needs no eviction any more.
///
/// # Errors
/// What stands in the way: a right that the caller has not, a pod that this runbook does not evict, an
/// eviction that the API server will never carry out.
pub(in crate::run::fix) async fn survey(
    cluster: &dyn Cluster,
    target: &NodeTarget,
    evictions: &Evictions,
    earlier: &[ChangePlan],
) -> Result<Survey, Stop> {
    let node = ObjectRef::node(target_node(target)?);
    let pods = ObjectRef {
        namespace: None,
        ..ObjectRef::pod("", "")
    };
    right(cluster, "get", &node).await?;
    right(cluster, "list", &pods).await?;
    let object = cluster.get(&node).await.map_err(failed)?;
    let object = object.ok_or_else(|| Barred::NoObject(format!("nodes {}", node.name)))?;
    no_reboot(&object)?;
    let listed = cluster.list(&pods_of(&node.name)).await.map_err(failed)?;
    let found = tenants(&listed, evictions).map_err(refused)?;
    if !found.barred.is_empty() {
        return Err(Barred::InTheWay(found.barred).into());
    }
    rights(cluster, &found.evicted).await?;
    let own = |tenant: &Tenant| tenant.change(&target.instance, evictions.within);
    let changes: Vec<ChangePlan> = found.evicted.iter().map(own).collect();
    let mut now = tried(cluster, &changes).await?;
    let left = found.left_says();
    if !left.is_empty() {
        now.push(format!("left alone: {left}"));
    }
    Ok(Survey {
        changes: shown(changes, (earlier, target)),
        now,
        others: others(&object),
        cordoned: is_cordoned(&object),
    })
}

/// The evictions of the earlier plan, where they are about all pods that are there now.
fn shown(
    changes: Vec<ChangePlan>,
    (earlier, target): (&[ChangePlan], &NodeTarget),
) -> Vec<ChangePlan> {
    let uid = |change: &ChangePlan| change.object.as_ref().map(|object| object.uid.clone());
    let own = earlier
        .iter()
        .filter(|change| change.instance == target.instance);
    let own: Vec<ChangePlan> = own.cloned().collect();
    let mut each = changes.iter();
    match each.all(|change| own.iter().any(|other| uid(other) == uid(change))) {
        true if !own.is_empty() => own,
        _ => changes,
    }
}

/// Whether the caller may do this.
///
/// # Errors
/// That they may not.
pub(in crate::run::fix) async fn right(
    cluster: &dyn Cluster,
    verb: &'static str,
    object: &ObjectRef,
) -> Result<(), Stop> {
    match cluster.may(verb, object).await.map_err(failed)? {
        true => Ok(()),
        false => Err(Barred::NoRight(verb, object.clone()).into()),
    }
}

/// Whether the caller may evict in each namespace: asked first, so that nobody learns it half-way.
async fn rights(cluster: &dyn Cluster, evicted: &[Tenant]) -> Result<(), Stop> {
    let mut asked: Option<&str> = None;
    for tenant in evicted {
        if asked.replace(&tenant.namespace) == Some(&tenant.namespace) {
            continue;
        }
        let eviction = ObjectRef {
            resource: "pods/eviction".to_owned(),
            ..ObjectRef::pod(&tenant.namespace, &tenant.name)
        };
        right(cluster, "create", &eviction).await?;
    }
    Ok(())
}

/// What the API server says to each eviction now, where that is not yes.
async fn tried(cluster: &dyn Cluster, changes: &[ChangePlan]) -> Result<Vec<String>, Stop> {
    let answers: Vec<Eviction> = stream::iter(changes)
        .map(|change| ask(cluster, change, Write::DryRun))
        .buffered(TRIED_AT_ONCE)
        .collect()
        .await;
    let mut now = Vec::new();
    for (change, answer) in changes.iter().zip(answers) {
        match answer {
            Eviction::Taken | Eviction::Unknown(_) => {}
            Eviction::NotNow(why) => now.push(format!("in the way now: {}: {why}", change.subject)),
            Eviction::Refused(why) if why.contains(NO_DRY_RUN) => {
                now.push(format!("not tried out: {}: {why}", change.subject));
            }
            Eviction::Refused(why) => {
                return Err(Barred::Irremovable(change.subject.clone(), why).into());
            }
        }
    }
    Ok(now)
}
