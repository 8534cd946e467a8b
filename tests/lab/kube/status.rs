//! Refusals: `Status` objects in the API server's own words.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::kube::request::Verb;
use crate::kube::resources::Resource;

/// A request that is answered with a `Status` of `Failure`.
#[derive(Debug)]
pub(crate) struct Refusal {
    code: StatusCode,
    reason: &'static str,
    message: String,
    details: Option<Value>,
    retry_after: Option<u16>,
}

/// What a verb returns: an object, or the reason why not.
pub(crate) type Answer<T> = Result<T, Refusal>;

impl Refusal {
    fn new(code: StatusCode, reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            reason,
            message: message.into(),
            details: None,
            retry_after: None,
        }
    }

    fn about(mut self, resource: &Resource, name: &str) -> Self {
        let mut details = json!({"name": name, "kind": resource.plural});
        if !resource.group.is_empty() {
            details["group"] = json!(resource.group);
        }
        self.details = Some(details);
        self
    }

    /// 401: no token, an unknown one, or one that has expired.
    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized")
    }

    /// 403, worded as RBAC words it.
    pub(crate) fn forbidden(user: &str, verb: Verb, resource: &Resource, place: Place<'_>) -> Self {
        let subject = if place.name.is_empty() {
            resource.qualified()
        } else {
            format!("{} \"{}\"", resource.qualified(), place.name)
        };
        let scope = if place.namespace.is_empty() {
            "at the cluster scope".to_owned()
        } else {
            format!("in the namespace \"{}\"", place.namespace)
        };
        let what = place.resource_path(resource);
        let message = format!(
            "{subject} is forbidden: User \"{user}\" cannot {verb} resource \"{what}\" in API group \"{}\" {scope}",
            resource.group
        );
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message).about(resource, place.name)
    }

    /// 403 of an admission controller.
    pub(crate) fn not_admitted(resource: &Resource, name: &str, why: &str) -> Self {
        let message = format!("{} \"{name}\" is forbidden: {why}", resource.qualified());
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message).about(resource, name)
    }

    /// 500: the server itself could not do it.
    pub(crate) fn internal(why: &str) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalError",
            format!("Internal error occurred: {why}"),
        )
    }

    /// 404: no such object.
    pub(crate) fn not_found(resource: &Resource, name: &str) -> Self {
        let message = format!("{} \"{name}\" not found", resource.qualified());
        Self::new(StatusCode::NOT_FOUND, "NotFound", message).about(resource, name)
    }

    /// 405: the verb does not exist for this path.
    pub(crate) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            "the server does not allow this method on the requested resource",
        )
    }

    /// 409: the name is taken.
    pub(crate) fn already_exists(resource: &Resource, name: &str) -> Self {
        let message = format!("{} \"{name}\" already exists", resource.qualified());
        Self::new(StatusCode::CONFLICT, "AlreadyExists", message).about(resource, name)
    }

    /// 409: the precondition of a write does not hold.
    pub(crate) fn conflict(resource: &Resource, name: &str, why: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} \"{name}\": {why}",
            resource.qualified()
        );
        Self::new(StatusCode::CONFLICT, "Conflict", message).about(resource, name)
    }

    /// 409: an apply that would change fields of other managers; manager and field of each.
    pub(crate) fn apply_conflict(conflicts: &[(String, String)]) -> Self {
        let message = match conflicts {
            [(manager, field)] => {
                format!("Apply failed with 1 conflict: conflict with {manager}: {field}")
            }
            many => {
                let managers: BTreeSet<&String> = many.iter().map(|(manager, _)| manager).collect();
                let lines = managers.into_iter().flat_map(|manager| {
                    let own = many.iter().filter(move |(owner, _)| owner == manager);
                    let fields = own.map(|(_, field)| format!("- {field}"));
                    std::iter::once(format!("conflicts with {manager}:")).chain(fields)
                });
                let lines: Vec<String> = lines.collect();
                let count = many.len();
                format!("Apply failed with {count} conflicts: {}", lines.join("\n"))
            }
        };
        let cause = |(manager, field): &(String, String)| json!({"reason": "FieldManagerConflict", "message": format!("conflict with {manager}"), "field": field});
        let mut refusal = Self::new(StatusCode::CONFLICT, "Conflict", message);
        refusal.details = Some(json!({"causes": conflicts.iter().map(cause).collect::<Vec<_>>()}));
        refusal
    }

    /// 400.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// 500 without a reason: what the server's storage refuses by itself.
    pub(crate) fn of_storage(message: &str) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "", message)
    }

    /// 406: the client accepts no JSON.
    pub(crate) fn not_acceptable() -> Self {
        Self::new(
            StatusCode::NOT_ACCEPTABLE,
            "NotAcceptable",
            "only the following media types are accepted: application/json",
        )
    }

    /// 410: a resource version or continue token from before the last compaction.
    pub(crate) fn expired(message: impl Into<String>) -> Self {
        Self::new(StatusCode::GONE, "Expired", message)
    }

    /// 415: a body in a form that the lab does not read.
    pub(crate) fn unsupported_media_type(accepted: &str) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UnsupportedMediaType",
            format!(
                "the body of the request was in an unknown format - accepted media types include: {accepted}"
            ),
        )
    }

    /// 422: a field of the object makes no sense.
    pub(crate) fn invalid(resource: &Resource, name: &str, field: &str, why: &str) -> Self {
        let kind = resource.qualified_kind();
        let message = format!("{kind} \"{name}\" is invalid: {field}: {why}");
        let mut refusal = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message);
        refusal.details = Some(
            json!({"name": name, "group": resource.group, "kind": resource.kind,
            "causes": [{"reason": "FieldValueInvalid", "message": why, "field": field}]}),
        );
        refusal
    }

    /// 422: an update that does not say which version of the object it is made from.
    pub(crate) fn unversioned(resource: &Resource, name: &str) -> Self {
        let why = "Invalid value: 0x0: must be specified for an update";
        let mut refusal = Self::invalid(resource, name, "metadata.resourceVersion", why);
        // Upstream names the resource here, not the kind.
        refusal.message = format!(
            "{} \"{name}\" is invalid: metadata.resourceVersion: {why}",
            resource.qualified()
        );
        refusal
    }

    /// 422: a JSON patch whose `test` does not hold.
    pub(crate) fn patch_test_failed() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Invalid",
            "the server rejected our request due to an error in our request",
        )
    }

    /// The code that a fault asked for, in the words that go with it.
    pub(crate) fn fault(code: u16) -> Self {
        let code = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (reason, message) = match code {
            StatusCode::TOO_MANY_REQUESTS => (
                "TooManyRequests",
                "Too many requests, please try again later.",
            ),
            StatusCode::SERVICE_UNAVAILABLE => (
                "ServiceUnavailable",
                "the server is currently unable to handle the request",
            ),
            StatusCode::GATEWAY_TIMEOUT => (
                "Timeout",
                "the server was unable to return a response in the time allotted, but may still be processing the request",
            ),
            _ => (
                "InternalError",
                "Internal error occurred: etcdserver: leader changed",
            ),
        };
        let mut refusal = Self::new(code, reason, message);
        refusal.retry_after = (code == StatusCode::TOO_MANY_REQUESTS).then_some(1);
        refusal
    }

    /// 503: a node's kubelet, for this cause.
    pub(crate) fn unreachable(cause: &str) -> Self {
        let message = format!("error trying to reach service: {cause}");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "ServiceUnavailable",
            message,
        )
    }

    /// 429: the disruption budget of a pod forbids its eviction, for this cause.
    pub(crate) fn over_budget(cause: &str, retry_after: Option<u16>) -> Self {
        let mut refusal = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "TooManyRequests",
            "Cannot evict pod as it would violate the pod's disruption budget.",
        );
        let mut details = json!({"causes": [{"reason": "DisruptionBudget", "message": cause}]});
        if let Some(seconds) = retry_after {
            details["retryAfterSeconds"] = json!(seconds);
        }
        refusal.details = Some(details);
        refusal.retry_after = retry_after;
        refusal
    }

    /// The `Status` object, as bodies and watch events carry it.
    pub(crate) fn to_status(&self) -> Value {
        let mut status = json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "code": self.code.as_u16(),
        });
        if !self.reason.is_empty() {
            status["reason"] = json!(self.reason);
        }
        if let Some(details) = &self.details {
            status["details"] = details.clone();
        }
        status
    }

    /// The HTTP answer.
    pub(crate) fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.to_status().to_string()));
        *response.status_mut() = self.code;
        let headers = response.headers_mut();
        headers.insert(
            "content-type",
            axum::http::HeaderValue::from_static("application/json"),
        );
        if let Some(seconds) = self.retry_after {
            headers.insert("retry-after", axum::http::HeaderValue::from(seconds));
        }
        response
    }
}

/// Where a request points: namespace, name and subresource, each empty when not given.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) name: &'a str,
    pub(crate) subresource: &'a str,
}

impl Place<'_> {
    /// `pods`, `nodes/status`: the resource as RBAC rules name it.
    pub(crate) fn resource_path(&self, resource: &Resource) -> String {
        if self.subresource.is_empty() {
            resource.plural.to_owned()
        } else {
            format!("{}/{}", resource.plural, self.subresource)
        }
    }
}
