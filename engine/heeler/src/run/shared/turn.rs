//! A change's turn is taken: a Lease of its node, and its line on the board.

use std::time::Duration;

use heeler_core::event::{InstanceId, RunId};
use heeler_core::guard::policy::Limits;
use heeler_core::guard::shared::{
    Beginning, Board, Hindrance, Membership, NodeLease, memberships, namespaces, node_name,
    workloads,
};
use serde_json::Value;
use tokio::time::Instant;

use super::held::{Turn, end_of};
use super::{Barred, Reading, TRIES, Unknown, is_unknown, step_back, without};
use crate::run::ask::EXPIRY;
use crate::run::session::Session;
use crate::world::Cluster;
use crate::world::port::{ListRef, Shared, Written};

/// How long a cluster that does not answer is asked again, where the plan says that it could be
/// asked.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// A change that is about to begin.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The run about all nodes, where this is one of several.
    pub ramp: Option<RunId>,
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

/// Takes the node's Lease and begins the change on the board. Where the plan says that the cluster
/// can't tell what others do, the node's own lock has to do.
///
/// # Errors
/// What stands against it, and the journal's own failures. No Lease is left then.
pub async fn take(session: &Session, change: &Change<'_>) -> Result<Turn, Barred> {
    let cluster = session.cluster.clone();
    let mut taking = Taking {
        cluster: cluster.as_deref(),
        holder: (session.recorder.run(), &session.place.caller),
        change,
        until: Instant::now(),
        has_put: false,
    };
    if !is_unknown(session) {
        taking.until += PATIENCE;
    }
    let bar = match taking.take().await {
        Ok((lease, reading)) => return Ok(Turn::of(cluster, lease, reading)),
        Err(bar) => bar,
    };
    if taking.has_put {
        end_of(session, session.recorder.run(), change.instance).await;
    }
    match bar {
        Bar::Hindered(hindrance) => Err(Barred::Hindered(hindrance)),
        Bar::Unknown(unknown) => without(session, unknown).map(|()| Turn::none()),
    }
}

/// Why a turn was not taken.
#[derive(Debug)]
pub(super) enum Bar {
    /// Something stands against it.
    Hindered(Hindrance),
    /// The cluster does not say what others do.
    Unknown(Unknown),
}

impl From<Unknown> for Bar {
    fn from(unknown: Unknown) -> Self {
        Bar::Unknown(unknown)
    }
}

/// A turn on its way.
pub(super) struct Taking<'a> {
    pub(super) cluster: Option<&'a dyn Cluster>,
    /// The run, and who: a short name.
    pub(super) holder: (RunId, &'a str),
    pub(super) change: &'a Change<'a>,
    /// Until then a cluster that does not answer is asked again.
    pub(super) until: Instant,
    /// A Lease may have been written.
    pub(super) has_put: bool,
}

