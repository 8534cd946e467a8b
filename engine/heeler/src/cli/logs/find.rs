//! Whose logs they are: found, allowed, and looked for again while they are followed.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::StreamExt as _;
use futures::future::{join, join_all};
use futures::stream::{BoxStream, once, unfold};
use heeler_core::logs::LogPath;
use tokio::time::sleep;

use super::super::args::LogsArgs;
use super::whence::Whence;
use crate::failure::Failure;
use crate::logs::Source;
use crate::run::ask::world_failure;
use crate::world::error::Service;
use crate::world::resolve::{FoundLogs, LogsAsk, Note, PodLogs, Traces, find_logs};
use crate::world::ways::Ways;
use crate::world::{Cluster, WorldError};

/// New pods of what is followed turn up so long after they have started, at most.
const AGAIN: Duration = Duration::from_secs(5);

/// Finds the pods, and sees that their nodes' logs may be read by some way. Where the right is one for some
/// nodes alone, it is asked for once more with each node's name. `named`: only nodes of pods that are there
/// may be read at all, as something is made on them for it.
pub(super) async fn allowed(
    (cluster, ways): (&dyn Cluster, &Ways),
    (ask, named): (&LogsAsk, bool),
    notes: &mut Vec<Note>,
) -> Result<FoundLogs, Failure> {
    let found = find_logs(cluster, ask, notes);
    let (found, may) = join(found, ways.are_open_to_all()).await;
    let found = found.map_err(|error| unfound(&error))?;
    if may.map_err(|error| world_failure(&error.into()))? && !named {
        return Ok(found);
    }
    let mut nodes: Vec<&str> = found.pods.iter().map(|pod| pod.node.as_str()).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let asked = join_all(nodes.iter().map(|node| ways.may_reach(node)));
    for may in asked.await {
        may.map_err(|error| world_failure(&error.into()))?;
    }
    let nodes: Vec<String> = nodes.into_iter().map(str::to_owned).collect();
    match (nodes.is_empty(), &found.none) {
        (true, Some(none)) => Err(world_failure(&none.clone().into())),
        (true, None) => {
            // Not one node's name is known of which the right could be asked for.
            let refused = ways.may_reach("").await;
            refused.map_err(|error| world_failure(&error.into()))?;
            Ok(found)
        }
        (false, _) => {
            let mut found = found;
            found.past.allow(nodes);
            Ok(found)
        }
    }
}

/// Where the API server is silent the node may not be.
fn unfound(error: &WorldError) -> Failure {
    let failure = world_failure(error);
    match error {
        WorldError::Call(call) if call.is_silence() && call.call.service == Service::Kubernetes => {
            let help = "check network and VPN; with the API server down, name the node's instance: heeler logs NS/POD \
                --instance i-… --region … --through-session";
            Failure {
                help: help.to_owned(),
                ..failure
            }
        }
        _ => failure,
    }
}

/// The containers that are wanted of these pods.
pub(super) fn sources(pods: &[PodLogs], args: &LogsArgs) -> Result<Vec<Source>, Failure> {
    let has = |name: &str| {
        pods.iter()
            .any(|pod| pod.containers.iter().any(|one| one.name == name))
    };
    let unknown = args.container.iter().find(|name| !has(name));
    if let Some(unknown) = unknown.filter(|_| !pods.is_empty()) {
        let names = pods.iter().flat_map(|pod| &pod.containers);
        let mut names: Vec<&str> = names.map(|one| one.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let whose: Vec<&str> = pods.iter().map(|pod| pod.name.as_str()).take(3).collect();
        return Err(Failure::usage(
            "unknown-container",
            format!("the pod has no container `{}`", unknown.escape_debug()),
            whose.join(", "),
            format!("it has {}", names.join(", ")),
        ));
    }
    Ok(of(pods, args))
}

/// The same of pods that may have others.
pub(super) fn of(pods: &[PodLogs], args: &LogsArgs) -> Vec<Source> {
    let is_wanted = |name: &String| args.container.is_empty() || args.container.contains(name);
    let of_pod = |pod: &PodLogs| {
        let containers = pod.containers.clone().into_iter();
        let source = |container| Source {
            pod: pod.name.clone(),
            node: pod.node.clone(),
            folder: pod.folder.clone(),
            container,
            previous: args.previous,
        };
        let wanted = containers.filter(|one| is_wanted(&one.name));
        wanted.map(source).collect::<Vec<_>>()
    };
    pods.iter().flat_map(of_pod).collect()
}

/// What turns up later: first what is left of former pods, then, where they are followed, the new ones.
pub(super) fn later<'a>(
    whence: &'a Whence,
    (ask, args): (&'a LogsAsk, &'a LogsArgs),
    found: &'a FoundLogs,
    traces: &'a mut Traces,
) -> BoxStream<'a, Vec<Source>> {
    let known: BTreeSet<(LogPath, String)> = begun(of(&found.pods, args)).iter().map(key).collect();
    let past = once(async move {
        *traces = whence.search(found).await;
        of(&traces.pods, args)
    });
    let Some(cluster) = whence.cluster().filter(|_| args.follow) else {
        return past.boxed();
    };
    let again = unfold(known, move |mut known| async move {
        loop {
            sleep(AGAIN).await;
            // Who can't be asked now is asked again: what is followed goes on meanwhile.
            let found = find_logs(cluster.as_ref(), ask, &mut Vec::new()).await;
            let pods = found.map(|found| found.pods).unwrap_or_default();
            let mut new = begun(of(&pods, args));
            new.retain(|source| !known.contains(&key(source)));
            if !new.is_empty() {
                known.extend(new.iter().map(key));
                return Some((new, known));
            }
        }
    });
    past.chain(again).boxed()
}

fn key(source: &Source) -> (LogPath, String) {
    (source.folder.clone(), source.container.name.clone())
}

/// Those that have a log by now: what was not started has none to follow.
pub(super) fn begun(mut sources: Vec<Source>) -> Vec<Source> {
    sources.retain(|source| source.container.has_begun);
    sources
}
