//! Type soundness over generated runbooks and worlds: what the checker lets through gives no type
//! error when it is judged, and a missing answer never turns a verdict.

#![allow(
    clippy::expect_used,
    clippy::panic,
    unreachable_pub,
    dead_code,
    reason = "shared with the fuzzers, where nothing is a test"
)]

#[path = "../../../tests/fuzz/targets/mod.rs"]
mod targets;

use std::sync::atomic::Ordering;
use std::thread;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use targets::sound::{Tally, judge, runbook};

/// Runbooks, shared among the threads.
const RUNBOOKS: u32 = 2_500;
/// Worlds in which each runbook is judged.
const WORLDS: usize = 4;
const THREADS: u32 = 4;

#[test]
fn ten_thousand_runbooks_and_worlds_are_judged_without_a_type_error() {
    let tally = Tally::default();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| judge_some(RUNBOOKS / THREADS, &tally));
        }
    });
    let told = [
        &tally.holds,
        &tally.ruled_out,
        &tally.absent,
        &tally.not_seen,
    ];
    let told = told.map(|count| count.load(Ordering::Relaxed));
    println!("held, ruled out, absent, not seen: {told:?}");
    let all: usize = told.iter().sum();
    for count in told {
        assert!(
            count * 20 > all,
            "{tally:?}: one in twenty, or little was tried"
        );
    }
}

fn judge_some(runbooks: u32, tally: &Tally) {
    let mut runner = TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(runbooks)
    });
    let bytes = (
        vec(any::<u8>(), 0..600),
        vec(vec(any::<u8>(), 0..400), WORLDS),
    );
    let result = runner.run(&bytes, |(page, worlds)| {
        let runbook = runbook(&page);
        for world in worlds {
            judge(&runbook, &world, tally);
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}
