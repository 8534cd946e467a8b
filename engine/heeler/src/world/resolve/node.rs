//! From a node of Kubernetes to its EC2 instance.

use heeler_core::event::{
    BootId, InstanceId, NodeGroup, PodTarget, ProviderId, is_region, region_of_zone,
};
use heeler_core::guard::shared::node_group;
use heeler_core::plan::drain::is_cordoned;
use heeler_core::plan::{MARK, marked};
use k8s_openapi::api::core::v1::Node;
use serde_json::Value;

use super::{Found, Lead, NodeName, Note};
use crate::world::error::{CallError, Cause, Service, TargetError, WorldError};
use crate::world::port::{Cluster, ObjectRef};

/// The annotation in which CSI drivers keep the instance's id, as JSON.
const CSI_ANNOTATION: &str = "csi.volume.kubernetes.io/nodeid";
/// The drivers of that annotation that speak of EC2 instances.
const CSI_DRIVERS: [&str; 2] = ["ebs.csi.aws.com", "efs.csi.aws.com"];
/// The note that a node was cordoned for a reboot.
const CORDONED: &str = "cordoned-for-reboot";
/// The label of Fargate nodes.
const COMPUTE_LABEL: &str = "eks.amazonaws.com/compute-type";
/// Bottlerocket's `osImage` is `Bottlerocket OS 1.50.0 (aws-k8s-1.33)`.
const SYSTEM: &str = "Bottlerocket";

/// Finds a node; where Kubernetes gives no answer EC2 will have to.
pub(super) async fn lead(
    cluster: Option<&dyn Cluster>,
    name: &NodeName,
    pod: Option<PodTarget>,
) -> Result<Lead, WorldError> {
    let node = name.clone();
    let Some(cluster) = cluster else {
        return Ok(Lead::ByName {
            node,
            pod,
            why: "there is no usable kubeconfig".into(),
        });
    };
    match find(cluster, name.as_str()).await {
        Ok(found) => Ok(Lead::Found(Box::new(Found { pod, ..found }))),
        Err(WorldError::Call(error)) if gives_no_answer(&error) => Ok(Lead::ByName {
            node,
            pod,
            why: error.what(),
        }),
        Err(error) => Err(error),
    }
}

/// Whether Kubernetes keeps to itself what EC2 may know.
fn gives_no_answer(error: &CallError) -> bool {
    error.is_silence() || matches!(error.cause, Cause::Forbidden(_))
}

/// Asks Kubernetes for a node.
async fn find(cluster: &dyn Cluster, name: &str) -> Result<Found, WorldError> {
    let object = ObjectRef::node(name);
    let value = cluster.get(&object).await?;
    let value = value.ok_or_else(|| TargetError::NoNode {
        node: name.to_owned(),
    })?;
    let cordoned = cordoned(name, &value);
    let found = read(&typed(cluster, &format!("get nodes {name}"), value)?)?;
    Ok(Found { cordoned, ..found })
}

/// Whoever has cordoned it for a reboot may be gone, and nobody else would uncordon it.
pub(crate) fn cordoned(name: &str, node: &Value) -> Option<Note> {
    let mark = marked(node).filter(|_| is_cordoned(node))?;
    let run = mark.lock()?.short();
    let by = mark.by();
    let text = format!(
        "{name} was cordoned for a reboot by run {run} of {by}; if nobody sees to that any more: `heeler \
         revert {run}` where that run's journal is, or `kubectl uncordon {name}` and `kubectl annotate \
         node {name} {MARK}-`"
    );
    Some(Note {
        code: CORDONED,
        text,
    })
}

/// An answer of Kubernetes as what it must be.
pub(super) fn typed<T: serde::de::DeserializeOwned>(
    cluster: &dyn Cluster,
    operation: &str,
    value: Value,
) -> Result<T, CallError> {
    serde_json::from_value(value).map_err(|error| {
        let cause = Cause::Unreadable(error.to_string());
        let place = &cluster.context().name;
        CallError::new(Service::Kubernetes, operation, place, cause)
    })
}

