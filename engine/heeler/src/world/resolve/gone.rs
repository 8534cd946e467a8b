//! A pod that is gone: Kubernetes keeps its events for about an hour.

use std::collections::BTreeSet;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Event;

use super::node::typed;
use crate::world::error::{CallError, TargetError, WorldError};
use crate::world::port::{Cluster, ListRef};

/// The scheduler's sentence ends in the node's name.
const SCHEDULED: &str = "Scheduled";

/// What the events know of a pod whose name is, or begins with, `name`.
pub(super) async fn trail(
    cluster: &dyn Cluster,
    namespace: &str,
    name: &str,
) -> Result<Option<TargetError>, WorldError> {
    let events = events(cluster, namespace, "", |pod| pod.starts_with(name)).await?;
    let pods: BTreeSet<&str> = match events.iter().any(|event| subject(event) == name) {
        true => BTreeSet::from([name]),
        false => events.iter().map(subject).collect(),
    };
    let asked = format!("{namespace}/{name}");
    Ok(match (pods.len(), pods.first()) {
        (1, Some(pod)) => {
            let mut own: Vec<&Event> = events
                .iter()
                .filter(|event| subject(event) == *pod)
                .collect();
            own.sort_by_key(|event| time(event));
            Some(remembered(format!("{namespace}/{pod}"), &own))
        }
        (0, _) | (_, None) => None,
        (count, _) => Some(TargetError::SeveralPods {
            pod: asked,
            matches: pods
                .iter()
                .take(10)
                .map(|pod| format!("{pod} (gone)"))
                .collect(),
            count,
        }),
    })
}

/// The events of the pods of a namespace that are wanted; of these fields, too.
pub(super) async fn events(
    cluster: &dyn Cluster,
    namespace: &str,
    fields: &str,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<Vec<Event>, CallError> {
    let fields = format!("involvedObject.kind=Pod{fields}");
    let list = ListRef::core("events", Some(namespace)).fields(fields);
    let mut events = Vec::new();
    for value in cluster.list(&list).await? {
        let operation = format!("list events in namespace {namespace}");
        let event: Event = typed(cluster, &operation, value)?;
        if is_wanted(subject(&event)) {
            events.push(event);
        }
    }
    Ok(events)
}

/// The events of one pod, the latest last.
fn remembered(pod: String, events: &[&Event]) -> TargetError {
    let node = events.iter().rev().find_map(|event| node(event));
    let place = node
        .as_deref()
        .map_or("no event says on which node".to_owned(), |node| {
            format!("it was on {node}")
        });
    let last = events.last().map_or(String::new(), |event| {
        let at = time(event).map_or(String::new(), |at| format!(" at {at}"));
        let reason = event.reason.as_deref().unwrap_or("event");
        let message = event.message.as_deref().unwrap_or_default();
        format!("; last event{at}: {reason}: {message}")
    });
    TargetError::PodGone {
        pod,
        trail: format!("{place}{last}"),
        node,
    }
}

pub(super) fn subject(event: &Event) -> &str {
    event.involved_object.name.as_deref().unwrap_or_default()
}

/// The scheduler fills in `eventTime`, the kubelet the two timestamps.
pub(super) fn time(event: &Event) -> Option<Timestamp> {
    let precise = event.event_time.as_ref().map(|time| time.0);
    let last = event
        .last_timestamp
        .as_ref()
        .or(event.first_timestamp.as_ref())
        .map(|time| time.0);
    let created = event
        .metadata
        .creation_timestamp
        .as_ref()
        .map(|time| time.0);
    last.or(precise).or(created)
}

/// The kubelet names its own host; the scheduler says it in words.
pub(super) fn node(event: &Event) -> Option<String> {
    if event.reason.as_deref() == Some(SCHEDULED) {
        let words = event.message.as_deref()?.trim_end_matches('.');
        return words
            .rsplit(' ')
            .next()
            .filter(|node| !node.is_empty())
            .map(str::to_owned);
    }
    let host = event.source.as_ref()?.host.clone()?;
    (!host.is_empty()).then_some(host)
}
