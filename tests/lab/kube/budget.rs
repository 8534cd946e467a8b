//! Disruption budgets: which pods one covers, and the status that upstream's disruption controller
//! would write, brought up to date after every write.
//! Source: Kubernetes' `pkg/controller/disruption`.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::kube::labels::LabelSelector;
use crate::kube::metadata::{text, time};
use crate::kube::store::{Key, Store};

/// The budgets that cover a pod.
pub(crate) fn covering(store: &Store, pod: &Value) -> Vec<Value> {
    let namespace = text(&pod["metadata"]["namespace"]);
    let budgets = store.of("poddisruptionbudgets", &namespace);
    budgets
        .filter(|(_, budget)| selector(budget).is_some_and(|selector| selector.matches(pod)))
        .map(|(_, budget)| budget.clone())
        .collect()
}

/// A budget with one disruption less, by this pod; `None` when it allows none.
pub(crate) fn spent(budget: &Value, pod: &str) -> Option<Value> {
    let allowed = budget["status"]["disruptionsAllowed"].as_i64()?;
    let mut spent = budget.clone();
    spent["status"]["disruptionsAllowed"] = json!((allowed > 0).then(|| allowed - 1)?);
    spent["status"]["disruptedPods"][pod] = json!(time(Timestamp::now()));
    Some(spent)
}

/// Writes the status of every budget that is not what its pods make it.
pub(crate) fn refresh(store: &mut Store) {
    let stale: Vec<(Key, Value)> = store
        .of("poddisruptionbudgets", "")
        .filter_map(|(key, budget)| {
            let mut fresh = budget.clone();
            fresh["status"] = status(store, &key.namespace, budget);
            (&fresh != budget).then(|| (key.clone(), fresh))
        })
        .collect();
    for (key, budget) in stale {
        store.write(key, budget);
    }
}

fn status(store: &Store, namespace: &str, budget: &Value) -> Value {
    let selector = selector(budget);
    let covered = |pod: &Value| selector.as_ref().is_some_and(|one| one.matches(pod));
    let pods: Vec<&Value> = store
        .of("pods", namespace)
        .map(|(_, pod)| pod)
        .filter(|pod| covered(pod) && !has_ended(pod))
        .collect();
    // A pod that was evicted counts no more, until it is gone and forgotten.
    let mut disrupted = budget["status"]["disruptedPods"].clone();
    if let Some(names) = disrupted.as_object_mut() {
        names.retain(|name, _| {
            let evicted = pods
                .iter()
                .find(|pod| pod["metadata"]["name"] == name.as_str());
            evicted.is_some_and(|pod| !is_going(pod))
        });
    }
    let counts = |pod: &&&Value| {
        let name = text(&pod["metadata"]["name"]);
        is_ready(pod) && !is_going(pod) && disrupted.get(&name).is_none()
    };
    let healthy = i64::try_from(pods.iter().filter(counts).count()).unwrap_or_default();
    let (expected, desired) = wanted(store, namespace, &budget["spec"], &pods);
    let allowed = if expected > 0 {
        (healthy - desired).max(0)
    } else {
        0
    };
    let mut status = json!({"currentHealthy": healthy, "desiredHealthy": desired, "expectedPods": expected,
        "disruptionsAllowed": allowed, "observedGeneration": budget["metadata"]["generation"]});
    if disrupted.as_object().is_some_and(|names| !names.is_empty()) {
        status["disruptedPods"] = disrupted;
    }
    let (holds, reason) = if allowed > 0 {
        ("True", "SufficientPods")
    } else {
        ("False", "InsufficientPods")
    };
    let before = &budget["status"]["conditions"][0];
    let since = if before["status"] == holds {
        before["lastTransitionTime"].clone()
    } else {
        json!(time(Timestamp::now()))
    };
    status["conditions"] = json!([{"type": "DisruptionAllowed", "status": holds, "reason": reason,
        "message": "", "lastTransitionTime": since,
        "observedGeneration": budget["metadata"]["generation"]}]);
    status
}

