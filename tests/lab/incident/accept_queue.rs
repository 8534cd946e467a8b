//! A listener in a pod does not accept: its queue overflows and clients time out, which looks from
//! outside like a full table. The counters are the pod's; the node's own show nothing.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::node::pod::{Attendant, Load};
use crate::node::{Node, PodHandle};
use crate::program::traffic::{LoadPlan, Protocol, ServePlan};

/// The listener's port.
const PORT: u16 = 8080;
/// Connections that may wait; the kernel lets one more in.
const BACKLOG: u32 = 1;
/// New connections a second, of which a few clients try for ever.
const CLIENTS: f64 = 10.0;
const RETRYING: u64 = 10;

/// The incident, until it is dropped.
pub struct AcceptQueue {
    _clients: Load,
    _listener: Attendant,
}

/// Starts a listener in `pod` that never accepts, and clients outside that want in.
///
/// # Errors
/// When the port is taken, or the queue does not overflow.
pub fn start(node: &Node, pod: &PodHandle) -> Result<AcceptQueue> {
    let target = SocketAddr::from((pod.config().ip, PORT));
    let listener = pod.serve(&ServePlan {
        listen: target,
        backlog: BACKLOG,
        accepts: false,
    })?;
    let plan = LoadPlan {
        protocol: Protocol::Tcp,
        target,
        per_second: CLIENTS,
        attempt_ms: 300,
        retrying: RETRYING,
    };
    let clients = node.outside()?.load(&plan)?;
    wait_for_overflow(pod)?;
    Ok(AcceptQueue {
        _clients: clients,
        _listener: listener,
    })
}

fn wait_for_overflow(pod: &PodHandle) -> Result<()> {
    let before = pod.listen_counters()?.overflows;
    let give_up = Instant::now() + Duration::from_secs(10);
    while pod.listen_counters()?.overflows == before {
        if Instant::now() > give_up {
            bail!(
                "the listener's queue in {} did not overflow",
                pod.config().name
            );
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
