//! What the server itself writes into objects: identity at birth, defaults, generations.

use jiff::Timestamp;
use rand::RngExt as _;
use serde_json::{Value, json};
use uuid::Builder;

use crate::kube::resources::Resource;
use crate::kube::status::{Answer, Refusal};

/// The alphabet of generated names: no vowels, nothing that looks alike.
const SUFFIX_ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

/// Kubernetes' format of times: whole seconds, UTC.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Kubernetes' format of `MicroTime`, as in `eventTime`.
pub(crate) fn micro_time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}

/// A random uid.
pub(crate) fn new_uid() -> String {
    Builder::from_random_bytes(rand::random())
        .into_uuid()
        .to_string()
}

/// The random end of a generated name.
pub(crate) fn name_suffix(length: usize) -> String {
    let mut random = rand::rng();
    (0..length)
        .filter_map(|_| SUFFIX_ALPHABET.get(random.random_range(0..SUFFIX_ALPHABET.len())))
        .map(|byte| char::from(*byte))
        .collect()
}

/// Checks and completes an object that is being created; returns its name.
pub(crate) fn give_birth(
    resource: &Resource,
    namespace: &str,
    object: &mut Value,
) -> Answer<String> {
    let mut name = text(&object["metadata"]["name"]);
    let prefix = text(&object["metadata"]["generateName"]);
    if name.is_empty() && !prefix.is_empty() {
        name = format!("{prefix}{}", name_suffix(5));
    }
    check_name(resource, &name)?;
    let metadata = &mut object["metadata"];
    metadata["name"] = json!(name);
    if resource.namespaced {
        metadata["namespace"] = json!(namespace);
    }
    if metadata["uid"].is_null() {
        metadata["uid"] = json!(new_uid());
    }
    if metadata["creationTimestamp"].is_null() {
        metadata["creationTimestamp"] = json!(time(Timestamp::now()));
    }
    set_defaults(resource, object);
    Ok(name)
}

fn check_name(resource: &Resource, name: &str) -> Answer<()> {
    if name.is_empty() {
        return Err(Refusal::invalid(
            resource,
            name,
            "metadata.name",
            "Required value: name or generateName is required",
        ));
    }
    let ends_well =
        |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    if name.len() <= 253
        && name.chars().all(fits)
        && ends_well(name.chars().next())
        && ends_well(name.chars().last())
    {
        return Ok(());
    }
    Err(Refusal::invalid(
        resource,
        name,
        "metadata.name",
        &format!(
            "Invalid value: \"{name}\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
        ),
    ))
}

fn set_defaults(resource: &Resource, object: &mut Value) {
    let defaults: &[(&str, Value)] = match resource.kind {
        "Pod" => &[
            ("/spec/restartPolicy", json!("Always")),
            ("/spec/dnsPolicy", json!("ClusterFirst")),
            ("/spec/schedulerName", json!("default-scheduler")),
            ("/spec/serviceAccountName", json!("default")),
            ("/spec/terminationGracePeriodSeconds", json!(30)),
            ("/status/phase", json!("Pending")),
            ("/status/qosClass", json!("BestEffort")),
        ],
        "Service" => &[
            ("/spec/type", json!("ClusterIP")),
            ("/spec/sessionAffinity", json!("None")),
            ("/spec/internalTrafficPolicy", json!("Cluster")),
        ],
        "Namespace" => &[
            ("/spec/finalizers", json!(["kubernetes"])),
            ("/status/phase", json!("Active")),
        ],
        "DaemonSet" | "Deployment" | "ReplicaSet" | "PodDisruptionBudget" => {
            &[("/metadata/generation", json!(1))]
        }
        _ => &[],
    };
    for (pointer, value) in defaults {
        set_if_absent(object, pointer, value);
    }
    if resource.kind == "Namespace" {
        let name = object["metadata"]["name"].clone();
        object["metadata"]["labels"]["kubernetes.io/metadata.name"] = name;
    }
}

fn set_if_absent(object: &mut Value, pointer: &str, value: &Value) {
    let mut parts: Vec<&str> = pointer.trim_start_matches('/').split('/').collect();
    let Some(last) = parts.pop() else { return };
    let mut parent = object;
    for part in parts {
        parent = &mut parent[part];
    }
    if parent[last].is_null() {
        parent[last] = value.clone();
    }
}

/// Puts back what a write may not change, and counts the generation when the spec changed.
pub(crate) fn keep_identity(before: &Value, after: &mut Value) {
    if !after["metadata"].is_object() {
        after["metadata"] = json!({});
    }
    for field in [
        "name",
        "namespace",
        "uid",
        "creationTimestamp",
        "generation",
    ] {
        let value = before["metadata"][field].clone();
        if let Some(metadata) = after["metadata"].as_object_mut() {
            if value.is_null() {
                metadata.remove(field);
            } else {
                metadata.insert(field.to_owned(), value);
            }
        }
    }
    for field in ["apiVersion", "kind"] {
        after[field] = before[field].clone();
    }
    if let Some(generation) = before["metadata"]["generation"].as_u64()
        && before["spec"] != after["spec"]
    {
        after["metadata"]["generation"] = json!(generation + 1);
    }
}

/// A JSON string's text, or nothing.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kube::resources::by_plural;

    #[test]
    fn a_generated_name_has_five_safe_characters() {
        let pods = by_plural("pods").expect("pods");
        let mut pod = json!({"metadata": {"generateName": "web-"}});
        let name = give_birth(pods, "shop", &mut pod).expect("born");
        assert_eq!(name.len(), "web-".len() + 5);
        assert_eq!(pod["metadata"]["namespace"], "shop");
        assert!(pod["metadata"]["uid"].is_string());
        for bad in ["", "Web", "web_1", "-web", "x; reboot"] {
            assert!(
                give_birth(pods, "shop", &mut json!({"metadata": {"name": bad}})).is_err(),
                "{bad}"
            );
        }
    }

    #[test]
    fn identity_survives_a_replacement_and_the_generation_counts() {
        let before = json!({"kind": "DaemonSet", "apiVersion": "apps/v1", "spec": {"a": 1},
            "metadata": {"name": "x", "uid": "u", "generation": 3}});
        let mut after = json!({"spec": {"a": 2}, "metadata": {"name": "x", "uid": "other"}});
        keep_identity(&before, &mut after);
        assert_eq!(after["metadata"]["uid"], "u");
        assert_eq!(after["metadata"]["generation"], 4);
        assert_eq!(after["kind"], "DaemonSet");
    }
}
