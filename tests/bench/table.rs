//! The results with the bounds that they have to keep, as Markdown and as one line of JSON.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use super::by_hand::LOOKS;
use super::figures::Figures;
use super::rows::{Row, median, tenths};

/// Everything that is told about a run of the benchmark.
pub(crate) struct Table {
    pub(crate) rows: Vec<Row>,
    summary: Summary,
}

/// The results of these measurements.
///
/// # Errors
/// When nothing was measured.
pub(crate) fn of(figures: &Figures) -> Result<Table> {
    let summary = Summary::of(figures)?;
    let mut rows = times(figures, &summary)?;
    rows.extend(bounds(figures, &summary)?);
    Ok(Table { rows, summary })
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

/// The line for programs. Times are medians.
#[derive(Serialize)]
struct Summary {
    send_command: usize,
    get_command_invocation: usize,
    speedup_vs_boto3: f64,
    looks: usize,
    overhead_ms: f64,
    cpu_ms: f64,
    start_ms: f64,
}

impl Summary {
    fn of(figures: &Figures) -> Result<Self> {
        let (heeler, boto3) = (median(&figures.heeler)?, median(&figures.boto3)?);
        Ok(Self {
            send_command: figures.most(|traffic| traffic.send_command),
            get_command_invocation: figures.most(|traffic| traffic.get_command_invocation),
            speedup_vs_boto3: tenths(boto3.as_secs_f64() / heeler.as_secs_f64()),
            looks: LOOKS.len(),
            overhead_ms: milliseconds(&figures.overhead)?,
            cpu_ms: milliseconds(&figures.cpu)?,
            start_ms: milliseconds(&figures.start)?,
        })
    }
}

/// What the two sides of the comparison took.
fn times(figures: &Figures, summary: &Summary) -> Result<Vec<Row>> {
    let took = |what: &str, times: &[Duration]| {
        let what = format!("{what}: wall time, median of {}", times.len());
        let seconds = median(times)?.as_secs_f64();
        anyhow::Ok(Row::new(what, format!("{seconds:.2} s")))
    };
    let speedup = summary.speedup_vs_boto3;
    Ok(vec![
        took("`heeler run`", &figures.heeler)?,
        took("boto3, look by look", &figures.boto3)?,
        took("AWS CLI, look by look", &figures.aws_cli)?,
        Row::new("boto3 : `heeler run`", format!("{speedup:.1}")).must_be("≥ 5", speedup >= 5.0),
    ])
}

/// What `heeler` costs by itself.
fn bounds(figures: &Figures, summary: &Summary) -> Result<[Row; 7]> {
    let Summary {
        send_command: sent,
        get_command_invocation: got,
        looks,
        overhead_ms: overhead,
        cpu_ms: cpu,
        start_ms: start,
        ..
    } = summary;
    let lists = figures.lists_per_second();
    let reading = milliseconds(&figures.reading)?;
    let counted = "also without gzip, and with 192 CPUs";
    Ok([
        Row::new(
            format!("`SendCommand` for {looks} looks at 2 nodes; {counted}"),
            sent.to_string(),
        )
        .must_be("1", *sent == 1),
        Row::new(
            format!("`GetCommandInvocation`; {counted}"),
            got.to_string(),
        )
        .must_be("0", *got == 0),
        // The pauses are 200 ms; calls that arrive closer together were held up on their way.
        Row::new(
            "`ListCommandInvocations` a second, while it waits",
            format!("{lists:.1}"),
        )
        .must_be("≤ 5, and 5.5 by this clock", lists <= 5.5),
        Row::new(
            "from “the last answer is visible” to the end of `heeler run`",
            format!("{overhead:.0} ms"),
        )
        .must_be("≤ 250 ms", *overhead <= 250.0),
        Row::new(
            "the part of it after the listing that found it",
            format!("{reading:.0} ms"),
        ),
        Row::new(
            "user and system time of `heeler run`",
            format!("{cpu:.0} ms"),
        )
        .must_be("< 50 ms", *cpu < 50.0),
        Row::new("wall time of `heeler --version`", format!("{start:.1} ms"))
            .must_be("< 15 ms", *start < 15.0),
    ])
}

fn milliseconds(times: &[Duration]) -> Result<f64> {
    Ok(tenths(median(times)?.as_secs_f64() * 1000.0))
}
