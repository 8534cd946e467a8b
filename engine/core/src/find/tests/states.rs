//! States that no machine can be brought into at will, judged with the bundled runbook, word for
//! word: what holds, and that nothing else does.

use crate::action;
use crate::event::Verdict;
use crate::expr::World;
use crate::find::judge;
use crate::runbook::Runbook;
use crate::runbook::tests::runbook_of;
use crate::value::{DurationSpan, Unseen, Value, Why};

const TEXT: &str = include_str!("../../../../../runbooks/conntrack-exhaustion/runbook.yaml");
const SECOND: std::time::Duration = std::time::Duration::from_secs(1);

fn runbook() -> Runbook {
    runbook_of(TEXT, action::all())
}

/// What was read of a node.
#[derive(Clone, Copy)]
struct State {
    count: i64,
    /// CPUs, over which kube-proxy computes its own limit.
    cpus: i64,
    /// Drops since the start, and those of them that grew.
    drops: [i64; 2],
    /// Insert failures, likewise.
    failures: [i64; 2],
    /// Lines about a full table in the kernel's log; `None`: the admin container is off.
    lines: Option<i64>,
}

/// A node well below its limit of 262,144, whose counters have never moved.
const QUIET: State = State {
    count: 192_125,
    cpus: 16,
    drops: [0, 0],
    failures: [0, 0],
    lines: Some(0),
};

impl State {
    fn world(self) -> World {
        let table = Value::record([
            ("count", Value::Integer(self.count)),
            ("max", Value::Integer(262_144)),
            ("time_wait", Value::Duration(DurationSpan(120 * SECOND))),
        ]);
        let traffic = Value::record([
            ("drop", counter(self.drops)),
            ("insert_failed", counter(self.failures)),
            ("entries", steady(self.count)),
        ]);
        let proxy_config = [("per_core", Value::Absent), ("min", Value::Absent)];
        let seen = [
            ("table", table),
            ("traffic", traffic),
            ("log", self.log()),
            (
                "allowance",
                self.admin_sees("allowance", "conntrack_allowance_exceeded"),
            ),
            ("sockets", self.pod()),
            ("node", Value::record([("cpus", Value::Integer(self.cpus))])),
            ("proxy", Value::record([("version", Value::Absent)])),
            ("proxy_config", Value::record(proxy_config)),
        ];
        seen.into_iter()
            .map(|(name, value)| (name.to_string(), value))
            .collect()
    }

    fn log(self) -> Value {
        let Some(lines) = self.lines else {
            return unseen("log");
        };
        let age = match lines {
            0 => Value::Absent,
            _ => Value::Duration(DurationSpan(3000 * SECOND)),
        };
        Value::record([("lines", Value::Integer(lines)), ("last_age", age)])
    }

    fn admin_sees(self, look: &str, name: &str) -> Value {
        match self.lines {
            Some(_) => Value::record([(name.to_string(), counter([0, 0]))]),
            None => unseen(look),
        }
    }

    fn pod(self) -> Value {
        Value::record([("pod", self.admin_sees("sockets", "listen_overflows"))])
    }
}

/// A table that holds as much at the end as at the beginning.
fn steady(count: i64) -> Value {
    Value::record([
        ("first", Value::Integer(count)),
        ("last", Value::Integer(count)),
        ("growth", Value::Integer(0)),
        ("per_second", Value::Number(0.0)),
    ])
}

fn counter([total, growth]: [i64; 2]) -> Value {
    Value::record([
        ("total", Value::Integer(total)),
        ("growth", Value::Integer(growth)),
        ("per_second", Value::Number(growth as f64 / 2.0)),
    ])
}

fn unseen(look: &str) -> Value {
    Value::Unseen(vec![Unseen {
        look: look.to_string(),
        why: Why::AdminOff,
    }])
}

/// The findings that hold, and those that could not be told.
fn told(state: State) -> (Vec<String>, Vec<String>) {
    let (runbook, world) = (runbook(), state.world());
    let mut told = (Vec::new(), Vec::new());
    for rule in &runbook.findings {
        match judge(rule, &world) {
            Verdict::Holds(_) => told.0.push(rule.name.clone()),
            Verdict::NotSeen(_) => told.1.push(rule.name.clone()),
            Verdict::RuledOut | Verdict::Superseded(_) => {}
        }
    }
    told
}

#[track_caller]
fn assert_told<const H: usize, const N: usize>(state: State, holds: [&str; H], unseen: [&str; N]) {
    let (holding, missing) = told(state);
    assert_eq!(holding, holds);
    assert_eq!(missing, unseen);
}

#[test]
fn a_table_with_room_whose_log_knows_of_the_past_was_full() {
    let state = State {
        lines: Some(2),
        ..QUIET
    };
    assert_told(state, ["was-full"], []);
    let runbook = runbook();
    let rule = runbook.findings.iter().find(|rule| rule.name == "was-full");
    let Verdict::Holds(text) = judge(rule.expect("the finding exists"), &state.world()) else {
        panic!("it was full");
    };
    assert_eq!(
        text.says,
        "The table has been full since the node started; it holds 192,125 of 262,144 now"
    );
    assert!(text.details[0].contains("50 min ago"), "{:?}", text.details);
}

#[test]
fn eight_cpus_make_the_same_limit_kube_proxys_and_that_is_a_note_beside_it() {
    let state = State {
        lines: Some(2),
        cpus: 8,
        ..QUIET
    };
    assert_told(state, ["was-full", "proxy-lowered-max"], []);
}

#[test]
fn old_drops_beyond_the_clashes_tell_of_the_past_without_the_log() {
    let unseen = ["instance-allowance", "accept-queue"];
    let state = State {
        drops: [37, 0],
        lines: None,
        ..QUIET
    };
    assert_told(state, ["was-full"], unseen);
    let clashes = State {
        drops: [37, 0],
        failures: [37, 0],
        lines: None,
        ..QUIET
    };
    assert_told(
        clashes,
        [],
        ["was-full", "instance-allowance", "accept-queue"],
    );
    assert_told(
        State {
            lines: Some(0),
            ..clashes
        },
        [],
        [],
    );
}

#[test]
fn clashes_are_told_however_full_the_table_is() {
    let clashes = State {
        drops: [99, 99],
        failures: [99, 99],
        ..QUIET
    };
    assert_told(clashes, ["insert-clashes"], []);
    let nearly_full = State {
        count: 250_000,
        ..clashes
    };
    assert_told(nearly_full, ["table-filling", "insert-clashes"], []);
    let full = State {
        count: 262_144,
        drops: [500, 500],
        ..clashes
    };
    assert_told(full, ["table-full", "insert-clashes"], []);
}

#[test]
fn a_full_table_that_drops_nothing_yet_is_about_to() {
    let state = State {
        count: 262_144,
        ..QUIET
    };
    assert_told(state, ["table-filling"], []);
    let dropped_before = State {
        drops: [37, 0],
        ..state
    };
    assert_told(dropped_before, ["table-filling", "was-full"], []);
}

#[test]
fn drops_now_are_not_told_as_past_however_little_the_table_holds() {
    let state = State {
        drops: [37, 37],
        ..QUIET
    };
    assert_told(state, ["table-bursts"], []);
}
