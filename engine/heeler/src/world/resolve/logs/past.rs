//! Pods that Kubernetes has forgotten: what events remember of them, for about an hour, and what is left
//! of them on the nodes.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt as _;
use futures::future::join3;
use futures::stream::iter;
use heeler_core::logs::{Family, LogPath, PodFolder};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Event;
use tokio::time::timeout;

use super::super::gone;
use super::pod::folder_of;
use super::{Note, PodLogs};
use crate::world::error::{CallError, Cause};
use crate::world::port::{Cluster, ListRef, NodeLogs as _};
use crate::world::ways::Ways;

/// Nodes that are asked at once.
const AT_ONCE: usize = 32;
/// In a cluster of more nodes those alone are asked of which something is known.
const MOST_NODES: usize = 200;

/// What is known of pods that there may have been.
#[derive(Debug, Clone)]
pub struct Past {
    /// Their namespace.
    pub(super) namespace: String,
    /// Their names.
    pub(super) families: Vec<Family>,
    /// Folders of pods that are known already.
    pub(super) known: Vec<LogPath>,
    /// Nodes of which it is known that one was there.
    pub(super) nodes: Vec<String>,
    /// All nodes of the cluster are looked at.
    pub(super) is_wide: bool,
    /// The nodes whose logs may be read; `None`: those of all may.
    pub(super) allowed: Option<Vec<String>>,
}

/// What was found of them.
#[derive(Debug, Clone, Default)]
pub struct Traces {
    /// Pods whose files are left.
    pub pods: Vec<PodLogs>,
    /// Pods whose files are gone.
    pub gone: Vec<Former>,
    /// Where nobody could look though something may be there.
    pub unseen: Vec<Note>,
    /// Where nobody has looked, and of which nothing is known.
    pub notes: Vec<Note>,
}

/// A pod that is no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Former {
    /// `shop/checkout-7d9f5c-x2vqz`.
    pub name: String,
    /// Where it was.
    pub node: Option<String>,
    /// When the first thing happened that is remembered.
    pub since: Option<Timestamp>,
    /// The last one.
    pub until: Option<Timestamp>,
    uid: String,
}

impl Past {
    /// Nothing is known of any other pod.
    pub(super) fn unknown() -> Self {
        Past {
            namespace: String::new(),
            families: Vec::new(),
            known: Vec::new(),
            nodes: Vec::new(),
            is_wide: false,
            allowed: None,
        }
    }

    /// The logs of these nodes alone may be read.
    pub fn allow(&mut self, nodes: Vec<String>) {
        self.allowed = Some(nodes);
    }

    /// Looks for them: two round trips, and one more where something is left.
    pub async fn search(&self, cluster: &dyn Cluster) -> Traces {
        let mut traces = Traces::default();
        let asked = join3(
            self.events(cluster),
            self.all_nodes(cluster),
            self.living(cluster),
        );
        let (events, all, living) = asked.await;
        // Of pods that there are nobody may say that they are former ones.
        let living = match living {
            Ok(living) => living,
            Err(error) => {
                let what = "what is left of former pods";
                traces
                    .unseen
                    .push(unlooked("pods-unread", what, &error.what()));
                return traces;
            }
        };
        let mut formers = events.unwrap_or_else(|error| {
            let what = "what events remember of former pods";
            traces
                .unseen
                .push(unlooked("events-unread", what, &error.what()));
            Vec::new()
        });
        formers.retain(|former| {
            former
                .folder()
                .is_some_and(|folder| !living.contains(&folder))
        });
        let mut nodes = self.nodes.clone();
        nodes.extend(formers.iter().filter_map(|former| former.node.clone()));
        let mut is_complete = self.is_wide;
        match all {
            Ok(all) if all.len() <= MOST_NODES => nodes.extend(all),
            Ok(all) => {
                is_complete = false;
                let what = "what former pods have left on nodes of which nothing is known";
                let why = format!(
                    "the cluster has {} nodes, and up to {MOST_NODES} are asked",
                    all.len()
                );
                traces.notes.push(unlooked("nodes-unasked", what, &why));
            }
            Err(error) => {
                is_complete = false;
                let what = "which other nodes there are";
                traces
                    .notes
                    .push(unlooked("nodes-unasked", what, &error.what()));
            }
        }
        nodes.sort();
        nodes.dedup();
        let Some(logs) = cluster.node_logs() else {
            return traces;
        };
        let mut unasked = BTreeMap::new();
        if let Some(allowed) = &self.allowed {
            let barred = nodes.extract_if(.., |node| !allowed.contains(node));
            unasked.extend(barred.map(|node| (node, "its logs may not be read".to_owned())));
        }
        let living = &living;
        let listed = iter(nodes).map(|node| async move {
            let left = self.left_on(logs, &node, living).await;
            (node, left)
        });
        let mut listed = listed.buffered(AT_ONCE);
        while let Some((node, (pods, trouble))) = listed.next().await {
            traces.pods.extend(pods);
            unasked.extend(trouble.map(|why| (node, why)));
        }
        traces.settle(formers, unasked, is_complete);
        traces
    }

