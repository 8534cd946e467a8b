//! Where a pod's logs are, by its object.

use std::collections::BTreeMap;

use heeler_core::logs::{LogPath, Moment, PodFolder};
use k8s_openapi::api::core::v1::{ContainerState, ContainerStatus, Pod};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde_json::Value;

/// The annotation of a static pod's object with the uid under which its node knows it. Source: the
/// kubelet's `pkg/kubelet/types`.
const STATIC_UID: &str = "kubernetes.io/config.hash";

/// A pod that has logs on a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PodLogs {
    /// `shop/checkout-7d9f5c-x2vqz`.
    pub name: String,
    /// The node's name.
    pub node: String,
    /// `/var/log/pods/…/` on it.
    pub folder: LogPath,
    /// Its containers: those that begin it first, as the object has them.
    pub containers: Vec<Container>,
}

/// One container of a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// How often it was started anew; `None`: it has no status yet.
    pub restarts: Option<u32>,
    /// Whether the last start goes on; else it has ended, or is waited for.
    pub is_running: bool,
    /// Whether it was ever started.
    pub has_begun: bool,
    /// When its starts began.
    pub starts: Starts,
    /// The ids of its starts, 64 hexadecimal digits, by how often it had been started anew.
    pub ids: BTreeMap<u32, String>,
}

/// When the starts of a container began, to the second, as far as it is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Starts {
    /// The first one, at the earliest.
    pub first: Option<Moment>,
    /// The one before the present one.
    pub former: Option<Moment>,
    /// The present one.
    pub present: Option<Moment>,
}

impl Container {
    /// One of a pod that Kubernetes has forgotten.
    fn forgotten(name: &str) -> Self {
        Container {
            name: name.to_owned(),
            restarts: None,
            is_running: false,
            has_begun: true,
            starts: Starts::default(),
            ids: BTreeMap::new(),
        }
    }
}

/// `/var/log/pods/…/` of the pod with this object.
pub(super) fn folder_of(pod: &Value) -> Option<LogPath> {
    let field = |pointer: &str| pod.pointer(pointer).and_then(Value::as_str);
    let own = pod
        .pointer("/metadata/annotations")
        .and_then(|all| all.get(STATIC_UID)?.as_str());
    LogPath::of_pod(
        field("/metadata/namespace")?,
        field("/metadata/name")?,
        own.or(field("/metadata/uid"))?,
    )
}

impl PodLogs {
    /// What is left of a pod on a node, by the names in its folder there.
    pub(super) fn left(
        folder: &PodFolder,
        (node, path): (&str, LogPath),
        names: &[String],
    ) -> Self {
        // What the node lists is a name, or nothing.
        let containers = names.iter().filter_map(|name| name.strip_suffix('/'));
        let containers = containers.filter(|name| path.folder(name).is_some());
        PodLogs {
            name: format!("{}/{}", folder.namespace, folder.name),
            node: node.to_owned(),
            containers: containers.map(Container::forgotten).collect(),
            folder: path,
        }
    }

    /// What the object says; `None` where the pod has no node, or no name that a folder could have.
    pub(super) fn of(pod: &Pod) -> Option<Self> {
        let metadata = &pod.metadata;
        let (namespace, name) = (metadata.namespace.as_deref()?, metadata.name.as_deref()?);
        let annotations = metadata.annotations.as_ref();
        let own = annotations.and_then(|all| all.get(STATIC_UID));
        let uid = own.or(metadata.uid.as_ref())?;
        let spec = pod.spec.as_ref()?;
        let status_of_pod = pod.status.as_ref();
        let first = spec.init_containers.iter().flatten().map(|one| &one.name);
        let own = spec.containers.iter().map(|one| &one.name);
        let later = spec
            .ephemeral_containers
            .iter()
            .flatten()
            .map(|one| &one.name);
        let statuses = status_of_pod.map(|status| {
            let first = status.init_container_statuses.iter().flatten();
            let own = status.container_statuses.iter().flatten();
            first
                .chain(own)
                .chain(status.ephemeral_container_statuses.iter().flatten())
        });
        let statuses: Vec<&ContainerStatus> = statuses.into_iter().flatten().collect();
        let container = |name: &String| {
            let status = statuses.iter().find(|status| status.name == *name);
            let restarts = status.and_then(|status| u32::try_from(status.restart_count).ok());
            let state = status.and_then(|status| status.state.as_ref());
            let is_running = state.is_some_and(|state| state.running.is_some());
            let has_ended = state.is_some_and(|state| state.terminated.is_some());
            Container {
                name: name.clone(),
                restarts,
                is_running,
                has_begun: is_running || has_ended || restarts > Some(0),
                starts: starts(
                    status_of_pod.and_then(|status| status.start_time.as_ref()),
                    status.copied(),
                ),
                ids: status.copied().map(ids).unwrap_or_default(),
            }
        };
        Some(PodLogs {
            name: format!("{namespace}/{name}"),
            node: spec.node_name.clone().filter(|node| !node.is_empty())?,
            folder: LogPath::of_pod(namespace, name, uid)?,
            containers: first.chain(own).chain(later).map(container).collect(),
        })
    }
}

