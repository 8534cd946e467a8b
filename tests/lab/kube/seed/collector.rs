//! The cluster's log collector: Fluent Bit, as the CloudWatch add-on installs it.

use serde_json::{Value, json};

use super::{PodSeed, namespace};
use crate::kube::metadata::{name_suffix, new_uid, text};

const NAMESPACE: &str = "amazon-cloudwatch";
const NAME: &str = "fluent-bit";
const IMAGE: &str = "public.ecr.aws/aws-observability/aws-for-fluent-bit:2.32.5";

/// How the collector is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Collector {
    /// It ships what pods say
    Up,
    /// Its pods crash as soon as they are started
    Down,
}

/// The DaemonSet and one pod on each of the nodes, which are Node objects.
pub fn collector(collector: Collector, nodes: &[Value]) -> Vec<Value> {
    let ready = match collector {
        Collector::Up => nodes.len(),
        Collector::Down => 0,
    };
    let labels = json!({"k8s-app": NAME});
    let daemon_set = json!({
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": NAME, "namespace": NAMESPACE, "uid": new_uid(), "labels": labels},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"serviceAccountName": NAME, "containers": [{"name": NAME, "image": IMAGE}]},
            },
        },
        "status": {"currentNumberScheduled": nodes.len(), "desiredNumberScheduled": nodes.len(),
            "numberAvailable": ready, "numberUnavailable": nodes.len() - ready, "numberMisscheduled": 0,
            "numberReady": ready, "observedGeneration": 1, "updatedNumberScheduled": nodes.len()},
    });
    let pods = nodes.iter().map(|node| {
        let name = format!("{NAME}-{}", name_suffix(5));
        let mut pod = PodSeed::running(NAMESPACE, &name, &text(&node["metadata"]["name"]))
            .label("k8s-app", NAME)
            .container(NAME, IMAGE)
            .host_network()
            .ip(&text(&node["status"]["addresses"][0]["address"]))
            .owner(&daemon_set)
            .build();
        if collector == Collector::Down {
            crash(&mut pod);
        }
        pod
    });
    let pods: Vec<Value> = pods.collect();
    let mut objects = vec![namespace(NAMESPACE), daemon_set];
    objects.extend(pods);
    objects
}

/// Its container waits to be started once more.
fn crash(pod: &mut Value) {
    let conditions = pod["status"]["conditions"].as_array_mut();
    for condition in conditions.into_iter().flatten() {
        if matches!(
            condition["type"].as_str(),
            Some("Ready" | "ContainersReady")
        ) {
            condition["status"] = json!("False");
        }
    }
    let status = &mut pod["status"]["containerStatuses"][0];
    status["ready"] = json!(false);
    status["started"] = json!(false);
    status["state"] = json!({"waiting": {"reason": "CrashLoopBackOff",
        "message": format!("back-off 5m0s restarting failed container={NAME}")}});
    status["lastState"] = json!({"terminated": {"exitCode": 137, "reason": "OOMKilled"}});
}
