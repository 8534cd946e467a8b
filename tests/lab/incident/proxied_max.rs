//! `nf_conntrack_max` is what kube-proxy computes from the node's CPUs, not what Bottlerocket
//! ships. Otherwise nothing is wrong. Who wrote the value is told by the cluster's objects alone.

use anyhow::Result;

use super::healthy;
use super::stage::Stage;
use crate::node::{Node, PodHandle};

/// kube-proxy's `conntrack.maxPerCore` and `conntrack.min` as they are by default.
const MAX_PER_CORE: u64 = 32_768;
const MIN: u64 = 131_072;

/// The state, until it is dropped.
pub struct ProxiedMax {
    _stage: Stage,
}

/// kube-proxy's value for a node of `cpus` CPUs, in entries.
#[must_use]
pub fn formula(cpus: u32) -> u64 {
    MIN.max(MAX_PER_CORE * u64::from(cpus))
}

/// Sets the value and starts a little traffic from `pod`.
///
/// # Errors
/// When an incident runs on this machine.
pub fn start(node: &Node, pod: &PodHandle) -> Result<ProxiedMax> {
    healthy::with_max(node, pod, formula(node.config().cpus))
        .map(|stage| ProxiedMax { _stage: stage })
}

#[cfg(test)]
mod tests {
    use super::formula;

    #[test]
    fn small_nodes_get_the_minimum() {
        assert_eq!(formula(2), 131_072);
        assert_eq!(formula(8), 262_144);
    }
}