/// `containerd://…` of the present start and the one before.
fn ids(status: &ContainerStatus) -> BTreeMap<u32, String> {
    let Ok(restarts) = u32::try_from(status.restart_count) else {
        return BTreeMap::new();
    };
    let last = status
        .last_state
        .as_ref()
        .and_then(|state| state.terminated.as_ref());
    let present = (Some(restarts), status.container_id.as_deref());
    let former = (
        restarts.checked_sub(1),
        last.and_then(|last| last.container_id.as_deref()),
    );
    let former = if is_waiting(status) {
        (None, None)
    } else {
        former
    };
    let bare = |(restart, id): (Option<u32>, Option<&str>)| {
        Some((restart?, id?.split_once("://")?.1.to_owned()))
    };
    [present, former].into_iter().filter_map(bare).collect()
}

fn starts(first: Option<&Time>, status: Option<&ContainerStatus>) -> Starts {
    let moment = |time: &Time| i64::try_from(time.0.as_nanosecond()).ok().map(Moment);
    let began = |state: Option<&ContainerState>| {
        let running = state.and_then(|state| state.running.as_ref()?.started_at.as_ref());
        let ended = state.and_then(|state| state.terminated.as_ref()?.started_at.as_ref());
        running.or(ended).and_then(moment)
    };
    let last = began(status.and_then(|status| status.last_state.as_ref()));
    let (former, present) = match status.is_some_and(is_waiting) {
        true => (None, last),
        false => (last, began(status.and_then(|status| status.state.as_ref()))),
    };
    Starts {
        first: first.and_then(moment),
        former,
        present,
    }
}

/// While a container waits to be started anew, its last state is the one of the present start. Source: the
/// kubelet's `convertToAPIContainerStatuses`.
fn is_waiting(status: &ContainerStatus) -> bool {
    status
        .state
        .as_ref()
        .is_some_and(|state| state.waiting.is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pod_s_object_says_where_its_logs_are() {
        let object = json!({
            "metadata": {"namespace": "shop", "name": "web-1", "uid": "u1"},
            "spec": {"nodeName": "n1", "initContainers": [{"name": "init"}], "containers": [{"name": "app"}],
                "ephemeralContainers": [{"name": "debug"}]},
            "status": {"containerStatuses": [{"name": "app", "restartCount": 3, "image": "", "imageID": "", "ready": true,
                "state": {"running": {"startedAt": "2026-11-20T10:00:00Z"}}}]},
        });
        let pod =
            |object: &Value| PodLogs::of(&serde_json::from_value(object.clone()).expect("a pod"));
        let logs = pod(&object).expect("logs");
        assert_eq!(
            (logs.name.as_str(), logs.node.as_str()),
            ("shop/web-1", "n1")
        );
        assert_eq!(logs.folder.to_string(), "/var/log/pods/shop_web-1_u1/");
        let starts: Vec<_> = logs
            .containers
            .iter()
            .map(|one| (one.name.as_str(), one.restarts, one.is_running))
            .collect();
        let app = ("app", Some(3), true);
        assert_eq!(starts, [("init", None, false), app, ("debug", None, false)]);
        // The node knows a static pod by its configuration.
        let mut mirror = object.clone();
        mirror["metadata"]["annotations"] = json!({"kubernetes.io/config.hash": "h1"});
        assert_eq!(
            pod(&mirror).expect("logs").folder.to_string(),
            "/var/log/pods/shop_web-1_h1/"
        );
        // Without a node, or with a name that leads elsewhere, there is nothing to read.
        for (field, value) in [
            ("/spec/nodeName", ""),
            ("/metadata/uid", "../x"),
            ("/metadata/name", "a_b"),
        ] {
            let mut odd = object.clone();
            *odd.pointer_mut(field).expect("a field") = json!(value);
            assert_eq!(pod(&odd), None, "{field}");
        }
    }
}
