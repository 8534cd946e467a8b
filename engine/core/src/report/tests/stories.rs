//! Runs in events, to be told on a screen.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::event::{
    BootId, CommandId, Event, Exit, FindingText, FixOffer, InstanceId, NodeTarget, PodTarget,
    Record, RunId, Verdict, Where,
};
use crate::report::{Report, Style, text};
use crate::value::{DurationSpan, Unseen, Value, Why};

pub(super) fn run() -> RunId {
    RunId::new(Uuid::from_u64_pair(
        0x0192_f4b2_1c00_7abc,
        0x8000_0000_0163_0e87,
    ))
}

pub(super) fn fix_run() -> RunId {
    RunId::new(Uuid::from_u64_pair(
        0x0192_f4b2_2c00_7abc,
        0x8000_0000_0274_1f98,
    ))
}

pub(super) fn instance(number: u8) -> InstanceId {
    format!("i-0abc1234def5678{number:02}").parse().unwrap()
}

/// The screen of a run without colour or wrapping.
pub(super) fn screen(run: RunId, events: Vec<Event>) -> String {
    text(&report(run, events), &Style::default())
}

pub(super) fn report(run: RunId, events: Vec<Event>) -> Report {
    let at: Timestamp = "2026-03-01T03:12:00Z".parse().unwrap();
    let records: Vec<Record> = (1..)
        .zip(events)
        .map(|(seq, event)| Record {
            run,
            seq,
            at: at + Duration::from_secs(seq),
            event,
        })
        .collect();
    Report::fold(&records)
}

pub(super) fn started(command: &str, about: Option<RunId>) -> Event {
    Event::RunStarted {
        command: command.into(),
        runbook: "conntrack-exhaustion".into(),
        digest: "9f2c".into(),
        file: None,
        inputs: vec![("time_wait".into(), "60s".into())],
        about,
        unconfined: false,
        version: "0.1.0".into(),
    }
}

pub(super) fn located() -> Event {
    Event::Located {
        place: Where {
            context: Some("prod-eu".into()),
            account: "111122223333".into(),
            region: "eu-west-1".into(),
            cluster: Some("prod".into()),
            cluster_named: true,
            caller: "ops/alice".into(),
            profile: None,
            caller_arn: "arn:aws:sts::111122223333:assumed-role/ops/alice".into(),
        },
    }
}

pub(super) fn target(number: u8) -> NodeTarget {
    NodeTarget {
        node: Some(format!("ip-10-0-1-{number}")),
        cluster_verified: Some(true),
        ..NodeTarget::of(instance(number))
    }
}

pub(super) fn pod_target() -> NodeTarget {
    let pod = PodTarget {
        namespace: "shop".into(),
        name: "checkout-7d9f5c-x2vqz".into(),
        uid: "0f1e".into(),
        host_network: false,
    };
    NodeTarget {
        pod: Some(pod),
        ..target(23)
    }
}

/// From the order to the command that was sent.
pub(super) fn beginning(command: &str, targets: Vec<NodeTarget>) -> Vec<Event> {
    let instances = targets
        .iter()
        .map(|target| target.instance.clone())
        .collect();
    vec![
        started(command, (command != "run").then(run)),
        located(),
        Event::Resolved { targets },
        Event::CommandIntended {
            step: 1,
            purpose: "look".into(),
            instances,
            comment: "heeler 7k3mq/1".into(),
        },
        Event::CommandSent {
            step: 1,
            command: CommandId("c0de".into()),
        },
    ]
}

pub(super) fn answered(number: u8) -> Event {
    Event::NodeAnswered {
        step: 1,
        instance: instance(number),
        boot: BootId("b00t".into()),
        cluster: Some("prod".into()),
        os_version: "1.50.0".into(),
        cpus: 8,
        bytes: 1800,
        fetched: false,
    }
}

pub(super) fn judged(
    number: u8,
    severity: &str,
    finding: &str,
    label: &str,
    verdict: Verdict,
) -> Event {
    Event::Judged {
        instance: Some(instance(number)),
        finding: finding.into(),
        label: label.into(),
        severity: severity.into(),
        verdict,
        evidence: Vec::new(),
    }
}

pub(super) fn holds(says: &str, details: &[&str], lasting: Option<&str>) -> Verdict {
    Verdict::Holds(FindingText {
        says: says.into(),
        details: details.iter().map(ToString::to_string).collect(),
        because: Some("The kernel drops them itself.".into()),
        lasting: lasting.map(Into::into),
    })
}

pub(super) fn unseen(look: &str, why: Why) -> Vec<Unseen> {
    vec![Unseen {
        look: look.into(),
        why,
    }]
}

pub(super) fn looked(number: u8, look: &str, label: &str, value: Value) -> Event {
    Event::LookAnswered {
        instance: Some(instance(number)),
        look: look.into(),
        label: label.into(),
        value,
        trace: Vec::new(),
        raw: None,
    }
}

/// The kernel's table is full, as the runbook says it.
pub(super) fn table_full(number: u8) -> Event {
    judged(
        number,
        "critical",
        "table-full",
        "a full table",
        holds(
            "412 packets of new connections dropped each second",
            &["262,144 of 262,144 entries; TIME_WAIT lasts 120 s", ""],
            Some(
                "shop/checkout opens a connection for each request to 10.0.9.4:5432: reuse or pool them",
            ),
        ),
    )
}

pub(super) fn proxy_lowered(number: u8) -> Event {
    let says =
        "max = 262,144: kube-proxy's value for this number of CPUs, not Bottlerocket's 1,048,576";
    judged(
        number,
        "note",
        "proxy-lowered-max",
        "kube-proxy's limit",
        holds(says, &[], None),
    )
}

pub(super) fn ruled_out(number: u8, finding: &str, label: &str) -> Event {
    judged(number, "warning", finding, label, Verdict::RuledOut)
}

pub(super) fn offered(number: u8, withheld: Option<&str>) -> Event {
    Event::FixOffered(FixOffer {
        instance: instance(number),
        fix: "shorten-time-wait".into(),
        finding: "table-full".into(),
        effect: "120 → 60 s: helps from 60 s on, whole after 120 s".into(),
        withheld: withheld.map(Into::into),
    })
}

pub(super) fn ended(exit: Exit, changed: bool) -> Event {
    Event::RunEnded {
        exit,
        elapsed_ms: 3400,
        commands: 1,
        changed,
    }
}

pub(super) fn seconds(seconds: u64) -> Value {
    Value::Duration(DurationSpan(Duration::from_secs(seconds)))
}
