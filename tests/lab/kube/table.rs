//! Tables, as `kubectl get` prints them: full columns for pods and nodes, name and age for all.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::kube::content::metadata_only;
use crate::kube::metadata::text;
use crate::kube::resources::Resource;

type Cell = fn(&Value) -> Value;

/// Title, priority (1: only with `-o wide`), value.
type Column = (&'static str, u8, Cell);

const POD: &[Column] = &[
    ("Name", 0, name),
    ("Ready", 0, ready_containers),
    ("Status", 0, pod_status),
    ("Restarts", 0, restarts),
    ("Age", 0, age),
    ("IP", 1, |pod| or_none(&pod["status"]["podIP"])),
    ("Node", 1, |pod| or_none(&pod["spec"]["nodeName"])),
];

const NODE: &[Column] = &[
    ("Name", 0, name),
    ("Status", 0, node_status),
    ("Roles", 0, |_| json!("<none>")),
    ("Age", 0, age),
    ("Version", 0, |node| {
        node["status"]["nodeInfo"]["kubeletVersion"].clone()
    }),
    ("Internal-IP", 1, internal_ip),
    ("OS-Image", 1, |node| {
        node["status"]["nodeInfo"]["osImage"].clone()
    }),
    ("Kernel-Version", 1, |node| {
        node["status"]["nodeInfo"]["kernelVersion"].clone()
    }),
    ("Container-Runtime", 1, |node| {
        node["status"]["nodeInfo"]["containerRuntimeVersion"].clone()
    }),
];

const EVENT: &[Column] = &[
    ("Last Seen", 0, last_seen),
    ("Type", 0, |event| event["type"].clone()),
    ("Reason", 0, |event| event["reason"].clone()),
    ("Object", 0, event_object),
    ("Message", 0, |event| event["message"].clone()),
];

const LEASE: &[Column] = &[
    ("Name", 0, name),
    ("Holder", 0, |lease| lease["spec"]["holderIdentity"].clone()),
    ("Age", 0, age),
];

const BUDGET: &[Column] = &[
    ("Name", 0, name),
    ("Min Available", 0, |budget| {
        or_not_applicable(&budget["spec"]["minAvailable"])
    }),
    ("Max Unavailable", 0, |budget| {
        or_not_applicable(&budget["spec"]["maxUnavailable"])
    }),
    ("Allowed Disruptions", 0, |budget| {
        budget["status"]["disruptionsAllowed"].clone()
    }),
    ("Age", 0, age),
];

const OTHER: &[Column] = &[("Name", 0, name), ("Age", 0, age)];

/// The table of some objects.
pub(crate) fn of(resource: &Resource, objects: &[&Value], metadata: Value) -> Value {
    let columns = match resource.kind {
        "Pod" => POD,
        "Node" => NODE,
        "Event" => EVENT,
        "Lease" => LEASE,
        "PodDisruptionBudget" => BUDGET,
        _ => OTHER,
    };
    let definitions: Vec<Value> = columns.iter().map(|column| definition(column)).collect();
    let rows: Vec<Value> = objects
        .iter()
        .map(|object| {
            let cells: Vec<Value> = columns.iter().map(|(_, _, cell)| cell(object)).collect();
            json!({"cells": cells, "object": metadata_only(object)})
        })
        .collect();
    json!({"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
        "columnDefinitions": definitions, "rows": rows})
}

fn definition((title, priority, _): &Column) -> Value {
    let format = if *title == "Name" { "name" } else { "" };
    json!({"name": title, "type": "string", "format": format, "description": "", "priority": priority})
}

fn name(object: &Value) -> Value {
    object["metadata"]["name"].clone()
}

fn or_none(value: &Value) -> Value {
    if value.is_null() {
        json!("<none>")
    } else {
        value.clone()
    }
}

fn or_not_applicable(value: &Value) -> Value {
    match value {
        Value::Null => json!("N/A"),
        Value::String(_) => value.clone(),
        number => json!(number.to_string()),
    }
}

fn age(object: &Value) -> Value {
    since(&object["metadata"]["creationTimestamp"])
}

fn last_seen(event: &Value) -> Value {
    let times = [
        &event["lastTimestamp"],
        &event["eventTime"],
        &event["metadata"]["creationTimestamp"],
    ];
    times
        .into_iter()
        .find(|time| !time.is_null())
        .map_or(json!("<unknown>"), since)
}

fn since(time: &Value) -> Value {
    let Ok(then) = text(time).parse::<Timestamp>() else {
        return json!("<unknown>");
    };
    let seconds = Timestamp::now().duration_since(then).as_secs().max(0);
    json!(match seconds {
        0..120 => format!("{seconds}s"),
        120..7200 => format!("{}m", seconds / 60),
        7200..172_800 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86400),
    })
}

fn container_statuses(pod: &Value) -> &[Value] {
    pod["status"]["containerStatuses"]
        .as_array()
        .map_or(&[], Vec::as_slice)
}

fn ready_containers(pod: &Value) -> Value {
    let ready = container_statuses(pod)
        .iter()
        .filter(|status| status["ready"] == true)
        .count();
    let all = pod["spec"]["containers"].as_array().map_or(0, Vec::len);
    json!(format!("{ready}/{all}"))
}

fn restarts(pod: &Value) -> Value {
    let counts = container_statuses(pod)
        .iter()
        .filter_map(|status| status["restartCount"].as_u64());
    json!(counts.sum::<u64>().to_string())
}

fn pod_status(pod: &Value) -> Value {
    let reason = &pod["status"]["reason"];
    if reason.is_null() {
        pod["status"]["phase"].clone()
    } else {
        reason.clone()
    }
}

fn node_status(node: &Value) -> Value {
    let conditions = node["status"]["conditions"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let ready = conditions
        .iter()
        .any(|c| c["type"] == "Ready" && c["status"] == "True");
    let mut status = if ready { "Ready" } else { "NotReady" }.to_owned();
    if node["spec"]["unschedulable"] == true {
        status.push_str(",SchedulingDisabled");
    }
    json!(status)
}

fn internal_ip(node: &Value) -> Value {
    let addresses = node["status"]["addresses"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let internal = addresses
        .iter()
        .find(|address| address["type"] == "InternalIP");
    internal.map_or(json!("<none>"), |address| address["address"].clone())
}

fn event_object(event: &Value) -> Value {
    let object = &event["involvedObject"];
    json!(format!(
        "{}/{}",
        text(&object["kind"]).to_lowercase(),
        text(&object["name"])
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kube::resources::by_plural;

    #[test]
    fn a_pod_becomes_a_row() {
        let pod = json!({"metadata": {"name": "web-1"}, "spec": {"containers": [{}], "nodeName": "n1"},
            "status": {"phase": "Running", "containerStatuses": [{"ready": true, "restartCount": 2}]}});
        let table = of(by_plural("pods").expect("pods"), &[&pod], json!({}));
        let cells = &table["rows"][0]["cells"];
        assert_eq!(
            cells,
            &json!(["web-1", "1/1", "Running", "2", "<unknown>", "<none>", "n1"])
        );
    }
}
