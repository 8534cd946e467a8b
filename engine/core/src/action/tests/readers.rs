//! Reading answers into values, and parameters into looks.

use std::net::IpAddr;
use std::time::Duration;

use super::{at, change, look};
use crate::action::{Look, Target, all};
use crate::frame::{Place, Reply};
use crate::value::{DurationSpan, Kind, Value, Why};

fn reply(stdout: &str) -> Reply {
    Reply {
        look: "traffic".into(),
        rung: 0,
        place: Place::Control,
        before: None,
        exit: 0,
        stdout: stdout.into(),
        stderr: Vec::new(),
        cut: false,
    }
}

fn read(look: &dyn Look, stdout: &str) -> Result<Value, Why> {
    look.read(&reply(stdout), &Target::default())
}

fn counters() -> Box<dyn Look> {
    look("conntrack-counters", "{ over: 2s }").expect("a good look")
}

#[test]
fn an_answer_that_is_not_whole_is_never_a_value() {
    let whole = "10.00 12.00 8 100 180 1 5 0 0 0 0 0 0 7 9 3 3\n";
    assert_eq!(
        at(
            &read(counters().as_ref(), whole).expect("a value"),
            "drop.growth"
        ),
        &Value::Integer(4)
    );
    for end in 0..whole.len() - 2 {
        let read = read(counters().as_ref(), whole.split_at(end).0);
        assert!(
            read.is_err() || end > whole.len() - 3,
            "{:?}",
            whole.split_at(end).0
        );
    }
    for wrong in [
        "",
        "10 12 8 100 180 x",
        "12 10 8 100 180 1 5 0 0 0 0 0 0 7 9 3 3",
        "10 12 8 1 1 5 1 0 0 0 0 0 0 7 9 3 3",
        "10 12 8 100 180 -9223372036854775808 5 0 0 0 0 0 0 7 9 3 3",
        "10 12 8 100 180 1 5 0 0 0 0 0 0 7 9 3 3 4",
    ] {
        assert!(
            matches!(read(counters().as_ref(), wrong), Err(Why::Garbled(_))),
            "{wrong}"
        );
    }
    let cut = Reply {
        cut: true,
        ..reply(whole)
    };
    assert_eq!(
        counters().read(&cut, &Target::default()),
        Err(Why::Truncated)
    );
    let failed = Reply {
        exit: 2,
        stderr: b"awk: line 1\nno such file\n".to_vec(),
        ..reply(whole)
    };
    assert_eq!(
        counters().read(&failed, &Target::default()),
        Err(Why::Failed("no such file (exit code 2)".into()))
    );
}

#[test]
fn every_value_has_the_shape_that_was_promised() {
    let value = read(
        counters().as_ref(),
        "10.00 12.00 8 100 180 1 5 0 0 0 0 0 0 7 9 - -\n",
    )
    .expect("a value");
    assert_eq!(at(&value, "insert"), &Value::Absent);
    assert_eq!(at(&value, "entries.per_second"), &Value::Number(40.0));
    let (Kind::Record(kinds), Value::Record(fields)) = (counters().kind(), value) else {
        panic!("records")
    };
    assert_eq!(
        kinds.keys().collect::<Vec<_>>(),
        fields.keys().collect::<Vec<_>>()
    );
}

#[test]
fn between_counts_from_the_end_of_the_first_answer() {
    let first = read(
        counters().as_ref(),
        "10.00 12.00 8 100 180 1 5 0 0 0 0 0 0 7 9 3 3\n",
    )
    .expect("a value");
    let last = read(
        counters().as_ref(),
        "40.00 42.00 8 300 280 65 65 0 0 0 0 0 0 9 9 3 3\n",
    )
    .expect("a value");
    let grown = counters()
        .between(&first, &last, Duration::from_secs(30))
        .expect("it grows");
    assert_eq!(at(&grown, "drop.growth"), &Value::Integer(60));
    assert_eq!(at(&grown, "drop.per_second"), &Value::Number(2.0));
    assert_eq!(at(&grown, "entries.first"), &Value::Integer(180));
    assert_eq!(at(&grown, "entries.growth"), &Value::Integer(100));
    assert_eq!(
        at(&grown, "over"),
        &Value::Duration(DurationSpan(Duration::from_secs(30)))
    );
    let back = counters()
        .between(&last, &first, Duration::from_secs(30))
        .expect("a value");
    assert!(matches!(at(&back, "drop"), Value::Unseen(_)), "{back}");
    let at_once = counters()
        .between(&first, &last, Duration::ZERO)
        .expect("a value");
    assert!(matches!(at_once, Value::Unseen(_)));
}

#[test]
fn two_pods_are_not_compared() {
    let look = look("socket-counters", "{ over: 2s }").expect("a good look");
    let with_pod = |name: &str| {
        let reply = Reply {
            place: Place::Admin,
            ..reply(&format!("10 12 0 0 0 0 {name} 1 5 1 5\n"))
        };
        look.read(&reply, &Target::default()).expect("a value")
    };
    let checkout = with_pod("shop_checkout-1_0f3c");
    assert_eq!(at(&checkout, "pod.name"), &Value::text("shop/checkout-1"));
    assert_eq!(
        at(&checkout, "pod.listen_overflows.growth"),
        &Value::Integer(4)
    );
    let grown = look
        .between(
            &checkout,
            &with_pod("shop_cart-1_77aa"),
            Duration::from_secs(30),
        )
        .expect("a value");
    assert!(matches!(at(&grown, "pod"), Value::Unseen(_)));
    assert_eq!(at(&grown, "host.listen_drops.growth"), &Value::Integer(0));
    let bare = with_pod("pod0f3c8a52-9d0e");
    assert_eq!(at(&bare, "pod.name"), &Value::text("pod 0f3c8a52-9d0e"));
}

