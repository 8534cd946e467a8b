//! What a used runbook finds, in the world of the one that uses it.

use std::collections::BTreeMap;

use super::View;
use crate::action;
use crate::event::NodeTarget;
use crate::event::samples::run;
use crate::runbook::{Runbook, Shelf, load_among};
use crate::syntax::{Source, render};
use crate::value::{Unseen, Value, Why};

const HEALTH: &str = r#"heeler: 1
name: health
summary: x
target: node
inputs:
  most: { type: integer, default: 5, minimum: 1, help: x }
  mode: { type: enum, values: [fast, slow], default: fast, help: x }
look:
  log:
    only-if: inputs.most > 1
    dmesg: { pattern: x }
find:
  too-many: { when: log.lines > inputs.most, severity: note, says: x }
  silent: { when: log.lines == 0, severity: note, says: x }
  odd: { when: inputs.mode != "fast", severity: note, says: x }
"#;

const USER: &str = r#"heeler: 1
name: user
summary: x
target: node
look:
  log:
    dmesg: { pattern: y }
  health:
    use: health
    only-if: log.lines > 0
    with: { most: "{{ log.lines }}", mode: "{{ run.id }}" }
find:
  bad: { when: health.too_many and log.lines > 0, severity: note, says: x }
"#;

struct One;

impl Shelf for One {
    fn text(&self, name: &str) -> Result<Option<Source>, String> {
        Ok((name == "health").then(|| source(HEALTH)))
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

fn source(text: &str) -> Source {
    Source {
        name: "runbook.yaml".into(),
        text: text.into(),
    }
}

fn user() -> Runbook {
    load_among(source(USER), action::all(), &One)
        .unwrap_or_else(|faults| panic!("{}", render(&source(USER), &faults, false)))
}

fn lines(count: i64) -> Value {
    Value::record([("lines", Value::Integer(count))])
}

/// A node whose own log has so many lines, and the other's this.
fn view(own: i64, inner: Option<Value>) -> View {
    let mut view = View::new(NodeTarget::of(
        "i-0abc1234def567823".parse().expect("an id"),
    ));
    view.looks.insert("log".into(), lines(own));
    view.looks
        .extend(inner.map(|value| ("health__log".to_owned(), value)));
    view
}

fn health(view: &View) -> Value {
    let world = view.world(&user(), &BTreeMap::new(), run());
    world.get("health").expect("a record").clone()
}

#[test]
fn its_findings_are_true_false_or_not_seen() {
    let record = |too_many: Value, silent: Value| {
        let mode = vec![Unseen {
            look: "health".into(),
            // The run's id is neither of the two.
            why: Why::Unusable(format!(
                "{} of the input `mode` is not one of fast, slow",
                run().short()
            )),
        }];
        Value::record([
            ("too_many", too_many),
            ("silent", silent),
            ("odd", Value::Unseen(mode)),
        ])
    };
    let (yes, no) = (Value::Bool(true), Value::Bool(false));
    // The limit is what the outer log has.
    assert_eq!(
        health(&view(7, Some(lines(8)))),
        record(yes.clone(), no.clone())
    );
    assert_eq!(
        health(&view(9, Some(lines(8)))),
        record(no.clone(), no.clone())
    );
    assert_eq!(health(&view(9, Some(lines(0)))), record(no, yes));
    let off = vec![Unseen {
        look: "health__log".into(),
        why: Why::AdminOff,
    }];
    let unseen = Value::Unseen(off);
    let seen = health(&view(9, Some(unseen.clone())));
    assert_eq!(seen, record(unseen.clone(), unseen));
}

#[test]
fn an_input_out_of_its_limits_is_not_seen() {
    let seen = health(&view(0, Some(lines(8))));
    let Some(Value::Unseen(missing)) = seen.get("too_many") else {
        panic!("{seen}")
    };
    assert_eq!(
        missing[0].why.to_string(),
        "it can't be asked: 0 of the input `most` is below the minimum of 1"
    );
    assert_eq!(
        seen.get("silent"),
        Some(&Value::Bool(false)),
        "needs no input"
    );
}

#[test]
fn an_input_that_is_given_what_is_absent_is_not_seen() {
    let mut view = view(9, Some(lines(8)));
    let nothing = Value::record([("lines", Value::Absent)]);
    view.looks.insert("log".into(), nothing);
    let seen = health(&view);
    let Some(Value::Unseen(missing)) = seen.get("too_many") else {
        panic!("{seen}")
    };
    let told = "it can't be asked: the input `most` is given what is absent";
    assert_eq!(missing[0].why.to_string(), told);
}

#[test]
fn its_looks_are_asked_under_both_conditions() {
    let runbook = user();
    let inner = runbook.looks.iter().find(|step| step.name == "health__log");
    let inner = inner.expect("a look");
    let wants = |own: i64| {
        let worlds = view(own, None).worlds(&runbook, &BTreeMap::new(), run());
        worlds.wants(inner)
    };
    assert!(wants(2));
    assert!(!wants(0), "the use itself");
    assert!(!wants(1), "its own condition, by its own input");
}
