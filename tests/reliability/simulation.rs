//! The state machine in simulation, which is a test of the engine, and what its mutants came to.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::harness::Context;
use super::tally::{Mutants, Tally};

/// Runs so many schedules, each from its seed; one that fails prints it.
pub(crate) fn run(context: &Context, schedules: u64, tally: &mut Tally) -> Result<()> {
    let test = Command::new(env!("CARGO"))
        .current_dir(context.workspace())
        .args(["test", "--quiet", "--locked", "-p", "heeler-core"])
        .args(["--test", "simulation"])
        .args(["--", "--nocapture", "nothing_is_stranded"])
        .env("HEELER_SCHEDULES", schedules.to_string())
        .output()
        .context("start cargo")?;
    let said = String::from_utf8_lossy(&test.stdout);
    let line = said
        .lines()
        .find_map(|line| line.split_once(" schedules: "));
    if test.status.success() {
        let (count, _) = line.context("the simulation does not say how many it ran")?;
        let count = count.split_whitespace().last().unwrap_or_default();
        tally.schedules = count.parse().context("how many is no number")?;
        return Ok(());
    }
    let errors = String::from_utf8_lossy(&test.stderr);
    ensure!(
        errors.contains("HEELER_SEED="),
        "the simulation does not run:\n{said}\n{errors}"
    );
    tally.violations.push(format!("in simulation: {errors}"));
    Ok(())
}

/// The share of the guard's mutants that the simulation alone convicts, as it was measured last;
/// nothing where nobody has measured it.
pub(crate) fn mutants(workspace: &Path) -> Result<Option<Mutants>> {
    let Ok(text) = fs::read_to_string(workspace.join("tests/reliability/mutants.json")) else {
        return Ok(None);
    };
    let measured: Value = serde_json::from_str(&text).context("mutants.json")?;
    let number = |key: &str| {
        measured[key]
            .as_u64()
            .with_context(|| format!("no `{key}`"))
    };
    let viable = number("mutants")?.saturating_sub(number("unviable")?);
    Ok(Some(Mutants {
        caught: number("caught")?,
        of: viable,
    }))
}
