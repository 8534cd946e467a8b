//! A guarded fix: proposed → planned → approved → applied → verified → kept, reverted or stuck.
//!
//! Each state is in the journal before it is entered. Nothing on the node takes a change back by
//! itself: the plan says so, and another `heeler revert` has to.

mod apply;
mod plan;
mod undo;
mod verify;

use heeler_core::event::{Event, Exit, FixPlan, NodeTarget, Record};
use heeler_core::runbook::{FixRule, Runbook};
use heeler_core::value::Value;

use std::collections::BTreeMap;

pub use undo::{Caller, Undo, back, undo};

use super::session::Session;
use crate::failure::Failure;

/// A fix that somebody asked for.
pub struct Order<'a> {
    /// The runbook.
    pub runbook: &'a Runbook,
    /// The inputs of the run that offered the fix.
    pub inputs: &'a BTreeMap<String, Value>,
    /// The fix.
    pub rule: &'a FixRule,
    /// The node.
    pub target: NodeTarget,
    /// Only show the plan.
    pub plan_only: bool,
    /// Scripts of the runbook's own may be asked.
    pub unconfined: bool,
}

/// Who says yes.
pub trait Approver: Send {
    /// Shows what is known so far, the plan at its end, and asks.
    fn approve(&mut self, records: &[Record], plan: &FixPlan) -> Approval;
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approval {
    /// Yes, and how: `prompt` or `digest`.
    Given(&'static str),
    /// No, and why.
    Withheld(String),
}

/// Why a fix may not start; nothing has been changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: String,
    /// What can be done instead.
    pub ways: Vec<String>,
}

impl Refusal {
    fn because(reason: impl Into<String>) -> Self {
        Refusal {
            reason: reason.into(),
            ways: Vec::new(),
        }
    }
}

/// Why a state could not be reached.
enum Stop {
    /// The fix is refused; nothing was changed.
    Refused(Refusal),
    /// The run can't go on.
    Failed(Failure),
    /// The fix has come to another end, which is recorded.
    Ended(Exit),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failed(failure)
    }
}

/// Carries a fix through its states.
///
/// # Errors
/// Failures that leave nothing changed, or a change in doubt; the failure says which.
pub async fn fix(
    session: &mut Session,
    order: &Order<'_>,
    approver: &mut dyn Approver,
) -> Result<Exit, Failure> {
    match advance(session, order, approver).await {
        Ok(exit) | Err(Stop::Ended(exit)) => Ok(exit),
        Err(Stop::Failed(failure)) => Err(failure),
        Err(Stop::Refused(Refusal { reason, ways })) => {
            session
                .recorder
                .record(Event::FixRefused { reason, ways })
                .await?;
            Ok(Exit::Refused)
        }
    }
}

async fn advance(
    session: &mut Session,
    order: &Order<'_>,
    approver: &mut dyn Approver,
) -> Result<Exit, Stop> {
    let planned = plan::plan(session, order).await?;
    session
        .recorder
        .record(Event::FixPlanned(planned.plan.clone()))
        .await?;
    if order.plan_only {
        return Ok(Exit::Clear);
    }
    session.recorder.pause();
    match approver.approve(session.recorder.records(), &planned.plan) {
        Approval::Withheld(reason) => return Err(Stop::Refused(Refusal::because(reason))),
        Approval::Given(how) => {
            session
                .recorder
                .record(Event::FixApproved {
                    digest: planned.plan.digest.clone(),
                    by: session.place.caller.clone(),
                    how: how.to_owned(),
                })
                .await?;
        }
    }
    apply::apply(session, order, &planned).await?;
    Ok(verify::verify(session, order, &planned).await)
}
