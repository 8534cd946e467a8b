//! Whose logs are wanted, and on which nodes they are: of one pod, of a workload, behind a service, or by
//! labels; and what is left of pods that Kubernetes has forgotten.

mod ask;
mod folder;
mod past;
mod pod;
mod workload;

use heeler_core::logs::{Family, LogPath};

pub use self::ask::LogsAsk;
pub use self::folder::find_on;
pub use self::past::{Former, Past, Traces};
pub use self::pod::{Container, PodLogs, Starts};
use super::pod::{describe, namespace, object, place};
use super::{Note, PodAsk};
use crate::world::error::{CallError, Cause, Service, TargetError, WorldError};
use crate::world::port::Cluster;

/// Pods whose logs are wanted.
#[derive(Debug)]
pub struct FoundLogs {
    /// Those that Kubernetes knows and that have a node, by their names.
    pub pods: Vec<PodLogs>,
    /// Where others may have been.
    pub past: Past,
    /// Why there is none at all, where the past has none either.
    pub none: Option<TargetError>,
}

/// Finds whose logs are wanted: one round trip for a pod, two for what has several.
///
/// # Errors
/// As of a run about this pod: where there are several, or one without a node; a workload that is not
/// there, or that has never had a pod.
pub async fn find_logs(
    cluster: &dyn Cluster,
    ask: &LogsAsk,
    notes: &mut Vec<Note>,
) -> Result<FoundLogs, WorldError> {
    match ask {
        LogsAsk::Pod(ask) => of_pod(cluster, ask, notes).await,
        LogsAsk::Workload {
            kind,
            namespace,
            name,
        } => {
            let namespace = namespace.as_ref().unwrap_or(&cluster.context().namespace);
            workload::find(cluster, *kind, (namespace, name), notes).await
        }
        LogsAsk::Selected {
            namespace,
            selector,
        } => {
            let namespace = namespace.as_ref().unwrap_or(&cluster.context().namespace);
            workload::selected(cluster, namespace, selector, notes).await
        }
    }
}

async fn of_pod(
    cluster: &dyn Cluster,
    ask: &PodAsk,
    notes: &mut Vec<Note>,
) -> Result<FoundLogs, WorldError> {
    let namespace = namespace(cluster, ask);
    let past = |name: &str, known: Vec<LogPath>, nodes: Vec<String>| Past {
        namespace: namespace.clone(),
        families: vec![Family::Exact(name.to_owned())],
        known,
        nodes,
        is_wide: false,
        allowed: None,
    };
    let pod = match object(cluster, ask, notes).await {
        Ok(pod) => pod,
        Err(WorldError::Target(TargetError::PodGone { pod, trail, node })) => {
            let name = pod.split_once('/').map_or(pod.as_str(), |(_, name)| name);
            return Ok(FoundLogs {
                pods: Vec::new(),
                past: past(name, Vec::new(), Vec::new()),
                none: Some(TargetError::PodGone { pod, trail, node }),
            });
        }
        Err(error) => return Err(error),
    };
    place(&pod, &describe(&pod, &namespace))?;
    let logs = PodLogs::of(&pod).ok_or_else(|| unreadable(cluster))?;
    let name = logs
        .name
        .split_once('/')
        .map_or("", |(_, name)| name)
        .to_owned();
    Ok(FoundLogs {
        past: past(&name, vec![logs.folder.clone()], vec![logs.node.clone()]),
        pods: vec![logs],
        none: None,
    })
}

/// Names that lead nowhere come from no real API server.
fn unreadable(cluster: &dyn Cluster) -> CallError {
    let context = &cluster.context().name;
    let cause = Cause::Unreadable("the pod's names make no folder's name".to_owned());
    CallError::new(Service::Kubernetes, "get pods", context, cause)
}
