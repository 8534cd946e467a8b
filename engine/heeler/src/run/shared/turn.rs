//! A change's turn: a Lease of its node, and its line on the board. The Lease is renewed while the
//! fix runs, and ends by itself after heeler has.

use std::sync::Arc;
use std::time::Duration;

use heeler_core::event::{InstanceId, RunId};
use heeler_core::guard::policy::Limits;
use heeler_core::guard::shared::{Beginning, Board, Hindrance, NodeLease, memberships};
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{Barred, Reading, TRIES, Unknown, note, step_back};
use crate::run::session::Session;
use crate::world::Cluster;
use crate::world::port::{ListRef, Shared, Written};

/// How long the end of somebody's turn may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A change that is about to begin.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The node.
    pub instance: &'a InstanceId,
    /// When the node takes the change back by itself.
    pub undo_after: Duration,
    /// How much may be changed at once, and how often.
    pub limits: &'a Limits,
    /// Nodes that this run is changing beside this one.
    pub own_changing: u32,
    /// Nodes on which this run's fix was verified.
    pub own_verified: u32,
}

/// A turn that was taken. Dropped without [`Turn::end`], as after a failure that leaves the change
/// in doubt, its Lease lasts until the node has taken the change back by itself.
pub struct Turn(Option<Held>);

struct Held {
    cluster: Arc<dyn Cluster>,
    lease: NodeLease,
    renewing: JoinHandle<()>,
    stop: DropGuard,
}

/// What was tried once.
enum Tried {
    /// The change has begun.
    Begun(NodeLease, Reading),
    /// Somebody else was faster.
    Overtaken,
    /// Something stands against it.
    Hindered(Hindrance),
}

impl Turn {
    /// Takes the node's Lease and begins the change on the board. Where the cluster can't say what
    /// others do, that is told, and the node's own lock has to do.
    ///
    /// # Errors
    /// What stands against it, and the journal's own failures.
    pub async fn take(session: &mut Session, change: &Change<'_>) -> Result<Turn, Barred> {
        let cluster = session.cluster.clone();
        let mut groups = Vec::new();
        if let Some(cluster) = &cluster
            && change.limits.asks_of_groups()
        {
            match cluster.list(&ListRef::core("nodes", None)).await {
                Ok(nodes) => groups = memberships(&nodes, change.instance),
                Err(error) => drop(note(session, Unknown::of(&error)).await?),
            }
        }
        let beginning = Beginning {
            run: session.recorder.run(),
            instance: change.instance,
            limits: change.limits,
            groups: &groups,
            own_changing: change.own_changing,
            own_verified: change.own_verified,
        };
        for _ in 0..TRIES {
            let by = session.place.caller.clone();
            match begin(cluster.as_deref(), (&beginning, &by), change.undo_after).await {
                Ok(Tried::Begun(lease, reading)) => return Ok(Turn::of(cluster, lease, reading)),
                Ok(Tried::Overtaken) => step_back().await,
                Ok(Tried::Hindered(hindrance)) => return Err(Barred::Hindered(hindrance)),
                Err(unknown) => {
                    return match note(session, unknown).await? {
                        Some(cord) => Err(Barred::Hindered(Hindrance::Stopped(cord))),
                        None => Ok(Turn(None)),
                    };
                }
            }
        }
        end_of(session, beginning.run, change.instance).await;
        Err(Barred::busy())
    }

    fn of(cluster: Option<Arc<dyn Cluster>>, lease: NodeLease, reading: Reading) -> Turn {
        Turn(cluster.map(|cluster| {
            let token = CancellationToken::new();
            let renewed = renew(Arc::clone(&cluster), lease.clone(), reading, token.clone());
            Held {
                cluster,
                lease,
                renewing: tokio::spawn(renewed),
                stop: token.drop_guard(),
            }
        }))
    }

    /// Ends the turn: the next one may begin at once. What can't be released ends by time.
    pub async fn end(self) {
        let Some(held) = self.0 else {
            return;
        };
        drop(held.stop);
        // A renewal that is on its way would write the Lease anew.
        let _ = held.renewing.await;
        if let Some(shared) = held.cluster.shared() {
            give_back(shared, held.lease.run, &held.lease.instance).await;
        }
    }
}

impl Barred {
    pub(super) fn busy() -> Self {
        Barred::Hindered(Hindrance::Busy)
    }
}

