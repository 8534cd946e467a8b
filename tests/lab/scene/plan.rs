//! What a lab is to be like. Data only: nothing here starts anything.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;

use super::incident::Incident;
use crate::incident::full::Scale;
use crate::kube::KubeconfigStyle;
use crate::kube::seed::{Collector, KubeProxySeed};
use crate::latency::{CALL_COST, Latency};
use crate::node::{NodeConfig, ProcView};

/// The EKS cluster.
pub(super) const CLUSTER: &str = "prod-eu";
/// The Region of cluster and account.
pub(super) const REGION: &str = "eu-west-1";
/// The availability zone of the nodes.
pub(super) const ZONE: &str = "eu-west-1a";
/// The AWS account.
pub(super) const ACCOUNT: &str = "111122223333";
/// The operator's name in the cluster.
pub(super) const OPERATOR: &str = "alice";
/// The operator's session in the account.
pub(super) const CALLER: &str = "arn:aws:sts::111122223333:assumed-role/ops/alice";

/// The first node's instance; those of the others count on.
const FIRST_INSTANCE: u64 = 0xabc1_234d_ef56_7890;
/// The last number of the first node's address; those of the others count on.
const FIRST_HOST: u8 = 23;

/// The user to whom the lab's folder belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// The user id.
    pub uid: u32,
    /// The group id.
    pub gid: u32,
}

/// A lab to be started: one node of the cluster `prod-eu` in `eu-west-1`, without an incident,
/// unless said otherwise.
#[derive(Debug)]
pub struct Plan {
    pub(super) lab_binary: PathBuf,
    pub(super) nodes: Vec<NodeConfig>,
    pub(super) latency: Latency,
    pub(super) kube_latency: Duration,
    pub(super) kubeconfig: KubeconfigStyle,
    pub(super) kube_proxy: KubeProxySeed,
    pub(super) collector: Option<Collector>,
    pub(super) incident: Option<Incident>,
    pub(super) scale: Scale,
    pub(super) owner: Option<Owner>,
}

impl Plan {
    /// A lab whose nodes' own programs are `lab_binary`: the program that calls
    /// [`crate::program::main_if_called`] first of all.
    pub fn new(lab_binary: impl Into<PathBuf>) -> Self {
        Self {
            lab_binary: lab_binary.into(),
            nodes: vec![node(0)],
            latency: Latency::default(),
            kube_latency: CALL_COST,
            kubeconfig: KubeconfigStyle::EksArn,
            kube_proxy: KubeProxySeed::default(),
            collector: None,
            incident: None,
            scale: Scale::default(),
            owner: None,
        }
    }

    /// As many nodes, at least one. Say it first: the nodes are as new ones again.
    #[must_use]
    pub fn nodes(mut self, count: u8) -> Self {
        self.nodes = (0..count.max(1)).map(node).collect();
        self
    }

    /// Whatever else a test wants of all nodes.
    #[must_use]
    pub fn each_node(mut self, change: impl FnMut(&mut NodeConfig)) -> Self {
        self.nodes.iter_mut().for_each(change);
        self
    }

    /// Whether the admin containers run from the start; off by default.
    #[must_use]
    pub fn admin(self, enabled: bool) -> Self {
        self.each_node(|node| node.admin_enabled = enabled)
    }

    /// Whether there is a `gzip` in the control containers; there is by default.
    #[must_use]
    pub fn gzip(self, there: bool) -> Self {
        self.each_node(|node| node.has_gzip = there)
    }

    /// Nodes with as many CPUs, whose `/proc` shows a line of statistics for each.
    #[must_use]
    pub fn cpus(self, cpus: u32) -> Self {
        self.each_node(|node| {
            node.cpus = cpus;
            node.proc = ProcView::Composed { cpus };
        })
    }

    /// What `/proc/net` shows of connection tracking.
    #[must_use]
    pub fn proc(self, view: ProcView) -> Self {
        self.each_node(|node| node.proc = view)
    }

    /// The seed of all delays; random by default.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        self.latency(Latency::seeded(seed))
    }

    /// What AWS's calls cost, and when commands become visible.
    #[must_use]
    pub fn latency(mut self, latency: Latency) -> Self {
        self.latency = latency;
        self
    }

    /// No delays at all, for tests whose subject is not time.
    #[must_use]
    pub fn instant(mut self) -> Self {
        self.kube_latency = Duration::ZERO;
        self.latency(Latency::instant())
    }

    /// The shape of the kubeconfig; as `aws eks update-kubeconfig` names things by default.
    #[must_use]
    pub fn kubeconfig(mut self, style: KubeconfigStyle) -> Self {
        self.kubeconfig = style;
        self
    }

    /// kube-proxy's version and configuration; the add-on's own by default.
    #[must_use]
    pub fn kube_proxy(mut self, seed: KubeProxySeed) -> Self {
        self.kube_proxy = seed;
        self
    }

    /// A log collector; there is none by default.
    #[must_use]
    pub fn collector(mut self, collector: Collector) -> Self {
        self.collector = Some(collector);
        self
    }

    /// What is wrong on the first node from the start.
    #[must_use]
    pub fn incident(mut self, incident: Incident) -> Self {
        self.incident = Some(incident);
        self
    }

    /// How large and how slow [`Incident::Full`] is.
    #[must_use]
    pub fn scale(mut self, scale: Scale) -> Self {
        self.scale = scale;
        self
    }

    /// Gives kubeconfig and state folder to a user who is not root.
    #[must_use]
    pub fn owned_by(mut self, owner: Option<Owner>) -> Self {
        self.owner = owner;
        self
    }

    /// The seed of the delays of AWS's calls.
    #[must_use]
    pub fn latency_seed(&self) -> u64 {
        self.latency.seed()
    }
}

/// The node number `index`, called as EC2 calls it by its address.
fn node(index: u8) -> NodeConfig {
    let address = Ipv4Addr::new(10, 0, 1, FIRST_HOST.saturating_add(index));
    let [a, b, c, d] = address.octets();
    let name = format!("ip-{a}-{b}-{c}-{d}.{REGION}.compute.internal");
    let instance = format!("i-{:017x}", FIRST_INSTANCE + u64::from(index));
    NodeConfig {
        cluster: CLUSTER.to_owned(),
        address,
        ..NodeConfig::new(&name, &instance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_have_names_addresses_and_instances_of_their_own() {
        let plan = Plan::new("lab").nodes(2).admin(true).cpus(192);
        let [first, second] = &plan.nodes[..] else {
            panic!("two nodes")
        };
        assert_eq!(first.name, "ip-10-0-1-23.eu-west-1.compute.internal");
        assert_eq!(first.instance_id, "i-0abc1234def567890");
        assert_eq!(second.instance_id, "i-0abc1234def567891");
        assert_eq!(second.address, Ipv4Addr::new(10, 0, 1, 24));
        assert!(
            plan.nodes
                .iter()
                .all(|node| node.admin_enabled && node.cpus == 192)
        );
    }

    #[test]
    fn a_seed_is_kept_for_whoever_wants_to_repeat_a_run() {
        assert_eq!(Plan::new("lab").seed(7).latency_seed(), 7);
    }
}
