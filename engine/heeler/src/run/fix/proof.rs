//! Whether the symptom still holds, and what the fix requires beside it: whatever was seen when the
//! fix was offered.

use heeler_core::event::Verdict;
use heeler_core::expr::World;
use heeler_core::find;
use heeler_core::value::{Unseen, Why};

use super::plan::{wanted, without_admin};
use super::{Order, Refusal, Stop};

/// The code of a refusal because nothing needs to be changed.
pub(super) const NOT_NEEDED: &str = "fix-not-needed";

/// What speaks for a fix now.
pub(super) struct Proof {
    /// The finding that holds, and what it says.
    pub(super) says: String,
    /// What the fix costs and brings by the same facts.
    pub(super) effect: Option<String>,
}

/// The symptom has to hold now, whatever it was when the fix was offered.
pub(super) fn prove(order: &Order<'_>, world: &World) -> Result<Proof, Stop> {
    let rule = order.rule;
    let mut reasons = Vec::new();
    let mut unseen: Vec<Unseen> = Vec::new();
    let verdicts = find::verdicts(order.runbook, world).into_iter();
    for (finding, verdict) in verdicts.filter(|(finding, _)| finding.fixes.contains(&rule.name)) {
        match verdict {
            Verdict::Holds(text) => {
                required(order, world)?;
                return Ok(Proof {
                    says: format!("{}: {}", finding.name, text.says),
                    effect: find::effect(rule, world),
                });
            }
            Verdict::RuledOut => reasons.push(format!("{} is ruled out", finding.name)),
            Verdict::Superseded(by) => {
                reasons.push(format!("{by} holds and stands for {}", finding.name));
            }
            Verdict::NotSeen(missing) => {
                let why = find::reasons(order.runbook, missing.clone());
                reasons.push(format!("{} could not be told ({why})", finding.name));
                unseen.extend(missing);
            }
        }
    }
    let reason = format!(
        "nothing that {} cures holds now: {}",
        rule.name,
        reasons.join(", ")
    );
    if unseen.is_empty() {
        return Err(not_needed(reason));
    }
    Err(refused(order, world, reason, &unseen))
}

/// There is nothing wrong, or nothing left to change.
pub(super) fn not_needed(reason: impl Into<String>) -> Stop {
    let help = "`heeler run` looks again";
    Stop::Refused(Refusal::coded(NOT_NEEDED, reason, help))
}

fn required(order: &Order<'_>, world: &World) -> Result<(), Stop> {
    let Some(reason) = find::unmet(order.runbook, order.rule, world) else {
        return Ok(());
    };
    let require = order.rule.require.as_ref();
    let unseen = require
        .and_then(|require| require.holds(world).err())
        .unwrap_or_default();
    Err(refused(order, world, reason, &unseen))
}

/// A refusal, with the ways that are open when it is the admin container that is missing.
fn refused(order: &Order<'_>, world: &World, reason: String, unseen: &[Unseen]) -> Stop {
    let admin_off = unseen.iter().any(|unseen| unseen.why == Why::AdminOff);
    let wanted = wanted(order, world);
    let ways = match (admin_off, wanted) {
        (true, Ok(wanted)) => without_admin(order, &wanted),
        _ => Vec::new(),
    };
    Stop::Refused(Refusal {
        reason,
        ways,
        code: None,
    })
}
