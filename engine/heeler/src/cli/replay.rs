//! `heeler replay`: a run of the journal, judged again with today's runbook.

use heeler_core::case::{self, Difference};
use heeler_core::event::Exit;
use serde_json::{Value as Json, json};

use super::args::{Global, Output};
use super::record::{Past, unusable};
use super::{said, told};
use crate::failure::Failure;

const SIDES: told::Sides = ["then", "now"];

/// Judges a run again. Exits with 0 where everything is as it was, and with 1 where a verdict, a
/// text or a fix has changed.
///
/// # Errors
/// As [`Past::read`], and `unusable-run` where there is nothing to judge.
pub(super) async fn replay(global: &Global, wanted: &str) -> Result<u8, Failure> {
    let past = Past::read(global, wanted).await?;
    let runbook = &past.entry.runbook;
    let again =
        case::past("replay", &past.records, runbook).map_err(|why| unusable(past.run, why))?;
    let differences = case::differences(runbook, &again.case, &again.outcome);
    let mut notes = again.changed;
    notes.extend(
        again
            .dropped
            .iter()
            .map(|look| format!("the look `{look}` is no longer in the runbook")),
    );
    let same = differences.is_empty() && notes.is_empty();
    match global.output {
        Output::Json | Output::Sarif => {
            let wire = json!({
                "format": 1,
                "run": past.run.short(),
                "runbook": runbook.name,
                "runbook_changed": past.changed,
                "same": same,
                "differences": differences.iter().map(wire).collect::<Vec<_>>(),
                "notes": notes,
            });
            said::say(&format!("{wire:#}\n"));
        }
        Output::Text => {
            let changed = match past.changed {
                true => "the runbook has changed since",
                false => "with the same runbook",
            };
            let end = match same {
                true => "everything is as it was then",
                false => "not everything is as it was then",
            };
            let mut text = format!("run {}: {}, {changed}: {end}\n", past.run, runbook.name);
            for difference in &differences {
                text.push_str(&told::text(difference, None, SIDES));
            }
            for note in &notes {
                text.push_str(&format!("    {note}\n"));
            }
            said::say_lines(&text);
        }
    }
    let exit = if same { Exit::Clear } else { Exit::Failed };
    Ok(exit.code())
}

fn wire(difference: &Difference) -> Json {
    json!({
        "node": difference.node,
        "about": difference.about,
        "then": difference.expected,
        "now": difference.came,
        "because": difference.because,
    })
}
