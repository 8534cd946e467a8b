//! What a round wants of the Kubernetes API: objects, each asked for once, and the names behind
//! addresses. A failure is the reason for which a look is unseen.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use futures::future::join_all;
use heeler_core::action::KubeGet;
use heeler_core::value::Why;
use serde_json::Value as Json;

use crate::world::names::{self, Names};
use crate::world::port::ObjectRef;
use crate::world::{CallError, Cause, Cluster};

/// The objects of all Kubernetes looks of a wave.
pub struct Objects(BTreeMap<String, Result<Option<Json>, Why>>);

impl Objects {
    /// The object of a look; `None` where the API said that there is none.
    pub fn get(&self, get: &KubeGet) -> Result<Option<&Json>, Why> {
        match self.0.get(&key(get)) {
            Some(Ok(object)) => Ok(object.as_ref()),
            Some(Err(why)) => Err(why.clone()),
            None => Err(Why::NotAsked),
        }
    }
}

/// Asks for all objects at the same time.
pub async fn fetch(
    cluster: Option<&dyn Cluster>,
    wanted: impl Iterator<Item = &KubeGet>,
) -> Objects {
    let unique: BTreeMap<String, &KubeGet> = wanted.map(|get| (key(get), get)).collect();
    let asked = unique
        .into_iter()
        .map(|(key, get)| async move { (key, object(cluster, get).await) });
    Objects(join_all(asked).await.into_iter().collect())
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

async fn object(cluster: Option<&dyn Cluster>, get: &KubeGet) -> Result<Option<Json>, Why> {
    let cluster = cluster.ok_or_else(|| Why::KubernetesDown("there is no kubeconfig".into()))?;
    let reference = ObjectRef {
        api: get.api.clone(),
        resource: get.resource.clone(),
        namespace: get.namespace.clone(),
        name: get.name.clone().unwrap_or_default(),
    };
    cluster.get(&reference).await.map_err(|error| why(&error))
}

fn why(error: &CallError) -> Why {
    match &error.cause {
        Cause::Forbidden(_) => Why::Forbidden(error.call.operation.clone()),
        _ => Why::KubernetesDown(error.what()),
    }
}

fn key(get: &KubeGet) -> String {
    format!("{get:?}")
}
