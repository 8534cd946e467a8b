//! Pods that Kubernetes has forgotten: what events remember of them, for about an hour, and what is left
//! of them on the nodes.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::StreamExt as _;
use futures::future::join;
use futures::stream::iter;
use heeler_core::logs::{Family, LogPath, PodFolder};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Event;
use tokio::time::timeout;

use super::super::gone;
use super::{Container, Note, PodLogs};
use crate::world::error::{CallError, Cause};
use crate::world::port::{Cluster, ListRef, NodeLogs};

/// Nodes that are asked at once.
const AT_ONCE: usize = 32;
/// In a cluster of more nodes those alone are asked of which something is known.
const MOST_NODES: usize = 200;
/// A node that is well lists a folder at once.
const LIST: Duration = Duration::from_secs(10);

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
}

/// What was found of them.
#[derive(Debug, Default)]
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
    /// Looks for them: two round trips, and one more where something is left.
    pub async fn search(&self, cluster: &dyn Cluster) -> Traces {
        let mut traces = Traces::default();
        let (events, all) = join(self.events(cluster), self.all_nodes(cluster)).await;
        let formers = events.unwrap_or_else(|error| {
            let what = "what events remember of former pods";
            traces
                .unseen
                .push(unlooked("events-unread", what, &error.what()));
            Vec::new()
        });
        let mut nodes = self.nodes.clone();
        nodes.extend(formers.iter().filter_map(|former| former.node.clone()));
        match all {
            Ok(all) if all.len() <= MOST_NODES => nodes.extend(all),
            Ok(all) => {
                let what = "what former pods have left on nodes of which nothing is known";
                let why = format!(
                    "the cluster has {} nodes, and up to {MOST_NODES} are asked",
                    all.len()
                );
                traces.notes.push(unlooked("nodes-unasked", what, &why));
            }
            Err(error) => {
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
        let listed = iter(nodes).map(|node| async move {
            let left = self.left_on(logs, &node).await;
            (node, left)
        });
        let mut listed = listed.buffered(AT_ONCE);
        let mut unasked = BTreeMap::new();
        while let Some((node, left)) = listed.next().await {
            match left {
                Ok(pods) => traces.pods.extend(pods),
                Err(why) => {
                    unasked.insert(node, why);
                }
            }
        }
        traces.settle(formers, unasked, &self.nodes);
        traces
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
        let is_known = |former: &Former| {
            former
                .folder()
                .is_none_or(|folder| self.known.contains(&folder))
        };
        Ok(pods
            .into_values()
            .filter(|former| !is_known(former))
            .collect())
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

    /// Pods whose folders are on a node, and that are not known.
    async fn left_on(&self, logs: &dyn NodeLogs, node: &str) -> Result<Vec<PodLogs>, String> {
        let listed = async |folder: &LogPath| {
            let names = timeout(LIST, logs.list(node, folder)).await;
            match names {
                Ok(Ok(names)) => Ok(names.unwrap_or_default()),
                // A node that has left the cluster has taken its disk along.
                Ok(Err(error)) if matches!(error.cause, Cause::NotFound(_)) => Ok(Vec::new()),
                Ok(Err(error)) => Err(error.what()),
                Err(_) => Err(format!("no answer within {} s", LIST.as_secs())),
            }
        };
        let Some(pods) = LogPath::pods() else {
            return Ok(Vec::new());
        };
        let mut left = Vec::new();
        for folder in listed(&pods)
            .await?
            .iter()
            .filter_map(|name| PodFolder::read(name))
        {
            let is_own = folder.namespace == self.namespace
                && self.families.iter().any(|family| family.has(&folder.name));
            let Some(path) = folder
                .path()
                .filter(|path| is_own && !self.known.contains(path))
            else {
                continue;
            };
            let names = listed(&path).await?;
            let containers = names.iter().filter_map(|name| name.strip_suffix('/'));
            left.push(PodLogs {
                name: format!("{}/{}", folder.namespace, folder.name),
                node: node.to_owned(),
                folder: path,
                containers: containers.map(Container::forgotten).collect(),
            });
        }
        Ok(left)
    }
}

impl Former {
    fn folder(&self) -> Option<LogPath> {
        let (namespace, name) = self.name.split_once('/')?;
        LogPath::of_pod(namespace, name, &self.uid)
    }
}

impl Traces {
    /// What is gone, and of what it can't be told, as its node gave no answer.
    fn settle(
        &mut self,
        formers: Vec<Former>,
        mut unasked: BTreeMap<String, String>,
        own: &[String],
    ) {
        for former in formers {
            let folder = former.folder();
            let is_left = self
                .pods
                .iter()
                .any(|pod| folder.as_ref() == Some(&pod.folder));
            let why = former
                .node
                .as_ref()
                .and_then(|node| Some((node, unasked.get(node)?)));
            match why {
                Some((node, why)) => {
                    let what = format!("what is left on {node} of {}", former.name);
                    self.unseen.push(unlooked("node-unasked", &what, why));
                }
                None if is_left => {}
                None => self.gone.push(former),
            }
        }
        // Pods on these are asked for by themselves, and say so.
        unasked.retain(|node, _| !own.contains(node));
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
