//! `cargo bench --bench round_trips`: what asking nodes costs, measured in the lab and compared with
//! the same looks sent by hand. It prints a table and, as its last line, one line of JSON.
//! `-- --write` puts the table into `docs/benchmarks.md` too. Needs root, as the lab does.
//!
//! Both sides of every comparison are measured in turn in one run, with the same seeds for the
//! delay after which a command becomes visible. A bound that is missed makes it fail.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark is for reading"
)]

#[path = "../suite/harness/build.rs"]
mod build;
mod by_hand;
#[path = "../suite/harness/clients.rs"]
mod clients;
mod ending;
mod figures;
mod heeler;
mod page;
mod rows;
mod table;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use clap::Parser;
use heeler_tests::latency::Latency;
use heeler_tests::machine::requirements;
use heeler_tests::scene::{Incident, Lab, Plan};

use self::clients::Clients;
use self::figures::{Figures, Traffic};
use self::heeler::Heeler;

/// With fewer runs a median says little; the page holds none of those.
const FEWEST_RUNS: u64 = 20;
/// The AWS CLI is slow, and shown for orientation only.
const AWS_CLI_RUNS: u64 = 3;
/// Where the seeds of the runs begin; each run has its own.
const FIRST_SEED: u64 = 1;

/// Measures what asking nodes costs.
#[derive(Debug, Parser)]
struct Options {
    /// Put the table into docs/benchmarks.md
    #[arg(long)]
    write: bool,
    /// Runs of each side
    #[arg(long, default_value_t = FEWEST_RUNS, value_parser = clap::value_parser!(u64).range(1..))]
    runs: u64,
    /// Said by cargo to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    ending::ended(measure(&Options::parse()))
}

/// Measures and prints everything; the bounds that were missed.
fn measure(options: &Options) -> Result<Vec<String>> {
    let enough = options.runs >= FEWEST_RUNS || !options.write;
    ensure!(enough, "--write needs at least {FEWEST_RUNS} runs");
    if let Some(missing) = requirements().first() {
        bail!("{}: {}", missing.what, missing.help);
    }
    eprintln!("building heeler and its rivals …");
    let program = build::heeler()?;
    let python = Clients::get()?.python();
    let mut figures = Figures::default();
    for (what, plan) in places() {
        eprintln!("counting calls: {what}");
        figures.traffic.push(count(plan, program)?);
    }
    compare(options.runs, program, &python, &mut figures)?;
    let table = table::of(&figures)?;
    print!("{}", rows::markdown(&table.rows));
    if options.write {
        page::write(
            &build::workspace().join("docs/benchmarks.md"),
            "cargo bench --bench round_trips -- --write",
            &rows::markdown(&table.rows),
        )?;
    }
    println!("{}", table.json()?);
    Ok(rows::missed(&table.rows))
}

/// One ill and one healthy node.
fn plan() -> Plan {
    Plan::new(env!("CARGO_BIN_EXE_lab"))
        .nodes(2)
        .admin(true)
        .incident(Incident::Full)
}

/// Where a command's reply is longest, beside the plain case.
fn places() -> [(&'static str, Plan); 3] {
    [
        ("as it comes", plan()),
        ("without gzip in the control container", plan().gzip(false)),
        ("with 192 CPUs", plan().cpus(192)),
    ]
}

/// The calls of a run of the bundled runbook.
fn count(plan: Plan, program: &Path) -> Result<Traffic> {
    let lab = Lab::start(plan.seed(FIRST_SEED))?;
    Ok(Heeler::bundled(&lab, program).run()?.traffic)
}

/// All that is measured in time, one side after the other for each seed.
fn compare(runs: u64, program: &Path, python: &Path, figures: &mut Figures) -> Result<()> {
    let lab = Lab::start(plan())?;
    let heeler = Heeler::with_shortest_window(&lab, program)?;
    let seeded = |seed| lab.aws().set_latency(Latency::seeded(seed));
    // The first run makes the journal, and brings programs and libraries into memory.
    heeler.run()?;
    heeler.version()?;
    for seed in FIRST_SEED..FIRST_SEED + runs {
        seeded(seed);
        figures.add(heeler.run()?);
        figures.start.push(heeler.version()?);
        seeded(seed);
        let boto3 = by_hand::with_boto3(&lab, python)?;
        figures.boto3.push(boto3);
        eprintln!(
            "seed {seed}: heeler {:.2?}, boto3 {boto3:.2?}",
            figures.latest()
        );
    }
    for seed in FIRST_SEED..FIRST_SEED + AWS_CLI_RUNS {
        seeded(seed);
        let aws_cli: Duration = by_hand::with_aws_cli(&lab, python)?;
        figures.aws_cli.push(aws_cli);
        eprintln!("seed {seed}: AWS CLI {aws_cli:.2?}");
    }
    Ok(())
}
