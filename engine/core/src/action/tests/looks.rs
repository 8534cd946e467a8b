//! Every look's script, in both shells.

use super::node::{Node, SHELLS, shellcheck};
use super::{at, look, rungs};
use crate::action::{PodFacts, Target};
use crate::frame::Place;
use crate::value::{DurationSpan, Value, Why};

const PATTERN: &str = r#"{ pattern: "(nf|ip)_conntrack: (nf_conntrack: )?table full( in netns [0-9]+)?, dropping packet" }"#;

fn answers(name: &str, parameters: &str, rung: usize, target: &Target) -> Vec<Result<Value, Why>> {
    let look = look(name, parameters).expect("a good look");
    let rung_of = &rungs(look.as_ref(), target)[rung];
    shellcheck(&rung_of.script);
    SHELLS
        .iter()
        .map(|shell| look.read(&Node::new().reply(shell, rung, rung_of), target))
        .collect()
}

fn values(name: &str, parameters: &str, rung: usize) -> Vec<Value> {
    answers(name, parameters, rung, &Target::default())
        .into_iter()
        .map(|answer| answer.expect("an answer"))
        .collect()
}

fn integer(value: &Value, path: &str) -> i64 {
    match at(value, path) {
        Value::Integer(number) => *number,
        other => panic!("{path} is {other:?}"),
    }
}

#[test]
fn sysctl_reads_units_and_says_what_is_absent() {
    for value in values(
        "sysctl",
        "{ host: kernel.ostype, none: kernel.no_such_key, ports: net/ipv4/ip_local_port_range }",
        0,
    ) {
        assert_eq!(at(&value, "host"), &Value::text("Linux"));
        assert_eq!(at(&value, "none"), &Value::Absent);
        assert!(
            matches!(at(&value, "ports"), Value::Text(text) if text.split(' ').count() == 2),
            "{value}"
        );
    }
}

#[test]
fn memory_is_in_bytes() {
    for value in values("memory", "{}", 0) {
        assert!(
            matches!((at(&value, "total"), at(&value, "available")), (Value::Bytes(total), Value::Bytes(free)) if total > free)
        );
    }
}

#[test]
fn settings_takes_only_what_was_asked_for() {
    let parameters = r#"{ prefix: settings.kernel, extract: {
        max: { path: 'kernel.sysctl["net.netfilter.nf_conntrack_max"]', type: integer },
        lockdown: { path: kernel.lockdown, type: text },
        none: { path: kernel.lockdown.deeper, type: text } } }"#;
    for value in values("settings", parameters, 0) {
        assert_eq!(at(&value, "max"), &Value::Integer(262_144));
        assert_eq!(at(&value, "lockdown"), &Value::text("integrity"));
        assert_eq!(at(&value, "none"), &Value::Absent);
    }
}

#[test]
fn dmesg_takes_ages_from_the_stamps() {
    for value in values("dmesg", PATTERN, 0) {
        assert_eq!(integer(&value, "lines"), 2);
        assert_eq!(
            at(&value, "last"),
            &Value::text(
                "nf_conntrack: nf_conntrack: table full in netns 4026532249, dropping packet"
            )
        );
        assert!(
            matches!(at(&value, "first_age"), Value::Duration(DurationSpan(age)) if (89..=91).contains(&age.as_secs())),
            "{value}"
        );
        assert!(
            matches!(at(&value, "last_age"), Value::Duration(DurationSpan(age)) if (76..=79).contains(&age.as_secs())),
            "{value}"
        );
    }
    for value in values("dmesg", "{ pattern: \"no such line '$(id)\" }", 0) {
        assert_eq!(integer(&value, "lines"), 0);
        assert_eq!(at(&value, "last_age"), &Value::Absent);
        assert_eq!(at(&value, "last"), &Value::Absent);
    }
    for answer in answers("dmesg", "{ pattern: \"(a)\\\\2\" }", 0, &Target::default()) {
        assert!(matches!(answer, Err(Why::Failed(_))), "{answer:?}");
    }
}

#[test]
fn ethtool_sums_the_interfaces_that_have_the_counter() {
    for value in values(
        "ethtool",
        "{ counters: [conntrack_allowance_exceeded, no_such_counter], over: 1s }",
        0,
    ) {
        assert_eq!(
            integer(&value, "conntrack_allowance_exceeded.total"),
            77_000
        );
        assert_eq!(integer(&value, "conntrack_allowance_exceeded.growth"), 0);
        assert_eq!(at(&value, "no_such_counter"), &Value::Absent);
    }
}

