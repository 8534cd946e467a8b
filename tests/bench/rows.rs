//! Rows of a benchmark's table, with the bounds that they have to keep.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// One result.
pub(crate) struct Row {
    what: String,
    measured: String,
    /// What must be, and whether it is.
    bound: Option<(&'static str, bool)>,
}

impl Row {
    /// A result without a bound.
    pub(crate) fn new(what: impl Into<String>, measured: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            measured: measured.into(),
            bound: None,
        }
    }

    /// The same with a bound, and whether it is kept.
    pub(crate) fn must_be(mut self, bound: &'static str, kept: bool) -> Self {
        self.bound = Some((bound, kept));
        self
    }
}

/// For people.
pub(crate) fn markdown(rows: &[Row]) -> String {
    let mut text = "| what | measured | must be |\n| --- | ---: | ---: |\n".to_owned();
    for row in rows {
        let bound = row.bound.map_or("", |(bound, _)| bound);
        let _ = writeln!(text, "| {} | {} | {bound} |", row.what, row.measured);
    }
    text
}

/// The rows whose bound was missed.
pub(crate) fn missed(rows: &[Row]) -> Vec<String> {
    let missed = |row: &Row| match row.bound {
        Some((bound, false)) => Some(format!("{}: {}, not {bound}", row.what, row.measured)),
        _ => None,
    };
    rows.iter().filter_map(missed).collect()
}

/// The middle one, or the mean of the two in the middle.
pub(crate) fn median(times: &[Duration]) -> Result<Duration> {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let (low, high) = (sorted.len().saturating_sub(1) / 2, sorted.len() / 2);
    let middle = sorted.get(low).zip(sorted.get(high));
    middle
        .map(|(low, high)| (*low + *high) / 2)
        .context("nothing was measured")
}

/// A number to one digit behind the point.
pub(crate) fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}
