//! The doors to the world, as the command line names them: AWS, Kubernetes, and the ways to nodes.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::args::Global;
use crate::failure::Failure;
use crate::run::ask::world_failure;
use crate::world::aws::Account;
use crate::world::kube::{open, open_by};
use crate::world::port::{NamedWays, SessionsOf};
use crate::world::resolve::{self, Ask, Doors, PodAsk, Resolved};
use crate::world::ways::{Guide, InSessions};
use crate::world::{Aws, Cloud as _, Cluster, WorldError};

/// Where somebody who can't be asked any more saw a pod last, as a sentence.
pub(super) type LastKnown<'a> = &'a (dyn Fn(&PodAsk) -> Option<String> + Send + Sync);

/// Finds place and nodes.
///
/// # Errors
/// Everything that resolving can say, and an interruption.
pub(super) async fn locate(
    global: &Global,
    named: NamedWays,
    (ask, last_known): (&Ask, LastKnown<'_>),
    cancel: &CancellationToken,
) -> Result<Resolved, Failure> {
    let cluster = open_by(global.context.as_deref(), named);
    let cloud = account(global, &cluster);
    let doors = Doors {
        cluster,
        is_named: global.context.is_some(),
        cloud: &cloud,
        last_known,
    };
    tokio::select! {
        resolved = resolve::resolve(ask, doors) => resolved.map_err(|error| world_failure(&error)),
        () = cancel.cancelled() => Err(Failure::interrupted("interrupted before a node was asked")),
    }
}

/// AWS in a region, by this machine's configuration.
///
/// # Errors
/// When there is none.
pub(super) async fn aws(global: &Global, region: &str) -> Result<Aws, Failure> {
    let cluster = open(global.context.as_deref());
    let account = account(global, &cluster);
    let aws = account.enter(Some(region.to_owned())).await;
    aws.map_err(|error| world_failure(&error))
}

/// The cluster of the chosen context.
///
/// # Errors
/// When there is no such context.
pub(super) fn cluster(global: &Global) -> Result<Arc<dyn Cluster>, Failure> {
    cluster_by(global, NamedWays::default())
}

/// The same with ways to nodes that somebody has named.
///
/// # Errors
/// As [`cluster`].
pub(super) fn cluster_by(global: &Global, named: NamedWays) -> Result<Arc<dyn Cluster>, Failure> {
    let cluster = open_by(global.context.as_deref(), named);
    cluster.map_err(|error| world_failure(&error))
}

/// Sessions as a way to the nodes of a cluster; the audit keeps the reason.
pub(super) fn sessions(global: &Global, reason: String) -> SessionsOf {
    let global = global.clone();
    Box::new(move |cluster| {
        let guide = guide(&global, cluster);
        Arc::new(InSessions::to_nodes(guide, &reason))
    })
}

/// Who knows the instances of a cluster's nodes.
fn guide(global: &Global, cluster: Arc<dyn Cluster>) -> Guide {
    Guide {
        cloud: Arc::new(account(global, &Ok(Arc::clone(&cluster)))),
        cluster,
        is_named: global.context.is_some(),
        region: global.region.clone(),
        cluster_name: global.cluster.clone(),
    }
}

fn account(global: &Global, cluster: &Result<Arc<dyn Cluster>, WorldError>) -> Account {
    let cluster = cluster.as_ref().ok();
    let hint = cluster.and_then(|cluster| cluster.context().profile.clone());
    Account::new(global.profile.clone(), hint)
}
