//! Nothing is wrong: Bottlerocket's own `nf_conntrack_max`, a little traffic.

use anyhow::Result;

use super::stage::Stage;
use crate::node::{Node, PodHandle};

/// What Bottlerocket boots with (core kit `packages/release/release-sysctl.conf`).
const SHIPPED_MAX: u64 = 1_048_576;
/// New connections a second.
const TRAFFIC: f64 = 5.0;

/// The state, until it is dropped.
pub struct Healthy {
    _stage: Stage,
}

/// Starts a little traffic from `pod`.
///
/// # Errors
/// When an incident runs on this machine.
pub fn start(node: &Node, pod: &PodHandle) -> Result<Healthy> {
    with_max(node, pod, SHIPPED_MAX).map(|stage| Healthy { _stage: stage })
}

pub(super) fn with_max(node: &Node, pod: &PodHandle, max: u64) -> Result<Stage> {
    let mut stage = Stage::set(node, pod, max, 0)?;
    stage.load.set_rate(TRAFFIC)?;
    Ok(stage)
}
