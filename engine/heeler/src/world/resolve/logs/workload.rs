//! The pods of a workload: by its selector and by who controls them, as labels alone may be shared.

use std::collections::BTreeMap;

use futures::future::try_join;
use heeler_core::logs::Family;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta, OwnerReference};
use serde_json::Value;

use super::ask::Kind;
use super::{FoundLogs, Past, PodLogs};
use crate::world::error::{TargetError, WorldError};
use crate::world::port::{Cluster, ListRef, ObjectRef};
use crate::world::resolve::Note;
use crate::world::resolve::node::typed;
use crate::world::resolve::pod::{describe, place};

/// Finds the pods of a workload, or behind a service.
pub(super) async fn find(
    cluster: &dyn Cluster,
    kind: Kind,
    (namespace, name): (&str, &str),
    notes: &mut Vec<Note>,
) -> Result<FoundLogs, WorldError> {
    let what = format!("{} {namespace}/{name}", kind.word());
    let (api, resource) = kind.place();
    let object = ObjectRef {
        api: api.to_owned(),
        resource: resource.to_owned(),
        namespace: Some(namespace.to_owned()),
        name: name.to_owned(),
    };
    let Some(object) = cluster.get(&object).await? else {
        return Err(TargetError::NoWorkload { what }.into());
    };
    let uid = object
        .pointer("/metadata/uid")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let selector = match kind {
        Kind::CronJob => None,
        _ => Some(selector(kind, &object).ok_or(TargetError::NoSelector { what: what.clone() })?),
    };
    let (pods, sets) = pods(
        cluster,
        namespace,
        selector.as_deref(),
        kind == Kind::Deployment,
    )
    .await?;
    let sets: Vec<ObjectMeta> = sets
        .into_iter()
        .filter(|set| controller(set).is_some_and(|owner| owner.uid == uid))
        .collect();
    let families = match kind {
        Kind::Deployment => {
            let sets = sets
                .iter()
                .filter_map(|set| set.name.clone())
                .map(Family::Random);
            sets.chain([Family::Hashed(name.to_owned())]).collect()
        }
        Kind::StatefulSet => vec![Family::Numbered(name.to_owned())],
        Kind::DaemonSet | Kind::ReplicaSet | Kind::Job => vec![Family::Random(name.to_owned())],
        Kind::CronJob => vec![Family::Scheduled(name.to_owned())],
        Kind::Service => return Ok(found((namespace, &what), pods, families_of, notes)),
    };
    let is_own = |pod: &Pod| {
        let Some(owner) = controller(&pod.metadata) else {
            return false;
        };
        match kind {
            Kind::Deployment => sets.iter().any(|set| set.uid.as_ref() == Some(&owner.uid)),
            Kind::CronJob => owner.kind == "Job" && is_scheduled(&owner.name, name),
            _ => owner.uid == uid,
        }
    };
    let pods = pods.into_iter().filter(is_own).collect();
    Ok(found((namespace, &what), pods, |_| families.clone(), notes))
}

/// Finds the pods with certain labels.
pub(super) async fn selected(
    cluster: &dyn Cluster,
    namespace: &str,
    selector: &str,
    notes: &mut Vec<Note>,
) -> Result<FoundLogs, WorldError> {
    let (pods, sets) = pods(cluster, namespace, Some(selector), true).await?;
    let what = format!("pods of {namespace} with {selector}");
    // The ReplicaSets of a Deployment have its pods' labels, those without a pod too.
    let sets: Vec<Family> = sets
        .into_iter()
        .filter_map(|set| set.name)
        .map(Family::Random)
        .collect();
    let families = |pods: &[Pod]| [sets, families_of(pods)].concat();
    Ok(found((namespace, &what), pods, families, notes))
}

