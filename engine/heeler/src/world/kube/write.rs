//! What is sent to be written, and what is asked before.

use kube::api::PatchParams;
use serde_json::{Value, json};

use crate::world::port::{ObjectRef, Write};

/// Under this name the API server notes whose fields are.
const MANAGER: &str = "heeler";
/// Where whoever asks what they may do is told.
pub(super) const REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

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
}
