//! Fixes of every kind on a node of the lab, and everything that we can think of in their way: the
//! node ends up with the old value or with the new one that was verified, without a lock or a
//! switch, and everybody is told the truth.
//!
//! A case tries each of `tests/fixes/` on a node of its own, all at once: most of the time is
//! waiting. `cargo run --bin reliability` does the same more thoroughly, and counts.

pub(crate) mod cases;
pub(crate) mod cluster;
pub(crate) mod course;
pub(crate) mod disruptive;
pub(crate) mod drain;
pub(crate) mod fixture;
pub(crate) mod interrupted;
pub(crate) mod journal;
pub(crate) mod kill;
pub(crate) mod loss;
pub(crate) mod offer;
pub(crate) mod one_way;
mod own_script;
pub(crate) mod race;
pub(crate) mod reboot;
pub(crate) mod requests;
mod revert_object;
pub(crate) mod step;
pub(crate) mod unwritten;
pub(crate) mod ward;

use std::thread;

use anyhow::{Result, anyhow, ensure};
use heeler_tests::fault::HoldPoint;

use self::fixture::{ALL, Fixture, ONE_PARAMETER};
use self::kill::Ran;
use self::race::Race;
use self::step::Wrong;
use self::ward::Ward;
use crate::harness::{Context, Surroundings};

/// Races of the suite; `reliability` has more.
const RACES: usize = 10;

/// After which of its records the program is killed here.
const KILLED_AFTER: [&str; 6] = [
    "fix-approved",
    "change-started",
    "change-applied",
    "verify-sample",
    "keep-started",
    "fix-kept",
];

fn lint(context: &Context) -> Result<()> {
    let fixes = context.workspace().join("tests/fixes");
    let lint = context.heeler(&Surroundings::new()?)?;
    let lint = lint.args(["lint", "--deny-warnings"]).args([fixes]);
    lint.expect_exit(0)?.expect_stdout("nothing wrong")?;
    Ok(())
}

/// Every fixture, each on a node of its own.
fn each(context: &Context, run: fn(&Context, &'static Fixture) -> Result<()>) -> Result<()> {
    let failures: Vec<String> = thread::scope(|scope| {
        let all = ALL.map(|fixture| (fixture, scope.spawn(move || run(context, fixture))));
        let ended = all.map(|(fixture, run)| {
            let ended = run.join().unwrap_or_else(|_| Err(anyhow!("it panicked")));
            ended
                .err()
                .map(|error| format!("{}: {error:#}", fixture.name))
        });
        ended.into_iter().flatten().collect()
    });
    ensure!(failures.is_empty(), "{}", failures.join("\n\n"));
    Ok(())
}

fn held(context: &Context, fixture: &'static Fixture, point: HoldPoint) -> Result<()> {
    let ward = Ward::start(context, fixture)?;
    let digest = ward.digest("")?;
    let killed = kill::at(&ward, (&digest, ""), point)?;
    kill::check(&ward, &killed)?;
    Ok(())
}

fn killed(context: &Context, fixture: &'static Fixture) -> Result<()> {
    let ward = Ward::start(context, fixture)?;
    for event in KILLED_AFTER {
        let digest = ward.digest("")?;
        let there = |events: &[String]| events.iter().any(|one| one == event);
        match kill::after(&ward, (&digest, ""), there)? {
            Ran::Killed(killed) => {
                kill::check(&ward, &killed)?;
            }
            // It was faster; or, on a busy machine, the node was.
            Ran::Ended(_) if ward.settled()?.value == fixture.new => {
                ward.take_back(&ward.latest()?)?;
            }
            Ran::Ended(_) => {}
        }
    }
    Ok(())
}

fn races(context: &Context) -> Result<()> {
    let race = Race::prepare(context)?;
    for _ in 0..RACES {
        race.run()?;
    }
    Ok(())
}
