//! JSON documents addressed by Bottlerocket's dotted keys, such as
//! `settings.kubernetes.eviction-hard."memory.available"`. Pure: no files, no node.

use anyhow::{Result, bail};
use serde_json::{Map, Value};

/// The parts of a dotted key. A part with dots in it stands in double quotes.
pub(super) fn key_parts(key: &str) -> Result<Vec<String>> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for letter in key.chars() {
        match letter {
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            _ => parts
                .last_mut()
                .into_iter()
                .for_each(|part| part.push(letter)),
        }
    }
    if quoted || parts.iter().any(String::is_empty) {
        bail!("Invalid key '{key}'");
    }
    Ok(parts)
}

/// A dotted key out of its parts.
pub(super) fn dotted(parts: &[String]) -> String {
    let quoted = parts.iter().map(|part| {
        if part.contains('.') {
            format!("\"{part}\"")
        } else {
            part.clone()
        }
    });
    quoted.collect::<Vec<_>>().join(".")
}

/// Sets one key in a document, making what is missing on the way.
pub(super) fn put(document: &mut Value, parts: &[String], value: Value) {
    let mut place = document;
    for part in parts {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let Value::Object(map) = place else { return };
        place = map.entry(part.clone()).or_insert(Value::Null);
    }
    *place = value;
}

/// Every key of a document that holds a value, with it. Lists are values; nulls and empty groups are not.
pub(super) fn leaves(document: &Value) -> Vec<(Vec<String>, Value)> {
    match document {
        Value::Object(map) => map
            .iter()
            .flat_map(|(name, inner)| {
                leaves(inner).into_iter().map(move |(mut parts, value)| {
                    parts.insert(0, name.clone());
                    (parts, value)
                })
            })
            .collect(),
        Value::Null => Vec::new(),
        value => vec![(Vec::new(), value.clone())],
    }
}

/// The part of a document whose dotted keys satisfy `wanted`.
pub(super) fn select(document: &Value, wanted: impl Fn(&str) -> bool) -> Value {
    let mut selected = Value::Object(Map::new());
    for (parts, value) in leaves(document) {
        if wanted(&dotted(&parts)) {
            put(&mut selected, &parts, value);
        }
    }
    selected
}

/// Writes `change` over `document`, key by key.
pub(super) fn merge(document: &mut Value, change: &Value) {
    for (parts, value) in leaves(change) {
        put(document, &parts, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn quotes_keep_dots_together() {
        let parts = key_parts(r#"kubernetes.eviction-hard."memory.available""#).unwrap();
        assert_eq!(parts, ["kubernetes", "eviction-hard", "memory.available"]);
        assert_eq!(
            dotted(&parts),
            r#"kubernetes.eviction-hard."memory.available""#
        );
        assert!(key_parts("a..b").is_err());
        assert!(key_parts("a.\"b").is_err());
    }

    #[test]
    fn merging_adds_and_replaces_but_never_removes() {
        let mut document = json!({"a": {"b": 1, "c": 2}});
        merge(&mut document, &json!({"a": {"b": 3, "d": null}}));
        assert_eq!(document, json!({"a": {"b": 3, "c": 2}}));
    }

    #[test]
    fn a_selection_keeps_the_way_to_what_it_holds() {
        let document = json!({"a": {"b": 1, "c": 2}, "d": 4});
        assert_eq!(
            select(&document, |key| key.starts_with("a.c")),
            json!({"a": {"c": 2}})
        );
        assert_eq!(select(&document, |_| false), json!({}));
    }
}
