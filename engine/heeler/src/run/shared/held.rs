//! A turn that was taken: its Lease is renewed while the fix runs, and ends by itself after heeler
//! has.

use std::sync::Arc;
use std::time::Duration;

use heeler_core::event::{InstanceId, RunId};
use heeler_core::guard::shared::NodeLease;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{Reading, step_back};
use crate::run::session::Session;
use crate::world::Cluster;
use crate::world::port::{Shared, Written};

/// How long the end of somebody's turn may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A turn that was taken. Dropped without [`Turn::end`], as after a failure that leaves the change
/// in doubt, its Lease lasts until the node has taken the change back by itself.
pub struct Turn(Option<Held>);

struct Held {
    cluster: Arc<dyn Cluster>,
    lease: NodeLease,
    renewing: JoinHandle<()>,
    changed: Arc<Notify>,
    stop: DropGuard,
}

impl Turn {
    /// No Lease: the node's own lock has to do.
    pub(super) fn none() -> Turn {
        Turn(None)
    }

    pub(super) fn of(
        cluster: Option<Arc<dyn Cluster>>,
        lease: NodeLease,
        reading: Reading,
    ) -> Turn {
        Turn(cluster.map(|cluster| {
            let (token, changed) = (CancellationToken::new(), Arc::new(Notify::new()));
            let renewal = Renewal {
                cluster: Arc::clone(&cluster),
                lease: lease.clone(),
                reading,
                changed: Arc::clone(&changed),
            };
            let stop = token.clone();
            Held {
                cluster,
                lease,
                renewing: tokio::spawn(async move { renewal.go_on(stop).await }),
                changed,
                stop: token.drop_guard(),
            }
        }))
    }

    /// The node has been told to change: until it takes that back counts from now.
    pub fn changed(&self) {
        if let Some(held) = &self.0 {
            held.changed.notify_one();
        }
    }

    /// Ends the turn: the next one may begin at once. What can't be released ends by time.
    pub async fn end(self) {
        let Some(held) = self.0 else {
            return;
        };
        drop(held.stop);
        let abandon = held.renewing.abort_handle();
        let ended = async {
            // A renewal that is on its way would write the Lease anew.
            let _ = held.renewing.await;
            if let Some(shared) = held.cluster.shared() {
                give_back(shared, held.lease.run, &held.lease.instance).await;
            }
        };
        if timeout(PATIENCE, ended).await.is_err() {
            abandon.abort();
        }
    }
}

/// What renews a Lease.
struct Renewal {
    cluster: Arc<dyn Cluster>,
    lease: NodeLease,
    reading: Reading,
    changed: Arc<Notify>,
}

impl Renewal {
    /// Renews the Lease until it is stopped: often enough that two renewals may fail.
    async fn go_on(&self, stop: CancellationToken) {
        let pause = (self.lease.lasts / 3).max(Duration::from_secs(1));
        loop {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.changed.notified() => {}
                () = stop.cancelled() => return,
            }
            if let Some(shared) = self.cluster.shared() {
                self.renew(shared).await;
            }
        }
    }

    /// Renews it once, if it is still there. What fails is made up for by the next.
    async fn renew(&self, shared: &dyn Shared) {
        let now = self.now(shared).await;
        let Ok(objects) = shared.leases().await else {
            return;
        };
        let (run, instance) = (self.lease.run, &self.lease.instance);
        let mut found = objects.iter().filter_map(NodeLease::read);
        if found.any(|lease| lease.is_of(run, instance)) {
            let renewed = self.lease.renewed(now).in_place_among(&objects);
            let _ = shared.put_lease(&renewed.object()).await;
        }
    }

    /// The time by the server's clock: our own may have stood still while this machine slept.
    async fn now(&self, shared: &dyn Shared) -> Timestamp {
        match shared.board().await {
            Ok(seen) if seen.map.is_some() => seen.at,
            _ => self.reading.now(),
        }
    }
}

/// Ends the turn of a change that somebody has taken back, or that never began: the next one may
/// begin at once. What can't be released ends by time.
pub async fn end_of(session: &Session, run: RunId, instance: &InstanceId) {
    if let Some(shared) = session.cluster.as_deref().and_then(Cluster::shared) {
        let _ = timeout(PATIENCE, give_back(shared, run, instance)).await;
    }
}

/// Removes the Lease of a change, if it is there.
async fn give_back(shared: &dyn Shared, run: RunId, instance: &InstanceId) {
    for _ in 0..3 {
        let removed = match shared.leases().await {
            Ok(objects) => {
                let is_own = |object: &&Value| {
                    NodeLease::read(object).is_some_and(|lease| lease.is_of(run, instance))
                };
                let Some(own) = objects.iter().find(is_own) else {
                    return;
                };
                shared.remove_lease(own).await
            }
            Err(error) => Err(error),
        };
        match removed {
            Ok(Written::Overtaken) => {}
            // Whether it was removed is seen when they are read again.
            Err(error) if error.is_passing() => {}
            Ok(Written::Yes(_)) | Err(_) => return,
        }
        step_back().await;
    }
}
