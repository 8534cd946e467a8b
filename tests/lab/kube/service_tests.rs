//! Whole requests through the API, without a socket.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;

use serde_json::{Value, json};

use crate::kube::access::User;
use crate::kube::lab::KubeConfig;
use crate::kube::service::{Api, MAX_BODY};
use crate::kube::store::Key;

const MAPS: &str = "/api/v1/namespaces/shop/configmaps";

pub(super) fn api() -> Arc<Api> {
    let users = vec![User::new("alice").token("t")];
    let api = Api::new(KubeConfig {
        latency: Duration::ZERO,
        users,
        ..KubeConfig::default()
    });
    let shop = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}});
    api.store().put(Key::new("namespaces", "", "shop"), shop);
    Arc::new(api)
}

pub(super) async fn ask(
    api: &Arc<Api>,
    method: &str,
    path: &str,
    media: &str,
    body: Value,
) -> (u16, Value) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", "Bearer t")
        .header("content-type", media)
        .body(Body::from(if body.is_null() {
            String::new()
        } else {
            body.to_string()
        }));
    let response = Arc::clone(api).answer(request.expect("a request")).await;
    let status = response.status().as_u16();
    let bytes = axum::body::to_bytes(response.into_body(), MAX_BODY)
        .await
        .expect("a body");
    let lines = String::from_utf8_lossy(&bytes);
    let parsed: Vec<Value> = lines
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    (
        status,
        if parsed.len() == 1 {
            parsed[0].clone()
        } else {
            json!(parsed)
        },
    )
}

async fn create(api: &Arc<Api>, name: &str, query: &str) -> (u16, Value) {
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"a": "1"}});
    ask(
        api,
        "POST",
        &format!("{MAPS}{query}"),
        "application/json",
        map,
    )
    .await
}

async fn merge(api: &Arc<Api>, name: &str, patch: Value) -> (u16, Value) {
    ask(
        api,
        "PATCH",
        &format!("{MAPS}/{name}"),
        "application/merge-patch+json",
        patch,
    )
    .await
}

#[tokio::test]
async fn a_name_is_taken_once_and_a_dry_run_takes_none() {
    let api = api();
    assert_eq!(create(&api, "x", "?dryRun=All").await.0, 201);
    assert_eq!(create(&api, "x", "").await.0, 201);
    let (code, status) = create(&api, "x", "").await;
    assert_eq!((code, &status["reason"]), (409, &json!("AlreadyExists")));
    let elsewhere = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}});
    let absent = "/api/v1/namespaces/absent/configmaps";
    let (code, status) = ask(&api, "POST", absent, "application/json", elsewhere).await;
    assert_eq!(
        (code, &status["message"]),
        (404, &json!("namespaces \"absent\" not found"))
    );
}

#[tokio::test]
async fn a_stale_resource_version_is_a_conflict() {
    let api = api();
    let version = create(&api, "x", "").await.1["metadata"]["resourceVersion"].clone();
    let patch = json!({"data": {"a": "2"}, "metadata": {"resourceVersion": version}});
    assert_eq!(merge(&api, "x", patch.clone()).await.0, 200);
    let (code, status) = merge(&api, "x", patch).await;
    assert_eq!((code, &status["reason"]), (409, &json!("Conflict")));
}

#[tokio::test]
async fn a_body_of_the_wrong_shape_or_type_is_refused() {
    let api = api();
    create(&api, "x", "").await;
    for patch in [
        json!({"metadata": "text"}),
        json!({"kind": "Pod"}),
        json!([1]),
    ] {
        assert_eq!(merge(&api, "x", patch.clone()).await.0, 400, "{patch}");
    }
}

#[tokio::test]
async fn a_watch_tells_what_enters_changes_and_leaves_the_selection() {
    let api = api();
    let version = api.store().version();
    create(&api, "x", "").await;
    merge(&api, "x", json!({"metadata": {"labels": {"in": "yes"}}})).await;
    merge(&api, "x", json!({"data": {"a": "2"}})).await;
    merge(&api, "x", json!({"metadata": {"labels": {"in": "no"}}})).await;
    let path =
        format!("{MAPS}?watch=1&timeoutSeconds=0&labelSelector=in%3Dyes&resourceVersion={version}");
    let (code, events) = ask(&api, "GET", &path, "", Value::Null).await;
    let kinds: Vec<_> = events
        .as_array()
        .expect("events")
        .iter()
        .map(|e| e["type"].clone())
        .collect();
    assert_eq!(
        (code, kinds),
        (
            200,
            vec![json!("ADDED"), json!("MODIFIED"), json!("DELETED")]
        )
    );
}

#[tokio::test]
async fn refusals_are_worded_as_rbac_words_them() {
    let api = api();
    api.access.deny("alice", "get", "configmaps");
    let (code, status) = ask(&api, "GET", &format!("{MAPS}/x"), "", Value::Null).await;
    assert_eq!(code, 403);
    assert_eq!(
        status["message"],
        "configmaps \"x\" is forbidden: User \"alice\" cannot get resource \"configmaps\" in API group \"\" in the namespace \"shop\""
    );
    api.access.expire_token("alice");
    assert_eq!(ask(&api, "GET", MAPS, "", Value::Null).await.0, 401);
    assert_eq!(ask(&api, "GET", "/readyz", "", Value::Null).await.0, 200);
    let answered: Vec<_> = api
        .calls
        .all()
        .into_iter()
        .map(|call| (call.user, call.status))
        .collect();
    assert_eq!(
        answered,
        [
            (Some("alice".to_owned()), Some(403)),
            (None, Some(401)),
            (None, Some(200))
        ]
    );
}

#[tokio::test]
async fn faults_hit_the_next_requests_only() {
    let api = api();
    api.plan.fail_next(1, 429);
    assert_eq!(ask(&api, "GET", MAPS, "", Value::Null).await.0, 429);
    assert_eq!(ask(&api, "GET", MAPS, "", Value::Null).await.0, 200);
}

#[tokio::test]
async fn a_patch_cannot_take_an_objects_identity_away() {
    let api = api();
    let uid = create(&api, "x", "").await.1["metadata"]["uid"].clone();
    let (code, patched) = merge(&api, "x", json!({"metadata": null})).await;
    assert_eq!((code, &patched["metadata"]["uid"]), (200, &uid));
}
