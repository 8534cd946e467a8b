//! A run of the journal as a case: what it saw, before any fix and after one.

use std::collections::BTreeMap;

use super::model::{Case, Then, Told};
use super::replay::{Outcome, replay_as};
use super::seen::{Seen, Verdicts};
use crate::event::Record;
use crate::runbook::Runbook;
use crate::syntax::Span;

/// A run that was read back, judged by today's runbook.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// What it saw. It expects the verdicts that were given then.
    pub case: Case,
    /// What today's runbook makes of it.
    pub outcome: Outcome,
    /// Findings that have come to the runbook since, or left it.
    pub changed: Vec<String>,
    /// Looks of the run that the runbook no longer has.
    pub dropped: Vec<String>,
}

/// Reads a run back, and judges it by this runbook.
///
/// # Errors
/// Why the run can't be judged: it is a revert, it is of another runbook, or it saw nothing.
pub fn past(name: &str, records: &[Record], runbook: &Runbook) -> Result<Past, String> {
    let run = records.first().map(|record| record.run);
    let run = run.ok_or("the run has no records")?;
    let mut seen = Seen::of(records, runbook)?;
    let verdicts = std::mem::take(&mut seen.verdicts);
    let fix = seen.fix.take();
    let dropped = std::mem::take(&mut seen.dropped);
    let mut case = seen.case(name, run, runbook)?;
    if let Some((fix, ending)) = fix {
        for node in &mut case.nodes {
            let ending = (ending, Span::default());
            node.then.fixes.insert(fix.clone(), ending);
        }
    }
    let outcome = replay_as(run, runbook, &case);
    let changed = expect(&mut case, &outcome, &verdicts);
    Ok(Past {
        case,
        outcome,
        changed,
        dropped,
    })
}

/// Puts what was said then into the case, and answers with the findings that only one side has.
fn expect(case: &mut Case, outcome: &Outcome, then: &Verdicts) -> Vec<String> {
    // A fix proves its own finding again, and judges no other.
    if then.told.is_empty() {
        for (node, said) in case.nodes.iter_mut().zip(&outcome.nodes) {
            let then = Then::of(said);
            node.then.offers = then.offers;
            node.then.bundle = then.bundle;
        }
        return Vec::new();
    }
    let mut changed = Vec::new();
    let nodes = case.nodes.iter_mut().zip(&outcome.nodes);
    let places = nodes.map(|(node, said)| (Some(node.instance.clone()), &mut node.then, said));
    for (instance, expected, said) in places.chain([(None, &mut case.then, &outcome.run)]) {
        let told: BTreeMap<&String, &Told> = then
            .told
            .iter()
            .filter(|((place, _), _)| *place == instance || instance.is_none())
            .map(|((_, name), told)| (name, told))
            .collect();
        let is_wanted = instance
            .as_ref()
            .is_some_and(|of| then.bundles.contains(of));
        expected.bundle = is_wanted.then(Span::default);
        for name in said.verdicts.keys() {
            match told.get(name) {
                Some(told) => {
                    let told = ((*told).clone(), Span::default());
                    expected.verdicts.insert(name.clone(), told);
                }
                None => changed.push(format!("`{name}` was not judged then")),
            }
        }
        for ((place, fix), offer) in &then.offers {
            if Some(place) == instance.as_ref() {
                let offer = (*offer, Span::default());
                expected.offers.insert(fix.clone(), offer);
            }
        }
    }
    let known = |name: &String| {
        let mut said = outcome.nodes.iter().chain([&outcome.run]);
        said.any(|said| said.verdicts.contains_key(name))
    };
    let gone = then.told.keys().filter(|(_, name)| !known(name));
    changed.extend(gone.map(|(_, name)| format!("`{name}` is no finding of today's runbook")));
    changed.sort();
    changed.dedup();
    changed
}
