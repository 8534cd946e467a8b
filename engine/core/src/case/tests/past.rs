//! Runs of the journal, read back and judged again.

use super::{RUNBOOK, runbook, runbook_of};
use crate::case::{self, Ending};
use crate::event::{
    BootId, Direction, Event, FindingText, FixOffer, FixPlan, InstanceId, NodeGroup, NodeTarget,
    PodTarget, Record, Verdict, Where, samples,
};
use crate::value::{Unseen, Value, Version, Why};

pub(super) fn instance() -> InstanceId {
    "i-0abc1234def567890".parse().unwrap()
}

pub(super) fn records(events: Vec<Event>) -> Vec<Record> {
    let at = "2026-03-01T03:12:00Z".parse().unwrap();
    let record = |(seq, event)| Record {
        run: samples::run(),
        seq,
        at,
        event,
    };
    (1..).zip(events).map(record).collect()
}

pub(super) fn begun(command: &str) -> Vec<Event> {
    vec![
        Event::RunStarted {
            command: command.into(),
            runbook: "busy-table".into(),
            digest: "d".into(),
            file: None,
            inputs: vec![("limit".into(), "20".into())],
            about: None,
            unconfined: false,
            version: "0.1.0".into(),
        },
        Event::Located {
            place: Where {
                context: Some("prod-eu".into()),
                account: "111122223333".into(),
                region: "eu-west-1".into(),
                cluster: Some("prod-eu".into()),
                caller: "ops/alice".into(),
                caller_arn: "arn:aws:sts::111122223333:assumed-role/ops/alice".into(),
                ..Where::default()
            },
        },
        Event::Resolved {
            targets: vec![NodeTarget {
                node: Some("ip-10-0-1-23.eu-west-1.compute.internal".into()),
                instance: instance(),
                pod: Some(PodTarget {
                    namespace: "shop".into(),
                    name: "checkout-7d9f5c-x2vqz".into(),
                    uid: "0f3c".into(),
                    host_network: false,
                }),
                boot: None,
                os_version: None,
                cpus: None,
                cluster_verified: None,
                node_group: NodeGroup::Unseen,
            }],
        },
        Event::NodeAnswered {
            step: 1,
            instance: instance(),
            boot: BootId("b00t-1d".into()),
            cluster: None,
            os_version: "1.50.0".into(),
            cpus: 8,
            bytes: 900,
            fetched: false,
        },
    ]
}

pub(super) fn look(name: &str, value: Value) -> Event {
    Event::LookAnswered {
        instance: (name != "proxy").then(instance),
        look: name.into(),
        label: name.into(),
        value,
        trace: Vec::new(),
        raw: None,
    }
}

pub(super) fn dropped(total: i64, growth: i64) -> Value {
    let counter = [
        ("total", Value::Integer(total)),
        ("growth", Value::Integer(growth)),
        ("per_second", Value::Number(growth as f64 / 2.0)),
    ];
    Value::record([("drop", Value::record(counter))])
}

pub(super) fn seen() -> Vec<Event> {
    let version = Version {
        major: 1,
        minor: 28,
        patch: 2,
    };
    let why = Why::Failed("ip-10-0-1-23.eu-west-1.compute.internal (10.0.1.23) is busy".into());
    vec![
        look("table", Value::record([("count", Value::Integer(30))])),
        look("traffic", dropped(12, 4)),
        look(
            "log",
            Value::Unseen(vec![Unseen {
                look: "log".into(),
                why,
            }]),
        ),
        look(
            "proxy",
            Value::record([("version", Value::Version(version))]),
        ),
    ]
}

fn judged(finding: &str, verdict: Verdict) -> Event {
    Event::Judged {
        instance: Some(instance()),
        finding: finding.into(),
        label: finding.into(),
        severity: "note".into(),
        verdict,
        evidence: Vec::new(),
    }
}

fn holds(says: &str, details: &[&str]) -> Verdict {
    Verdict::Holds(FindingText {
        says: says.into(),
        details: details.iter().map(ToString::to_string).collect(),
        because: None,
        lasting: None,
    })
}

fn run() -> Vec<Event> {
    let mut events = begun("run");
    events.extend(seen());
    events.extend([
        judged(
            "dropping",
            holds(
                "4 dropped on ip-10-0-1-23.eu-west-1.compute.internal",
                &["the proxy is 1.28.2"],
            ),
        ),
        Event::FixOffered(FixOffer {
            instance: instance(),
            fix: "shorten".into(),
            finding: "dropping".into(),
            effect: String::new(),
            withheld: None,
        }),
        judged("old-proxy", holds("the proxy is 1.28.2", &[])),
    ]);
    events
}

