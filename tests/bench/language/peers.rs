//! The same texts in the hands of others: PyYAML, a JSON Schema validator, yamllint.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

const PROGRAM: &str = include_str!("peers.py");

/// How long one round over all texts took, for each of the others.
///
/// # Errors
/// When Python, or what it needs, is not there.
pub(crate) fn measure(
    python: &Path,
    texts: &[String],
    schema: &str,
) -> Result<BTreeMap<String, Vec<Duration>>> {
    let folder = tempfile::tempdir()?;
    for (number, text) in texts.iter().enumerate() {
        fs::write(folder.path().join(format!("{number:03}.yaml")), text)?;
    }
    fs::write(folder.path().join("schema.json"), schema)?;
    let output = Command::new(python)
        .args(["-c", PROGRAM])
        .arg(folder.path())
        .output()
        .with_context(|| format!("start {}", python.display()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the others: {said}");
    let seconds: BTreeMap<String, Vec<f64>> = serde_json::from_slice(&output.stdout)?;
    let durations = |times: Vec<f64>| times.into_iter().map(Duration::from_secs_f64).collect();
    Ok(seconds
        .into_iter()
        .map(|(name, times)| (name, durations(times)))
        .collect())
}
