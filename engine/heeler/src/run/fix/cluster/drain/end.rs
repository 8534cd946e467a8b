//! What is told of evictions that did not help, or that somebody wants to be taken back.

use heeler_core::event::{ChangePlan, Exit, NodeTarget};
use heeler_core::guard;
use heeler_core::runbook::FixRule;

use super::super::super::one_way;
use crate::run::session::Session;
use crate::world::equivalent::{Flags, drain, pods_of, uncordon};
use crate::world::port::ObjectRef;
use crate::world::{CallError, Cluster};

/// The commands for a person who goes on: what runs there, the evictions that are left, and the way to
/// let pods come again.
pub(in crate::run::fix) fn by_hand(
    session: &Session,
    (rule, target): (&FixRule, &NodeTarget),
) -> Vec<String> {
    let flags = Flags::of(&session.aws, session.place.context.as_deref());
    let (Some(node), Some(evictions)) = (&target.node, rule.evictions()) else {
        return Vec::new();
    };
    vec![
        pods_of(&flags, node),
        drain(&flags, node, evictions),
        uncordon(&flags, node),
    ]
}

/// Answers somebody who wants the evictions to be taken back, with what stands of all pods of the
/// plan: the fix has counted those that it could not evict, too.
pub(in crate::run::fix) async fn no_way_back(
    session: &mut Session,
    of: (&FixRule, &NodeTarget),
    planned: &[ChangePlan],
) -> Exit {
    let stand = match session.cluster.as_deref() {
        Some(cluster) => standing(cluster, planned)
            .await
            .map_err(|error| error.what()),
        None => Err("there is no kubeconfig, so nobody can say which pods are gone".to_owned()),
    };
    let stand = stand.as_deref().map_err(String::as_str);
    let reason = guard::no_pod_comes_back(planned, stand);
    let by_hand = by_hand(session, of);
    one_way::refuse(session, reason, by_hand).await
}

/// Those whose pods are there still.
async fn standing(cluster: &dyn Cluster, changes: &[ChangePlan]) -> Result<Vec<String>, CallError> {
    let mut stand = Vec::new();
    for object in changes.iter().filter_map(|change| change.object.as_ref()) {
        let namespace = object.namespace.as_deref().unwrap_or_default();
        let reference = ObjectRef::pod(namespace, &object.name);
        let found = cluster.get(&reference).await?;
        let Some(metadata) = found.as_ref().and_then(|pod| pod.get("metadata")) else {
            continue;
        };
        if metadata.get("uid").and_then(|uid| uid.as_str()) != Some(&object.uid) {
            continue;
        }
        let is_going = metadata
            .get("deletionTimestamp")
            .is_some_and(|time| !time.is_null());
        let name = reference.full_name();
        stand.push(match is_going {
            true => format!("{name} (told to go)"),
            false => name,
        });
    }
    stand.sort();
    Ok(stand)
}
