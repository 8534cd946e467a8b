//! Whether place and target fit each other. Pure.

use std::collections::BTreeMap;

use super::lookup::Facts;
use super::{Ask, Found, Lead};
use crate::world::error::{PlaceError, TargetError, WorldError};
use crate::world::place::{belongs, clusters_of};
use crate::world::port::{Caller, Cluster, Context, Ping, Registration};

/// Bottlerocket's name in SSM's registry.
const SYSTEM: &str = "Bottlerocket";

/// The region of the run: the nodes' own, else the one that was named, else the kubeconfig's.
pub(super) fn region(
    ask: &Ask,
    leads: &[Lead],
    context: Option<&Context>,
) -> Result<Option<String>, WorldError> {
    let known: BTreeMap<&str, &str> = leads
        .iter()
        .filter_map(|lead| match lead {
            Lead::Found(found) => Some((found.region.as_deref()?, found.name())),
            Lead::ByName { .. } => None,
        })
        .collect();
    let mut regions = known.into_iter();
    let Some((found, node)) = regions.next() else {
        let from_context = || context.and_then(|context| context.region.clone());
        return Ok(ask.region.clone().or_else(from_context));
    };
    let others: Vec<&str> = regions.map(|(region, _)| region).collect();
    if !others.is_empty() {
        let all = std::iter::once(found)
            .chain(others)
            .map(str::to_owned)
            .collect();
        return Err(PlaceError::SeveralRegions { regions: all }.into());
    }
    match &ask.region {
        Some(asked) if asked != found => Err(PlaceError::RegionMismatch {
            asked: asked.clone(),
            found: found.to_owned(),
            node: node.to_owned(),
        }
        .into()),
        _ => Ok(Some(found.to_owned())),
    }
}

/// The context's cluster is in the run's region.
pub(super) fn same_region(
    region: Option<&str>,
    cluster: Option<&dyn Cluster>,
) -> Result<(), PlaceError> {
    let context = cluster.map(Cluster::context);
    match (region, context) {
        (Some(region), Some(context)) => context.is_in(region),
        _ => Ok(()),
    }
}

/// The cluster's name: the credential plugin's or the ARN's, else `--cluster`.
pub(super) fn cluster_name(ask: &Ask, context: Option<&Context>) -> Option<String> {
    context
        .and_then(|context| context.cluster.clone())
        .or_else(|| ask.cluster.clone())
}

/// The account of the kubeconfig's ARN must be the caller's.
pub(super) fn account(context: Option<&Context>, caller: &Caller) -> Result<(), PlaceError> {
    match context {
        Some(Context {
            name,
            account: Some(account),
            ..
        }) if *account != caller.account => Err(PlaceError::AccountMismatch {
            context: name.clone(),
            cluster: account.clone(),
            caller: caller.account.clone(),
            arn: caller.arn.clone(),
        }),
        _ => Ok(()),
    }
}

/// Whether the instance's tags name the run's cluster; `None` where that can't be told.
pub(super) fn cluster(
    found: &Found,
    facts: &Facts,
    cluster: Option<&str>,
) -> Result<Option<bool>, PlaceError> {
    let (Some(machine), Some(cluster)) = (facts.machine(&found.instance), cluster) else {
        return Ok(None);
    };
    match belongs(&machine.tags, cluster) {
        Some(false) => Err(PlaceError::WrongCluster {
            instance: found.instance.clone(),
            wanted: cluster.to_owned(),
            found: clusters_of(&machine.tags).into_iter().collect(),
        }),
        verified => Ok(verified),
    }
}

/// Whether SSM knows it as a node of the one system that this is for.
pub(super) fn is_ours(known: &Registration) -> bool {
    known.platform.as_deref() == Some(SYSTEM)
}

/// Whether a command can reach the node, as far as EC2 and SSM have said.
pub(super) fn reachable(found: &Found, facts: &Facts, region: &str) -> Result<(), WorldError> {
    let instance = found.instance.clone();
    if let Some(machine) = facts.machine(&instance)
        && machine.state != "running"
    {
        return Err(TargetError::NotRunning {
            instance,
            state: machine.state.clone(),
        }
        .into());
    }
    if !facts.has_registrations() {
        return Ok(());
    }
    let Some(known) = facts.registration(&instance) else {
        return Err(TargetError::NotRegistered {
            instance,
            region: region.to_owned(),
        }
        .into());
    };
    if let Some(system) = known.platform.as_ref().filter(|system| *system != SYSTEM) {
        let node = found.name().to_owned();
        return Err(TargetError::OtherSystem {
            node,
            system: system.clone(),
        }
        .into());
    }
    match known.ping {
        Ping::Online => Ok(()),
        Ping::Lost(last) => Err(TargetError::Offline { instance, last }.into()),
    }
}
