//! Whether a bundle of a node is wanted, after its findings were judged.

use std::collections::BTreeMap;

use super::judged::judged;
use super::view::View;
use crate::event::{InstanceId, RunId, Verdict};
use crate::runbook::{BundleRule, Runbook};
use crate::value::{Unseen, Value, Why};

/// Why a bundle of a node is wanted. What holds is worth more than what may hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wish {
    /// These findings hold.
    Holds(Vec<String>),
    /// None of them holds, and these could not be seen.
    NotSeen(Vec<String>),
}

impl Wish {
    /// `table-full holds`, for people.
    pub fn because(&self) -> String {
        match self {
            Wish::Holds(names) => match names.as_slice() {
                [one] => format!("{one} holds"),
                several => format!("{} hold", several.join(", ")),
            },
            Wish::NotSeen(names) => format!("{} could not be seen", names.join(", ")),
        }
    }
}

/// The nodes of which the runbook wants a bundle, after everything was judged. Of a node that has not
/// answered nothing was judged, and none is wanted.
pub fn wishes<'a>(
    runbook: &'a Runbook,
    inputs: &BTreeMap<String, Value>,
    run: RunId,
    views: &'a [View],
) -> Vec<(&'a View, Wish)> {
    let Some(rule) = &runbook.bundle else {
        return Vec::new();
    };
    let mut verdicts: BTreeMap<&InstanceId, BTreeMap<&str, Verdict>> = BTreeMap::new();
    for judged in judged(runbook, inputs, run, views) {
        if let Some(view) = judged.view {
            let of_node = verdicts.entry(&view.target.instance).or_default();
            of_node.insert(judged.rule.name.as_str(), judged.verdict);
        }
    }
    let answered = views.iter().filter(|view| view.has_answered());
    answered
        .filter_map(|view| {
            let of_node = verdicts.get(&view.target.instance)?;
            let is_open = view.worlds(runbook, inputs, run).is_open(runbook);
            Some((view, wish(rule, is_open, |name| of_node.get(name))?))
        })
        .collect()
}

/// Whether a bundle of a node is wanted, by the verdicts of its findings.
///
/// What could not be seen may hold, and what the node has to say of it may be gone soon: it is wanted.
/// What was not asked is not missing, unless it `is_open` whether something should have been.
pub(super) fn wish<'v>(
    rule: &BundleRule,
    is_open: bool,
    verdict: impl Fn(&str) -> Option<&'v Verdict>,
) -> Option<Wish> {
    let (mut holding, mut unseen) = (Vec::new(), Vec::new());
    for name in &rule.findings {
        match verdict(name) {
            Some(Verdict::Holds(_)) => holding.push(name.clone()),
            Some(Verdict::NotSeen(missing)) => {
                if is_open || is_missing(missing) {
                    unseen.push(name.clone());
                }
            }
            // What is superseded is explained by another finding, which may be named too.
            Some(Verdict::RuledOut | Verdict::Superseded(_)) | None => {}
        }
    }
    match (holding.is_empty(), unseen.is_empty()) {
        (false, _) => Some(Wish::Holds(holding)),
        (true, false) => Some(Wish::NotSeen(unseen)),
        (true, true) => None,
    }
}

/// Whether an answer is missing that was wanted.
pub(super) fn is_missing(missing: &[Unseen]) -> bool {
    missing.iter().any(|missing| missing.why != Why::NotAsked)
}
