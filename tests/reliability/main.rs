//! `cargo run --bin reliability`: fixes of every kind on nodes of the lab, the real program killed
//! after each record of its journal, what nodes can lose, two operators at once, and the state
//! machine in simulation. It prints a table and, as its last line, one line of JSON. `--write` puts
//! the table into `docs/reliability.md` too. Needs root, as the lab does.
//!
//! What must hold is said where the suite says it, in its area `guarded`; here it is counted.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test bed: it prints what it measured, and JSON is indexed"
)]

mod beyond;
#[allow(dead_code, reason = "the suite has cases of its own")]
#[path = "../suite/guarded/mod.rs"]
mod guarded;
#[allow(dead_code, unused_imports, reason = "the suite needs more of it")]
#[path = "../suite/harness/mod.rs"]
mod harness;
mod jobs;
#[allow(dead_code, reason = "the suite needs more of it")]
#[path = "../suite/operator.rs"]
mod operator;
#[path = "../bench/page.rs"]
mod page;
#[allow(dead_code, reason = "the suite needs more of it")]
#[path = "../suite/fix/repair.rs"]
mod repair;
mod simulation;
mod tally;

use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Parser;
use heeler_tests::machine::requirements;

use self::harness::Context;
use self::jobs::Job;
use self::tally::Tally;

/// As many races as the page needs.
const RACES: usize = 200;
/// How much later than its time the node may take a change back: what Heeler promises.
const SLACK: Duration = Duration::from_secs(5);
/// Schedules of the simulation, which take seconds.
const SCHEDULES: u64 = 20_000;

/// Tries what can get in the way of a fix, and counts.
#[derive(Debug, Parser)]
struct Options {
    /// Put the table into docs/reliability.md
    #[arg(long)]
    write: bool,
    /// A part of everything, in a few minutes
    #[arg(long, conflicts_with = "write")]
    quick: bool,
    /// Only what begins with this, such as the name of a change
    #[arg(long, conflicts_with = "write")]
    only: Option<String>,
    /// Nodes that are tried at the same time; a busy machine is late with what it promises
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=8))]
    at_once: u64,
}

fn main() -> ExitCode {
    // This program is also every program of the lab's own on its nodes.
    if let Some(code) = heeler_tests::program::main_if_called() {
        std::process::exit(code);
    }
    match measure(&Options::parse()) {
        Ok(tally) if tally.violations.is_empty() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("nothing could be measured: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options) -> Result<Tally> {
    if let Some(missing) = requirements().first() {
        bail!("{}: {}", missing.what, missing.help);
    }
    let context = Context::new()?.with_slack(SLACK);
    eprintln!("building heeler …");
    context.heeler(&harness::Surroundings::new()?)?;
    let schedules = if options.quick { 2_000 } else { SCHEDULES };
    eprintln!("{schedules} schedules in simulation …");
    let mut tally = Tally::with(simulation::mutants(context.workspace())?);
    simulation::run(&context, schedules, &mut tally)?;
    let mut jobs = jobs::all(options.quick, RACES);
    if let Some(only) = &options.only {
        jobs.retain(|job| job.to_string().starts_with(only));
    }
    let tally = carry_out(&context, jobs, options.at_once, tally);
    let table = tally.table();
    println!("{table}");
    for violation in &tally.violations {
        println!("violation: {violation}\n");
    }
    // Where something was violated nothing is written.
    if options.write && tally.violations.is_empty() {
        let page = context.workspace().join("docs/reliability.md");
        page::write(&page, "cargo run --bin reliability -- --write", &table)?;
    }
    println!("{}", tally.json());
    Ok(tally)
}

/// Carries the jobs out, so many at a time, in their order.
fn carry_out(context: &Context, jobs: Vec<Job>, at_once: u64, tally: Tally) -> Tally {
    let (all, tally) = (jobs.len(), Mutex::new(tally));
    let queue = Mutex::new(jobs.into_iter().enumerate());
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                loop {
                    let next = harness::lock(&queue).next();
                    let Some((number, job)) = next else { return };
                    eprintln!("{} of {all}: {job}", number + 1);
                    let done = job.carry_out(context);
                    harness::lock(&tally).add(&job, done);
                }
            });
        }
    });
    tally.into_inner().unwrap_or_default()
}
