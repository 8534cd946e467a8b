//! The groups that a node is of, as Kubernetes says it: its node group, its zone, and the workloads that
//! it has pods of.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::event::{InstanceId, ProviderId};
use crate::guard::policy::GroupKind;
use crate::plan::drain::workload;

/// The labels that name a node group, the first that is there: EKS's managed node groups, Karpenter's
/// node pools, eksctl's own groups (EKS user guide, "managed node groups"; Karpenter "NodePools";
/// eksctl "nodegroup labels").
const NODE_GROUP: [&str; 3] = [
    "eks.amazonaws.com/nodegroup",
    "karpenter.sh/nodepool",
    "alpha.eksctl.io/nodegroup-name",
];
/// The label of the availability zone (Kubernetes, "Well-Known Labels").
const ZONE: &str = "topology.kubernetes.io/zone";

/// A group that a node is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// What it is.
    pub kind: GroupKind,
    /// Its name.
    pub name: String,
    /// All nodes that are of it; `None`: that can't be told.
    pub members: Option<BTreeSet<InstanceId>>,
}

/// The node group of a node with these labels; `None`: it is in none.
pub fn node_group<'l>(label: impl Fn(&str) -> Option<&'l str>) -> Option<&'l str> {
    let mut named = NODE_GROUP.iter().filter_map(|key| label(key));
    named.find(|name| !name.is_empty())
}

/// The node group and the zone that a node is of, by all Node objects of the cluster.
pub fn memberships(nodes: &[Value], of: &InstanceId) -> Vec<Membership> {
    let Some(own) = nodes
        .iter()
        .find(|node| instance(node).as_ref() == Some(of))
    else {
        return Vec::new();
    };
    let kinds = [
        (GroupKind::NodeGroup, group_of as Named),
        (GroupKind::Zone, zone_of),
    ];
    let named = kinds.into_iter().filter_map(|(kind, read)| {
        let name = read(own)?;
        let same = nodes.iter().filter(|node| read(node) == Some(name));
        Some(Membership {
            kind,
            name: name.to_owned(),
            members: Some(same.filter_map(instance).collect()),
        })
    });
    named.collect()
}

/// The name of a node, by all Node objects of the cluster.
pub fn node_name<'n>(nodes: &'n [Value], of: &InstanceId) -> Option<&'n str> {
    let mut own = nodes
        .iter()
        .filter(|node| instance(node).as_ref() == Some(of));
    own.find_map(name)
}

/// The namespaces of the workloads that these pods are of.
pub fn namespaces(pods: &[Value]) -> BTreeSet<&str> {
    let of_workloads = pods.iter().filter(|pod| workload(pod).is_some());
    of_workloads
        .filter_map(|pod| pod.pointer("/metadata/namespace")?.as_str())
        .collect()
}

/// The workloads that a node has pods of, each with all nodes that it has pods on now. `pods` are those
/// of their namespaces. DaemonSets are none: they have a pod on each node, whatever is changed.
pub fn workloads(nodes: &[Value], pods: &[Value], of: &InstanceId) -> Vec<Membership> {
    let instances: BTreeMap<&str, InstanceId> = nodes
        .iter()
        .filter_map(|node| Some((name(node)?, instance(node)?)))
        .collect();
    let mut members: BTreeMap<String, BTreeSet<InstanceId>> = BTreeMap::new();
    for pod in pods {
        let node = pod.pointer("/spec/nodeName").and_then(Value::as_str);
        let on = node.and_then(|node| instances.get(node));
        if let (Some(workload), Some(on)) = (workload(pod), on) {
            members.entry(workload).or_default().insert(on.clone());
        }
    }
    members
        .into_iter()
        .filter(|(_, members)| members.contains(of))
        .map(|(name, members)| Membership {
            kind: GroupKind::Workload,
            name,
            members: Some(members),
        })
        .collect()
}

fn name(node: &Value) -> Option<&str> {
    node.pointer("/metadata/name")?.as_str()
}

/// The group's name that a Node object says.
type Named = fn(&Value) -> Option<&str>;

fn group_of(node: &Value) -> Option<&str> {
    node_group(|key| label(node, key))
}

fn zone_of(node: &Value) -> Option<&str> {
    label(node, ZONE)
}

fn label<'n>(node: &'n Value, key: &str) -> Option<&'n str> {
    let text = node.get("metadata")?.get("labels")?.get(key)?.as_str()?;
    (!text.is_empty()).then_some(text)
}

fn instance(node: &Value) -> Option<InstanceId> {
    match ProviderId::read(node.pointer("/spec/providerID")?.as_str()?) {
        ProviderId::Instance { id, .. } => Some(id),
        _ => None,
    }
}
