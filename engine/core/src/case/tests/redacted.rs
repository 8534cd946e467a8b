//! Runs as cases: nothing of whose world it was is left, and the case holds.

use super::past::{begun, dropped, fix, look, records, seen};
use super::{RUNBOOK, read, runbook, runbook_of};
use crate::case::{self, Recorded};
use crate::event::Event;
use crate::value::Value;

/// What must not be found in a recorded case.
const PRIVATE: [&str; 9] = [
    "ip-10-0",
    "10.0.1.23",
    "0abc1234",
    "111122223333",
    "alice",
    "prod-eu",
    "b00t",
    "fd00:",
    "x2vqz",
];

fn recorded(events: Vec<Event>, keep_names: bool) -> Recorded {
    case::record("mine", &records(events), &runbook(), keep_names).expect("the run can be a case")
}

fn run() -> Vec<Event> {
    let mut events = begun("run");
    events.extend(seen());
    events
}

#[test]
fn a_recorded_case_names_nobody_and_holds() {
    for events in [run(), fix()] {
        let recorded = recorded(events, false);
        for private in PRIVATE {
            assert!(
                !recorded.text.contains(private),
                "`{private}` in\n{}",
                recorded.text
            );
        }
        let case = read(&runbook(), "mine", &recorded.text);
        let checked = case::check(&runbook(), &case);
        assert!(checked.passed(), "{}\n{checked:#?}", recorded.text);
        assert_eq!(recorded.notes, [""; 0]);
    }
}

#[test]
fn a_recorded_case_reads_like_one_that_was_written() {
    let recorded = recorded(run(), false);
    assert_eq!(
        recorded.text,
        "heeler-case: 1
runbook: busy-table
about: As run ffkqt saw it on 2026-03-01
inputs:
  limit: 20
  token: secret-1
looks:
  proxy: {version: 1.28.2}
nodes:
  - instance: i-00000000000000001
    name: node-1
    cpus: 8
    os_version: 1.50.0
    boot_id: boot-1
    pod: namespace-1/name-1
    looks:
      log: {not-seen: {failed: node-1 (192.0.2.1) is busy}}
      table: {count: 30}
      traffic:
        drop: {growth: 4, per_second: 2, total: 12}
    then:
      holds:
        dropping: 4 dropped on node-1
        old-proxy: the proxy is 1.28.2
      offers: [shorten]
"
    );
    assert_eq!(recorded.tokens, 6);
}

#[test]
fn names_can_be_kept_and_addresses_can_not() {
    let text = recorded(run(), true).text;
    assert!(text.contains("pod: shop/checkout-7d9f5c-x2vqz"), "{text}");
    assert!(!text.contains("10.0.1.23"), "{text}");
}

/// A text of a look, as a recorded case has it.
fn redacted(text: &str) -> String {
    let mut events = run();
    let log = [
        ("lines", Value::Integer(1)),
        ("first_age", Value::Absent),
        ("last_age", Value::Absent),
        ("last", Value::text(text)),
    ];
    events.push(look("log", Value::record(log)));
    let case = recorded(events, false).case;
    let last = case.nodes[0].looks["log"].get("last").cloned();
    last.expect("the look has it").to_string()
}

#[test]
fn the_same_thing_has_the_same_token_wherever_it_stands() {
    for (text, expected) in [
        (
            "10.0.1.23 10.0.9.4 10.0.1.23",
            "192.0.2.1 192.0.2.2 192.0.2.1",
        ),
        (
            "from 10.0.9.4:5432, to [fd00::17]:80.",
            "from 192.0.2.1:5432, to [2001:db8::1]:80.",
        ),
        (
            "127.0.0.1 ::1 0.0.0.0 169.254.169.254",
            "127.0.0.1 ::1 0.0.0.0 169.254.169.254",
        ),
        (
            "arn:aws:sts::111122223333:assumed-role/ops/alice is denied",
            "caller-1 is denied",
        ),
        (
            "111122223333.dkr.ecr.eu-west-1.amazonaws.com",
            "000000000001.dkr.ecr.eu-west-1.amazonaws.com",
        ),
        (
            "444455556666 is another account",
            "000000000001 is another account",
        ),
        (
            "i-0abc1234def567890 and i-0fedcba9876543210",
            "i-00000000000000001 and i-00000000000000002",
        ),
        ("shop/checkout-7d9f5c-x2vqz", "namespace-1/name-1"),
        ("shop/orders", "namespace-1/name-2"),
        (
            "pods \"checkout-7d9f5c-x2vqz\" in prod-eu",
            "pods \"name-1\" in cluster-1",
        ),
        (
            "ip-10-0-7-8.eu-west-1.compute.internal is away",
            "node-2 is away",
        ),
        (
            "workshop, 12:30, v1.33.3, 5.10.0-1",
            "workshop, 12:30, v1.33.3, 5.10.0-1",
        ),
        ("a/b/c and /var/log", "a/b/c and /var/log"),
    ] {
        assert_eq!(redacted(text), expected);
    }
}

#[test]
fn a_verdict_that_hangs_on_a_name_is_told() {
    let text = RUNBOOK.replace(
        "when: traffic.drop.growth > 0",
        "when: node.name == \"ip-10-0-1-23.eu-west-1.compute.internal\"",
    );
    let runbook = runbook_of(&text);
    let recorded =
        case::record("mine", &records(run()), &runbook, false).expect("it can be a case");
    assert_eq!(
        recorded.notes,
        ["without the names `dropping` has another verdict: it depends on one"]
    );
}

#[test]
fn a_number_that_cannot_be_written_is_not_seen() {
    let mut events = run();
    let Value::Record(mut fields) = dropped(12, 4) else {
        panic!("it is a record")
    };
    if let Some(Value::Record(counter)) = fields.get_mut("drop") {
        counter.insert("per_second".into(), Value::Number(f64::INFINITY));
    }
    events.push(look("traffic", Value::Record(fields)));
    let text = recorded(events, false).text;
    assert!(
        text.contains("per_second: {not-seen: {garbled: a number without end}}"),
        "{text}"
    );
    read(&runbook(), "mine", &text);
}