fn read(node: &Node) -> Result<Found, TargetError> {
    let name = node.metadata.name.clone().unwrap_or_default();
    let provider_id = node
        .spec
        .as_ref()
        .and_then(|spec| spec.provider_id.clone())
        .unwrap_or_default();
    let provider = ProviderId::read(&provider_id);
    refuse_foreign(node, &name, &provider)?;
    let info = node
        .status
        .as_ref()
        .and_then(|status| status.node_info.as_ref());
    let system = info.map(|info| info.os_image.clone()).unwrap_or_default();
    let version = system.strip_prefix(SYSTEM).map(version_in);
    let Some(os_version) = version else {
        let system = if system.is_empty() {
            "an unknown system".to_owned()
        } else {
            system
        };
        return Err(TargetError::OtherSystem { node: name, system });
    };
    let (instance, region) = instance(node, &name, provider, &provider_id)?;
    Ok(Found {
        region: region.or_else(|| labelled_region(node)),
        node: Some(name),
        instance,
        pod: None,
        boot: info
            .map(|info| BootId(info.boot_id.clone()))
            .filter(|boot| !boot.0.is_empty()),
        os_version,
        cpus: node
            .status
            .as_ref()
            .and_then(|status| status.capacity.as_ref()?.get("cpu")?.0.parse().ok()),
        node_group: node_group(|key| label(node, key))
            .map_or(NodeGroup::None, |name| NodeGroup::Named(name.to_owned())),
        cordoned: None,
    })
}

/// ` OS 1.50.0 (aws-k8s-1.33)` → `1.50.0`.
fn version_in(rest: &str) -> Option<String> {
    rest.split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .map(str::to_owned)
}

/// Nodes that are no EC2 instances.
fn refuse_foreign(node: &Node, name: &str, provider: &ProviderId<'_>) -> Result<(), TargetError> {
    let label = label(node, COMPUTE_LABEL);
    let is_fargate = *provider == ProviderId::Fargate;
    if label == Some("fargate") || name.starts_with("fargate-") || is_fargate {
        return Err(TargetError::Fargate {
            node: name.to_owned(),
        });
    }
    let managed = match provider {
        ProviderId::Hybrid { managed } => Some(*managed),
        _ => (label == Some("hybrid")).then_some(None),
    };
    if let Some(managed) = managed {
        let managed = managed.or_else(|| Some(name).filter(|name| name.starts_with("mi-")));
        let managed = managed.map(str::to_owned);
        return Err(TargetError::Hybrid {
            node: name.to_owned(),
            managed,
        });
    }
    Ok(())
}

/// The instance by the provider id, which the CSI drivers' annotation must not contradict, and the
/// region that it names.
fn instance(
    node: &Node,
    name: &str,
    provider: ProviderId<'_>,
    provider_id: &str,
) -> Result<(InstanceId, Option<String>), TargetError> {
    let ProviderId::Instance {
        id: provided,
        region,
    } = provider
    else {
        let provider_id = provider_id.to_owned();
        return Err(TargetError::NoInstance {
            node: name.to_owned(),
            provider_id,
        });
    };
    match annotated(node)
        .into_iter()
        .find(|id| id != provided.as_str())
    {
        None => Ok((provided, region)),
        Some(annotation) => Err(TargetError::Contradiction {
            node: name.to_owned(),
            provider: provided.to_string(),
            annotation,
        }),
    }
}

/// The instance ids of the CSI drivers' annotation.
fn annotated(node: &Node) -> Vec<String> {
    let text = node
        .metadata
        .annotations
        .as_ref()
        .and_then(|all| all.get(CSI_ANNOTATION));
    let drivers: Value = text
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or(Value::Null);
    CSI_DRIVERS
        .iter()
        .filter_map(|driver| drivers.get(*driver)?.as_str())
        .map(str::to_owned)
        .collect()
}

fn labelled_region(node: &Node) -> Option<String> {
    let of_zone = || label(node, "topology.kubernetes.io/zone").and_then(region_of_zone);
    let named = || {
        label(node, "topology.kubernetes.io/region")
            .filter(|text| is_region(text))
            .map(str::to_owned)
    };
    of_zone().or_else(named)
}

fn label<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    node.metadata.labels.as_ref()?.get(key).map(String::as_str)
}

#[cfg(test)]
#[path = "node_tests.rs"]
mod tests;
