//! The cases of the bundled runbook: all of them hold, and nothing of the runbook is left out.

use crate::action;
use crate::case::{self, Case, Coverage};
use crate::runbook::{Runbook, load};
use crate::syntax::{Source, render};

const RUNBOOK: &str = include_str!("../../../../../runbooks/conntrack-exhaustion/runbook.yaml");

macro_rules! cases {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!(
            "../../../../../runbooks/conntrack-exhaustion/cases/", $name, ".yaml"
        )))),*]
    };
}

pub(super) const CASES: [(&str, &str); 30] = cases![
    "accept-queue",
    "admin-off",
    "admin-off-full-table",
    "admin-off-no-proc-statistics",
    "admin-off-no-proc-statistics-nearly-full",
    "full-table",
    "full-table-and-clashes",
    "full-table-at-one-reading",
    "full-table-fix-kept",
    "full-table-fix-reverted-drops",
    "full-table-fix-reverted-growth",
    "full-table-of-open-connections",
    "full-table-shortened-already",
    "full-table-shortened-further",
    "healthy",
    "insert-clashes",
    "instance-allowance",
    "kubernetes-down",
    "proxy-left-alone",
    "proxy-lowered-max",
    "proxy-lowered-max-1-28",
    "proxy-lowered-max-1-36",
    "proxy-lowered-max-configured",
    "proxy-lowered-max-minimum",
    "proxy-same-as-bottlerocket",
    "table-bursts",
    "table-filling",
    "table-filling-steady",
    "was-full",
    "was-full-admin-off",
];

pub(super) fn source(name: &str, text: &str) -> Source {
    Source {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

pub(super) fn runbook() -> Runbook {
    let source = source("runbook.yaml", RUNBOOK);
    load(source.clone(), action::all())
        .unwrap_or_else(|faults| panic!("{}", render(&source, &faults, false)))
}

pub(super) fn read(runbook: &Runbook, name: &str, text: &str) -> Case {
    let source = source(name, text);
    case::read(name, source.clone(), runbook)
        .unwrap_or_else(|faults| panic!("{}", render(&source, &faults, false)))
}

#[test]
fn every_case_holds_and_no_mutation_turns_a_verdict() {
    let runbook = runbook();
    let mut mutations = 0;
    for (name, text) in CASES {
        let checked = case::check(&runbook, &read(&runbook, name, text));
        assert!(checked.passed(), "{name}: {checked:#?}");
        mutations += checked.mutations;
    }
    assert!(mutations > 2_000, "{mutations}");
}

#[test]
fn the_cases_bring_about_every_verdict_and_every_condition() {
    let runbook = runbook();
    let mut coverage = Coverage::of(&runbook);
    for (name, text) in CASES {
        let case = read(&runbook, name, text);
        coverage.add(&runbook, &case, &case::replay(&runbook, &case));
    }
    let missed: Vec<_> = coverage.missed().collect();
    assert!(coverage.is_whole(), "{missed:#?}");
    let counts = [coverage.findings.len(), coverage.branches.len()];
    assert_eq!(counts, [24, 50]);
}

#[test]
fn a_case_that_a_person_has_written_survives_being_written_again() {
    let runbook = runbook();
    for (name, text) in CASES {
        let text = case::write(&read(&runbook, name, text));
        assert_eq!(case::write(&read(&runbook, name, &text)), text);
    }
}
