//! Runs that look.

use insta::assert_snapshot;

use super::stories::{
    answered, beginning, ended, instance, judged, looked, offered, pod_target, proxy_lowered,
    report, ruled_out, run, screen, seconds, table_full, target, unseen,
};
use crate::event::{Event, Exit, Verdict};
use crate::report::{Style, text};
use crate::value::{Value, Why};

pub(super) fn full_table() -> Vec<Event> {
    let mut events = beginning("run", vec![pod_target()]);
    events.extend([
        answered(23),
        proxy_lowered(23),
        table_full(23),
        ruled_out(23, "insert-clashes", "insert clashes"),
        ruled_out(23, "accept-queue", "the pod's accept queue"),
        ruled_out(23, "instance-allowance", "EC2 allowance"),
        offered(23, None),
        ended(Exit::Found, false),
    ]);
    events
}

fn admin_off() -> Vec<Event> {
    let mut events = beginning("run", vec![pod_target()]);
    events.extend([answered(23), table_full(23)]);
    let off = |look: &str| Value::Unseen(unseen(look, Why::AdminOff));
    events.extend([
        looked(23, "entries", "shares by state and address", off("entries")),
        looked(23, "log", "kernel log", off("log")),
        looked(
            23,
            "sockets",
            "pods' accept queues",
            Value::record([("host", Value::Integer(0)), ("pod", off("sockets"))]),
        ),
        looked(
            23,
            "extra",
            "not asked on purpose",
            Value::Unseen(unseen("extra", Why::NotAsked)),
        ),
        looked(
            23,
            "proxy",
            "kube-proxy's version",
            Value::Unseen(unseen("proxy", Why::Forbidden("get daemonsets".into()))),
        ),
        ruled_out(23, "insert-clashes", "insert clashes"),
        judged(
            23,
            "critical",
            "accept-queue",
            "the pod's accept queue",
            Verdict::NotSeen(unseen("sockets", Why::AdminOff)),
        ),
        offered(
            23,
            Some("shares by state and address were not seen: the admin container is off"),
        ),
        ended(Exit::Found, false),
    ]);
    events
}

