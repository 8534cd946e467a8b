//! What `heeler lint` and `heeler test` do with texts, without the files around them.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, ensure};
use heeler_core::action;
use heeler_core::case::{self, Case};
use heeler_core::lint::{Linted, lint};
use heeler_core::runbook::{Alone, Runbook, load, schema};
use heeler_core::syntax::{Level, Source, render};
use rayon::prelude::*;

use super::books::{BOOKS, FAULTY_EVERY};

/// Checks all texts and renders what is wrong with them, on all processors, as `heeler lint` does;
/// how long it took.
///
/// # Errors
/// When something else is found than what the texts were made with.
pub(crate) fn lint_all(texts: &[(String, String)]) -> Result<Duration> {
    let start = Instant::now();
    let check = |(folder, text): &(String, String)| {
        let source = Source {
            name: format!("{folder}/runbook.yaml"),
            text: text.clone(),
        };
        let linted = lint(source.clone(), Some(folder), action::all(), &Alone);
        let shown = render(&source, &linted.diagnostics, true);
        (linted, shown)
    };
    let (linted, shown): (Vec<Linted>, Vec<String>) = texts.par_iter().map(check).unzip();
    let shown = shown.concat();
    let took = start.elapsed();
    let count = |level| -> usize { linted.iter().map(|linted| linted.count(level)).sum() };
    let (errors, warnings) = (count(Level::Error), count(Level::Warning));
    ensure!(
        errors == BOOKS.div_ceil(FAULTY_EVERY) && warnings == 0,
        "{errors} errors, {warnings} warnings: the runbooks were not meant to be so\n{shown}"
    );
    Ok(took)
}

/// The bundled runbook and its cases.
pub(crate) struct Bundled {
    runbook: Runbook,
    texts: Vec<(String, Source)>,
}

impl Bundled {
    /// Reads them.
    ///
    /// # Errors
    /// When they are not there, or faulty.
    pub(crate) fn read(workspace: &Path) -> Result<Self> {
        let folder = workspace.join("runbooks/conntrack-exhaustion");
        let text = |path: &Path| {
            fs::read_to_string(path).with_context(|| format!("read {}", path.display()))
        };
        let source = |path: &Path| {
            anyhow::Ok(Source {
                name: path.display().to_string(),
                text: text(path)?,
            })
        };
        let runbook = load(source(&folder.join("runbook.yaml"))?, action::all());
        let runbook = runbook.map_err(|faults| anyhow!("{faults:?}"))?;
        let mut texts = Vec::new();
        for entry in fs::read_dir(folder.join("cases"))? {
            let path = entry?.path();
            let name = path.file_stem().and_then(|name| name.to_str());
            let name = name.context("a case without a name")?.to_owned();
            texts.push((name, source(&path)?));
        }
        Ok(Self { runbook, texts })
    }

    /// How many cases there are.
    pub(crate) fn cases(&self) -> usize {
        self.texts.len()
    }

    /// Reads and replays every case and every mutation of it: how many that were, and how long it
    /// took.
    ///
    /// # Errors
    /// When a case can't be read, or does not hold.
    pub(crate) fn test(&self) -> Result<(usize, Duration)> {
        let start = Instant::now();
        let mut replays = 0;
        for (name, source) in &self.texts {
            let read = case::read(name, source.clone(), &self.runbook);
            let case: Case = read.map_err(|faults| anyhow!("{faults:?}"))?;
            let checked = case::check(&self.runbook, &case);
            ensure!(checked.passed(), "{name} does not hold");
            replays += 1 + checked.mutations;
        }
        Ok((replays, start.elapsed()))
    }
}

/// The JSON Schema that `heeler schema` prints.
pub(crate) fn json_schema() -> String {
    schema(action::all()).to_string()
}
