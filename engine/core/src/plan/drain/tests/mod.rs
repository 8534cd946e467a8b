//! Which pods of a node go, and in which order.

mod course;
mod tenants;

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::action::Evictions;

const WITHIN: Duration = Duration::from_secs(60);
const STRICT: Evictions = Evictions {
    pods_without_controller: false,
    empty_dir_data: false,
    within: WITHIN,
};

/// A pod of the namespace `shop` that a Deployment makes anew; its name is its uid.
fn pod(name: &str) -> Json {
    json!({
        "metadata": {
            "namespace": "shop", "name": name, "uid": name, "labels": {"pod-template-hash": "7d9f"},
            "ownerReferences": [{"kind": "ReplicaSet", "apiVersion": "apps/v1", "name": "web-7d9f",
                "controller": true}],
        },
        "spec": {},
        "status": {"phase": "Running"},
    })
}

/// The same, which has been told to go.
fn going(name: &str) -> Json {
    let mut pod = pod(name);
    pod["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
    pod
}
