//! Type soundness over generated runbooks and worlds: what the checker lets through gives no type
//! error when it is judged, and a missing answer never turns a verdict.

#![allow(
    clippy::expect_used,
    clippy::panic,
    unreachable_pub,
    dead_code,
    reason = "shared with the fuzzers, where nothing is a test"
)]

#[path = "../fuzz/targets/mod.rs"]
mod targets;

use std::sync::atomic::Ordering;
use std::thread;

use proptest::prelude::{ProptestConfig, any};
use proptest::test_runner::TestRunner;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use targets::sound::{Tally, judge, runbook};

/// Runbooks, shared among the threads.
const RUNBOOKS: u32 = 2_000;
/// Worlds in which each runbook is judged.
const WORLDS: u64 = 5;
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
        &tally.superseded,
        &tally.absent,
        &tally.not_seen,
    ];
    let told = told.map(|count| count.load(Ordering::Relaxed));
    println!("held, ruled out, superseded, absent, not seen: {told:?}");
    let all: usize = told.iter().sum();
    for count in told {
        assert!(
            count * 50 > all,
            "{tally:?}: one in fifty, or little was tried"
        );
    }
}

/// So many bytes of what this seed draws: fewer of them begin alike, and make something simpler.
fn drawn(seed: u64, length: usize) -> Vec<u8> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut bytes = vec![0; length];
    random.fill(bytes.as_mut_slice());
    bytes
}

fn judge_some(runbooks: u32, tally: &Tally) {
    let mut runner = TestRunner::new(ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 200,
        ..ProptestConfig::with_cases(runbooks)
    });
    let bytes = (any::<u64>(), 0..3_000_usize, 0..1_000_usize);
    let result = runner.run(&bytes, |(seed, page, world)| {
        let runbook = runbook(&drawn(seed, page));
        for number in 1..=WORLDS {
            judge(&runbook, &drawn(seed ^ number, world), tally);
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}
