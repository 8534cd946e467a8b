//! Evictions: a pod's deletion that its disruption budget has a say in.
//! Source: Kubernetes' `pkg/registry/core/pod/storage/eviction.go`.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::kube::body::parse;
use crate::kube::budget::{self, is_going, is_ready};
use crate::kube::content::json_response;
use crate::kube::deletion;
use crate::kube::metadata::text;
use crate::kube::read::key_of;
use crate::kube::request::ObjectRequest;
use crate::kube::resources;
use crate::kube::service::Api;
use crate::kube::status::{Answer, Refusal};
use crate::kube::store::{Key, Store};
use crate::kube::write::{check_preconditions, present};

/// Answers the creation of an `Eviction`.
pub(crate) fn evict(api: &Arc<Api>, request: &ObjectRequest, body: &Bytes) -> Answer<Response> {
    let eviction = parse(body)?;
    let version = text(&eviction["apiVersion"]);
    if eviction["kind"] != "Eviction" || version != "policy/v1" {
        return Err(Refusal::bad_request(format!(
            "no kind {} is registered for version {version} in scheme",
            eviction["kind"]
        )));
    }
    if eviction["metadata"]["name"] != request.name.as_str() {
        return Err(Refusal::bad_request(
            "name in URL does not match name in Eviction object",
        ));
    }
    let options = &eviction["deleteOptions"];
    let dry_run = request.parameters.dry_run || options["dryRun"][0] == "All";
    let mut store = api.store();
    let pod = present(&store, request)?;
    if !needs_no_budget(&pod)
        && let Some(failure) = spend(&mut store, &pod, dry_run)?
    {
        // Upstream answers with what it made, which is a failure: the HTTP status stays 201.
        return Ok(json_response(StatusCode::CREATED, &failure));
    }
    check_preconditions(request, &options["preconditions"], &pod["metadata"])?;
    if !dry_run {
        deletion::delete(api, &mut store, &key_of(request), &pod, options);
    }
    let done = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201});
    Ok(json_response(StatusCode::CREATED, &done))
}

/// What has ended, has not begun or goes already is missed by nobody.
fn needs_no_budget(pod: &Value) -> bool {
    let phase = pod["status"]["phase"].as_str();
    matches!(phase, Some("Succeeded" | "Failed" | "Pending")) || is_going(pod)
}

/// Takes one disruption out of the pod's budget.
fn spend(store: &mut Store, pod: &Value, dry_run: bool) -> Answer<Option<Value>> {
    let budgets = budget::covering(store, pod);
    let [budget] = budgets.as_slice() else {
        let many = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": 500,
            "message": "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."});
        return Ok((!budgets.is_empty()).then_some(many));
    };
    let (name, status) = (text(&budget["metadata"]["name"]), &budget["status"]);
    let count = |field: &str| status[field].as_i64().unwrap_or_default();
    let (healthy, desired) = (count("currentHealthy"), count("desiredHealthy"));
    if !is_ready(pod) && healthy >= desired && desired > 0 {
        return Ok(None);
    }
    if count("observedGeneration")
        < budget["metadata"]["generation"]
            .as_i64()
            .unwrap_or_default()
    {
        let why = format!("The disruption budget {name} is still being processed by the server.");
        return Err(Refusal::over_budget(&why, Some(10)));
    }
    let Some(spent) = budget::spent(budget, &text(&pod["metadata"]["name"])) else {
        let why = format!(
            "The disruption budget {name} needs {desired} healthy pods and has {healthy} currently"
        );
        return Err(Refusal::over_budget(&why, None));
    };
    if !dry_run && let Some(resource) = resources::by_plural("poddisruptionbudgets") {
        let namespace = text(&budget["metadata"]["namespace"]);
        store.put(Key::new(resource.plural, &namespace, &name), spent);
    }
    Ok(None)
}
