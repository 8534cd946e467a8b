//! Sets of fields in the form of `managedFields`: which leaves an object has, what is at one, and
//! how it is written (`FieldsV1`) and shown.
//!
//! Lists whose items have a key are taken apart by it, as a strategic merge does; other lists are
//! one leaf, also those that upstream treats as sets.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::kube::strategic::merge_key;

/// A leaf: `f:` and the name of a field, or `k:` and the key of an item, for each step.
pub(crate) type Path = Vec<String>;

/// Fields, each a leaf.
pub(crate) type FieldSet = BTreeSet<Path>;

/// What nobody owns: who the object is, and what the server writes itself.
const UNOWNED: &[&str] = &[
    "apiVersion",
    "kind",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "metadata.resourceVersion",
    "metadata.generation",
    "metadata.creationTimestamp",
    "metadata.deletionTimestamp",
    "metadata.deletionGracePeriodSeconds",
    "metadata.managedFields",
];

/// All leaves of an object that can be owned.
pub(crate) fn leaves(object: &Value) -> FieldSet {
    let mut found = FieldSet::new();
    collect(object, &mut Vec::new(), &mut found);
    found.retain(|path| {
        let names: Vec<&str> = path
            .iter()
            .map(|step| step.trim_start_matches("f:"))
            .collect();
        let starts = |unowned: &str| {
            let whole: Vec<&str> = unowned.split('.').collect();
            names.starts_with(&whole)
        };
        !UNOWNED.iter().copied().any(starts)
    });
    found
}

fn collect(value: &Value, path: &mut Path, found: &mut FieldSet) {
    let steps: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (format!("f:{name}"), value))
            .collect(),
        Value::Array(items) => keyed(path, items).unwrap_or_default(),
        Value::Null => return,
        _ => Vec::new(),
    };
    if steps.is_empty() {
        found.insert(path.clone());
    }
    for (step, value) in steps {
        path.push(step);
        collect(value, path, found);
        path.pop();
    }
}

/// The items of a list under their keys; `None` when some item has none.
fn keyed<'a>(path: &Path, items: &'a [Value]) -> Option<Vec<(String, &'a Value)>> {
    let list = path.last()?.strip_prefix("f:")?;
    let step = |item: &'a Value| {
        let key = merge_key(list, item)?;
        Some((format!("k:{}", json!({key: item[key]})), item))
    };
    items.iter().map(step).collect()
}

/// What an object has at a leaf.
pub(crate) fn at<'a>(object: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(object, |value, step| {
        if let Some(name) = step.strip_prefix("f:") {
            return value.get(name);
        }
        let items = value.as_array()?;
        items.iter().find(|item| has_key(item, step))
    })
}

/// Takes a leaf out of an object, and what is empty without it.
pub(crate) fn remove(object: &mut Value, path: &[String]) {
    let Some((step, rest)) = path.split_first() else {
        return;
    };
    match object {
        Value::Object(fields) => {
            let name = step.trim_start_matches("f:");
            if let Some(child) = fields.get_mut(name) {
                remove(child, rest);
                if rest.is_empty() || is_empty(child) {
                    fields.remove(name);
                }
            }
        }
        Value::Array(items) => {
            for item in items.iter_mut().filter(|item| has_key(item, step)) {
                remove(item, rest);
            }
            items.retain(|item| !(is_empty(item) || rest.is_empty() && has_key(item, step)));
        }
        _ => {}
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn has_key(item: &Value, step: &str) -> bool {
    let key = step.strip_prefix("k:").unwrap_or_default();
    let key: Option<Map<String, Value>> = serde_json::from_str(key).ok();
    key.is_some_and(|key| key.iter().all(|(name, value)| &item[name] == value))
}

/// The set as `fieldsV1`.
pub(crate) fn to_fields(set: &FieldSet) -> Value {
    let mut fields = json!({});
    for path in set {
        let mut node = &mut fields;
        for step in path {
            node = &mut node[step];
            if !node.is_object() {
                *node = json!({});
            }
            if step.starts_with("k:") {
                node["."] = json!({});
            }
        }
    }
    fields
}

/// The leaves of a `fieldsV1`.
pub(crate) fn of_fields(fields: &Value) -> FieldSet {
    fn collect(node: &Value, path: &mut Path, found: &mut FieldSet) {
        let children = node.as_object().into_iter().flatten();
        let mut is_leaf = true;
        for (step, child) in children.filter(|(step, _)| *step != ".") {
            is_leaf = false;
            path.push(step.clone());
            collect(child, path, found);
            path.pop();
        }
        if is_leaf && !path.is_empty() {
            found.insert(path.clone());
        }
    }
    let mut found = FieldSet::new();
    collect(fields, &mut Vec::new(), &mut found);
    found
}

/// `.spec.containers[name="app"].image`: a leaf as messages show it.
pub(crate) fn shown(path: &[String]) -> String {
    path.iter()
        .map(|step| match step.strip_prefix("k:") {
            None => format!(".{}", step.trim_start_matches("f:")),
            Some(key) => {
                let key: Map<String, Value> = serde_json::from_str(key).unwrap_or_default();
                let parts: Vec<String> = key
                    .iter()
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect();
                format!("[{}]", parts.join(","))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod() -> Value {
        json!({"kind": "Pod", "metadata": {"name": "x", "labels": {"a.b/c": "1"}},
            "spec": {"containers": [{"name": "app", "image": "i", "args": ["a"]}], "nodeName": null}})
    }

    #[test]
    fn leaves_are_written_read_and_shown() {
        let found = leaves(&pod());
        let all: Vec<String> = found.iter().map(|path| shown(path)).collect();
        assert_eq!(
            all,
            [
                ".metadata.labels.a.b/c",
                ".spec.containers[name=\"app\"].args",
                ".spec.containers[name=\"app\"].image",
                ".spec.containers[name=\"app\"].name",
            ]
        );
        assert_eq!(of_fields(&to_fields(&found)), found);
        let item = "k:{\"name\":\"app\"}";
        assert_eq!(
            to_fields(&found)["f:spec"]["f:containers"][item]["."],
            json!({})
        );
    }

    #[test]
    fn a_leaf_is_found_and_taken_out() {
        let mut pod = pod();
        for path in leaves(&pod) {
            assert!(at(&pod, &path).is_some(), "{path:?}");
            remove(&mut pod, &path);
            assert!(at(&pod, &path).is_none(), "{path:?}");
        }
        assert_eq!(pod["metadata"], json!({"name": "x"}));
    }
}
