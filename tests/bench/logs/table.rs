//! The results with the bounds that they have to keep, as Markdown and as one line of JSON.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use super::figures::{Compared, Figures, medians};
use super::measured::Run;
use super::rows::{Row, median, tenths};

/// Everything that is told about a run of the benchmark.
pub(crate) struct Table {
    pub(crate) rows: Vec<Row>,
    summary: Summary,
}

/// The line for programs. Times are medians; of several comparisons it is the worst one.
#[derive(Serialize)]
struct Summary {
    wire_share: f64,
    decode_mb_per_s: f64,
    gzip_share: f64,
    peak_mib: f64,
    redact_mb_per_s: f64,
    redact_recall: f64,
    redact_false_share: f64,
    first_line_round_trips: usize,
    first_line_round_trips_of_a_workload: usize,
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
    let [pod, workload] = figures.first_line;
    let (ours, regexes) = (&figures.ours, &figures.regexes);
    let large = figures.large.iter().map(|run| run.peak_mib);
    let gigabyte = figures.pipe.peak_mib().max(figures.folder.peak_mib());
    let summary = Summary {
        wire_share: thousandths(figures.pipe.share()?.min(figures.folder.share()?)),
        decode_mb_per_s: rate(figures.decode_bytes, &figures.decode)?,
        gzip_share: thousandths(
            median(&figures.unpack_alone)?.as_secs_f64() / median(&figures.unpack)?.as_secs_f64(),
        ),
        peak_mib: tenths(large.fold(gigabyte, f64::max)),
        redact_mb_per_s: rate(figures.corpus_bytes as u64, &ours.took)?,
        redact_recall: (ours.outcome.recall() * 1e5).floor() / 1e5,
        redact_false_share: (ours.outcome.false_share() * 1e6).ceil() / 1e6,
        first_line_round_trips: pod,
        first_line_round_trips_of_a_workload: workload,
    };
    let mut rows = wire(figures)?;
    rows.extend(core(figures, &summary)?);
    rows.extend([
        Row::new(
            format!(
                "redaction: secrets taken out, of {} of {} kinds",
                ours.outcome.planted(),
                ours.outcome.kinds.len()
            ),
            percent(summary.redact_recall),
        )
        .must_be("≥ 99 %", summary.redact_recall >= 0.99),
        Row::new(
            "harmless bytes touched",
            percent(summary.redact_false_share),
        )
        .must_be("≤ 0.1 %", summary.redact_false_share <= 0.001),
        Row::new("redaction of that corpus", speed(summary.redact_mb_per_s)),
        Row::new(
            "regular expressions: secrets taken out",
            percent(regexes.outcome.recall()),
        ),
        Row::new(
            "harmless bytes touched by them",
            percent(regexes.outcome.false_share()),
        ),
        Row::new(
            "redaction of that corpus by them",
            speed(rate(figures.corpus_bytes as u64, &regexes.took)?),
        ),
        Row::new("round trips until the first line of a pod", pod.to_string())
            .must_be("≤ 3", pod <= 3),
        Row::new(
            "and of a workload with pods on 8 nodes",
            workload.to_string(),
        )
        .must_be("≤ 4", workload <= 4),
    ]);
    Ok(Table { rows, summary })
}

/// What came over the line.
fn wire(figures: &Figures) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (what, compared) in [
        ("merged", &figures.pipe),
        ("into a folder", &figures.folder),
    ] {
        let runs = compared.heeler.len();
        let took = |runs: &[Run]| {
            let (wall, cpu) = medians(runs)?;
            let bytes = figures.bytes as f64 / 1e6 / wall.as_secs_f64();
            anyhow::Ok(format!(
                "{bytes:.1} MB/s, {:.1} s of a CPU",
                cpu.as_secs_f64()
            ))
        };
        rows.push(Row::new(
            format!("1 GiB by `heeler logs`, {what}: median of {runs}"),
            took(&compared.heeler)?,
        ));
        rows.push(Row::new("the same files by curl", took(&compared.curl)?));
        rows.push(share(compared)?);
    }
    let peak = figures.pipe.peak_mib().max(figures.folder.peak_mib());
    rows.push(
        Row::new(
            "most memory of `heeler logs` for 1 GiB",
            format!("{peak:.1} MiB"),
        )
        .must_be("< 64 MiB", peak < 64.0),
    );
    let peak = figures.large.iter().map(|run| run.peak_mib);
    let peak = peak.fold(0.0, f64::max);
    rows.push(
        Row::new(
            "and for 10 GiB, three of five files packed",
            format!("{peak:.1} MiB"),
        )
        .must_be("< 64 MiB", peak < 64.0),
    );
    let [merged, folder] = figures
        .large
        .map(|run| figures.large_bytes as f64 / 1e6 / run.wall.as_secs_f64());
    rows.push(Row::new(
        "these 10 GiB without a limit, merged and into a folder",
        format!("{merged:.0} and {folder:.0} MB/s"),
    ));
    Ok(rows)
}

fn share(compared: &Compared) -> Result<Row> {
    let (share, shares) = (compared.share()?, compared.shares());
    let [first, last] = [shares.first(), shares.last()].map(|one| one.copied().unwrap_or_default());
    let measured = format!(
        "{} ({} to {})",
        percent(share),
        percent(first),
        percent(last)
    );
    Ok(Row::new("heeler : curl, of each pair", measured).must_be("≥ 90 %", share >= 0.9))
}

/// What a core does.
fn core(figures: &Figures, summary: &Summary) -> Result<[Row; 4]> {
    let bytes = figures.unpack_bytes;
    Ok([
        Row::new(
            "taking lines apart and merging 8 logs, on one core",
            speed(summary.decode_mb_per_s),
        )
        .must_be("≥ 500 MB/s", summary.decode_mb_per_s >= 500.0),
        Row::new(
            "unpacking, on one core",
            speed(rate(bytes, &figures.unpack)?),
        ),
        Row::new(
            "the decompressor alone",
            speed(rate(bytes, &figures.unpack_alone)?),
        ),
        Row::new(
            "unpacking : the decompressor alone",
            percent(summary.gzip_share),
        )
        .must_be("≥ 90 %", summary.gzip_share >= 0.9),
    ])
}

fn rate(bytes: u64, took: &[Duration]) -> Result<f64> {
    Ok(tenths(bytes as f64 / 1e6 / median(took)?.as_secs_f64()))
}

fn speed(rate: f64) -> String {
    format!("{rate:.0} MB/s")
}

fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent < 1.0 {
        true => format!("{percent:.3} %"),
        false => format!("{percent:.1} %"),
    }
}

fn thousandths(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}
