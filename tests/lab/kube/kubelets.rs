//! What the kubelets of a lab do with pods that are created for their node by name: they run them, or say
//! why not, and end them when their time is over.

use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::kube::metadata::{text, time};
use crate::kube::service::Api;
use crate::kube::store::Key;

/// Until a pod runs, and between two attempts to pull its image.
const SOON: Duration = Duration::from_millis(150);
/// How an image is called that no registry has.
const MISSING: &str = "missing";

/// Runs a new pod, where there is a kubelet that does. On a thread of its own, as the server's runtime ends
/// when the API goes down.
pub(crate) fn run(api: &Arc<Api>, pod: &Value) {
    let node = text(&pod["spec"]["nodeName"]);
    if api.kubelets.of(&node).is_none() {
        return;
    }
    let life = Life {
        api: Arc::downgrade(api),
        key: Key::new(
            "pods",
            &text(&pod["metadata"]["namespace"]),
            &text(&pod["metadata"]["name"]),
        ),
        uid: text(&pod["metadata"]["uid"]),
    };
    let pod = pod.clone();
    thread::spawn(move || life.live(&pod));
}

/// One pod on its node.
struct Life {
    api: Weak<Api>,
    key: Key,
    uid: String,
}

impl Life {
    fn live(&self, pod: &Value) {
        thread::sleep(SOON);
        let image = text(&pod["spec"]["containers"][0]["image"]);
        if image.contains(MISSING) {
            let why = format!(
                "failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": {image}: not found"
            );
            self.set(&waiting(pod, "ErrImagePull", &why));
            thread::sleep(SOON);
            let again = format!("Back-off pulling image \"{image}\"");
            self.set(&waiting(pod, "ImagePullBackOff", &again));
            return;
        }
        let now = time(Timestamp::now());
        let running = json!({"running": {"startedAt": now}});
        let status = json!({"phase": "Running", "startTime": now, "podIP": "10.0.1.77",
            "containerStatuses": [status(pod, true, running)]});
        self.set(&status);
        let Some(lease) = pod["spec"]["activeDeadlineSeconds"].as_u64() else {
            return;
        };
        let end = Instant::now() + Duration::from_secs(lease);
        while Instant::now() < end {
            thread::sleep(SOON);
            if !self.is_there() {
                return;
            }
        }
        self.set(&json!({"phase": "Failed", "reason": "DeadlineExceeded",
            "message": "Pod was active on the node longer than the specified deadline"}));
    }

    fn is_there(&self) -> bool {
        let api = self.api.upgrade();
        api.is_some_and(|api| {
            let store = api.store();
            let pod = store.get(&self.key);
            pod.is_some_and(|pod| pod["metadata"]["uid"] == self.uid.as_str())
        })
    }

    /// Writes the pod's status, where it is still this one.
    fn set(&self, status: &Value) {
        let Some(api) = self.api.upgrade() else {
            return;
        };
        let mut store = api.store();
        let present = store.get(&self.key).cloned();
        if let Some(mut pod) = present.filter(|pod| pod["metadata"]["uid"] == self.uid.as_str()) {
            pod["status"] = status.clone();
            store.put(self.key.clone(), pod);
        }
    }
}

fn waiting(pod: &Value, reason: &str, message: &str) -> Value {
    let state = json!({"waiting": {"reason": reason, "message": message}});
    json!({"phase": "Pending", "containerStatuses": [status(pod, false, state)]})
}

fn status(pod: &Value, is_ready: bool, state: Value) -> Value {
    let container = &pod["spec"]["containers"][0];
    json!({"name": container["name"], "image": container["image"], "imageID": "", "ready": is_ready,
        "restartCount": 0, "state": state})
}
