//! Cases of a runbook that makes bundles.

use super::{BUSY, RUNBOOK, read, runbook_of};
use crate::case::{self, Case};
use crate::runbook::Runbook;

fn runbook() -> Runbook {
    runbook_of(&format!("{RUNBOOK}\nbundle: {{ finding: dropping }}\n"))
}

/// The busy case with these words at its end, after `from` was replaced.
fn of(from: &str, to: &str, end: &str) -> Case {
    assert_eq!(BUSY.matches(from).count(), 1, "`{from}` has to occur once");
    let last = match end {
        "" => String::new(),
        end => format!("      {end}\n"),
    };
    read(&runbook(), "busy", &(BUSY.replace(from, to) + &last))
}

fn differences(case: &Case) -> Vec<String> {
    let outcome = case::replay(&runbook(), case);
    case::differences(&runbook(), case, &outcome)
        .into_iter()
        .filter(|one| one.about == "bundle")
        .map(|one| {
            format!(
                "{} → {} [{}]",
                one.expected,
                one.came,
                one.because.join(" | ")
            )
        })
        .collect()
}

#[test]
fn a_case_says_whether_one_is_made_and_none_otherwise() {
    let same = "cpus: 8";
    let made = of(same, same, "bundle: true");
    assert!(differences(&made).is_empty());
    let checked = case::check(&runbook(), &made);
    assert!(checked.passed(), "{checked:#?}");
    for unsaid in [of(same, same, ""), of(same, same, "bundle: false")] {
        assert_eq!(differences(&unsaid), ["not made → made [dropping holds]"]);
    }
    let (from, healthy) = ("growth: 4,", "growth: 0,");
    assert_eq!(
        differences(&of(from, healthy, "bundle: true")),
        ["made → not made []"]
    );
    assert!(differences(&of(from, healthy, "")).is_empty());
}

#[test]
fn what_could_not_be_seen_makes_one_and_what_was_not_asked_none() {
    let traffic = "traffic: {drop: {total: 12, growth: 4, per_second: 2}}";
    let off = of(traffic, "traffic: {not-seen: admin-off}", "bundle: true");
    assert!(differences(&off).is_empty());
    let (inputs, high) = (
        "inputs: {token: secret-1}",
        "inputs: {token: secret-1, limit: 100}",
    );
    assert!(differences(&of(inputs, high, "")).is_empty());
}

#[test]
fn it_is_written_as_it_is_read() {
    let made = of("cpus: 8", "cpus: 8", "bundle: true");
    let text = case::write(&made);
    assert!(text.contains("      bundle: true\n"), "{text}");
    let again = read(&runbook(), "busy", &text);
    assert!(again.nodes[0].then.bundle.is_some());
}

/// A mutation that loses an answer must not lose the bundle: here a runbook is made to.
#[test]
fn a_bundle_that_a_mutation_loses_is_wrong() {
    let (runbook, case) = (runbook(), of("cpus: 8", "cpus: 8", "bundle: true"));
    let whole = case::replay(&runbook, &case);
    let mutation = case::mutations(&runbook, &case)
        .into_iter()
        .find(|mutation| mutation.what == "the counters: truncated")
        .expect("the mutation");
    let spoilt = case::replay(&runbook, &mutation.case);
    let about = |spoilt: &case::Outcome| {
        let wrong = case::wrong(&runbook, (&case, &whole), (&mutation, spoilt));
        let named = wrong.into_iter().map(|wrong| wrong.difference);
        named
            .filter(|difference| difference.about == "bundle")
            .map(|difference| difference.came)
            .collect::<Vec<_>>()
    };
    assert!(about(&spoilt).is_empty());
    let mut lost = spoilt;
    lost.nodes[0].bundle = None;
    assert_eq!(about(&lost), ["not made"]);
}
