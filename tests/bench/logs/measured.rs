//! What a process takes, measured by its parent alone.
//!
//! This binary starts itself in between: a process inherits the peak of the memory of whoever has started
//! it, and the benchmark holds a lab and corpora.

use std::fs;
use std::io::{Read, pipe};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use serde::{Deserialize, Serialize};

/// The word by which this binary knows that it is the one in between.
const WORD: &str = "in-between";

/// What a process has taken.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Taken {
    /// The most memory that it had at once.
    peak_kib: i64,
    /// User and system time.
    cpu_us: i64,
    exit: i32,
}

/// One run of a program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    pub(crate) peak_mib: f64,
    /// Lines that came on its standard output.
    pub(crate) lines: u64,
}

/// Runs as the one in between, where that is what was asked for.
pub(crate) fn in_between() -> Option<ExitCode> {
    let mut words = std::env::args_os().skip(1);
    if words.next()? != WORD {
        return None;
    }
    let (report, program) = (words.next()?, words.next()?);
    let status = Command::new(program).args(words).status().ok()?;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?;
    let taken = Taken {
        peak_kib: usage.max_rss(),
        cpu_us: usage.user_time().num_microseconds() + usage.system_time().num_microseconds(),
        exit: status.code().unwrap_or(-1),
    };
    fs::write(report, serde_json::to_string(&taken).ok()?).ok()?;
    Some(ExitCode::SUCCESS)
}

/// Runs a program to its end, and reads what it prints as fast as it comes.
///
/// # Errors
/// When it fails.
pub(crate) fn run(command: &Command, report: &Path) -> Result<Run> {
    let (mut output, input) = pipe()?;
    let mut between = Command::new(std::env::current_exe()?);
    between.arg(WORD).arg(report).arg(command.get_program());
    between.args(command.get_args()).env_clear();
    for (name, value) in command.get_envs() {
        between.env(name, value.unwrap_or_default());
    }
    between.current_dir(command.get_current_dir().context("no folder")?);
    // Of both sides nothing is shown but how they ended.
    between
        .stdin(Stdio::null())
        .stdout(input)
        .stderr(Stdio::null());
    let began = Instant::now();
    let mut child = between.spawn()?;
    // It holds the pipe's other end, too.
    drop(between);
    let lines = drain(&mut output)?;
    ensure!(child.wait()?.success(), "the process in between has failed");
    let wall = began.elapsed();
    let taken: Taken = serde_json::from_str(&fs::read_to_string(report)?)?;
    ensure!(
        taken.exit == 0,
        "{} ended with {}",
        command.get_program().display(),
        taken.exit
    );
    Ok(Run {
        wall,
        cpu: Duration::from_micros(taken.cpu_us.try_into()?),
        peak_mib: taken.peak_kib as f64 / 1024.0,
        lines,
    })
}

fn drain(output: &mut impl Read) -> Result<u64> {
    let (mut lines, mut piece) = (0, vec![0; 1 << 20]);
    loop {
        match output.read(&mut piece)? {
            0 => return Ok(lines),
            count => {
                let piece = piece.get(..count).unwrap_or_default();
                lines += piece.iter().filter(|byte| **byte == b'\n').count() as u64;
            }
        }
    }
}