pub(super) fn fix() -> Vec<Event> {
    let mut events = begun("fix");
    events.extend(seen());
    events.push(Event::FixPlanned(FixPlan {
        fix: "shorten".into(),
        proof: String::new(),
        effect: None,
        pins: Vec::new(),
        changes: Vec::new(),
        now: Vec::new(),
        undo: String::new(),
        switch: None,
        one_way: false,
        verify: String::new(),
        hold_s: 30,
        within_s: 120,
        inputs: Vec::new(),
        ruling: None,
        digest: String::new(),
    }));
    events.push(Event::ChangeApplied {
        instance: instance(),
        subject: "x".into(),
        value: "60".into(),
        direction: Direction::Apply,
        found: false,
    });
    for after_ms in [3_000, 33_500] {
        events.push(look("traffic", dropped(12, 0)));
        events.push(Event::VerifySample {
            after_ms,
            held_ms: 0,
            holds: Some(true),
            says: String::new(),
        });
    }
    events.push(Event::FixKept { after_ms: 33_500 });
    events
}

/// What is otherwise today, one line each.
fn differences(runbook: &str, events: Vec<Event>) -> Vec<String> {
    let runbook = runbook_of(runbook);
    let past = case::past("again", &records(events), &runbook).expect("the run can be judged");
    let differences = case::differences(&runbook, &past.case, &past.outcome);
    let lines = differences
        .into_iter()
        .map(|one| format!("{}: {} → {}", one.about, one.expected, one.came));
    lines.chain(past.changed).chain(past.dropped).collect()
}

#[test]
fn the_same_runbook_gives_the_same_verdicts() {
    assert_eq!(differences(RUNBOOK, run()), [""; 0]);
    assert_eq!(differences(RUNBOOK, fix()), [""; 0]);
}

#[test]
fn what_has_changed_since_is_told() {
    let stricter = RUNBOOK.replace("traffic.drop.growth > 0", "traffic.drop.growth > 4");
    assert_eq!(
        differences(&stricter, run()),
        [
            "dropping: holds: 4 dropped on ip-10-0-1-23.eu-west-1.compute.internal\nthe proxy is 1.28.2 → ruled out",
            "shorten: offered → not offered",
        ]
    );
    let renamed = RUNBOOK.replace("  old-proxy:", "  new-proxy:");
    assert_eq!(
        differences(&renamed, run()),
        [
            "`new-proxy` was not judged then",
            "`old-proxy` is no finding of today's runbook"
        ]
    );
    let fewer = RUNBOOK.replace(
        "  log:\n    label: the log\n    dmesg: { pattern: \"full\" }\n",
        "",
    );
    assert_eq!(differences(&fewer, run()), ["log"]);
    let longer = RUNBOOK.replace("for: 30s", "for: 40s");
    assert_eq!(
        differences(&longer, fix()),
        ["shorten: kept → neither kept nor reverted: the samples end too early"]
    );
}

#[test]
fn what_cannot_be_judged_is_refused() {
    let refused =
        |events| case::past("again", &records(events), &runbook()).expect_err("it is refused");
    assert_eq!(
        refused(begun("revert")),
        "a revert looks at nothing: name the run or the fix"
    );
    assert!(refused(begun("run")).contains("has seen nothing"));
    assert_eq!(refused(Vec::new()), "the run has no records");
    let mut other = run();
    if let Some(Event::RunStarted { runbook, .. }) = other.first_mut() {
        *runbook = "another".into();
    }
    assert_eq!(refused(other), "the run is of the runbook `another`");
}

#[test]
fn a_fix_of_the_journal_becomes_samples() {
    let past = case::past("again", &records(fix()), &runbook()).expect("the run can be judged");
    let node = &past.case.nodes[0];
    let after: Vec<u64> = node
        .later
        .iter()
        .map(|sample| sample.after.as_secs())
        .collect();
    assert_eq!(after, [3, 33]);
    assert_eq!(node.looks["traffic"], dropped(12, 4));
    assert_eq!(past.outcome.nodes[0].fixes["shorten"].ending, Ending::Kept);
}
