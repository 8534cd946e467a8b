//! Two operators, one node, and whatever can go wrong: thousands of schedules, each made from its
//! seed. `HEELER_SEED=N` replays one, `HEELER_SCHEDULES=N` runs so many.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a harness that stops is a test that fails"
)]

mod approvals;
mod chance;
mod check;
mod cluster;
mod delivery;
mod drain;
mod herd;
mod node;
mod one_way;
mod operator;
mod scripts;
mod steps;
mod truth;
mod world;

use world::World;

/// Schedules of an ordinary run.
const SCHEDULES: u64 = 20_000;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn nothing_is_stranded_and_nothing_is_told_wrong() {
    let schedules = number("HEELER_SCHEDULES").unwrap_or(SCHEDULES);
    let seeds = match number("HEELER_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..schedules,
    };
    let mut tally = check::Tally::default();
    for seed in seeds {
        let mut world = World::new(seed);
        world.run();
        if let Err(wrong) = world.check(&mut tally) {
            panic!("{wrong}\nHEELER_SEED={seed} replays it\n{}", world.tell());
        }
    }
    // A harness in which nothing ever happens would be content with everything.
    let rare = schedules / 500;
    for (what, times) in tally.all() {
        assert!(
            number("HEELER_SEED").is_some() || times >= rare.max(1),
            "only {times} times: {what}"
        );
    }
    println!("{schedules} schedules: {:?}", tally.all());
}
