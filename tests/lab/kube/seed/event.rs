//! Events about pods, as the scheduler and the kubelet write them.
//!
//! The scheduler's have `eventTime` and `reportingComponent`, null timestamps and an empty
//! source; the kubelet's are the other way round, with the node in `source.host`.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::kube::metadata::{micro_time, text, time};

/// `Scheduled`: says on which node a pod was put; it outlives the pod by up to an hour.
pub fn event_scheduled(pod: &Value, node: &str, at: Timestamp) -> Value {
    let metadata = &pod["metadata"];
    let message = format!(
        "Successfully assigned {}/{} to {node}",
        text(&metadata["namespace"]),
        text(&metadata["name"])
    );
    let mut event = event(pod, "Scheduled", &message, at);
    event["action"] = json!("Binding");
    event["eventTime"] = json!(micro_time(at));
    event["reportingComponent"] = json!("default-scheduler");
    event["reportingInstance"] = json!("default-scheduler-ip-172-16-0-10");
    event["source"] = json!({});
    event["firstTimestamp"] = Value::Null;
    event["lastTimestamp"] = Value::Null;
    event
}

/// An event of the node's kubelet: `Pulled`, `Started`, `Killing`, `BackOff` …
pub fn event_kubelet(pod: &Value, reason: &str, message: &str, node: &str, at: Timestamp) -> Value {
    let mut event = event(pod, reason, message, at);
    event["eventTime"] = Value::Null;
    event["reportingComponent"] = json!("kubelet");
    event["reportingInstance"] = json!(node);
    event["source"] = json!({"component": "kubelet", "host": node});
    event["firstTimestamp"] = json!(time(at));
    event["lastTimestamp"] = json!(time(at));
    event["count"] = json!(1);
    event
}

/// `Killing`: the kubelet stops the pod's container.
pub fn event_killing(pod: &Value, node: &str, at: Timestamp) -> Value {
    let container = text(&pod["spec"]["containers"][0]["name"]);
    event_kubelet(
        pod,
        "Killing",
        &format!("Stopping container {container}"),
        node,
        at,
    )
}

fn event(pod: &Value, reason: &str, message: &str, at: Timestamp) -> Value {
    let metadata = &pod["metadata"];
    json!({
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": format!("{}.{:x}", text(&metadata["name"]), at.as_nanosecond() + i128::from(rand::random::<u16>())),
            "namespace": metadata["namespace"],
            "creationTimestamp": time(at),
        },
        "involvedObject": {"apiVersion": "v1", "kind": "Pod", "namespace": metadata["namespace"],
            "name": metadata["name"], "uid": metadata["uid"]},
        "reason": reason,
        "message": message,
        "type": "Normal",
    })
}
