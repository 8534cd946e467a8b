//! What binds the patch of a Kubernetes object to the state that was looked at.

use serde_json::{Value as Json, json};

/// One state of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The object's uid, which no other object ever has.
    pub uid: String,
    /// Its resource version, which every write moves on.
    pub resource: String,
}

/// The state of an object as the API server has answered it; `None` where the answer has none.
pub fn version(object: &Json) -> Option<Version> {
    let text = |field: &str| {
        let text = object.get("metadata")?.get(field)?.as_str()?;
        Some(text.to_owned())
    };
    Some(Version {
        uid: text("uid")?,
        resource: text("resourceVersion")?,
    })
}

/// The same merge patch for this very state: where the object has moved on, or is another one of
/// that name, the API server answers 409 and changes nothing. Source: apiserver
/// `registry/generic/registry/store.go`, Update, and `rest/update.go`.
pub fn bound_to(mut patch: Json, version: &Version) -> Json {
    let bound = json!({"uid": version.uid, "resourceVersion": version.resource});
    match (patch.get_mut("metadata"), bound) {
        (Some(Json::Object(metadata)), Json::Object(bound)) => metadata.extend(bound),
        (_, bound) => {
            if let Json::Object(fields) = &mut patch {
                fields.insert("metadata".to_owned(), bound);
            }
        }
    }
    patch
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{bound_to, version};

    #[test]
    fn a_patch_is_for_one_state_and_loses_nothing() {
        let metadata = json!({"uid": "u1", "resourceVersion": "7", "name": "web"});
        let object = json!({ "metadata": metadata });
        let version = version(&object).expect("a version");
        assert_eq!(
            bound_to(json!({"spec": {"a": null}}), &version),
            json!({"spec": {"a": null}, "metadata": {"uid": "u1", "resourceVersion": "7"}})
        );
        let labelled = bound_to(json!({"metadata": {"labels": {"a": "b"}}}), &version);
        let bound = json!({"labels": {"a": "b"}, "uid": "u1", "resourceVersion": "7"});
        assert_eq!(labelled, json!({ "metadata": bound }));
    }

    #[test]
    fn an_object_without_identity_is_none() {
        for object in [json!({}), json!({"metadata": {"uid": "u1"}})] {
            assert_eq!(version(&object), None);
        }
    }
}
