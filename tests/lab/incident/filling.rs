//! The table is more than four fifths full and grows, but nothing is dropped yet.

use std::time::Duration;

use anyhow::Result;

use super::stage::Stage;
use crate::node::{Node, PodHandle};

const MAX: u64 = 4096;
/// Entries at the start; at the rate below the table is full after more than a minute.
const AT_START: u64 = MAX * 82 / 100;
/// New connections a second.
const GROWTH: f64 = 8.0;
/// None of the entries leaves while the table fills.
const STAY: Duration = Duration::from_secs(120);

/// The incident, until it is dropped.
pub struct Filling {
    _stage: Stage,
}

/// Fills most of the node's table with connections of `pod`, and goes on slowly.
///
/// # Errors
/// When another incident runs on this machine.
pub fn start(node: &Node, pod: &PodHandle) -> Result<Filling> {
    let mut stage = Stage::set(node, pod, MAX, 0)?;
    stage.leave_entries(AT_START, STAY)?;
    stage.load.set_rate(GROWTH)?;
    stage.wait_until(Duration::from_secs(5), |now| now.count >= MAX * 4 / 5)?;
    Ok(Filling { _stage: stage })
}
