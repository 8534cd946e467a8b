//! The findings of one node, or of the run, judged together: some stand for others.

use super::judge::judge;
use crate::event::Verdict;
use crate::expr::World;
use crate::runbook::{FindingRule, Runbook, Scope};

/// A finding and its verdict.
pub(super) type Told<'r> = (&'r FindingRule, Verdict);

/// Judges the findings that belong to a node, over what was seen of it.
pub fn verdicts<'r>(runbook: &'r Runbook, world: &World) -> Vec<(&'r FindingRule, Verdict)> {
    superseding(all(runbook, Scope::Node, world), &[])
}

/// The findings of one scope, each by itself.
pub(super) fn all<'r>(runbook: &'r Runbook, scope: Scope, world: &World) -> Vec<Told<'r>> {
    let rules = runbook.findings.iter().filter(|rule| rule.scope == scope);
    rules.map(|rule| (rule, judge(rule, world))).collect()
}

/// The findings that hold.
pub(super) fn holding<'r>(told: &[Told<'r>]) -> Vec<&'r FindingRule> {
    let holds = |(rule, verdict): &Told<'r>| matches!(verdict, Verdict::Holds(_)).then_some(*rule);
    told.iter().filter_map(holds).collect()
}

/// Takes back what another finding stands for: one of these, or one of the run that holds `above`
/// them. What is ruled out stays ruled out.
pub(super) fn superseding<'r>(mut told: Vec<Told<'r>>, above: &[&'r FindingRule]) -> Vec<Told<'r>> {
    let mut holding = holding(&told);
    holding.extend(above);
    for (rule, verdict) in &mut told {
        if *verdict != Verdict::RuledOut
            && let Some(by) = by(rule, &holding)
        {
            *verdict = Verdict::Superseded(by.name.clone());
        }
    }
    told
}

/// The finding that stands for this one in the end: one that is superseded itself hands it on. The
/// loader has refused circles; the count keeps a wrong one from going round.
fn by<'r>(rule: &'r FindingRule, holding: &[&'r FindingRule]) -> Option<&'r FindingRule> {
    let above = |rule: &FindingRule| {
        let mut others = holding.iter();
        others.find(|other| other.instead_of.contains(&rule.name))
    };
    let mut found = above(rule)?;
    for _ in holding {
        match above(found) {
            Some(higher) => found = higher,
            None => break,
        }
    }
    Some(found)
}
