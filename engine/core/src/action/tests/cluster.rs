//! Changes that the Kubernetes API carries out: what they set, of which object, and in which words.

use serde_json::json;

use super::{action, read};
use crate::action::{Carried, Change, ClusterChange, Impact, KubeGet, ObjectFields};
use crate::value::{Unseen, Value, Why};

fn change(name: &str, parameters: &str) -> Result<Box<dyn Change>, Vec<String>> {
    read(parameters, |tree, faults| action(name).change(tree, faults))
}

fn of_cluster(change: &dyn Change) -> &dyn ClusterChange {
    match change.carried() {
        Carried::Cluster(change) => change,
        Carried::Node(_) | Carried::Evictions(_) => panic!("it sets no fields"),
    }
}

fn patch(wanted: &str) -> serde_json::Value {
    ObjectFields::read(wanted).expect("fields").patch()
}

#[test]
fn a_cordon_is_of_the_targets_node_and_takes_back_what_was_not_there() {
    for (name, set, says) in [
        ("cordon", json!(true), "cordoned"),
        ("uncordon", json!(null), "schedulable"),
    ] {
        let change = change(name, "{}").expect("a good change");
        let wanted = change.wanted(&[]).expect("a value");
        assert_eq!(patch(&wanted), json!({"spec": {"unschedulable": set}}));
        assert_eq!(change.display(&wanted), says);
        assert_eq!(change.impact(), Impact::Reversible);
        let cluster = of_cluster(change.as_ref());
        let node = cluster.object(&[]).expect("an object");
        assert_eq!((node.resource.as_str(), node.name), ("nodes", None));
        let object = json!({"spec": {"podCIDR": "10.0.0.0/24"}});
        let present = ObjectFields::capture(&object, &cluster.paths()).to_string();
        assert_eq!(change.display(&present), "schedulable");
        assert_eq!(change.back(&present, &[]), Ok(present.clone()));
        assert_eq!(cluster.effects().len(), 1);
    }
    assert!(change("cordon", "{ node: a }").is_err());
}

#[test]
fn a_patch_sets_values_as_they_are_written() {
    let change = change(
        "patch",
        "{ object: { resource: deployments, api: apps/v1, namespace: '{{ inputs.ns }}', name: web }, \
           set: { spec.replicas: 2, spec.paused: true, 'metadata.labels[\"a.b/c\"]': '2' } }",
    );
    let change = change.expect("a good change");
    let texts: Vec<&str> = change
        .texts()
        .iter()
        .map(|text| text.value.as_str())
        .collect();
    assert_eq!(texts, ["2", "true", "2", "{{ inputs.ns }}"]);
    let values = ["2", "true", "2", "shop"].map(Value::text);
    let wanted = change.wanted(&values).expect("a value");
    let labels = json!({"labels": {"a.b/c": "2"}});
    assert_eq!(
        patch(&wanted),
        json!({"spec": {"replicas": 2, "paused": true}, "metadata": labels})
    );
    let object = of_cluster(change.as_ref()).object(&values);
    assert_eq!(
        object,
        Ok(KubeGet {
            api: "apis/apps/v1".into(),
            resource: "deployments".into(),
            namespace: Some("shop".into()),
            name: Some("web".into()),
        })
    );
}

#[test]
fn no_value_leads_to_another_object_or_is_made_up() {
    let parameters = "{ object: { resource: pods, namespace: shop, name: '{{ inputs.name }}' }, set: { spec.a: '{{ inputs.a }}' } }";
    let change = change("patch", parameters).expect("a good change");
    let unseen = Value::Unseen(vec![Unseen {
        look: "a".into(),
        why: Why::AdminOff,
    }]);
    for name in [Value::text("a/../b"), Value::Absent, unseen.clone()] {
        let values = [Value::text("1"), name];
        assert!(
            of_cluster(change.as_ref()).object(&values).is_err(),
            "{values:?}"
        );
    }
    for value in [Value::Absent, unseen, Value::Number(0.5)] {
        assert!(
            change.wanted(std::slice::from_ref(&value)).is_err(),
            "{value}"
        );
    }
}

#[test]
fn what_is_no_patch_is_refused() {
    let object = "{ resource: services, namespace: shop, name: web }";
    for (object, set) in [
        (
            "{ resource: services, namespace: shop }",
            "{ spec.type: x }",
        ),
        (
            "{ resource: secrets, namespace: shop, name: web }",
            "{ data.a: x }",
        ),
        (object, "{}"),
        (object, "{ spec: x }"),
        (object, "{ metadata.name: x }"),
        (object, "{ metadata.labels: x }"),
        (object, "{ status.phase: x }"),
        (object, "{ 'spec.ports[0].port': 80 }"),
        (object, "{ spec.selector: { a: b } }"),
    ] {
        let parameters = format!("{{ object: {object}, set: {set} }}");
        assert!(change("patch", &parameters).is_err(), "{parameters}");
    }
}
