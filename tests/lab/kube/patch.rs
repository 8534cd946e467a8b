//! The four kinds of patches, chosen by content type.

use serde_json::Value;

use crate::kube::status::{Answer, Refusal};
use crate::kube::strategic;

/// How a PATCH body is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PatchKind {
    Json,
    Merge,
    Strategic,
    /// Server-side apply: creates what is missing, merges what is there.
    Apply,
}

impl PatchKind {
    /// From the Content-Type header; others are a 415.
    pub(crate) fn of(content_type: &str) -> Answer<Self> {
        match content_type.split(';').next().unwrap_or_default().trim() {
            "application/json-patch+json" => Ok(Self::Json),
            "application/merge-patch+json" => Ok(Self::Merge),
            "application/strategic-merge-patch+json" => Ok(Self::Strategic),
            "application/apply-patch+yaml" => Ok(Self::Apply),
            _ => Err(Refusal::unsupported_media_type(
                "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml",
            )),
        }
    }

    /// The patched object. Apply bodies are read as JSON, which clients send.
    pub(crate) fn apply(self, object: &Value, body: &Value) -> Answer<Value> {
        let mut patched = object.clone();
        match self {
            Self::Json => json_patch(&mut patched, body)?,
            Self::Merge => json_patch::merge(&mut patched, body),
            Self::Strategic | Self::Apply => strategic::merge(&mut patched, body),
        }
        Ok(patched)
    }
}

fn json_patch(object: &mut Value, body: &Value) -> Answer<()> {
    let operations: json_patch::Patch = serde_json::from_value(body.clone())
        .map_err(|e| Refusal::bad_request(format!("error decoding patch: {e}")))?;
    json_patch::patch(object, &operations).map_err(|e| match e.kind {
        json_patch::PatchErrorKind::TestFailed => Refusal::patch_test_failed(),
        _ => Refusal::bad_request(e.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_merge_patch_sets_removes_and_replaces_lists() {
        let object = json!({"data": {"a": "1", "b": "2"}, "list": [1, 2]});
        let patched = PatchKind::Merge.apply(
            &object,
            &json!({"data": {"a": null, "c": "3"}, "list": [3]}),
        );
        assert_eq!(
            patched.expect("patched"),
            json!({"data": {"b": "2", "c": "3"}, "list": [3]})
        );
    }

    #[test]
    fn a_json_patch_is_guarded_by_its_test() {
        let object = json!({"data": {"a": "1"}});
        let patch = |expected: &str| {
            json!([{"op": "test", "path": "/data/a", "value": expected},
                   {"op": "replace", "path": "/data/a", "value": "2"}])
        };
        let patched = PatchKind::Json
            .apply(&object, &patch("1"))
            .expect("patched");
        assert_eq!(patched, json!({"data": {"a": "2"}}));
        let refused = PatchKind::Json
            .apply(&object, &patch("9"))
            .expect_err("a refusal");
        assert_eq!(refused.to_status()["code"], 422);
        assert!(
            PatchKind::Json
                .apply(&object, &json!({"not": "a list"}))
                .is_err()
        );
    }

    #[test]
    fn content_types_decide() {
        assert_eq!(
            PatchKind::of("application/merge-patch+json; charset=utf-8").expect("merge"),
            PatchKind::Merge
        );
        assert!(PatchKind::of("application/json").is_err());
    }
}
