//! Every verdict of a runbook over the nodes of a run.

use std::collections::BTreeMap;

use crate::event::{Exit, FixOffer, RunId, Verdict};
use crate::runbook::{FindingRule, Runbook};
use crate::value::{Unseen, Value};

use super::judge::judge;
use super::offer;
use super::view::View;

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
}

/// Judges every finding over every node that has answered.
pub fn judged<'a>(
    runbook: &'a Runbook,
    inputs: &BTreeMap<String, Value>,
    run: RunId,
    views: &'a [View],
) -> Vec<Judged<'a>> {
    let answered = views.iter().filter(|view| view.has_answered());
    let mut all = Vec::new();
    for view in answered {
        let world = view.world(runbook, inputs, run);
        for rule in &runbook.findings {
            let verdict = labelled(runbook, judge(rule, &world));
            let offers = match &verdict {
                Verdict::Holds(_) => offer::offers(runbook, rule, view, &world),
                Verdict::RuledOut | Verdict::NotSeen(_) => Vec::new(),
            };
            all.push(Judged {
                view: Some(view),
                rule,
                verdict,
                offers,
            });
        }
    }
    all
}

/// What verdicts come to: a finding that holds decides, whatever else is unseen.
pub fn exit<'v>(verdicts: impl IntoIterator<Item = &'v Verdict>) -> Exit {
    let worse = |exit, verdict: &Verdict| match (exit, verdict) {
        (_, Verdict::Holds(_)) | (Exit::Found, _) => Exit::Found,
        (_, Verdict::NotSeen(_)) | (Exit::NotSeen, _) => Exit::NotSeen,
        _ => Exit::Clear,
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
