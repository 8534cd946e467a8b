//! What looks and findings can come to.

use super::instance;
use crate::event::{BootId, Event, Evidence, FindingText, LookTrace, RawAnswer, Strength, Verdict};
use crate::frame::Place;
use crate::value::{Bytes, DurationSpan, Share, Unseen, Value, Version, Why};

pub(super) fn events() -> Vec<Event> {
    let value = Value::record([
        ("bool", Value::Bool(true)),
        ("integer", Value::Integer(262_144)),
        ("number", Value::Number(0.5)),
        ("share", Value::Share(Share(0.81))),
        (
            "duration",
            Value::Duration(DurationSpan(std::time::Duration::from_millis(1500))),
        ),
        ("bytes", Value::Bytes(Bytes(1024))),
        (
            "version",
            Value::Version(Version {
                major: 1,
                minor: 33,
                patch: 3,
            }),
        ),
        ("text", Value::text("a \"quoted\"\nline")),
        ("list", Value::List(vec![Value::Absent])),
        ("unseen", Value::Unseen(every_why())),
    ]);
    let text = FindingText {
        says: "412 packets dropped each second".into(),
        details: vec!["262,144 of 262,144 entries".into()],
        because: Some("The kernel drops them itself.".into()),
        lasting: Some("reuse connections".into()),
    };
    let trace = vec![
        LookTrace {
            place: Some(Place::Control),
            why_not: Some("no such file".into()),
        },
        LookTrace {
            place: Some(Place::Admin),
            why_not: None,
        },
        LookTrace {
            place: Some(Place::Host),
            why_not: None,
        },
        LookTrace {
            place: None,
            why_not: None,
        },
    ];
    let mut all = vec![
        Event::NodeAnswered {
            step: 1,
            instance: instance(),
            boot: BootId("b00t".into()),
            cluster: Some("prod".into()),
            os_version: "1.50.0".into(),
            cpus: 8,
            bytes: 1800,
            fetched: true,
        },
        Event::NodeFailed {
            step: 1,
            instance: instance(),
            error: "gone".into(),
        },
        Event::LookAnswered {
            instance: Some(instance()),
            look: "table".into(),
            label: "the table's size".into(),
            value,
            trace,
            raw: None,
        },
    ];
    let verdicts = [
        Verdict::Holds(text),
        Verdict::RuledOut,
        Verdict::NotSeen(every_why()),
    ];
    all.extend(verdicts.map(|verdict| Event::Judged {
        instance: Some(instance()),
        finding: "table-full".into(),
        label: "a full table".into(),
        severity: "critical".into(),
        verdict,
        evidence: Vec::new(),
    }));
    all
}

/// What later versions of the first format have added.
pub(super) fn later() -> Vec<Event> {
    let evidence = |look: &str, strength| Evidence {
        look: look.into(),
        strength,
    };
    let judged = |finding: &str, verdict, evidence| Event::Judged {
        instance: None,
        finding: finding.into(),
        label: "many full tables".into(),
        severity: "warning".into(),
        verdict,
        evidence,
    };
    let text = FindingText {
        says: "3 of 4 nodes".into(),
        details: Vec::new(),
        because: None,
        lasting: None,
    };
    vec![
        Event::LookAnswered {
            instance: None,
            look: "table".into(),
            label: "the table's size".into(),
            value: Value::Integer(1),
            trace: Vec::new(),
            raw: Some(RawAnswer::of(b"1\n", &[])),
        },
        judged(
            "many-full",
            Verdict::Holds(text),
            vec![
                evidence("table", Strength::Proves),
                evidence("log", Strength::Suggests),
            ],
        ),
        judged(
            "some-full",
            Verdict::Superseded("many-full".into()),
            Vec::new(),
        ),
    ]
}

fn every_why() -> Vec<Unseen> {
    [
        Why::AdminOff,
        Why::NotThere("/proc/net/nf_conntrack".into()),
        Why::Failed("exit 1".into()),
        Why::TimedOut(5),
        Why::Truncated,
        Why::Garbled("no number".into()),
        Why::NoAnswer("offline".into()),
        Why::Forbidden("ssm:SendCommand".into()),
        Why::KubernetesDown("refused".into()),
        Why::NotAsked,
        Why::NoTarget("pod".into()),
    ]
    .map(|why| Unseen {
        look: "entries".into(),
        why,
    })
    .into()
}
