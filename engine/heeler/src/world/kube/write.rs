//! What is sent to be written, and what is asked before.

use heeler_core::plan::MANAGER;
use kube::api::PatchParams;
use serde_json::{Value, json};

use crate::world::port::{ObjectRef, User, Write};

/// Where whoever asks what they may do is told.
pub(super) const REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/// Where whoever asks who they are is told: `kubectl auth whoami`.
pub(super) const INTRODUCTIONS: &str = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

/// The parameters of a patch.
pub(super) fn parameters(write: Write) -> PatchParams {
    let parameters = PatchParams {
        field_manager: Some(MANAGER.to_owned()),
        ..PatchParams::default()
    };
    match write {
        Write::DryRun => parameters.dry_run(),
        Write::Real => parameters,
    }
}

/// The question whether the caller may do this to an object.
pub(super) fn review(verb: &str, object: &ObjectRef) -> Value {
    let (group, version) = object.group_version();
    let (resource, part) = match object.resource.split_once('/') {
        Some((resource, part)) => (resource, Some(part)),
        None => (object.resource.as_str(), None),
    };
    let mut attributes = json!({
        "verb": verb,
        "group": group,
        "version": version,
        "resource": resource,
        "name": object.name,
    });
    let more = [
        ("subresource", part),
        ("namespace", object.namespace.as_deref()),
    ];
    for (key, value) in more {
        if let (Some(value), Value::Object(attributes)) = (value, &mut attributes) {
            attributes.insert(key.to_owned(), json!(value));
        }
    }
    json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    })
}

/// The question who the caller is.
pub(super) fn introduction() -> Value {
    json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"})
}

/// The answer. Beside the name, which an access entry may choose, EKS notes the ARN that STS has said:
/// its audit events have it as `user.extra.arn`.
pub(super) fn introduced(answer: &Value) -> Option<User> {
    let user = answer.pointer("/status/userInfo")?;
    let arn = user.pointer("/extra/arn/0").and_then(Value::as_str);
    Some(User {
        name: user.get("username")?.as_str()?.to_owned(),
        arn: arn.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_review_names_the_object_as_roles_do() {
        let web = ObjectRef {
            api: "apis/apps/v1".into(),
            resource: "deployments".into(),
            namespace: Some("shop".into()),
            name: "web".into(),
        };
        let asked = review("patch", &web);
        let attributes = &asked["spec"]["resourceAttributes"];
        assert_eq!(
            attributes,
            &json!({"verb": "patch", "group": "apps", "version": "v1", "resource": "deployments",
                "namespace": "shop", "name": "web"})
        );
        let eviction = ObjectRef {
            resource: "pods/eviction".into(),
            ..ObjectRef::pod("shop", "web-0")
        };
        let asked = review("create", &eviction);
        let attributes = &asked["spec"]["resourceAttributes"];
        assert_eq!(
            attributes,
            &json!({"verb": "create", "group": "", "version": "v1", "resource": "pods",
                "subresource": "eviction", "namespace": "shop", "name": "web-0"})
        );
        let asked = review("get", &ObjectRef::node("a"));
        assert_eq!(asked["spec"]["resourceAttributes"]["group"], "");
        assert!(asked["spec"]["resourceAttributes"]["namespace"].is_null());
    }

    #[test]
    fn only_a_real_patch_is_carried_out() {
        assert!(parameters(Write::DryRun).dry_run);
        let real = parameters(Write::Real);
        assert!(!real.dry_run);
        assert_eq!(real.field_manager.as_deref(), Some("heeler"));
    }

    #[test]
    fn who_comes_through_aws_has_an_arn() {
        let answer = |user: Value| json!({ "status": { "userInfo": user } });
        let arn = "arn:aws:sts::111122223333:assumed-role/ops/alice";
        let user = json!({"username": "alice", "extra": {"arn": [arn], "sessionName": ["alice"]}});
        let alice = introduced(&answer(user)).unwrap();
        assert_eq!(
            (alice.name.as_str(), alice.arn.as_deref()),
            ("alice", Some(arn))
        );
        let bob = introduced(&answer(json!({"username": "bob"}))).unwrap();
        assert_eq!((bob.name.as_str(), bob.arn), ("bob", None));
        assert_eq!(introduced(&json!({})), None);
    }
}
