//! Every verdict of a runbook over the nodes of a run.

use std::collections::BTreeMap;

use crate::event::{Event, Evidence, Exit, FixOffer, RunId, Strength, Verdict};
use crate::expr::World;
use crate::runbook::{self, FindingRule, Runbook, Scope};
use crate::value::{Unseen, Value};

use super::offer;
use super::verdicts::{Told, all, holding, superseding};
use super::view::View;
use super::worlds::whole;

/// A finding that was judged.
#[derive(Debug, Clone)]
pub struct Judged<'a> {
    /// The node; `None` for a finding of the whole run.
    pub view: Option<&'a View>,
    /// The finding.
    pub rule: &'a FindingRule,
    /// What it came to.
    pub verdict: Verdict,
    /// The fixes that would help, where it holds.
    pub offers: Vec<FixOffer>,
    /// The looks that speak for it.
    evidence: Vec<Evidence>,
}

/// Judges every finding: those of a node over every node that has answered, those of the run once.
pub fn judged<'a>(
    runbook: &'a Runbook,
    inputs: &BTreeMap<String, Value>,
    run: RunId,
    views: &'a [View],
) -> Vec<Judged<'a>> {
    let answered: Vec<(&View, World)> = views
        .iter()
        .filter(|view| view.has_answered())
        .map(|view| (view, view.world(runbook, inputs, run)))
        .collect();
    let of_run = all(runbook, Scope::Run, &whole(runbook, inputs, run, views));
    let above = holding(&of_run);
    let mut judged = Vec::new();
    for (view, world) in &answered {
        let told = superseding(all(runbook, Scope::Node, world), &above);
        let told = told.into_iter().map(|told| {
            let offers = match &told {
                (rule, Verdict::Holds(_)) => offer::offers(runbook, rule, view, world),
                _ => Vec::new(),
            };
            one(runbook, Some(*view), told, offers)
        });
        judged.extend(told);
    }
    let of_run = superseding(of_run, &[]).into_iter();
    judged.extend(of_run.map(|told| one(runbook, None, told, Vec::new())));
    judged
}

fn one<'a>(
    runbook: &Runbook,
    view: Option<&'a View>,
    (rule, verdict): Told<'a>,
    offers: Vec<FixOffer>,
) -> Judged<'a> {
    Judged {
        view,
        rule,
        verdict: labelled(runbook, verdict),
        offers,
        evidence: rule
            .evidence
            .iter()
            .flat_map(|one| recorded(runbook, one))
            .collect(),
    }
}

impl Judged<'_> {
    /// The verdict and the offers, as they are recorded.
    pub fn into_events(self) -> impl Iterator<Item = Event> {
        let evidence = match self.verdict {
            Verdict::Holds(_) => self.evidence,
            _ => Vec::new(),
        };
        let judged = Event::Judged {
            instance: self.view.map(|view| view.target.instance.clone()),
            finding: self.rule.name.clone(),
            label: self.rule.label.clone(),
            severity: self.rule.severity.name().to_owned(),
            verdict: self.verdict,
            evidence,
        };
        [judged]
            .into_iter()
            .chain(self.offers.into_iter().map(Event::FixOffered))
    }
}

/// Evidence as it is recorded. The findings of a used runbook are proved by its looks.
fn recorded(runbook: &Runbook, evidence: &runbook::Evidence) -> Vec<Evidence> {
    let strength = match evidence.strength {
        runbook::Strength::Proves => Strength::Proves,
        runbook::Strength::Suggests => Strength::Suggests,
    };
    let steps = runbook.looks.iter();
    let inner = steps.filter(|step| step.home.first() == Some(&evidence.look));
    let names: Vec<&String> = inner.map(|step| &step.name).collect();
    let names = match names.is_empty() {
        true => vec![&evidence.look],
        false => names,
    };
    let one = |look: &String| Evidence {
        look: look.clone(),
        strength,
    };
    names.into_iter().map(one).collect()
}

/// What verdicts come to: a finding that holds decides, whatever else is unseen. What another
/// finding stands for adds nothing to it.
pub fn exit<'v>(verdicts: impl IntoIterator<Item = &'v Verdict>) -> Exit {
    let worse = |exit, verdict: &Verdict| match (exit, verdict) {
        (_, Verdict::Holds(_)) | (Exit::Found, _) => Exit::Found,
        (_, Verdict::NotSeen(_)) | (Exit::NotSeen, _) => Exit::NotSeen,
        (_, Verdict::RuledOut | Verdict::Superseded(_)) => Exit::Clear,
    };
    verdicts.into_iter().fold(Exit::Clear, worse)
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

pub(super) fn label(runbook: &Runbook, unseen: Unseen) -> Unseen {
    let step = runbook.looks.iter().find(|step| step.name == unseen.look);
    Unseen {
        look: step.map_or(unseen.look, |step| step.label.clone()),
        why: unseen.why,
    }
}
