//! Findings that are judged for each item of a list, and those of a whole run.

use super::good;
use crate::event::{FindingText, Verdict};
use crate::expr::World;
use crate::find::judge;
use crate::runbook::{FindingRule, Scope};
use crate::value::{Unseen, Value, Why};

fn finding(written: &str) -> FindingRule {
    let rest = "severity: warning\n    says: \"{{ each.name }} has {{ each.port }}\"\n    details:\n      \
                - \"{{ each.name }} is one\"\n      - \"of {{ table.count }}\"\n    because: It is so.\n    \
                lasting: \"stop {{ each.name }}\"";
    let text = super::GOOD
        .replace(
            "    when: config.limit is absent\n",
            &format!("    {written}\n"),
        )
        .replace("severity: note\n    says: no limit", rest);
    good(&text).findings.remove(1)
}

fn tops(tops: impl IntoIterator<Item = Value>) -> World {
    let tops = Value::List(tops.into_iter().collect());
    let table = Value::record([("tops", tops), ("count", Value::Integer(9))]);
    World::from_iter([("table", table)])
}

fn top(name: &str, port: i64) -> Value {
    Value::record([("name", Value::text(name)), ("port", Value::Integer(port))])
}

fn gone() -> Vec<Unseen> {
    vec![Unseen {
        look: "table".into(),
        why: Why::Truncated,
    }]
}

const ANY: &str = "for-each: table.tops\n    when: each.port > 5";

#[test]
fn a_finding_holds_for_the_items_for_which_it_holds() {
    let world = tops([top("a", 9), top("b", 1), top("c", 7)]);
    let text = FindingText {
        says: "a has 9; c has 7".into(),
        details: ["a is one", "c is one", "of 9"].map(String::from).into(),
        because: Some("It is so.".into()),
        lasting: Some("stop a; stop c".into()),
    };
    assert_eq!(judge(&finding(ANY), &world), Verdict::Holds(text));
    assert_eq!(
        judge(&finding(ANY), &tops([top("b", 1)])),
        Verdict::RuledOut
    );
    assert_eq!(judge(&finding(ANY), &tops([])), Verdict::RuledOut);
}

#[test]
fn what_is_more_than_five_is_counted() {
    let many = (0..12).map(|number| top(&format!("n{number}"), 10 + number));
    let Verdict::Holds(text) = judge(&finding(ANY), &tops(many)) else {
        panic!("it holds for all");
    };
    assert!(
        text.says.starts_with("n0 has 10; n1 has 11; "),
        "{}",
        text.says
    );
    assert!(
        text.says.ends_with("; n4 has 14; and 7 more"),
        "{}",
        text.says
    );
    assert_eq!(text.details.len(), 6);
}

#[test]
fn an_item_that_was_not_seen_decides_nothing() {
    let rule = finding(ANY);
    let unseen = || Value::Unseen(gone());
    let verdict = |items: Vec<Value>| judge(&rule, &tops(items));
    assert_eq!(
        verdict(vec![top("a", 1), unseen()]),
        Verdict::NotSeen(gone())
    );
    assert!(matches!(
        verdict(vec![top("a", 9), unseen()]),
        Verdict::Holds(_)
    ));
    let in_part = Value::record([("name", Value::text("d")), ("port", unseen())]);
    assert_eq!(verdict(vec![in_part]), Verdict::NotSeen(gone()));
    let no_port = Value::record([("name", Value::text("d"))]);
    let why = Why::NotThere("`each.port`".into());
    let look = "table".to_string();
    assert_eq!(
        verdict(vec![no_port]),
        Verdict::NotSeen(vec![Unseen { look, why }])
    );
    let nothing = World::from_iter([("table", unseen())]);
    assert_eq!(judge(&rule, &nothing), Verdict::NotSeen(gone()));
}

#[test]
fn a_list_of_the_run_makes_a_finding_of_the_run() {
    assert_eq!(finding(ANY).scope, Scope::Node);
    let rule = good(&super::GOOD.replace(
        "when: config.limit is absent",
        "when: share(table.count > 5) >= config.limit / 100 and any(any(table.tops, each.port == 9))",
    ))
    .findings
    .remove(1);
    assert_eq!(rule.scope, Scope::Run);
    let limit = Value::record([("limit", Value::Integer(50))]);
    let config = World::from_iter([("config", limit)]);
    let run = |nodes: &[World]| judge(&rule, &config.clone().with_nodes(nodes.to_vec()));
    let (small, large) = (tops([top("a", 1)]), tops([top("a", 9)]));
    assert!(matches!(
        run(&[small.clone(), large.clone()]),
        Verdict::Holds(_)
    ));
    assert_eq!(run(std::slice::from_ref(&small)), Verdict::RuledOut);
    let dark = World::from_iter([("table", Value::Unseen(gone()))]);
    assert_eq!(run(&[large, dark.clone()]), Verdict::NotSeen(gone()));
    assert_eq!(run(&[small, dark]), Verdict::NotSeen(gone()));
}
