//! From what somebody typed to pinned nodes, and to the place where the run happens: pod → node →
//! instance through Kubernetes, region from the node, then account, tags and registration from
//! AWS. Nothing is sent to a node here, and nothing is decided that a contradiction forbids.

mod check;
mod gone;
mod logs;
mod lookup;
mod node;
mod pod;
mod syntax;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use futures::future::{join, try_join_all};
use heeler_core::event::{BootId, InstanceId, NodeGroup, NodeTarget, PodTarget, Where};
use heeler_core::guard::short_caller;

use super::error::{CallError, Cause, PlaceError, TargetError, WorldError};
use super::port::{Aws, Cloud, Cluster};

pub use logs::{
    Container, Former, FoundLogs, LogsAsk, Past, PodLogs, Starts, Traces, find_logs, find_on,
};
pub(crate) use node::cordoned;
pub use syntax::{Ask, NodeName, PodAsk};

/// The doors to the world.
pub struct Doors<'a> {
    /// The cluster of the chosen context, or why there is none; a run over instances needs none.
    pub cluster: Result<Arc<dyn Cluster>, WorldError>,
    /// Whether somebody has named the context.
    pub is_named: bool,
    /// AWS.
    pub cloud: &'a dyn Cloud,
    /// Where the journal saw a pod last, as a sentence; for when nobody else can tell.
    pub last_known: &'a (dyn Fn(&PodAsk) -> Option<String> + Send + Sync),
}

/// Something that people should know and that changes no verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Stable, kebab-case.
    pub code: &'static str,
    /// A sentence.
    pub text: String,
}

/// Where a run takes place and on what.
pub struct Resolved {
    /// Context, account, region, cluster and caller.
    pub place: Where,
    /// The nodes, in the order in which they were named, each once.
    pub targets: Vec<NodeTarget>,
    /// Those among them that no command can reach now, and why.
    pub blocked: Vec<(InstanceId, WorldError)>,
    /// What people should know.
    pub notes: Vec<Note>,
    /// AWS in the nodes' region.
    pub aws: Aws,
    /// Kubernetes; `None` where the run does without it.
    pub cluster: Option<Arc<dyn Cluster>>,
}

impl Resolved {
    /// The nodes that a command can reach, as far as is known.
    pub fn open(&self) -> impl Iterator<Item = &NodeTarget> {
        let reachable = |target: &&NodeTarget| {
            let mut blocked = self.blocked.iter();
            !blocked.any(|(instance, _)| *instance == target.instance)
        };
        self.targets.iter().filter(reachable)
    }
}

/// A node that has been named by somebody who knows.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    node: Option<String>,
    instance: InstanceId,
    region: Option<String>,
    pod: Option<PodTarget>,
    boot: Option<BootId>,
    os_version: Option<String>,
    cpus: Option<u32>,
    node_group: NodeGroup,
    /// What a reboot that has cordoned the node left there.
    cordoned: Option<Note>,
}

impl Found {
    /// An instance of which nothing else is known.
    fn bare(instance: InstanceId) -> Self {
        Found {
            node: None,
            instance,
            region: None,
            pod: None,
            boot: None,
            os_version: None,
            cpus: None,
            node_group: NodeGroup::Unseen,
            cordoned: None,
        }
    }

    fn name(&self) -> &str {
        self.node.as_deref().unwrap_or(self.instance.as_str())
    }
}

/// A node on its way.
enum Lead {
    /// Its instance is known.
    Found(Box<Found>),
    /// Kubernetes gives no answer: EC2 must find it by its name.
    ByName {
        node: NodeName,
        pod: Option<PodTarget>,
        why: String,
    },
}

impl Lead {
    /// What people should know about the way round.
    fn note(&self) -> Option<Note> {
        match self {
            Lead::Found(found) => found.cordoned.clone(),
            Lead::ByName { node, why, .. } => Some(Note {
                code: "node-through-ec2",
                text: format!("{} was looked up in EC2 by its name: {why}", node.as_str()),
            }),
        }
    }
}

