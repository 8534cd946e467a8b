//! The results with the bounds that they have to keep.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::books::{BOOKS, FAULTY_EVERY, LINES};
use super::rows::{Row, median, tenths};

/// The others, by the names that the program gives them.
const PEERS: [(&str, &str); 3] = [
    ("pyyaml", "PyYAML with its C parser: parsing alone"),
    (
        "jsonschema",
        "that and Python's jsonschema against `heeler schema`",
    ),
    ("yamllint", "yamllint, which knows YAML only"),
];

/// All measurements, round by round.
#[derive(Default)]
pub(crate) struct Figures {
    /// Linting all runbooks.
    pub(crate) lint: Vec<Duration>,
    /// The bundled runbook's cases.
    pub(crate) cases: usize,
    /// They and their mutations.
    pub(crate) replays: usize,
    /// Reading and replaying all of them.
    pub(crate) replay: Vec<Duration>,
    /// What the others took for the same texts.
    pub(crate) peers: BTreeMap<String, Vec<Duration>>,
}

/// Everything that is told about a run of the benchmark.
pub(crate) struct Table {
    pub(crate) rows: Vec<Row>,
    summary: Summary,
}

/// The line for programs. Times are medians.
#[derive(Serialize)]
struct Summary {
    lint_ms: f64,
    replays_per_second: f64,
    speedup_vs_pyyaml_parse: f64,
    speedup_vs_jsonschema: f64,
    speedup_vs_yamllint: f64,
}

impl Table {
    /// For programs, in one line.
    ///
    /// # Errors
    /// Never: it holds numbers only.
    pub(crate) fn json(&self) -> Result<String> {
        Ok(serde_json::to_string(&self.summary)?)
    }
}

/// The results of these measurements.
///
/// # Errors
/// When nothing was measured.
pub(crate) fn of(figures: &Figures) -> Result<Table> {
    let lint = median(&figures.lint)?;
    let replay = median(&figures.replay)?;
    let peer = |name: &str| median(figures.peers.get(name).context("another one is missing")?);
    let ratio = |name: &str| anyhow::Ok(tenths(peer(name)?.as_secs_f64() / lint.as_secs_f64()));
    let replays_of = u32::try_from(figures.replays)?;
    let summary = Summary {
        lint_ms: tenths(lint.as_secs_f64() * 1000.0),
        replays_per_second: (f64::from(replays_of) / replay.as_secs_f64()).round(),
        speedup_vs_pyyaml_parse: ratio("pyyaml")?,
        speedup_vs_jsonschema: ratio("jsonschema")?,
        speedup_vs_yamllint: ratio("yamllint")?,
    };
    let (lint_ms, replays) = (summary.lint_ms, summary.replays_per_second);
    let mut rows = vec![
        Row::new(
            format!("linting {BOOKS} runbooks of {LINES} lines, one in {FAULTY_EVERY} faulty"),
            format!("{lint_ms:.1} ms"),
        )
        .must_be("< 50 ms", lint_ms < 50.0),
    ];
    for (name, what) in PEERS {
        let milliseconds = peer(name)?.as_secs_f64() * 1000.0;
        rows.push(Row::new(what, format!("{milliseconds:.0} ms")));
        let ratio = format!("{:.1}", ratio(name)?);
        rows.push(Row::new(format!("{name} : linting"), ratio));
    }
    rows.push(
        Row::new(
            format!(
                "replays a second, of {} cases and {} mutations of them",
                figures.cases,
                figures.replays - figures.cases
            ),
            format!("{replays:.0}"),
        )
        .must_be("> 500", replays > 500.0),
    );
    Ok(Table { rows, summary })
}
