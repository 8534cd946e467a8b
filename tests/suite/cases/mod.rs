//! Cases of runbooks: `heeler test` over files of every kind, and runs that become cases and are
//! judged again.

pub(crate) mod files;
pub(crate) mod recorded;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::bad_input::stage::Stage;

/// A case of the stage's runbook `quick`.
const CASE: &str = "heeler-case: 1
runbook: quick
about: The system is Linux
nodes:
  - name: node-1
    instance: i-00000000000000001
    cpus: 8
    looks:
      system: {name: Linux}
    then: {ruled-out: [other-system]}
";

/// The folder of that runbook's cases.
fn folder(stage: &Stage<'_>) -> PathBuf {
    stage.runbooks().join("quick/cases")
}

/// Puts a case there.
fn put(stage: &Stage<'_>, name: &str, text: impl AsRef<[u8]>) -> Result<PathBuf> {
    write(&folder(stage).join(name), text)
}

fn write(file: &Path, text: impl AsRef<[u8]>) -> Result<PathBuf> {
    let folder = file.parent().context("a file stands in a folder")?;
    fs::create_dir_all(folder)?;
    fs::write(file, text).with_context(|| format!("write {}", file.display()))?;
    Ok(file.to_owned())
}