#[test]
fn counters_of_the_program_are_summed_and_grow() {
    for value in values("conntrack-counters", "{ over: 1s }", 1) {
        // Two CPUs, 40 each and then 70 each.
        assert_eq!(integer(&value, "drop.total"), 140);
        assert_eq!(integer(&value, "drop.growth"), 60);
        let (Value::Number(rate), Value::Duration(DurationSpan(over))) =
            (at(&value, "drop.per_second"), at(&value, "over"))
        else {
            panic!("{value}")
        };
        assert!((rate * over.as_secs_f64() - 60.0).abs() < 1e-6, "{value}");
        assert_eq!(integer(&value, "cpus"), 2);
        assert_eq!(at(&value, "insert_failed.growth"), &Value::Integer(0));
    }
}

#[test]
fn counters_of_this_kernel_are_read_where_it_has_them() {
    if std::fs::read("/proc/net/stat/nf_conntrack").is_ok() {
        for value in values("conntrack-counters", "{ over: 1s }", 0) {
            assert!(integer(&value, "cpus") > 0);
            assert!(integer(&value, "entries.last") >= 0);
        }
    }
}

#[test]
fn entries_are_shared_out_by_state_and_flow() {
    for value in values("conntrack-entries", "{ sample: 5000 }", 1) {
        assert_eq!(integer(&value, "sampled"), 24);
        assert_eq!(integer(&value, "time_wait.count"), 14);
        assert_eq!(integer(&value, "established.count"), 5);
        assert_eq!(integer(&value, "syn_sent.count"), 4);
        assert_eq!(integer(&value, "udp.count"), 1);
        assert_eq!(integer(&value, "other.count"), 0);
        assert_eq!(at(&value, "top.source"), &Value::text("10.0.1.7"));
        assert_eq!(at(&value, "top.destination"), &Value::text("10.0.9.4"));
        assert_eq!(at(&value, "top.port"), &Value::text("5432"));
        assert_eq!(at(&value, "top.share").to_string(), "58 %");
    }
}

#[test]
fn a_program_that_is_not_there_is_no_empty_table() {
    for (name, parameters, rung) in [
        ("conntrack-entries", "{}", 1),
        ("conntrack-counters", "{ over: 1s }", 1),
        ("ethtool", "{ counters: [x], over: 1s }", 0),
    ] {
        let look = look(name, parameters).expect("a good look");
        let rung_of = &rungs(look.as_ref(), &Target::default())[rung];
        for shell in SHELLS {
            let node = Node::new();
            node.program("chroot", "exit 127");
            assert_eq!(node.reply(shell, rung, rung_of).exit, 69, "{name}");
            node.program("chroot", "exit 1");
            let reply = node.reply(shell, rung, rung_of);
            let empty = name == "ethtool";
            assert_eq!(reply.exit == 0, empty, "{name}");
        }
    }
}

#[test]
fn sockets_of_the_node_are_seen_without_admin_and_a_pods_are_not() {
    for value in values("socket-counters", "{ over: 1s }", 1) {
        assert!(integer(&value, "host.listen_overflows.total") >= 0);
        assert!(matches!(at(&value, "pod"), Value::Unseen(_)));
    }
}

#[test]
fn sockets_of_a_pod_that_has_no_process_are_not_seen() {
    let target = Target {
        pod: Some(pod(false)),
        ..Target::default()
    };
    for answer in answers("socket-counters", "{ over: 1s }", 0, &target) {
        let value = answer.expect("an answer");
        let Value::Unseen(unseen) = at(&value, "pod") else {
            panic!("{value}")
        };
        assert_eq!(
            unseen[0].why,
            Why::NotThere("process of shop/checkout-x2vqz".into())
        );
    }
}

#[test]
fn sockets_of_a_pod_on_the_nodes_network_are_the_nodes() {
    let target = Target {
        pod: Some(pod(true)),
        ..Target::default()
    };
    let look = look("socket-counters", "{ over: 1s }").expect("a good look");
    assert_eq!(
        rungs(look.as_ref(), &target)
            .iter()
            .map(|rung| rung.place)
            .collect::<Vec<_>>(),
        [Place::Control]
    );
    for answer in answers("socket-counters", "{ over: 1s }", 0, &target) {
        let value = answer.expect("an answer");
        assert_eq!(at(&value, "pod.name"), &Value::text("shop/checkout-x2vqz"));
        assert_eq!(
            at(&value, "pod.listen_drops"),
            at(&value, "host.listen_drops")
        );
    }
}

fn pod(host_network: bool) -> PodFacts {
    PodFacts {
        namespace: "shop".into(),
        name: "checkout-x2vqz".into(),
        uid: "0f3c8a52-9d0e-4b52-8a57-3f1f6f5f0a11".into(),
        host_network,
    }
}
