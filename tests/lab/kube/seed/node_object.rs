//! The Node object that a [`NodeSeed`] stands for.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::NodeSeed;
use crate::kube::metadata::{new_uid, time};

impl NodeSeed {
    /// The Node object.
    pub fn build(self) -> Value {
        let now = Timestamp::now();
        let mut spec = json!({});
        if !self.provider_id.is_empty() {
            spec["providerID"] = json!(self.provider_id);
        }
        if !self.ready {
            spec["taints"] =
                json!([{"key": "node.kubernetes.io/unreachable", "effect": "NoSchedule"}]);
        }
        json!({
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {
                "name": self.name,
                "uid": new_uid(),
                "creationTimestamp": time(now - SignedDuration::from_hours(72)),
                "labels": self.all_labels(),
                "annotations": self.all_annotations(),
            },
            "spec": spec,
            "status": self.status(now),
        })
    }

    fn all_labels(&self) -> Value {
        let mut labels = json!({
            "kubernetes.io/hostname": self.name,
            "kubernetes.io/os": "linux",
            "kubernetes.io/arch": "amd64",
            "node.kubernetes.io/instance-type": self.instance_type,
        });
        if !self.zone.is_empty() {
            labels["topology.kubernetes.io/zone"] = json!(self.zone);
            labels["topology.kubernetes.io/region"] =
                json!(self.zone.trim_end_matches(char::is_alphabetic));
        }
        for (key, value) in &self.labels {
            labels[key] = json!(value);
        }
        labels
    }

    fn all_annotations(&self) -> Value {
        let mut annotations = json!({"node.alpha.kubernetes.io/ttl": "0"});
        if let Some(id) = &self.instance_id {
            let drivers = json!({"ebs.csi.aws.com": id, "efs.csi.aws.com": id});
            annotations["csi.volume.kubernetes.io/nodeid"] = json!(drivers.to_string());
        }
        for (key, value) in &self.annotations {
            annotations[key] = json!(value);
        }
        annotations
    }

    fn status(&self, now: Timestamp) -> Value {
        let (ready, reason, message) = if self.ready {
            ("True", "KubeletReady", "kubelet is posting ready status")
        } else {
            (
                "Unknown",
                "NodeStatusUnknown",
                "Kubelet stopped posting node status.",
            )
        };
        let capacity = json!({"cpu": self.cpus.to_string(), "memory": "7934464Ki", "pods": "29",
            "ephemeral-storage": "20624592Ki"});
        json!({
            "addresses": [
                {"type": "InternalIP", "address": self.internal_ip},
                {"type": "InternalDNS", "address": self.name},
                {"type": "Hostname", "address": self.name},
            ],
            "capacity": capacity,
            "allocatable": capacity,
            "conditions": [{"type": "Ready", "status": ready, "reason": reason, "message": message,
                "lastHeartbeatTime": time(now),
                "lastTransitionTime": time(now - SignedDuration::from_hours(72))}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": {
                "architecture": "amd64",
                "bootID": self.boot_id,
                "containerRuntimeVersion": self.container_runtime(),
                "kernelVersion": self.kernel,
                "kubeProxyVersion": self.kubelet_version,
                "kubeletVersion": self.kubelet_version,
                "machineID": new_uid().replace('-', ""),
                "operatingSystem": "linux",
                "osImage": self.os_image,
                "systemUUID": format!("ec2{}", new_uid().split_off(3)),
            },
        })
    }

    fn container_runtime(&self) -> &'static str {
        if self.os_image.starts_with("Bottlerocket") {
            "containerd://2.0.6+bottlerocket"
        } else {
            "containerd://1.7.27"
        }
    }
}
