//! Pods: running, pending, ended; owned or bare; in the pod or the host network.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::owner_reference;
use crate::kube::metadata::{new_uid, text, time};

/// A pod to be built, with one container.
#[derive(Debug, Clone)]
pub struct PodSeed {
    namespace: String,
    name: String,
    uid: String,
    node: Option<String>,
    ip: String,
    host_network: bool,
    phase: String,
    image: String,
    container: String,
    created: Timestamp,
    labels: Value,
    owner: Option<Value>,
}

impl PodSeed {
    /// A running and ready pod with the address 10.0.1.100.
    pub fn running(namespace: &str, name: &str, node: &str) -> Self {
        Self {
            node: Some(node.to_owned()),
            ip: "10.0.1.100".to_owned(),
            phase: "Running".to_owned(),
            ..Self::pending(namespace, name)
        }
    }

    /// A pod that the scheduler has found no node for.
    pub fn pending(namespace: &str, name: &str) -> Self {
        Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            uid: new_uid(),
            node: None,
            ip: String::new(),
            host_network: false,
            phase: "Pending".to_owned(),
            image: "nginx:1.29".to_owned(),
            container: "app".to_owned(),
            created: Timestamp::now() - SignedDuration::from_mins(30),
            labels: json!({}),
            owner: None,
        }
    }

    /// The pod's address.
    #[must_use]
    pub fn ip(mut self, ip: &str) -> Self {
        ip.clone_into(&mut self.ip);
        self
    }

    /// The pod's uid.
    #[must_use]
    pub fn uid(mut self, uid: &str) -> Self {
        uid.clone_into(&mut self.uid);
        self
    }

    /// One more label.
    #[must_use]
    pub fn label(mut self, key: &str, value: &str) -> Self {
        self.labels[key] = json!(value);
        self
    }

    /// In the host's network; give the node's address with [`PodSeed::ip`].
    #[must_use]
    pub fn host_network(mut self) -> Self {
        self.host_network = true;
        self
    }

    /// Owned by a ReplicaSet, DaemonSet or another controller.
    #[must_use]
    pub fn owner(mut self, owner: &Value) -> Self {
        self.owner = Some(owner_reference(owner));
        self
    }

    /// The container's name and image.
    #[must_use]
    pub fn container(mut self, name: &str, image: &str) -> Self {
        name.clone_into(&mut self.container);
        image.clone_into(&mut self.image);
        self
    }

    /// Another phase: `Pending` (on its node, but not started), `Failed`, `Succeeded`.
    #[must_use]
    pub fn phase(mut self, phase: &str) -> Self {
        phase.clone_into(&mut self.phase);
        self
    }

    /// When the pod was created.
    #[must_use]
    pub fn created(mut self, at: Timestamp) -> Self {
        self.created = at;
        self
    }

    /// The Pod object.
    pub fn build(self) -> Value {
        let mut pod = json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": self.name,
                "namespace": self.namespace,
                "uid": self.uid,
                "creationTimestamp": time(self.created),
                "labels": self.labels,
            },
            "spec": {
                "containers": [{"name": self.container, "image": self.image, "imagePullPolicy": "IfNotPresent",
                    "resources": {}, "terminationMessagePath": "/dev/termination-log"}],
                "restartPolicy": "Always",
            },
            "status": self.status(),
        });
        if let Some(owner) = self.owner {
            pod["metadata"]["generateName"] = json!(format!("{}-", text(&owner["name"])));
            pod["metadata"]["ownerReferences"] = json!([owner]);
        }
        if let Some(node) = self.node {
            pod["spec"]["nodeName"] = json!(node);
        }
        if self.host_network {
            pod["spec"]["hostNetwork"] = json!(true);
        }
        pod
    }

    fn status(&self) -> Value {
        let ready = self.phase == "Running";
        let since = time(self.created);
        if self.node.is_none() {
            return json!({"phase": self.phase, "qosClass": "BestEffort", "conditions": [
                {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "lastTransitionTime": since,
                 "message": "0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod."}]});
        }
        let truth = if ready { "True" } else { "False" };
        let state = match self.phase.as_str() {
            "Running" => json!({"running": {"startedAt": since}}),
            "Succeeded" => {
                json!({"terminated": {"exitCode": 0, "reason": "Completed", "finishedAt": since}})
            }
            "Failed" => {
                json!({"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": since}})
            }
            _ => json!({"waiting": {"reason": "ContainerCreating"}}),
        };
        let mut status = json!({
            "phase": self.phase,
            "qosClass": "BestEffort",
            "startTime": since,
            "conditions": [
                {"type": "PodScheduled", "status": "True", "lastTransitionTime": since},
                {"type": "Initialized", "status": "True", "lastTransitionTime": since},
                {"type": "ContainersReady", "status": truth, "lastTransitionTime": since},
                {"type": "Ready", "status": truth, "lastTransitionTime": since},
            ],
            "containerStatuses": [{"name": self.container, "image": self.image, "imageID": "", "ready": ready,
                "started": ready, "restartCount": 0, "state": state, "lastState": {},
                "containerID": format!("containerd://{}", new_uid().replace('-', "").repeat(2))}],
        });
        if !self.ip.is_empty() {
            status["podIP"] = json!(self.ip);
            status["podIPs"] = json!([{"ip": self.ip}]);
        }
        status
    }
}
