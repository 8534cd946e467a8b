//! From a pod to its node.

use heeler_core::event::PodTarget;
use k8s_openapi::api::core::v1::Pod;

use super::node::{self, typed};
use super::{Lead, NodeName, Note, PodAsk, gone};
use crate::world::error::{CallError, TargetError, WorldError};
use crate::world::port::{Cluster, ListRef, ObjectRef};

/// Names that an error lists.
pub(super) const MOST_LISTED: usize = 10;

/// Finds the node of a pod.
pub(super) async fn find(
    cluster: &dyn Cluster,
    ask: &PodAsk,
    last_known: &(dyn Fn(&PodAsk) -> Option<String> + Send + Sync),
    notes: &mut Vec<Note>,
) -> Result<Lead, WorldError> {
    match search(cluster, ask, notes).await {
        Err(WorldError::Call(error)) if error.is_silence() => {
            Err(unknown(cluster, ask, &error, last_known).into())
        }
        answer => answer,
    }
}

fn unknown(
    cluster: &dyn Cluster,
    ask: &PodAsk,
    error: &CallError,
    last_known: &(dyn Fn(&PodAsk) -> Option<String> + Send + Sync),
) -> TargetError {
    let namespace = namespace(cluster, ask);
    let whole = PodAsk {
        namespace: Some(namespace.clone()),
        name: ask.name.clone(),
    };
    TargetError::PodUnknown {
        pod: format!("{namespace}/{}", ask.name),
        why: error.what(),
        last_known: last_known(&whole),
    }
}

async fn search(
    cluster: &dyn Cluster,
    ask: &PodAsk,
    notes: &mut Vec<Note>,
) -> Result<Lead, WorldError> {
    let pod = object(cluster, ask, notes).await?;
    let target = describe(&pod, &namespace(cluster, ask));
    let node = place(&pod, &target)?;
    notes.extend(remark(&pod, &target));
    node::lead(Some(cluster), &NodeName::read(&node)?, Some(target)).await
}

/// The pod's object: of this name, or the only one whose name begins so.
///
/// # Errors
/// Where there is none, or several, and what the events remember of it.
pub(super) async fn object(
    cluster: &dyn Cluster,
    ask: &PodAsk,
    notes: &mut Vec<Note>,
) -> Result<Pod, WorldError> {
    let namespace = namespace(cluster, ask);
    let exact = cluster.get(&ObjectRef::pod(&namespace, &ask.name)).await?;
    match exact {
        Some(value) => {
            let operation = format!("get pods {namespace}/{}", ask.name);
            Ok(typed(cluster, &operation, value)?)
        }
        None => by_beginning(cluster, &namespace, &ask.name, notes).await,
    }
}

pub(super) fn namespace(cluster: &dyn Cluster, ask: &PodAsk) -> String {
    ask.namespace
        .clone()
        .unwrap_or_else(|| cluster.context().namespace.clone())
}

/// The one pod whose name begins so; where there is none, what the events remember.
async fn by_beginning(
    cluster: &dyn Cluster,
    namespace: &str,
    beginning: &str,
    notes: &mut Vec<Note>,
) -> Result<Pod, WorldError> {
    let pod = format!("{namespace}/{beginning}");
    let list = cluster
        .list(&ListRef::core("pods", Some(namespace)))
        .await?;
    let mut matches: Vec<Pod> = list
        .into_iter()
        .filter(|value| {
            let name = value
                .pointer("/metadata/name")
                .and_then(serde_json::Value::as_str);
            name.is_some_and(|name| name.starts_with(beginning))
        })
        .map(|value| {
            typed(
                cluster,
                &format!("list pods in namespace {namespace}"),
                value,
            )
        })
        .collect::<Result<_, _>>()?;
    match matches.len() {
        0 => match gone::trail(cluster, namespace, beginning).await {
            Ok(Some(gone)) => Err(gone.into()),
            Ok(None) => Err(TargetError::NoPod { pod, unread: None }.into()),
            // That there is no such pod now is known all the same.
            Err(error) => Err(TargetError::NoPod {
                pod,
                unread: Some(error.what()),
            }
            .into()),
        },
        1 => {
            let only = matches.remove(0);
            let text = format!("{pod} is {namespace}/{}", name(&only));
            notes.push(Note {
                code: "pod-name-completed",
                text,
            });
            Ok(only)
        }
        count => {
            let mut names: Vec<String> = matches.iter().map(|pod| name(pod).to_owned()).collect();
            names.sort();
            names.truncate(MOST_LISTED);
            Err(TargetError::SeveralPods {
                pod,
                matches: names,
                count,
            }
            .into())
        }
    }
}

fn name(pod: &Pod) -> &str {
    pod.metadata.name.as_deref().unwrap_or_default()
}

pub(super) fn describe(pod: &Pod, namespace: &str) -> PodTarget {
    PodTarget {
        namespace: namespace.to_owned(),
        name: name(pod).to_owned(),
        uid: pod.metadata.uid.clone().unwrap_or_default(),
        host_network: pod
            .spec
            .as_ref()
            .and_then(|spec| spec.host_network)
            .unwrap_or(false),
    }
}

/// The node's name, or the scheduler's reason why there is none.
pub(super) fn place(pod: &Pod, target: &PodTarget) -> Result<String, TargetError> {
    let node = pod.spec.as_ref().and_then(|spec| spec.node_name.clone());
    node.filter(|node| !node.is_empty())
        .ok_or_else(|| TargetError::PodPending {
            pod: format!("{}/{}", target.namespace, target.name),
            reason: reason(pod).unwrap_or_else(|| "the scheduler has not said why".into()),
        })
}

fn reason(pod: &Pod) -> Option<String> {
    let conditions = pod.status.as_ref()?.conditions.as_ref()?;
    let scheduled = conditions
        .iter()
        .find(|condition| condition.type_ == "PodScheduled")?;
    scheduled
        .message
        .clone()
        .or_else(|| scheduled.reason.clone())
}

/// A pod that is no more, or not for long, still names its node.
fn remark(pod: &Pod, target: &PodTarget) -> Option<Note> {
    let pod_name = format!("{}/{}", target.namespace, target.name);
    let phase = pod
        .status
        .as_ref()
        .and_then(|status| status.phase.as_deref());
    let text = match phase {
        Some(phase @ ("Failed" | "Succeeded")) => {
            format!("{pod_name} has ended ({phase}); its node is looked at all the same")
        }
        _ if pod.metadata.deletion_timestamp.is_some() => format!("{pod_name} is being deleted"),
        _ => return None,
    };
    Some(Note {
        code: "pod-ending",
        text,
    })
}
