//! `cargo bench --bench language`: what the language costs without any node: checking runbooks, and
//! replaying cases. It prints a table and, as its last line, one line of JSON. `-- --write` puts the
//! table into `docs/benchmarks.md` too.
//!
//! The others get the same texts in the same run. A bound that is missed makes it fail.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark is for reading"
)]

mod books;
#[path = "../../suite/harness/build.rs"]
#[allow(dead_code, reason = "nothing is built here")]
mod build;
#[path = "../../suite/harness/clients.rs"]
mod clients;
#[path = "../ending.rs"]
mod ending;
mod ours;
#[path = "../page.rs"]
mod page;
mod peers;
#[path = "../rows.rs"]
mod rows;
mod table;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use self::books::{BOOKS, book};
use self::clients::Clients;
use self::ours::Bundled;
use self::table::Figures;

/// The median of so many rounds counts.
const ROUNDS: usize = 31;
/// Rounds before that, which bring everything into memory.
const WARM_UP: usize = 3;

/// Measures what the language costs.
#[derive(Debug, Parser)]
struct Options {
    /// Put the table into docs/benchmarks.md
    #[arg(long)]
    write: bool,
    /// Said by cargo to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    ending::ended(measure(&Options::parse()))
}

/// Measures and prints everything; the bounds that were missed.
fn measure(options: &Options) -> Result<Vec<String>> {
    let named = |number: usize| (format!("group-{number:03}"), book(number));
    let texts: Vec<(String, String)> = (0..BOOKS).map(named).collect();
    let mut figures = Figures::default();
    for round in 0..WARM_UP + ROUNDS {
        let took = ours::lint_all(&texts)?;
        if round >= WARM_UP {
            figures.lint.push(took);
        }
    }
    let bundled = Bundled::read(build::workspace())?;
    figures.cases = bundled.cases();
    for round in 0..WARM_UP + ROUNDS {
        let (replays, took) = bundled.test()?;
        if round >= WARM_UP {
            figures.replays = replays;
            figures.replay.push(took);
        }
    }
    // A text with a fault is refused by the schema too.
    let sound: Vec<String> = texts
        .iter()
        .map(|(_, text)| text.replace("linse", "lines"))
        .collect();
    let python = Clients::get()?.python();
    figures.peers = peers::measure(&python, &sound, &ours::json_schema())?;
    let table = table::of(&figures)?;
    print!("{}", rows::markdown(&table.rows));
    if options.write {
        page::write(
            &build::workspace().join("docs/benchmarks.md"),
            "cargo bench --bench language -- --write",
            &rows::markdown(&table.rows),
        )?;
    }
    println!("{}", table.json()?);
    Ok(rows::missed(&table.rows))
}
