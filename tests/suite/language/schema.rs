//! What the schema accepts and refuses, beside what `heeler` does.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::{lint, pages, write};
use crate::harness::{Context, Surroundings};

const SCRIPT: &str = include_str!("schema.py");

/// Editors and their validators take it for a schema.
pub(super) fn is_one(context: &Context) -> Result<()> {
    let around = Surroundings::new()?;
    let dialect = ask(context, &around, "check", &[])?;
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema(context, &around)?)?)?;
    ensure!(
        schema["$schema"] == dialect,
        "{dialect} was held against {}",
        schema["$schema"]
    );
    Ok(())
}

/// The runbooks that come with the program.
pub(super) fn bundled(context: &Context) -> Result<()> {
    let around = Surroundings::new()?;
    let folder = context.workspace().join("runbooks");
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder)? {
        files.push(entry?.path().join("runbook.yaml"));
    }
    ensure!(!files.is_empty(), "no runbooks in {}", folder.display());
    expect_clean(context, &around, &files)
}

/// The runbooks of guide, reference and READMEs.
pub(super) fn documented(context: &Context) -> Result<()> {
    for block in pages::runbooks(context)? {
        if block.is_faulty() {
            continue;
        }
        let around = Surroundings::new()?;
        let file = write(&around, &block.text)?;
        expect_clean(context, &around, &[file])
            .with_context(|| format!("the runbook in {}:{}", block.page, block.line))?;
    }
    Ok(())
}

/// Where a page says that a runbook has faults, it has.
pub(super) fn documented_as_faulty(context: &Context) -> Result<()> {
    for block in pages::runbooks(context)? {
        if !block.is_faulty() {
            continue;
        }
        let around = Surroundings::new()?;
        let file = write(&around, &block.text)?;
        let refused = !lint(context, &around, &file)?.status.success();
        ensure!(
            refused,
            "the runbook in {}:{} has no faults",
            block.page,
            block.line
        );
    }
    Ok(())
}

/// With one thing changed: what is not built right is refused by the schema, and what the schema
/// refuses is refused by `heeler`, so that no editor complains about a good runbook.
pub(super) fn mutants(context: &Context) -> Result<()> {
    let around = Surroundings::new()?;
    let good = context
        .workspace()
        .join("runbooks/conntrack-exhaustion/runbook.yaml");
    let folder = around.folder().join("mutants");
    fs::create_dir(&folder)?;
    let made = ask(context, &around, "mutants", &[&good, &folder])?;
    let made = made.as_array().context("a list of mutants")?;
    ensure!(made.len() > 300, "only {} mutants", made.len());
    let (mut refused, mut wrong) = (0, Vec::new());
    for mutant in made {
        let what = mutant["what"].as_str().unwrap_or_default();
        if mutant["accepted"] == true {
            if mutant["structural"] == true {
                wrong.push(format!("the schema accepts {what}"));
            }
            continue;
        }
        refused += 1;
        let file = mutant["file"].as_str().context("a mutant's file")?;
        if lint(context, &around, Path::new(file))?.status.success() {
            wrong.push(format!("the schema alone refuses {what}"));
        }
    }
    ensure!(refused > 150, "only {refused} mutants were refused");
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// Both the schema and `heeler` accept them.
pub(super) fn expect_clean(
    context: &Context,
    around: &Surroundings,
    files: &[PathBuf],
) -> Result<()> {
    for file in files {
        let ended = lint(context, around, file)?.expect_exit(0)?;
        ensure!(!ended.stdout.contains("warning["), "{ended}");
    }
    let paths: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let found = ask(context, around, "validate", &paths)?;
    for file in files {
        let errors = &found[file.to_string_lossy().as_ref()];
        let is_valid = errors.as_array().is_some_and(Vec::is_empty);
        ensure!(is_valid, "{} is not valid: {errors:#}", file.display());
    }
    Ok(())
}

/// `heeler schema`, in a file.
fn schema(context: &Context, around: &Surroundings) -> Result<PathBuf> {
    let file = around.folder().join("schema.json");
    let printed = context.heeler(around)?.args(["schema"]).expect_exit(0)?;
    fs::write(&file, &printed.stdout)?;
    Ok(file)
}

/// What a function of the script finds.
fn ask(context: &Context, around: &Surroundings, function: &str, paths: &[&Path]) -> Result<Value> {
    let schema = schema(context, around)?;
    let python = context.python(around)?.args(["-c", SCRIPT, function]);
    python.args([&schema]).args(paths).expect_exit(0)?.json()
}
