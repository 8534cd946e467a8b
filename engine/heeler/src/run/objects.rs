//! What a round wants of the Kubernetes API: objects, each asked for once, and the names behind
//! addresses. A failure is the reason for which a look is unseen.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::Duration;

use futures::future::join_all;
use heeler_core::action::KubeGet;
use heeler_core::plan::Bounds;
use heeler_core::value::Why;
use serde_json::Value as Json;
use tokio::time::timeout;

use crate::world::names::{self, Names};
use crate::world::port::ObjectRef;
use crate::world::{CallError, Cause, Cluster};

/// The note that names could not be looked up.
pub const UNNAMED: &str = "addresses-unnamed";

/// Before each further try.
const PAUSE: Duration = Duration::from_millis(500);

/// An object that a look wants, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The object.
    pub get: KubeGet,
    /// How long the look may take, with all its tries.
    pub within: Option<Duration>,
    /// How often it is asked for again where the API gave no answer.
    pub retry: u8,
}

/// The objects of all Kubernetes looks of a wave.
pub struct Objects(BTreeMap<String, Result<Option<Json>, Why>>);

impl Objects {
    /// The object of a look; `None` where the API said that there is none.
    pub fn get(&self, wanted: &Wanted) -> Result<Option<&Json>, Why> {
        match self.0.get(&key(wanted)) {
            Some(Ok(object)) => Ok(object.as_ref()),
            Some(Err(why)) => Err(why.clone()),
            None => Err(Why::NotAsked),
        }
    }
}

/// Asks for all objects at the same time.
pub async fn fetch(
    cluster: Option<&dyn Cluster>,
    wanted: impl Iterator<Item = Wanted>,
    bounds: &Bounds,
) -> Objects {
    let unique: BTreeMap<String, Wanted> = wanted.map(|wanted| (key(&wanted), wanted)).collect();
    let asked = unique.into_iter().map(|(key, wanted)| async move {
        let object = object(cluster, &wanted);
        let answer = match bounds.time(wanted.within) {
            None => object.await,
            Some((limit, late)) => timeout(limit, object).await.unwrap_or(Err(late)),
        };
        (key, answer)
    });
    Objects(join_all(asked).await.into_iter().collect())
}

/// What is said where names could not be looked up.
pub fn unnamed(why: &str) -> String {
    format!("some addresses have no name: {why}")
}

/// The names of the pods and services behind addresses, as far as there are any: an address
/// without a name stays an address.
pub async fn names(cluster: Option<&dyn Cluster>, addresses: BTreeSet<IpAddr>) -> Names {
    let addresses: Vec<IpAddr> = addresses.into_iter().collect();
    match cluster {
        Some(cluster) => names::name_addresses(cluster, &addresses).await,
        None => Names::default(),
    }
}

async fn object(cluster: Option<&dyn Cluster>, wanted: &Wanted) -> Result<Option<Json>, Why> {
    let cluster = cluster.ok_or_else(|| Why::KubernetesDown("there is no kubeconfig".into()))?;
    let get = &wanted.get;
    let reference = ObjectRef {
        api: get.api.clone(),
        resource: get.resource.clone(),
        namespace: get.namespace.clone(),
        name: get.name.clone().unwrap_or_default(),
    };
    let mut tries = 0;
    loop {
        match cluster.get(&reference).await {
            Err(error) if tries < wanted.retry && is_lost(&error) => tries += 1,
            answer => return answer.map_err(|error| why(&error)),
        }
        tokio::time::sleep(PAUSE * tries.into()).await;
    }
}

/// The API gave no answer: everything else would be said again.
fn is_lost(error: &CallError) -> bool {
    matches!(
        error.cause,
        Cause::Unreachable(_) | Cause::TimedOut(_) | Cause::Throttled(_) | Cause::Unavailable(_)
    )
}

fn why(error: &CallError) -> Why {
    match &error.cause {
        Cause::Forbidden(_) => Why::Forbidden(error.call.operation.clone()),
        _ => Why::KubernetesDown(error.what()),
    }
}

fn key(wanted: &Wanted) -> String {
    format!("{wanted:?}")
}

#[cfg(test)]
#[path = "objects_tests.rs"]
mod tests;
