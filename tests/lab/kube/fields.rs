//! Field selectors: each kind supports its own few fields and refuses all others.

use serde_json::Value;

use crate::kube::resources::Resource;
use crate::kube::status::{Answer, Refusal};

/// A parsed `fieldSelector`; the empty one matches everything.
#[derive(Debug, Default)]
pub(crate) struct FieldSelector(Vec<Term>);

#[derive(Debug)]
struct Term {
    field: String,
    value: String,
    negated: bool,
}

const METADATA: [&str; 2] = ["metadata.name", "metadata.namespace"];

const POD: &[&str] = &[
    "spec.nodeName",
    "spec.host",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.podIPs",
    "status.nominatedNodeName",
];

const CORE_EVENT: &[&str] = &[
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
];

const NEW_EVENT: &[&str] = &[
    "regarding.kind",
    "regarding.namespace",
    "regarding.name",
    "regarding.uid",
    "regarding.apiVersion",
    "regarding.resourceVersion",
    "regarding.fieldPath",
    "reason",
    "reportingController",
    "type",
];

/// The fields of a kind beside its name and namespace; `None` for kinds without any.
fn own_fields(resource: &Resource) -> Option<&'static [&'static str]> {
    match (resource.kind, resource.group) {
        ("Pod", _) => Some(POD),
        ("Event", "") => Some(CORE_EVENT),
        ("Event", _) => Some(NEW_EVENT),
        ("Service", _) => Some(&["spec.clusterIP", "spec.type"]),
        ("Node", _) => Some(&["spec.unschedulable"]),
        ("Namespace", _) => Some(&["status.phase"]),
        _ => None,
    }
}

impl FieldSelector {
    /// Parses the query parameter's value; a field that the kind does not support is a 400.
    pub(crate) fn parse(resource: &Resource, text: &str) -> Answer<Self> {
        text.split(',')
            .filter(|term| !term.is_empty())
            .map(|term| parse_term(resource, term))
            .collect::<Answer<_>>()
            .map(Self)
    }

    /// Whether nothing is asked.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a stored object (events in their core form) satisfies every term.
    pub(crate) fn matches(&self, object: &Value) -> bool {
        self.0
            .iter()
            .all(|term| (field_value(object, &term.field) == term.value) != term.negated)
    }
}

fn parse_term(resource: &Resource, term: &str) -> Answer<Term> {
    let (field, value, negated) = if let Some((field, value)) = term.split_once("!=") {
        (field, value, true)
    } else if let Some((field, value)) = term.split_once("==").or_else(|| term.split_once('=')) {
        (field, value, false)
    } else {
        return Err(Refusal::bad_request(format!(
            "invalid selector: '{term}'; can't understand '{term}'"
        )));
    };
    check_supported(resource, field)?;
    Ok(Term {
        field: field.to_owned(),
        value: value.to_owned(),
        negated,
    })
}

fn check_supported(resource: &Resource, field: &str) -> Answer<()> {
    if METADATA.contains(&field) {
        return Ok(());
    }
    match own_fields(resource) {
        Some(own) if own.contains(&field) => Ok(()),
        Some(_) => Err(Refusal::bad_request(format!(
            "field label not supported: {field}"
        ))),
        None => Err(Refusal::bad_request(format!(
            "\"{field}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
        ))),
    }
}

fn field_value(object: &Value, field: &str) -> String {
    match field {
        "source" => first_text([
            &object["source"]["component"],
            &object["reportingComponent"],
        ]),
        "reportingController" => text_at(object, "reportingComponent"),
        "spec.host" => text_at(object, "spec.nodeName"),
        "status.podIPs" => text_at(object, "status.podIP"),
        "spec.hostNetwork" | "spec.unschedulable" => {
            first_text([&at(object, field), &Value::Bool(false)])
        }
        _ => text_at(object, &field.replacen("regarding.", "involvedObject.", 1)),
    }
}

fn first_text<const N: usize>(candidates: [&Value; N]) -> String {
    candidates
        .into_iter()
        .map(text)
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}

fn text_at(object: &Value, field: &str) -> String {
    text(&at(object, field))
}

fn at(object: &Value, field: &str) -> Value {
    object
        .pointer(&format!("/{}", field.replace('.', "/")))
        .cloned()
        .unwrap_or_default()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kube::resources::{by_plural, find};

    fn selector(plural: &str, text: &str) -> Answer<FieldSelector> {
        FieldSelector::parse(by_plural(plural).expect("a resource"), text)
    }

    #[test]
    fn pods_by_node_phase_and_network() {
        let pod = json!({"metadata": {"name": "web-1", "namespace": "shop"},
            "spec": {"nodeName": "n1"}, "status": {"phase": "Running", "podIP": "10.0.1.9"}});
        for holds in [
            "",
            "spec.nodeName=n1",
            "status.phase!=Failed,metadata.namespace=shop",
            "status.podIP==10.0.1.9",
            "spec.hostNetwork=false",
            "status.nominatedNodeName=",
        ] {
            assert!(
                selector("pods", holds).expect(holds).matches(&pod),
                "{holds}"
            );
        }
        for fails in [
            "spec.nodeName=n2",
            "status.phase!=Running",
            "spec.hostNetwork=true",
        ] {
            assert!(
                !selector("pods", fails).expect(fails).matches(&pod),
                "{fails}"
            );
        }
    }

    #[test]
    fn events_find_their_source_in_either_form() {
        let scheduled =
            json!({"involvedObject": {"name": "web-1"}, "reportingComponent": "default-scheduler"});
        assert!(
            selector(
                "events",
                "source=default-scheduler,involvedObject.name=web-1"
            )
            .expect("core")
            .matches(&scheduled)
        );
        let new = find("events.k8s.io", "v1", "events").expect("a resource");
        let regarding = FieldSelector::parse(
            new,
            "regarding.name=web-1,reportingController=default-scheduler",
        );
        assert!(regarding.expect("new form").matches(&scheduled));
    }

    #[test]
    fn unsupported_fields_are_refused_in_the_real_words() {
        let message = |plural, text| {
            selector(plural, text).expect_err("a refusal").to_status()["message"].clone()
        };
        assert_eq!(
            message("pods", "spec.foo=1"),
            "field label not supported: spec.foo"
        );
        assert_eq!(
            message("configmaps", "data.x=1"),
            "\"data.x\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
        );
        assert!(selector("pods", "nonsense").is_err());
    }
}