/// How many pods there should be, and how many of them have to be healthy.
fn wanted(store: &Store, namespace: &str, spec: &Value, pods: &[&Value]) -> (i64, i64) {
    let present = i64::try_from(pods.len()).unwrap_or_default();
    let unavailable = &spec["maxUnavailable"];
    let available = &spec["minAvailable"];
    match (unavailable, available) {
        (Value::Null, Value::Null) => (present, 0),
        (Value::Null, Value::Number(least)) => (present, least.as_i64().unwrap_or_default()),
        (Value::Null, share) => {
            let expected = scale(store, namespace, pods);
            (expected, part_of(share, expected))
        }
        (part, _) => {
            let expected = scale(store, namespace, pods);
            (expected, (expected - part_of(part, expected)).max(0))
        }
    }
}

/// The replicas that the pods' controllers want; a pod without one stands for itself.
fn scale(store: &Store, namespace: &str, pods: &[&Value]) -> i64 {
    let mut counted: Vec<&Value> = Vec::new();
    let mut total = 0;
    for pod in pods {
        let owner = &pod["metadata"]["ownerReferences"][0];
        if !owner.is_null() && counted.contains(&owner) {
            continue;
        }
        let set = Key::new("replicasets", namespace, &text(&owner["name"]));
        let replicas = store.get(&set).map(|set| &set["spec"]["replicas"]);
        match replicas.and_then(Value::as_i64) {
            Some(replicas) => {
                counted.push(owner);
                total += replicas;
            }
            None => total += 1,
        }
    }
    total
}

/// A number, or a percentage that is rounded up.
fn part_of(part: &Value, whole: i64) -> i64 {
    let percent = part.as_str().and_then(|text| text.strip_suffix('%'));
    match percent.and_then(|text| text.parse::<i64>().ok()) {
        Some(percent) => (whole * percent + 99) / 100,
        None => part.as_i64().unwrap_or_default(),
    }
}

/// An empty or missing selector covers nothing.
fn selector(budget: &Value) -> Option<LabelSelector> {
    let selector = LabelSelector::of_object(&budget["spec"]["selector"])?;
    (!selector.is_empty()).then_some(selector)
}

fn has_ended(pod: &Value) -> bool {
    matches!(
        pod["status"]["phase"].as_str(),
        Some("Succeeded" | "Failed")
    )
}

/// Whether a pod is being deleted.
pub(crate) fn is_going(pod: &Value) -> bool {
    !pod["metadata"]["deletionTimestamp"].is_null()
}

/// Whether a pod says that it is ready.
pub(crate) fn is_ready(pod: &Value) -> bool {
    let conditions = pod["status"]["conditions"].as_array();
    conditions.is_some_and(|all| {
        all.iter()
            .any(|one| one["type"] == "Ready" && one["status"] == "True")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(name: &str, ready: bool) -> Value {
        json!({"metadata": {"name": name, "namespace": "shop", "labels": {"app": "web"}},
            "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": if ready { "True" } else { "False" }}]}})
    }

    fn status_of(spec: Value, pods: &[Value]) -> Value {
        let mut store = Store::default();
        for pod in pods {
            let name = text(&pod["metadata"]["name"]);
            store.put(Key::new("pods", "shop", &name), pod.clone());
        }
        let key = Key::new("poddisruptionbudgets", "shop", "web");
        let mut budget = json!({"metadata": {"name": "web", "generation": 1}, "spec": spec});
        budget["spec"]["selector"] = json!({"matchLabels": {"app": "web"}});
        store.put(key.clone(), budget);
        refresh(&mut store);
        let version = store.version();
        refresh(&mut store);
        assert_eq!(store.version(), version, "a status is written once");
        store.get(&key).expect("a budget")["status"].clone()
    }

    #[test]
    fn what_may_go_follows_from_what_is_ready() {
        let pods = [pod("a", true), pod("b", true), pod("c", false)];
        for (spec, desired, allowed) in [
            (json!({"minAvailable": 1}), 1, 1),
            (json!({"minAvailable": 2}), 2, 0),
            (json!({"minAvailable": "50%"}), 2, 0),
            (json!({"maxUnavailable": 1}), 2, 0),
            (json!({"maxUnavailable": "34%"}), 1, 1),
        ] {
            let status = status_of(spec.clone(), &pods);
            assert_eq!(status["currentHealthy"], 2, "{spec}");
            assert_eq!(status["desiredHealthy"], desired, "{spec}");
            assert_eq!(status["disruptionsAllowed"], allowed, "{spec}");
        }
        assert_eq!(
            status_of(json!({"minAvailable": 0}), &[])["disruptionsAllowed"],
            0
        );
    }
}
