//! The eviction of a pod: a deletion that its disruption budget has a say in.

use kube::Error;
use kube::api::PostParams;
use kube::core::{Request, Status};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::client::{DEADLINE, Link, malformed, path, segment};
use super::failure;
use crate::world::error::Cause;
use crate::world::port::{Evicted, ObjectRef, Write};

/// How a budget's refusal is marked among the causes of a 429, and that of a namespace that is being
/// deleted among those of a 403. Source: apimachinery `meta/v1/types.go` and api `core/v1/types.go`,
/// `DisruptionBudgetCause` and `NamespaceTerminatingCause`.
const NOT_NOW: [(u16, &str); 2] = [(429, "DisruptionBudget"), (403, "NamespaceTerminating")];

impl Link {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: u16, reason: &str, message: &str) -> Error {
        let status = json!({"status": "Failure", "code": code, "message": "no", "reason": "NotFound",
            "details": {"name": "web-0", "causes": [{"reason": reason, "message": message}]}});
        Error::Api(Box::new(serde_json::from_value(status).unwrap()))
    }

    #[test]
    fn an_eviction_is_of_one_pod_and_leaves_it_its_own_time() {
        let body = eviction(&ObjectRef::pod("shop", "web-0"), "u1");
        assert_eq!(
            body["deleteOptions"],
            json!({"preconditions": {"uid": "u1"}})
        );
        assert_eq!(
            body["metadata"],
            json!({"name": "web-0", "namespace": "shop"})
        );
    }

    #[test]
    fn a_created_failure_is_none_the_less_one() {
        let done = json!({"kind": "Status", "status": "Success", "code": 201});
        assert_eq!(taken(&done), Ok(Evicted::Yes));
        let failed =
            json!({"kind": "Status", "status": "Failure", "code": 500, "message": "two budgets"});
        let refused = Cause::Refused {
            code: "status 500".into(),
            detail: "two budgets".into(),
        };
        assert_eq!(taken(&failed), Err(refused));
    }

    #[test]
    fn only_what_passes_by_itself_is_not_now() {
        let not_now = |why: &str| Ok(Evicted::NotNow(why.to_owned()));
        let budget = "The disruption budget web needs 2 healthy pods";
        assert_eq!(
            not_taken(&error(429, "DisruptionBudget", budget)),
            not_now(budget)
        );
        assert_eq!(
            not_taken(&error(429, "DisruptionBudget", "")),
            not_now("no")
        );
        assert_eq!(
            not_taken(&error(403, "NamespaceTerminating", "")),
            not_now("no")
        );
        for (code, reason, cause) in [
            (429, "Other", Cause::Throttled("no".into())),
            (403, "DisruptionBudget", Cause::Forbidden("no".into())),
            (404, "", Cause::NotFound("no".into())),
            (409, "", Cause::Conflict("no".into())),
        ] {
            assert_eq!(not_taken(&error(code, reason, "x")), Err(cause));
        }
    }
}
