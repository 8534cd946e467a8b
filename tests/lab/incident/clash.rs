//! Insert failures: many clients are translated to one address and one port, so that nearly every
//! new entry clashes with the one that is there. The kernel counts each as a drop, too, although
//! the table is nearly empty.

use std::net::{SocketAddr, SocketAddrV4};

use anyhow::Result;

use crate::node::network::{OUTSIDE, iptables};
use crate::node::pod::Load;
use crate::node::{Node, PodHandle};
use crate::program::traffic::{LoadPlan, Protocol};

/// The name server that everybody asks.
const RESOLVER: SocketAddr = SocketAddr::V4(SocketAddrV4::new(OUTSIDE, 53));
/// Queries a second, each from another port.
const QUERIES: f64 = 50.0;

/// The incident, until it is dropped.
pub struct Clash {
    node: Node,
    rule: String,
    _load: Load,
}

/// Translates all of `pod`'s name queries to one port of the node, and asks away.
///
/// # Errors
/// When the rule can't be made.
pub fn start(node: &Node, pod: &PodHandle) -> Result<Clash> {
    let rule = format!(
        "POSTROUTING -p udp -d {OUTSIDE} --dport {} -j SNAT --to-source {}:5000-5000",
        RESOLVER.port(),
        node.config().address
    );
    iptables(node.pid(), &format!("-t nat -A {rule}"))?;
    let load = pod.load(&LoadPlan {
        protocol: Protocol::Udp,
        target: RESOLVER,
        per_second: QUERIES,
        attempt_ms: 100,
        retrying: 0,
    })?;
    Ok(Clash {
        node: node.clone(),
        rule,
        _load: load,
    })
}

impl Drop for Clash {
    fn drop(&mut self) {
        if let Err(error) = iptables(self.node.pid(), &format!("-t nat -D {}", self.rule)) {
            eprintln!("lab: ending an incident: {error:#}");
        }
    }
}
