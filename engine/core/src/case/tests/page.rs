//! What `docs/reference/cases.md` shows is a runbook and a case of it that holds.

use super::{read, runbook_of};
use crate::case;
use crate::value::Why;

const PAGE: &str = include_str!("../../../../../docs/reference/cases.md");

/// The blocks of YAML, in their order.
fn blocks() -> Vec<&'static str> {
    let blocks = PAGE.split("```yaml\n").skip(1);
    let ends = blocks.map(|block| block.split("```").next());
    ends.map(Option::unwrap_or_default).collect()
}

#[test]
fn the_example_of_the_reference_holds() {
    let blocks = blocks();
    let [runbook, case] = blocks.as_slice() else {
        panic!("a runbook and a case are shown: {blocks:#?}");
    };
    let runbook = runbook_of(runbook);
    let case = read(&runbook, "page", case);
    let checked = case::check(&runbook, &case);
    assert!(checked.passed(), "{checked:#?}");
}

#[test]
fn every_reason_is_named() {
    // The compiler asks for a new one here; then the page has to name it too.
    let named = |why: &Why| match why {
        Why::AdminOff => "admin-off",
        Why::NotThere(_) => "not-there",
        Why::Failed(_) => "failed",
        Why::TimedOut(_) => "timed-out",
        Why::Truncated => "truncated",
        Why::Garbled(_) => "garbled",
        Why::NoAnswer(_) => "no-answer",
        Why::Forbidden(_) => "forbidden",
        Why::KubernetesDown(_) => "kubernetes-down",
        Why::NotAsked => "not-asked",
        Why::NoTarget(_) => "no-target",
        Why::Unconfined => "unconfined",
        Why::Deadline(_) => "deadline",
        Why::HopForbidden(_) => "hop-forbidden",
        Why::Unusable(_) => "unusable",
        Why::LeftOut(_) => "left-out",
        Why::NotRecorded(_) => "not-recorded",
        Why::TakenOut => "taken-out",
    };
    let all = [
        Why::AdminOff,
        Why::NotThere(String::new()),
        Why::Failed(String::new()),
        Why::TimedOut(1),
        Why::Truncated,
        Why::Garbled(String::new()),
        Why::NoAnswer(String::new()),
        Why::Forbidden(String::new()),
        Why::KubernetesDown(String::new()),
        Why::NotAsked,
        Why::NoTarget(String::new()),
        Why::Unconfined,
        Why::Deadline(1),
        Why::HopForbidden(String::new()),
        Why::Unusable(String::new()),
        Why::LeftOut(1),
        Why::NotRecorded(String::new()),
        Why::TakenOut,
    ];
    for why in &all {
        let name = format!("`{}`", named(why));
        assert!(PAGE.contains(&name), "{name} is not in the reference");
    }
}
