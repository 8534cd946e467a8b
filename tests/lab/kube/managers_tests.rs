//! Field owners and server-side apply, as whole requests without a socket.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::kube::seed;
use crate::kube::service::Api;
use crate::kube::service_tests::{api, ask};
use crate::kube::store::Key;

const MAP: &str = "/api/v1/namespaces/shop/configmaps/x";
const APPLY: &str = "application/apply-patch+yaml";
const MERGE: &str = "application/merge-patch+json";

fn map(data: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "shop"}, "data": data})
}

/// A map that Argo CD has applied.
fn managed() -> Arc<Api> {
    let api = api();
    let object = seed::applied_by("argocd-controller", map(json!({"a": "1", "b": "1"})));
    api.store().put(Key::new("configmaps", "shop", "x"), object);
    api
}

async fn write(api: &Arc<Api>, query: &str, media: &str, body: Value) -> (u16, Value) {
    ask(api, "PATCH", &format!("{MAP}?{query}"), media, body).await
}

/// Manager, operation and data keys of each owner.
fn owners(object: &Value) -> Vec<(String, String, Vec<String>)> {
    let entries = object["metadata"]["managedFields"].as_array().cloned();
    let owner = |entry: &Value| {
        let keys = entry["fieldsV1"]["f:data"]
            .as_object()
            .into_iter()
            .flatten();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (
            text(&entry["manager"]),
            text(&entry["operation"]),
            keys.map(|(key, _)| key.clone()).collect(),
        )
    };
    entries.unwrap_or_default().iter().map(owner).collect()
}

fn owner(manager: &str, operation: &str, keys: &[&str]) -> (String, String, Vec<String>) {
    let keys = keys.iter().map(|key| format!("f:{key}")).collect();
    (manager.to_owned(), operation.to_owned(), keys)
}

#[tokio::test]
async fn a_field_goes_to_whoever_changes_it() {
    let api = managed();
    let version = api.store().version();
    let same = json!({"data": {"a": "1"}});
    write(&api, "fieldManager=heeler", MERGE, same).await;
    assert_eq!(api.store().version(), version, "nothing has changed");
    let body = json!({"data": {"a": "2", "c": "1"}});
    let dry = write(&api, "fieldManager=heeler&dryRun=All", MERGE, body.clone())
        .await
        .1;
    assert_eq!(api.store().version(), version, "a dry run was stored");
    let done = write(&api, "fieldManager=heeler", MERGE, body).await.1;
    let wanted = [
        owner("argocd-controller", "Apply", &["b"]),
        owner("heeler", "Update", &["a", "c"]),
    ];
    assert_eq!(
        (owners(&dry), owners(&done)),
        (wanted.to_vec(), wanted.to_vec())
    );
    let gone = write(
        &api,
        "fieldManager=other",
        MERGE,
        json!({"data": {"c": null}}),
    )
    .await
    .1;
    assert_eq!(owners(&gone)[1], owner("heeler", "Update", &["a"]));
    // A whole object without managedFields leaves them alone.
    let put = map(json!({"a": "2", "b": "1"}));
    let whole = ask(&api, "PUT", MAP, "application/json", put).await.1;
    assert_eq!(owners(&whole), owners(&gone));
}

#[tokio::test]
async fn an_apply_stops_at_the_fields_of_others() {
    let api = managed();
    let version = api.store().version();
    let body = map(json!({"a": "2", "b": "1"}));
    let (code, status) = write(&api, "fieldManager=heeler", APPLY, body.clone()).await;
    assert_eq!((code, &status["reason"]), (409, &json!("Conflict")));
    assert_eq!(
        status["message"],
        "Apply failed with 1 conflict: conflict with \"argocd-controller\": .data.a"
    );
    assert_eq!(
        status["details"]["causes"],
        json!([{"reason": "FieldManagerConflict", "message": "conflict with \"argocd-controller\"", "field": ".data.a"}])
    );
    let both = map(json!({"a": "2", "b": "2"}));
    let (_, status) = write(&api, "fieldManager=heeler", APPLY, both).await;
    assert_eq!(
        status["message"],
        "Apply failed with 2 conflicts: conflicts with \"argocd-controller\":\n- .data.a\n- .data.b"
    );
    assert_eq!(api.store().version(), version);
    let forced = write(&api, "fieldManager=heeler&force=true", APPLY, body)
        .await
        .1;
    assert_eq!(
        owners(&forced),
        [
            owner("heeler", "Apply", &["a", "b"]),
            owner("argocd-controller", "Apply", &["b"])
        ]
    );
    // What it names no longer goes, unless somebody else owns it too.
    let less = write(&api, "fieldManager=heeler", APPLY, map(json!({})))
        .await
        .1;
    assert_eq!(less["data"], json!({"b": "1"}));
    assert_eq!(write(&api, "", APPLY, map(json!({}))).await.0, 400);
}

#[tokio::test]
async fn an_update_is_named_with_its_time_in_a_conflict() {
    let api = managed();
    write(
        &api,
        "fieldManager=kubectl-edit",
        MERGE,
        json!({"data": {"a": "2"}}),
    )
    .await;
    let body = map(json!({"a": "3"}));
    let (code, status) = write(&api, "fieldManager=heeler", APPLY, body).await;
    let message = status["message"].as_str().unwrap_or_default();
    assert_eq!(code, 409);
    assert!(
        message.contains("conflict with \"kubectl-edit\" using v1 at 2"),
        "{message}"
    );
}
