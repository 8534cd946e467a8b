//! Strategic merge: lists of objects with a known key merge item by item.
//!
//! The merge keys are those of the kinds that the lab serves; lists without one are replaced.
//! Understood directives: `$patch: delete` and `$patch: replace`, `$deleteFromPrimitiveList`,
//! `$retainKeys`; `$setElementOrder` is ignored, so new items come last.

use serde_json::{Map, Value};

const DELETE_FROM: &str = "$deleteFromPrimitiveList/";

/// Merges the patch into the object.
pub(crate) fn merge(object: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *object = patch.clone();
        return;
    };
    if patch
        .get("$patch")
        .is_some_and(|directive| directive == "replace")
    {
        *object = without_directives(&Value::Object(patch.clone()));
        return;
    }
    if !object.is_object() {
        *object = Value::Object(Map::new());
    }
    let Value::Object(fields) = object else {
        return;
    };
    if let Some(Value::Array(retained)) = patch.get("$retainKeys") {
        fields.retain(|key, _| retained.iter().any(|name| name == key));
    }
    for (key, value) in patch {
        merge_field(fields, key, value);
    }
}

fn merge_field(fields: &mut Map<String, Value>, key: &str, value: &Value) {
    if let Some(list) = key.strip_prefix(DELETE_FROM) {
        if let (Some(Value::Array(items)), Value::Array(gone)) = (fields.get_mut(list), value) {
            items.retain(|item| !gone.contains(item));
        }
    } else if key.starts_with('$') {
        // A directive that was handled by the caller, or an order that the lab does not keep.
    } else if value.is_null() {
        fields.remove(key);
    } else if let Value::Array(patch_items) = value {
        let items = fields
            .entry(key)
            .or_insert_with(|| Value::Array(Vec::new()));
        merge_list(items, key, patch_items);
    } else {
        merge(fields.entry(key).or_insert(Value::Null), value);
    }
}

fn merge_list(items: &mut Value, list: &str, patch_items: &[Value]) {
    if key_less(list) {
        if let Value::Array(items) = items {
            let added: Vec<_> = patch_items
                .iter()
                .filter(|new| !items.contains(new))
                .cloned()
                .collect();
            items.extend(added);
        }
        return;
    }
    let key = patch_items.iter().find_map(|item| merge_key(list, item));
    let (Some(key), Value::Array(items)) = (key, &mut *items) else {
        *items = Value::Array(patch_items.iter().map(without_directives).collect());
        return;
    };
    for patch_item in patch_items {
        let position = items.iter().position(|item| item[key] == patch_item[key]);
        let deletes = patch_item["$patch"] == "delete";
        match position {
            Some(position) if deletes => {
                items.remove(position);
            }
            Some(position) => {
                if let Some(item) = items.get_mut(position) {
                    merge(item, patch_item);
                }
            }
            None if deletes => {}
            None => items.push(without_directives(patch_item)),
        }
    }
}

/// Lists of plain values that merge as sets.
fn key_less(list: &str) -> bool {
    list == "finalizers"
}

/// The field that tells the items of a list apart, if this list has one.
pub(crate) fn merge_key(list: &str, item: &Value) -> Option<&'static str> {
    let candidates: &[&'static str] = match list {
        "containers"
        | "initContainers"
        | "ephemeralContainers"
        | "env"
        | "volumes"
        | "imagePullSecrets"
        | "secrets" => &["name"],
        "volumeMounts" => &["mountPath"],
        // Of containers by containerPort, of services by port.
        "ports" => &["containerPort", "port"],
        "conditions" | "addresses" => &["type"],
        "ownerReferences" => &["uid"],
        "hostAliases" | "podIPs" | "hostIPs" => &["ip"],
        "taints" => &["key"],
        _ => &[],
    };
    candidates
        .iter()
        .copied()
        .find(|key| item.get(key).is_some())
}

fn without_directives(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(key, _)| !key.starts_with('$'));
            Value::Object(
                kept.map(|(key, value)| (key.clone(), without_directives(value)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.iter().map(without_directives).collect()),
        plain => plain.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(mut object: Value, patch: Value) -> Value {
        merge(&mut object, &patch);
        object
    }

    #[test]
    fn containers_merge_by_name_and_keep_the_others() {
        let object =
            json!({"containers": [{"name": "a", "image": "a:1"}, {"name": "b", "image": "b:1"}]});
        let patch = json!({"$setElementOrder/containers": [{"name": "a"}, {"name": "b"}],
            "containers": [{"name": "b", "image": "b:2"}]});
        assert_eq!(
            merged(object, patch),
            json!({"containers": [{"name": "a", "image": "a:1"}, {"name": "b", "image": "b:2"}]})
        );
    }

    #[test]
    fn directives_delete_and_replace() {
        let object = json!({"env": [{"name": "A"}, {"name": "B"}], "labels": {"a": "1"}});
        let patch = json!({"env": [{"name": "A", "$patch": "delete"}], "labels": {"$patch": "replace", "b": "2"}});
        assert_eq!(
            merged(object, patch),
            json!({"env": [{"name": "B"}], "labels": {"b": "2"}})
        );
        let retained = merged(
            json!({"strategy": {"type": "A", "x": 1}}),
            json!({"strategy": {"$retainKeys": ["type"], "type": "B"}}),
        );
        assert_eq!(retained, json!({"strategy": {"type": "B"}}));
    }

    #[test]
    fn lists_without_a_key_are_replaced_and_null_removes() {
        let object = json!({"args": ["a", "b"], "x": 1, "finalizers": ["f"]});
        let patch = json!({"args": ["c"], "x": null, "finalizers": ["g"]});
        assert_eq!(
            merged(object, patch),
            json!({"args": ["c"], "finalizers": ["f", "g"]})
        );
    }
}
