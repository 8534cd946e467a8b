//! Where a run takes place, and on what.

use serde::{Deserialize, Serialize};

use super::ids::{BootId, InstanceId};

/// Where am I: stands in the first line of every output.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Where {
    /// The kubeconfig context; `None` when the run needed no Kubernetes.
    pub context: Option<String>,
    /// The twelve digits of the AWS account.
    pub account: String,
    /// The AWS region.
    pub region: String,
    /// The cluster's name as far as it is known.
    pub cluster: Option<String>,
    /// Whether the caller's side (the kubeconfig, or `--cluster`) has named the cluster. What only
    /// the instance's own tags say is not what somebody meant.
    #[serde(default)]
    pub cluster_named: bool,
    /// The AWS profile that the credentials came from; `None`: the environment's. A fix of this
    /// run uses it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The caller, shortened: `ops/alice`.
    pub caller: String,
    /// The caller's whole ARN.
    pub caller_arn: String,
}

/// The pod that a run was pointed at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PodTarget {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// uid.
    pub uid: String,
    /// Whether it uses the node's network.
    pub host_network: bool,
}

/// One node of a run, pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeTarget {
    /// The node's name in Kubernetes; `None` where only the instance is known.
    pub node: Option<String>,
    /// The EC2 instance.
    pub instance: InstanceId,
    /// The pod that led here.
    pub pod: Option<PodTarget>,
    /// The boot id that Kubernetes knows, where it was asked.
    pub boot: Option<BootId>,
    /// Bottlerocket's version where it is known before the node is asked.
    pub os_version: Option<String>,
    /// The number of CPUs where it is known before the node is asked.
    pub cpus: Option<u32>,
    /// Whether the instance's tags name the run's cluster: `None` could not be told.
    pub cluster_verified: Option<bool>,
    /// The node group that it is of.
    #[serde(default, skip_serializing_if = "NodeGroup::is_unseen")]
    pub node_group: NodeGroup,
}

/// The node group that a node is of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeGroup {
    /// Kubernetes was not asked for the node.
    #[default]
    Unseen,
    /// It is in none.
    None,
    /// Its name.
    Named(String),
}

impl NodeGroup {
    fn is_unseen(&self) -> bool {
        *self == NodeGroup::Unseen
    }
}

impl NodeTarget {
    /// A node of which nothing is known but its instance.
    pub fn of(instance: InstanceId) -> Self {
        NodeTarget {
            node: None,
            instance,
            pod: None,
            boot: None,
            os_version: None,
            cpus: None,
            cluster_verified: None,
            node_group: NodeGroup::Unseen,
        }
    }

    /// The name that people use: the node's, or else the instance's.
    pub fn name(&self) -> &str {
        self.node.as_deref().unwrap_or(self.instance.as_str())
    }
}
