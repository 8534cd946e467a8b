//! What a runbook without faults becomes.

use super::actions::MINUTE;
use super::{GOOD, good};
use crate::event::Verdict;
use crate::expr::World;
use crate::find::judge;
use crate::runbook::{Scope, Severity};
use crate::value::{DurationSpan, Unseen, Value, Why};

#[test]
fn everything_in_the_file_is_in_the_model() {
    let runbook = good(GOOD);
    assert_eq!(runbook.name, "full-table");
    assert_eq!(runbook.digest.len(), 64);
    let looks: Vec<_> = runbook
        .looks
        .iter()
        .map(|step| {
            (
                step.name.as_str(),
                step.label.as_str(),
                step.action,
                step.scope,
            )
        })
        .collect();
    assert_eq!(
        looks,
        [
            ("table", "the table's size", "gauge", Scope::Node),
            ("config", "config", "object", Scope::Run),
            ("own_object", "own object", "object", Scope::Node),
        ]
    );
    assert_eq!(runbook.looks[2].after, ["config", "table"]);
    assert_eq!(runbook.findings[0].severity, Severity::Critical);
    assert_eq!(runbook.findings[0].scope, Scope::Node);
    assert_eq!(runbook.findings[0].fixes, ["shorten"]);
    assert_eq!(runbook.findings[1].scope, Scope::Run);
    assert_eq!(runbook.findings[1].label, "odd config");
    let fix = &runbook.fixes[0];
    assert_eq!(fix.verify.within, 5 * MINUTE);
    assert_eq!(fix.verify.that.text(), "table.count < table.max");
    let world = World::from_iter([(
        "inputs",
        Value::record([("wait", Value::Duration(DurationSpan(MINUTE)))]),
    )]);
    assert_eq!(
        fix.texts[0].wanted[0].value(&world),
        Value::Duration(DurationSpan(MINUTE))
    );
}

#[test]
fn the_digest_is_that_of_the_text() {
    // `printf 'heeler: 1' | sha256sum` and the like: any change of the text changes it.
    let (one, other) = (good(GOOD), good(&format!("{GOOD}# a comment\n")));
    assert_ne!(one.digest, other.digest);
    assert_eq!(one.digest, good(GOOD).digest);
}

#[test]
fn inputs_accept_what_fits_and_say_what_does_not() {
    let runbook = good(GOOD);
    let (wait, token) = (&runbook.inputs[0], &runbook.inputs[1]);
    assert_eq!(wait.accept("1m"), Ok(Value::Duration(DurationSpan(MINUTE))));
    assert_eq!(wait.default, Some(Value::Duration(DurationSpan(MINUTE))));
    let said = |text| wait.accept(text).expect_err("refused");
    assert_eq!(said("10s"), "`10s` is below the minimum of 30 s");
    assert_eq!(said("3m"), "`3m` is above the maximum of 120 s");
    assert_eq!(
        said("x"),
        "`x` is no duration; write it as 250ms, 60s, 2m or 1h30m"
    );
    // Text is data, whatever it looks like.
    let odd = "$(reboot); {{ x }}\n'";
    assert_eq!(token.accept(odd), Ok(Value::text(odd)));
    assert!(token.secret);
}

fn table(fields: impl IntoIterator<Item = (&'static str, Value)>) -> World {
    World::from_iter([("table", Value::record(fields))])
}

#[test]
fn a_finding_holds_with_the_lines_that_are_known() {
    let runbook = good(GOOD);
    let world = table([
        ("count", Value::Integer(262_144)),
        ("max", Value::Integer(262_144)),
        ("age", Value::Duration(DurationSpan(MINUTE))),
        (
            "name",
            Value::Unseen(vec![Unseen {
                look: "table".into(),
                why: Why::AdminOff,
            }]),
        ),
    ]);
    let Verdict::Holds(text) = judge(&runbook.findings[0], &world) else {
        panic!("it holds");
    };
    assert_eq!(text.says, "262,144 of 262,144");
    assert_eq!(text.details, ["since 60 s"]);
    assert_eq!(text.because.as_deref(), Some("It is small."));
    assert_eq!(text.lasting, None, "it needs a name that was not seen");
}

#[test]
fn one_false_side_rules_out_whatever_the_other_is() {
    let runbook = good(GOOD);
    let world = table([("count", Value::Integer(1)), ("max", Value::Integer(100))]);
    assert_eq!(judge(&runbook.findings[0], &world), Verdict::RuledOut);
}

#[test]
fn what_is_missing_is_named_once() {
    let runbook = good(GOOD);
    let gone = Unseen {
        look: "table".into(),
        why: Why::AdminOff,
    };
    let world = World::from_iter([("table", Value::Unseen(vec![gone.clone(), gone.clone()]))]);
    assert_eq!(
        judge(&runbook.findings[0], &world),
        Verdict::NotSeen(vec![gone])
    );
    let not_asked = Unseen {
        look: "table".into(),
        why: Why::NotAsked,
    };
    assert_eq!(
        judge(&runbook.findings[0], &World::new()),
        Verdict::NotSeen(vec![not_asked])
    );
}

#[test]
fn an_absent_value_is_no_verdict_and_an_answer_to_its_own_question() {
    let runbook = good(GOOD);
    let world = table([
        ("count", Value::Integer(100)),
        ("max", Value::Integer(100)),
        ("age", Value::Absent),
    ]);
    let missing = Unseen {
        look: "table".into(),
        why: Why::NotThere("`table.age`".into()),
    };
    assert_eq!(
        judge(&runbook.findings[0], &world),
        Verdict::NotSeen(vec![missing])
    );
    let config = |value| World::from_iter([("config", Value::record([("limit", value)]))]);
    let verdict = |world| judge(&runbook.findings[1], &world);
    assert!(matches!(verdict(config(Value::Absent)), Verdict::Holds(_)));
    assert_eq!(verdict(config(Value::Integer(1))), Verdict::RuledOut);
    assert!(matches!(verdict(World::new()), Verdict::NotSeen(_)));
}