/// Finds the nodes and says where they are.
///
/// # Errors
/// When a target can't be used, when place and target contradict each other, or when nobody
/// answers who must.
pub async fn resolve(ask: &Ask, doors: Doors<'_>) -> Result<Resolved, WorldError> {
    ask.check()?;
    let cluster = choose_cluster(ask, &doors)?;
    let mut notes = Vec::new();
    let leads = follow(ask, &doors, cluster.as_ref(), &mut notes).await?;

    let region = check::region(ask, &leads, cluster.as_deref().map(Cluster::context))?;
    let cluster = match check::same_region(region.as_deref(), cluster.as_deref()) {
        Ok(()) => cluster,
        // It is about another cluster, and nobody has said otherwise.
        Err(_) if ask.is_bare() && !doors.is_named => None,
        Err(error) => return Err(error.into()),
    };
    let aws = doors.cloud.enter(region).await?;
    let name = check::cluster_name(ask, cluster.as_deref().map(Cluster::context));
    let known = async {
        let found = lookup::instances(&aws, leads, name.as_deref()).await?;
        let facts = lookup::facts(&aws, &found, &mut notes).await?;
        Ok::<_, WorldError>((found, facts))
    };
    let (caller, known) = join(aws.sts.caller(), known).await;
    // Whose credentials these are comes first: every other refusal may follow from it.
    let caller = caller.map_err(|error| name_profile(error, aws.profile.as_deref()))?;
    check::account(cluster.as_deref().map(Cluster::context), &caller)?;
    let (found, facts) = known?;

    let mut targets = Vec::new();
    let mut blocked = Vec::new();
    for found in unique(found) {
        let verified = check::cluster(&found, &facts, name.as_deref())?;
        if let Err(error) = check::reachable(&found, &facts, &aws.region) {
            blocked.push((found.instance.clone(), error));
        }
        targets.push(target(found, &facts, verified));
    }
    let place = Where {
        context: cluster
            .as_ref()
            .map(|cluster| cluster.context().name.clone()),
        account: caller.account,
        region: aws.region.clone(),
        profile: aws.profile.clone(),
        cluster_named: name.is_some(),
        cluster: name.or_else(|| facts.only_cluster()),
        caller: short_caller(&caller.arn),
        caller_arn: caller.arn,
    };
    Ok(Resolved {
        place,
        targets,
        blocked,
        notes,
        aws,
        cluster,
    })
}

/// Credentials that could not be loaded are those of some profile, which the SDK does not name.
fn name_profile(error: CallError, profile: Option<&str>) -> CallError {
    match (&error.cause, profile) {
        (Cause::NoCredentials(detail), Some(profile)) => error.because(Cause::NoCredentials(
            format!("profile `{profile}`: {detail}"),
        )),
        _ => error,
    }
}

/// The cluster that the run may ask. A run over instances takes the context along where it does
/// not lead elsewhere than `--cluster`.
fn choose_cluster(ask: &Ask, doors: &Doors<'_>) -> Result<Option<Arc<dyn Cluster>>, WorldError> {
    let cluster = match &doors.cluster {
        Ok(cluster) => Arc::clone(cluster),
        Err(_) if ask.pod.is_none() && (ask.nodes.is_empty() || ask.cluster.is_some()) => {
            return Ok(None);
        }
        Err(error) => return Err(error.clone()),
    };
    match (&ask.cluster, &cluster.context().cluster) {
        (Some(asked), Some(found)) if asked != found => {
            if ask.pod.is_none() && ask.nodes.is_empty() {
                return Ok(None);
            }
            Err(PlaceError::ClusterMismatch {
                asked: asked.clone(),
                found: found.clone(),
                context: cluster.context().name.clone(),
            }
            .into())
        }
        // Nobody has said that this context is about the instances' cluster.
        (asked, None) if ask.is_bare() && !(asked.is_some() && doors.is_named) => Ok(None),
        _ => Ok(Some(cluster)),
    }
}

/// Asks Kubernetes for everything that was named, all at once.
async fn follow(
    ask: &Ask,
    doors: &Doors<'_>,
    cluster: Option<&Arc<dyn Cluster>>,
    notes: &mut Vec<Note>,
) -> Result<Vec<Lead>, WorldError> {
    let mut leads = Vec::new();
    if let (Some(pod), Some(cluster)) = (&ask.pod, cluster) {
        leads.push(pod::find(cluster.as_ref(), pod, doors.last_known, notes).await?);
    }
    let named = ask
        .nodes
        .iter()
        .map(|name| node::lead(cluster.map(AsRef::as_ref), name, None));
    leads.extend(try_join_all(named).await?);
    let bare = ask.instances.iter().cloned().map(Found::bare);
    leads.extend(bare.map(|found| Lead::Found(Box::new(found))));
    notes.extend(leads.iter().filter_map(Lead::note));
    Ok(leads)
}

/// The same node may have been named twice; the first naming stands.
fn unique(found: Vec<Found>) -> Vec<Found> {
    let mut seen = std::collections::BTreeSet::new();
    found
        .into_iter()
        .filter(|found| seen.insert(found.instance.clone()))
        .collect()
}

fn target(found: Found, facts: &lookup::Facts, verified: Option<bool>) -> NodeTarget {
    let registered = facts
        .registration(&found.instance)
        .filter(|known| check::is_ours(known));
    NodeTarget {
        os_version: found
            .os_version
            .or_else(|| registered.and_then(|known| known.platform_version.clone())),
        node: found.node,
        instance: found.instance,
        pod: found.pod,
        boot: found.boot,
        cpus: found.cpus,
        cluster_verified: verified,
        node_group: found.node_group,
    }
}

/// A run needs somebody to look at.
fn nothing_named() -> WorldError {
    TargetError::None.into()
}
