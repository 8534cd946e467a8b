//! `/api/v1/nodes/NAME/proxy/PATH`: the API server's way to a node's kubelet. What is counted as
//! long-running has no limit of time: where the kubelet says nothing, only the client ends it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::request::Parts;
use axum::http::{HeaderValue, Method};
use axum::response::Response;

use crate::kube::door::Door;
use crate::kube::request::Verb;
use crate::kube::resources;
use crate::kube::service::Api;
use crate::kube::status::{Answer, Place, Refusal};
use crate::kube::store::Key;
use crate::kubelet::Kubelet;

/// The kubelets that the API server can reach, by the names of their nodes, and the doors at which others can.
#[derive(Debug, Default)]
pub(crate) struct Kubelets(Mutex<BTreeMap<String, (Kubelet, Arc<Door>)>>);

impl Kubelets {
    pub(crate) fn set(&self, node: &str, kubelet: Kubelet, door: Arc<Door>) {
        self.all().insert(node.to_owned(), (kubelet, door));
    }

    pub(crate) fn of(&self, node: &str) -> Option<Kubelet> {
        self.all().get(node).map(|(kubelet, _)| kubelet.clone())
    }

    pub(crate) fn door(&self, node: &str) -> Option<Arc<Door>> {
        self.all().get(node).map(|(_, door)| Arc::clone(door))
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, (Kubelet, Arc<Door>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The node, and the kubelet's path with its slash. `None`: it is no path of a proxy.
pub(crate) fn target(path: &str) -> Option<(&str, &str)> {
    let (node, rest) = path.strip_prefix("/api/v1/nodes/")?.split_once('/')?;
    let rest = rest.strip_prefix("proxy")?;
    let is_end = rest.is_empty() || rest.starts_with('/');
    is_end.then_some((node, if rest.is_empty() { "/" } else { rest }))
}

/// Passes a request on to a node's kubelet.
pub(crate) async fn pass(
    api: &Api,
    user: &str,
    (node, path): (&str, &str),
    parts: &Parts,
) -> Answer<Response> {
    let Some(resource) = resources::find("", "v1", "nodes") else {
        return Err(Refusal::method_not_allowed());
    };
    let verb = match parts.method {
        Method::POST => Verb::Create,
        Method::PUT => Verb::Update,
        Method::PATCH => Verb::Patch,
        Method::DELETE => Verb::Delete,
        _ => Verb::Get,
    };
    if !api.access.allows(user, &verb.to_string(), "nodes/proxy") {
        let place = Place {
            namespace: "",
            name: node,
            subresource: "proxy",
        };
        return Err(Refusal::forbidden(user, verb, resource, place));
    }
    let known = api.store().get(&Key::new("nodes", "", node)).is_some();
    if !known {
        return Err(Refusal::not_found(resource, node));
    }
    let Some(kubelet) = api.kubelets.of(node) else {
        return Err(Refusal::unreachable(
            "dial tcp 10.0.1.23:10250: connect: connection refused",
        ));
    };
    if let Some((after, why)) = kubelet.faults().server_reach().failure() {
        tokio::time::sleep(after).await;
        return Err(Refusal::unreachable(why));
    }
    let mut response = kubelet.answer(&parts.method, path, &parts.headers).await;
    // Where a redirect leads is rewritten where it names a place of the kubelet's own.
    let location = response.headers().get("location");
    let own = location
        .and_then(|place| place.to_str().ok())
        .filter(|place| place.starts_with('/'));
    let own = own.and_then(|place| {
        HeaderValue::from_str(&format!("/api/v1/nodes/{node}/proxy{place}")).ok()
    });
    if let Some(place) = own {
        response.headers_mut().insert("location", place);
    }
    Ok(response)
}
