//! Where logs come from: from a cluster, or from one instance without asking the API server for anything.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::super::args::{Global, LogsArgs};
use super::super::{doors, tell};
use super::find;
use super::wanted::Wanted;
use crate::failure::Failure;
use crate::run::ask::world_failure;
use crate::world::Cluster;
use crate::world::port::{DebugPod, NamedWays, Rung};
use crate::world::resolve::{Ask, FoundLogs, LogsAsk, Note, Traces, find_on};
use crate::world::ways::{InSessions, Ways};

/// Where they come from, and the ways there.
pub(super) struct Whence {
    /// The cluster, or the name of the one node that is asked without it.
    cluster: Result<Arc<dyn Cluster>, String>,
    /// The ways to its nodes.
    pub(super) ways: Arc<Ways>,
}

impl Whence {
    /// What was named, without asking a node for anything.
    ///
    /// # Errors
    /// When there is no such context or instance, or no session may go there.
    pub(super) async fn open(
        global: &Global,
        args: &LogsArgs,
        cancel: &CancellationToken,
    ) -> Result<Self, Failure> {
        let what = args.target.as_deref().or(args.selector.as_deref());
        let reason = format!("heeler logs {}", what.unwrap_or_default());
        if let Some(instance) = &args.instance {
            return on_instance(global, (instance, &reason), cancel).await;
        }
        let debug_pod = args.debug_pod.as_ref().map(|image| DebugPod {
            image: image.clone(),
            namespace: args.debug_namespace.clone(),
        });
        let sessions = || doors::sessions(global, reason);
        let named = NamedWays {
            kubelet: args.through_kubelet,
            sessions: args.through_session.then(sessions),
            debug_pod,
        };
        let cluster = doors::cluster_by(global, named)?;
        let none = || Arc::new(Ways::new(&cluster.context().name, Vec::new()));
        Ok(Whence {
            ways: cluster.node_logs().cloned().unwrap_or_else(none),
            cluster: Ok(cluster),
        })
    }

    /// The cluster, where one is asked.
    pub(super) fn cluster(&self) -> Option<&Arc<dyn Cluster>> {
        self.cluster.as_ref().ok()
    }

    /// Finds the pods, and sees that what they have said may be read.
    ///
    /// # Errors
    /// When there is none, no way is open to it, or it was interrupted.
    pub(super) async fn find(
        &self,
        wanted: &Wanted,
        args: &LogsArgs,
        (notes, cancel): (&mut Vec<Note>, &CancellationToken),
    ) -> Result<FoundLogs, Failure> {
        tokio::select! {
            found = self.look(wanted, args, notes) => found,
            () = cancel.cancelled() => Err(Failure::interrupted("interrupted before anything was found")),
        }
    }

    async fn look(
        &self,
        wanted: &Wanted,
        args: &LogsArgs,
        notes: &mut Vec<Note>,
    ) -> Result<FoundLogs, Failure> {
        let node = match &self.cluster {
            Ok(cluster) => {
                // Neither is made or opened but for nodes of pods that are named.
                let named = args.debug_pod.is_some() || args.through_session;
                let doors = (cluster.as_ref(), self.ways.as_ref());
                return find::allowed(doors, (&wanted.ask, named), notes).await;
            }
            Err(node) => node,
        };
        let LogsAsk::Pod(pod) = &wanted.ask else {
            // It was refused before.
            return Err(super::wanted::pods_alone(args));
        };
        let found = find_on(self.ways.as_ref(), node, pod, notes).await;
        let found = found.map_err(|error| world_failure(&error))?;
        notes.push(Note {
            code: "without-api-server",
            text: format!(
                "{node} is read by the Session Manager stream, and the API server was not asked: which containers \
                 have ended, and how often they were started anew, is known as far as their files say it"
            ),
        });
        Ok(found)
    }

    /// Looks for what is left of former pods; on an instance they are found with the others.
    pub(super) async fn search(&self, found: &FoundLogs) -> Traces {
        match self.cluster() {
            Some(cluster) => found.past.search(cluster.as_ref()).await,
            None => Traces::default(),
        }
    }

    /// Takes back what was made on the way.
    pub(super) async fn tidy(&self) {
        for left in self.ways.tidy().await {
            tell(&format!("warning: {left}"));
        }
    }
}

/// One instance, checked as every other that is named: that it runs, is this cluster's, and that SSM reaches it.
async fn on_instance(
    global: &Global,
    (instance, reason): (&str, &str),
    cancel: &CancellationToken,
) -> Result<Whence, Failure> {
    let (instances, region) = ([instance.to_owned()], global.region.as_deref());
    let ask = Ask::read(None, &[], &instances, region, global.cluster.as_deref());
    let ask = ask.map_err(|error| world_failure(&error))?;
    let named = NamedWays::default();
    let resolved = doors::locate(global, named, (&ask, &|_| None), cancel).await?;
    for note in &resolved.notes {
        tell(&format!("note: {}", note.text));
    }
    let sessions = InSessions::to_one(instance, &resolved, reason);
    let sessions: Arc<dyn Rung> = Arc::new(sessions.map_err(|error| world_failure(&error))?);
    Ok(Whence {
        cluster: Err(instance.to_owned()),
        ways: Arc::new(Ways::new(&resolved.place.region, vec![sessions])),
    })
}
