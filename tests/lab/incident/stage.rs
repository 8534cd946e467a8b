//! What the incidents of the connection table have in common: the right to the machine's
//! `nf_conntrack_max`, a server outside and a pod that opens connections to it through the node.

use std::net::{SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::machine::ConntrackMax;
use crate::node::network::OUTSIDE;
use crate::node::pod::{Attendant, Load, PodHandle};
use crate::node::{KernelCounters, Node};
use crate::program::traffic::{LoadPlan, Protocol, ServePlan};

/// The database outside that the pod's connections go to.
pub(super) const DATABASE: SocketAddr = SocketAddr::V4(SocketAddrV4::new(OUTSIDE, 5432));
/// How long a client waits for its connection before it tries again.
const ATTEMPT: Duration = Duration::from_millis(250);
const BACKLOG: u32 = 4096;
/// How often expired entries are collected.
const COLLECT_EVERY: Duration = Duration::from_secs(1);

/// The setting in which an incident plays. Fields end in this order: the load first.
pub(super) struct Stage {
    pub(super) load: Load,
    _database: Attendant,
    _collector: Collector,
    node: Node,
    _max: ConntrackMax,
}

impl Stage {
    /// Sets the machine's `nf_conntrack_max`, which the node's own writes then reach, and starts
    /// an idle load in `pod`, up to `retrying` of whose failed connections are tried again.
    pub(super) fn set(node: &Node, pod: &PodHandle, max: u64, retrying: u64) -> Result<Self> {
        let lent = node.machine().lock_conntrack_max()?;
        lent.set(max)?;
        lent.reach_into(node.pid())?;
        let database = node.outside()?.serve(&ServePlan {
            listen: DATABASE,
            backlog: BACKLOG,
            accepts: true,
        })?;
        let load = pod.load(&LoadPlan {
            protocol: Protocol::Tcp,
            target: DATABASE,
            per_second: 0.0,
            attempt_ms: u64::try_from(ATTEMPT.as_millis())?,
            retrying,
        })?;
        let collector = Collector::start(node.clone());
        Ok(Self {
            load,
            _database: database,
            _collector: collector,
            node: node.clone(),
            _max: lent,
        })
    }

    /// Opens and closes `count` connections for which the table has room, whose entries stay in
    /// TIME_WAIT for `stay`. None is given up: what a client gives up leaves an entry that goes after
    /// seconds, and a busy machine made clients give up.
    pub(super) fn leave_entries(&mut self, count: u64, stay: Duration) -> Result<()> {
        self.node.set_time_wait(stay)?;
        self.load.fill(count)?;
        Ok(())
    }

    /// The same for more connections than the table has room for.
    pub(super) fn overfill(&mut self, count: u64, stay: Duration) -> Result<()> {
        self.node.set_time_wait(stay)?;
        self.load.burst(count)?;
        Ok(())
    }

    /// Waits until the kernel's counters satisfy `wanted`.
    pub(super) fn wait_until(
        &self,
        within: Duration,
        wanted: impl Fn(&KernelCounters) -> bool,
    ) -> Result<()> {
        let give_up = Instant::now() + within;
        loop {
            let counters = self.node.kernel_counters()?;
            if wanted(&counters) {
                return Ok(());
            }
            if Instant::now() > give_up {
                bail!("the incident did not take hold within {within:?}: {counters:?}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let ended = self
            .load
            .set_rate(0.0)
            .and_then(|_| self.node.forget_traffic());
        if let Err(error) = ended.context("ending an incident") {
            eprintln!("lab: {error:#}");
        }
    }
}

/// A thread that has expired entries collected in their time.
struct Collector {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Collector {
    fn start(node: Node) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            // Fails when the node has ended, and then there is nothing left to do.
            while !stopped.load(Ordering::SeqCst) && node.collect_expired().is_ok() {
                std::thread::park_timeout(COLLECT_EVERY);
            }
        });
        Self {
            stop,
            thread: Some(thread),
        }
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            thread.join().ok();
        }
    }
}
