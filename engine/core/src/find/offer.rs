//! Which fixes would help where a finding holds.

use crate::event::FixOffer;
use crate::expr::World;
use crate::runbook::{FindingRule, FixRule, Runbook};
use crate::value::Unseen;

use super::judged::label;
use super::view::View;

/// The fixes of a finding, each with the reason for which it may not start.
pub(super) fn offers(
    runbook: &Runbook,
    rule: &FindingRule,
    view: &View,
    world: &World,
) -> Vec<FixOffer> {
    let named = |name: &String| runbook.fixes.iter().find(|fix| fix.name == *name);
    rule.fixes
        .iter()
        .filter_map(named)
        .map(|fix| FixOffer {
            instance: view.target.instance.clone(),
            fix: fix.name.clone(),
            finding: rule.name.clone(),
            effect: effect(fix, world).unwrap_or_default(),
            withheld: unmet(runbook, fix, world),
        })
        .collect()
}

/// What a fix costs and brings, in one line, with the numbers of these facts; `None`: its runbook
/// does not say.
pub fn effect(fix: &FixRule, world: &World) -> Option<String> {
    fix.effect.as_ref().map(|text| text.render(world).text)
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
