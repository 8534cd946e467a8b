//! From values to verdicts, and from verdicts to events.

use std::collections::BTreeMap;

use heeler_core::event::{Event, Exit};
use heeler_core::find::{self, View};
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
    let mut events = Vec::new();
    for judged in judged {
        events.push(Event::Judged {
            instance: judged.view.map(|view| view.target.instance.clone()),
            finding: judged.rule.name.clone(),
            label: judged.rule.label.clone(),
            severity: judged.rule.severity.name().to_owned(),
            verdict: judged.verdict,
        });
        events.extend(judged.offers.into_iter().map(Event::FixOffered));
    }
    recorder.record_all(events).await?;
    Ok(exit)
}
