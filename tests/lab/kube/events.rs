//! Events have two forms; the store keeps the core one and this turns it into the other.

use serde_json::{Value, json};

/// Core field, events.k8s.io field.
const RENAMED: [(&str, &str); 7] = [
    ("involvedObject", "regarding"),
    ("message", "note"),
    ("source", "deprecatedSource"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
    ("count", "deprecatedCount"),
    ("reportingComponent", "reportingController"),
];

/// The events.k8s.io form of a core event.
pub(crate) fn to_new(core: &Value) -> Value {
    let mut event = core.clone();
    if let Some(fields) = event.as_object_mut() {
        for (old, new) in RENAMED {
            if let Some(value) = fields.remove(old) {
                fields.insert(new.to_owned(), value);
            }
        }
    }
    event["apiVersion"] = json!("events.k8s.io/v1");
    event
}

/// The core form of an events.k8s.io event.
pub(crate) fn to_core(event: &Value) -> Value {
    let mut core = event.clone();
    if let Some(fields) = core.as_object_mut() {
        for (old, new) in RENAMED {
            if let Some(value) = fields.remove(new) {
                fields.insert(old.to_owned(), value);
            }
        }
    }
    core["apiVersion"] = json!("v1");
    core
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let core = json!({"apiVersion": "v1", "kind": "Event", "reason": "Scheduled", "message": "m",
            "involvedObject": {"name": "web-1"}, "firstTimestamp": null, "reportingComponent": "default-scheduler"});
        let new = to_new(&core);
        assert_eq!(new["regarding"]["name"], "web-1");
        assert_eq!(new["reportingController"], "default-scheduler");
        assert!(
            new.get("deprecatedFirstTimestamp")
                .is_some_and(Value::is_null)
        );
        assert_eq!(to_core(&new), core);
    }
}
