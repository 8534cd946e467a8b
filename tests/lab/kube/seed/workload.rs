//! Deployments with their ReplicaSets and pods.

use serde_json::{Value, json};

use super::{PodSeed, owner_reference};
use crate::kube::metadata::{name_suffix, new_uid, text};

/// A Deployment and what its controllers made of it.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// The Deployment.
    pub deployment: Value,
    /// The ReplicaSet of the present revision.
    pub replica_set: Value,
    /// The one of the revision before, scaled to 0; it has no pods any more.
    pub old_replica_set: Value,
    /// The pods, named `NAME-HASH-xxxxx`, one on each node.
    pub pods: Vec<Value>,
}

impl Deployment {
    /// Everything, for `KubeLab::add_all`.
    pub fn into_objects(self) -> Vec<Value> {
        let mut objects = vec![self.deployment, self.replica_set, self.old_replica_set];
        objects.extend(self.pods);
        objects
    }
}

/// A rolled-out Deployment with one running pod on each of the named nodes (a name may come
/// twice). Pods have the labels `app` and `pod-template-hash`, and the addresses
/// 10.0.1.101, 10.0.1.102 …
pub fn deployment(namespace: &str, name: &str, image: &str, nodes: &[&str]) -> Deployment {
    deployment_with_hash(namespace, name, image, &name_suffix(10), nodes)
}

/// As [`deployment`], with this hash of the pod template in the names.
pub fn deployment_with_hash(
    namespace: &str,
    name: &str,
    image: &str,
    hash: &str,
    nodes: &[&str],
) -> Deployment {
    let replicas = nodes.len();
    let template = json!({"metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": "app", "image": image}]}});
    let deployment = json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "uid": new_uid(), "labels": {"app": name},
            "annotations": {"deployment.kubernetes.io/revision": "2"}},
        "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template},
        "status": {"observedGeneration": 1, "replicas": replicas, "updatedReplicas": replicas,
            "readyReplicas": replicas, "availableReplicas": replicas},
    });
    let replica_set = replica_set(&deployment, "2", hash, replicas);
    let old_replica_set = self::replica_set(&deployment, "1", &name_suffix(10), 0);
    let pods = (101..).zip(nodes).map(|(host, node)| {
        PodSeed::running(
            namespace,
            &format!("{name}-{hash}-{}", name_suffix(5)),
            node,
        )
        .label("app", name)
        .label("pod-template-hash", hash)
        .container("app", image)
        .ip(&format!("10.0.1.{host}"))
        .owner(&replica_set)
        .build()
    });
    let pods = pods.collect();
    Deployment {
        deployment,
        replica_set,
        old_replica_set,
        pods,
    }
}

fn replica_set(deployment: &Value, revision: &str, hash: &str, replicas: usize) -> Value {
    let name = text(&deployment["metadata"]["name"]);
    let labels = json!({"app": name, "pod-template-hash": hash});
    let mut template = deployment["spec"]["template"].clone();
    template["metadata"]["labels"] = labels.clone();
    json!({
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": format!("{name}-{hash}"),
            "namespace": deployment["metadata"]["namespace"],
            "uid": new_uid(),
            "labels": labels,
            "annotations": {"deployment.kubernetes.io/revision": revision},
            "ownerReferences": [owner_reference(deployment)],
        },
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template},
        "status": {"observedGeneration": 1, "replicas": replicas, "readyReplicas": replicas},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pods_lead_through_the_replica_set_to_the_deployment() {
        let web = deployment("shop", "web", "web:1", &["n1", "n2"]);
        assert_eq!(web.pods.len(), 2);
        for pod in &web.pods {
            assert_eq!(
                pod["metadata"]["ownerReferences"][0]["uid"],
                web.replica_set["metadata"]["uid"]
            );
        }
        for set in [&web.replica_set, &web.old_replica_set] {
            assert_eq!(
                set["metadata"]["ownerReferences"][0]["uid"],
                web.deployment["metadata"]["uid"]
            );
        }
        assert_ne!(
            web.replica_set["metadata"]["name"],
            web.old_replica_set["metadata"]["name"]
        );
    }
}
