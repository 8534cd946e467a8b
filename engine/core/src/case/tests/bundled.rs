//! The cases of the bundled runbook: all of them hold, and nothing of the runbook is left out.

use std::fs;

use super::{read, runbook_of};
use crate::case::{self, Coverage};
use crate::runbook::Runbook;

const RUNBOOK: &str = include_str!("../../../../../runbooks/conntrack-exhaustion/runbook.yaml");

/// All cases of the runbook's folder, by name.
fn cases() -> Vec<(String, String)> {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../runbooks/conntrack-exhaustion/cases"
    );
    let mut cases: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    cases.sort();
    cases
}

fn runbook() -> Runbook {
    runbook_of(RUNBOOK)
}

#[test]
fn every_case_holds_and_no_mutation_turns_a_verdict() {
    let runbook = runbook();
    let mut mutations = 0;
    for (name, text) in cases() {
        let checked = case::check(&runbook, &read(&runbook, &name, &text));
        assert!(checked.passed(), "{name}: {checked:#?}");
        mutations += checked.mutations;
    }
    assert!(mutations > 2_000, "{mutations}");
}

#[test]
fn the_cases_bring_about_every_verdict_and_every_condition() {
    let runbook = runbook();
    let mut coverage = Coverage::of(&runbook);
    for (name, text) in cases() {
        let case = read(&runbook, &name, &text);
        coverage.add(&runbook, &case, &case::replay(&runbook, &case));
    }
    let missed: Vec<_> = coverage.missed().collect();
    assert!(coverage.is_whole(), "{missed:#?}");
    let counts = [coverage.findings.len(), coverage.branches.len()];
    assert_eq!(counts, [24, 56]);
}

#[test]
fn a_case_that_a_person_has_written_survives_being_written_again() {
    let runbook = runbook();
    for (name, text) in cases() {
        let text = case::write(&read(&runbook, &name, &text));
        assert_eq!(case::write(&read(&runbook, &name, &text)), text);
    }
}