    /// The folders of all pods that there are in the namespace.
    async fn living(&self, cluster: &dyn Cluster) -> Result<BTreeSet<LogPath>, CallError> {
        let pods = cluster
            .list(&ListRef::core("pods", Some(&self.namespace)))
            .await?;
        let mut living: BTreeSet<LogPath> = pods.iter().filter_map(folder_of).collect();
        living.extend(self.known.iter().cloned());
        Ok(living)
    }

    /// Pods that are no more, by their events.
    async fn events(&self, cluster: &dyn Cluster) -> Result<Vec<Former>, CallError> {
        let fields = match self.families.as_slice() {
            [Family::Exact(name)] => format!(",involvedObject.name={name}"),
            _ => String::new(),
        };
        let is_wanted = |pod: &str| self.families.iter().any(|family| family.has(pod));
        let mut events = gone::events(cluster, &self.namespace, &fields, is_wanted).await?;
        events.sort_by_key(gone::time);
        let mut pods: BTreeMap<(String, String), Former> = BTreeMap::new();
        for event in &events {
            let uid = event.involved_object.uid.clone().unwrap_or_default();
            let name = gone::subject(event);
            let key = (name.to_owned(), uid.clone());
            let former = pods.entry(key).or_insert_with(|| Former {
                name: format!("{}/{name}", self.namespace),
                node: None,
                since: earliest(event),
                until: None,
                uid,
            });
            former.node = gone::node(event).or_else(|| former.node.take());
            former.until = gone::time(event).max(former.until);
        }
        Ok(pods.into_values().collect())
    }

    async fn all_nodes(&self, cluster: &dyn Cluster) -> Result<Vec<String>, CallError> {
        if !self.is_wide {
            return Ok(Vec::new());
        }
        let nodes = cluster.list(&ListRef::core("nodes", None)).await?;
        let name =
            |node: &serde_json::Value| Some(node.pointer("/metadata/name")?.as_str()?.to_owned());
        Ok(nodes.iter().filter_map(name).collect())
    }

    /// Pods whose folders are on a node and that are no more; and why that is not all, where it is not.
    async fn left_on(
        &self,
        logs: &Ways,
        node: &str,
        living: &BTreeSet<LogPath>,
    ) -> (Vec<PodLogs>, Option<String>) {
        let mut left = Vec::new();
        let pods = match LogPath::pods() {
            Some(pods) => listed(logs, node, &pods).await,
            None => Ok(Vec::new()),
        };
        let pods = match pods {
            Ok(pods) => pods,
            Err(why) => return (left, Some(why)),
        };
        let mut trouble = None;
        for folder in pods.iter().filter_map(|name| PodFolder::read(name)) {
            let is_own = folder.namespace == self.namespace
                && self.families.iter().any(|family| family.has(&folder.name));
            let Some(path) = folder
                .path()
                .filter(|path| is_own && !living.contains(path))
            else {
                continue;
            };
            let names = match listed(logs, node, &path).await {
                Ok(names) => names,
                Err(why) => {
                    trouble = Some(why);
                    continue;
                }
            };
            left.push(PodLogs::left(&folder, (node, path), &names));
        }
        (left, trouble)
    }
}

/// The names in a folder of a node.
async fn listed(logs: &Ways, node: &str, folder: &LogPath) -> Result<Vec<String>, String> {
    let patience = logs.patience(node);
    match timeout(patience, logs.list(node, folder)).await {
        Ok(Ok(names)) => Ok(names.unwrap_or_default()),
        // A node that has left the cluster has taken its disk along.
        Ok(Err(error)) if matches!(error.cause, Cause::NotFound(_)) => Ok(Vec::new()),
        Ok(Err(error)) => Err(error.what()),
        Err(_) => Err(format!("no answer within {} s", patience.as_secs())),
    }
}

impl Former {
    fn folder(&self) -> Option<LogPath> {
        let (namespace, name) = self.name.split_once('/')?;
        LogPath::of_pod(namespace, name, &self.uid)
    }
}

impl Traces {
    /// What is gone, and of what it can't be told, as nobody could look there.
    fn settle(
        &mut self,
        formers: Vec<Former>,
        unasked: BTreeMap<String, String>,
        is_complete: bool,
    ) {
        let is_complete = is_complete && unasked.is_empty();
        for former in formers {
            let folder = former.folder();
            if self
                .pods
                .iter()
                .any(|pod| folder.as_ref() == Some(&pod.folder))
            {
                continue;
            }
            let unlooked_at = match &former.node {
                Some(node) => unasked
                    .get(node)
                    .map(|why| (format!(" on {node}"), why.as_str())),
                None => {
                    (!is_complete).then_some((String::new(), "no event says on which node it was"))
                }
            };
            let Some((place, why)) = unlooked_at else {
                self.gone.push(former);
                continue;
            };
            let what = format!("what is left{place} of {}", former.name);
            self.unseen.push(unlooked("node-unasked", &what, why));
        }
        self.notes.extend(unasked.iter().map(|(node, why)| {
            let what = format!("what former pods have left on {node}, if anything");
            unlooked("node-unasked", &what, why)
        }));
    }
}

fn unlooked(code: &'static str, what: &str, why: &str) -> Note {
    Note {
        code,
        text: format!("not looked: {what}: {why}"),
    }
}

/// An event that was repeated says when that began.
fn earliest(event: &Event) -> Option<Timestamp> {
    let first = event.first_timestamp.as_ref().map(|time| time.0);
    first.or_else(|| gone::time(event))
}
