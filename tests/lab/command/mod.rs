//! The command `lab`: what a person at a terminal can do with a lab. Tests use [`crate::scene`]
//! instead.

mod check;
mod demo;
mod options;
mod root;
mod up;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use self::options::Options;
use self::root::become_root;

/// Bottlerocket nodes, an AWS account and a Kubernetes cluster on this machine.
#[derive(Debug, Parser)]
#[command(name = "lab", max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say whether the lab can run on this machine, and what helps where it can't
    Check,
    /// Start a lab and print the variables that lead to it, until Ctrl-C
    Up(Options),
    /// Run one command in the environment of a fresh lab
    Exec {
        #[command(flatten)]
        options: Options,
        /// The command and its arguments
        #[arg(last = true, required = true, value_name = "COMMAND")]
        command: Vec<OsString>,
    },
    /// Fill a node's connection tracking table, and let heeler find and mend it
    Demo {
        /// Use this heeler instead of building one
        #[arg(long, value_name = "PATH")]
        heeler: Option<PathBuf>,
    },
}

/// Does what the command line says. 1 when that did not work, 2 when it makes no sense.
#[must_use]
pub fn main() -> ExitCode {
    run(Cli::parse().command).unwrap_or_else(|error| {
        eprintln!("lab: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(command: Command) -> Result<ExitCode> {
    let done = |()| ExitCode::SUCCESS;
    match command {
        Command::Check => check::run().map(done),
        Command::Up(options) => {
            prepare()?;
            up::up(&options).map(done)
        }
        Command::Exec { options, command } => {
            prepare()?;
            up::exec(&options, &command)
        }
        Command::Demo { heeler } => {
            check::require()?;
            let heeler = heeler.map_or_else(demo::build_heeler, Ok)?;
            become_root([
                OsString::from("demo"),
                "--heeler".into(),
                heeler.clone().into(),
            ])?;
            demo::run(&heeler).map(done)
        }
    }
}

/// What everything needs that starts a lab: a fit machine, and root.
fn prepare() -> Result<()> {
    check::require()?;
    become_root(std::env::args_os().skip(1))
}
