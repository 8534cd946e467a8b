//! From values to verdicts, and from verdicts to events.

use std::collections::BTreeMap;

use heeler_core::event::Exit;
use heeler_core::find::{self, Judged, View};
use heeler_core::runbook::Runbook;
use heeler_core::value::Value;

use super::recorder::Recorder;
use crate::failure::Failure;

/// Judges every finding of every node that has answered, and records the verdicts and the offers.
///
/// # Errors
/// The journal's own failures.
pub async fn judge(
    recorder: &mut Recorder,
    runbook: &Runbook,
    inputs: &BTreeMap<String, Value>,
    views: &[View],
) -> Result<Exit, Failure> {
    let judged = find::judged(runbook, inputs, recorder.run(), views);
    let exit = find::exit(judged.iter().map(|judged| &judged.verdict));
    let events = judged.into_iter().flat_map(Judged::into_events).collect();
    recorder.record_all(events).await?;
    Ok(exit)
}
