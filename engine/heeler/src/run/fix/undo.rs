//! Takes a fix back: the recorded values, on the recorded boot, and only where the value that the
//! fix has set is still there. Each change is judged by itself.

use std::slice;
use std::time::Duration;

use heeler_core::action::Place;
use heeler_core::event::{BootId, ChangePlan, Direction, Event, Exit, NodeTarget};
use heeler_core::plan::{self as scripts, ChangeFault, Step, Undone};
use heeler_core::runbook::FixRule;
use tokio::time::Instant;

use super::Order;
use super::apply::{not_taken, read_back, started};
use super::plan::Planned;
use crate::run::ask;
use crate::run::session::Session;
use crate::world::equivalent::{Flags, start_session};

/// How long an undo is tried when its end stays unknown, or nobody answers. The script compares
/// before it sets, so that sending it again asks the world instead of repeating a step blindly.
const PERSISTENCE: Duration = Duration::from_secs(120);
/// Between two attempts: an SSM agent that was killed is back within seconds.
const PAUSE: Duration = Duration::from_secs(3);

/// Who wants it taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// The fix itself, whose verification failed: what can't be undone leaves the fix stuck.
    Fix,
    /// A person, later: what has moved since makes it refuse.
    Person,
}

/// What is taken back.
pub struct Undo<'a> {
    /// The fix, for the changes' scripts.
    pub rule: &'a FixRule,
    /// The node.
    pub target: &'a NodeTarget,
    /// The way back: `from` is what the fix has set, `to` what was there before.
    pub back: Vec<ChangePlan>,
    /// The boot that the fix was pinned to.
    pub boot: BootId,
    /// Who wants it.
    pub caller: Caller,
}

impl<'a> Undo<'a> {
    /// The way back of a plan that is being carried out.
    pub(super) fn of_plan(order: &'a Order<'_>, planned: &Planned, caller: Caller) -> Self {
        Undo {
            rule: order.rule,
            target: &order.target,
            back: planned.plan.changes.iter().rev().map(back).collect(),
            boot: planned.boot.clone(),
            caller,
        }
    }
}

/// The way back of one change.
pub fn back(change: &ChangePlan) -> ChangePlan {
    ChangePlan {
        instance: change.instance.clone(),
        subject: change.subject.clone(),
        from: change.to.clone(),
        to: change.back().to_owned(),
        diff: String::new(),
        back: None,
        effects: Vec::new(),
    }
}

/// The steps that carry out changes of a fix.
pub(super) fn steps<'a>(rule: &'a FixRule, changes: &'a [ChangePlan]) -> Vec<Step<'a>> {
    changes
        .iter()
        .filter_map(|planned| {
            let change = rule
                .changes
                .iter()
                .find(|change| change.subject() == planned.subject)?;
            Some(Step {
                change: change.as_ref(),
                from: &planned.from,
                to: &planned.to,
                back: planned.back(),
            })
        })
        .collect()
}

/// Takes the changes back, and records how that ended. While a change stands, taking it back comes
/// before the journal: one that can't be written does not stop it.
pub async fn undo(session: &mut Session, undo: &Undo<'_>, reason: &str) -> Exit {
    session.shrug_off_interruption();
    if let Err(failure) = started(session, &undo.back, Direction::Revert).await {
        let text = format!(
            "the undo could not be written down beforehand: {}",
            failure.what
        );
        let event = Event::Noted {
            code: failure.code.to_owned(),
            text,
        };
        session.recorder.record_anyway(event).await;
    }
    match attempt(session, undo).await {
        Outcome::Settled(undone) => settle(session, undo, &undone, reason).await,
        Outcome::OtherBoot if undo.caller == Caller::Fix => {
            for change in &undo.back {
                found_back(session, change).await;
            }
            let reason = format!("{reason}; the node has been restarted, which undoes it");
            reverted(session, &reason).await
        }
        Outcome::OtherBoot => {
            let why = ChangeFault::OtherBoot.to_string();
            not_taken(session, &undo.back, &why, Direction::Revert).await;
            refused(session, why, Vec::new()).await
        }
        Outcome::Refused(why) => {
            not_taken(session, &undo.back, &why, Direction::Revert).await;
            stuck(session, undo, &undo.back, &format!("{reason}; {why}")).await
        }
        // Without a recorded end it stays in doubt.
        Outcome::Unknown(why) => {
            stuck(session, undo, &undo.back, &format!("{reason}; {why}")).await
        }
    }
}

/// How an undo ended on the node.
enum Outcome {
    /// Every change was looked at.
    Settled(Vec<Undone>),
    /// The node has been restarted.
    OtherBoot,
    /// The node did nothing.
    Refused(String),
    /// It can't be told.
    Unknown(String),
}

