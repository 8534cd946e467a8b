//! The bundled runbook, word for word, with the real actions.

use crate::action;
use crate::event::Verdict;
use crate::expr::World;
use crate::find::judge;
use crate::runbook::{Runbook, Scope};
use crate::value::{DurationSpan, Share, Unseen, Value, Version, Why};

use super::actions::MINUTE;
use super::runbook_of;

const TEXT: &str = include_str!("../../../../../runbooks/conntrack-exhaustion/runbook.yaml");

fn runbook() -> Runbook {
    runbook_of(TEXT, action::all())
}

fn growing(growth: i64) -> Value {
    Value::record([
        ("growth", Value::Integer(growth)),
        ("total", Value::Integer(growth)),
        ("per_second", Value::Number(growth as f64 / 2.0)),
    ])
}

/// A full table on a node whose admin container is off.
fn full_table() -> World {
    let off = |look: &str| {
        let unseen = Unseen {
            look: look.to_string(),
            why: Why::AdminOff,
        };
        (look.to_string(), Value::Unseen(vec![unseen]))
    };
    let table = Value::record([
        ("count", Value::Integer(262_144)),
        ("max", Value::Integer(262_144)),
        ("time_wait", Value::Duration(DurationSpan(2 * MINUTE))),
    ]);
    let traffic = Value::record([
        ("drop", growing(824)),
        ("insert_failed", growing(0)),
        (
            "entries",
            Value::record(
                [("first", 262_144), ("last", 262_144), ("growth", 0)]
                    .map(|(name, count)| (name, Value::Integer(count))),
            ),
        ),
    ]);
    let version = Version {
        major: 1,
        minor: 33,
        patch: 3,
    };
    let seen = [
        ("table", table),
        ("traffic", traffic),
        ("node", Value::record([("cpus", Value::Integer(8))])),
        (
            "proxy",
            Value::record([("version", Value::Version(version))]),
        ),
        (
            "proxy_config",
            Value::record([("per_core", Value::Absent), ("min", Value::Absent)]),
        ),
    ];
    seen.into_iter()
        .map(|(name, value)| (name.to_string(), value))
        .chain(["entries", "log", "sockets", "allowance"].map(off))
        .collect()
}

fn verdict(runbook: &Runbook, finding: &str, world: &World) -> Verdict {
    let rule = runbook.findings.iter().find(|rule| rule.name == finding);
    judge(rule.expect("the finding exists"), world)
}

#[test]
fn looks_at_the_node_are_per_node_and_the_others_per_run() {
    let runbook = runbook();
    let per_run: Vec<&str> = runbook
        .looks
        .iter()
        .filter(|step| step.scope == Scope::Run)
        .map(|step| step.name.as_str())
        .collect();
    assert_eq!(per_run, ["proxy", "proxy_config"]);
    assert!(
        runbook
            .findings
            .iter()
            .all(|rule| rule.scope == Scope::Node)
    );
}

#[test]
fn a_full_table_is_told_without_the_admin_container() {
    let (runbook, world) = (runbook(), full_table());
    let Verdict::Holds(text) = verdict(&runbook, "table-full", &world) else {
        panic!("the table is full");
    };
    assert_eq!(
        text.says,
        "412 packets of new connections dropped each second"
    );
    assert_eq!(
        text.details,
        ["262,144 of 262,144 entries; TIME_WAIT lasts 120 s"]
    );
    assert_eq!(text.lasting, None, "the workload was not seen");
    for ruled_out in ["table-filling", "was-full", "insert-clashes"] {
        assert_eq!(
            verdict(&runbook, ruled_out, &world),
            Verdict::RuledOut,
            "{ruled_out}"
        );
    }
    let missing = |finding| match verdict(&runbook, finding, &world) {
        Verdict::NotSeen(missing) => missing.into_iter().map(|unseen| unseen.look).collect(),
        other => vec![format!("{other:?}")],
    };
    assert_eq!(missing("accept-queue"), ["sockets"]);
    assert_eq!(missing("instance-allowance"), ["allowance"]);
}

#[test]
fn the_limit_of_kube_proxy_is_told_from_defaults() {
    let Verdict::Holds(text) = verdict(&runbook(), "proxy-lowered-max", &full_table()) else {
        panic!("262,144 is 32,768 for each of 8 CPUs");
    };
    let value =
        "max = 262,144: kube-proxy's value for this number of CPUs, not Bottlerocket's 1,048,576";
    assert_eq!(text.says, value);
    assert_eq!(
        text.details,
        ["a raise will be undone when kube-proxy 1.33.3 starts again"]
    );
}

#[test]
fn the_fix_is_required_to_help() {
    let runbook = runbook();
    let fix = &runbook.fixes[0];
    let require = fix.require.as_ref().expect("it has a requirement");
    let minutes =
        |count| Value::record([("time_wait", Value::Duration(DurationSpan(MINUTE * count)))]);
    let world = |share, present| {
        let time_wait = Value::record([("share", Value::Share(Share(share)))]);
        World::from_iter([
            ("entries", Value::record([("time_wait", time_wait)])),
            ("table", minutes(present)),
            ("inputs", minutes(1)),
        ])
    };
    assert_eq!(require.holds(&world(0.81, 2)), Ok(true));
    assert_eq!(require.holds(&world(0.49, 2)), Ok(false));
    assert_eq!(
        require.holds(&world(0.81, 1)),
        Ok(false),
        "it would shorten nothing"
    );
    assert!(require.holds(&full_table()).is_err(), "not seen is no yes");
    let inputs = Value::record([("time_wait", Value::Duration(DurationSpan(MINUTE)))]);
    let wanted = fix.wanted(&World::from_iter([("inputs", inputs)]));
    assert_eq!(wanted, Ok(vec!["60".to_owned()]));
}
