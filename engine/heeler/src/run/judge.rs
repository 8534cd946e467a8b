//! From values to verdicts, and from verdicts to the fixes that would help.

use std::collections::BTreeMap;

use heeler_core::event::{Event, Exit, FixOffer, Verdict};
use heeler_core::expr::World;
use heeler_core::find;
use heeler_core::runbook::{FindingRule, FixRule, Runbook, Severity};
use heeler_core::value::{Unseen, Value};

use super::recorder::Recorder;
use super::view::View;
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
    let mut exit = Exit::Clear;
    let mut events = Vec::new();
    let answered = |view: &&View| view.barred.is_none() && view.ident.is_some();
    for view in views.iter().filter(answered) {
        let world = view.world(runbook, inputs, recorder.run());
        for rule in &runbook.findings {
            let verdict = labelled(runbook, find::judge(rule, &world));
            exit = worse(exit, &verdict);
            let offers = match &verdict {
                Verdict::Holds(_) => offers(runbook, rule, view, &world),
                Verdict::RuledOut | Verdict::NotSeen(_) => Vec::new(),
            };
            events.push(Event::Judged {
                instance: Some(view.target.instance.clone()),
                finding: rule.name.clone(),
                label: rule.label.clone(),
                severity: severity(rule.severity).to_owned(),
                verdict,
            });
            events.extend(offers.into_iter().map(Event::FixOffered));
        }
    }
    recorder.record_all(events).await?;
    Ok(exit)
}

/// The name of a severity in events.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Critical => "critical",
    }
}

/// A finding that holds decides, whatever else is unseen.
fn worse(exit: Exit, verdict: &Verdict) -> Exit {
    match (exit, verdict) {
        (_, Verdict::Holds(_)) | (Exit::Found, _) => Exit::Found,
        (_, Verdict::NotSeen(_)) | (Exit::NotSeen, _) => Exit::NotSeen,
        _ => Exit::Clear,
    }
}

/// People know a look by its label.
fn labelled(runbook: &Runbook, verdict: Verdict) -> Verdict {
    let Verdict::NotSeen(missing) = verdict else {
        return verdict;
    };
    Verdict::NotSeen(
        missing
            .into_iter()
            .map(|unseen| label(runbook, unseen))
            .collect(),
    )
}

fn label(runbook: &Runbook, unseen: Unseen) -> Unseen {
    let step = runbook.looks.iter().find(|step| step.name == unseen.look);
    Unseen {
        look: step.map_or(unseen.look, |step| step.label.clone()),
        why: unseen.why,
    }
}

fn offers(runbook: &Runbook, rule: &FindingRule, view: &View, world: &World) -> Vec<FixOffer> {
    let named = |name: &String| runbook.fixes.iter().find(|fix| fix.name == *name);
    rule.fixes
        .iter()
        .filter_map(named)
        .map(|fix| FixOffer {
            instance: view.target.instance.clone(),
            fix: fix.name.clone(),
            finding: rule.name.clone(),
            effect: fix
                .effect
                .as_ref()
                .map(|text| text.render(world).text)
                .unwrap_or_default(),
            withheld: unmet(runbook, fix, world),
        })
        .collect()
}

/// Why a fix may not start: its condition does not hold, or could not be told.
pub fn unmet(runbook: &Runbook, fix: &FixRule, world: &World) -> Option<String> {
    let require = fix.require.as_ref()?;
    match require.holds(world) {
        Ok(true) => None,
        Ok(false) => Some(format!("it would not help: {} is false", require.text())),
        Err(missing) => Some(reasons(runbook, missing)),
    }
}

/// `shares by state and address: the admin container is off`.
pub fn reasons(runbook: &Runbook, missing: Vec<Unseen>) -> String {
    let texts: Vec<String> = missing
        .into_iter()
        .map(|unseen| label(runbook, unseen))
        .map(|unseen| format!("{}: {}", unseen.look, unseen.why))
        .collect();
    format!("not seen: {}", texts.join("; "))
}
