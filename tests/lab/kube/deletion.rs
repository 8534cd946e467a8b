//! How objects go: most at once, pods on a node when their node has stopped them.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::kube::budget::is_going;
use crate::kube::metadata::{text, time};
use crate::kube::service::Api;
use crate::kube::store::{Key, Store};

/// How the nodes stop pods that are deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopping {
    /// At once, so that a deleted pod is gone when its deletion is answered.
    AtOnce,
    /// After this time, or after the pod's grace period if that is shorter.
    After(Duration),
    /// Never: the node does not answer, and its pods stay `Terminating`.
    Never,
}

/// How the nodes stop pods, as it is now.
#[derive(Debug)]
pub(crate) struct Nodes(Mutex<Stopping>);

impl Default for Nodes {
    fn default() -> Self {
        Self(Mutex::new(Stopping::AtOnce))
    }
}

impl Nodes {
    pub(crate) fn set(&self, stopping: Stopping) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = stopping;
    }

    fn stopping(&self) -> Stopping {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Deletes a present object. Returns it as it waits for its node, or nothing when it is gone.
pub(crate) fn delete(
    api: &Arc<Api>,
    store: &mut Store,
    key: &Key,
    object: &Value,
    options: &Value,
) -> Option<Value> {
    let grace = grace_seconds(key, object, options);
    let stopping = api.nodes.stopping();
    if grace == 0 || stopping == Stopping::AtOnce {
        store.delete(key, options["propagationPolicy"] == "Orphan");
        return None;
    }
    if is_going(object) {
        return Some(object.clone());
    }
    let mut going = object.clone();
    let end = Timestamp::now() + SignedDuration::from_secs(grace);
    going["metadata"]["deletionTimestamp"] = json!(time(end));
    going["metadata"]["deletionGracePeriodSeconds"] = json!(grace);
    let going = store.put(key.clone(), going);
    if let Stopping::After(time) = stopping {
        let longest = Duration::from_secs(grace.unsigned_abs());
        stop_later(Arc::downgrade(api), key.clone(), &going, time.min(longest));
    }
    Some(going)
}

/// The seconds that a pod has to stop in; 0 for whatever no node runs.
fn grace_seconds(key: &Key, object: &Value, options: &Value) -> i64 {
    let ended = matches!(
        object["status"]["phase"].as_str(),
        Some("Succeeded" | "Failed")
    );
    if key.plural != "pods" || object["spec"]["nodeName"].is_null() || ended {
        return 0;
    }
    let asked = options["gracePeriodSeconds"].as_i64();
    let own = object["spec"]["terminationGracePeriodSeconds"].as_i64();
    asked.or(own).unwrap_or(30).max(0)
}

/// A thread of its own, as the server's runtime ends when the API goes down.
fn stop_later(api: Weak<Api>, key: Key, pod: &Value, after: Duration) {
    let uid = text(&pod["metadata"]["uid"]);
    thread::spawn(move || {
        thread::sleep(after);
        let Some(api) = api.upgrade() else { return };
        let mut store = api.store();
        let same = |present: &Value| present["metadata"]["uid"] == uid.as_str();
        if store.get(&key).is_some_and(same) {
            store.delete(&key, false);
        }
    });
}
