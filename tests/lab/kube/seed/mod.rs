//! Objects as real EKS clusters hold them, to fill the lab with.
//!
//! Builders return plain JSON for `KubeLab::add`; nothing here talks to the server, and nothing
//! keeps the objects consistent afterwards.

mod collector;
mod event;
mod kube_proxy;
mod node;
mod node_object;
mod pod;
mod service;
mod workload;

use serde_json::{Value, json};

use crate::kube::managers;

pub use collector::{Collector, collector};
pub use event::{event_killing, event_kubelet, event_scheduled};
pub use kube_proxy::{KubeProxySeed, kube_proxy};
pub use node::NodeSeed;
pub use pod::PodSeed;
pub use service::ServiceSeed;
pub use workload::{Deployment, deployment, deployment_with_hash};

/// A namespace.
pub fn namespace(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
}

/// The namespaces that every cluster is born with.
pub fn standard_namespaces() -> Vec<Value> {
    ["default", "kube-system", "kube-public", "kube-node-lease"]
        .map(namespace)
        .into()
}

/// An object all of whose fields this manager has applied, such as `argocd-controller`.
pub fn applied_by(manager: &str, mut object: Value) -> Value {
    managers::apply_all(&mut object, manager);
    object
}

/// The controlling owner reference to an object that has a uid.
fn owner_reference(owner: &Value) -> Value {
    json!({
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": true,
        "blockOwnerDeletion": true,
    })
}
