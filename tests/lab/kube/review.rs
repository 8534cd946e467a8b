//! Reviews: whoever asks who they are, or what they may do, is told what the lab takes them for, and
//! what it would let them do.

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::kube::access::Access;
use crate::kube::body::typed;
use crate::kube::content::json_response;
use crate::kube::metadata::text;
use crate::kube::request::ObjectRequest;
use crate::kube::status::{Answer, Refusal};

/// Answers a `SelfSubjectAccessReview`; nothing is stored.
pub(crate) fn answer(
    access: &Access,
    user: &str,
    request: &ObjectRequest,
    body: &Bytes,
) -> Answer<Response> {
    let mut review = typed(request.resource, body)?;
    let spec = &review["spec"];
    let (resource, path) = (&spec["resourceAttributes"], &spec["nonResourceAttributes"]);
    let (verb, what) = match (resource.is_object(), path.is_object()) {
        (true, false) => (text(&resource["verb"]), resource_path(resource)),
        (false, true) => (text(&path["verb"]), text(&path["path"])),
        _ => {
            let why = "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified";
            let field = "spec.resourceAttributes";
            return Err(Refusal::invalid(request.resource, "", field, why));
        }
    };
    review["status"] = if access.allows(user, &verb, &what) {
        json!({"allowed": true, "reason": format!(
            "RBAC: allowed by ClusterRoleBinding \"operators\" of ClusterRole \"operator\" to User \"{user}\""
        )})
    } else {
        json!({"allowed": false})
    };
    review["metadata"]["creationTimestamp"] = Value::Null;
    Ok(json_response(StatusCode::CREATED, &review))
}

/// Answers a `SelfSubjectReview`. EKS notes beside the name what STS has said, as its audit events
/// show: `user.extra` has `arn`, `canonicalArn` and `sessionName`.
pub(crate) fn introduction(
    account: &str,
    user: &str,
    request: &ObjectRequest,
    body: &Bytes,
) -> Answer<Response> {
    let mut review = typed(request.resource, body)?;
    review["status"] = json!({"userInfo": {
        "username": user,
        "groups": ["system:authenticated"],
        "extra": {
            "arn": [format!("arn:aws:sts::{account}:assumed-role/ops/{user}")],
            "canonicalArn": [format!("arn:aws:iam::{account}:role/ops")],
            "sessionName": [user],
        },
    }});
    review["metadata"]["creationTimestamp"] = Value::Null;
    Ok(json_response(StatusCode::CREATED, &review))
}

/// `pods`, `nodes/status`: the resource as rules name it.
fn resource_path(attributes: &Value) -> String {
    let (resource, part) = (
        text(&attributes["resource"]),
        text(&attributes["subresource"]),
    );
    if part.is_empty() {
        resource
    } else {
        format!("{resource}/{part}")
    }
}
