//! The objects of the lab's cluster. Whatever is said twice, once by the cluster and once by a
//! node itself (addresses, uids, boot ids, CPUs), is taken from one place.
//!
//! The cast: the Deployment `shop/checkout` with a pod on each node, whose connections go to a
//! database at 10.0.9.4:5432 outside of the cluster (the Service `shop/db`), and kube-proxy.

use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::account::instance_type;
use super::plan::ZONE;
use crate::kube::seed::{
    self, Collector, Deployment, KubeProxySeed, NodeSeed, PodSeed, ServiceSeed,
};
use crate::node::network::OUTSIDE;
use crate::node::{Node, PodConfig};

const NAMESPACE: &str = "shop";
const CLIENT: &str = "checkout";
const CLIENT_IMAGE: &str = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout:4.2.0";
const TEMPLATE_HASH: &str = "7d9f5c";
/// The end of the name of each node's client pod: `x2vqz` on the first one.
const POD_SUFFIX: &str = "x2vq";
const POD_SUFFIX_ENDS: &str = "zbcdfghjklmnpqrstvwx2456789";
/// The last number of the first pod's address; those of the others count on.
const FIRST_POD: usize = 101;
/// How long ago the pods were put on their nodes.
const POD_AGE: SignedDuration = SignedDuration::from_mins(30);

/// Everything that the cluster holds, but for its namespaces `default` and `kube-*`.
pub(super) fn objects(
    nodes: &[Node],
    kube_proxy: &KubeProxySeed,
    collector: Option<Collector>,
) -> Result<Vec<Value>> {
    let node_objects: Vec<Value> = nodes.iter().map(node_object).collect::<Result<_>>()?;
    let names: Vec<&str> = nodes
        .iter()
        .map(|node| node.config().name.as_str())
        .collect();
    let clients = clients(&names);
    let scheduled = clients.pods.iter().zip(&names);
    let events: Vec<Value> = scheduled
        .map(|(pod, node)| seed::event_scheduled(pod, node, Timestamp::now() - POD_AGE))
        .collect();
    let service = clients.pods.iter().fold(
        ServiceSeed::new(NAMESPACE, CLIENT, "172.20.41.3").port(80, 8080),
        ServiceSeed::backend,
    );
    let mut objects = vec![seed::namespace(NAMESPACE)];
    objects.extend(service.build());
    objects.extend(clients.into_objects());
    objects.extend(events);
    objects.extend(database());
    objects.extend(seed::kube_proxy(kube_proxy, &node_objects));
    objects.extend(collector.map_or(Vec::new(), |how| seed::collector(how, &node_objects)));
    objects.extend(node_objects);
    Ok(objects)
}

/// What a node has to know of a pod; `None` for an object that is no pod on the node `name`.
pub(super) fn pod_on(name: &str, object: &Value) -> Option<Result<PodConfig>> {
    let here = object["kind"] == "Pod" && object["spec"]["nodeName"] == name;
    here.then(|| pod_config(object))
}

/// A pod's object as its node knows the pod.
pub(super) fn pod_config(pod: &Value) -> Result<PodConfig> {
    let field = |pointer: &str| {
        let text = pod.pointer(pointer).and_then(Value::as_str);
        text.map(str::to_owned)
            .with_context(|| format!("a pod without {pointer}"))
    };
    Ok(PodConfig {
        namespace: field("/metadata/namespace")?,
        name: field("/metadata/name")?,
        uid: field("/metadata/uid")?,
        ip: field("/status/podIP")?.parse().context("a pod's address")?,
        host_network: pod["spec"]["hostNetwork"] == true,
    })
}

fn node_object(node: &Node) -> Result<Value> {
    let config = node.config();
    Ok(NodeSeed::bottlerocket(&config.name, &config.instance_id)
        .zone(ZONE)
        .instance_type(&instance_type(config.cpus))
        .internal_ip(&config.address.to_string())
        .cpus(config.cpus)
        .os_image(&format!(
            "Bottlerocket OS {} (aws-k8s-1.33)",
            config.os_version
        ))
        .boot_id(&node.boot_id()?)
        .build())
}

/// The Deployment whose pods open all the connections.
fn clients(nodes: &[&str]) -> Deployment {
    let mut clients =
        seed::deployment_with_hash(NAMESPACE, CLIENT, CLIENT_IMAGE, TEMPLATE_HASH, nodes);
    let set = clients.replica_set.clone();
    let places = nodes.iter().zip(POD_SUFFIX_ENDS.chars()).zip(FIRST_POD..);
    let pod = |((node, end), host): ((&&str, char), usize)| {
        let name = format!("{CLIENT}-{TEMPLATE_HASH}-{POD_SUFFIX}{end}");
        PodSeed::running(NAMESPACE, &name, node)
            .label("app", CLIENT)
            .label("pod-template-hash", TEMPLATE_HASH)
            .container("app", CLIENT_IMAGE)
            .ip(&format!("10.0.1.{host}"))
            .created(Timestamp::now() - POD_AGE)
            .owner(&set)
            .build()
    };
    clients.pods = places.map(pod).collect();
    clients
}

/// A Service without a selector, as one is made for a database that runs elsewhere.
fn database() -> Vec<Value> {
    let ports = json!([{"name": "postgres", "port": 5432, "protocol": "TCP"}]);
    let service = json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "db", "namespace": NAMESPACE},
        "spec": {"type": "ClusterIP", "clusterIP": "172.20.9.4", "clusterIPs": ["172.20.9.4"], "ports": ports},
        "status": {"loadBalancer": {}},
    });
    let slice = json!({
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "addressType": "IPv4",
        "metadata": {"name": "db-1", "namespace": NAMESPACE, "labels": {"kubernetes.io/service-name": "db"}},
        "endpoints": [{"addresses": [OUTSIDE], "conditions": {"ready": true, "serving": true, "terminating": false}}],
        "ports": ports,
    });
    vec![service, slice]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_knows_its_pods_as_the_cluster_does() {
        let clients = clients(&["n1", "n2"]);
        let on_first: Vec<PodConfig> = clients
            .pods
            .iter()
            .filter_map(|pod| pod_on("n1", pod))
            .map(|pod| pod.expect("a whole pod"))
            .collect();
        let [pod] = &on_first[..] else {
            panic!("{on_first:?}")
        };
        assert_eq!(
            (pod.namespace.as_str(), pod.name.as_str()),
            ("shop", "checkout-7d9f5c-x2vqz")
        );
        assert_eq!(pod.ip.to_string(), "10.0.1.101");
        assert_eq!(pod.uid, clients.pods[0]["metadata"]["uid"]);
        assert!(!pod.host_network);
    }

    #[test]
    fn client_pods_lead_to_their_deployment() {
        let clients = clients(&["n1"]);
        assert_eq!(clients.replica_set["metadata"]["name"], "checkout-7d9f5c");
        assert_eq!(
            clients.pods[0]["metadata"]["ownerReferences"][0]["uid"],
            clients.replica_set["metadata"]["uid"]
        );
    }
}
