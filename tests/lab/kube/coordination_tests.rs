//! Leases and reviews, as whole requests without a socket.

use serde_json::{Value, json};

use crate::kube::service_tests::{api, ask};

const LEASES: &str = "/apis/coordination.k8s.io/v1/namespaces/shop/leases";
const REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

fn lease(name: &str, spec: Value) -> Value {
    json!({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": name}, "spec": spec})
}

fn held(by: &str) -> Value {
    json!({"holderIdentity": by, "leaseDurationSeconds": 60, "leaseTransitions": 0,
        "acquireTime": "2026-01-01T00:00:00.000000Z", "renewTime": "2026-01-01T00:00:00.000000Z"})
}

#[tokio::test]
async fn a_lease_goes_to_one_of_two_who_take_it_over() {
    let api = api();
    let one = format!("{LEASES}/node-1");
    let put = async |object: Value| ask(&api, "PUT", &one, "application/json", object).await;
    // A PUT makes it as well, once.
    let (code, made) = put(lease("node-1", held("alice"))).await;
    assert_eq!(
        (code, &made["spec"]["holderIdentity"]),
        (201, &json!("alice"))
    );
    let (code, status) = put(lease("node-1", held("bob"))).await;
    assert_eq!(code, 422);
    assert_eq!(
        status["message"],
        "leases.coordination.k8s.io \"node-1\" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update"
    );
    let mut take = made.clone();
    take["spec"]["holderIdentity"] = json!("bob");
    assert_eq!(put(take.clone()).await.0, 200);
    take["spec"]["holderIdentity"] = json!("carol");
    let (code, status) = put(take).await;
    assert_eq!((code, &status["reason"]), (409, &json!("Conflict")));
    assert_eq!(status["details"]["group"], "coordination.k8s.io");

    let version = api.store().version();
    let stale = json!({"preconditions": {"resourceVersion": made["metadata"]["resourceVersion"]}});
    assert_eq!(
        ask(&api, "DELETE", &one, "application/json", stale).await.0,
        409
    );
    assert_eq!(api.store().version(), version);
    assert_eq!(ask(&api, "DELETE", &one, "", Value::Null).await.0, 200);
    assert_eq!(ask(&api, "GET", &one, "", Value::Null).await.0, 404);
}

#[tokio::test]
async fn a_lease_is_read_as_strictly_as_go_reads_it() {
    let api = api();
    let mut time = held("alice");
    time["renewTime"] = json!("2026-01-01T00:00:00Z");
    let mut duration = held("alice");
    duration["leaseDurationSeconds"] = json!(0);
    for (spec, code, words) in [
        (
            time.clone(),
            400,
            "Lease in version \"v1\" cannot be handled as a Lease: parsing time",
        ),
        (
            duration,
            422,
            "Lease.coordination.k8s.io \"x\" is invalid: spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0",
        ),
    ] {
        let (found, status) = ask(&api, "POST", LEASES, "application/json", lease("x", spec)).await;
        assert_eq!(found, code);
        let message = status["message"].as_str().expect("a message");
        assert!(message.starts_with(words), "{message}");
    }
    assert_eq!(
        ask(
            &api,
            "POST",
            LEASES,
            "application/json",
            lease("x", held("a"))
        )
        .await
        .0,
        201
    );
    let patch = json!({"spec": time});
    let path = format!("{LEASES}/x");
    assert_eq!(
        ask(&api, "PATCH", &path, "application/merge-patch+json", patch)
            .await
            .0,
        422
    );
    let mut old = lease("y", held("a"));
    old["metadata"]["resourceVersion"] = json!("1");
    let (code, status) = ask(&api, "POST", LEASES, "application/json", old).await;
    assert_eq!(
        (code, &status["message"]),
        (
            500,
            &json!("resourceVersion should not be set on objects to be created")
        )
    );
}

#[tokio::test]
async fn a_review_says_what_would_happen() {
    let api = api();
    api.access.deny("alice", "create", "pods/eviction");
    let review = async |attributes: Value| {
        let review = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": attributes});
        ask(&api, "POST", REVIEWS, "application/json", review).await
    };
    for (resource, part, allowed) in [("pods", "eviction", false), ("pods", "", true)] {
        let attributes = json!({"verb": "create", "resource": resource, "subresource": part, "namespace": "shop"});
        let (code, answer) = review(json!({"resourceAttributes": attributes})).await;
        assert_eq!((code, &answer["status"]["allowed"]), (201, &json!(allowed)));
    }
    let path = json!({"nonResourceAttributes": {"verb": "get", "path": "/metrics"}});
    assert_eq!(review(path).await.1["status"]["allowed"], true);
    assert_eq!(review(json!({})).await.0, 422);
}

#[tokio::test]
async fn who_asks_is_told_who_they_are() {
    let api = api();
    let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    let review = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"});
    let (code, answer) = ask(&api, "POST", path, "application/json", review).await;
    let user = &answer["status"]["userInfo"];
    assert_eq!((code, &user["username"]), (201, &json!("alice")));
    assert_eq!(
        user["extra"]["arn"],
        json!(["arn:aws:sts::111122223333:assumed-role/ops/alice"])
    );
}
