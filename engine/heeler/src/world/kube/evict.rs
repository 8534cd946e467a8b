//! The eviction of a pod: a deletion that its disruption budget has a say in.

use kube::Error;
use kube::api::PostParams;
use kube::core::{Request, Status};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::client::{Adapter, DEADLINE, malformed, path, segment};
use super::failure;
use crate::world::error::Cause;
use crate::world::port::{Evicted, ObjectRef, Write};

/// How a budget's refusal is marked among the causes of a 429, and that of a namespace that is being
/// deleted among those of a 403. Source: apimachinery `meta/v1/types.go` and api `core/v1/types.go`,
/// `DisruptionBudgetCause` and `NamespaceTerminatingCause`.
const NOT_NOW: [(u16, &str); 2] = [(429, "DisruptionBudget"), (403, "NamespaceTerminating")];

impl Adapter {
    pub(super) async fn eviction(
        &self,
        pod: &ObjectRef,
        uid: &str,
        write: Write,
    ) -> Result<Evicted, Cause> {
        let path = path(&pod.api, &pod.resource, pod.namespace.as_deref())?;
        let name = segment(&pod.name)?;
        let parameters = PostParams {
            dry_run: write == Write::DryRun,
            field_manager: None,
        };
        let body = serde_json::to_vec(&eviction(pod, uid)).map_err(malformed)?;
        let request = Request::new(path)
            .create_subresource("eviction", name, &parameters, body)
            .map_err(malformed)?;
        let client = self.client().await?;
        match timeout(DEADLINE, client.request::<Value>(request)).await {
            Ok(Ok(answer)) => taken(&answer),
            Ok(Err(error)) => not_taken(&error),
            Err(_) => Err(Cause::TimedOut(format!(
                "no answer within {} s",
                DEADLINE.as_secs()
            ))),
        }
    }
}

/// Without a grace period: the pod has its own.
fn eviction(pod: &ObjectRef, uid: &str) -> Value {
    json!({
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": pod.name, "namespace": pod.namespace},
        "deleteOptions": {"preconditions": {"uid": uid}},
    })
}

/// A pod with several budgets is answered by a 201 that holds a failure. Source: Kubernetes
/// `pkg/registry/core/pod/storage/eviction.go`.
fn taken(answer: &Value) -> Result<Evicted, Cause> {
    if answer.get("status").and_then(Value::as_str) != Some("Failure") {
        return Ok(Evicted::Yes);
    }
    let text = |field: &str| {
        answer.get(field).map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    };
    Err(Cause::Refused {
        code: format!("status {}", text("code").unwrap_or_default()),
        detail: text("message").unwrap_or_default(),
    })
}

fn not_taken(error: &Error) -> Result<Evicted, Cause> {
    let said = match error {
        Error::Api(status) => not_now(status),
        _ => None,
    };
    said.map(Evicted::NotNow)
        .ok_or_else(|| failure::cause(error))
}

fn not_now(status: &Status) -> Option<String> {
    let causes = &status.details.as_ref()?.causes;
    let cause = causes
        .iter()
        .find(|cause| NOT_NOW.contains(&(status.code, cause.reason.as_str())))?;
    // The cause names the budget, the message does not.
    Some(match cause.message.is_empty() {
        true => status.message.clone(),
        false => cause.message.clone(),
    })
}
