//! One fix on several nodes: one first, more as it proves itself, no other one where it does not.
//! Each node has a run of its own, with its own lock, switch and verification; here is only said
//! which comes when, and what the plan of all of them is.

use crate::event::FixPlan;

use super::policy::Limits;

/// How far a fix has come on its nodes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Nodes whose turn has not come.
    pub waiting: u32,
    /// Nodes that are being changed or verified.
    pub under_way: u32,
    /// Nodes on which it works and stays.
    pub kept: u32,
    /// Nodes on which it was refused, taken back, or not begun.
    pub failed: u32,
    /// Nodes on which it can't be ended, or may stand unverified.
    pub lost: u32,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Begin with one more node.
    Begin,
    /// Wait until a node has ended.
    Wait,
    /// All have ended that will be begun.
    End(Reason),
}

/// Why no other node is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// There is none.
    Done,
    /// A node is left in a state that somebody has to look at.
    Lost,
    /// It has failed on more nodes than may be.
    Errors {
        /// The limit.
        most: u32,
    },
    /// Somebody wants to stop, or nothing can be written down any more.
    Halted,
}

impl Reason {
    /// For people, where nodes are left.
    pub fn says(self) -> Option<String> {
        match self {
            Reason::Done => None,
            Reason::Lost => Some("what stands on a node must be looked at first".to_owned()),
            Reason::Errors { most: 0 } => Some("it failed on a node".to_owned()),
            Reason::Errors { most } => {
                let nodes = if most == 1 { "node" } else { "nodes" };
                Some(format!("it failed on more than {most} {nodes}"))
            }
            Reason::Halted => Some("it was interrupted".to_owned()),
        }
    }
}

/// Which node comes when. Those that are under way always come to their end.
pub fn turn(tally: &Tally, limits: &Limits, halted: bool) -> Turn {
    let reason = if tally.waiting == 0 {
        Some(Reason::Done)
    } else if tally.lost > 0 {
        Some(Reason::Lost)
    } else if tally.failed > limits.max_errors() {
        Some(Reason::Errors {
            most: limits.max_errors(),
        })
    } else {
        halted.then_some(Reason::Halted)
    };
    match reason {
        Some(reason) if tally.under_way == 0 => Turn::End(reason),
        Some(_) => Turn::Wait,
        None if tally.under_way < width(tally.kept, limits) => Turn::Begin,
        None => Turn::Wait,
    }
}

/// How many nodes may be changed at the same time: twice as many as it has helped, after the first
/// that is alone.
fn width(kept: u32, limits: &Limits) -> u32 {
    let most = limits.nodes_at_once();
    match limits.canary_first() {
        true => kept.saturating_mul(2).clamp(1, most),
        false => most,
    }
}

/// The plan for all nodes, of the plans for each: what an approval binds to. Its digest is still to
/// be made. Of one plan it is that plan.
///
/// # Errors
/// The names of what can't be said in common: nothing that one fix does differently from node to
/// node but its values.
pub fn whole(plans: &[FixPlan]) -> Result<FixPlan, &'static str> {
    let (first, others) = plans.split_first().ok_or("a node")?;
    let mut whole = first.clone();
    let mut proofs = vec![finding(&first.proof)];
    for plan in others {
        let differs = [
            (plan.fix != first.fix, "the fix"),
            (
                plan.undo != first.undo || plan.switch != first.switch,
                "the undo",
            ),
            (
                (&plan.verify, plan.hold_s, plan.within_s)
                    != (&first.verify, first.hold_s, first.within_s),
                "the verification",
            ),
            (plan.inputs != first.inputs, "the inputs"),
        ];
        if let Some((_, what)) = differs.into_iter().find(|(differs, _)| *differs) {
            return Err(what);
        }
        whole.pins.extend_from_slice(&plan.pins);
        whole.changes.extend_from_slice(&plan.changes);
        whole.now.extend_from_slice(&plan.now);
        proofs.push(finding(&plan.proof));
    }
    if !others.is_empty() {
        let all = proofs.len();
        proofs.sort_unstable();
        proofs.dedup();
        // The digest has what stands before the colon.
        whole.proof = format!("{}: on each of {all} nodes", proofs.join(", "));
        if others.iter().any(|plan| plan.effect != first.effect) {
            whole.effect = of_first(first);
        }
    }
    whole.digest = String::new();
    Ok(whole)
}

/// The effect where the others have other numbers.
fn of_first(first: &FixPlan) -> Option<String> {
    let (effect, (instance, _)) = (first.effect.as_ref()?, first.pins.first()?);
    Some(format!(
        "{effect} (on {instance}; the others have numbers of their own)"
    ))
}

fn finding(proof: &str) -> &str {
    proof.split(':').next().unwrap_or(proof)
}

#[cfg(test)]
mod tests;