/// Pods, and the ReplicaSets with the same labels.
async fn pods(
    cluster: &dyn Cluster,
    namespace: &str,
    selector: Option<&str>,
    with_sets: bool,
) -> Result<(Vec<Pod>, Vec<ObjectMeta>), WorldError> {
    let mut list = ListRef::core("pods", Some(namespace));
    list.labels = selector.map(str::to_owned);
    let sets = ListRef {
        api: "apis/apps/v1".to_owned(),
        resource: "replicasets".to_owned(),
        ..list.clone()
    };
    let sets = async {
        match with_sets {
            true => cluster.list(&sets).await,
            false => Ok(Vec::new()),
        }
    };
    let (pods, sets) = try_join(cluster.list(&list), sets).await?;
    let operation = format!("list pods in namespace {namespace}");
    let pods = pods.into_iter().map(|pod| typed(cluster, &operation, pod));
    let operation = format!("list replicasets in namespace {namespace}");
    let sets = sets.into_iter().map(|mut set| {
        let metadata = set.get_mut("metadata").map(Value::take).unwrap_or_default();
        typed(cluster, &operation, metadata)
    });
    Ok((
        pods.collect::<Result<_, _>>()?,
        sets.collect::<Result<_, _>>()?,
    ))
}

fn found(
    (namespace, what): (&str, &str),
    pods: Vec<Pod>,
    families: impl FnOnce(&[Pod]) -> Vec<Family>,
    notes: &mut Vec<Note>,
) -> FoundLogs {
    let families = families(&pods);
    let mut logs = Vec::new();
    for pod in &pods {
        match (place(pod, &describe(pod, namespace)), PodLogs::of(pod)) {
            (Ok(_), Some(one)) => logs.push(one),
            (Err(error), _) => notes.push(Note {
                code: "pod-pending",
                text: error.what(),
            }),
            (Ok(_), None) => {}
        }
    }
    logs.sort_by(|one, other| one.name.cmp(&other.name));
    let mut nodes: Vec<String> = logs.iter().map(|pod| pod.node.clone()).collect();
    nodes.sort();
    nodes.dedup();
    FoundLogs {
        past: Past {
            namespace: namespace.to_owned(),
            families,
            known: logs.iter().map(|pod| pod.folder.clone()).collect(),
            nodes,
            is_wide: true,
            allowed: None,
        },
        none: logs.is_empty().then(|| TargetError::NoPods {
            what: what.to_owned(),
        }),
        pods: logs,
    }
}

/// The names of pods that those have who made these.
fn families_of(pods: &[Pod]) -> Vec<Family> {
    let mut families = Vec::new();
    for pod in pods {
        let Some(owner) = controller(&pod.metadata) else {
            families.extend(pod.metadata.name.clone().map(Family::Exact));
            continue;
        };
        let family = match owner.kind.as_str() {
            "StatefulSet" => Family::Numbered(owner.name.clone()),
            _ => Family::Random(owner.name.clone()),
        };
        // A Deployment's name is its ReplicaSet's without the hash.
        let hash = pod
            .metadata
            .labels
            .as_ref()
            .and_then(|labels| labels.get("pod-template-hash"));
        let deployment = hash.and_then(|hash| owner.name.strip_suffix(hash)?.strip_suffix('-'));
        families.push(family);
        families.extend(deployment.map(|name| Family::Hashed(name.to_owned())));
    }
    families.dedup();
    families
}

/// Whether a Job is a CronJob's: its name ends in the minutes since 1970.
fn is_scheduled(job: &str, name: &str) -> bool {
    let minutes = job.strip_prefix(name).and_then(|end| end.strip_prefix('-'));
    minutes.is_some_and(|minutes| {
        minutes.len() >= 8 && minutes.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn controller(metadata: &ObjectMeta) -> Option<&OwnerReference> {
    let mut owners = metadata.owner_references.iter().flatten();
    owners.find(|owner| owner.controller == Some(true))
}

/// The labels of its pods, as a request has them; `None`: it has no selector.
fn selector(kind: Kind, object: &Value) -> Option<String> {
    let selector = object.pointer("/spec/selector")?.clone();
    let labels: LabelSelector = match kind {
        Kind::Service => LabelSelector {
            match_labels: serde_json::from_value(selector).ok()?,
            match_expressions: None,
        },
        _ => serde_json::from_value(selector).ok()?,
    };
    let equal: BTreeMap<String, String> = labels.match_labels.unwrap_or_default();
    let mut terms: Vec<String> = equal
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    for term in labels.match_expressions.unwrap_or_default() {
        let (key, values) = (&term.key, term.values.unwrap_or_default().join(","));
        terms.push(match term.operator.as_str() {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "Exists" => key.clone(),
            "DoesNotExist" => format!("!{key}"),
            _ => return None,
        });
    }
    (!terms.is_empty()).then(|| terms.join(","))
}
