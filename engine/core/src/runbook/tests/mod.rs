//! Loading runbooks with actions made for the tests.

mod actions;
mod asking;
mod bundle;
mod conntrack;
mod expression_faults;
mod finding_faults;
mod function_faults;
mod good;
mod input_faults;
mod input_values;
mod limits;
mod lists;
mod structure_faults;
mod text_faults;
mod uses;

use crate::action::Action;
use crate::runbook::{Runbook, load};
use crate::syntax::{Diagnostic, Source, render};

/// A runbook without faults, for tests to spoil.
const GOOD: &str = r#"heeler: 1
name: full-table
summary: The table is full
target: node

inputs:
  wait:
    type: duration
    default: 60s
    minimum: 30s
    maximum: 120s
    help: How long to wait
  token: { type: text, secret: true, help: A token }

look:
  table:
    label: the table's size
    gauge: {}
  config:
    object: { name: shared }
  own_object:
    only-if: table.count > 10
    after: [config]
    object: {}

find:
  table-full:
    when: table.count >= 0.9 * table.max and table.age < "2m"
    severity: critical
    says: "{{ table.count }} of {{ table.max }}"
    details:
      - "since {{ table.age }}"
    because: It is small.
    lasting: "{{ table.name }}: use less"
    fix: [shorten]
  odd-config:
    when: config.limit is absent
    severity: note
    says: no limit

fix:
  shorten:
    require: table.share >= 0.5
    effect: "{{ table.age }} → {{ inputs.wait }}"
    change:
      - set: { wait: "{{ inputs.wait }}" }
    verify: { that: table.count < table.max, for: 30s, within: 5m }
"#;

fn source(text: &str) -> Source {
    Source {
        name: "runbook.yaml".to_string(),
        text: text.to_string(),
    }
}

/// A runbook of these actions that has to be without a fault.
pub(crate) fn runbook_of(text: &str, actions: &[&'static dyn Action]) -> Runbook {
    load(source(text), actions)
        .unwrap_or_else(|faults| panic!("{}", render(&source(text), &faults, false)))
}

fn good(text: &str) -> Runbook {
    runbook_of(text, &actions::ALL)
}

fn bad(text: &str) -> Vec<Diagnostic> {
    load(source(text), &actions::ALL).expect_err("the runbook has a fault")
}

/// The faults of the good runbook after `from` was replaced.
fn spoilt(from: &str, to: &str) -> String {
    assert_eq!(GOOD.matches(from).count(), 1, "`{from}` has to occur once");
    let text = GOOD.replace(from, to);
    render(&source(&text), &bad(&text), false)
}
