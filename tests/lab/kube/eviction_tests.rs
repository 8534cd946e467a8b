//! Evictions and deletions of pods, as whole requests without a socket.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::kube::deletion::Stopping;
use crate::kube::service::Api;
use crate::kube::service_tests::{api, ask};
use crate::kube::store::Key;

const PODS: &str = "/api/v1/namespaces/shop/pods";
const BUDGETS: &str = "/apis/policy/v1/namespaces/shop/poddisruptionbudgets";

fn key(name: &str) -> Key {
    Key::new("pods", "shop", name)
}

fn with_pods(names: &[&str]) -> Arc<Api> {
    let api = api();
    for name in names {
        let pod = json!({"apiVersion": "v1", "kind": "Pod", "spec": {"nodeName": "n1"},
            "metadata": {"name": name, "namespace": "shop", "uid": name, "labels": {"app": "web"}},
            "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}});
        api.store().put(key(name), pod);
    }
    api
}

async fn evict(api: &Arc<Api>, name: &str, query: &str, options: Value) -> (u16, Value) {
    let eviction = json!({"apiVersion": "policy/v1", "kind": "Eviction",
        "metadata": {"name": name, "namespace": "shop"}, "deleteOptions": options});
    let path = format!("{PODS}/{name}/eviction{query}");
    ask(api, "POST", &path, "application/json", eviction).await
}

async fn limit(api: &Arc<Api>, name: &str, spec: Value) -> (u16, Value) {
    let mut budget = json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
        "metadata": {"name": name}, "spec": spec, "status": {"disruptionsAllowed": 99}});
    budget["spec"]["selector"] = json!({"matchLabels": {"app": "web"}});
    ask(api, "POST", BUDGETS, "application/json", budget).await
}

#[tokio::test]
async fn a_budget_lets_as_many_go_as_it_can_spare() {
    let api = with_pods(&["a", "b"]);
    limit(&api, "web", json!({"minAvailable": 1})).await;
    let version = api.store().version();
    for (query, options) in [
        ("?dryRun=All", Value::Null),
        ("", json!({"dryRun": ["All"]})),
    ] {
        assert_eq!(evict(&api, "a", query, options).await.0, 201);
    }
    assert_eq!(api.store().version(), version, "a dry run spends nothing");
    let stale = json!({"preconditions": {"uid": "another"}});
    assert_eq!(evict(&api, "b", "?dryRun=All", stale).await.0, 409);
    let (code, done) = evict(&api, "a", "", Value::Null).await;
    assert_eq!((code, &done["status"]), (201, &json!("Success")));
    assert!(api.store().get(&key("a")).is_none());
    let (code, status) = evict(&api, "b", "", Value::Null).await;
    assert_eq!((code, &status["reason"]), (429, &json!("TooManyRequests")));
    assert_eq!(
        status["details"]["causes"],
        json!([{"reason": "DisruptionBudget",
            "message": "The disruption budget web needs 1 healthy pods and has 1 currently"}])
    );
    assert!(api.store().get(&key("b")).is_some());
    assert_eq!(evict(&api, "c", "", Value::Null).await.0, 404);
    // A deletion asks nobody.
    assert_eq!(
        ask(&api, "DELETE", &format!("{PODS}/b"), "", Value::Null)
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn two_budgets_for_a_pod_are_a_failure_that_looks_like_a_success() {
    let api = with_pods(&["a"]);
    for name in ["one", "two"] {
        assert_eq!(limit(&api, name, json!({"minAvailable": 0})).await.0, 201);
    }
    let (code, status) = evict(&api, "a", "", Value::Null).await;
    assert_eq!(
        (code, &status["status"], &status["code"]),
        (201, &json!("Failure"), &json!(500))
    );
    assert!(api.store().get(&key("a")).is_some());
    let both = json!({"minAvailable": 1, "maxUnavailable": 1});
    assert_eq!(limit(&api, "both", both).await.0, 422);
}

#[tokio::test]
async fn a_pod_goes_when_its_node_has_stopped_it() {
    let api = with_pods(&["a", "b"]);
    limit(&api, "web", json!({"minAvailable": 1})).await;
    api.nodes.set(Stopping::Never);
    evict(&api, "a", "", json!({"gracePeriodSeconds": 7})).await;
    let going = api.store().get(&key("a")).cloned().expect("still there");
    assert_eq!(going["metadata"]["deletionGracePeriodSeconds"], 7);
    assert!(going["metadata"]["deletionTimestamp"].is_string());
    // What goes already needs no budget, what is left does.
    assert_eq!(evict(&api, "a", "", Value::Null).await.0, 201);
    assert_eq!(evict(&api, "b", "", Value::Null).await.0, 429);
    let at_once = json!({"gracePeriodSeconds": 0});
    let path = format!("{PODS}/a");
    assert_eq!(
        ask(&api, "DELETE", &path, "application/json", at_once)
            .await
            .0,
        200
    );
    assert!(api.store().get(&key("a")).is_none());

    api.nodes.set(Stopping::After(Duration::from_millis(50)));
    let mut changed = api.store().subscribe();
    let (_, pod) = ask(&api, "DELETE", &format!("{PODS}/b"), "", Value::Null).await;
    assert_eq!(
        (&pod["kind"], &pod["metadata"]["deletionGracePeriodSeconds"]),
        (&json!("Pod"), &json!(30))
    );
    let gone = async {
        while api.store().get(&key("b")).is_some() {
            changed.changed().await.expect("the store lives");
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone)
        .await
        .expect("it goes");
}
