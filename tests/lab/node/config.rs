//! What a test may choose about a node and its pods. Data only.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Everything that distinguishes one node from another.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeConfig {
    /// The Kubernetes node's name, such as `ip-10-0-1-23`.
    pub name: String,
    /// The EC2 instance id.
    pub instance_id: String,
    /// `settings.kubernetes.cluster-name`.
    pub cluster: String,
    /// The Bottlerocket version, such as `1.50.0`; several quirks depend on it.
    pub os_version: String,
    /// The address of `eth0`.
    pub address: Ipv4Addr,
    /// How many CPUs the node claims to have: in `/proc/cpuinfo` and for `nproc --all`.
    pub cpus: u32,
    /// Whether the admin container runs from the start.
    pub admin_enabled: bool,
    /// Whether the control container's image happens to hold `gzip`.
    pub has_gzip: bool,
    /// Whether the host has its `logdog`.
    pub has_logdog: bool,
    /// As many bytes as `/var/log/support` holds, on a file system of its own; the data volume's
    /// otherwise.
    pub support_bytes: Option<u64>,
    /// What `sh` is in the control container.
    pub shell: Shell,
    /// What `/proc/net` shows of connection tracking.
    pub proc: ProcView,
    /// How the kernel words its message about a full table.
    pub message: KernelMessage,
}

impl NodeConfig {
    /// A node of the cluster `prod-eu` as most are: version 1.50.0, 8 CPUs, admin container off.
    ///
    /// The address is read out of a name like `ip-10-0-1-23`, else it is 10.0.1.23.
    #[must_use]
    pub fn new(name: &str, instance_id: &str) -> Self {
        Self {
            name: name.to_owned(),
            instance_id: instance_id.to_owned(),
            cluster: "prod-eu".to_owned(),
            os_version: "1.50.0".to_owned(),
            address: address_in(name).unwrap_or(Ipv4Addr::new(10, 0, 1, 23)),
            cpus: 8,
            admin_enabled: false,
            has_gzip: true,
            has_logdog: true,
            support_bytes: None,
            shell: Shell::Bash,
            proc: ProcView::Kernel,
            message: KernelMessage::InNetns,
        }
    }

    /// Whether the node's Bottlerocket is at least `major.minor`.
    #[must_use]
    pub fn is_at_least(&self, major: u32, minor: u32) -> bool {
        version_is_at_least(&self.os_version, major, minor)
    }
}

/// Whether a version such as `1.50.0` is at least `major.minor`. What is no number counts as 0.
pub(crate) fn version_is_at_least(version: &str, major: u32, minor: u32) -> bool {
    let mut parts = version
        .split('.')
        .map(|part| part.parse::<u32>().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= (major, minor)
}

fn address_in(name: &str) -> Option<Ipv4Addr> {
    let host = name.split('.').next()?;
    host.strip_prefix("ip-")?.replace('-', ".").parse().ok()
}

/// What `sh` is in the control container: bash on the real one, dash to keep scripts honest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shell {
    /// bash in sh mode.
    Bash,
    /// The Debian shell: plain POSIX.
    Dash,
}

/// What `/proc/net` shows of connection tracking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProcView {
    /// What this machine's kernel shows.
    Kernel,
    /// The kernel's counters, spread over this many CPU lines and refreshed five times a second.
    Composed {
        /// Lines of `/proc/net/stat/nf_conntrack`.
        cpus: u32,
    },
    /// Neither the table nor the counters, as without `CONFIG_NF_CONNTRACK_PROCFS`.
    Absent,
}

/// How the kernel words its message about a full table; it differs between versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KernelMessage {
    /// `nf_conntrack: table full, dropping packet`.
    Classic,
    /// `nf_conntrack: nf_conntrack: table full in netns N, dropping packet`.
    InNetns,
}

/// Where a command runs on a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The control container, where SSM runs its scripts.
    Control,
    /// The admin container, while it is enabled.
    Admin,
    /// The host itself, which has no usable shell.
    Host,
}

/// A pod to put on a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PodConfig {
    /// The Kubernetes namespace.
    pub namespace: String,
    /// The pod's name.
    pub name: String,
    /// The pod's uid; it appears in its processes' control group as the kubelet writes it.
    pub uid: String,
    /// The pod's address. Ignored with `host_network`.
    pub ip: Ipv4Addr,
    /// Whether the pod shares the node's network namespace.
    pub host_network: bool,
}

/// What the processes of a node are told about it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NodePlan {
    pub(crate) config: NodeConfig,
    /// The node's folder on this machine, with `state` and `local` in it.
    pub(crate) folder: PathBuf,
    /// The images on this machine.
    pub(crate) images: PathBuf,
    /// The node's control group on this machine.
    pub(crate) control_group: PathBuf,
}

impl NodePlan {
    /// The file name of the plan in the node's state folder.
    pub(crate) const FILE: &'static str = "node.json";

    pub(crate) fn read(at: &Path) -> anyhow::Result<Self> {
        use anyhow::Context;
        let text =
            std::fs::read_to_string(at).with_context(|| format!("reading {}", at.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is no node plan", at.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_comes_from_the_name() {
        assert_eq!(
            NodeConfig::new("ip-10-0-7-9.eu-west-1.compute.internal", "i-1").address,
            Ipv4Addr::new(10, 0, 7, 9)
        );
        assert_eq!(
            NodeConfig::new("worker", "i-1").address,
            Ipv4Addr::new(10, 0, 1, 23)
        );
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert!(version_is_at_least("1.50.0", 1, 48));
        assert!(!version_is_at_least("1.9.2", 1, 37));
        assert!(version_is_at_least("2.0.0", 1, 37));
    }
}
