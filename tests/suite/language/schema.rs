//! What the schema accepts and refuses, beside what `heeler` does.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::{lint, pages, write};
use crate::harness::{Context, Surroundings};

/// Thousands of runbooks take the validator minutes, on a machine on which other cases run.
const PATIENCE: Duration = Duration::from_secs(600);
const SCRIPT: &str = include_str!("schema.py");
/// Runbooks for the tests of the language.
const LANGUAGE: &str = "tests/language";
/// What is wrong with how a runbook is built: the schema has to see it too.
const STRUCTURAL: &[&str] = &[
    "bad-name",
    "empty-enum",
    "empty-evidence",
    "empty-fix",
    "empty-runbook",
    "evidence-entry",
    "missing-key",
    "no-action",
    "no-range",
    "no-shell",
    "not-a-change",
    "not-a-duration",
    "not-a-name",
    "not-a-path",
    "not-a-pattern",
    "not-a-prefix",
    "not-for-a-shell",
    "not-of-type",
    "not-one-key",
    "reserved-name",
    "secret-default",
    "secret-type",
    "too-many-entries",
    "two-actions",
    "unknown-action",
    "unknown-hop",
    "unknown-key",
    "unknown-language",
    "unknown-severity",
    "unknown-target",
    "unknown-type",
    "with-without-use",
    "wrong-type",
    "yaml-boolean",
];

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

/// Every block of YAML in guide, reference and READMEs.
pub(super) fn documented(context: &Context) -> Result<()> {
    for block in pages::yaml(context)? {
        if block.is_faulty() || block.is_doubtful() || block.is_case() {
            continue;
        }
        let place = || format!("the YAML in {}:{}", block.page, block.line);
        let around = Surroundings::new()?;
        if block.is_policy() {
            let file = around.folder().join("policy.yaml");
            fs::write(&file, &block.text)?;
            // It is read before anything else, so that only the next fault is left.
            let heeler = context.heeler(&around)?.args(["run", "none", "--policy"]);
            let read = heeler.args([&file]).expect_error("error[unknown-runbook]");
            read.with_context(place)?;
            continue;
        }
        if block.is_runbook() {
            let file = write(&around, &block.text)?;
            expect_clean(context, &around, &[file]).with_context(place)?;
            continue;
        }
        let part = block.completed();
        let part = part.with_context(|| format!("{} is neither a runbook nor a part", place()))?;
        let file = write(&around, &part)?;
        // Nothing reads a look that stands alone, which is no error.
        let heeler = context.heeler(&around)?.args(["lint"]).args([&file]);
        heeler.expect_exit(0).with_context(place)?;
        expect_valid(context, &around, &[file]).with_context(place)?;
    }
    Ok(())
}

/// Where a page says that a runbook has faults, or warnings, it has.
pub(super) fn documented_as_faulty(context: &Context) -> Result<()> {
    for block in pages::yaml(context)? {
        if !block.is_faulty() && !block.is_doubtful() {
            continue;
        }
        let around = Surroundings::new()?;
        let file = write(&around, &block.text)?;
        let refused = !lint(context, &around, &file)?.status.success();
        let runs = context
            .heeler(&around)?
            .args(["show"])
            .args([&file])
            .finish()?;
        ensure!(
            refused && runs.status.success() == block.is_doubtful(),
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
    let root = context.workspace();
    let good = [
        root.join(LANGUAGE).join("everything/runbook.yaml"),
        root.join("runbooks/conntrack-exhaustion/runbook.yaml"),
    ];
    let paths: Vec<&Path> = good.iter().map(PathBuf::as_path).collect();
    let refused = compare(context, "mutants", &paths)?;
    ensure!(refused > 1_000, "only {refused} mutants were refused");
    Ok(())
}

/// The same for every faulty runbook of the corpus.
pub(super) fn faulty(context: &Context) -> Result<()> {
    let corpus = context.workspace().join("tests/corpus");
    let refused = compare(context, "corpus", &[&corpus])?;
    ensure!(refused > 50, "only {refused} faulty runbooks were refused");
    Ok(())
}

/// Runbooks that a function of the script makes, as the schema sees them and as `heeler lint` does.
/// Gives how many the schema refuses.
fn compare(context: &Context, function: &str, paths: &[&Path]) -> Result<usize> {
    let around = Surroundings::new()?;
    let folder = around.folder().join("made");
    fs::create_dir(&folder)?;
    let arguments: Vec<&Path> = [folder.as_path()]
        .into_iter()
        .chain(paths.iter().copied())
        .collect();
    let made = ask(context, &around, function, &arguments)?;
    let found = errors(context, &around, &folder)?;
    let (mut refused, mut wrong) = (0, Vec::new());
    for one in made.as_array().context("a list of runbooks")? {
        let (what, file) = (&one["what"], one["file"].as_str().context("a file")?);
        let codes = found
            .get(file)
            .with_context(|| format!("{file} was not checked"))?;
        if one["accepted"] == false {
            refused += 1;
            if codes.is_empty() {
                wrong.push(format!("the schema alone refuses {what}"));
            }
        }
        if one["accepted"] == true {
            let structural = codes
                .iter()
                .find(|code| STRUCTURAL.contains(&code.as_str()));
            // The items of a default are read as the type that another key names.
            let of_items = what.as_str().is_some_and(|what| what.ends_with("/of"));
            if let Some(code) = structural.filter(|_| !of_items) {
                wrong.push(format!("the schema accepts {what}, which is {code}"));
            }
            if one["structural"] == true {
                wrong.push(format!("the schema accepts {what}"));
            }
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(refused)
}

/// The codes of the errors in each runbook of a folder.
fn errors(
    context: &Context,
    around: &Surroundings,
    folder: &Path,
) -> Result<BTreeMap<String, Vec<String>>> {
    let others = context.workspace().join(LANGUAGE);
    let heeler = context.heeler(around)?.args(["lint", "--output", "json"]);
    let heeler = heeler.args(["--runbooks"]).args([&others]).args([folder]);
    let heeler = heeler.limit(PATIENCE);
    let mut found = BTreeMap::new();
    for file in heeler.expect_exit(1)?.json()?["files"]
        .as_array()
        .context("files")?
    {
        let diagnostics = file["diagnostics"].as_array().context("diagnostics")?;
        let errors = diagnostics.iter().filter(|one| one["level"] == "error");
        let codes = errors.filter_map(|one| one["code"].as_str());
        // All of them are made of a few.
        let codes = codes.filter(|code| *code != "same-name").map(str::to_owned);
        let name = file["file"].as_str().context("a file's name")?;
        found.insert(name.to_owned(), codes.collect());
    }
    Ok(found)
}

/// Both the schema and `heeler` accept them.
pub(super) fn expect_clean(
    context: &Context,
    around: &Surroundings,
    files: &[PathBuf],
) -> Result<()> {
    for file in files {
        lint(context, around, file)?.expect_exit(0)?;
    }
    expect_valid(context, around, files)
}

/// The schema accepts them.
fn expect_valid(context: &Context, around: &Surroundings, files: &[PathBuf]) -> Result<()> {
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
    let python = context.python(around)?.limit(PATIENCE);
    let python = python.args(["-c", SCRIPT, function]);
    python.args([&schema]).args(paths).expect_exit(0)?.json()
}
