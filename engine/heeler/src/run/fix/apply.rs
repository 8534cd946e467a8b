//! Carries out the changes of an approved plan: one command that checks the boot, the present
//! values and the time, sets, and reads back.

use heeler_core::event::{ChangePlan, Direction, Event};
use heeler_core::plan::{self as scripts, ChangeFault};

use super::plan::Planned;
use super::undo::{self, Caller, Undo};
use super::{Order, Refusal, Stop};
use crate::failure::Failure;
use crate::run::ask::{self, EXPIRY};
use crate::run::session::Session;
use crate::world::port::Ran;

/// Applies the plan. When it returns, every change was read back.
pub(super) async fn apply(
    session: &mut Session,
    order: &Order<'_>,
    planned: &Planned,
) -> Result<(), Stop> {
    if session.cancel.is_cancelled() {
        return Err(Stop::Refused(Refusal::because(
            "it was interrupted before it began",
        )));
    }
    let changes = &planned.plan.changes;
    started(session, changes, Direction::Apply).await?;
    let steps = undo::steps(order.rule, changes);
    let expires = planned.uptime().saturating_add(EXPIRY.as_secs());
    let patience = scripts::patience(steps.iter().map(|step| step.change));
    let asked = ask::ask_one(session, "apply", &order.target, patience, |nonce| {
        scripts::change(&planned.boot, expires, &steps, nonce)
    })
    .await;
    let fault = match asked {
        Ok((Ok(answer), _)) => match scripts::applied(&answer, steps.len()) {
            Ok(values) => {
                read_back(session, changes, &values, Direction::Apply).await;
                return Ok(());
            }
            Err(fault) => fault,
        },
        Ok((Err(silence), trouble)) if silence.ran == Ran::No => {
            not_taken(session, changes, &silence.text, Direction::Apply).await;
            return Err(match trouble {
                Some(failure) => Stop::Failed(failure),
                None => Stop::Refused(Refusal::because(silence.text)),
            });
        }
        Ok((Err(silence), _)) => return Err(Stop::Failed(in_doubt(session, order, &silence.text))),
        Err(failure) => return Err(Stop::Failed(in_doubt(session, order, &failure.what))),
    };
    failed(session, order, planned, fault).await
}

async fn failed(
    session: &mut Session,
    order: &Order<'_>,
    planned: &Planned,
    fault: ChangeFault,
) -> Result<(), Stop> {
    let reason = fault.to_string();
    match fault {
        ChangeFault::InDoubt(_) => Err(Stop::Failed(in_doubt(session, order, &reason))),
        ChangeFault::OtherBoot
        | ChangeFault::OtherValue { .. }
        | ChangeFault::NotRead { .. }
        | ChangeFault::TooLate
        | ChangeFault::NoRoom
        | ChangeFault::AdminOff => {
            not_taken(session, &planned.plan.changes, &reason, Direction::Apply).await;
            Err(Stop::Refused(Refusal::because(reason)))
        }
        ChangeFault::Stopped { done, .. } => {
            read_back(session, &planned.plan.changes, &done, Direction::Apply).await;
            // The step that failed may have left anything; the undo looks at each by itself.
            let undo = Undo::of_plan(order, planned, Caller::Fix);
            let exit = undo::undo(session, &undo, &reason).await;
            Err(Stop::Ended(exit))
        }
    }
}

/// Whether the change was carried out is not known; the record says so, and so does the screen.
fn in_doubt(session: &Session, order: &Order<'_>, reason: &str) -> Failure {
    Failure::failed(
        "in-doubt",
        format!("the change was sent, and its end is not known: {reason}"),
        order.target.name(),
        format!(
            "settle it in a minute, when it can't arrive any more: `heeler revert {}` looks at \
             the value that is there and takes it back if it is the new one",
            session.recorder.run()
        ),
    )
}

/// Records that changes are about to be sent, each from its present to its wanted value.
pub(super) async fn started(
    session: &mut Session,
    changes: &[ChangePlan],
    direction: Direction,
) -> Result<(), Failure> {
    let events = changes
        .iter()
        .map(|change| Event::ChangeStarted {
            instance: change.instance.clone(),
            subject: change.subject.clone(),
            from: change.from.clone(),
            to: change.to.clone(),
            direction,
        })
        .collect();
    session.recorder.record_all(events).await
}

/// Records the values that the node read back, in the order of the changes. It stands on the node
/// whether or not the journal takes it.
pub(super) async fn read_back(
    session: &mut Session,
    changes: &[ChangePlan],
    values: &[String],
    direction: Direction,
) {
    for (change, value) in changes.iter().zip(values) {
        let event = Event::ChangeApplied {
            instance: change.instance.clone(),
            subject: change.subject.clone(),
            value: value.clone(),
            direction,
            found: false,
        };
        session.recorder.record_anyway(event).await;
    }
}

/// Records that the node did not take changes.
pub(super) async fn not_taken(
    session: &mut Session,
    changes: &[ChangePlan],
    error: &str,
    direction: Direction,
) {
    for change in changes {
        let event = Event::ChangeFailed {
            instance: change.instance.clone(),
            subject: change.subject.clone(),
            error: error.to_owned(),
            direction,
        };
        session.recorder.record_anyway(event).await;
    }
}
