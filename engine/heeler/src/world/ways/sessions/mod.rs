//! A rung of the ladder through sessions of Session Manager: the admin container prints what the host's disk has. It is
//! taken only where somebody has asked for it, as the account may keep transcripts. It needs neither the API server nor
//! the kubelet; where a node's instance is not named, Kubernetes or EC2 has to know it.

mod files;
mod running;
mod script;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use heeler_core::logs::LogPath;
use serde_json::Value;
use tokio::sync::OnceCell;
use tokio_util::task::TaskTracker;

use self::files::Common;
use self::running::Door;
use crate::world::error::{CallError, WorldError};
use crate::world::port::{Answer, Cloud, Cluster, KubeletPage, NodeLogs, OpenFile, Part, Rung};
use crate::world::resolve::{Ask, Doors, Resolved, resolve};

/// What is followed is looked at so often: each look takes a session or two.
const PACE: Duration = Duration::from_secs(10);
/// To find the instance and to open a session takes longer than a request.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sessions to nodes.
pub struct InSessions {
    common: Common,
    guide: Option<Guide>,
    doors: Mutex<BTreeMap<String, Arc<OnceCell<Found>>>>,
}

/// Where a node is, or why no session may go there.
type Found = Result<Arc<Door>, String>;

/// Who knows the instances of nodes.
pub struct Guide {
    /// Kubernetes.
    pub cluster: Arc<dyn Cluster>,
    /// Whether somebody has named its context.
    pub is_named: bool,
    /// AWS.
    pub cloud: Arc<dyn Cloud>,
    /// The region that was named.
    pub region: Option<String>,
    /// The cluster that was named.
    pub cluster_name: Option<String>,
}

impl Guide {
    async fn find(&self, node: &str) -> Result<Resolved, WorldError> {
        let (region, cluster) = (self.region.as_deref(), self.cluster_name.as_deref());
        let ask = Ask::read(None, &[node.to_owned()], &[], region, cluster)?;
        let doors = Doors {
            cluster: Ok(Arc::clone(&self.cluster)),
            is_named: self.is_named,
            cloud: self.cloud.as_ref(),
            last_known: &|_| None,
        };
        resolve(&ask, doors).await
    }
}

impl InSessions {
    /// To all nodes that somebody knows. The audit keeps the reason.
    pub fn to_nodes(guide: Guide, reason: &str) -> Self {
        InSessions::new(Some(guide), reason)
    }

    /// To one node alone, which was found before, and is called so.
    ///
    /// # Errors
    /// Why no session may go there.
    pub fn to_one(node: &str, resolved: &Resolved, reason: &str) -> Result<Self, WorldError> {
        let sessions = InSessions::new(None, reason);
        let door = door(resolved)?;
        let cell = sessions.cell(node);
        // It is new.
        let _ = cell.set(Ok(Arc::new(door)));
        Ok(sessions)
    }

    fn new(guide: Option<Guide>, reason: &str) -> Self {
        InSessions {
            common: Common {
                tasks: TaskTracker::new(),
                open: Arc::default(),
                reason: reason.into(),
            },
            guide,
            doors: Mutex::default(),
        }
    }

    fn cell(&self, node: &str) -> Arc<OnceCell<Found>> {
        let mut doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(doors.entry(node.to_owned()).or_default())
    }

    /// Where a node is; whoever comes meanwhile waits for the same answer. What may pass is asked again.
    async fn find(&self, node: &str) -> Result<Found, CallError> {
        let cell = self.cell(node);
        let ask = async {
            let Some(guide) = &self.guide else {
                return Ok(Err("another instance was named".to_owned()));
            };
            let found = guide.find(node).await.and_then(|resolved| door(&resolved));
            match found {
                Ok(door) => Ok(Ok(Arc::new(door))),
                Err(WorldError::Call(error)) => Err(error),
                Err(error) => Ok(Err(error.what())),
            }
        };
        cell.get_or_try_init(|| ask).await.cloned()
    }

    /// The same where [`Rung::barred`] has let its caller through.
    async fn door(&self, node: &str) -> Result<Option<Arc<Door>>, CallError> {
        Ok(self.find(node).await?.ok())
    }
}

/// The door to the one node that was found.
fn door(resolved: &Resolved) -> Result<Door, WorldError> {
    if let Some((_, why)) = resolved.blocked.first() {
        return Err(why.clone());
    }
    let target = resolved.targets.first();
    let target = target.ok_or(crate::world::error::TargetError::None)?;
    let streams = Arc::clone(&resolved.aws.streams);
    Ok(Door::new(
        streams,
        target.instance.clone(),
        &resolved.aws.region,
    ))
}

impl NodeLogs for InSessions {
    /// A node can't ask its kubelet.
    fn page<'a>(&'a self, _: &'a str, _: KubeletPage) -> Answer<'a, Option<Value>> {
        Box::pin(async { Ok(None) })
    }

    fn list<'a>(&'a self, node: &'a str, folder: &'a LogPath) -> Answer<'a, Option<Vec<String>>> {
        Box::pin(async move {
            match self.door(node).await? {
                Some(door) => self.common.names(&door, folder).await,
                None => Ok(None),
            }
        })
    }

    fn open<'a>(
        &'a self,
        node: &'a str,
        file: &'a LogPath,
        part: Part,
    ) -> Answer<'a, Option<OpenFile>> {
        Box::pin(async move {
            match self.door(node).await? {
                Some(door) => self.common.file(&door, file, part).await,
                None => Ok(None),
            }
        })
    }
}

impl Rung for InSessions {
    fn name(&self) -> &'static str {
        "Session Manager stream"
    }

    fn right(&self) -> &'static str {
        "ssm:StartSession"
    }

    fn barred<'a>(&'a self, node: Option<&'a str>) -> Answer<'a, Option<String>> {
        Box::pin(async move {
            match node {
                // Nobody wants one to each node of a cluster.
                None => Ok(Some("it is taken where a node is named alone".to_owned())),
                Some(node) => Ok(self.find(node).await?.err()),
            }
        })
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }

    fn pace(&self) -> Duration {
        PACE
    }

    fn tidy(&self) -> BoxFuture<'_, Vec<String>> {
        Box::pin(async move {
            self.common.tasks.close();
            self.common.tasks.wait().await;
            let doors: Vec<Arc<Door>> = {
                let doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
                let found = doors.values().filter_map(|cell| cell.get()?.clone().ok());
                found.collect()
            };
            let left = join_all(doors.iter().map(|door| door.settled())).await;
            left.concat()
        })
    }
}
