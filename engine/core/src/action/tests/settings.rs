//! The `settings` change: its values, in both directions, and what people read of it.

use std::time::Duration;

use super::{OnNode, change};
use crate::frame::Place;
use crate::value::{Bytes, DurationSpan, Unseen, Value, Why};

pub(super) const MAP_COUNT: &str = "{ settings.kernel.sysctl: { vm.max_map_count: 1048576 }, unset-to: { vm.max_map_count: 65530 } }";
pub(super) const EVICTION: &str = "{ settings.kubernetes.eviction-hard: { memory.available: 5%, nodefs.available: 10% }, \
                        unset-to: { nodefs.available: 15% } }";

pub(super) fn settings(parameters: &str) -> OnNode {
    change("settings", parameters).expect("a good change")
}

#[test]
fn values_are_of_the_kind_that_is_written() {
    let wanted = |parameters: &str, value: Value| settings(parameters).wanted(&[value]);
    let pids = |written: &str| format!("{{ settings.kubernetes.pod-pids-limit: {written} }}");
    let text = Value::text;
    for (parameters, value, json) in [
        (pids("1024"), text("1024"), "1024"),
        (pids("'1024'"), text("1024"), "\"1024\""),
        (pids("'{{ inputs.a }}'"), Value::Integer(1024), "1024"),
        (pids("'{{ inputs.a }}'"), text("1024"), "\"1024\""),
        (pids("true"), text("true"), "true"),
        (pids("'{{ inputs.a }}'"), Value::Bool(false), "false"),
        (pids("x"), Value::Bytes(Bytes(1 << 20)), "\"1048576\""),
        (
            pids("x"),
            Value::Duration(DurationSpan(Duration::from_secs(90))),
            "\"90s\"",
        ),
        (pids("x"), text("it's \"$(id)\""), r#""it's \"$(id)\"""#),
    ] {
        assert_eq!(
            wanted(&parameters, value).as_deref(),
            Ok(json),
            "{parameters}"
        );
    }
    let unseen = Value::Unseen(vec![Unseen {
        look: "a".into(),
        why: Why::AdminOff,
    }]);
    for value in [
        Value::Absent,
        unseen,
        text("a\nb"),
        Value::Integer(i64::MAX),
        Value::Number(0.5),
        Value::Duration(DurationSpan(Duration::from_millis(1500))),
        Value::List(Vec::new()),
    ] {
        assert!(wanted(&pids("x"), value.clone()).is_err(), "{value}");
    }
    assert!(wanted(&pids("1.5"), text("1.5")).is_err());
}

#[test]
fn maps_of_texts_hold_texts_and_kernel_parameters_have_their_units() {
    let map_count = settings(MAP_COUNT);
    let wanted = r#"{"vm.max_map_count":"1048576"}"#;
    assert_eq!(
        map_count.wanted(&[Value::text("1048576")]).as_deref(),
        Ok(wanted)
    );
    let key = "net.netfilter.nf_conntrack_tcp_timeout_time_wait";
    let time_wait = settings(&format!("{{ settings.kernel.sysctl: {{ {key}: 1m }} }}"));
    let minute = Value::Duration(DurationSpan(Duration::from_secs(60)));
    let wanted = format!(r#"{{"{key}":"60"}}"#);
    assert_eq!(time_wait.wanted(&[minute]), Ok(wanted.clone()));
    assert_eq!(time_wait.wanted(&[Value::text("1m")]), Ok(wanted.clone()));
    assert!(time_wait.wanted(&[Value::text("soon")]).is_err());
    assert_eq!(time_wait.display(&wanted), "60 s");
    let reserved = settings("{ settings.kubernetes.kube-reserved: { cpu: 1 } }");
    assert_eq!(
        reserved.wanted(&[Value::text("1")]).as_deref(),
        Ok(r#"{"cpu":"1"}"#)
    );
}

#[test]
fn people_read_names_and_values() {
    let map_count = settings(MAP_COUNT);
    assert_eq!(
        map_count.subject(),
        r#"settings.kernel.sysctl["vm.max_map_count"]"#
    );
    assert_eq!(map_count.display(r#"{"vm.max_map_count":null}"#), "absent");
    let eviction = settings(EVICTION);
    assert_eq!(
        eviction.subject(),
        "settings.kubernetes.eviction-hard: memory.available, nodefs.available"
    );
    let held = r#"{"memory.available":null,"nodefs.available":"10%"}"#;
    assert_eq!(
        eviction.display(held),
        "memory.available=absent, nodefs.available=10%"
    );
    let by_hand = eviction.by_hand(r#"{"memory.available":"5%","nodefs.available":"10%"}"#);
    let document =
        r#"{"kubernetes":{"eviction-hard":{"memory.available":"5%","nodefs.available":"10%"}}}"#;
    assert_eq!(by_hand, format!("apiclient set --json '{document}'"));
    assert_eq!(eviction.place(), Place::Control);
}

#[test]
fn the_way_back_from_what_is_absent_is_given() {
    let eviction = settings(EVICTION);
    let given = [Value::text("15%")];
    let held = |memory: &str, nodefs: &str| {
        format!(r#"{{"memory.available":{memory},"nodefs.available":{nodefs}}}"#)
    };
    assert_eq!(
        eviction.back(&held("\"1%\"", "\"2%\""), &given),
        Ok(held("\"1%\"", "\"2%\""))
    );
    assert_eq!(
        eviction.back(&held("\"1%\"", "null"), &given),
        Ok(held("\"1%\"", "\"15%\""))
    );
    let refused = eviction
        .back(&held("null", "\"2%\""), &given)
        .expect_err("nothing is given");
    assert!(
        refused
            .starts_with(r#"settings.kubernetes.eviction-hard["memory.available"] is not set now"#),
        "{refused}"
    );
    // What is not needed need not be known.
    assert!(
        eviction
            .back(&held("\"1%\"", "\"2%\""), &[Value::Absent])
            .is_ok()
    );
    assert!(
        eviction
            .back(&held("\"1%\"", "null"), &[Value::Absent])
            .is_err()
    );
}

#[test]
fn effects_stand_in_the_plan() {
    let kubelet = settings("{ settings.kubernetes.max-pods: 1 }");
    let effects = kubelet.effects(&["kubernetes".to_owned(), "other".to_owned()]);
    assert!(
        effects[0].starts_with("restarts the kubelet"),
        "{effects:?}"
    );
    assert_eq!(
        effects[1..],
        [
            "restarts or reloads other",
            "stays after a restart of the node"
        ]
    );
    assert_eq!(
        (kubelet.restarts(), settings(MAP_COUNT).restarts()),
        (Some("the kubelet"), None)
    );
    assert_eq!(
        settings("{ settings.kubernetes.static-pods.a.enabled: true }").restarts(),
        None
    );
}
