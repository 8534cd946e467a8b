//! Two operators, one node, and whatever can go wrong: thousands of schedules, each made from its
//! seed. `HEELER_SEED=N` replays one, `HEELER_SCHEDULES=N` runs so many.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a harness that stops is a test that fails"
)]

mod approvals;
mod chance;
mod check;
mod cluster;
mod delivery;
mod drain;
mod herd;
mod logs;
mod node;
mod one_way;
mod operator;
mod reboot;
mod scripts;
mod seeds;
mod steps;
mod truth;
mod world;

use seeds::{Seeds, number};
use world::World;

/// Schedules of an ordinary run.
const SCHEDULES: u64 = 20_000;

#[test]
fn nothing_is_stranded_and_nothing_is_told_wrong() {
    let seeds = Seeds::of(number("HEELER_SCHEDULES").unwrap_or(SCHEDULES));
    let mut tally = check::Tally::default();
    seeds.each(|seed| {
        let mut world = World::new(seed);
        world.run();
        let checked = world.check(&mut tally);
        checked.map_err(|wrong| format!("{wrong}\n{}", world.tell()))
    });
    for (what, times) in tally.all() {
        seeds.expect(times, what, 500);
    }
    println!("{} schedules: {:?}", seeds.count(), tally.all());
}
