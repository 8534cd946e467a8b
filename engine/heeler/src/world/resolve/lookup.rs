//! What AWS knows about the nodes: their instances, tags, states and SSM registrations.

use std::collections::BTreeSet;

use futures::future::{join, try_join_all};
use heeler_core::event::InstanceId;

use super::{Found, Lead, NodeName, Note};
use crate::world::error::{CallError, Cause, PlaceError, TargetError, WorldError};
use crate::world::place::{belongs, clusters_of};
use crate::world::port::{Aws, Machine, Registration};

/// What EC2 and SSM say about the nodes; `None` where they did not answer.
pub(super) struct Facts {
    machines: Option<Vec<Machine>>,
    registrations: Option<Vec<Registration>>,
}

impl Facts {
    pub(super) fn machine(&self, instance: &InstanceId) -> Option<&Machine> {
        self.machines
            .as_ref()?
            .iter()
            .find(|machine| machine.instance == *instance)
    }

    pub(super) fn registration(&self, instance: &InstanceId) -> Option<&Registration> {
        self.registrations
            .as_ref()?
            .iter()
            .find(|known| known.instance == *instance)
    }

    /// Whether SSM has said which nodes it knows.
    pub(super) fn has_registrations(&self) -> bool {
        self.registrations.is_some()
    }

    /// The one cluster that all tags name.
    pub(super) fn only_cluster(&self) -> Option<String> {
        let machines = self.machines.as_ref()?;
        let mut names: BTreeSet<String> = machines
            .iter()
            .flat_map(|machine| clusters_of(&machine.tags))
            .collect();
        let first = names.pop_first()?;
        names.is_empty().then_some(first)
    }
}

/// Turns every lead into an instance.
pub(super) async fn instances(
    aws: &Aws,
    leads: Vec<Lead>,
    cluster: Option<&str>,
) -> Result<Vec<Found>, WorldError> {
    try_join_all(leads.into_iter().map(|lead| async move {
        match lead {
            Lead::Found(found) => Ok(*found),
            Lead::ByName { node, pod, why } => Ok(Found {
                pod,
                ..by_name(aws, &node, cluster, why).await?
            }),
        }
    }))
    .await
}

/// The instance of a node by its name: an id in the name, or the private DNS name. Names repeat
/// across VPCs, so the cluster's tag must agree.
async fn by_name(
    aws: &Aws,
    name: &NodeName,
    cluster: Option<&str>,
    why: String,
) -> Result<Found, WorldError> {
    let node = name.as_str().to_owned();
    let cluster = cluster.ok_or_else(|| PlaceError::NoCluster {
        node: node.clone(),
        why,
    })?;
    let machines = match id_in(&node) {
        Some(id) => aws.ec2.describe(&[id]).await?,
        None => aws.ec2.by_private_name(&node).await?,
    };
    let mut ours: Vec<InstanceId> = machines
        .into_iter()
        .filter(|machine| belongs(&machine.tags, cluster) == Some(true))
        .map(|machine| machine.instance)
        .collect();
    match (ours.pop(), ours.is_empty()) {
        (Some(only), true) => Ok(Found {
            node: Some(node),
            ..Found::bare(only)
        }),
        (Some(last), false) => {
            ours.push(last);
            Err(TargetError::SeveralInstances {
                node,
                instances: ours,
            }
            .into())
        }
        (None, _) => Err(TargetError::NoNode { node }.into()),
    }
}

/// Resource-name nodes are called by their instance's id, with or without a domain.
fn id_in(node: &str) -> Option<InstanceId> {
    node.split('.').next()?.parse().ok()
}

/// Asks EC2 and SSM at once. What they are not allowed to say, or don't say in time, is noted: a
/// command may still get through.
pub(super) async fn facts(
    aws: &Aws,
    found: &[Found],
    notes: &mut Vec<Note>,
) -> Result<Facts, WorldError> {
    let ids: Vec<InstanceId> = found.iter().map(|found| found.instance.clone()).collect();
    let (machines, registrations) = join(aws.ec2.describe(&ids), aws.ssm.registrations(&ids)).await;
    Ok(Facts {
        machines: optional(
            machines,
            "cluster-unverified",
            "the instances' tags are not known",
            notes,
        )?,
        registrations: optional(
            registrations,
            "registration-unknown",
            "whether SSM reaches the nodes is not known",
            notes,
        )?,
    })
}

fn optional<T>(
    answer: Result<T, CallError>,
    code: &'static str,
    lack: &str,
    notes: &mut Vec<Note>,
) -> Result<Option<T>, WorldError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.is_passing() || matches!(error.cause, Cause::Forbidden(_)) => {
            notes.push(Note {
                code,
                text: format!("{lack}: {}", error.what()),
            });
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
