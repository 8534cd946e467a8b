//! The table is full and stays full under load: the kernel drops packets of new connections,
//! all the time, and nearly all entries are in TIME_WAIT.
//!
//! The arithmetic: with `max` entries that stay `time_wait` each, the table gives up
//! `max / time_wait` places a second. The load wants 1.4 times that, so it never fits; with half
//! the time-out there are twice as many places and it fits with room to spare. Entries keep the
//! time-out they came with, so a node that is cured recovers after half of the old time-out.

use std::time::Duration;

use anyhow::Result;

use super::stage::Stage;
use crate::node::{Node, PodHandle};
use crate::program::traffic::LoadCounts;

/// How much more the load wants than the table can take.
const DEMAND: f64 = 1.4;
/// Clients that keep trying: they fill at once what the kernel evicts now and then.
const RETRYING: u64 = 400;
/// Connections a second of the rush that makes so many clients wait.
const RUSH: f64 = 600.0;

/// In how many portions the table is topped up.
const PORTIONS: u32 = 10;

/// How large and how slow the incident is.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// `nf_conntrack_max`, in entries; at least 4,096.
    pub max: u64,
    /// `nf_conntrack_tcp_timeout_time_wait` before a fix, in whole seconds; half of it cures.
    pub time_wait: Duration,
}

impl Default for Scale {
    fn default() -> Self {
        Self {
            max: 4096,
            time_wait: Duration::from_secs(120),
        }
    }
}

/// The incident, until it is dropped.
pub struct Full {
    stage: Stage,
}

/// Fills the node's table with connections of `pod` and keeps the load up.
///
/// The entries are as if the load had run for ever: the ages of those in the table are spread
/// evenly, so that some leave each second.
///
/// # Errors
/// When another incident runs on this machine, or the kernel does not drop after all.
pub fn start(node: &Node, pod: &PodHandle, scale: Scale) -> Result<Full> {
    let mut stage = Stage::set(node, pod, scale.max, RETRYING)?;
    let seconds = scale.time_wait.as_secs().max(1);
    // Not one more than fits: connections that fail while the table is being filled would leave
    // entries behind which go after some seconds, all at once.
    let each = scale.max / seconds;
    for left in 1..=seconds {
        stage.leave_entries(each, Duration::from_secs(left))?;
    }
    // Filling took a while, in which the first entries have left again: others take their places,
    // and leave as spread over time as they would have.
    let missing = scale.max.saturating_sub(node.kernel_counters()?.count);
    for portion in 1..=PORTIONS {
        let stay = scale.time_wait * portion / PORTIONS;
        stage.leave_entries(missing / u64::from(PORTIONS), stay)?;
    }
    let before = node.kernel_counters()?.drop;
    let demand = DEMAND * f64::from(u32::try_from(scale.max)?) / scale.time_wait.as_secs_f64();
    stage.load.set_rate(RUSH.max(demand))?;
    std::thread::sleep(Duration::from_secs(1));
    stage.load.set_rate(demand)?;
    stage.wait_until(Duration::from_secs(15), |now| {
        now.drop > before && now.count >= scale.max * 9 / 10
    })?;
    Ok(Full { stage })
}

impl Full {
    /// What the load has done so far.
    ///
    /// # Errors
    /// When the load generator has ended.
    pub fn load(&mut self) -> Result<LoadCounts> {
        self.stage.load.counts()
    }
}
