//! The table was full and packets were dropped, but that is over: three quarters are in use, the
//! drop counter stands still, and the kernel's log tells of it.

use std::time::Duration;

use anyhow::Result;

use super::stage::Stage;
use crate::node::{Node, PodHandle};

const MAX: u64 = 4096;
/// Entries that stay.
const STAYING: u64 = MAX * 73 / 100;
const STAY: Duration = Duration::from_secs(900);
/// How long the others stay that make the table full.
const SHORT_STAY: Duration = Duration::from_secs(4);
/// Connections beyond what fits: each loses a packet or two.
const TOO_MANY: u64 = 60;
/// Entries of other traffic that do not matter.
const SLACK: u64 = 16;
const TIME_WAIT: Duration = Duration::from_secs(120);

/// The incident, until it is dropped.
pub struct WasFull {
    _stage: Stage,
}

/// Fills the node's table beyond its limit, then lets it fall below.
///
/// # Errors
/// When another incident runs on this machine, or the kernel did not drop.
pub fn start(node: &Node, pod: &PodHandle) -> Result<WasFull> {
    let mut stage = Stage::set(node, pod, MAX, 0)?;
    let before = node.kernel_counters()?;
    stage.leave_entries(STAYING, STAY)?;
    stage.overfill(MAX.saturating_sub(STAYING) + TOO_MANY, SHORT_STAY)?;
    stage.wait_until(Duration::from_secs(5), |now| now.drop > before.drop)?;
    // The kernel's own lines may have fallen to its rate limit, which is one for the whole machine.
    node.plant_table_full()?;
    node.plant_table_full()?;
    node.set_time_wait(TIME_WAIT)?;
    stage.wait_until(Duration::from_secs(15), |now| now.count <= STAYING + SLACK)?;
    Ok(WasFull { _stage: stage })
}