impl Taking<'_> {
    pub(super) async fn take(&mut self) -> Result<(NodeLease, Reading), Bar> {
        let groups = match self.groups().await {
            Ok(groups) => groups,
            Err(unknown) => return Err(self.with_cord(unknown).await.into()),
        };
        let mut tries = 0;
        loop {
            match self.begin(&groups).await {
                Ok(Some(begun)) => return Ok(begun),
                Ok(None) if tries >= TRIES => return Err(Bar::Hindered(Hindrance::Busy)),
                Ok(None) => tries += 1,
                Err(Bar::Unknown(unknown)) if self.may_pass(&unknown) => {}
                Err(bar) => return Err(bar),
            }
            step_back().await;
        }
    }

    /// Who may not list the nodes may read the board all the same, and a cord that was pulled since the
    /// plan was made holds.
    async fn with_cord(&self, unknown: Unknown) -> Unknown {
        match Reading::of(self.cluster).await {
            Ok((reading, _)) => Unknown {
                cord: Board::cord(&reading.map).map(Box::new),
                ..unknown
            },
            Err(_) => unknown,
        }
    }

    fn may_pass(&self, unknown: &Unknown) -> bool {
        unknown.passing && Instant::now() < self.until
    }

    /// The groups that the node is of, where a limit asks for them.
    async fn groups(&self) -> Result<Vec<Membership>, Unknown> {
        let Some(cluster) = self.cluster else {
            return Ok(Vec::new());
        };
        if !self.change.limits.asks_of_groups() {
            return Ok(Vec::new());
        }
        let (of, nodes) = (self.change.instance, ListRef::core("nodes", None));
        let nodes = self.list(cluster, &nodes).await?;
        let mut groups = memberships(&nodes, of);
        let own = node_name(&nodes, of).filter(|_| self.change.limits.asks_of_workloads());
        if let Some(own) = own {
            let here = ListRef::core("pods", None).fields(format!("spec.nodeName={own}"));
            let here = self.list(cluster, &here).await?;
            let mut pods = Vec::new();
            for namespace in namespaces(&here) {
                let all = ListRef::core("pods", Some(namespace));
                pods.extend(self.list(cluster, &all).await?);
            }
            groups.extend(workloads(&nodes, &pods, of));
        }
        Ok(groups)
    }

    /// A list, asked again while that may help.
    async fn list(&self, cluster: &dyn Cluster, list: &ListRef) -> Result<Vec<Value>, Unknown> {
        loop {
            let listed = cluster.list(list).await;
            match listed.map_err(|error| Unknown::of(&error)) {
                Ok(items) => return Ok(items),
                Err(unknown) if self.may_pass(&unknown) => step_back().await,
                Err(unknown) => return Err(unknown),
            }
        }
    }

    /// Tries once to begin; `None`: somebody else was faster. The board is read before the Leases:
    /// whoever was let in before that has a Lease among them, and whoever is let in after makes this
    /// write too late.
    async fn begin(&mut self, groups: &[Membership]) -> Result<Option<(NodeLease, Reading)>, Bar> {
        let change = self.change;
        let beginning = Beginning {
            run: self.holder.0,
            ramp: change.ramp,
            instance: change.instance,
            limits: change.limits,
            groups,
            own_changing: change.own_changing,
            own_verified: change.own_verified,
        };
        let (reading, shared) = Reading::of(self.cluster).await?;
        let board = reading.board()?;
        if let Some(cord) = board.cord {
            return Err(Bar::Hindered(Hindrance::Stopped(cord)));
        }
        let objects = shared.leases().await;
        let objects = objects.map_err(|error| Unknown::of(&error))?;
        let leases: Vec<NodeLease> = objects.iter().filter_map(NodeLease::read).collect();
        if let Some(other) = beginning.other(&leases, reading.now()) {
            return Err(Bar::Hindered(Hindrance::Taken(Box::new(other.clone()))));
        }
        // The node may get the command so much later, and counts from then.
        let lasts = change.undo_after.saturating_add(EXPIRY);
        let instance = change.instance.clone();
        let lease = NodeLease::new(instance, self.holder, lasts, reading.now());
        let lease = lease.in_place_among(&objects);
        self.has_put = true;
        let put = shared.put_lease(&lease.object()).await;
        if put.map_err(|error| Unknown::of(&error))? == Written::Overtaken {
            return Ok(None);
        }
        let after = beginning.on(&board, &leases, reading.now());
        let after = after.map_err(Bar::Hindered)?;
        let written = write(shared, (&board, &after), &reading).await?;
        Ok(written.then_some((lease, reading)))
    }
}

/// Whether the board is as it should be; an error does not tell it.
async fn write(
    shared: &dyn Shared,
    (before, after): (&Board, &Board),
    reading: &Reading,
) -> Result<bool, Unknown> {
    if before == after {
        return Ok(true);
    }
    let written = shared.replace_board(&after.onto(&reading.map)).await;
    let written = written.map_err(|error| Unknown::of(&error))?;
    Ok(written != Written::Overtaken)
}
