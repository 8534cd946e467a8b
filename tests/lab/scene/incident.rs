//! The incidents by name, as a plan or a command line asks for them.

use anyhow::Result;
use clap::ValueEnum;

use crate::incident::full::{Full, Scale};
use crate::incident::{
    accept_queue, allowance, clash, filling, full, healthy, proxied_max, was_full,
};
use crate::node::{Node, PodHandle};
use crate::program::traffic::LoadCounts;

/// What is wrong on a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Incident {
    /// Nothing: Bottlerocket's own limit, a little traffic
    Healthy,
    /// The connection tracking table is full and the kernel drops packets
    Full,
    /// The table is more than four fifths full and grows
    Filling,
    /// EC2's own allowance of tracked connections is exceeded
    Allowance,
    /// The limit is the one that kube-proxy computes
    ProxiedMax,
    /// Insert failures in a table that is nearly empty
    Clash,
    /// A listener in the pod does not accept
    AcceptQueue,
    /// The table was full, and is not any more
    WasFull,
}

impl Incident {
    /// Whether it changes `nf_conntrack_max`, of which the machine has only one.
    #[must_use]
    pub fn changes_the_machine(self) -> bool {
        !matches!(self, Self::Allowance | Self::Clash | Self::AcceptQueue)
    }

    /// Starts it on `node` with traffic of `pod`.
    pub(super) fn start(self, node: &Node, pod: &PodHandle, scale: Scale) -> Result<Running> {
        Ok(match self {
            Self::Full => Running::Full(Box::new(full::start(node, pod, scale)?)),
            Self::Healthy => Running::other(healthy::start(node, pod)?),
            Self::Filling => Running::other(filling::start(node, pod)?),
            Self::Allowance => Running::other(allowance::start(node)?),
            Self::ProxiedMax => Running::other(proxied_max::start(node, pod)?),
            Self::Clash => Running::other(clash::start(node, pod)?),
            Self::AcceptQueue => Running::other(accept_queue::start(node, pod)?),
            Self::WasFull => Running::other(was_full::start(node, pod)?),
        })
    }
}

/// An incident that goes on until this is dropped.
pub(super) enum Running {
    Full(Box<Full>),
    Other { _until_dropped: Box<dyn Send> },
}

impl Running {
    fn other(incident: impl Send + 'static) -> Self {
        Self::Other {
            _until_dropped: Box::new(incident),
        }
    }

    /// What the clients of a full table have reached so far.
    pub(super) fn load(&mut self) -> Option<Result<LoadCounts>> {
        match self {
            Self::Full(full) => Some(full.load()),
            Self::Other { .. } => None,
        }
    }
}
