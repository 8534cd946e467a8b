//! From a node of Kubernetes to its EC2 instance.

use heeler_core::event::{BootId, InstanceId, PodTarget};
use k8s_openapi::api::core::v1::Node;
use serde_json::Value;

use super::{Found, Lead, NodeName};
use crate::world::error::{CallError, Cause, Service, TargetError, WorldError};
use crate::world::place::{is_region, region_of_zone};
use crate::world::port::{Cluster, ObjectRef};

/// The annotation in which CSI drivers keep the instance's id, as JSON.
const CSI_ANNOTATION: &str = "csi.volume.kubernetes.io/nodeid";
/// The drivers of that annotation that speak of EC2 instances.
const CSI_DRIVERS: [&str; 2] = ["ebs.csi.aws.com", "efs.csi.aws.com"];
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
    Ok(read(&typed(cluster, &format!("get nodes {name}"), value)?)?)
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
    refuse_foreign(node, &name, &provider_id)?;
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
    let instance = instance(node, &name, &provider_id)?;
    Ok(Found {
        region: region(node, &provider_id),
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
    })
}

/// ` OS 1.50.0 (aws-k8s-1.33)` → `1.50.0`.
fn version_in(rest: &str) -> Option<String> {
    rest.split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .map(str::to_owned)
}

/// Nodes that are no EC2 instances.
fn refuse_foreign(node: &Node, name: &str, provider_id: &str) -> Result<(), TargetError> {
    let label = label(node, COMPUTE_LABEL);
    if label == Some("fargate") || name.starts_with("fargate-") || provider_id.contains("/fargate-")
    {
        return Err(TargetError::Fargate {
            node: name.to_owned(),
        });
    }
    let last = last_segment(provider_id);
    if provider_id.starts_with("eks-hybrid:") || last.starts_with("mi-") || label == Some("hybrid")
    {
        let managed = [last, name]
            .into_iter()
            .find(|id| id.starts_with("mi-"))
            .map(str::to_owned);
        return Err(TargetError::Hybrid {
            node: name.to_owned(),
            managed,
        });
    }
    Ok(())
}

/// The instance by the provider id, which the CSI drivers' annotation must not contradict.
fn instance(node: &Node, name: &str, provider_id: &str) -> Result<InstanceId, TargetError> {
    let provided: Option<InstanceId> = last_segment(provider_id).parse().ok();
    let Some(provided) = provided else {
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
        None => Ok(provided),
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

/// `aws:///eu-west-1a/i-…`, `aws:////i-…` and bare `i-…` end in the instance's id.
fn last_segment(provider_id: &str) -> &str {
    provider_id.rsplit('/').next().unwrap_or_default()
}

fn region(node: &Node, provider_id: &str) -> Option<String> {
    let zone = provider_id.rsplit('/').nth(1).and_then(region_of_zone);
    let labelled = || label(node, "topology.kubernetes.io/zone").and_then(region_of_zone);
    let named = || {
        label(node, "topology.kubernetes.io/region")
            .filter(|text| is_region(text))
            .map(str::to_owned)
    };
    zone.or_else(labelled).or_else(named)
}

fn label<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    node.metadata.labels.as_ref()?.get(key).map(String::as_str)
}

#[cfg(test)]
#[path = "node_tests.rs"]
mod tests;
