//! Services with their Endpoints and EndpointSlices.

use serde_json::{Value, json};

use super::owner_reference;
use crate::kube::metadata::{name_suffix, new_uid};

/// A service to be built; ClusterIP unless said otherwise.
#[derive(Debug, Clone)]
pub struct ServiceSeed {
    namespace: String,
    name: String,
    cluster_ip: String,
    kind: String,
    ports: Vec<(u16, u16)>,
    backends: Vec<Value>,
}

impl ServiceSeed {
    /// A service that selects `app=NAME`; `None` as address makes it headless.
    pub fn new(namespace: &str, name: &str, cluster_ip: &str) -> Self {
        Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            cluster_ip: cluster_ip.to_owned(),
            kind: "ClusterIP".to_owned(),
            ports: Vec::new(),
            backends: Vec::new(),
        }
    }

    /// One more TCP port and the port that it leads to.
    #[must_use]
    pub fn port(mut self, port: u16, target: u16) -> Self {
        self.ports.push((port, target));
        self
    }

    /// A pod behind the service.
    #[must_use]
    pub fn backend(mut self, pod: &Value) -> Self {
        self.backends.push(pod.clone());
        self
    }

    /// `NodePort` or `LoadBalancer`: each port gets a node port from 30080 on.
    #[must_use]
    pub fn kind(mut self, kind: &str) -> Self {
        kind.clone_into(&mut self.kind);
        self
    }

    /// The Service, its Endpoints and its EndpointSlice.
    pub fn build(self) -> Vec<Value> {
        let service = self.service();
        let slice = self.slice(&service);
        vec![self.endpoints(), slice, service]
    }

    fn service(&self) -> Value {
        let ports: Vec<Value> = (30080_u16..)
            .zip(&self.ports)
            .map(|(node_port, (port, target))| {
                let mut entry = json!({"name": format!("port-{port}"), "port": port, "protocol": "TCP", "targetPort": target});
                if self.kind != "ClusterIP" {
                    entry["nodePort"] = json!(node_port);
                }
                entry
            })
            .collect();
        json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": self.name, "namespace": self.namespace, "uid": new_uid()},
            "spec": {"type": self.kind, "clusterIP": self.cluster_ip, "clusterIPs": [self.cluster_ip],
                "selector": {"app": self.name}, "ports": ports},
            "status": {"loadBalancer": {}},
        })
    }

    fn slice(&self, service: &Value) -> Value {
        let endpoints: Vec<Value> = self
            .backends
            .iter()
            .map(|pod| {
                json!({"addresses": [pod["status"]["podIP"]], "nodeName": pod["spec"]["nodeName"],
                    "conditions": {"ready": true, "serving": true, "terminating": false},
                    "targetRef": target_of(pod)})
            })
            .collect();
        json!({
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "addressType": "IPv4",
            "metadata": {
                "name": format!("{}-{}", self.name, name_suffix(5)),
                "namespace": self.namespace,
                "uid": new_uid(),
                "labels": {"kubernetes.io/service-name": self.name,
                    "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"},
                "ownerReferences": [owner_reference(service)],
            },
            "endpoints": endpoints,
            "ports": self.target_ports(),
        })
    }

    fn endpoints(&self) -> Value {
        let addresses: Vec<Value> = self
            .backends
            .iter()
            .map(|pod| {
                json!({"ip": pod["status"]["podIP"], "nodeName": pod["spec"]["nodeName"], "targetRef": target_of(pod)})
            })
            .collect();
        let mut endpoints = json!({"apiVersion": "v1", "kind": "Endpoints",
            "metadata": {"name": self.name, "namespace": self.namespace, "uid": new_uid()}});
        if !addresses.is_empty() {
            endpoints["subsets"] = json!([{"addresses": addresses, "ports": self.target_ports()}]);
        }
        endpoints
    }

    fn target_ports(&self) -> Vec<Value> {
        let entry = |(port, target): &(u16, u16)| json!({"name": format!("port-{port}"), "port": target, "protocol": "TCP"});
        self.ports.iter().map(entry).collect()
    }
}

fn target_of(pod: &Value) -> Value {
    let metadata = &pod["metadata"];
    json!({"kind": "Pod", "namespace": metadata["namespace"], "name": metadata["name"], "uid": metadata["uid"]})
}