#[test]
fn a_full_table() {
    assert_snapshot!(screen(run(), full_table()), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    shop/checkout-7d9f5c-x2vqz → ip-10-0-1-23 → i-0abc1234def567823  Bottlerocket 1.50.0, 8 CPUs
    CRITICAL table-full   412 packets of new connections dropped each second
      262,144 of 262,144 entries; TIME_WAIT lasts 120 s
      max = 262,144: kube-proxy's value for this number of CPUs, not Bottlerocket's 1,048,576
    ruled out  insert clashes, the pod's accept queue, EC2 allowance
    fix        heeler fix 7m36p shorten-time-wait   120 → 60 s: helps from 60 s on, whole after 120 s
    lasting    shop/checkout opens a connection for each request to 10.0.9.4:5432: reuse or pool them
    3.4 s, 1 command, nothing changed
    ");
}

#[test]
fn the_same_with_the_admin_container_off() {
    assert_snapshot!(screen(run(), admin_off()), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    shop/checkout-7d9f5c-x2vqz → ip-10-0-1-23 → i-0abc1234def567823  Bottlerocket 1.50.0, 8 CPUs
    CRITICAL table-full   412 packets of new connections dropped each second
      262,144 of 262,144 entries; TIME_WAIT lasts 120 s
    ruled out  insert clashes
    undecided  the pod's accept queue
    not seen   shares by state and address, kernel log, pods' accept queues: the admin container is off
               kube-proxy's version: not allowed: get daemonsets
    fix        shorten-time-wait is withheld: shares by state and address were not seen: the admin container is off
    lasting    shop/checkout opens a connection for each request to 10.0.9.4:5432: reuse or pool them
    3.4 s, 1 command, nothing changed
    ");
}

#[test]
fn on_a_narrow_terminal_text_is_wrapped_and_commands_are_not() {
    let style = Style {
        width: 60,
        ..Style::default()
    };
    assert_snapshot!(text(&report(run(), full_table()), &style), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    shop/checkout-7d9f5c-x2vqz → ip-10-0-1-23 →
      i-0abc1234def567823  Bottlerocket 1.50.0, 8 CPUs
    CRITICAL table-full   412 packets of new connections dropped
      each second
      262,144 of 262,144 entries; TIME_WAIT lasts 120 s
      max = 262,144: kube-proxy's value for this number of CPUs,
        not Bottlerocket's 1,048,576
    ruled out  insert clashes, the pod's accept queue, EC2
               allowance
    fix        heeler fix 7m36p shorten-time-wait
               120 → 60 s: helps from 60 s on, whole after 120 s
    lasting    shop/checkout opens a connection for each request
               to 10.0.9.4:5432: reuse or pool them
    3.4 s, 1 command, nothing changed
    ");
}

#[test]
fn with_evidence() {
    let mut events = beginning("run", vec![pod_target()]);
    let table = Value::record([
        ("count", Value::Integer(262_144)),
        ("time_wait", seconds(120)),
    ]);
    events.extend([
        answered(23),
        table_full(23),
        looked(23, "table", "the table's size", table),
        ended(Exit::Found, false),
    ]);
    let style = Style {
        evidence: true,
        ..Style::default()
    };
    assert_snapshot!(text(&report(run(), events), &style), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    shop/checkout-7d9f5c-x2vqz → ip-10-0-1-23 → i-0abc1234def567823  Bottlerocket 1.50.0, 8 CPUs
    CRITICAL table-full   412 packets of new connections dropped each second
      262,144 of 262,144 entries; TIME_WAIT lasts 120 s
      The kernel drops them itself.
    lasting    shop/checkout opens a connection for each request to 10.0.9.4:5432: reuse or pool them
    looked at  the table's size (table): count 262,144, time_wait 120 s
    3.4 s, 1 command, nothing changed
    ");
}

#[test]
fn a_healthy_node() {
    let mut events = beginning("run", vec![target(23)]);
    events.extend([
        answered(23),
        ruled_out(23, "table-full", "a full table"),
        ruled_out(23, "insert-clashes", "insert clashes"),
        ended(Exit::Clear, false),
    ]);
    assert_snapshot!(screen(run(), events), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    ip-10-0-1-23 → i-0abc1234def567823  Bottlerocket 1.50.0, 8 CPUs
    nothing found
    ruled out  a full table, insert clashes
    3.4 s, 1 command, nothing changed
    ");
}

#[test]
fn nothing_found_where_not_everything_was_seen() {
    let mut events = beginning("run", vec![target(23)]);
    let mut node = answered(23);
    if let Event::NodeAnswered { fetched, .. } = &mut node {
        *fetched = true;
    }
    let missing = Verdict::NotSeen(unseen("log", Why::TimedOut(5)));
    events.extend([
        node,
        ruled_out(23, "table-full", "a full table"),
        judged(23, "warning", "was-full", "a table that was full", missing),
        proxy_lowered(23),
        ended(Exit::NotSeen, false),
    ]);
    assert_snapshot!(screen(run(), events), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    ip-10-0-1-23 → i-0abc1234def567823  Bottlerocket 1.50.0, 8 CPUs
      the answer was fetched: it did not fit the listing
    nothing found in what could be seen
    note       max = 262,144: kube-proxy's value for this number of CPUs, not Bottlerocket's 1,048,576
    ruled out  a full table
    undecided  a table that was full
    not seen   log: no answer within 5 s
    3.4 s, 1 command, nothing changed
    ");
}

#[test]
fn several_nodes() {
    let mut events = beginning("run", (1..=8).map(target).collect());
    for number in 1..=5 {
        events.extend([
            answered(number),
            ruled_out(number, "table-full", "a full table"),
        ]);
    }
    let missing = || Verdict::NotSeen(unseen("log", Why::AdminOff));
    events.extend([
        answered(6),
        judged(6, "warning", "was-full", "a table that was full", missing()),
        answered(7),
        proxy_lowered(7),
        table_full(7),
        offered(7, None),
        Event::NodeFailed {
            step: 1,
            instance: instance(8),
            error: "the agent is offline".into(),
        },
        ended(Exit::Found, false),
    ]);
    assert_snapshot!(screen(run(), events), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    ip-10-0-1-7 → i-0abc1234def567807  Bottlerocket 1.50.0, 8 CPUs
    CRITICAL table-full   412 packets of new connections dropped each second
      262,144 of 262,144 entries; TIME_WAIT lasts 120 s
      max = 262,144: kube-proxy's value for this number of CPUs, not Bottlerocket's 1,048,576
    fix        heeler fix 7m36p shorten-time-wait   120 → 60 s: helps from 60 s on, whole after 120 s
    lasting    shop/checkout opens a connection for each request to 10.0.9.4:5432: reuse or pool them
    no answer  ip-10-0-1-8: the agent is offline
    ip-10-0-1-6: nothing found in what could be seen
    undecided  a table that was full
    not seen   log: the admin container is off
    healthy    ip-10-0-1-1, ip-10-0-1-2, ip-10-0-1-3 and 2 more: nothing found
    3.4 s, 1 command, nothing changed
    ");
}
