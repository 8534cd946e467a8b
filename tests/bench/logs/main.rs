//! `cargo bench --bench logs`: what reading logs costs, in the lab and on one core, and how well secrets are
//! taken out of them. It prints a table and, as its last line, one line of JSON. `-- --write` puts the
//! table into `docs/benchmarks.md` too.
//!
//! The others get the same bytes in the same run, in turn. A bound that is missed makes it fail.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark is for reading, and stops where its own corpus is not as it should be"
)]

#[path = "../../suite/harness/build.rs"]
mod build;
mod cluster;
#[path = "../../../engine/core/tests/redaction/corpus/mod.rs"]
mod corpus;
#[path = "../ending.rs"]
mod ending;
mod figures;
mod files;
mod first_line;
mod lines;
mod measured;
#[path = "../../../engine/core/tests/redaction/outcome.rs"]
mod outcome;
#[path = "../page.rs"]
mod page;
mod regexes;
#[path = "../rows.rs"]
mod rows;
mod speed;
mod table;
mod wire;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::Parser;

use self::figures::{Compared, Figures, Redaction};
use self::outcome::Outcome;
use self::speed::Logs;
use self::wire::{To, Wire};

/// With fewer runs a median says little; the page holds none of those.
const FEWEST_RUNS: u64 = 5;
/// Rounds of what takes place in memory.
const ROUNDS: usize = 11;
/// Examples of a thing that are printed with `--examples`.
const EXAMPLES: usize = 12;

/// Measures what reading logs costs.
#[derive(Debug, Parser)]
struct Options {
    /// Put the table into docs/benchmarks.md
    #[arg(long)]
    write: bool,
    /// Runs of each side over the wire
    #[arg(long, default_value_t = FEWEST_RUNS, value_parser = clap::value_parser!(u64).range(1..))]
    runs: u64,
    /// Say which secrets are missed, and what is taken out without being one
    #[arg(long)]
    examples: bool,
    /// Said by cargo to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    if let Some(code) = measured::in_between() {
        return code;
    }
    ending::ended(measure(&Options::parse()))
}

/// Measures and prints everything; the bounds that were missed.
fn measure(options: &Options) -> Result<Vec<String>> {
    let enough = options.runs >= FEWEST_RUNS || !options.write;
    ensure!(enough, "--write needs at least {FEWEST_RUNS} runs");
    eprintln!("building heeler …");
    let program = build::heeler()?;
    eprintln!("redacting a corpus …");
    let (ours, regexes, corpus_bytes) = redaction(options.examples)?;
    eprintln!("taking lines apart, merging and unpacking …");
    let logs = Logs::new()?;
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        let [decode, unpack, unpack_alone] = &mut times;
        decode.push(logs.decode_and_merge()?);
        unpack.push(logs.unpack()?);
        unpack_alone.push(logs.unpack_alone()?);
    }
    let [decode, unpack, unpack_alone] = times;
    let (decode_bytes, unpack_bytes) = (logs.bytes(), logs.packed_bytes());
    drop(logs);
    eprintln!("counting round trips …");
    let first_line = [
        first_line::round_trips(program, "shop/db-0")?,
        first_line::round_trips(program, "shop/deploy/web")?,
    ];
    let (pipe, folder, bytes) = over_the_wire(program, options.runs)?;
    eprintln!("reading 10 GiB …");
    let large = Wire::large(program)?;
    let figures = Figures {
        pipe,
        folder,
        bytes,
        large: [large.heeler(To::Pipe)?, large.heeler(To::Folder)?],
        large_bytes: large.bytes(),
        decode,
        decode_bytes,
        unpack,
        unpack_alone,
        unpack_bytes,
        ours,
        regexes,
        corpus_bytes,
        first_line,
    };
    drop(large);
    let table = table::of(&figures)?;
    print!("{}", rows::markdown(&table.rows));
    if options.write {
        page::write(
            &build::workspace().join("docs/benchmarks.md"),
            "cargo bench --bench logs -- --write",
            &rows::markdown(&table.rows),
        )?;
    }
    println!("{}", table.json()?);
    Ok(rows::missed(&table.rows))
}

/// Takes secrets out of the corpus, in both ways.
fn redaction(examples: bool) -> Result<(Redaction, Redaction, usize)> {
    let corpus = corpus::corpus();
    let (mut ours, mut regexes) = (Vec::new(), Vec::new());
    let mut outs = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        let (out, took) = outcome::ours(&corpus);
        ours.push(took);
        outs[0] = out;
        let (out, took) = regexes::redact(&corpus.bytes)?;
        regexes.push(took);
        outs[1] = out;
    }
    let ours = Redaction {
        outcome: outcome::judge(&corpus, &outs[0], outcome::OURS)?,
        took: ours,
    };
    let regexes = Redaction {
        outcome: outcome::judge(&corpus, &outs[1], regexes::MARK)?,
        took: regexes,
    };
    if examples {
        say("heeler", &ours.outcome);
        say("regular expressions", &regexes.outcome);
    }
    Ok((ours, regexes, corpus.bytes.len()))
}

fn say(who: &str, outcome: &Outcome) {
    let missed = outcome
        .kinds
        .iter()
        .filter(|(_, (_, readable))| *readable > 0);
    for (kind, (planted, readable)) in missed {
        eprintln!("{who}: {readable} of {planted} readable: {kind}");
    }
    for (what, examples) in &outcome.examples {
        // From all parts of the corpus.
        let every = examples.len().div_ceil(EXAMPLES).max(1);
        for example in examples.iter().step_by(every) {
            eprintln!("{who}: {what}: {example}");
        }
    }
}

/// A gibibyte over a line that is as fast for both sides, in turn.
fn over_the_wire(program: &Path, runs: u64) -> Result<(Compared, Compared, u64)> {
    eprintln!("writing 1 GiB of logs …");
    let wire = Wire::plain(program)?;
    let (mut pipe, mut folder) = (Compared::default(), Compared::default());
    for number in 1..=runs {
        for (to, compared) in [(To::Pipe, &mut pipe), (To::Folder, &mut folder)] {
            let (heeler, curl) = (wire.heeler(to)?, wire.curl(to)?);
            eprintln!(
                "run {number}, {to:?}: heeler {:.2?} ({:.2?} of a CPU, {:.1} MiB), curl {:.2?} ({:.2?} of a CPU)",
                heeler.wall, heeler.cpu, heeler.peak_mib, curl.wall, curl.cpu
            );
            compared.heeler.push(heeler);
            compared.curl.push(curl);
        }
    }
    Ok((pipe, folder, wire.bytes()))
}
