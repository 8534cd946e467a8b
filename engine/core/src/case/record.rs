//! From a run of the journal to a case that can be shown to others.

use super::model::{Case, Ending, Then, Told};
use super::past::{Past, past};
use super::redact::Redaction;
use super::replay::replay;
use super::write::write;
use crate::event::Record;
use crate::runbook::Runbook;

/// A case made of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// What it holds.
    pub case: Case,
    /// Its text.
    pub text: String,
    /// How many things were replaced by tokens.
    pub tokens: usize,
    /// What the author has to know, one line each.
    pub notes: Vec<String>,
}

/// Makes a case of a run, with the verdicts of today's runbook. Names are replaced by tokens;
/// `keep_names` leaves those of pods, services and namespaces.
///
/// # Errors
/// Why the run can't be made a case, as [`past`].
pub fn record(
    name: &str,
    records: &[Record],
    runbook: &Runbook,
    keep_names: bool,
) -> Result<Recorded, String> {
    let Past {
        case: whole,
        outcome: before,
        dropped,
        ..
    } = past(name, records, runbook)?;
    let mut redaction = Redaction::of(records, keep_names);
    let mut case = redaction.case(&whole);
    let outcome = replay(runbook, &case);
    let mut notes: Vec<String> = dropped
        .into_iter()
        .map(|look| format!("the runbook no longer has the look `{look}`; it is left out"))
        .collect();
    let pairs = before.nodes.iter().zip(&outcome.nodes);
    for (before, after) in pairs.chain([(&before.run, &outcome.run)]) {
        for (finding, verdict) in &before.verdicts {
            let after = after.verdicts.get(finding).map(Told::of);
            let told = Told::of(verdict);
            if !after.is_some_and(|after| after.is_like(&told)) {
                notes.push(format!(
                    "without the names `{finding}` has another verdict: it depends on one"
                ));
            }
        }
    }
    case.then = Then::of(&outcome.run);
    for (node, said) in case.nodes.iter_mut().zip(&outcome.nodes) {
        node.then = Then::of(said);
        let undecided = node
            .then
            .fixes
            .values()
            .any(|(ending, _)| *ending == Ending::Undecided);
        if undecided {
            // The run has ended the fix for another reason than its condition.
            node.then.fixes.clear();
            notes
                .push("the fix ended for another reason than its condition; it is left out".into());
        }
        if node.then.fixes.is_empty() {
            node.later.clear();
        }
    }
    Ok(Recorded {
        text: write(&case),
        case,
        tokens: redaction.count(),
        notes,
    })
}