/// Tries once to begin. The board is read before the Leases: whoever was let in before that has a
/// Lease among them, and whoever is let in after makes this write too late.
async fn begin(
    cluster: Option<&dyn Cluster>,
    (beginning, by): (&Beginning<'_>, &str),
    undo_after: Duration,
) -> Result<Tried, Unknown> {
    let (reading, shared) = Reading::of(cluster).await?;
    let board = reading.board()?;
    if let Some(cord) = board.cord {
        return Ok(Tried::Hindered(Hindrance::Stopped(cord)));
    }
    let objects = shared.leases().await;
    let objects = objects.map_err(|error| Unknown::of(&error))?;
    let leases: Vec<NodeLease> = objects.iter().filter_map(NodeLease::read).collect();
    if let Some(other) = beginning.other(&leases, reading.now()) {
        return Ok(Tried::Hindered(Hindrance::Taken(Box::new(other.clone()))));
    }
    let holder = (beginning.run, by);
    let lease = NodeLease::new(
        beginning.instance.clone(),
        holder,
        undo_after,
        reading.now(),
    );
    let lease = lease.in_place_among(&objects);
    match shared.put_lease(&lease.object()).await {
        Ok(Written::Yes(_)) => {}
        Ok(Written::Overtaken) => return Ok(Tried::Overtaken),
        Err(error) => return Err(Unknown::of(&error)),
    }
    let after = match beginning.on(&board, &leases, reading.now()) {
        Ok(after) => after,
        Err(hindrance) => {
            give_back(shared, lease.run, &lease.instance).await;
            return Ok(Tried::Hindered(hindrance));
        }
    };
    write(shared, (&board, &after), reading, lease).await
}

async fn write(
    shared: &dyn Shared,
    (before, after): (&Board, &Board),
    reading: Reading,
    lease: NodeLease,
) -> Result<Tried, Unknown> {
    if before == after {
        return Ok(Tried::Begun(lease, reading));
    }
    match shared.replace_board(&after.onto(&reading.map)).await {
        Ok(Written::Yes(_)) => Ok(Tried::Begun(lease, reading)),
        Ok(Written::Overtaken) => Ok(Tried::Overtaken),
        // Whether it was written is seen when it is read again.
        Err(error) if error.is_passing() => Ok(Tried::Overtaken),
        Err(error) => {
            give_back(shared, lease.run, &lease.instance).await;
            Err(Unknown::of(&error))
        }
    }
}

/// Renews a Lease until it is stopped: often enough that two renewals may fail.
async fn renew(
    cluster: Arc<dyn Cluster>,
    lease: NodeLease,
    reading: Reading,
    stop: CancellationToken,
) {
    let pause = (lease.lasts / 3).max(Duration::from_secs(1));
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => return,
        }
        let Some(shared) = cluster.shared() else {
            return;
        };
        if let Ok(objects) = shared.leases().await
            && objects
                .iter()
                .filter_map(NodeLease::read)
                .any(|found| found.is_of(lease.run, &lease.instance))
        {
            let renewed = lease.renewed(reading.now()).in_place_among(&objects);
            // One that fails is made up for by the next.
            let _ = shared.put_lease(&renewed.object()).await;
        }
    }
}

/// Ends the turn of a change that somebody has taken back, or that never began: the next one may
/// begin at once. What can't be released ends by time.
pub async fn end_of(session: &Session, run: RunId, instance: &InstanceId) {
    if let Some(shared) = session.cluster.as_deref().and_then(Cluster::shared) {
        let given_back = give_back(shared, run, instance);
        let _ = tokio::time::timeout(PATIENCE, given_back).await;
    }
}

/// Removes the Lease of a change, if it is there.
async fn give_back(shared: &dyn Shared, run: RunId, instance: &InstanceId) {
    for _ in 0..3 {
        let Ok(objects) = shared.leases().await else {
            return;
        };
        let is_own = |object: &&Value| {
            NodeLease::read(object).is_some_and(|lease| lease.is_of(run, instance))
        };
        let Some(own) = objects.iter().find(is_own) else {
            return;
        };
        match shared.remove_lease(own).await {
            Ok(Written::Yes(_)) | Err(_) => return,
            Ok(Written::Overtaken) => step_back().await,
        }
    }
}