async fn attempt(session: &mut Session, undo: &Undo<'_>) -> Outcome {
    let steps = steps(undo.rule, &undo.back);
    let patience = scripts::patience(steps.iter().map(|step| step.change));
    let began = Instant::now();
    loop {
        let asked = ask::ask_one(session, "revert", undo.target, patience, |nonce| {
            scripts::undo(&undo.boot, &steps, nonce)
        })
        .await;
        let why = match asked {
            Ok((Ok(answer), _)) => match scripts::undone(&answer, steps.len()) {
                Ok(undone) => return Outcome::Settled(undone),
                Err(ChangeFault::OtherBoot) => return Outcome::OtherBoot,
                Err(fault @ ChangeFault::InDoubt(_)) => fault.to_string(),
                Err(fault) => return Outcome::Refused(fault.to_string()),
            },
            Ok((Err(silence), Some(trouble))) if !trouble.is_passing() => {
                return Outcome::Unknown(silence.text);
            }
            Ok((Err(silence), _)) => silence.text,
            Err(failure) => return Outcome::Unknown(failure.what),
        };
        if began.elapsed() + PAUSE >= PERSISTENCE {
            return Outcome::Unknown(why);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Records what became of each change, and of the whole.
async fn settle(session: &mut Session, undo: &Undo<'_>, undone: &[Undone], reason: &str) -> Exit {
    let mut left = Vec::new();
    let mut reasons = vec![reason.to_owned()];
    let mut moved = false;
    for (change, end) in undo.back.iter().zip(undone) {
        let one = slice::from_ref(change);
        let why = match end {
            Undone::Back(value) => {
                read_back(session, one, slice::from_ref(value), Direction::Revert).await;
                continue;
            }
            Undone::WasBack => {
                found_back(session, change).await;
                reasons.push("the old value was there already".to_owned());
                continue;
            }
            Undone::Moved(present) => {
                moved = true;
                format!(
                    "{} is `{present}` now, which is neither the old nor the new value",
                    change.subject
                )
            }
            Undone::Failed { present, text } => {
                format!("{} stays at `{present}`: {text}", change.subject)
            }
        };
        not_taken(session, one, &why, Direction::Revert).await;
        reasons.push(why);
        left.push(change.clone());
    }
    let all_moved = moved && left.len() == undo.back.len();
    match (left.is_empty(), undo.caller) {
        (true, _) => reverted(session, &reasons.join("; ")).await,
        (false, Caller::Person) if all_moved => {
            let ways = by_hand(session, undo, &left);
            refused(session, reasons.split_off(1).join("; "), ways).await
        }
        (false, _) => stuck(session, undo, &left, &reasons.join("; ")).await,
    }
}

/// Records that the old value was there before anything was set.
async fn found_back(session: &mut Session, change: &ChangePlan) {
    let event = Event::ChangeApplied {
        instance: change.instance.clone(),
        subject: change.subject.clone(),
        value: change.to.clone(),
        direction: Direction::Revert,
        found: true,
    };
    session.recorder.record_anyway(event).await;
}

async fn reverted(session: &mut Session, reason: &str) -> Exit {
    session
        .recorder
        .record_anyway(Event::FixReverted {
            reason: reason.to_owned(),
        })
        .await;
    Exit::Reverted
}

async fn refused(session: &mut Session, reason: String, ways: Vec<String>) -> Exit {
    session
        .recorder
        .record_anyway(Event::FixRefused { reason, ways })
        .await;
    Exit::Refused
}

async fn stuck(session: &mut Session, undo: &Undo<'_>, left: &[ChangePlan], reason: &str) -> Exit {
    let commands = by_hand(session, undo, left);
    session
        .recorder
        .record_anyway(Event::FixStuck {
            reason: reason.to_owned(),
            commands,
        })
        .await;
    Exit::Stuck
}

/// The commands that a person has to give instead, in order.
fn by_hand(session: &Session, undo: &Undo<'_>, left: &[ChangePlan]) -> Vec<String> {
    let flags = Flags::of(&session.aws, session.place.context.as_deref());
    let mut commands = vec![start_session(&flags, &undo.target.instance)];
    let mut places = undo.rule.changes.iter().map(|change| change.place());
    if places.any(|place| place != Place::Control) {
        commands.push("enter-admin-container".to_owned());
    }
    commands.extend(left.iter().filter_map(|planned| {
        let change = undo
            .rule
            .changes
            .iter()
            .find(|c| c.subject() == planned.subject)?;
        Some(change.by_hand(&planned.to))
    }));
    commands
}
