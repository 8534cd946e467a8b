//! EC2's own limit of tracked connections is exceeded: the ENA driver counts lost packets, while
//! the kernel's table is nearly empty. Rests on the lab's own `ethtool`.

use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Result;

use crate::node::Node;

const EXCEEDED: &str = "conntrack_allowance_exceeded";
const AVAILABLE: &str = "conntrack_allowance_available";
/// What was lost before the incident was noticed.
const AT_START: u64 = 5_310;
/// Packets lost each [`TICK`].
const GROWTH: u64 = 17;
const TICK: Duration = Duration::from_millis(100);

/// The incident, until it is dropped.
pub struct Allowance {
    /// Dropping it stops the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Makes the node's allowance counters grow.
///
/// # Errors
/// When the node's folder is gone.
pub fn start(node: &Node) -> Result<Allowance> {
    node.set_ena_counter(AVAILABLE, 0)?;
    node.set_ena_counter(EXCEEDED, AT_START)?;
    let (stop, stopped) = channel::<()>();
    let node = node.clone();
    let thread = std::thread::spawn(move || {
        let mut exceeded = AT_START;
        while stopped.recv_timeout(TICK) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            exceeded += GROWTH;
            if node.set_ena_counter(EXCEEDED, exceeded).is_err() {
                return;
            }
        }
    });
    Ok(Allowance {
        stop: Some(stop),
        thread: Some(thread),
    })
}

impl Drop for Allowance {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}