#[test]
fn a_pods_sockets_are_not_seen_for_the_reason_that_is_true() {
    let look = look("socket-counters", "{ over: 2s }").expect("a good look");
    for why in [
        Why::AdminOff,
        Why::Failed("apiclient exec ended with 1".into()),
    ] {
        let reply = Reply {
            before: Some(why.clone()),
            ..reply("10 12 0 0 0 0 -\n")
        };
        let value = look.read(&reply, &Target::default()).expect("a value");
        let Value::Unseen(unseen) = at(&value, "pod") else {
            panic!("{value}")
        };
        assert_eq!((unseen[0].look.as_str(), &unseen[0].why), ("traffic", &why));
    }
}

#[test]
fn addresses_get_names() {
    let look = look("conntrack-entries", "{}").expect("a good look");
    let value = read(
        look.as_ref(),
        "10 8 1 0 0 0 0 0 0 1 0 6 10.0.1.7 fd00::4 5432\n",
    )
    .expect("a value");
    let addresses: Vec<IpAddr> = look.addresses(&value);
    assert_eq!(
        addresses,
        [
            "10.0.1.7".parse::<IpAddr>().expect("one"),
            "fd00::4".parse().expect("one")
        ]
    );
    assert_eq!(at(&value, "top.workload"), &Value::text("10.0.1.7"));
    let named = look.name_addresses(value, &[(addresses[0], "shop/checkout".into())]);
    assert_eq!(at(&named, "top.workload"), &Value::text("shop/checkout"));
    assert_eq!(at(&named, "top.source_name"), &Value::text("shop/checkout"));
    assert_eq!(at(&named, "top.destination_name"), &Value::text("fd00::4"));
    let empty = read(look.as_ref(), "0 0 0 0 0 0 0 0 0 0 0 0\n").expect("a value");
    assert_eq!(
        (at(&empty, "top"), at(&empty, "time_wait.share")),
        (&Value::Absent, &Value::Absent)
    );
}

#[test]
fn wrong_parameters_are_faults() {
    for (action, parameters) in [
        ("sysctl", "{}"),
        ("sysctl", "{ a: '../../etc/passwd' }"),
        ("sysctl", "{ a: 'net.ipv4; reboot' }"),
        ("sysctl", "{ time-wait: net.ipv4.ip_forward }"),
        ("sysctl", "[net.ipv4.ip_forward]"),
        ("conntrack-counters", "{ over: 2 hours }"),
        ("conntrack-counters", "{ over: 500ms }"),
        ("conntrack-counters", "{ ovr: 2s }"),
        ("conntrack-entries", "{ sample: 1000000 }"),
        ("dmesg", "{}"),
        ("dmesg", "{ pattern: \"a\\nb\" }"),
        ("ethtool", "{ counters: [] }"),
        ("ethtool", "{ counters: ['a b'] }"),
        (
            "settings",
            "{ prefix: kernel, extract: { a: { path: a, type: text } } }",
        ),
        (
            "settings",
            "{ prefix: settings.kernel, extract: { a: { path: 'a..b', type: text } } }",
        ),
        (
            "settings",
            "{ prefix: settings.kernel, extract: { a: { path: a, yaml: b, type: text } } }",
        ),
        (
            "settings",
            "{ prefix: \"settings.$(id)\", extract: { a: { path: a, type: text } } }",
        ),
        (
            "kube",
            "{ get: configmaps, extract: { a: { path: a, type: text } } }",
        ),
        (
            "kube",
            "{ get: 'nodes/x', extract: { a: { path: a, type: text } } }",
        ),
        (
            "kube",
            "{ get: nodes, extract: { a: { path: a, type: float } } }",
        ),
        ("memory", "{ a: b }"),
    ] {
        assert!(look(action, parameters).is_err(), "{action} {parameters}");
    }
}

#[test]
fn only_some_actions_change_anything() {
    let changes: Vec<&str> = all()
        .iter()
        .filter(|action| action.change_shape().is_some())
        .map(|action| action.name())
        .collect();
    assert_eq!(
        changes,
        [
            "cordon",
            "drain",
            "host-container",
            "patch",
            "reboot",
            "restart",
            "run",
            "settings",
            "sysctl",
            "uncordon"
        ]
    );
    for action in all()
        .iter()
        .filter(|action| action.change_shape().is_none())
    {
        let titles = change(action.name(), "{}").expect_err("it only looks");
        assert_eq!(
            titles,
            [format!(
                "`{}` only looks; it can't change anything",
                action.name()
            )]
        );
    }
}

#[test]
fn actions_are_found_by_their_file() {
    for action in all() {
        let file = format!(
            "{}/src/action/{}",
            env!("CARGO_MANIFEST_DIR"),
            action.name().replace('-', "_")
        );
        let exists = std::path::Path::new(&format!("{file}.rs")).exists()
            || std::path::Path::new(&file).exists();
        assert!(exists, "{file}");
        assert!(!action.summary().is_empty());
    }
}
