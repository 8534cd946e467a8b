//! What was measured, run by run.

use std::time::Duration;

use anyhow::{Context as _, Result};

use super::measured::Run;
use super::outcome::Outcome;
use super::rows::median;

/// Both sides of a comparison, in turn.
#[derive(Default)]
pub(crate) struct Compared {
    pub(crate) heeler: Vec<Run>,
    pub(crate) curl: Vec<Run>,
}

impl Compared {
    /// Heeler's share of what curl gets in the same time: of each pair, sorted.
    pub(crate) fn shares(&self) -> Vec<f64> {
        let pairs = self.heeler.iter().zip(&self.curl);
        let mut shares: Vec<f64> = pairs
            .map(|(heeler, curl)| curl.wall.as_secs_f64() / heeler.wall.as_secs_f64())
            .collect();
        shares.sort_by(f64::total_cmp);
        shares
    }

    /// The median of the shares.
    ///
    /// # Errors
    /// When nothing was measured.
    pub(crate) fn share(&self) -> Result<f64> {
        let shares = self.shares();
        let middle = shares.get(shares.len() / 2).copied();
        middle.context("nothing was measured")
    }

    /// The most memory that `heeler` had.
    pub(crate) fn peak_mib(&self) -> f64 {
        self.heeler
            .iter()
            .map(|run| run.peak_mib)
            .fold(0.0, f64::max)
    }
}

/// The medians of one side.
///
/// # Errors
/// When nothing was measured.
pub(crate) fn medians(runs: &[Run]) -> Result<(Duration, Duration)> {
    let of = |time: fn(&Run) -> Duration| median(&runs.iter().map(time).collect::<Vec<_>>());
    Ok((of(|run| run.wall)?, of(|run| run.cpu)?))
}

/// Redaction by one tool.
pub(crate) struct Redaction {
    pub(crate) outcome: Outcome,
    pub(crate) took: Vec<Duration>,
}

/// All measurements.
pub(crate) struct Figures {
    /// Merged, to a program that reads them.
    pub(crate) pipe: Compared,
    /// Into a folder.
    pub(crate) folder: Compared,
    /// Bytes of each of these.
    pub(crate) bytes: u64,
    /// Ten times as much: merged, and into a folder.
    pub(crate) large: [Run; 2],
    pub(crate) large_bytes: u64,
    pub(crate) decode: Vec<Duration>,
    pub(crate) decode_bytes: u64,
    pub(crate) unpack: Vec<Duration>,
    pub(crate) unpack_alone: Vec<Duration>,
    pub(crate) unpack_bytes: u64,
    pub(crate) ours: Redaction,
    pub(crate) regexes: Redaction,
    pub(crate) corpus_bytes: usize,
    /// Round trips until the first line of a pod, and of a workload.
    pub(crate) first_line: [usize; 2],
}
