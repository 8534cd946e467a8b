//! One cluster: its API server, and the ways to its nodes.

use std::sync::Arc;

use kube::config::Kubeconfig;
use serde_json::Value;

use super::client::Link;
use super::context;
use super::debug_pod::DebugPods;
use super::direct::Direct;
use super::proxied::Proxied;
use super::reached::Reached;
use super::rights::{LOG, PROXY, Rights};
use crate::world::error::{PlaceError, WorldError};
use crate::world::port::{
    Answer, Cluster, Context, Evicted, ListRef, NamedWays, ObjectRef, Rung, Shared, User, Write,
};
use crate::world::ways::Ways;

/// Opens a context of the kubeconfig (`KUBECONFIG`, else the usual file) without connecting.
///
/// # Errors
/// When there is no usable kubeconfig or no such context.
pub fn open(context: Option<&str>) -> Result<Arc<dyn Cluster>, WorldError> {
    open_by(context, NamedWays::default())
}

/// The same with ways to nodes that somebody has named.
///
/// # Errors
/// As [`open`].
pub fn open_by(context: Option<&str>, named: NamedWays) -> Result<Arc<dyn Cluster>, WorldError> {
    let unusable = |detail: String| PlaceError::NoContext {
        context: context.map(str::to_owned),
        detail,
    };
    let kubeconfig = Kubeconfig::read().map_err(|error| unusable(error.to_string()))?;
    let context = context::read(&kubeconfig, context)?;
    let link = Arc::new(Link::new(kubeconfig, context));
    let (proxied, to_log) = (Arc::new(Rights::to(PROXY)), Arc::new(Rights::to(LOG)));
    let direct = Direct::new(named.kubelet, Arc::clone(&proxied));
    let mut rungs: Vec<Arc<dyn Rung>> = vec![
        Arc::new(Reached::new(&link, Proxied, Arc::clone(&proxied))),
        Arc::new(Reached::new(&link, direct, to_log)),
    ];
    if let Some(sessions) = named.sessions {
        // The rung asks for objects, and for no way to a node.
        rungs.push(sessions(Arc::new(Adapter::new(&link, Vec::new()))));
    }
    if let Some(wanted) = named.debug_pod {
        rungs.push(Arc::new(DebugPods::new(&link, wanted, proxied)));
    }
    Ok(Arc::new(Adapter::new(&link, rungs)))
}

/// A cluster as the rest of the program sees it.
struct Adapter {
    link: Arc<Link>,
    ways: Arc<Ways>,
}

impl Adapter {
    fn new(link: &Arc<Link>, rungs: Vec<Arc<dyn Rung>>) -> Self {
        Adapter {
            ways: Arc::new(Ways::new(&link.context.name, rungs)),
            link: Arc::clone(link),
        }
    }
}

impl Cluster for Adapter {
    fn context(&self) -> &Context {
        &self.link.context
    }

    fn get<'a>(&'a self, object: &'a ObjectRef) -> Answer<'a, Option<Value>> {
        Box::pin(async move {
            let operation = format!("get {} {}", object.resource, object.full_name());
            self.link
                .object(object)
                .await
                .map_err(|cause| self.link.fail(&operation, cause))
        })
    }

    fn list<'a>(&'a self, list: &'a ListRef) -> Answer<'a, Vec<Value>> {
        Box::pin(self.link.list(list))
    }

    fn shared(&self) -> Option<&dyn Shared> {
        Some(self.link.as_ref())
    }

    fn node_logs(&self) -> Option<&Arc<Ways>> {
        Some(&self.ways)
    }

    fn user(&self) -> Answer<'_, User> {
        Box::pin(async move {
            let operation = "create selfsubjectreviews.authentication.k8s.io";
            self.link
                .introduction()
                .await
                .map_err(|cause| self.link.fail(operation, cause))
        })
    }

    fn may<'a>(&'a self, verb: &'a str, object: &'a ObjectRef) -> Answer<'a, bool> {
        Box::pin(async move {
            let operation = "create selfsubjectaccessreviews.authorization.k8s.io";
            self.link
                .review(verb, object)
                .await
                .map_err(|cause| self.link.fail(operation, cause))
        })
    }

    fn patch<'a>(
        &'a self,
        object: &'a ObjectRef,
        patch: &'a Value,
        write: Write,
    ) -> Answer<'a, Value> {
        Box::pin(async move {
            let operation = format!("patch {} {}", object.resource, object.full_name());
            self.link
                .write(object, patch, write)
                .await
                .map_err(|cause| self.link.fail(&operation, cause))
        })
    }

    fn evict<'a>(&'a self, pod: &'a ObjectRef, uid: &'a str, write: Write) -> Answer<'a, Evicted> {
        Box::pin(async move {
            let operation = format!("create pods/eviction {}", pod.full_name());
            self.link
                .eviction(pod, uid, write)
                .await
                .map_err(|cause| self.link.fail(&operation, cause))
        })
    }
}
